"""All the arrays of different items there are, where the items can only be a few values: what `uniqueItems` says."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from engine.constraint.validate import validator_of
from engine.schema.document import SchemaDocument
from engine.schema.references import REFERENCES
from engine.schema.walk import subschemas

if TYPE_CHECKING:
    from engine.schema.drafts import Draft

SAID = frozenset({"contains", "items", "maxContains", "maxItems", "minContains", "minItems", "uniqueItems"})
"""Keywords that the arrays hold to."""
_MOST_ARRAYS = 70
"""Enough for all arrays of four values. Those of five are 326, which take the mask engine a tenth of a second."""
_FINITE = {"boolean": (False, True), "null": (None,)}


def distinct_arrays(schema: dict[str, Any], items: Any, draft: Draft) -> list[list[Any]] | None:
    """Return the arrays that a subschema with `uniqueItems` allows; None where they are not known to be few.

    `items` is what its keyword of that name says, keywords of other drafts and references left out.
    """
    values = _values(items)
    if values is None or "prefixItems" in schema or _refers({key: schema[key] for key in SAID & schema.keys()}):
        return None
    values = [value for value in values if validator_of(SchemaDocument("", items, draft)).is_valid(value)]
    least = int(schema.get("minItems", 0))
    most = int(min(schema.get("maxItems", math.inf), len(values)))
    lengths = range(least, most + 1)
    if sum(math.perm(len(values), length) for length in lengths) > _MOST_ARRAYS:
        return None
    holds = validator_of(SchemaDocument("", {key: schema[key] for key in SAID & schema.keys()}, draft))
    arrays = [list(chosen) for length in lengths for chosen in itertools.permutations(values, length)]
    return [array for array in arrays if holds.is_valid(array)]


def _values(items: Any) -> list[Any] | None:
    """Return the values of which some are those that items can have; None where that can be any number of values."""
    if not isinstance(items, dict):
        return None
    if "const" in items:
        return [items["const"]]
    if "enum" in items:
        return list(items["enum"])
    named = items.get("type")
    types: list[Any] = named if isinstance(named, list) else [named]
    if not all(each in _FINITE for each in types):
        return None
    return [value for each in types for value in _FINITE[each]]


def _refers(schema: dict[str, Any]) -> bool:
    """Tell whether a subschema means something else without the text around it."""
    return any(place.schema.keys() & {*REFERENCES} for place in subschemas(schema) if isinstance(place.schema, dict))
