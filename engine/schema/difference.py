"""What changed between two schemas, in sentences.

Properties and definitions are matched by name, and what is left by what it says: so a rename or a move is told as one.
Every subschema is compared once, references are not followed, and nothing is called recursively.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from engine.errors import SchemaInvalid
from engine.schema.differing import (
    OTHERS,
    Change,
    Kind,
    Pair,
    about_one,
    compare_order,
    compare_types,
    compare_values,
    is_another,
    is_same,
    joined,
    named,
    required,
    short,
    told_schema,
    turned,
)
from engine.schema.matching import match_names, match_schemas, text_of
from engine.schema.pointer import escape
from engine.schema.spoken import summary, told_apart
from engine.schema.walk import DEFINITIONS, MANY, NAMED, ONE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Change", "Kind", "difference"]

_ALTERNATIVES = {"allOf": "part", "anyOf": "alternative", "oneOf": "alternative"}
_CALLED = {"$defs": "definition", "definitions": "definition", "patternProperties": "pattern", "properties": "property"}
_RENAMED = (
    ("definitions", "$defs"), ("$defs", "definitions"), ("oneOf", "anyOf"), ("anyOf", "oneOf"), ("id", "$id"),
    ("items", "prefixItems"), ("prefixItems", "items"),
)  # fmt: skip
"""Keywords that say much the same under another name."""


def difference(old: dict[str, Any] | bool, new: dict[str, Any] | bool) -> list[Change]:
    """Return what changed, in the order of the new schema; the order of keys counts only among properties.

    Raises `SchemaInvalid` where one is nested too deeply to be compared.
    """
    try:
        return _Comparison(old, new).run()
    except RecursionError:
        raise SchemaInvalid("The schemas are nested too deeply to be compared.") from None


@dataclass(frozen=True, slots=True)
class _Single:
    """A property that only one side has; `place` is the name of the object that has it."""

    change: Change
    name: str
    place: str
    text: str


class _Comparison:
    def __init__(self, old: Any, new: Any) -> None:
        self._root = Pair(old, new, "", "")
        self._below: list[Pair] = []
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

    def _compare(self, pair: Pair) -> Iterator[Change]:
        old, new = pair.old, pair.new
        if not isinstance(old, dict) or not isinstance(new, dict):
            if text_of(old) != text_of(new):
                yield pair.change(f": {told_schema(old)} → {told_schema(new)}")
            return
        if is_another(old, new):
            yield turned(pair)
            return
        renamed = _renamed(old, new)
        for before, after in renamed.items():
            yield pair.change(f': "{before}" is "{after}" now', before, after)
        for keyword in [*old, *(keyword for keyword in new if keyword not in old)]:
            if isinstance(old.get(keyword), str) and old[keyword] == new.get(keyword):
                continue
            if keyword == "type":
                yield from compare_types(pair)
            elif keyword == "properties" or (keyword == "required" and "properties" not in old.keys() | new.keys()):
                yield from self._compare_properties(pair)
            elif keyword != "required" and keyword not in renamed.values():
                yield from self._compare_keyword(pair, keyword, renamed.get(keyword, keyword))

    def _compare_keyword(self, pair: Pair, before: str, after: str) -> Iterator[Change]:
        was, now = pair.old.get(before), pair.new.get(after)
        if before in NAMED and isinstance(was, dict | None) and isinstance(now, dict | None):
            yield from self._compare_named(pair, before, after, _matched(was or {}, now or {}, self._references))
        elif before not in pair.old or after not in pair.new:
            yield pair.change(about_one(pair, before), before)
        elif before in ONE and isinstance(was, dict) and isinstance(now, dict):
            name = {"items": f"{pair.name}[]", "additionalProperties": joined(pair.name, "*")}.get(before)
            self._descend(pair, was, now, (f"/{before}", f"/{after}"), name or f"{pair.spoken} ({before})")
        elif before in MANY and isinstance(was, list) and isinstance(now, list):
            yield from self._compare_lists(pair, before, after)
        elif before == "enum" and isinstance(was, list) and isinstance(now, list):
            yield from compare_values(pair, was, now)
        elif before == "$ref" and isinstance(was, str) and isinstance(now, str):
            if self._references.get(unquote(was), unquote(was)) != unquote(now):
                yield pair.change(f": {summary(pair.old)} → {summary(pair.new)}", before)
        elif before in OTHERS and isinstance(was, bool) and isinstance(now, bool):
            if was is not now:
                yield pair.change(f" may {'' if now else 'not '}have other properties now", before)
        elif not is_same(was, now):
            shown = [told_schema(each) for each in (was, now)] if before in ONE else told_apart(was, now)
            yield pair.change(f": {before} {shown[0]} → {shown[1]}", before, after)

    def _compare_properties(self, pair: Pair) -> Iterator[Change]:
        before, after = named(pair.old, "properties"), named(pair.new, "properties")
        needed, needed_now = required(pair.old), required(pair.new)
        matched = _matched(before, after, self._references)
        yield from self._compare_named(pair, "properties", "properties", matched)
        unnamed = [name for name in {**needed, **needed_now} if name not in before and name not in after]
        for name in [*matched, *unnamed]:
            now = matched.get(name, name)
            if (name in needed) != (now in needed_now):
                step = f"/properties/{escape(name)}", f"/properties/{escape(now)}"
                places = [pair.pointer_old + step[0] * (name in before), pair.pointer_new + step[1] * (now in after)]
                sentence = f"{joined(pair.name, now)} is {'required' if now in needed_now else 'optional'} now"
                yield Change("changed", places[0], places[1], sentence)
        kept = {matched[name]: None for name in before if name in matched}
        yield from compare_order(pair, list(kept), [name for name in after if name in kept])

    def _compare_named(self, pair: Pair, before: str, after: str, matched: dict[str, str]) -> Iterator[Change]:
        """Compare objects of schemas, where it is known which name became which."""
        was, now = named(pair.old, before), named(pair.new, after)
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
                sentence = f"{called} {joined(place, old)} renamed to {short(name)}{uses}"
                yield Change("renamed", pair.pointer_old + steps[0], pair.pointer_new + steps[1], sentence)
            is_plain = called in {"definition", "property"}
            inner = joined(place, name) if is_plain else f"{pair.spoken} ({called} {short(name)})"
            self._descend(pair, was[old], schema, steps, inner)

    def _compare_lists(self, pair: Pair, before: str, after: str) -> Iterator[Change]:
        """Compare lists of schemas: alternatives and parts wherever they stand, listed items by their place."""
        was, now = pair.old[before], pair.new[after]
        if after in _ALTERNATIVES:
            matched = match_schemas([_pointed(each, self._references) for each in was], now)
        else:
            matched = {index: index for index in range(min(len(was), len(now)))}
        called = _ALTERNATIVES.get(after, "item")
        for index, schema in enumerate(was):
            if index not in matched:
                sentence = f"{pair.spoken}: {called} {index + 1} removed ({told_schema(schema)})"
                yield Change("removed", f"{pair.pointer_old}/{before}/{index}", None, sentence)
        became = {new: old for old, new in matched.items()}
        for index, schema in enumerate(now):
            if index not in became:
                sentence = f"{pair.spoken}: {called} {index + 1} added ({told_schema(schema)})"
                yield Change("added", None, f"{pair.pointer_new}/{after}/{index}", sentence)
            else:
                steps = f"/{before}/{became[index]}", f"/{after}/{index}"
                self._descend(pair, was[became[index]], schema, steps, f"{pair.spoken} ({called} {index + 1})")

    def _descend(self, pair: Pair, old: Any, new: Any, steps: tuple[str, str], name: str) -> None:
        places = pair.pointer_old + steps[0], pair.pointer_new + steps[1]
        self._below.append(Pair(old, new, *places, name, pair.is_equal))

    def _single(self, pair: Pair, keyword: str, name: str, place: str, *, is_new: bool) -> Change:
        """Return that a property or definition came or went, and keep it: it may have moved."""
        schema, holder = (pair.new if is_new else pair.old)[keyword][name], pair.new if is_new else pair.old
        kind, called = told_schema(schema), _CALLED.get(keyword, keyword)
        if called == "property":
            kind += ", required" if name in required(holder) else ", optional"
        pointer = f"{pair.pointer_new if is_new else pair.pointer_old}/{escape(keyword)}/{escape(name)}"
        is_plain = called in {"definition", "property"}
        whose = joined(place, name) if is_plain else f"{short(name)} of {pair.spoken}"
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
                sentence = f"property {short(new.name)} moved from {old.place} to {new.place}"
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
    if not isinstance(reference, str) or reference not in references:
        return schema
    return schema | {"$ref": references[reference]}


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
