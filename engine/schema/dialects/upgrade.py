"""A schema of an older draft, written in a later one: every instance keeps its verdict.

Keywords get their later names, references follow what they led to, and what the old draft did not read is left out
where the later one would read it. What cannot be kept exactly is noted as lossy.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, unquote

from engine.errors import SchemaInvalid
from engine.schema.dialects.rewritten import Note, Rewritten, read_value
from engine.schema.drafts import Draft
from engine.schema.pointer import escape
from engine.schema.references import REFERENCES
from engine.schema.spoken import told
from engine.schema.walk import DEFINITIONS, MANY, NAMED, ONE, children, subschemas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.schema.document import SchemaDocument

Schema = dict[str, Any] | bool

_ALONE = frozenset({Draft.D4, Draft.D6, Draft.D7})
"""Drafts in which nothing counts beside a `$ref`."""
_BOUNDS = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
_SAYING = (ONE | MANY | NAMED | set(_BOUNDS) | set(_BOUNDS.values()) | set(REFERENCES)) - DEFINITIONS | {
    "$anchor", "$dynamicAnchor", "$id", "$recursiveAnchor", "const", "dependentRequired", "enum", "format",
    "maxContains", "maxItems", "maxLength", "maxProperties", "minContains", "minItems", "minLength", "minProperties",
    "multipleOf", "pattern", "required", "type", "uniqueItems",
}  # fmt: skip
"""Keywords that some draft reads; `$defs` and `definitions` only store, and are led to in any."""
_FORMATS = {
    Draft.D6: ("json-pointer", "uri-reference", "uri-template"),
    Draft.D7: ("idn-hostname", "iri", "iri-reference", "relative-json-pointer"),
    Draft.D2019: ("duration", "uuid"),
}
_FORMAT_SINCE = {name: draft for draft, names in _FORMATS.items() for name in names}
_ANCHOR = re.compile(r"[A-Za-z_][-A-Za-z0-9._]*")
_IN_FRAGMENT = "/~!$&'()*+,;=:@?"


def upgrade(root: Schema, to: Draft = Draft.D2020) -> Rewritten:
    """Write a schema in a later draft; one that declares none is read in the draft its keywords show.

    Raises `SchemaInvalid` for what `read_schema` refuses, and for a draft that is older than the schema's own.
    """
    document = read_value(root)
    if to.age < document.draft.age:
        raise SchemaInvalid(
            f"The schema is written in {document.draft.spoken}, which is later than {to.spoken}.",
            where="/$schema",
            advice="Choose a later draft.",
        )
    upgraded = upgraded_document(document, to)
    return Rewritten(upgraded.value, upgraded.notes)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """An upgraded schema; `origins` tells by the identity of each subschema where it stood."""

    value: Schema
    notes: tuple[Note, ...]
    origins: dict[int, str]


def upgraded_document(document: SchemaDocument, to: Draft = Draft.D2020) -> Upgraded:
    """Write a document in a draft that is not older than its own."""
    return _Upgrade(document, to).run()


@dataclass(frozen=True, slots=True)
class _Place:
    """A subschema that is being written: its text, what is written, and where the two stand."""

    schema: dict[str, Any]
    result: dict[str, Any]
    old: str
    new: str
    together: list[Schema]
    """What has to hold as well, and is put into `allOf`."""

    def aside(self) -> str:
        """Return the pointer of what is put into `together` next."""
        return f"{self.new}/allOf/{len(self.schema.get('allOf', ())) + len(self.together)}"


class _Upgrade:
    def __init__(self, document: SchemaDocument, to: Draft) -> None:
        self._document = document
        self._draft = document.draft
        self._to = to
        self._references = document.references
        self._notes: list[Note] = []
        self._moves: dict[str, str] = {}
        self._origins: dict[int, str] = {}
        self._leading: list[tuple[_Place, str]] = []
        self._store = "$defs" if to.age >= Draft.D2019.age else "definitions"
        self._everything = _everything(document.root)
        places = list(subschemas(document.root))
        self._own = {id(place.schema) for place in places if isinstance(place.schema, dict)}
        self._targets = self._find_targets(place.schema for place in places)
        said = {keyword for place in places if isinstance(place.schema, dict) for keyword in place.schema}
        anchors = {place.schema.get("$anchor") for place in places if isinstance(place.schema, dict)}
        self._anchor = _unused("recursive", anchors)
        self._counts_items = "unevaluatedItems" in said

    def run(self) -> Upgraded:
        """Return the whole schema, written anew."""
        value = self._convert(self._document.root, "", "")
        self._redirect_all()
        if self._draft == Draft.D4 and self._to != Draft.D4 and _names_integer(self._document.root):
            self._note("", "From draft 6 on 1.0 is a whole number; draft 4 did not take it for one.")
        return Upgraded(value, tuple(self._notes), self._origins)

    def _convert(self, schema: Schema, old: str, new: str) -> Schema:
        self._moves[old] = new
        if isinstance(schema, bool):
            return schema
        place = _Place(schema, {}, old, new, [])
        self._origins[id(place.result)] = old
        alone = self._draft in _ALONE and "$ref" in schema and self._has(Draft.D2019)
        for keyword, value in schema.items():
            if alone and keyword in _SAYING | {"id"} and keyword != "$ref":
                self._leave_out(place, keyword, f'"{keyword}" says nothing beside "$ref" in {self._draft.spoken}')
            elif keyword in _SAYING and not self._document.says(keyword):
                self._leave_out(place, keyword, f'"{keyword}" says nothing in {self._draft.spoken}')
            else:
                self._write(place, keyword, value)
        if place.together:
            place.result["allOf"] = [*place.result.get("allOf", ()), *place.together]
        return place.result

    def _write(self, place: _Place, keyword: str, value: Any) -> None:
        if keyword == "$schema":
            self._declare(place, value)
        elif keyword in REFERENCES:
            self._refer(place, keyword)
        elif keyword in {"$id", "id"} and isinstance(value, str):
            self._identify(place, keyword, value)
        elif keyword == "$recursiveAnchor" and self._has(Draft.D2020):
            if value is True and (not place.old or "$id" in place.schema):
                self._note(place.old, f'This is "$dynamicAnchor": {told(self._anchor)} now.', keyword)
                place.result["$dynamicAnchor"] = self._anchor
            else:
                self._note(place.old, "It says nothing here and is left out.", keyword)
        elif keyword in _BOUNDS and isinstance(value, bool):
            self._bound(place, keyword, value)
        elif keyword in _BOUNDS.values() and self._is_exclusive(place.schema, keyword):
            pass  # written with its exclusive bound
        elif keyword in DEFINITIONS and isinstance(value, dict):
            self._define(place, keyword, value)
        elif keyword == "dependencies" and isinstance(value, dict) and self._has(Draft.D2019):
            self._depend(place, value)
        elif keyword == "items" and isinstance(value, list) and self._has(Draft.D2020):
            self._moves[f"{place.old}/items"] = f"{place.new}/prefixItems"
            self._note(place.old, 'A list of items is called "prefixItems" now.', keyword)
            place.result["prefixItems"] = [
                self._convert(each, f"{place.old}/items/{index}", f"{place.new}/prefixItems/{index}")
                for index, each in enumerate(value)
            ]
        elif keyword == "additionalItems" and self._has(Draft.D2020):
            if isinstance(place.schema.get("items"), list):
                self._note(place.old, 'What follows a list of items is called "items" now.', keyword)
                place.result["items"] = self._convert(value, f"{place.old}/{keyword}", f"{place.new}/items")
            else:
                self._leave_out(place, keyword, '"additionalItems" says nothing without a list of items')
        else:
            self._warn(place, keyword, value)
            place.result[keyword] = self._below(
                keyword, value, f"{place.old}/{escape(keyword)}", f"{place.new}/{escape(keyword)}"
            )

    def _below(self, keyword: str, value: Any, old: str, new: str) -> Any:
        if keyword in ONE and isinstance(value, dict | bool):
            return self._convert(value, old, new)
        if keyword in MANY and isinstance(value, list):
            return [self._convert(each, f"{old}/{index}", f"{new}/{index}") for index, each in enumerate(value)]
        if keyword in NAMED and isinstance(value, dict):
            return {
                name: self._convert(each, f"{old}/{escape(name)}", f"{new}/{escape(name)}")
                if isinstance(each, dict | bool)
                else copy.deepcopy(each)
                for name, each in value.items()
            }
        return copy.deepcopy(value) if keyword in {"const", "enum"} else self._raw(value, old, new)

    def _raw(self, value: Any, old: str, new: str) -> Any:
        """Copy what is no schema by its keyword; a reference may take a part of it for one all the same."""
        if isinstance(value, dict):
            if id(value) in self._targets:
                return self._convert(value, old, new)
            return {
                name: self._raw(each, f"{old}/{escape(name)}", f"{new}/{escape(name)}") for name, each in value.items()
            }
        if isinstance(value, list):
            return [self._raw(each, f"{old}/{index}", f"{new}/{index}") for index, each in enumerate(value)]
        return value

    def _declare(self, place: _Place, value: Any) -> None:
        declared = f"{self._to}{'#' if self._to.age <= Draft.D7.age else ''}"
        if isinstance(value, str) and value.rstrip("#") != str(self._to):
            self._note(place.old, f"The draft is {self._to.spoken} now, and was {self._draft.spoken}.", "$schema")
            value = declared
        place.result["$schema"] = value

    def _refer(self, place: _Place, keyword: str) -> None:
        if keyword == "$recursiveRef" and self._has(Draft.D2020):
            target = self._references.follow(place.schema, keyword)
            if isinstance(target, dict) and target.get("$recursiveAnchor") is True:
                place.result["$dynamicRef"] = f"#{self._anchor}"
            elif "$ref" in place.schema:
                place.together.append({"$ref": "#"})
            else:
                place.result["$ref"] = "#"
            self._note(place.old, '"$recursiveRef" has another name now.', keyword)
        else:
            place.result[keyword] = place.schema[keyword]
            self._leading.append((place, keyword))

    def _identify(self, place: _Place, keyword: str, value: str) -> None:
        if keyword == "id" and self._draft != Draft.D4:
            place.result[keyword] = value
            return
        base, _, fragment = value.partition("#")
        if not self._has(Draft.D2019):
            base, fragment = value, ""
        if keyword == "id" and base and self._has(Draft.D6):
            self._note(place.old, '"id" is called "$id" now.', keyword)
        if base:
            place.result["$id" if self._has(Draft.D6) else keyword] = base
        if fragment and _ANCHOR.fullmatch(fragment):
            self._note(place.old, f'The name {told(f"#{fragment}")} is "$anchor": {told(fragment)} now.', keyword)
            place.result["$anchor"] = fragment
        elif base != value:
            self._note(place.old, f"{told(value[len(base) :])} names nothing here and is left out.", keyword)

    def _bound(self, place: _Place, keyword: str, value: bool) -> None:
        plain = _BOUNDS[keyword]
        if not self._has(Draft.D6):
            place.result[keyword] = value
        elif value and plain in place.schema:
            number = place.schema[plain]
            self._note(place.old, f'"{plain}": {told(number)} with true is "{keyword}": {told(number)} now.', keyword)
            place.result[keyword] = number
        else:
            self._note(place.old, f'"{keyword}": {told(value)} says nothing and is left out.', keyword)

    def _is_exclusive(self, schema: dict[str, Any], plain: str) -> bool:
        exclusive = "exclusiveMinimum" if plain == "minimum" else "exclusiveMaximum"
        return schema.get(exclusive) is True and self._has(Draft.D6)

    def _define(self, place: _Place, keyword: str, value: dict[str, Any]) -> None:
        store = self._store if self._has(Draft.D2019) else keyword
        if store != keyword:
            self._note(place.old, f'"{keyword}" is called "{store}" now.', keyword)
        self._moves[f"{place.old}/{keyword}"] = f"{place.new}/{store}"
        place.result.setdefault(store, {})
        for name, each in value.items():
            self._put(place, store, name, each, f"{place.old}/{keyword}/{escape(name)}")

    def _put(self, place: _Place, store: str, name: str, schema: Any, old: str) -> None:
        """Store a definition, under another name where its own is taken."""
        stored = place.result.setdefault(store, {})
        name = _unused(name, stored)
        stored[name] = False  # the name is taken, whatever stands below
        stored[name] = self._convert(schema, old, f"{place.new}/{store}/{escape(name)}")

    def _depend(self, place: _Place, value: dict[str, Any]) -> None:
        self._note(place.old, 'It is called "dependentRequired" and "dependentSchemas" now.', "dependencies")
        old, required = f"{place.old}/dependencies", {}
        taken = "dependentSchemas" in place.schema
        schemas: dict[str, Schema] = {}
        new = f"{place.aside() if taken else place.new}/dependentSchemas"
        for name, each in value.items():
            if isinstance(each, list):
                required[name] = list(each)
            else:
                schemas[name] = self._convert(each, f"{old}/{escape(name)}", f"{new}/{escape(name)}")
        if schemas and taken:
            place.together.append({"dependentSchemas": schemas})
        elif schemas:
            place.result["dependentSchemas"] = schemas
        if required and "dependentRequired" in place.schema:
            place.together.append({"dependentRequired": required})
        elif required:
            place.result["dependentRequired"] = required

    def _leave_out(self, place: _Place, keyword: str, why: str) -> None:
        """Leave a keyword out, but keep what references lead to in it."""
        self._note(place.old, f"{why}; it is left out.", keyword)
        pending = [(place.schema[keyword], f"{place.old}/{escape(keyword)}", keyword)]
        while pending:
            value, old, name = pending.pop()
            if id(value) in self._targets:
                self._put(place, self._store, name, value, old)
            elif isinstance(value, dict):
                pending += [(each, f"{old}/{escape(key)}", key) for key, each in reversed(value.items())]
            elif isinstance(value, list):
                pending += [(each, f"{old}/{index}", f"{name}{index}") for index, each in enumerate(value)]

    def _warn(self, place: _Place, keyword: str, value: Any) -> None:
        """Note what is read in the later draft and was not in the old one, or the other way round."""
        since = _FORMAT_SINCE.get(value) if keyword == "format" and isinstance(value, str) else None
        if since is not None and self._draft.age < since.age <= self._to.age:
            sentence = f"The format {told(value)} is checked now; {self._draft.spoken} did not know it."
            self._note(place.old, sentence, keyword, lossy=True)
        if keyword == "contains" and self._counts_items and self._draft == Draft.D2019 and self._has(Draft.D2020):
            self._note(place.old, "The items it finds count as evaluated from 2020-12 on.", keyword, lossy=True)
        content = keyword in {"contentEncoding", "contentMediaType"}
        if content and self._draft in {Draft.D6, Draft.D7} and self._has(Draft.D2019):
            self._note(place.old, f'"{keyword}" is only a remark from 2019-09 on.', keyword, lossy=True)

    def _redirect_all(self) -> None:
        """Let each reference lead to what it led to, now that everything has its place."""
        followed = []
        for place, keyword in self._leading:
            reference = self._redirect(place.schema, keyword)
            if reference != place.schema[keyword]:
                followed.append((place.old, keyword, f"{told(place.schema[keyword])} is {told(reference)} now"))
            place.result[keyword] = reference
        if followed:
            old, keyword, sentence = followed[0]
            more = f"; {len(followed):,} references in all follow what they lead to" if len(followed) > 1 else ""
            self._note(old, f"{sentence}{more}.", keyword)

    def _redirect(self, schema: dict[str, Any], keyword: str) -> str:
        """Return a reference as it has to be spelled where its target has moved."""
        reference = cast("str", schema[keyword])
        base, _, fragment = reference.partition("#")
        home = self._everything.get(id(self._references.resolve(schema, base or "#")))
        if not fragment or home is None:
            return reference
        if fragment.startswith("/"):
            old = home + unquote(fragment)
        elif _ANCHOR.fullmatch(fragment) or not self._has(Draft.D2019):
            return reference
        else:
            old = self._everything.get(id(self._references.follow(schema, keyword)), "")
        if not old.startswith(home):
            return reference
        new = self._moved(old).removeprefix(self._moved(home))
        return reference if new == unquote(fragment) else f"{base}#{quote(new, safe=_IN_FRAGMENT)}"

    def _moved(self, pointer: str) -> str:
        """Return where what stood at a pointer stands now."""
        end = len(pointer)
        while pointer[:end] not in self._moves:
            end = pointer.rindex("/", 0, end)
        return self._moves[pointer[:end]] + pointer[end:]

    def _find_targets(self, own: Iterable[Schema]) -> set[int]:
        """Return by identity every part of the text that a reference takes for a schema."""
        found: set[int] = set()
        pending = [schema for schema in own if isinstance(schema, dict)]
        known = set(self._own)
        while pending:
            schema = pending.pop()
            for keyword in REFERENCES:
                target = self._references.follow(schema, keyword)
                if not isinstance(target, dict) or id(target) not in self._everything:
                    continue
                found.add(id(target))
                if id(target) not in known:
                    known.add(id(target))
                    pending.append(target)
                    pending += [child.schema for child in children("", target) if isinstance(child.schema, dict)]
        return found

    def _has(self, draft: Draft) -> bool:
        """Tell whether the draft that is written is this one or a later one."""
        return self._to.age >= draft.age

    def _note(self, old: str, sentence: str, keyword: str = "", *, lossy: bool = False) -> None:
        self._notes.append(Note(f"{old}/{escape(keyword)}" if keyword else old, sentence, lossy))


def _everything(root: Any) -> dict[int, str]:
    """Return the pointer of every object in a schema's text, by its identity."""
    found: dict[int, str] = {}
    pending = [("", root)]
    while pending:
        pointer, value = pending.pop()
        if isinstance(value, dict):
            found[id(value)] = pointer
        steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        pending += [(f"{pointer}/{escape(str(step))}", each) for step, each in steps if isinstance(each, dict | list)]
    return found


def _names_integer(root: Schema) -> bool:
    kinds = (place.schema.get("type") for place in subschemas(root) if isinstance(place.schema, dict))
    return any(kind == "integer" or (isinstance(kind, list) and "integer" in kind) for kind in kinds)


def _unused(name: str, taken: Iterable[Any]) -> str:
    """Return a name that is not taken: itself, or with the first number behind it that makes it one."""
    taken, number, found = set(taken), 2, name
    while found in taken:
        found, number = f"{name}{number}", number + 1
    return found
