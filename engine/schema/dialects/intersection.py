"""Several schemas of 2020-12 that hold for the same value, as one without `allOf`, where that can be said exactly."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from engine.schema.dialects.profile import TYPES, kinds_of

if TYPE_CHECKING:
    from collections.abc import Callable

Schema = dict[str, Any] | bool

MOST_ALTERNATIVES = 64
"""Alternatives that two `anyOf` may become together."""

_LARGEST = frozenset(
    {"exclusiveMinimum", "minContains", "minItems", "minLength", "minProperties", "minimum"}
)  # fmt: skip
_SMALLEST = frozenset(
    {"exclusiveMaximum", "maxContains", "maxItems", "maxLength", "maxProperties", "maximum"}
)  # fmt: skip
_JOINED_BEFORE = frozenset({"items", "patternProperties", "prefixItems", "properties"})
_ONE_OF_TWO = frozenset({"contains", "contentEncoding", "contentMediaType", "contentSchema", "format", "pattern"})


def key_of(value: Any) -> str:
    """Return a text that is the same for the same values: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True)


def both(first: Schema, second: Schema) -> Schema:
    """Return a schema that says what two say together, with `allOf` where it is not plain."""
    if first is False or second is False:
        return False
    if isinstance(first, bool) or first == second:
        return second
    return first if isinstance(second, bool) else {"allOf": [first, second]}


def intersect(first: dict[str, Any], second: dict[str, Any]) -> tuple[Schema, list[str]]:
    """Join two schemas without `$ref` and `allOf`: what both say, and the keywords of which one had to be given up.

    Their subschemas are kept as they are, or joined by an `allOf` of their own. Remarks are those of the first.
    """
    joined, lost = dict(first), list[str]()
    _close(joined, second)
    _cover_items(joined, second)
    for keyword, value in second.items():
        if keyword not in joined:
            joined[keyword] = value
        elif joined[keyword] is not value and keyword not in _JOINED_BEFORE:
            together = _together(keyword, joined[keyword], value)
            if together is None:
                lost.append(keyword)
            elif together == [] and keyword in {"enum", "type"}:
                return False, lost
            else:
                joined[keyword] = together
    if "const" in lost:
        return False, []
    return joined, lost


def _together(keyword: str, first: Any, second: Any) -> Any:
    """Return what two values of a keyword say together; None where one keyword cannot say it."""
    if keyword in _LARGEST or keyword in _SMALLEST:
        pick: Callable[[Any, Any], Any] = max if keyword in _LARGEST else min
        return pick(first, second)
    if keyword == "type":
        return _types(kinds_of({"type": first}), kinds_of({"type": second}))
    if keyword == "enum":
        known = {key_of(value) for value in second}
        return [value for value in first if key_of(value) in known]
    if keyword == "const":
        return first if key_of(first) == key_of(second) else None
    if keyword == "required":
        return list(dict.fromkeys([*first, *second]))
    if keyword == "multipleOf":
        whole = isinstance(first, int) and isinstance(second, int)
        return math.lcm(first, second) if whole else first if first == second else None
    if keyword in {"dependentSchemas", "patternProperties"}:
        return first | {name: both(first[name], each) if name in first else each for name, each in second.items()}
    if keyword == "dependentRequired":
        return first | {name: list(dict.fromkeys([*first.get(name, ()), *each])) for name, each in second.items()}
    if keyword in {"additionalProperties", "propertyNames", "unevaluatedProperties"}:
        return both(first, second)
    if keyword == "uniqueItems":
        return first or second
    if keyword == "anyOf":
        if len(first) * len(second) > MOST_ALTERNATIVES:
            return None
        return [both(each, other) for each in first for other in second]
    if keyword in _ONE_OF_TWO:
        return first if first == second else None
    return first  # a remark, or what the strict profile leaves out whatever it says


def _types(first: list[str], second: list[str]) -> Any:
    """Return the types that both lists name; an integer is a number too."""
    named = [kind for kind in first if kind in second or (kind == "integer" and "number" in second)]
    named += [kind for kind in second if kind == "integer" and "number" in first and kind not in named]
    named = [kind for kind in TYPES if kind in named] if len(named) > 1 and named != first else named
    return named[0] if len(named) == 1 else named


def _close(joined: dict[str, Any], second: dict[str, Any]) -> None:
    """Join the properties: what one names and the other does not is subject to `additionalProperties` there.

    Where a pattern might name it instead, nothing is asked of it, which can only widen.
    """
    properties = dict(joined.get("properties", {}))
    for name, schema in second.get("properties", {}).items():
        properties[name] = both(properties[name], schema) if name in properties else both(_others(joined), schema)
    others = _others(second)
    for name in joined.get("properties", {}) if others is not True else ():
        if name not in second.get("properties", {}):
            properties[name] = both(properties[name], others)
    if properties or "properties" in joined or "properties" in second:
        joined["properties"] = properties
    if "patternProperties" in second:
        joined["patternProperties"] = _together(
            "patternProperties", joined.get("patternProperties", {}), second["patternProperties"]
        )


def _others(schema: dict[str, Any]) -> Schema:
    """Return what a schema asks of every property that it does not name."""
    others: Schema = schema.get("additionalProperties", True)
    return True if schema.get("patternProperties") else others


def _cover_items(joined: dict[str, Any], second: dict[str, Any]) -> None:
    """Join the items, position by position where a list of them is named."""
    if not {"items", "prefixItems"} & second.keys():
        return
    first_list, second_list = joined.get("prefixItems", []), second.get("prefixItems", [])
    if first_list or second_list:
        joined["prefixItems"] = [
            both(_item(joined, first_list, index), _item(second, second_list, index))
            for index in range(max(len(first_list), len(second_list)))
        ]
    items = both(joined.get("items", True), second.get("items", True))
    if items is not True or "items" in joined:
        joined["items"] = items


def _item(schema: dict[str, Any], listed: list[Schema], index: int) -> Schema:
    item: Schema = listed[index] if index < len(listed) else schema.get("items", True)
    return item
