"""How each keyword of a schema is held to: what receipts and the schema editor show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.constraint.keywords import MASKED, REWRITTEN, format_way
from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.constraint.plan import Plan
    from engine.schema.document import SchemaDocument

How = Literal["mask", "rewritten", "check", "annotation"]


@dataclass(frozen=True, slots=True)
class KeywordUse:
    """One keyword at one place of a schema, and how it is held to."""

    pointer: str
    keyword: str
    how: How


def keyword_uses(document: SchemaDocument, plan: Plan) -> Iterator[KeywordUse]:
    """Yield each keyword of a schema with how it is held to, in document order.

    What the draft does not know is an annotation, and so is all of a definition that nothing refers to.
    """
    within: dict[str, How] = {}
    for subschema in subschemas(document.root):
        if isinstance(subschema.schema, bool):
            continue
        said = document.references.effective(subschema.schema) if document.references.reaches(subschema.schema) else {}
        outer = next((how for place, how in within.items() if f"{subschema.pointer}/".startswith(place)), None)
        for keyword, value in subschema.schema.items():
            how = _how(keyword, value, document, plan) if keyword in said else "annotation"
            if outer and how != "annotation":
                how = outer
            elif keyword in REWRITTEN and isinstance(value, dict) and how != "annotation":
                within[f"{subschema.pointer}/{keyword}/"] = how
            yield KeywordUse(subschema.pointer, keyword, how)


def _how(keyword: str, value: object, document: SchemaDocument, plan: Plan) -> How:
    if keyword == "format":
        return format_way(value, document.draft)
    if keyword in plan.checked:
        return "check"
    if keyword in MASKED:
        return "mask"
    return "rewritten" if keyword in REWRITTEN else "annotation"
