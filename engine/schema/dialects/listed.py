"""Listed values: their types, which of them pass, and objects and arrays described by schemas."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

from engine.schema.dialects.intersection import key_of
from engine.schema.dialects.profile import MOST_LEVELS
from engine.schema.patterns import spell

CHECKED = frozenset(
    {
        "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "maxItems", "maxLength", "maxProperties", "maximum",
        "minItems", "minLength", "minProperties", "minimum", "multipleOf", "pattern", "type", "uniqueItems",
    }
)  # fmt: skip
"""Keywords that `passing` heeds."""


def passing(values: list[Any], schema: dict[str, Any]) -> list[Any]:
    """Return the values that pass what else a schema asks by simple keywords."""
    checks = {keyword: value for keyword, value in schema.items() if keyword in CHECKED}
    if "pattern" in checks:
        checks["pattern"] = spell(checks["pattern"])
    try:
        validator = jsonschema_rs.Draft202012Validator(checks, validate_formats=True, offline=True)
    except (ValueError, jsonschema_rs.ValidationError):  # a pattern that is none refuses nothing here
        return values
    return [value for value in values if validator.is_valid(value)]


def kinds_of_values(values: list[Any]) -> list[str]:
    """Return the types of values, each once, in the order in which they come up."""
    kinds = list(dict.fromkeys(kind_of(value) for value in values))
    return [kind for kind in kinds if kind != "integer"] if "number" in kinds else kinds


def kind_of(value: Any) -> str:
    """Return the type of a value, as schemas name it."""
    names = {
        bool: "boolean", dict: "object", float: "number", int: "integer", list: "array", str: "string",
        type(None): "null",
    }  # fmt: skip
    return names[type(value)]


def literal(value: Any, level: int = 1) -> tuple[dict[str, Any], bool]:
    """Describe a value by a strict schema; whether the schema lets only this one pass comes with it."""
    if isinstance(value, dict | list) and level > MOST_LEVELS:
        return {"type": "null"}, False
    if isinstance(value, dict):
        described = {name: literal(each, level + 1) for name, each in value.items()}
        schema: dict[str, Any] = {
            "type": "object",
            "properties": {name: each for name, (each, _) in described.items()},
            "required": list(value),
            "additionalProperties": False,
        }
        return schema, all(is_exact for _, is_exact in described.values())
    if not isinstance(value, list):
        return {"type": kind_of(value), "const": value}, True
    parts = [literal(each, level + 1) for each in value]
    items = list({key_of(schema): schema for schema, _ in parts}.values()) or [{"type": "null"}]
    of_all = items[0] if len(items) == 1 else {"anyOf": items}
    array = {"type": "array", "items": of_all, "minItems": len(value), "maxItems": len(value)}
    return array, len(items) == 1 and all(is_exact for _, is_exact in parts)
