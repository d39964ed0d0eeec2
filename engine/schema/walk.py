"""Every subschema of a schema, with its JSON Pointer: which keywords hold schemas, and in what shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 100
"""Levels of objects and arrays in a schema; what is written anew for the mask engine adds some, and it reads 128."""

ONE = frozenset(
    {
        "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
        "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
    }
)  # fmt: skip
"""Keywords whose value is a schema."""

MANY = frozenset({"allOf", "anyOf", "items", "oneOf", "prefixItems"})
"""Keywords whose value is an array of schemas."""

NAMED = frozenset({"$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"})
"""Keywords whose value is an object of schemas."""

DEFINITIONS = frozenset({"$defs", "definitions"})
"""Keywords that only store schemas; a schema there says nothing until it is referred to."""


@dataclass(frozen=True, slots=True)
class Subschema:
    """A schema within a schema; `keyword` is the one it hangs on, empty for the root."""

    pointer: str
    schema: dict[str, Any] | bool
    keyword: str = ""


def subschemas(root: dict[str, Any] | bool) -> Iterator[Subschema]:
    """Yield the root and every subschema below it, parents first, in document order.

    References are not followed: each place in the text is visited once.
    """
    pending = [Subschema("", root)]
    while pending:
        here = pending.pop()
        yield here
        if isinstance(here.schema, dict):
            pending.extend(reversed(list(children(here.pointer, here.schema))))


def children(pointer: str, schema: dict[str, Any]) -> Iterator[Subschema]:
    """Yield the subschemas directly below a schema at a pointer, in document order."""
    for keyword, value in schema.items():
        base = f"{pointer}/{escape(keyword)}"
        if keyword in ONE and isinstance(value, dict | bool):
            yield Subschema(base, value, keyword)
        elif keyword in MANY and isinstance(value, list):
            for index, each in enumerate(value):
                if isinstance(each, dict | bool):
                    yield Subschema(f"{base}/{index}", each, keyword)
        elif keyword in NAMED and isinstance(value, dict):
            for name, each in value.items():
                if isinstance(each, dict | bool):
                    yield Subschema(f"{base}/{escape(name)}", each, keyword)
