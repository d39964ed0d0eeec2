"""What a server is told of a schema allows all that the schema allows, however weak the form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from engine.constraint.compile import compile_constraint
from engine.constraint.spec import AnyJson, ConstraintSpec, MatchesLark, MatchesRegex, MatchesSchema
from engine.remote.endpoint import Capabilities
from engine.remote.forms import form, plain, steps

if TYPE_CHECKING:
    from engine.remote.endpoint import Server, Structured

STRICT = {
    "type": "object",
    "properties": {"a": {"type": "string", "description": "A letter"}},
    "required": ["a"],
    "additionalProperties": False,
}
SCHEMAS: list[tuple[dict[str, Any], list[Any]]] = [
    (STRICT, [{"a": ""}]),
    ({"if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}, [{"a": 1, "b": 1}]),
    (
        {"type": "object", "patternProperties": {"^x": {"type": "integer"}}, "additionalProperties": False},
        [{}, {"x1": 4}],
    ),
    (
        {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}, "uniqueItems": True},
        [[], ["a", 1, 2]],
    ),
    (
        {
            "$ref": "#/$defs/node",
            "$defs": {
                "node": {
                    "type": "object",
                    "properties": {"next": {"$ref": "#/$defs/node"}, "v": {"const": {"b": 1}}},
                    "not": {"required": ["z"]},
                }
            },
        },
        [{}, {"next": {"next": {}}}, {"v": {"b": 1}}],
    ),
    ({"type": ["string", "null"], "pattern": "^(?=a)[a-z]+$", "maxLength": 32767}, [None, "abc"]),
    ({"oneOf": [{"type": "integer", "minimum": 3}, {"type": "integer", "maximum": 1}, {"type": "null"}]}, [5, 0, None]),
    ({"enum": [1, "two", [3], {"four": 4}, None]}, [1, "two", [3], {"four": 4}, None]),
    ({"allOf": [{"type": "object"}, {"properties": {"a": {"minItems": 2, "maxItems": 900}}}]}, [{}, {"a": [1, 2, 3]}]),
    ({"type": "object", "properties": {"a": False, "b": {"contains": {"const": 7}, "type": "array"}}}, [{"b": [7]}]),
    ({"dependentRequired": {"a": ["b"]}, "propertyNames": {"maxLength": 3}, "minProperties": 1}, [{"a": 1, "b": 2}]),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "instances"), SCHEMAS, ids=lambda each: json.dumps(each)[:40])
def test_every_form_of_a_schema_allows_its_instances(schema: dict[str, Any], instances: list[Any]) -> None:
    compiled = compile_constraint(MatchesSchema(schema_text=json.dumps(schema)))
    assert compiled is not None
    whole = jsonschema_rs.Draft202012Validator(schema)
    forms = [jsonschema_rs.Draft202012Validator(each) for each in (compiled.planned, plain(compiled.planned))]
    for instance in instances:
        assert whole.is_valid(instance)
        assert all(each.is_valid(instance) for each in forms), instance


def test_the_plain_form_has_no_keyword_that_converters_stumble_over() -> None:
    known = {
        "type", "properties", "required", "additionalProperties", "items", "minItems", "maxItems", "enum", "anyOf",
        "$ref", "$defs",
    }  # fmt: skip

    def check(schema: Any) -> None:
        if not isinstance(schema, dict):
            return
        assert schema.keys() <= known
        assert schema.get("maxItems", 0) <= 32
        for each in [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]:
            check(each)
        for each in [schema.get("items"), schema.get("additionalProperties"), *schema.get("anyOf", ())]:
            check(each)

    for schema, _ in SCHEMAS:
        compiled = compile_constraint(MatchesSchema(schema_text=json.dumps(schema)))
        assert compiled is not None
        check(plain(compiled.planned))


def forms_of(spec: ConstraintSpec, server: Server, structured: Structured) -> list[str]:
    compiled = compile_constraint(spec)
    return list(steps(spec, compiled, Capabilities(server=server, structured=structured)))


STRICT_SPEC = MatchesSchema(schema_text=json.dumps(STRICT))
OPEN_SPEC = MatchesSchema(schema_text='{"type": "object", "properties": {"a": {"type": "string"}}}')
LIST_SPEC = MatchesSchema(schema_text='{"type": "array"}')


@pytest.mark.parametrize(
    ("spec", "server", "structured", "expected"),
    [
        (STRICT_SPEC, "openai", "json_schema", ["strict", "whole", "plain", "object", "said"]),
        (OPEN_SPEC, "openai", "json_schema", ["whole", "plain", "object", "said"]),
        (STRICT_SPEC, "vllm", "json_schema", ["whole", "plain", "object", "said"]),
        (LIST_SPEC, "vllm", "json_schema", ["whole", "plain", "said"]),
        (STRICT_SPEC, "llama-cpp-python", "json_object+schema", ["plain", "object", "said"]),
        (STRICT_SPEC, "unknown", "json_object", ["object", "said"]),
        (STRICT_SPEC, "unknown", "none", ["said"]),
        (AnyJson(), "vllm", "json_schema", ["object", "said"]),
        (AnyJson(), "unknown", "none", ["said"]),
        (MatchesRegex(pattern="a+"), "sglang", "json_schema", ["whole", "said"]),
        (MatchesRegex(pattern="a+"), "openai", "json_schema", ["said"]),
        (MatchesLark(grammar='start: "a"'), "vllm", "json_schema", ["said"]),
    ],
)
def test_a_server_is_told_as_much_as_it_understands(
    spec: ConstraintSpec, server: Server, structured: Structured, expected: list[str]
) -> None:
    assert forms_of(spec, server, structured) == expected


def test_a_strict_schema_goes_as_it_stands() -> None:
    compiled = compile_constraint(STRICT_SPEC)
    said = form(STRICT_SPEC, compiled, Capabilities(server="openai", structured="json_schema"), "strict")
    assert said.fields["response_format"]["json_schema"] == {"name": "answer", "schema": STRICT, "strict": True}


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        (Capabilities(server="sglang", structured="json_schema"), {"regex": "a+"}),
        (Capabilities(server="vllm", structured="json_schema"), {"structured_outputs": {"regex": "a+"}}),
        (Capabilities(server="vllm", structured="guided_json"), {"guided_regex": "a+"}),
    ],
)
def test_a_regular_expression_goes_where_the_server_looks(capabilities: Capabilities, expected: dict[str, Any]) -> None:
    assert form(MatchesRegex(pattern="a+"), None, capabilities, "whole").fields == expected
