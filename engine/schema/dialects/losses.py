"""What is lost where a keyword is left out of a strict schema."""

from __future__ import annotations

from typing import Any

from engine.schema.dialects.profile import family
from engine.schema.spoken import told
from engine.schema.walk import DEFINITIONS, MANY, NAMED, ONE

_OBJECT = frozenset(
    {
        "additionalProperties", "dependentRequired", "dependentSchemas", "maxProperties", "minProperties",
        "patternProperties", "properties", "propertyNames", "required", "unevaluatedProperties",
    }
)  # fmt: skip
_ARRAY = frozenset(
    {
        "contains", "items", "maxContains", "maxItems", "minContains", "minItems", "prefixItems", "unevaluatedItems",
        "uniqueItems",
    }
)  # fmt: skip
_STRING = frozenset({"format", "maxLength", "minLength", "pattern"})
_NUMBER = frozenset({"exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"})
SPEAKING_OF = {"object": _OBJECT, "array": _ARRAY, "string": _STRING, "number": _NUMBER}
"""Keywords of 2020-12 by the type that they speak of; other values they let pass."""
ASKING = ((ONE | MANY | NAMED) - DEFINITIONS - {"additionalItems", "contentSchema", "dependencies"}).union(
    {"$dynamicRef", "$ref", "const", "enum", "type"}, *SPEAKING_OF.values()
)
"""Keywords of 2020-12 that ask something of a value."""
_CHECKED_FORMATS = frozenset(
    {
        "date", "date-time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri",
        "iri-reference", "json-pointer", "regex", "relative-json-pointer", "time", "uri", "uri-reference",
        "uri-template", "uuid",
    }
)  # fmt: skip
_ASKING_NOTHING: dict[str, Any] = {
    "contains": (), "dependentRequired": ({},), "dependentSchemas": ({},), "minLength": (0,), "minProperties": (0,),
    "not": (False,), "patternProperties": ({},), "propertyNames": (True, {}), "unevaluatedItems": (True, {}),
    "uniqueItems": (False,),
}  # fmt: skip


def infer_kinds(schema: dict[str, Any]) -> list[str]:
    """Return the types that the keywords of a schema without `type` speak of."""
    return [kind for kind, keywords in SPEAKING_OF.items() if keywords & schema.keys() and _is_about(kind, schema)]


def loss(keyword: str, schema: dict[str, Any], kinds: list[str]) -> tuple[str, bool]:
    """Return what to say of a keyword that is left out where values have these types, and whether something is lost."""
    value = schema[keyword]
    if keyword == "x-grounding":
        return f"{told(keyword)} is not supported and is left out.", True
    if keyword not in ASKING:
        return f"{told(keyword)} is not supported and is left out; it asks nothing of a value.", False
    spoken_of = next((kind for kind, keywords in SPEAKING_OF.items() if keyword in keywords), None)
    if spoken_of is not None and spoken_of not in {family(kind) for kind in kinds}:
        return f"{told(keyword)} says nothing about {_spoken(kinds)} and is left out.", False
    if _asks_nothing(keyword, value, schema):
        return f"{told(keyword)}: {told(value)} asks nothing here and is left out.", False
    if keyword == "format":
        return f"The format {told(value)} is not supported and is left out.", value in _CHECKED_FORMATS
    if keyword == "pattern":
        return f"The pattern {told(value)} looks ahead or behind, which is not supported; it is left out.", True
    return f"{told(keyword)}: {told(value)} cannot be said and is left out.", True


def _is_about(kind: str, schema: dict[str, Any]) -> bool:
    """Tell whether a schema speaks of a type by more than a format of another one, such as "int32"."""
    said = SPEAKING_OF[kind] & schema.keys()
    return said != {"format"} or schema["format"] in _CHECKED_FORMATS


def _asks_nothing(keyword: str, value: Any, schema: dict[str, Any]) -> bool:
    if any(value is each or (value == each and type(value) is type(each)) for each in _ASKING_NOTHING.get(keyword, ())):
        return True
    if keyword == "minProperties":
        return bool(value <= len(schema.get("required", ())))
    if keyword == "maxProperties":
        return bool(value >= len(schema.get("properties", {})))
    if keyword in {"maxContains", "minContains"}:
        return "contains" not in schema
    if keyword in {"then", "else"}:
        return "if" not in schema
    if keyword == "if":
        return not {"then", "else"} & schema.keys()
    return keyword in {"unevaluatedProperties", "additionalProperties"} and not isinstance(value, dict)


def _spoken(kinds: list[str]) -> str:
    plural = {"array": "arrays", "boolean": "true and false", "integer": "whole numbers", "null": "null"}
    return " or ".join(plural.get(kind, f"{kind}s") for kind in kinds)
