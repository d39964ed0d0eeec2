"""Strings and arrays without a limit, in which a small model may go on until its tokens are spent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.constraint.joint import gather
from engine.schema.editing import Set
from engine.schema.problems.found import Found, quoted
from engine.schema.problems.problem import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.problems.subject import Spot, Subject

_CHARACTERS, _ITEMS = 200, 20
_SHORT = frozenset({"const", "enum", "format", "maxLength", "pattern"})
_FEW = frozenset({"const", "enum", "maxItems"})
_ASIDE = frozenset({"contains", "contentSchema", "if", "not", "propertyNames"})
"""Keywords under which nothing is said of what is written as a whole."""


def free_strings(subject: Subject) -> Iterator[Found]:
    """Yield the strings that nothing limits."""
    for spot, said in _typed(subject, "string"):
        if not any(each.keys() & _SHORT for each in _conditions(subject, spot, said)):
            what = "This string" if spot.name is None else quoted(spot.name)
            most = max(_CHARACTERS, int(said.get("minLength", 0)))
            fix = Fix(f"Limit to {most:,} characters", (Set(f"{spot.pointer}/maxLength", most),))
            yield Found("free-string", spot.pointer, f"{what} may be of any length: a model can ramble.", (fix,))


def free_arrays(subject: Subject) -> Iterator[Found]:
    """Yield the arrays that nothing limits."""
    for spot, said in _typed(subject, "array"):
        if not any(each.keys() & _FEW or _is_closed(each) for each in _conditions(subject, spot, said)):
            what = "This array" if spot.name is None else quoted(spot.name)
            most = max(_ITEMS, int(said.get("minItems", 0)))
            fix = Fix(f"Limit to {most:,} items", (Set(f"{spot.pointer}/maxItems", most),))
            yield Found("free-array", spot.pointer, f"{what} may have any number of items.", (fix,))


def _typed(subject: Subject, kind: str) -> Iterator[tuple[Spot, dict[str, Any]]]:
    aside = set[int]()
    for spot, said in subject.said:
        if spot.keyword in _ASIDE or (spot.above is not None and id(spot.above) in aside):
            aside.add(id(spot))
            continue
        named = said.get("type")
        if named == kind or (isinstance(named, list) and kind in named):
            yield spot, said


def _conditions(subject: Subject, spot: Spot, said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what holds without condition where a subschema holds, itself first."""
    yield said
    references = subject.document.references
    around = [each.schema for each in spot.around()]
    yield from gather(around, references.effective, references.fixed) or ()


def _is_closed(said: dict[str, Any]) -> bool:
    """Tell whether the items are few by themselves: none behind the first, or different ones of a few."""
    items = said.get("items")
    if said.get("additionalItems" if isinstance(items, list) else "items") is False:
        return True
    return (
        bool(said.get("uniqueItems"))
        and isinstance(items, dict)
        and ("enum" in items or items.get("type") == "boolean")
    )
