"""One subschema after the other, brought into the strict profile.

What cannot be said exactly is left out or said as closely as can be, with a lossy note. Drafts older than 2020-12 are
not read here: `upgrade` comes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from engine.schema.dialects.intersection import MOST_ALTERNATIVES, both, key_of
from engine.schema.dialects.joining import REFERRING, Joining
from engine.schema.dialects.losses import ASKING, loss
from engine.schema.dialects.profile import REMARKS, kinds_of
from engine.schema.dialects.shapes import shape_listed, shape_typed
from engine.schema.pointer import escape
from engine.schema.spoken import told

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.schema.dialects.upgrade import Upgraded

Schema = dict[str, Any] | bool
Strict = dict[str, Any]

SCALARS = ("string", "number", "boolean", "null")
"""What is left of "anything": objects and arrays would have to be described."""
_DEEPEST = 100
"""Subschemas within each other; references that are written out come on top of the nesting of the text."""
_AT_ROOT = frozenset({"$defs", "$schema"})


class Tightening:
    """A pass over one schema; `definitions` and the notes of `joining` grow while it goes on."""

    def __init__(self, upgraded: Upgraded) -> None:
        self.joining = Joining(upgraded)
        self.definitions: dict[str, Strict] = {}
        stored: dict[str, Schema] = self.joining.root.get("$defs", {})
        self._names = {id(each): name for name, each in stored.items() if isinstance(each, dict)}
        self._taken = set(stored)
        self._queue = list(stored.items())
        self._depth = 0

    def tighten_definitions(self) -> None:
        """Write every definition, and those that come up on the way."""
        for name, schema in self._queue:  # grows meanwhile
            where = self.joining.where(schema, f"/$defs/{escape(name)}")
            self.definitions[name] = self.tighten(schema, where) or self.nothing(where)

    def tighten(self, schema: Schema, where: str, *, same_value: bool = False) -> Strict | None:
        """Return a subschema in the strict profile; None where nothing can satisfy it.

        `where` is its place in the old schema, unless it is known to come from another; `same_value` says that it
        holds for the same value as the subschema that is being written.
        """
        where = self.joining.where(schema, where)
        if isinstance(schema, bool):
            return self.anything({}, where) if schema else None
        if self._depth >= _DEEPEST:
            return self.anything({}, where)
        self.joining.is_spent()
        opened, here = len(self.joining.open), self.joining.here
        if not same_value:
            self.joining.here = opened
        self._depth += 1
        flat = self.joining.flatten(schema, where)
        if isinstance(flat, bool):
            result = self.tighten(flat, where, same_value=True)
        elif any(keyword in flat for keyword in REFERRING):
            result = self._refer(flat, where)
        elif "anyOf" in flat or "oneOf" in flat:
            result = self._choose(flat, where)
        elif "const" in flat or "enum" in flat:
            result = shape_listed(self, flat, where)
        else:
            result = shape_typed(self, flat, where)
        self._depth -= 1
        self.joining.here = here
        del self.joining.open[opened:]
        return result

    def anything(self, schema: dict[str, Any], where: str) -> Strict:
        """Return what is left of a schema that asks nothing."""
        self.note(where, "Anything was allowed; texts, numbers, true, false and null are, now.", lossy=True)
        self.drop(schema, where, REMARKS, SCALARS)
        return {"type": list(SCALARS)} | {keyword: value for keyword, value in schema.items() if keyword in REMARKS}

    def nothing(self, where: str) -> Strict:
        """Return what stands for a schema that nothing can satisfy."""
        self.note(where, "Nothing can satisfy this, which cannot be said; null stands for it.", lossy=True)
        return {"type": "null"}

    def note(self, pointer: str, sentence: str, *, lossy: bool = False) -> None:
        """Note a change."""
        self.joining.note(pointer, sentence, lossy=lossy)

    def drop(self, schema: dict[str, Any], where: str, kept: Collection[str], kinds: Collection[str] = ()) -> None:
        """Note all keywords of a schema that are not kept, where its values have some types."""
        for keyword in schema:
            if keyword not in kept and keyword not in _AT_ROOT:
                sentence, lossy = loss(keyword, schema, list(kinds))
                self.note(f"{where}/{escape(keyword)}", sentence, lossy=lossy)

    def _refer(self, schema: dict[str, Any], where: str) -> Strict | None:
        keyword = "$ref" if "$ref" in schema else "$dynamicRef"
        target = self.joining.follow(schema, where)
        if target is None:
            return {"type": list(SCALARS)}
        if isinstance(target, bool):
            return self.tighten(target, where)
        reference = self._reference_to(target, where)
        if keyword == "$ref" and unquote(schema["$ref"]) == unquote(reference):
            reference = schema["$ref"]
        else:
            self.note(f"{where}/{keyword}", f"{told(schema[keyword])} is {told(reference)} now.")
        self.drop(schema, where, REMARKS | {keyword})
        if not REMARKS & schema.keys():
            return {"$ref": reference}
        self.note(f"{where}/{keyword}", 'A reference stands alone: it is put into "anyOf" beside what is said of it.')
        return {
            "anyOf" if each == keyword else each: [{"$ref": reference}] if each == keyword else value
            for each, value in schema.items()
            if each in REMARKS | {keyword}
        }

    def _reference_to(self, target: dict[str, Any], where: str) -> str:
        """Return a reference to a schema, which becomes a definition where it is none."""
        if target is self.joining.root:
            return "#"
        if id(target) not in self._names:
            place = self.joining.where(target, where)
            last = place.rpartition("/")[2]
            name = base = last if last and not last.isdigit() else "definition"
            number = 2
            while name in self._taken:
                name, number = f"{base}{number}", number + 1
            self._names[id(target)] = name
            self._taken.add(name)
            self._queue.append((name, target))
            self.note(place, f"This is the definition {told(name)} too: references lead only to definitions.")
        return f"#/$defs/{quote(escape(self._names[id(target)]), safe='~')}"

    def _choose(self, schema: dict[str, Any], where: str) -> Strict | None:
        if "oneOf" in schema:
            schema = self.joining.any_of(schema, where)
        branches: list[Schema] | None = schema["anyOf"]
        rest = {keyword: value for keyword, value in schema.items() if keyword in ASKING and keyword != "anyOf"}
        if rest:
            branches = self._divide(rest, schema["anyOf"], where)
        if branches is None:
            alone = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
            return self.tighten(self.joining.fresh(alone, where), where, same_value=True)
        results: dict[str, Strict] = {}
        for index, branch in enumerate(branches):
            place = f"{where}/anyOf/{index}"
            result = self.tighten(branch, place, same_value=True)
            if result is None:
                self.note(place, "Nothing can satisfy this alternative; it is left out.")
                continue
            for each in result["anyOf"] if result.keys() == {"anyOf"} else [result]:
                results.setdefault(key_of(each), each)
        if not results:
            return None
        self.drop(schema, where, ASKING | REMARKS)
        chosen = list(results.values())
        remarks = {keyword: value for keyword, value in schema.items() if keyword in REMARKS}
        if len(chosen) == 1 and not (remarks and "$ref" in chosen[0]):
            self.note(f"{where}/anyOf", 'Only one alternative is left, which needs no "anyOf".')
            return remarks | {keyword: value for keyword, value in chosen[0].items() if keyword not in remarks}
        return {
            keyword: chosen if keyword == "anyOf" else value
            for keyword, value in schema.items()
            if keyword in REMARKS | {"anyOf"}
        }

    def _divide(self, rest: dict[str, Any], branches: list[Schema], where: str) -> list[Schema] | None:
        """Write what stands beside alternatives into each; None where the alternatives are given up instead."""
        resolved = [self.joining.resolve(branch) for branch in branches]
        kinds = [set(kinds_of(each)) if isinstance(each, dict) else set() for each in resolved]
        if rest.keys() == {"type"} and all(each and each <= set(kinds_of(rest)) for each in kinds):
            self.note(f"{where}/type", 'The alternatives name their own types; "type" is left out beside them.')
            return branches
        if all(map(_only_requires, branches)):
            sentence = "Which properties have to be there together cannot be said; all are required."
            self.note(f"{where}/anyOf", sentence, lossy=True)
            return None
        if len(branches) > MOST_ALTERNATIVES or any(self.joining.is_spent() for _ in branches):
            sentence = "There are too many alternatives to repeat in each what stands beside them; they are left out."
            self.note(f"{where}/anyOf", sentence, lossy=True)
            return None
        self.note(f"{where}/anyOf", 'What stands beside "anyOf" is written into each alternative.')
        shared = self.joining.fresh(rest, where)
        return [both(shared, branch) for branch in branches]


def _only_requires(schema: Schema) -> bool:
    """Tell whether a schema asks for nothing but that some properties are there."""
    if not isinstance(schema, dict):
        return False
    asking = ASKING & schema.keys()
    return asking == {"required"} or (asking == {"allOf"} and all(map(_only_requires, schema["allOf"])))
