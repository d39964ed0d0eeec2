"""What changed between two schemas, in sentences.

Properties and definitions are matched by name, and what is left by what it says: so a rename or a move is told as one.
Every subschema is compared once, references are not followed, and nothing is called recursively.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from engine.errors import SchemaInvalid
from engine.schema.matching import match_names, match_schemas, moved_names, text_of
from engine.schema.pointer import escape
from engine.schema.spoken import listed, summary, told, told_apart
from engine.schema.walk import DEFINITIONS, MANY, NAMED, ONE

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["added", "removed", "changed", "moved", "renamed"]

_ALTERNATIVES = {"allOf": "part", "anyOf": "alternative", "oneOf": "alternative"}
_CALLED = {"$defs": "definition", "definitions": "definition", "patternProperties": "pattern", "properties": "property"}
_MOST_MOVES = 4
"""Moves of keys in one object that are told one by one."""
_LONGEST = 80
"""Characters of a name in a sentence."""
_OTHERS = frozenset({"additionalProperties", "unevaluatedProperties"})
_REMARKS = frozenset({"description", "title"})
_RENAMED = (
    ("definitions", "$defs"), ("$defs", "definitions"), ("oneOf", "anyOf"), ("anyOf", "oneOf"), ("id", "$id"),
    ("items", "prefixItems"), ("prefixItems", "items"),
)  # fmt: skip
"""Keywords that say much the same under another name."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; a pointer is None where the schema of that side has no such place."""

    kind: Kind
    pointer_old: str | None
    pointer_new: str | None
    sentence: str


def difference(old: dict[str, Any] | bool, new: dict[str, Any] | bool) -> list[Change]:
    """Return what changed, in the order of the new schema; the order of keys counts only among properties.

    Raises `SchemaInvalid` where one is nested too deeply to be compared.
    """
    try:
        return _Comparison(old, new).run()
    except RecursionError:
        raise SchemaInvalid("The schemas are nested too deeply to be compared.") from None


@dataclass(frozen=True, slots=True)
class _Pair:
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


@dataclass(frozen=True, slots=True)
class _Single:
    """A property that only one side has; `place` is the name of the object that has it."""

    change: Change
    name: str
    place: str
    text: str


class _Comparison:
    def __init__(self, old: Any, new: Any) -> None:
        self._root = _Pair(old, new, "", "")
        self._below: list[_Pair] = []
        self._references: dict[str, str] = {}
        self._definitions: dict[str, dict[str, str]] = {}
        self._gone: list[_Single] = []
        self._come: list[_Single] = []
        self._text_new = ""

    def run(self) -> list[Change]:
        """Return all changes."""
        changes: list[Change] = []
        self._match_definitions()
        pending = [self._root]
        while pending:
            pair = pending.pop()
            if not pair.is_equal and pair.old == pair.new:
                if text_of(pair.old) == text_of(pair.new):
                    continue
                pair = replace(pair, is_equal=True)
            self._below = []
            changes += self._compare(pair)
            pending += reversed(self._below)
        return self._with_moves(changes)

    def _match_definitions(self) -> None:
        """Find out which definitions are renamed before references to them are compared."""
        old, new = self._root.old, self._root.new
        if not isinstance(old, dict) or not isinstance(new, dict):
            return
        renamed = _renamed(old, new)
        for keyword in DEFINITIONS & old.keys():
            after = renamed.get(keyword, keyword)
            if isinstance(old[keyword], dict) and isinstance(new.get(after), dict):
                matched = self._definitions[keyword] = _matched(old[keyword], new[after], {})
                for name, became in matched.items():
                    self._references[f"#/{keyword}/{escape(name)}"] = f"#/{after}/{escape(became)}"

    def _compare(self, pair: _Pair) -> Iterator[Change]:
        old, new = pair.old, pair.new
        if not isinstance(old, dict) or not isinstance(new, dict):
            if text_of(old) != text_of(new):
                yield pair.change(f": {_shown(old)} → {_shown(new)}")
            return
        if _is_another(old, new):
            yield _turned(pair)
            return
        renamed = _renamed(old, new)
        for before, after in renamed.items():
            yield pair.change(f': "{before}" is "{after}" now', before, after)
        for keyword in [*old, *(keyword for keyword in new if keyword not in old)]:
            if isinstance(old.get(keyword), str) and old[keyword] == new.get(keyword):
                continue
            if keyword == "type":
                yield from _compare_types(pair)
            elif keyword == "properties" or (keyword == "required" and "properties" not in old.keys() | new.keys()):
                yield from self._compare_properties(pair)
            elif keyword != "required" and keyword not in renamed.values():
                yield from self._compare_keyword(pair, keyword, renamed.get(keyword, keyword))

    def _compare_keyword(self, pair: _Pair, before: str, after: str) -> Iterator[Change]:
        was, now = pair.old.get(before), pair.new.get(after)
        if before in NAMED and isinstance(was, dict | None) and isinstance(now, dict | None):
            yield from self._compare_named(pair, before, after, _matched(was or {}, now or {}, self._references))
        elif before not in pair.old or after not in pair.new:
            yield pair.change(_about_one(pair, before), before)
        elif before in ONE and isinstance(was, dict) and isinstance(now, dict):
            name = {"items": f"{pair.name}[]", "additionalProperties": _joined(pair.name, "*")}.get(before)
            self._descend(pair, was, now, (f"/{before}", f"/{after}"), name or f"{pair.spoken} ({before})")
        elif before in MANY and isinstance(was, list) and isinstance(now, list):
            yield from self._compare_lists(pair, before, after)
        elif before == "enum" and isinstance(was, list) and isinstance(now, list):
            yield from _compare_values(pair, was, now)
        elif before == "$ref" and isinstance(was, str) and isinstance(now, str):
            if self._references.get(unquote(was), unquote(was)) != unquote(now):
                yield pair.change(f": {summary(pair.old)} → {summary(pair.new)}", before)
        elif before in _OTHERS and isinstance(was, bool) and isinstance(now, bool):
            if was is not now:
                yield pair.change(f" may {'' if now else 'not '}have other properties now", before)
        elif not _is_same(was, now):
            shown = [_shown(each) for each in (was, now)] if before in ONE else told_apart(was, now)
            yield pair.change(f": {before} {shown[0]} → {shown[1]}", before, after)

    def _compare_properties(self, pair: _Pair) -> Iterator[Change]:
        before, after = _named(pair.old, "properties"), _named(pair.new, "properties")
        needed, needed_now = _required(pair.old), _required(pair.new)
        matched = _matched(before, after, self._references)
        yield from self._compare_named(pair, "properties", "properties", matched)
        unnamed = [name for name in {**needed, **needed_now} if name not in before and name not in after]
        for name in [*matched, *unnamed]:
            now = matched.get(name, name)
            if (name in needed) != (now in needed_now):
                step = f"/properties/{escape(name)}", f"/properties/{escape(now)}"
                places = [pair.pointer_old + step[0] * (name in before), pair.pointer_new + step[1] * (now in after)]
                sentence = f"{_joined(pair.name, now)} is {'required' if now in needed_now else 'optional'} now"
                yield Change("changed", places[0], places[1], sentence)
        kept = {matched[name]: None for name in before if name in matched}
        yield from _compare_order(pair, list(kept), [name for name in after if name in kept])

    def _compare_named(self, pair: _Pair, before: str, after: str, matched: dict[str, str]) -> Iterator[Change]:
        """Compare objects of schemas, where it is known which name became which."""
        was, now = _named(pair.old, before), _named(pair.new, after)
        is_root = not pair.pointer_old and not pair.pointer_new
        if is_root and before in self._definitions:
            matched = self._definitions[before]
        called = _CALLED.get(before, before)
        place = "" if called == "definition" else pair.name
        for name in was:
            if name not in matched:
                yield self._single(pair, before, name, place, is_new=False)
        became = {new: old for old, new in matched.items()}
        for name, schema in now.items():
            if name not in became:
                yield self._single(pair, after, name, place, is_new=True)
                continue
            old = became[name]
            steps = f"/{escape(before)}/{escape(old)}", f"/{escape(after)}/{escape(name)}"
            if old != name:
                uses = self._uses(f"#/{after}/{escape(name)}") if called == "definition" and is_root else ""
                sentence = f"{called} {_joined(place, old)} renamed to {_short(name)}{uses}"
                yield Change("renamed", pair.pointer_old + steps[0], pair.pointer_new + steps[1], sentence)
            is_plain = called in {"definition", "property"}
            inner = _joined(place, name) if is_plain else f"{pair.spoken} ({called} {_short(name)})"
            self._descend(pair, was[old], schema, steps, inner)

    def _compare_lists(self, pair: _Pair, before: str, after: str) -> Iterator[Change]:
        """Compare lists of schemas: alternatives and parts wherever they stand, listed items by their place."""
        was, now = pair.old[before], pair.new[after]
        if after in _ALTERNATIVES:
            matched = match_schemas([_pointed(each, self._references) for each in was], now)
        else:
            matched = {index: index for index in range(min(len(was), len(now)))}
        called = _ALTERNATIVES.get(after, "item")
        for index, schema in enumerate(was):
            if index not in matched:
                sentence = f"{pair.spoken}: {called} {index + 1} removed ({_shown(schema)})"
                yield Change("removed", f"{pair.pointer_old}/{before}/{index}", None, sentence)
        became = {new: old for old, new in matched.items()}
        for index, schema in enumerate(now):
            if index not in became:
                sentence = f"{pair.spoken}: {called} {index + 1} added ({_shown(schema)})"
                yield Change("added", None, f"{pair.pointer_new}/{after}/{index}", sentence)
            else:
                steps = f"/{before}/{became[index]}", f"/{after}/{index}"
                self._descend(pair, was[became[index]], schema, steps, f"{pair.spoken} ({called} {index + 1})")

    def _descend(self, pair: _Pair, old: Any, new: Any, steps: tuple[str, str], name: str) -> None:
        places = pair.pointer_old + steps[0], pair.pointer_new + steps[1]
        self._below.append(_Pair(old, new, *places, name, pair.is_equal))

    def _single(self, pair: _Pair, keyword: str, name: str, place: str, *, is_new: bool) -> Change:
        """Return that a property or definition came or went, and keep it: it may have moved."""
        schema, holder = (pair.new if is_new else pair.old)[keyword][name], pair.new if is_new else pair.old
        kind, called = _shown(schema), _CALLED.get(keyword, keyword)
        if called == "property":
            kind += ", required" if name in _required(holder) else ", optional"
        pointer = f"{pair.pointer_new if is_new else pair.pointer_old}/{escape(keyword)}/{escape(name)}"
        whose = _joined(place, name) if called in {"definition", "property"} else f"{_short(name)} of {pair.spoken}"
        sentence = f"{called} {whose} {'added' if is_new else 'removed'} ({kind})"
        change = Change("added", None, pointer, sentence) if is_new else Change("removed", pointer, None, sentence)
        if called == "property":
            (self._come if is_new else self._gone).append(_Single(change, name, pair.spoken, text_of(schema)))
        return change

    def _uses(self, reference: str) -> str:
        """Return how often the new schema refers to a definition."""
        self._text_new = self._text_new or text_of(self._root.new)
        count = self._text_new.count(text_of({"$ref": reference})[1:-1])
        return f" (used {count:,} {'time' if count == 1 else 'times'})"

    def _with_moves(self, changes: list[Change]) -> list[Change]:
        """Tell as one that a property went from one object and came to another."""
        moves: dict[int, Change | None] = {}
        come: dict[tuple[str, str], list[_Single]] = {}
        gone: dict[tuple[str, str], list[_Single]] = {}
        for singles, found in ((self._gone, gone), (self._come, come)):
            for single in singles:
                found.setdefault((single.name, single.text), []).append(single)
        for key in gone.keys() & come.keys():
            if len(gone[key]) == len(come[key]) == 1:
                old, new = gone[key][0], come[key][0]
                sentence = f"property {_short(new.name)} moved from {old.place} to {new.place}"
                moves[id(old.change)] = None
                moves[id(new.change)] = Change("moved", old.change.pointer_old, new.change.pointer_new, sentence)
        told_as = [moves.get(id(change), change) for change in changes]
        return [change for change in told_as if change is not None]


def _matched(old: dict[str, Any], new: dict[str, Any], references: dict[str, str]) -> dict[str, str]:
    """Return what each name that is still there is called now; references are known to be renamed."""
    removed = {name: _pointed(schema, references) for name, schema in old.items() if name not in new}
    added = {name: schema for name, schema in new.items() if name not in old}
    renamed = match_names(removed, added)
    return {name: renamed.get(name, name) for name in old if name in new or name in renamed}


def _pointed(schema: Any, references: dict[str, str]) -> Any:
    """Return a schema with its reference as it is spelled now."""
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    return (
        schema | {"$ref": references[reference]} if isinstance(reference, str) and reference in references else schema
    )


def _renamed(old: dict[str, Any], new: dict[str, Any]) -> dict[str, str]:
    """Return the keywords that have another name in the new schema."""
    gone, come = old.keys() - new.keys(), new.keys() - old.keys()
    if not gone or not come:
        return {}
    return {
        before: after
        for before, after in _RENAMED
        if before in gone and after in come and type(old[before]) is type(new[after])
    }


def _compare_types(pair: _Pair) -> Iterator[Change]:
    before, after = _kinds(pair.old), _kinds(pair.new)
    if before == after or (set(before) == set(after) and before):
        return
    if set(before) ^ set(after) == {"null"} and before and after:
        yield pair.change(" may be null now" if "null" in after else " may not be null any more", "type")
    elif not before or not after:
        yield pair.change(f": type {' or '.join(before or after)} {'added' if after else 'removed'}", "type")
    else:
        yield pair.change(f": type {' or '.join(before)} → {' or '.join(after)}", "type")


def _compare_values(pair: _Pair, was: list[Any], now: list[Any]) -> Iterator[Change]:
    before, after = {text_of(value): value for value in was}, {text_of(value): value for value in now}
    added = [value for text, value in after.items() if text not in before]
    removed = [value for text, value in before.items() if text not in after]
    parts = [f"{how} {listed(values)}" for values, how in ((added, "added"), (removed, "removed")) if values]
    if parts:
        yield pair.change(f": values {', '.join(parts)}", "enum")
    elif list(before) != list(after):
        yield pair.change(": its values have another order", "enum")


def _compare_order(pair: _Pair, before: list[str], after: list[str]) -> Iterator[Change]:
    """Tell which keys come earlier or later: they are generated in this order."""
    moved = moved_names(before, after)
    where = f"order of keys in {pair.name}" if pair.name else "order of keys"
    base = [f"{pointer}/properties" for pointer in (pair.pointer_old, pair.pointer_new)]
    if len(moved) > _MOST_MOVES:
        yield Change("moved", base[0], base[1], f"{where}: {len(moved):,} of {len(after):,} moved")
        return
    following = dict(pairwise(after))
    for name in moved:
        to = f"before {_short(following[name])}" if name in following else "to the end"
        old = base[0] if name not in pair.old["properties"] else f"{base[0]}/{escape(name)}"
        yield Change("moved", old, f"{base[1]}/{escape(name)}", f"{where}: {_short(name)} moved {to}")


def _about_one(pair: _Pair, keyword: str) -> str:
    """Return the sentence for a keyword that only one side has."""
    is_new = keyword in pair.new
    value = pair.new[keyword] if is_new else pair.old[keyword]
    if keyword in _OTHERS and value is False:
        return f" may {'not ' if is_new else ''}have other properties now"
    if keyword in MANY and isinstance(value, list):
        shown = f"({len(value):,})"
    else:
        shown = _shown(value) if keyword in ONE else told(value)
    return f": {keyword} {shown} {'added' if is_new else 'removed'}"


def _is_another(old: dict[str, Any], new: dict[str, Any]) -> bool:
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


def _turned(pair: _Pair) -> Change:
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


def _named(schema: Any, keyword: str) -> dict[str, Any]:
    """Return what a keyword holds by name; nothing where it is missing or malformed."""
    value = schema.get(keyword)
    return value if isinstance(value, dict) else {}


def _required(schema: Any) -> dict[str, None]:
    """Return the names of what is required, in their order."""
    value = schema.get("required")
    return {name: None for name in value if isinstance(name, str)} if isinstance(value, list) else {}


def _kinds(schema: dict[str, Any]) -> list[str]:
    named = schema.get("type")
    return [kind for kind in (named if isinstance(named, list) else [named]) if isinstance(kind, str)]


def _is_same(old: Any, new: Any) -> bool:
    """Tell whether two values are the same: 1 and 1.0 are, 1 and true are not."""
    if isinstance(old, bool) or isinstance(new, bool) or not isinstance(old, int | float):
        return text_of(old) == text_of(new)
    return bool(old == new)


def _shown(value: Any) -> str:
    return summary(value) if isinstance(value, dict | bool) else told(value)


def _joined(place: str, name: str) -> str:
    """Return the name of a place within another, without its beginning where it is long."""
    return _short(f"{place}.{name}") if place else _short(name)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"…{name[-_LONGEST:]}"
