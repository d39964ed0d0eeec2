"""The strict profile: what OpenAI documents as the subset of JSON Schema that Structured Outputs supports.

Source: the guide to Structured Outputs, "Supported schemas" (developers.openai.com/api/docs/guides/structured-outputs),
as of 2026. What the guide does not list is taken as not supported. Known from the API's own answers are: a reference
has no keywords beside it, every schema names a type, objects name `properties` and `required`, arrays `items`,
`examples` is accepted, and patterns do not look around.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from engine.schema.pointer import escape, unescape
from engine.schema.spoken import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REMARKS = frozenset({"description", "examples", "title"})
"""Keywords that may stand anywhere but beside a reference, and ask nothing of a value."""
FAMILIES = {
    "object": frozenset({"additionalProperties", "properties", "required"}),
    "array": frozenset({"items", "maxItems", "minItems"}),
    "string": frozenset({"format", "pattern"}),
    "number": frozenset({"exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"}),
}
"""Supported keywords by the type that they speak of; those of numbers speak of integers too."""
TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
FORMATS = frozenset({"date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uuid"})
MOST_PROPERTIES = 5_000
MOST_LEVELS = 10
"""Objects and arrays within each other; the root is the first. Each definition is measured by itself."""
MOST_NAMES = 120_000
"""Characters of all names of properties and definitions and of all listed texts."""
MOST_VALUES = 1_000
"""Listed values of the whole schema."""
LONG_ENUM = 250
MOST_LONG_ENUM = 15_000
"""Characters of the values of one `enum` that lists more than `LONG_ENUM` texts."""
LIMITS = frozenset({"long-enum", "names", "nesting", "size", "values"})
"""Codes of violations that are a matter of size: no rewriting mends them."""

_SUPPORTED = frozenset({"$ref", "anyOf", "const", "enum", "type"}).union(REMARKS, *FAMILIES.values())
_AT_ROOT = frozenset({"$defs", "$schema"})
_LOOKS = re.compile(r"\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|(?P<looks>\(\?<?[=!])")


@dataclass(frozen=True, slots=True)
class Violation:
    """What the strict profile forbids at a place. `code` names the rule, for whoever offers a way to mend it."""

    pointer: str
    code: str
    sentence: str


def looks_around(pattern: str) -> bool:
    """Tell whether a pattern looks ahead or behind."""
    return any(found["looks"] for found in _LOOKS.finditer(pattern))


def family(kind: str) -> str:
    """Return the type whose keywords speak of a type."""
    return "number" if kind == "integer" else kind


def kinds_of(schema: dict[str, Any]) -> list[str]:
    """Return the types that a schema names, in its order."""
    named = schema.get("type")
    listed = named if isinstance(named, list) else [named]
    return [kind for kind in listed if isinstance(kind, str)]


def strict_violations(root: Any) -> list[Violation]:
    """Return what the strict profile forbids, in the order of the text, and then what is too large.

    `root` may be any JSON value: what is no valid schema is told by others, and never raises here.
    """
    if not isinstance(root, dict):
        return [Violation("", "root", "The root has to be an object schema.")]
    return list(_Survey(root).violations())


@dataclass(slots=True)
class _Survey:
    root: dict[str, Any]
    properties: int = 0
    names: int = 0
    values: int = 0
    too_deep: str | None = None
    long_enums: list[str] = field(default_factory=list)

    def violations(self) -> Iterator[Violation]:
        if self.root.get("type") != "object":
            yield Violation("/type" if "type" in self.root else "", "root", 'The root has to be of type "object".')
        pending: list[tuple[str, Any, int]] = [("", self.root, 1)]
        while pending:
            pointer, schema, level = pending.pop()
            if not isinstance(schema, dict):
                if isinstance(schema, bool):
                    said = "anything" if schema else "nothing"
                    yield Violation(pointer, "boolean", f"{told(schema)} for {said} is not supported: name a type.")
                continue
            if self.too_deep is None and level > MOST_LEVELS and {"object", "array"} & set(kinds_of(schema)):
                self.too_deep = pointer
            self._count(pointer, schema)
            yield from self._faults(pointer, schema)
            pending += reversed(list(_below(pointer, schema, level)))
        yield from self._excesses()

    def _faults(self, pointer: str, schema: dict[str, Any]) -> Iterator[Violation]:
        supported = _SUPPORTED | _AT_ROOT if not pointer else _SUPPORTED
        for keyword in schema:
            if keyword not in supported:
                where = f"{pointer}/{escape(keyword)}"
                place = " here" if keyword in _AT_ROOT else ""
                yield Violation(where, "keyword", f"{told(keyword)} is not supported{place}.")
        if "$ref" in schema:
            yield from self._faults_of_reference(pointer, schema)
        elif "anyOf" in schema:
            for keyword in schema:
                if keyword in supported - REMARKS - _AT_ROOT - {"anyOf"}:
                    sentence = f'{told(keyword)} has to stand within the alternatives of "anyOf", not beside them.'
                    yield Violation(f"{pointer}/{keyword}", "beside-any-of", sentence)
            if not pointer:
                yield Violation("/anyOf", "root", 'The root cannot be "anyOf".')
        else:
            yield from _faults_of_types(pointer, schema)

    def _faults_of_reference(self, pointer: str, schema: dict[str, Any]) -> Iterator[Violation]:
        if not pointer:
            yield Violation("/$ref", "root", "The root cannot be a reference.")
        for keyword in schema:
            if keyword in _SUPPORTED - {"$ref"}:
                yield Violation(f"{pointer}/{keyword}", "beside-reference", 'Nothing may stand beside "$ref".')
        reference = schema["$ref"]
        if isinstance(reference, str) and reference != "#" and self._definition(reference) is None:
            sentence = f'{told(reference)} does not lead to the root or to a definition in "$defs".'
            yield Violation(f"{pointer}/$ref", "reference", sentence)

    def _definition(self, reference: str) -> Any:
        tokens = unquote(reference).split("/")
        definitions = self.root.get("$defs")
        if len(tokens) != 3 or tokens[:2] != ["#", "$defs"] or not isinstance(definitions, dict):
            return None
        return definitions.get(unescape(tokens[2]))

    def _count(self, pointer: str, schema: dict[str, Any]) -> None:
        properties, values = schema.get("properties"), schema.get("enum")
        if isinstance(properties, dict):
            self.properties += len(properties)
            self.names += sum(map(len, properties))
        if not pointer and isinstance(schema.get("$defs"), dict):
            self.names += sum(map(len, schema["$defs"]))
        if isinstance(values, list):
            length = sum(map(_length, values))
            self.values += len(values)
            self.names += length
            if len(values) > LONG_ENUM and length > MOST_LONG_ENUM and all(isinstance(each, str) for each in values):
                self.long_enums.append(pointer)
        if "const" in schema:
            self.names += _length(schema["const"])

    def _excesses(self) -> Iterator[Violation]:
        if self.too_deep is not None:
            sentence = f"Objects and arrays are nested more than {MOST_LEVELS} levels deep."
            yield Violation(self.too_deep, "nesting", sentence)
        if self.properties > MOST_PROPERTIES:
            sentence = f"There are {self.properties:,} properties, and {MOST_PROPERTIES:,} are the most."
            yield Violation("", "size", sentence)
        if self.names > MOST_NAMES:
            sentence = f"Names and listed values have {self.names:,} characters, and {MOST_NAMES:,} are the most."
            yield Violation("", "names", sentence)
        if self.values > MOST_VALUES:
            yield Violation("", "values", f"{self.values:,} values are listed, and {MOST_VALUES:,} are the most.")
        for pointer in self.long_enums:
            sentence = f"A list of more than {LONG_ENUM} values may have {MOST_LONG_ENUM:,} characters at most."
            yield Violation(f"{pointer}/enum", "long-enum", sentence)


def _faults_of_types(pointer: str, schema: dict[str, Any]) -> Iterator[Violation]:
    kinds = kinds_of(schema)
    if not kinds:
        yield Violation(pointer, "type", 'A "type" has to be named.')
    spoken_of = {family(kind) for kind in kinds}
    for kind, keywords in FAMILIES.items():
        for keyword in schema if kinds and kind not in spoken_of else ():
            if keyword in keywords:
                article = "an" if kind[0] in "ao" else "a"
                yield Violation(f"{pointer}/{keyword}", "keyword", f'"{keyword}" needs {article} {kind}.')
    if "object" in spoken_of:
        yield from _faults_of_object(pointer, schema)
    if "array" in spoken_of and "items" not in schema:
        yield Violation(pointer, "items", 'An array has to say what its "items" are.')
    for keyword in ("exclusiveMaximum", "exclusiveMinimum"):
        if isinstance(schema.get(keyword), bool):
            yield Violation(f"{pointer}/{keyword}", "keyword", f'"{keyword}" has to be a number.')
    for keyword, values in (("const", [schema.get("const")]), ("enum", schema.get("enum"))):
        if isinstance(values, list) and any(isinstance(each, dict | list) for each in values):
            sentence = "Objects and arrays cannot be listed as values."
            yield Violation(f"{pointer}/{keyword}", "value", sentence)
    form, pattern = schema.get("format"), schema.get("pattern")
    if isinstance(form, str) and form not in FORMATS:
        yield Violation(f"{pointer}/format", "format", f"The format {told(form)} is not supported.")
    if isinstance(pattern, str) and looks_around(pattern):
        yield Violation(f"{pointer}/pattern", "pattern", "Patterns cannot look ahead or behind.")


def _faults_of_object(pointer: str, schema: dict[str, Any]) -> Iterator[Violation]:
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict):
        yield Violation(pointer, "properties", 'An object has to name its "properties".')
        properties = {}
    names = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
    listed = set(names)
    missing = [name for name in properties if name not in listed]
    for name in missing:
        yield Violation(f"{pointer}/properties/{escape(name)}", "required", f"{told(name)} has to be required.")
    if not isinstance(required, list) and not missing:
        yield Violation(pointer, "required", 'An object has to have "required".')
    for name in names:
        if name not in properties:
            sentence = f"{told(name)} is required, but is no property here."
            yield Violation(f"{pointer}/required", "required", sentence)
    if schema.get("additionalProperties") is not False:
        where = f"{pointer}/additionalProperties" if "additionalProperties" in schema else pointer
        yield Violation(where, "additional", 'An object has to have "additionalProperties": false.')


def _below(pointer: str, schema: dict[str, Any], level: int) -> Iterable[tuple[str, Any, int]]:
    """Yield the subschemas that the profile knows, and those that would take their place."""
    for keyword, value in schema.items():
        base = f"{pointer}/{escape(keyword)}"
        if keyword == "items":
            yield base, value, level + 1
        elif keyword in {"allOf", "anyOf", "oneOf"} and isinstance(value, list):
            for index, each in enumerate(value):
                yield f"{base}/{index}", each, level
        elif keyword in {"$defs", "definitions", "properties"} and isinstance(value, dict):
            for name, each in value.items():
                yield f"{base}/{escape(name)}", each, level + 1 if keyword == "properties" else 1


def _length(value: Any) -> int:
    return len(value) if isinstance(value, str) else 0
