"""All that holds for one value, in one schema: `allOf`, and what stands beside a reference, written out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.schema.dialects.alternatives import are_exclusive
from engine.schema.dialects.intersection import MOST_ALTERNATIVES, both, intersect
from engine.schema.dialects.losses import ASKING
from engine.schema.dialects.profile import REMARKS, kinds_of
from engine.schema.dialects.rewritten import Note
from engine.schema.document import SchemaDocument
from engine.schema.drafts import Draft
from engine.schema.pointer import escape
from engine.schema.spoken import told
from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from engine.schema.dialects.upgrade import Upgraded

Schema = dict[str, Any] | bool

REFERRING = ("$ref", "$dynamicRef")
_MOST_OPEN = 16
"""References within each other that are written out."""
_MOST_WRITTEN_OUT = 20_000
"""Subschemas that are written in several places, beyond those of the text."""
_MOST_HOPS = 10


class Joining:
    """One schema of 2020-12 whose subschemas are flattened one by one; `notes` grows on the way."""

    def __init__(self, upgraded: Upgraded) -> None:
        self.root: dict[str, Any] = upgraded.value if isinstance(upgraded.value, dict) else {}
        self.notes: list[Note] = []
        self.open: list[int] = []
        """By identity, what is written out for the present subschema and those around it."""
        self.here = 0
        """How many of them are for another value than the present one."""
        self._references = SchemaDocument("", self.root, Draft.D2020).references
        self._origins = dict(upgraded.origins)
        self._sources: dict[int, dict[str, Any]] = {}
        self._kept: list[dict[str, Any]] = []
        self._left = sum(1 for _ in subschemas(self.root)) + _MOST_WRITTEN_OUT

    def note(self, pointer: str, sentence: str, *, lossy: bool = False) -> None:
        """Note a change."""
        self.notes.append(Note(pointer, sentence, lossy))

    def where(self, schema: Schema, otherwise: str) -> str:
        """Return the place of a subschema in the old schema, as far as it is known to have one."""
        return self._origins.get(id(schema), otherwise)

    def is_spent(self) -> bool:
        """Tell whether so much has been written that nothing more should be repeated; each call counts."""
        self._left -= 1
        return self._left <= 0

    def fresh(self, schema: dict[str, Any], where: str, source: dict[str, Any] | None = None) -> dict[str, Any]:
        """Keep a new schema with the place it stands for, and the one whose references it has."""
        self._kept.append(schema)  # no other may get its identity
        self._origins[id(schema)] = where
        if source is not None:
            self._sources[id(schema)] = self._sources.get(id(source), source)
        return schema

    def flatten(self, schema: Schema, where: str) -> Schema:
        """Return a schema without `allOf`, and without anything that asks beside a reference."""
        if isinstance(schema, bool):
            return schema
        referring = [keyword for keyword in REFERRING if keyword in schema]
        if "allOf" not in schema and (not referring or len(ASKING & schema.keys()) == 1):
            return schema
        base = self.fresh({k: v for k, v in schema.items() if k not in {"allOf", *referring}}, where)
        parts: list[Schema] = [self.fresh({keyword: schema[keyword]}, where, schema) for keyword in referring]
        parts += schema.get("allOf", ())
        place = f"{where}/allOf" if "allOf" in schema else where
        if any(part is False for part in parts):
            return False
        needed = self._needed([base, *parts])
        if len(needed) > 1:
            self.note(place, "What holds together is written as one schema.")
            return self._join(base, needed, where)
        only = needed[0] if needed else base
        self.note(place, 'What holds alone needs no "allOf".')
        remarks = {keyword: value for keyword, value in base.items() if keyword not in ASKING}
        alone = remarks | {keyword: value for keyword, value in only.items() if keyword not in remarks}
        inner = self.where(only, where)
        return self.flatten(self.fresh(alone, inner, only), inner)

    def any_of(self, schema: dict[str, Any], where: str) -> dict[str, Any]:
        """Return a schema with `anyOf` in the place of `oneOf`."""
        branches = schema["oneOf"]
        exclusive = are_exclusive(branches, self.resolve)
        why = "its alternatives exclude each other" if exclusive else "a value may satisfy several now"
        self.note(f"{where}/oneOf", f'"oneOf" is "anyOf" now: {why}.', lossy=not exclusive)
        if "anyOf" in schema:
            more = schema["anyOf"]
            if len(branches) * len(more) > MOST_ALTERNATIVES:
                sentence = '"anyOf" is left out: together with "oneOf" there would be too many alternatives.'
                self.note(f"{where}/anyOf", sentence, lossy=True)
            else:
                branches = [both(each, other) for each in branches for other in more]
            schema = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
        renamed = {"anyOf" if k == "oneOf" else k: branches if k == "oneOf" else v for k, v in schema.items()}
        return self.fresh(renamed, where)

    def follow(self, schema: dict[str, Any], where: str) -> Schema | None:
        """Return what a reference leads to; None, with a note, where that is nothing."""
        keyword = "$ref" if "$ref" in schema else "$dynamicRef"
        source = self._sources.get(id(schema), schema)
        target = self._references.follow(source, keyword)
        if not isinstance(target, dict | bool):
            self.note(f"{where}/{keyword}", f"{told(schema[keyword])} leads nowhere and is left out.", lossy=True)
            return None
        if keyword == "$dynamicRef" and self._references.depends(source, keyword):
            self.note(f"{where}/{keyword}", "This always leads to the same schema now.", lossy=True)
        return target

    def resolve(self, schema: Any) -> Any:
        """Return what a subschema leads to by references alone; None where that is nothing."""
        for _ in range(_MOST_HOPS):
            if not isinstance(schema, dict) or "$ref" not in schema:
                break
            schema = self._references.follow(self._sources.get(id(schema), schema))
        return schema

    def _needed(self, parts: list[Schema]) -> list[dict[str, Any]]:
        """Return the parts that ask something, but for a type that a reference among them implies."""
        asking = [part for part in parts if isinstance(part, dict) and ASKING & part.keys()]
        rest = [part for part in asking if ASKING & part.keys() != {"type"}]
        if len(rest) == 1 and any(keyword in rest[0] for keyword in REFERRING):
            target = self.resolve(rest[0])
            kinds = set(kinds_of(target)) if isinstance(target, dict) else set()
            if kinds and all(kinds <= set(kinds_of(part)) for part in asking if part is not rest[0]):
                return rest
        return asking

    def _join(self, base: dict[str, Any], parts: list[dict[str, Any]], where: str) -> Schema:
        joined: dict[str, Any] = {keyword: value for keyword, value in base.items() if keyword not in ASKING}
        for part in parts:
            place = self.where(part, where)
            said = self._written_out(part, place)
            if isinstance(said, bool):
                if said:
                    continue
                return False
            if any(keyword in said for keyword in REFERRING):
                sentence = "What leads back to itself cannot be written out; of what holds together this alone is kept."
                self.note(place, sentence, lossy=True)
                return said
            if "oneOf" in said:
                said = self.any_of(said, place)
            asked = {keyword: value for keyword, value in said.items() if keyword in ASKING | REMARKS}
            together, lost = intersect(joined, asked)
            for keyword in lost:
                sentence = f"{told(keyword)} is asked twice, and only one of both can be said."
                self.note(f"{place}/{escape(keyword)}", sentence, lossy=True)
            if isinstance(together, bool):
                return together
            joined = together
        return self.fresh(joined, where)

    def _written_out(self, part: dict[str, Any], where: str) -> Schema:
        """Return what a part of an `allOf` says, following its references; a reference where they never end."""
        flat = self.flatten(part, where)
        while isinstance(flat, dict) and any(keyword in flat for keyword in REFERRING):
            target = self.follow(flat, where)
            if not isinstance(target, dict):
                return True if target is None else target
            if id(target) in self.open[self.here :]:
                return True  # it holds for this value already
            if id(target) in self.open or len(self.open) > _MOST_OPEN or self.is_spent():
                return flat
            self.open.append(id(target))
            flat = self.flatten(target, self.where(target, where))
        return flat
