"""How large a schema is: too large to be planned at all, or to be planned where others wait.

The planner and the mask engine take time that grows with the square of some counts. The limits are a few times beyond
the largest schemas of MaskBench (3,135 subschemas, 188 keys in one object), and what they allow takes seconds. What
is small takes a tenth of a second or so: 99 of 100 schemas of MaskBench have at most 63 kB, 500 subschemas and 40
alternatives.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import ConstraintUnsupported
from engine.schema.patterns import fault, is_pattern, is_too_large
from engine.schema.references import REFERENCES
from engine.schema.walk import DEFINITIONS, MANY, NAMED, ONE, subschemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.schema.document import SchemaDocument
    from engine.schema.references import References

MOST_SUBSCHEMAS = 20_000
MOST_BRANCHES = 5_000
"""Keys of one object, alternatives of one place, or objects and arrays in one `enum`."""
MOST_HOPS = 100
"""References that lead on from one to the next."""
MOST_CHECKS = 1_000_000
"""Ways that lead to the subschemas of one value."""
SMALL_TEXT = 200_000
"""Characters of a small schema."""
_SMALL_SUBSCHEMAS = 1_000
_SMALL_ALTERNATIVES = 100
_SHOWN = 60
MOST_PATTERNS = 64
"""Patterns that one `allOf` demands of the same string."""
_FOR_THE_SAME_VALUE = frozenset(
    {
        *REFERENCES, "allOf", "anyOf", "dependencies", "dependentSchemas", "else", "if", "not", "oneOf",
        "then",
    }
)  # fmt: skip
_ALTERNATIVES = frozenset({"allOf", "anyOf", "oneOf"})
_BRANCHES = frozenset({"allOf", "anyOf", "oneOf", "patternProperties", "prefixItems", "properties", "required"})


def is_small(document: SchemaDocument) -> bool:
    """Tell whether planning a schema, and finding a witness of it, takes a moment only."""
    if len(document.text) > SMALL_TEXT:
        return False
    alternatives = 0
    for number, place in enumerate(subschemas(document.root), 1):
        alternatives += place.keyword in _ALTERNATIVES
        if number > _SMALL_SUBSCHEMAS or alternatives > _SMALL_ALTERNATIVES:
            return False
    return True


def refuse_huge(document: SchemaDocument) -> None:
    """Raise `ConstraintUnsupported` with the place of what is too large, or of a pattern that cannot be checked."""
    for number, place in enumerate(subschemas(document.root), 1):
        if number > MOST_SUBSCHEMAS:
            raise ConstraintUnsupported(
                f"The schema has more than {MOST_SUBSCHEMAS:,} subschemas.",
                where=place.pointer,
                advice="Take out the definitions that are not used, or split it.",
            )
        if isinstance(place.schema, bool):
            continue
        for keyword, value in place.schema.items():
            for pattern in _patterns(keyword, value):
                if not is_pattern(pattern):
                    raise _no_pattern(pattern, keyword, place.pointer)
            most, count, what = _count(keyword, value, place.keyword)
            if count > most:
                raise ConstraintUnsupported(
                    f'"{keyword}" has more than {most:,} {what} here.',
                    keyword=keyword,
                    where=place.pointer or "the root",
                    advice="Split the schema.",
                )


def _no_pattern(pattern: str, keyword: str, pointer: str) -> ConstraintUnsupported:
    """Return the error of a pattern that values cannot be checked against."""
    reason, advice = fault(pattern) or ("", "Use the syntax of ECMA-262.")
    kind = f"no regular expression{f': {reason}' if reason else ''}"
    if is_too_large(pattern):
        kind, advice = "too large a regular expression", "Use smaller counts."
    return ConstraintUnsupported(
        f"The pattern {json.dumps(pattern[:_SHOWN])} is {kind}.",
        keyword=keyword,
        where=pointer or "the root",
        advice=advice,
    )


def refuse_unbounded(document: SchemaDocument) -> None:
    """Raise `ConstraintUnsupported` where following the references would not end in time, or end the process.

    They are followed by recursion, in libraries too, where a chain that is too long overflows the stack. And a value is
    checked along every way that leads to a subschema, of which there can be 2^n where n definitions each name the next
    one twice. Ways to one place of the instance are counted; a recursion is counted once.
    """
    references = document.references
    measured: dict[int, tuple[int, int]] = {}
    entered = {id(document.root)}
    path = [_Open(document.root, _edges(document.root, references))]
    while path:
        here = path[-1]
        here.edge = next(here.edges, None)
        if here.edge is None:
            path.pop()
            measured[id(here.schema)] = here.hops, here.in_place + here.below
            if path:
                path[-1].add(measured[id(here.schema)])
        elif id(here.edge.schema) in entered:
            here.add(measured.get(id(here.edge.schema), (0, 0)))
        else:
            entered.add(id(here.edge.schema))
            path.append(_Open(here.edge.schema, _edges(here.edge.schema, references)))
    hops, checks = max(each[0] for each in measured.values()), max(each[1] for each in measured.values())
    if hops > MOST_HOPS or checks > MOST_CHECKS:
        much = f"on more than {MOST_HOPS} times" if hops > MOST_HOPS else f"to one in more than {MOST_CHECKS:,} ways"
        raise ConstraintUnsupported(
            f"References lead from definition to definition {much}.",
            keyword="$ref",
            where="the root",
            advice="Refer to what is meant directly, and once.",
        )


@dataclass(frozen=True, slots=True)
class _Edge:
    """A subschema that another leads to, by reference or not, and whether it holds for the same value."""

    schema: dict[str, Any]
    in_place: bool
    reference: bool


@dataclass(slots=True)
class _Open:
    schema: dict[str, Any] | bool
    edges: Iterator[_Edge]
    edge: _Edge | None = None
    hops: int = 0
    in_place: int = 1
    below: int = 0

    def add(self, measured: tuple[int, int]) -> None:
        """Add what the present edge leads to: its hops, and the checks that it takes."""
        assert self.edge is not None
        hops, checks = measured
        self.hops = max(self.hops, hops + self.edge.reference)
        if self.edge.in_place:
            self.in_place += checks
        else:
            self.below = max(self.below, checks)


def _edges(schema: dict[str, Any] | bool, references: References) -> Iterator[_Edge]:
    if not isinstance(schema, dict):
        return
    for keyword, value in references.effective(schema).items():
        children: Iterable[Any] = ()
        if keyword in REFERENCES:
            children = (references.follow(schema, keyword),)
        elif keyword in NAMED - DEFINITIONS and isinstance(value, dict):
            children = value.values()
        elif keyword in MANY and isinstance(value, list):
            children = value
        elif keyword in ONE:
            children = (value,)
        for child in children:
            if isinstance(child, dict):
                yield _Edge(child, keyword in _FOR_THE_SAME_VALUE, keyword in REFERENCES)


def _patterns(keyword: str, value: Any) -> Iterable[str]:
    if keyword == "pattern" and isinstance(value, str):
        return (value,)
    return value if keyword == "patternProperties" and isinstance(value, dict) else ()


def _count(keyword: str, value: Any, within: str) -> tuple[int, int, str]:
    """Return a limit, how many there are, and of what."""
    if keyword == "allOf" and isinstance(value, list):
        patterns = sum(isinstance(each, dict) and "pattern" in each for each in value)
        if patterns > MOST_PATTERNS:
            return MOST_PATTERNS, patterns, "patterns"
    if keyword == "enum" and isinstance(value, list):
        names = within == "propertyNames"
        return MOST_BRANCHES, len(value) if names else sum(isinstance(each, dict | list) for each in value), "entries"
    return MOST_BRANCHES, len(value) if keyword in _BRANCHES and isinstance(value, dict | list) else 0, "entries"
