"""One place of two schemas: what changed there, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from engine.schema.matching import moved_names, text_of
from engine.schema.pointer import escape
from engine.schema.spoken import listed, summary, told, told_apart
from engine.schema.walk import MANY, ONE

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["added", "removed", "changed", "moved", "renamed"]

OTHERS = frozenset({"additionalProperties", "unevaluatedProperties"})
"""Keywords about the properties that are not named."""
_LONGEST = 80
"""Characters of a name in a sentence."""
_MOST_MOVES = 4
"""Moves of keys in one object that are told one by one."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; a pointer is None where the schema of that side has no such place."""

    kind: Kind
    pointer_old: str | None
    pointer_new: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two subschemas that are each other's old and new; `name` is what people call the place."""

    old: Any
    new: Any
    pointer_old: str
    pointer_new: str
    name: str = ""
    is_equal: bool = False
    """Whether both are known to be equal but for the order of keys and the types of numbers."""

    @property
    def spoken(self) -> str:
        """What people call the place."""
        return self.name or "the schema"

    def change(self, sentence: str, before: str = "", after: str | None = None) -> Change:
        """Return a change of this place, or of a keyword, which may have another name in the new schema."""
        after = before if after is None else after
        has_old = not before or (isinstance(self.old, dict) and before in self.old)
        has_new = not after or (isinstance(self.new, dict) and after in self.new)
        return Change(
            "changed" if has_old and has_new else "added" if has_new else "removed",
            self.pointer_old + (f"/{escape(before)}" if before else "") if has_old else None,
            self.pointer_new + (f"/{escape(after)}" if after else "") if has_new else None,
            f"{self.spoken}{sentence}",
        )


def compare_types(pair: Pair) -> Iterator[Change]:
    """Tell how the types changed; null is told for what it means."""
    before, after = _kinds(pair.old), _kinds(pair.new)
    if before == after or (set(before) == set(after) and before):
        return
    if set(before) ^ set(after) == {"null"} and before and after:
        yield pair.change(" may be null now" if "null" in after else " may not be null any more", "type")
    elif not before or not after:
        yield pair.change(f": type {' or '.join(before or after)} {'added' if after else 'removed'}", "type")
    else:
        yield pair.change(f": type {' or '.join(before)} → {' or '.join(after)}", "type")


def compare_values(pair: Pair, was: list[Any], now: list[Any]) -> Iterator[Change]:
    """Tell which listed values came and went."""
    before, after = {text_of(value): value for value in was}, {text_of(value): value for value in now}
    added = [value for text, value in after.items() if text not in before]
    removed = [value for text, value in before.items() if text not in after]
    parts = [f"{how} {listed(values)}" for values, how in ((added, "added"), (removed, "removed")) if values]
    if parts:
        yield pair.change(f": values {', '.join(parts)}", "enum")
    elif list(before) != list(after):
        yield pair.change(": its values have another order", "enum")


def compare_order(pair: Pair, before: list[str], after: list[str]) -> Iterator[Change]:
    """Tell which keys come earlier or later: they are generated in this order."""
    moved = moved_names(before, after)
    where = f"order of keys in {pair.name}" if pair.name else "order of keys"
    base = [f"{pointer}/properties" for pointer in (pair.pointer_old, pair.pointer_new)]
    if len(moved) > _MOST_MOVES:
        yield Change("moved", base[0], base[1], f"{where}: {len(moved):,} of {len(after):,} moved")
        return
    following = dict(pairwise(after))
    for name in moved:
        to = f"before {short(following[name])}" if name in following else "to the end"
        old = base[0] if name not in pair.old["properties"] else f"{base[0]}/{escape(name)}"
        yield Change("moved", old, f"{base[1]}/{escape(name)}", f"{where}: {short(name)} moved {to}")


def about_one(pair: Pair, keyword: str) -> str:
    """Return the sentence for a keyword that only one side has."""
    is_new = keyword in pair.new
    value = pair.new[keyword] if is_new else pair.old[keyword]
    if keyword in OTHERS and value is False:
        return f" may {'not ' if is_new else ''}have other properties now"
    if keyword in MANY and isinstance(value, list):
        shown = f"({len(value):,})"
    else:
        shown = told_schema(value) if keyword in ONE else told(value)
    return f": {keyword} {shown} {'added' if is_new else 'removed'}"


def is_another(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Tell whether two schemas are too unlike to be compared keyword by keyword."""
    if ("$ref" in old) != ("$ref" in new):
        return True
    if old.get("type") == new.get("type"):
        return False
    kinds, kinds_now = set(_kinds(old)) - {"null"}, set(_kinds(new)) - {"null"}
    is_structured = any(
        keyword in schema for schema in (old, new) for keyword in ("properties", "items", "anyOf", "oneOf")
    )
    return is_structured and bool(kinds) and bool(kinds_now) and not kinds & kinds_now


def turned(pair: Pair) -> Change:
    """Return the change of a place that holds another schema now."""
    if _less_null(pair.new) == pair.old:
        return pair.change(" may be null now")
    if _less_null(pair.old) == pair.new:
        return pair.change(" may not be null any more")
    shown = summary(pair.old), summary(pair.new)
    if shown[0] == shown[1]:
        shown = told_apart(pair.old, pair.new)
    return pair.change(f": {shown[0]} → {shown[1]}")


def _less_null(schema: dict[str, Any]) -> Any:
    """Return a schema without its alternative null; None where it has none."""
    branches = schema.get("anyOf")
    rest = [branch for branch in branches if branch != {"type": "null"}] if isinstance(branches, list) else []
    if not isinstance(branches, list) or len(rest) == len(branches):
        return None
    remarks = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
    return remarks | (rest[0] if len(rest) == 1 and isinstance(rest[0], dict) else {"anyOf": rest})


def named(schema: Any, keyword: str) -> dict[str, Any]:
    """Return what a keyword holds by name; nothing where it is missing or malformed."""
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}


def required(schema: Any) -> dict[str, None]:
    """Return the names of what is required, in their order."""
    value = schema.get("required")
    return {name: None for name in value if isinstance(name, str)} if isinstance(value, list) else {}


def _kinds(schema: dict[str, Any]) -> list[str]:
    named = schema.get("type")
    return [kind for kind in (named if isinstance(named, list) else [named]) if isinstance(kind, str)]


def is_same(old: Any, new: Any) -> bool:
    """Tell whether two values are the same: 1 and 1.0 are, 1 and true are not."""
    if isinstance(old, bool) or isinstance(new, bool) or not isinstance(old, int | float):
        return text_of(old) == text_of(new)
    return bool(old == new)


def told_schema(value: Any) -> str:
    """Return what a schema lets pass; what is none is shown as it is."""
    return summary(value) if isinstance(value, dict | bool) else told(value)


def joined(place: str, name: str) -> str:
    """Return the name of a place within another, without its beginning where it is long."""
    return short(f"{place}.{name}") if place else short(name)


def short(name: str) -> str:
    """Return a name, without its beginning where it is long."""
    return name if len(name) <= _LONGEST else f"…{name[-_LONGEST:]}"
