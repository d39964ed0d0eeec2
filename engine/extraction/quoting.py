"""A person's schema as the model is asked to fill it: with what stands in the document, where it is to stand there.

Numbers and dates become strings that quote the document, one list of possible quotes for each field, so that whatever
is quoted can be read and is within what the field allows. Free strings are quotes of any text. Every field that is a
quote may be null: "not in the document" is always a choice, and what the person's schema says of null is checked
afterwards.

`x-grounding` decides for a field: "quoted", "normalised" (what numbers and dates are by themselves) or "free".
Where a schema speaks of values in ways that a quote would change (`if`, `not`, `contains` and their like), nothing
below is rewritten: its strings are quotes still, its numbers the model's.
"""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from engine.constraint.grounding.places import FREE, KEYWORD, QUOTED
from engine.constraint.validate import DRAFTS
from engine.extraction.values import Reading
from engine.schema.document import read_json, read_schema
from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import jsonschema_rs

    from engine.extraction.excerpts import Excerpts

NORMALISED = "normalised"
REQUIRED = "x-required-in-document"
"""A keyword: true where a field that the document does not have is a reason for doubt, though null is allowed."""

_UNTOUCHED = frozenset(
    {
        "if", "not", "contains", "dependentSchemas", "dependencies", "unevaluatedProperties", "unevaluatedItems",
        "$dynamicRef", "$recursiveRef",
    }
)  # fmt: skip
_NUMBERS = frozenset({"number", "integer"})
_KEPT = ("title", "description", "$comment")
_BELOW = ("items", "additionalProperties", "additionalItems")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "$defs", "definitions")
_ISO = re.compile(r",?\s*(?:\bas\s+|\bin\s+the\s+form\s+|\bformat:?\s+)?\(?YYYY-MM-DD\)?", re.IGNORECASE)

Kind = Literal["number", "date"]


@dataclass(frozen=True)
class QuotedField:
    """A field whose value is read from its quote; `name` is that of its list of quotes."""

    name: str
    kind: Kind
    validator: jsonschema_rs.Validator

    def readings(self, found: Iterable[Reading]) -> list[Reading]:
        """Return the readings that the field allows; where it allows only the other meaning, with that."""
        kept = []
        for reading in found:
            whole = reading if self.validator.is_valid(reading.value) else None
            if whole is None and reading.other is not None and self.validator.is_valid(reading.other):
                whole = Reading(reading.start, reading.end, reading.other)
            if whole is not None:
                kept.append(whole)
        return kept


class DecodeSchema:
    """A schema rewritten for quotes: `text` for the mask, `told` for the model, and the `fields` that are read."""

    def __init__(self, schema_text: str) -> None:
        """Rewrite a schema. Raises `SchemaError` where the text is none."""
        self.fields: dict[str, QuotedField] = {}
        schema = read_json(schema_text)
        self._validator = DRAFTS[read_schema(schema_text).draft][1]
        self.text = json.dumps(self._schema(copy.deepcopy(schema), "", absent=True), ensure_ascii=False)
        self.told = json.dumps(self._schema(copy.deepcopy(schema), "", absent=False), ensure_ascii=False)

    def turned(self) -> Self:
        """Return the same with the properties of every object in the reverse order, for the mask alone."""
        other = copy.copy(self)
        other.text = json.dumps(_turned(json.loads(self.text)), ensure_ascii=False)
        return other

    def readings(self, excerpts: Excerpts) -> dict[str, list[Reading]]:
        """Return what each field could be in the excerpts of a document, by the name of its list.

        Numbers and dates are read as the whole document writes them.
        """
        found: dict[Kind, list[Reading]] = {}
        for kind in {field.kind for field in self.fields.values()}:
            source = excerpts.source
            found[kind] = excerpts.within(source.numbers if kind == "number" else source.dates)
        return {name: field.readings(found[field.kind]) for name, field in self.fields.items()}

    def _schema(self, node: Any, pointer: str, *, absent: bool) -> Any:
        """Return a schema rewritten; with `absent`, null is allowed of what is a property."""
        if not isinstance(node, dict) or node.get(KEYWORD) == FREE:
            return node
        if node.keys() & _UNTOUCHED:
            return node
        types = node.get("type")
        names = {types} if isinstance(types, str) else set(types) if isinstance(types, list) else set()
        if "enum" in node or "const" in node:
            return node
        kind = _kind(node, names)
        if kind is not None:
            return self._quote(node, pointer, kind)
        if "string" in names:
            node[KEYWORD] = QUOTED
            if names & _NUMBERS:
                node["type"] = sorted(names - _NUMBERS)
        for keyword in _BELOW:
            if isinstance(node.get(keyword), dict):
                node[keyword] = self._schema(node[keyword], f"{pointer}/{keyword}", absent=absent)
        for keyword in _LISTS:
            if isinstance(node.get(keyword), list):
                places = enumerate(node[keyword])
                node[keyword] = [
                    self._schema(each, f"{pointer}/{keyword}/{index}", absent=absent) for index, each in places
                ]
        for keyword in _MAPS:
            if isinstance(node.get(keyword), dict):
                for name, each in node[keyword].items():
                    below = self._schema(each, f"{pointer}/{keyword}/{escape(name)}", absent=absent)
                    node[keyword][name] = _or_null(below) if absent and keyword == "properties" else below
        if "oneOf" in node and json.dumps(node["oneOf"]).count(KEYWORD) and "anyOf" not in node:
            # Two kinds of numbers exclude each other, and their quotes do not.
            node["anyOf"] = node.pop("oneOf")
        return node

    def _quote(self, node: dict[str, Any], pointer: str, kind: Kind) -> dict[str, Any]:
        name = f"{kind} {pointer}"
        types = node["type"]
        nullable = isinstance(types, list) and "null" in types
        own = {key: value for key, value in node.items() if not key.startswith(("x-", "$"))}
        own["type"] = [each for each in types if each != "null"] if isinstance(types, list) else types
        self.fields[name] = QuotedField(name, kind, self._validator(own, validate_formats=True))
        quote = {key: node[key] for key in _KEPT if key in node}
        if kind == "date" and isinstance(quote.get("description"), str):
            quote["description"] = _ISO.sub("", quote["description"])
        return {"type": ["string", "null"] if nullable else "string", **quote, KEYWORD: name}


def _turned(node: Any) -> Any:
    if isinstance(node, list):
        return [_turned(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {key: _turned(each) for key, each in node.items()}
    properties = found.get("properties")
    return found | ({"properties": dict(reversed(properties.items()))} if isinstance(properties, dict) else {})


def _kind(node: Mapping[str, Any], names: set[str]) -> Kind | None:
    names = names - {"null"}
    if names and names <= _NUMBERS:
        return "number"
    return "date" if names == {"string"} and node.get("format") == "date" and node.get(KEYWORD) != QUOTED else None


def _or_null(node: Any) -> Any:
    """Return the schema of a property with null for "not in the document", where it is one that quotes."""
    if not isinstance(node, dict) or "enum" in node or "const" in node or node.get(KEYWORD) == FREE:
        return node
    types = node.get("type")
    if types == "string":
        node["type"] = ["string", "null"]
    elif isinstance(types, list) and "string" in types and "null" not in types:
        node["type"] = [*types, "null"]
    elif "type" not in node and isinstance(node.get("anyOf"), list) and _quotes(node["anyOf"]):
        node["anyOf"] = [*node["anyOf"], {"type": "null"}]
    return node


def _quotes(schemas: list[Any]) -> bool:
    """Tell whether one of some alternatives is a quote, and none of them null."""
    known = [each for each in schemas if isinstance(each, dict)]
    return any(KEYWORD in each for each in known) and not any("null" in str(each.get("type")) for each in known)
