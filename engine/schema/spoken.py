"""Values and schemas in a few words, for sentences that people read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 60
"""Characters of a name."""
_MOST_LISTED = 4


def told(value: Any, most: int = 40) -> str:
    """Return a value as JSON, cut off where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def told_apart(value: Any, other: Any, most: int = 60) -> tuple[str, str]:
    """Return two values as JSON; of two long texts, the part where they differ."""
    if isinstance(value, str) and isinstance(other, str):
        pairs = enumerate(zip(value, other, strict=False))
        same = next((index for index, (one, another) in pairs if one != another), min(len(value), len(other)))
        if same > most // 2 and max(len(value), len(other)) > most:
            start = same - most // 4
            return f"…{told(value[start:], most)}", f"…{told(other[start:], most)}"
    return told(value, most), told(other, most)


def listed(values: Iterable[Any]) -> str:
    """Return some values as JSON, as "1, 2, 3 and 9 more"."""
    values = list(values)
    shown = ", ".join(told(value) for value in values[:_MOST_LISTED])
    more = len(values) - _MOST_LISTED
    return f"{shown} and {more:,} more" if more > 0 else shown


def summary(schema: Any, depth: int = 2) -> str:
    """Return what a schema lets pass, such as "array of string or null"; deeper levels are left out."""
    if not isinstance(schema, dict):
        return (
            {True: "anything", False: "nothing"}.get(schema, "no schema") if isinstance(schema, bool) else "no schema"
        )
    if isinstance(schema.get("$ref"), str):
        name = str(schema["$ref"]).rpartition("/")[2]
        return name[-_LONGEST:] if name not in {"", "#"} else "the root"
    if "const" in schema:
        return told(schema["const"])
    if isinstance(schema.get("enum"), list):
        return f"one of {listed(schema['enum'])}"
    for keyword in ("anyOf", "oneOf"):
        if isinstance(schema.get(keyword), list):
            return _alternatives(schema[keyword], depth)
    named = schema.get("type")
    kinds = [kind for kind in (named if isinstance(named, list) else [named]) if isinstance(kind, str)]
    if not kinds:
        kinds = ["object"] if "properties" in schema else ["array"] if "items" in schema else []
    if not kinds:
        return "anything" if not schema else "a schema without a type"
    return " or ".join(_of_kind(kind, schema, depth) for kind in kinds)


def _of_kind(kind: str, schema: dict[str, Any], depth: int) -> str:
    properties, form = schema.get("properties"), schema.get("format")
    if kind == "object" and isinstance(properties, dict) and properties:
        return f"object with {len(properties):,} {'property' if len(properties) == 1 else 'properties'}"
    if kind == "array" and depth and isinstance(schema.get("items"), dict) and schema["items"]:
        return f"array of {summary(schema['items'], depth - 1)}"
    if kind == "string" and isinstance(form, str):
        return f"string ({form[:30]})"
    return kind


def _alternatives(branches: list[Any], depth: int) -> str:
    if not depth or len(branches) > _MOST_LISTED:
        return f"one of {len(branches):,} alternatives"
    return " or ".join(summary(branch, depth - 1) for branch in branches)
