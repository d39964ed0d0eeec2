"""What values the keywords of JSON Schema have, in words."""

from __future__ import annotations

from enum import StrEnum

from engine.schema.drafts import Draft

TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")


class Wanted(StrEnum):
    """A kind of value, as a sentence goes on with it."""

    NUMBER = "a number"
    POSITIVE = "a number above 0"
    COUNT = "a whole number of at least 0"
    FLAG = "true or false"
    TEXT = "a string"
    NAMES = "an array of different strings"
    LIST = "an array"
    SCHEMAS = "an array of at least one schema"
    NAMED = "an object of schemas"
    NAME_LISTS = "an object of arrays of names"
    TYPE = "the name of a type, or an array of different ones"


_EXCLUSIVE = ("exclusiveMaximum", "exclusiveMinimum")
WANTED: dict[str, Wanted] = {
    **dict.fromkeys(("maximum", "minimum", *_EXCLUSIVE), Wanted.NUMBER),
    "multipleOf": Wanted.POSITIVE,
    **dict.fromkeys(
        (
            "maxContains", "maxItems", "maxLength", "maxProperties", "minContains", "minItems", "minLength",
            "minProperties",
        ),
        Wanted.COUNT,
    ),
    **dict.fromkeys(("$recursiveAnchor", "deprecated", "readOnly", "uniqueItems", "writeOnly"), Wanted.FLAG),
    **dict.fromkeys(
        (
            "$anchor", "$comment", "$dynamicAnchor", "$dynamicRef", "$id", "$recursiveRef", "$ref", "contentEncoding",
            "contentMediaType", "description", "format", "id", "pattern", "title",
        ),
        Wanted.TEXT,
    ),
    "required": Wanted.NAMES,
    **dict.fromkeys(("enum", "examples"), Wanted.LIST),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), Wanted.SCHEMAS),
    **dict.fromkeys(
        ("$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"), Wanted.NAMED
    ),
    "dependentRequired": Wanted.NAME_LISTS,
    "type": Wanted.TYPE,
}  # fmt: skip
"""What each keyword has; of the exclusive bounds, see `wanted`."""


def wanted(keyword: str, draft: Draft) -> Wanted | None:
    """Return what a keyword has in a draft; None where that is not known."""
    return Wanted.FLAG if keyword in _EXCLUSIVE and draft == Draft.D4 else WANTED.get(keyword)


def fits(keyword: str, value: object, draft: Draft) -> bool:
    """Tell whether a value looks like one that a keyword can have, as far as its kind goes."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match wanted(keyword, draft):
        case Wanted.NUMBER | Wanted.POSITIVE:
            return number
        case Wanted.COUNT:
            return isinstance(value, int) and number and value >= 0
        case Wanted.FLAG:
            return isinstance(value, bool)
        case Wanted.TEXT:
            return isinstance(value, str)
        case Wanted.NAMES | Wanted.LIST | Wanted.SCHEMAS:
            return isinstance(value, list)
        case Wanted.NAMED | Wanted.NAME_LISTS:
            return isinstance(value, dict)
        case Wanted.TYPE:
            return value in TYPES or isinstance(value, list)
        case None:
            return keyword == "const" or isinstance(value, dict | bool)
