"""Exact rewrites: the same set of instances, said with fewer keywords.

jsonschema-rs brings a schema into a canonical form: conditionals, `not`, `dependent*`, `unevaluated*` and overlapping
`oneOf` become alternatives that exclude each other, wherever that can be said exactly. It is symbolic work that can
grow without bound, so schemas whose alternatives multiply are left as they are.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from jsonschema_rs.canonical import CanonicalizationError

from engine.constraint.validate import DRAFTS
from engine.schema.document import SchemaDocument
from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_ALTERNATIVES = 1_000


def rewrite(document: SchemaDocument) -> SchemaDocument | None:
    """Return an equivalent schema in canonical form; None where it cannot be written, or not in bounded time."""
    if _alternatives(document.root) > _MOST_ALTERNATIVES:
        return None
    try:
        canonical = jsonschema_rs.canonicalize(
            document.declared, draft=DRAFTS[document.draft][0], validate_formats=True, offline=True
        )
        root = canonical.to_json_schema()
    except (CanonicalizationError, ValueError):
        return None
    assert isinstance(root, dict | bool)
    return SchemaDocument("", root, document.draft)


def _alternatives(root: dict[str, Any] | bool) -> float:
    """Estimate how many alternatives the schema multiplies out to."""
    return math.prod(_choices(place.schema) for place in subschemas(root) if isinstance(place.schema, dict))


def _choices(schema: dict[str, Any]) -> int:
    """Return in how many ways one subschema branches where its branches cannot stay as they are."""
    choices = 1
    if isinstance(schema.get("oneOf"), list):
        choices *= max(len(schema["oneOf"]), 1)
    if "if" in schema:
        choices *= 2
    if "not" in schema:
        choices *= _negations(schema["not"])
    for keyword in ("dependentRequired", "dependentSchemas", "dependencies"):
        choices *= 2 ** min(len(schema.get(keyword, ())), 60)
    return choices


def _negations(schema: Any) -> int:
    """Return how many ways there are to break a schema: one of its keywords, or one of its properties."""
    if not isinstance(schema, dict):
        return 1
    named: Iterable[Any] = schema.get("properties", ())
    return max(1, len(schema) + len(list(named)) + len(schema.get("required", ())))
