"""Reading a schema: JSON text to a checked document, with every error at its place.

Metaschemas are checked offline; nothing is ever fetched for a schema.
"""

from __future__ import annotations

import copy
import functools
import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

import jsonschema_rs

from engine.errors import SchemaInvalid, SchemaSyntaxError
from engine.schema.drafts import Draft, declared_draft, guess_draft, meant_draft
from engine.schema.patterns import spell
from engine.schema.pointer import escape, to_pointer, unescape
from engine.schema.references import References
from engine.schema.walk import DEEPEST, subschemas

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_DIGITS = 300
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_URIS = frozenset({"$dynamicRef", "$id", "$ref", "id"})
_KNOWN_TOO_WELL = ("dependencies", "$dynamicRef", "$recursiveRef")
"""Keywords that jsonschema-rs heeds in drafts that do not have them."""


@dataclass(frozen=True)
class SchemaDocument:
    """A schema that its metaschema accepts. `root` keeps the order of its keys; `draft` is declared or guessed."""

    text: str
    root: dict[str, Any] | bool
    draft: Draft = Draft.D2020

    def __reduce__(self) -> tuple[type[SchemaDocument], tuple[str, dict[str, Any] | bool, Draft]]:
        """Go to another process without what is found out about it on the way."""
        return SchemaDocument, (self.text, self.root, self.draft)

    @functools.cached_property
    def declared(self) -> dict[str, Any] | bool:
        """The schema as validators have to read it: with its draft declared, for whoever would take it for another.

        What says nothing and would mislead them is left out: a few keywords that they know in drafts which have them
        not, and references out of the schema that nothing leads to, which they would follow. Patterns and references
        are spelled as they read them; `as_declared` tells where a subschema stands then.
        """
        if not isinstance(self.root, dict):
            return self.root
        root = {"$schema": str(self.draft)} | self.root
        foreign = {keyword for keyword in _KNOWN_TOO_WELL if not self.says(keyword)}
        places = {place.pointer: place.schema for place in subschemas(root) if isinstance(place.schema, dict)}
        misleading = [(pointer, keyword) for pointer in places for keyword in foreign & places[pointer].keys()]
        misleading += self.references.idle()
        misspelled = [pointer for pointer in places if _respelled(places[pointer]) != places[pointer]]
        if misleading or misspelled:
            root = copy.deepcopy(root)
            places = {place.pointer: place.schema for place in subschemas(root) if isinstance(place.schema, dict)}
            for pointer, keyword in misleading:
                places[pointer].pop(keyword, None)
            for pointer in misspelled:
                respelled = _respelled(places[pointer])
                places[pointer].clear()
                places[pointer].update(respelled)
        return root

    @functools.cached_property
    def references(self) -> References:
        """Where the references of the schema lead."""
        return References(self)

    def says(self, keyword: str) -> bool:
        """Tell whether a keyword can say something here.

        Where no draft is declared, `dependencies` says what it said up to draft 7 beside newer keywords too.
        """
        return self.draft.knows(keyword) or (keyword == "dependencies" and declared_draft(self.root) is None)


def as_declared(pointer: str) -> str:
    """Return where a subschema at a pointer in `SchemaDocument.root` stands in `SchemaDocument.declared`."""
    tokens = pointer.split("/")
    return "/".join(
        escape(spell(unescape(token))) if index and tokens[index - 1] == "patternProperties" else token
        for index, token in enumerate(tokens)
    )


def read_schema(text: str) -> SchemaDocument:
    """Read a schema from JSON text.

    Raises `SchemaSyntaxError` with line and column, and `SchemaInvalid` with the JSON Pointer of what the
    metaschema forbids, of a key that stands twice in one object, or of an unknown draft.
    """
    root = read_json(text)
    if not isinstance(root, dict | bool):
        raise SchemaInvalid(
            f"A schema is a JSON object, or true or false; this is {_name(root)}.",
            where="line 1",
            advice=None,
        )
    document = SchemaDocument(text, root, _draft(root))
    _check(document)
    return document


def read_json(text: str, *, what: str = "The schema") -> Any:
    """Parse JSON text. Raises `SchemaSyntaxError`, and `SchemaInvalid` for a key that stands twice.

    `what` begins the sentences about a text that is no schema, as in "The example".
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole
        )
    except json.JSONDecodeError as error:
        sentence = f"This is not JSON: {error.msg[0].lower()}{error.msg[1:]}."
        raise SchemaSyntaxError(sentence, line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise SchemaInvalid(f"{what} is nested too deeply to be read.") from None
    if _SURROGATE.search(text):
        _refuse_surrogates(value, what)
    return value


def _respelled(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a subschema with its own patterns and references as all validators read them."""
    respelled = dict(schema)
    for keyword in _URIS & schema.keys():
        if isinstance(schema[keyword], str):
            respelled[keyword] = _encoded(schema[keyword])
    if isinstance(schema.get("pattern"), str):
        respelled["pattern"] = spell(schema["pattern"])
    if isinstance(schema.get("patternProperties"), dict):
        values: dict[str, Any] = {}
        for pattern, value in schema["patternProperties"].items():
            spelled = spell(pattern)
            values[spelled] = {"allOf": [values[spelled], value]} if spelled in values else value
        respelled["patternProperties"] = values
    return respelled


def _encoded(reference: str) -> str:
    """Percent-encode what may not stand in a URI reference as it is (RFC 3986), as in "#/$defs/a b"."""
    base, hash_sign, fragment = reference.partition("#")
    if fragment.startswith("/"):
        fragment = quote(as_declared(unquote(fragment)), safe="/!$&'()*+,;=:@?~")
    return quote(base, safe="/!$&'()*+,;=:@?~[]%") + hash_sign + fragment


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise SchemaInvalid(
                    f'The key "{key}" stands twice in one object.',
                    advice="Remove one: only the last would count.",
                )
            seen.add(key)
    return found


def _refuse_constant(name: str) -> float:
    raise SchemaInvalid(f"{name} is not JSON.", advice="Write a finite number, or a string.")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        shown = digits if len(digits) < 20 else f"{digits[:8]}… of {len(digits)} characters"
        raise SchemaInvalid(f"The number {shown} is too large.", advice="Write one below 1.8e308 (IEEE 754 double).")
    return number


def _whole(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        _finite(digits)
    return int(digits)


def _refuse_surrogates(value: Any, what: str) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise SchemaInvalid(
            f"A text in {what[0].lower()}{what[1:]} holds half a character (a lone surrogate).",
            advice="Write both halves of the pair, or the character itself.",
        ) from None
    except RecursionError:
        raise SchemaInvalid(f"{what} is nested too deeply to be read.") from None


def _draft(root: dict[str, Any] | bool) -> Draft:
    if isinstance(root, bool) or "$schema" not in root:
        return guess_draft(root)
    declared = declared_draft(root)
    advice = f'Use "{Draft.D2020}", or remove $schema.'
    if declared is None:
        raise SchemaInvalid(
            f"$schema must be a string, the URI of a draft; this is {_name(root['$schema'])}.",
            where="/$schema",
            advice=advice,
        )
    try:
        return Draft(declared)
    except ValueError:
        sentence = f"The draft {json.dumps(root['$schema'])} is not known."
        meant = meant_draft(declared)
        if meant is not None:
            advice = f'Write "{meant.uri}".'
        raise SchemaInvalid(sentence, where="/$schema", advice=advice) from None


def _check(document: SchemaDocument) -> None:
    _check_depth(document.root)
    try:
        jsonschema_rs.meta.validate(
            {"$schema": str(document.draft)} | document.root if isinstance(document.root, dict) else document.root
        )
    except jsonschema_rs.ValidationError as error:
        raise SchemaInvalid(
            f"This is no valid JSON Schema ({document.draft.spoken}): {error.message}.",
            where=to_pointer(error.instance_path) or "the root",
        ) from None
    for pointer in unreadable_ids(document):
        raise SchemaInvalid("This identifier is no URI reference.", where=pointer)


def unreadable_ids(document: SchemaDocument) -> Iterator[str]:
    """Yield the pointer of each identifier that references could not be resolved against."""
    keyword = "id" if document.draft == Draft.D4 else "$id"
    for place in subschemas(document.root):
        identifier = place.schema.get(keyword) if isinstance(place.schema, dict) else None
        try:
            urlsplit(identifier if isinstance(identifier, str) else "")
        except ValueError:
            yield f"{place.pointer}/{keyword}"


def _check_depth(root: Any) -> None:
    pending: list[tuple[Any, int]] = [(root, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > DEEPEST:
            raise SchemaInvalid(f"The schema is nested more than {DEEPEST} levels deep.")
        if isinstance(node, dict):
            pending.extend((child, depth + 1) for child in node.values())
        elif isinstance(node, list):
            pending.extend((child, depth + 1) for child in node)


def _name(value: Any) -> str:
    names = {
        list: "an array", dict: "an object", str: "a string", int: "a number", float: "a number", bool: "a boolean",
        type(None): "null",
    }  # fmt: skip
    return names[type(value)]
