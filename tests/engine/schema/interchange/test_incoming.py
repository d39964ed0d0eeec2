"""Whatever is pasted is taken for what it is, and that is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import ConversionError, EngineError, SchemaInvalid, SchemaSyntaxError
from engine.schema.interchange import (
    from_schema,
    from_wrapper,
    looks_like_schema,
    read_incoming,
    to_response_format,
    to_tool,
)

PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}


def read(value: Any) -> tuple[Any, str]:
    """Return the schema that is read from a JSON value, and what it was taken for."""
    incoming = read_incoming(json.dumps(value), name="file")
    return json.loads(incoming.text), incoming.notes[0]


def test_a_schema_keeps_its_text_byte_for_byte() -> None:
    text = '\n{ "type":"object",\t"properties": {"b":{"type" : "number", "maximum":1.50}, "a": {}} }\r\n'
    incoming = read_incoming(text, name="mine")
    assert incoming.text.strip("\n") == text.strip("\n")
    assert incoming.name == "mine"
    assert incoming.notes == ("Read as a JSON Schema.",)
    assert read_incoming('{"title": "Order", "type": "object"}', name="mine").name == "Order"


@pytest.mark.parametrize(
    ("value", "what", "said"),
    [
        (
            {"type": "json_schema", "json_schema": {"name": "weather", "schema": PARAMETERS, "strict": True}},
            "an OpenAI response_format",
            {"title": "weather"},
        ),
        (
            {"type": "json_schema", "name": "weather", "schema": PARAMETERS},
            "a text format of the Responses API",
            {"title": "weather"},
        ),
        ({"name": "weather", "schema": PARAMETERS, "strict": True}, "a text format", {"title": "weather"}),
        (
            {"model": "m", "response_format": {"type": "json_schema", "json_schema": {"schema": PARAMETERS}}},
            "an OpenAI response_format",
            {},
        ),
        (
            {"model": "m", "text": {"format": {"type": "json_schema", "name": "weather", "schema": PARAMETERS}}},
            "a text format of the Responses API",
            {"title": "weather"},
        ),
        (
            {"type": "function", "function": {"name": "weather", "description": "Tell.", "parameters": PARAMETERS}},
            "an OpenAI tool",
            {"title": "weather", "description": "Tell."},
        ),
        (
            {"type": "function", "name": "weather", "description": "Tell.", "parameters": PARAMETERS, "strict": True},
            "a tool of the Responses API",
            {"title": "weather", "description": "Tell."},
        ),
        (
            {"name": "weather", "description": "Tell.", "input_schema": PARAMETERS},
            "an Anthropic tool",
            {"title": "weather", "description": "Tell."},
        ),
        ({"name": "weather", "inputSchema": PARAMETERS}, "an MCP tool", {"title": "weather"}),
        ({"name": "weather", "parameters": PARAMETERS}, "a function definition", {"title": "weather"}),
        ([{"name": "weather", "input_schema": PARAMETERS}], "an Anthropic tool", {"title": "weather"}),
        ({"tools": [{"name": "weather", "inputSchema": PARAMETERS}]}, "an MCP tool", {"title": "weather"}),
        (
            {"tools": [{"type": "web_search"}, {"type": "function", "name": "weather", "parameters": PARAMETERS}]},
            "a tool of the Responses API",
            {"title": "weather"},
        ),
    ],
)
def test_a_wrapper_is_taken_off_and_what_it_says_is_kept(value: Any, what: str, said: dict[str, str]) -> None:
    schema, note = read(value)
    assert schema == {**said, **PARAMETERS}
    assert list(schema)[: len(said)] == list(said)
    assert note.startswith(f"Read as {what}")
    incoming = from_wrapper(json.dumps(value), name="file")
    assert (json.loads(incoming.text), incoming.name) == (schema, said.get("title", "file"))


def test_the_note_says_what_became_of_name_and_description() -> None:
    function: dict[str, Any] = {"name": "w", "description": "d", "parameters": PARAMETERS, "strict": True}
    tool = {"type": "function", "function": function}
    incoming = read_incoming(json.dumps(tool))
    assert incoming.notes == (
        "Read as an OpenAI tool; its name and description were kept as title and description.",
        "It asks for strict mode, which is not part of a schema.",
    )
    function["parameters"] = {"title": "T", "description": "own", **PARAMETERS}
    assert read(tool) == ({"title": "T", "description": "own", **PARAMETERS}, "Read as an OpenAI tool.")


def test_of_several_tools_the_first_is_read_and_the_others_are_named() -> None:
    tools = [{"name": name, "input_schema": PARAMETERS} for name in ("one", "two", "three")]
    incoming = read_incoming(json.dumps({"tools": tools}))
    assert incoming.name == "one"
    assert incoming.notes[-1] == "Only the first tool was read. Others there: two, three."


def test_a_tool_without_parameters_asks_for_nothing() -> None:
    assert read({"type": "function", "function": {"name": "now"}})[0]["properties"] == {}


def test_a_wrapper_without_a_schema_is_an_error_at_its_place() -> None:
    with pytest.raises(ConversionError) as caught:
        read({"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}})
    assert caught.value.where == "/response_format/json_schema/schema"
    with pytest.raises(ConversionError, match="neither"):
        from_wrapper('{"a": 1}')


@pytest.mark.parametrize(
    "value",
    [
        {"id": 7, "name": "Anna", "tags": ["a"]},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}, "properties": {"name": "x"}},
        {"items": [{"sku": "a"}], "total": 3},
        {"name": "get_weather", "parameters": {"city": "Paris"}},
        {"id": "1", "type": "function", "function": {"name": "w", "arguments": "{}"}},
        {"$schema": "https://json.schemastore.org/package", "name": "x", "dependencies": {"a": "1"}},
        {"$schema": "http://json-schema.org/draft-07/schema#", "target": "es5", "files": ["a"]},
        {"type": "number", "label": "Phone", "value": "555", "kind": "home"},
        {"title": "A book", "description": "Good."},
        {"properties": {"color": {"r": 1, "g": 2}, "size": {"w": 3}}},
        {},
        [],
        [{"a": 1}, {"b": 2}],
        "text",
        3,
    ],
)
def test_a_record_is_an_example(value: Any) -> None:
    schema, note = read(value)
    assert note == "Read as one example value."
    assert "type" in schema


@pytest.mark.parametrize(
    "value",
    [
        {"type": "object"},
        {"type": ["string", "null"]},
        {"properties": {"a": {"type": "string"}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {}}},
        {"anyOf": [{"type": "string"}, True]},
        {"enum": [1, 2]},
        {"items": {"type": "integer"}, "x-order": 3},
        {"$schema": "http://json-schema.org/draft-07/schema#", "properties": {"a": {"links": []}}, "vendor": "me"},
        {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        True,
    ],
)
def test_what_has_keywords_of_the_right_types_is_a_schema(value: Any) -> None:
    assert looks_like_schema(value)
    assert read(value) == (value, "Read as a JSON Schema.")


def test_python_source_and_lines_are_found_out_too() -> None:
    assert read_incoming('"""Models."""\nclass A(BaseModel):\n    x: int\n').notes[0].startswith("Read as Python")
    assert read_incoming('{"a": 1}\n{"a": 2}\n').notes[0] == "Read as 2 examples, one a line."
    with pytest.raises(SchemaSyntaxError) as caught:
        read_incoming('{"a": 1}\n{"a": 2\n')
    assert caught.value.line == 2


def test_a_fenced_block_is_read_without_its_fence() -> None:
    incoming = read_incoming('```json\n{"type": "object"}\n```\n')
    assert incoming.text == '{"type": "object"}'
    with pytest.raises(SchemaSyntaxError) as caught:
        read_incoming('```json\n{"type": \n"object"\n```\n')
    assert caught.value.line == 3
    assert "Python" in read_incoming("```python\nclass A(BaseModel):\n    x: int\n```").notes[0]


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("", ConversionError, "nothing to read"),
        (" \n\t", ConversionError, "nothing to read"),
        ("type: object\nproperties:\n", ConversionError, "neither JSON nor Python"),
        ('{"type": "object",}', SchemaSyntaxError, "not JSON"),
        ('{"type": "object", "type": "array"}', SchemaInvalid, "stands twice"),
        ("[" * 100_000, SchemaInvalid, "nested too deeply"),
        ('{"a":' * 100_000, SchemaInvalid, "nested too deeply"),
        ('{"a": "\\ud800"}', SchemaInvalid, "half a character"),
        ('{"a": 1e999}', SchemaInvalid, "too large"),
        ("\0", ConversionError, "neither"),
        ("x" * (65 << 20), ConversionError, "too large to be read"),
        ("class A(:\n", SchemaSyntaxError, "no Python"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_a_sentence(text: str, error: type[EngineError], sentence: str) -> None:
    with pytest.raises(error, match=sentence) as caught:
        read_incoming(text)
    assert caught.value.message.endswith(".")


def test_what_is_no_schema_is_refused_where_a_schema_is_meant() -> None:
    assert from_schema('{"name": "x"}').text == '{"name": "x"}'
    with pytest.raises(ConversionError, match="a JSON object"):
        from_schema("[1]")


CLOSED = {**PARAMETERS, "additionalProperties": False}


def test_a_response_format_can_be_read_back() -> None:
    made = to_response_format({"description": "Where.", **CLOSED}, "my weather!")
    assert made == {
        "type": "json_schema",
        "json_schema": {
            "name": "my_weather",
            "description": "Where.",
            "schema": {"description": "Where.", **CLOSED},
            "strict": True,
        },
    }
    assert read(made)[0] == {"title": "my_weather", "description": "Where.", **CLOSED}


def test_strict_is_said_only_of_a_schema_whose_objects_are_closed_and_complete() -> None:
    def strict(schema: Any) -> bool:
        said: bool = to_response_format(schema)["json_schema"]["strict"]
        return said

    assert strict(CLOSED)
    assert not strict(PARAMETERS)
    assert not strict({**CLOSED, "required": []})
    assert not strict({**CLOSED, "properties": {"city": {"type": ["object", "null"]}}})
    assert not strict({"type": "array", "items": CLOSED})
    assert to_response_format(PARAMETERS, strict=True)["json_schema"]["strict"] is True


def test_a_tool_is_made_of_an_object_and_can_be_read_back() -> None:
    made = to_tool({"title": "The weather", **CLOSED}, description="Tell the weather.")
    assert made["function"]["name"] == "The_weather"
    assert made["function"]["description"] == "Tell the weather."
    assert read(made)[0] == {"title": "The weather", "description": "Tell the weather.", **CLOSED}
    assert to_tool({"properties": {}})["function"]["parameters"]["type"] == "object"
    for schema in ({"type": "array"}, True, {"type": ["object", "null"]}):
        with pytest.raises(ConversionError, match="are an object"):
            to_tool(schema)
