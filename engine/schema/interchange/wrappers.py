"""What requests wrap around a schema: response formats and tool definitions, unwrapped and made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from engine.errors import ConversionError
from engine.schema.walk import subschemas

_LONGEST_NAME = 64
_NO_NAME = re.compile(r"[^A-Za-z0-9_-]+")
_NOTHING_ASKED: dict[str, Any] = {"type": "object", "properties": {}}
_FORMAT = frozenset({"name", "description", "schema", "strict"})
"""Keys of what stands under `json_schema`, which may come alone."""


@dataclass(frozen=True)
class Unwrapped:
    """A schema that stood in something else. `what` says in what, as in "an OpenAI tool"."""

    schema: dict[str, Any] | bool
    what: str
    name: str = ""
    description: str = ""
    strict: bool = False
    others: tuple[str, ...] = ()


def unwrap(value: Any) -> Unwrapped | None:
    """Return the schema in a response format, a tool, a list of tools or a request with one; None where it is none.

    Raises ConversionError where it is one and has no schema.
    """
    if isinstance(value, list):
        return _first_tool(value, "")
    if not isinstance(value, dict):
        return None
    body, pointer = _response_format(value)
    if body is not None:
        return _format(body, pointer)
    if isinstance(value.get("tools"), list):
        return _first_tool(value["tools"], "/tools")
    return _tool(value, "")


def to_response_format(schema: dict[str, Any] | bool, name: str = "", *, strict: bool | None = None) -> dict[str, Any]:
    """Return a schema as OpenAI's `response_format`.

    The name is cut to what the interface takes (letters, digits, `_` and `-`, 64 of them). `strict` is set where every
    object of the schema is closed and requires all its keys, if it is not said.
    """
    inner: dict[str, Any] = {"name": _as_name(name, schema)}
    if description := _said(schema, "description"):
        inner["description"] = description
    inner["schema"] = schema
    inner["strict"] = is_closed(schema) if strict is None else strict
    return {"type": "json_schema", "json_schema": inner}


def to_tool(
    schema: dict[str, Any] | bool, name: str = "", description: str = "", *, strict: bool | None = None
) -> dict[str, Any]:
    """Return a schema as the parameters of an OpenAI tool; the description is the schema's own where none is given.

    Name and `strict` are as in `to_response_format`. Raises ConversionError where the schema is not of an object.
    """
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        raise ConversionError(
            "The parameters of a tool are an object, and this schema is of something else.",
            where="/type",
            advice="Put it under a property of an object.",
        )
    function: dict[str, Any] = {"name": _as_name(name, schema)}
    if description := description or _said(schema, "description"):
        function["description"] = description
    function["parameters"] = schema if "type" in schema else {"type": "object", **schema}
    function["strict"] = is_closed(schema) if strict is None else strict
    return {"type": "function", "function": function}


def is_closed(schema: dict[str, Any] | bool) -> bool:
    """Tell whether the root is an object and every object in the schema is closed and requires all its keys."""
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return False
    for place in subschemas(schema):
        if not isinstance(place.schema, dict):
            continue
        types = place.schema.get("type")
        keys = place.schema.get("properties")
        if keys is None and types != "object" and not (isinstance(types, list) and "object" in types):
            continue
        required = place.schema.get("required", [])
        if place.schema.get("additionalProperties") is not False or not isinstance(required, list):
            return False
        if set(keys or ()) - {key for key in required if isinstance(key, str)}:
            return False
    return True


def _response_format(value: dict[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """Return what is or holds a format of kind `json_schema`, and where it stands."""
    text = value.get("text")
    for body, pointer in (
        (value, ""),
        (value.get("response_format"), "/response_format"),
        (value.get("format"), "/format"),
        (text.get("format") if isinstance(text, dict) else None, "/text/format"),
    ):
        if isinstance(body, dict) and body.get("type") == "json_schema":
            return body, pointer
    if isinstance(value.get("name"), str) and isinstance(value.get("schema"), dict) and value.keys() <= _FORMAT:
        return value, ""
    return None, ""


def _format(body: dict[str, Any], pointer: str) -> Unwrapped:
    if "json_schema" in body or "schema" not in body:
        return _taken(body.get("json_schema"), "schema", "an OpenAI response_format", f"{pointer}/json_schema")
    return _taken(body, "schema", "a text format of the Responses API", pointer)


def _first_tool(values: list[Any], pointer: str) -> Unwrapped | None:
    """Return the first tool of a list; in that of a request some may be built in and have no schema."""
    tools = [_tool(value, f"{pointer}/{at}") for at, value in enumerate(values)]
    found = [tool for tool in tools if tool is not None]
    if not found or (len(found) < len(tools) and not pointer):
        return None
    first = found[0]
    others = tuple(tool.name or "one without a name" for tool in found[1:])
    return Unwrapped(first.schema, first.what, first.name, first.description, first.strict, others)


def _tool(value: Any, pointer: str) -> Unwrapped | None:
    if not isinstance(value, dict):
        return None
    function = value.get("function")
    if value.get("type") == "function" and isinstance(function, dict) and "arguments" not in function:
        return _taken(function, "parameters", "an OpenAI tool", f"{pointer}/function", default=_NOTHING_ASKED)
    if not isinstance(value.get("name"), str):
        return None
    if value.get("type") == "function" and "arguments" not in value:
        return _taken(value, "parameters", "a tool of the Responses API", pointer, default=_NOTHING_ASKED)
    for key, what in (("input_schema", "an Anthropic tool"), ("inputSchema", "an MCP tool")):
        if isinstance(value.get(key), dict):
            return _taken(value, key, what, pointer)
    parameters = value.get("parameters")
    if isinstance(parameters, dict) and parameters.get("type") == "object" and "properties" in parameters:
        return _taken(value, "parameters", "a function definition", pointer)
    return None


def _taken(body: Any, key: str, what: str, pointer: str, default: Any = None) -> Unwrapped:
    schema = body.get(key, default) if isinstance(body, dict) else None
    if not isinstance(schema, dict | bool):
        raise ConversionError(
            f'This is {what} without a schema: one has to stand under "{key}".', where=f"{pointer}/{key}"
        )
    name, description = _said(body, "name"), _said(body, "description")
    return Unwrapped(schema, what, name, description, body.get("strict") is True)


def _said(body: Any, key: str) -> str:
    said = body.get(key) if isinstance(body, dict) else None
    return said if isinstance(said, str) else ""


def _as_name(name: str, schema: dict[str, Any] | bool) -> str:
    for each in (name, _said(schema, "title")):
        if cleaned := _NO_NAME.sub("_", each).strip("_")[:_LONGEST_NAME]:
            return cleaned
    return "answer"
