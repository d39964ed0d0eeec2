"""A schema from a sentence: what the model is told, what it may write, and what is made of it.

The model writes a schema under a metaschema, so that whatever it writes is one: fields of JSON's types with a
description each, and a few forms that people ask for. What it would only repeat (`required`, `additionalProperties`)
is added afterwards. Tried with the bundled model: at two levels below the root and with a repetition penalty
of 1.05 it names sensible fields; with more levels it nests without end, with more penalty it stops after two fields.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Literal

from engine.schema.drafts import Draft

LONGEST: Final = 12_000
"""Characters of a schema that can be refined: more leave small models no room to write it again."""
REPETITION: Final = 1.05
"""The penalty for tokens that were written before, without which small models list one field many times."""
MOST_TOKENS: Final = 1_200

_DEEPEST: Final = 2
_MOST_FIELDS: Final = 16
_MOST_BELOW: Final = 8
_NAME: Final = "^[a-z][a-z0-9_]{0,39}$"
_FORMATS: Final = ["date", "time", "date-time", "email", "uri"]
_TASK: Final = (
    "You design data formats. Write a JSON Schema for what somebody wants to record: the fields it needs, in the order "
    "in which one would fill them in, each with a short description. Where an answer needs thinking, put a field "
    "named reasoning before it."
)
_EXAMPLE: Final = "A contact: name, e-mail address, kind (friend, family or work) and phone numbers"
_EXAMPLE_ANSWER: Final = {
    "title": "contact",
    "description": "A person who can be reached",
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Full name"},
        "email": {"type": "string", "description": "E-mail address", "format": "email"},
        "kind": {"type": "string", "description": "How one knows the person", "enum": ["friend", "family", "work"]},
        "phones": {
            "type": "array",
            "description": "Phone numbers with country code",
            "items": {"type": "string", "description": "A phone number"},
        },
    },
}


@dataclass(frozen=True)
class Brief:
    """What asks a model for a schema: a system message, the turns after it, and the schema of what it may answer."""

    system: str
    turns: tuple[tuple[Literal["user", "assistant"], str], ...]
    schema_text: str


def brief(sentence: str, schema: Any = None) -> Brief:
    """Return what asks for the schema of what a sentence describes; or for `schema` as the sentence would have it."""
    if schema is not None:
        sentence = f"This is a schema:\n{_written(stripped(schema))}\n\nWrite it again with this change: {sentence}"
    turns = (("user", _EXAMPLE), ("assistant", _written(_EXAMPLE_ANSWER)), ("user", sentence))
    return Brief(_TASK, turns, _written(metaschema()))  # type: ignore[arg-type]


def metaschema() -> dict[str, Any]:
    """Return the schema of the schemas that a model may write: 2020-12, closed, of bounded depth."""
    entry = _entry("object", 0)
    head = {"title": _text(60), "description": _text(200)}
    properties = head | {key: value for key, value in entry["properties"].items() if key not in head}
    definitions = {f"field_{depth}": _field(depth) for depth in range(1, _DEEPEST + 2)}
    return {
        "$schema": str(Draft.D2020),
        **entry,
        "properties": properties,
        "required": list(properties),
        "$defs": definitions,
    }


def finished(value: Any) -> Any:
    """Return what a model wrote, or has written so far, as a schema: each object closed, its fields required."""
    return {"$schema": str(Draft.D2020), **_closed(value)} if isinstance(value, dict) else value


def stripped(schema: Any) -> Any:
    """Return a schema without what `finished` adds and what only programs read."""
    if isinstance(schema, list):
        return [stripped(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    left_out = {"$schema", "$id"} | ({"additionalProperties", "required"} if "properties" in schema else set())
    return {key: stripped(value) for key, value in schema.items() if key not in left_out}


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _text(longest: int) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest}


def _field(depth: int) -> dict[str, Any]:
    """Return the schema of a field `depth` levels below the root; the deepest are neither objects nor lists."""
    choices = {"type": "array", "items": _text(40), "minItems": 2, "maxItems": 12}
    entries = [
        _entry("string", depth),
        _entry("string", depth, enum=choices),
        _entry("string", depth, format={"enum": _FORMATS}),
        *(_entry(name, depth) for name in ("integer", "number", "boolean")),
    ]
    nested = [_entry("array", depth), _entry("object", depth)] if depth <= _DEEPEST else []
    return {"anyOf": entries + nested}


def _entry(type_name: str, depth: int, **more: Any) -> dict[str, Any]:
    inner = {"$ref": f"#/$defs/field_{depth + 1}"}
    if type_name == "array":
        more = {"items": inner}
    elif type_name == "object":
        fields = {
            "type": "object",
            "propertyNames": {"pattern": _NAME},
            "additionalProperties": inner,
            "minProperties": 1,
            "maxProperties": _MOST_BELOW if depth else _MOST_FIELDS,
        }
        more = {"properties": fields}
    properties = {"type": {"const": type_name}, "description": _text(120), **more}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    made = dict(schema)
    if isinstance(made.get("items"), dict):
        made["items"] = _closed(made["items"])
    if isinstance(made.get("properties"), dict):
        fields = {key: _closed(each) if isinstance(each, dict) else each for key, each in made["properties"].items()}
        made |= {"properties": fields, "required": list(fields), "additionalProperties": False}
    return made
