"""The top-level fields of a schema, which can be read apart from one another where nothing ties them together."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from engine.schema.document import read_json
from engine.schema.pointer import value_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_TELLING = frozenset(
    ("$schema", "$id", "$comment", "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly")
)
_DIVIDED = frozenset(("type", "properties", "required", "additionalProperties"))
_DEFINITIONS = ("$defs", "definitions")
_ELSEWHERE = frozenset(("$dynamicRef", "$recursiveRef", "$dynamicAnchor", "$recursiveAnchor", "$anchor"))


def fields_of(schema_text: str) -> dict[str, str] | None:
    """Return the top-level fields of a schema, each with a hash of all that decides its values.

    That is its subschema, what this refers to, and whether it is required. None where the root is no object, or has
    keywords that look at several fields at once (`if`, `dependentRequired`, `allOf` and their like), or where a
    reference leads to where it cannot be followed: then no field can be read without the others.
    """
    schema = read_json(schema_text)
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return None
    properties, required = schema.get("properties"), schema.get("required", [])
    if not isinstance(properties, dict) or not isinstance(required, list) or not properties:
        return None
    if any(key not in _TELLING | _DIVIDED and key not in _DEFINITIONS and not key.startswith("x-") for key in schema):
        return None
    if not isinstance(schema.get("additionalProperties", True), bool) or not set(required) <= properties.keys():
        return None
    context = [schema.get("$schema"), {key: schema[key] for key in schema if key.startswith("x-")}]
    found = {}
    for name, subschema in properties.items():
        closure = _closure(schema, subschema)
        if closure is None:
            return None
        told = json.dumps([context, name in required, subschema, closure], ensure_ascii=False)
        found[name] = hashlib.sha256(told.encode()).hexdigest()
    return found


def schema_of(schema_text: str, fields: Collection[str]) -> str:
    """Return the schema of some top-level fields alone, in the order in which the whole one has them."""
    schema = read_json(schema_text)
    properties = {name: each for name, each in schema["properties"].items() if name in fields}
    required = [name for name in schema.get("required", []) if name in properties]
    divided = {"properties": properties, "required": required, "additionalProperties": False}
    return json.dumps({**schema, **divided}, ensure_ascii=False)


def _closure(schema: Any, subschema: Any) -> dict[str, Any] | None:
    """Return the definitions that a subschema refers to, and those that these do; None where that is not known."""
    found: dict[str, Any] = {}
    left = [subschema]
    while left:
        for keyword, value in _keywords(left.pop()):
            if keyword in _ELSEWHERE or (keyword == "$id" and isinstance(value, str)):
                return None
            if keyword != "$ref" or not isinstance(value, str) or value in found:
                continue
            if not value.startswith(tuple(f"#/{name}/" for name in _DEFINITIONS)):
                return None
            target = value_at(schema, unquote(value[1:]))  # RFC 6901, section 6
            found[value] = target
            left.append(target)
    return dict(sorted(found.items()))


def _keywords(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every key of every object below, whether it is a keyword or a name: too many are only too careful."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            yield from each.items()
            stack += each.values()
        elif isinstance(each, list):
            stack += each
