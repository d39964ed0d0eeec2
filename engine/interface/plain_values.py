"""The schemas of plain values, as the mask needs them: references followed, nothing said that is for people only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.errors import SchemaInvalid
from engine.interface.alternatives import by_value, overlaid
from engine.interface.references import name_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST_SUBSCHEMAS: Final = 50_000
"""Subschemas that following all references may lead to; a few definitions can lead to 2^n of them."""
_BY_TYPE: Final = {
    "string": {"maxLength", "minLength", "pattern", "format"},
    "number": {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"},
    "array": {"items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"},
    "object": {"properties", "required", "additionalProperties", "patternProperties", "propertyNames"},
}
_OF_ANY_TYPE: Final = frozenset({"allOf", "anyOf", "not", "oneOf", "type"})
_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS: Final = ("properties", "patternProperties")
_DATA: Final = frozenset({"const", "default", "enum", "examples", "required"})


class PlainValues:
    """Follows the references of one catalogue's values and writes their schemas for the mask.

    What refers to itself becomes a definition in `written`, which the caller puts under `$defs`.
    """

    def __init__(self, definitions: Mapping[str, Any], *, core: bool, written: dict[str, Any]) -> None:
        self._definitions = definitions
        self._core = core
        self._written = written
        self._recursive = _recursive(definitions)
        self._count = 0

    def followed(self, schema: Any) -> Any:
        """Return a schema with its references followed, all but those to what refers to itself.

        Raises `SchemaInvalid` where that leads to too much.
        """
        self._count += 1
        if self._count > _MOST_SUBSCHEMAS:
            raise SchemaInvalid("The definitions of this catalogue lead to too many others.", where="/$defs")
        if isinstance(schema, list):
            return [self.followed(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        name = name_of(schema)
        if name in self._definitions and name not in self._recursive:
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            return self.followed({**self._definitions[name], **beside})
        return {key: value if key in _DATA else self.followed(value) for key, value in schema.items()}

    def write(self, schema: Any) -> Any:
        """Return what the mask has to know of a schema whose references were followed."""
        if not isinstance(schema, dict):
            return schema
        if "const" in schema:
            return {"const": schema["const"]}
        if isinstance(schema.get("enum"), list):
            return {"enum": schema["enum"]}
        if name_of(schema) in self._recursive:
            return self._definition(name_of(schema))
        shapes = by_value(schema)
        if len(shapes) > 1:
            return {"anyOf": [self.write(shape) for shape in shapes]}
        if schema.get("type") == "array" and schema.get("maxItems") == 0:
            return {"type": "array", "maxItems": 0}
        said = {key: value for key, value in shapes[0].items() if key in _keywords(schema)}
        for key in said.keys() & {"items", "additionalProperties", "propertyNames", "contains", "not"}:
            said[key] = self.write(said[key])
        for key in said.keys() & set(_LISTS):
            said[key] = [self.write(each) for each in said[key]]
        for key in said.keys() & set(_MAPS):
            said[key] = {name: self.write(value) for name, value in said[key].items()}
        return said

    def _definition(self, name: str) -> dict[str, Any]:
        key = f"value_{sorted(self._recursive).index(name)}"
        if key not in self._written:
            self._written[key] = {}
            followed = self.followed(self._definitions[name])
            self._written[key] = self.write(overlaid(followed, "x-core") if self._core else followed)
        return {"$ref": f"#/$defs/{key}"}


def with_pictures(schema: Any, pictures: Sequence[str]) -> Any:
    """Return a schema in which what names a picture can name one of those that are attached only."""
    if isinstance(schema, list):
        return [with_pictures(each, pictures) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-names") == "picture":
        return {"enum": list(pictures)}
    return {key: with_pictures(value, pictures) for key, value in schema.items()}


def _keywords(schema: dict[str, Any]) -> set[str]:
    """Return the keywords that say something of values of the types that a schema allows."""
    declared = schema.get("type")
    types = declared if isinstance(declared, list) else [declared] if declared else list(_BY_TYPE)
    said = set(_OF_ANY_TYPE)
    for kind in types:
        said |= _BY_TYPE.get("number" if kind == "integer" else kind, set())
    return said


def _recursive(definitions: Mapping[str, Any]) -> frozenset[str]:
    """Return the definitions that lead back to themselves."""
    onward = {name: _referred(schema) & definitions.keys() for name, schema in definitions.items()}
    found = set()
    for name, first in onward.items():
        reached, pending = set[str](), list(first)
        while pending:
            here = pending.pop()
            if here not in reached:
                reached.add(here)
                pending.extend(onward[here])
        if name in reached:
            found.add(name)
    return frozenset(found)


def _referred(schema: Any) -> set[str]:
    found, pending = set(), [schema]
    while pending:
        here = pending.pop()
        if isinstance(here, dict):
            found.add(name_of(here))
            pending.extend(value for key, value in here.items() if key not in _DATA)
        elif isinstance(here, list):
            pending.extend(here)
    return found
