"""Which keyword of a schema is held to, and how: the table behind receipts and the schema editor.

`MASKED` names the keywords the mask engine (llguidance 1.9) holds to; `REWRITTEN` those it cannot say, which are
rewritten into others or checked on the values. Tests compile each keyword alone and keep both tables equal to the
engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.constraint.weaken import CHECKED_FORMATS, FORMATS
from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.constraint.plan import Plan
    from engine.schema.document import SchemaDocument

REWRITTEN = frozenset(
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


How = Literal["mask", "rewritten", "check", "annotation"]


@dataclass(frozen=True, slots=True)
class KeywordUse:
    """One keyword at one place of a schema, and how it is held to."""

    pointer: str
    keyword: str
    how: How


def keyword_uses(document: SchemaDocument, plan: Plan) -> Iterator[KeywordUse]:
    """Yield each keyword of a schema with how it is held to, in document order."""
    within: dict[str, How] = {}
    for subschema in subschemas(document.root):
        if isinstance(subschema.schema, bool):
            continue
        outer = next((how for place, how in within.items() if f"{subschema.pointer}/".startswith(place)), None)
        for keyword, value in subschema.schema.items():
            how = _how(keyword, value, plan)
            if outer and how != "annotation":
                how = outer
            elif keyword in REWRITTEN and isinstance(value, dict):
                within[f"{subschema.pointer}/{keyword}/"] = how
            yield KeywordUse(subschema.pointer, keyword, how)


def _how(keyword: str, value: object, plan: Plan) -> How:
    if keyword == "format":
        checked = value in CHECKED_FORMATS
        return "check" if checked else "mask" if value in FORMATS else "annotation"
    if keyword in plan.checked:
        return "check"
    if keyword in MASKED:
        return "mask"
    return "rewritten" if keyword in REWRITTEN else "annotation"
