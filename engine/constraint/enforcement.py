"""Which keyword of a schema is held to, and how: the table behind receipts and the schema editor.

`MASKED` names the keywords the mask engine (llguidance 1.9) holds to; `REFUSED` those it knows and cannot: a schema
where one of them matters is not run. Tests compile each keyword alone and keep both tables equal to the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED = frozenset(
    {
        "$dynamicAnchor", "$dynamicRef", "contains", "dependencies", "dependentRequired", "dependentSchemas", "else",
        "if", "maxContains", "minContains", "not", "propertyNames", "then", "unevaluatedItems",
        "unevaluatedProperties", "uniqueItems",
    }
)  # fmt: skip

MASKED = frozenset(
    {
        "$ref", "additionalItems", "additionalProperties", "allOf", "anyOf", "const",
        "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "items", "maxItems", "maxLength",
        "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "oneOf",
        "pattern", "patternProperties", "prefixItems", "properties", "required", "type",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeywordUse:
    """One keyword at one place of a schema, and how it is held to."""

    pointer: str
    keyword: str
    how: Literal["mask", "check", "annotation"]


def keyword_uses(root: dict[str, Any] | bool) -> Iterator[KeywordUse]:
    """Yield each keyword of a schema with how it is held to, in document order."""
    for subschema in subschemas(root):
        if isinstance(subschema.schema, bool):
            continue
        for keyword in subschema.schema:
            yield KeywordUse(subschema.pointer, keyword, _how(keyword))


def _how(keyword: str) -> Literal["mask", "check", "annotation"]:
    # A schema was compiled before anybody asks: a refused keyword left in it cannot be reached from the root.
    return "mask" if keyword in MASKED else "annotation"
