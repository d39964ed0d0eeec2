"""Types of TypeScript hold every instance of a schema, and no text of it becomes code."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import pytest

from engine.errors import ConversionError, EngineError, SchemaInvalid
from engine.schema.interchange import to_typescript

STRING, INTEGER = {"type": "string"}, {"type": "integer"}


def of(schema: Any) -> str:
    """Return the type that a schema is written as, without its comment."""
    _, _, text = to_typescript(schema, "T").partition("export type T = ")
    assert text.endswith(";\n")
    return text[:-2]


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        (True, "unknown"),
        (False, "never"),
        ({}, "unknown"),
        (STRING, "string"),
        (INTEGER, "number"),
        ({"type": ["string", "null"]}, "string | null"),
        ({"type": ["integer", "number", "boolean"]}, "number | boolean"),
        ({"const": "a"}, '"a"'),
        ({"enum": ["a", 1, None, True, [1, "x"], {"k b": [2]}]},
         '"a" | 1 | null | true | [1, "x"] | {\n  "k b": [2];\n}'),
        ({"type": "array"}, "unknown[]"),
        ({"type": "array", "items": STRING}, "string[]"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "(string | null)[]"),
        ({"type": "array", "items": {"enum": ["a | b"]}}, '"a | b"[]'),
        ({"items": {"items": INTEGER}}, "number[][]"),
        ({"prefixItems": [STRING, INTEGER], "items": False, "minItems": 2}, "[string, number]"),
        ({"prefixItems": [STRING, {"type": ["integer", "null"]}], "minItems": 1},
         "[string, (number | null)?, ...unknown[]]"),
        ({"prefixItems": [STRING], "items": INTEGER}, "[string?, ...number[]]"),
        ({"prefixItems": [STRING, STRING], "maxItems": 1}, "[string?]"),
        ({"items": [STRING], "additionalItems": False, "minItems": 1}, "[string]"),
        ({"type": "object"}, "{ [key: string]: unknown }"),
        ({"type": "object", "additionalProperties": False}, "{ [key: string]: never }"),
        ({"additionalProperties": INTEGER}, "{ [key: string]: number }"),
        ({"patternProperties": {"^a": INTEGER, "^b": STRING}, "additionalProperties": False},
         "{ [key: string]: number | string }"),
        ({"patternProperties": {"^a": INTEGER}}, "{ [key: string]: unknown }"),
        ({"anyOf": [STRING, INTEGER, STRING]}, "string | number"),
        ({"oneOf": [STRING, {"anyOf": [INTEGER, {"type": "null"}]}]}, "string | number | null"),
        ({"anyOf": [STRING, {}]}, "unknown"),
        ({"anyOf": [STRING, False]}, "string"),
        ({"type": "string", "anyOf": [{"minLength": 1}, {"pattern": "a"}]}, "string"),
        ({"allOf": [{"anyOf": [STRING, INTEGER]}, {"anyOf": [STRING, {"type": "null"}]}]},
         "(string | number) & (string | null)"),
        ({"not": STRING}, "unknown"),
    ],
)  # fmt: skip
def test_a_schema_is_written_as_the_type_of_its_instances(schema: Any, type_: str) -> None:
    assert of(schema) == type_


def test_an_object_is_an_interface_with_comments_and_quoted_keys() -> None:
    schema = {
        "title": "An invoice",
        "description": "As it was sent.\nTwice.",
        "type": "object",
        "properties": {
            "number": {**STRING, "description": "Its number", "pattern": "^\\d+$", "maxLength": 9},
            "due date": {**STRING, "format": "date"},
            "lines": {"type": "array", "items": {"type": "object", "properties": {"q": INTEGER}, "required": ["q"]}},
            "old": {**INTEGER, "deprecated": True, "default": 3},
            "class": True,
        },
        "required": ["number", "lines", "sum"],
    }
    assert to_typescript(schema) == textwrap.dedent(
        """\
        /**
         * An invoice
         * As it was sent.
         * Twice.
         */
        export interface AnInvoice {
          /**
           * Its number
           * @pattern ^\\d+$
           * @maxLength 9
           */
          number: string;
          /** @format date */
          "due date"?: string;
          lines: {
            q: number;
          }[];
          /**
           * @deprecated
           * @default 3
           */
          old?: number;
          class?: unknown;
          sum: unknown;
        }
        """
    )


def test_what_is_referred_to_becomes_a_type_with_a_name() -> None:
    schema = {
        "type": "object",
        "properties": {
            "tree": {"$ref": "#/$defs/tree-node"},
            "again": {"$ref": "#"},
            "first": {"$ref": "#/properties/tree/again"},
            "other": {"$ref": "#/$defs/2nd"},
            "anchored": {"$ref": "#here"},
        },
        "$defs": {
            "tree-node": {"properties": {"children": {"items": {"$ref": "#/$defs/tree-node"}}}},
            "tree": {"properties": {"node": STRING}},
            "2nd": {"$anchor": "here", "enum": ["x"]},
            "unused": STRING,
        },
    }
    schema["properties"]["first"] = {"$ref": "#/properties/tree"}  # type: ignore[index]
    assert to_typescript(schema, "my answer") == textwrap.dedent(
        """\
        export interface MyAnswer {
          tree?: Tree;
          again?: MyAnswer;
          first?: Tree;
          other?: Definition2nd;
          anchored?: Definition2nd;
        }

        export interface TreeNode {
          children?: TreeNode[];
        }

        export type Tree = TreeNode;

        export type Definition2nd = "x";
        """
    )


def test_names_do_not_collide() -> None:
    schema = {
        "properties": {"a": {"$ref": "#/$defs/t"}, "b": {"$ref": "#/$defs/T"}},
        "$defs": {"t": STRING, "T": INTEGER},
    }
    text = to_typescript(schema, "T")
    assert "export interface T {" in text
    assert "export type T2 = string;" in text
    assert "export type T3 = number;" in text


@pytest.mark.parametrize(
    ("definitions", "type_"),
    [
        ({"a": {"anyOf": [STRING, {"$ref": "#/$defs/a"}]}}, "string"),
        (
            {"a": {"anyOf": [STRING, {"$ref": "#/$defs/b"}]}, "b": {"anyOf": [INTEGER, {"$ref": "#/$defs/a"}]}},
            "unknown",
        ),
        ({"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "unknown"),
        ({"a": {"anyOf": [STRING, {"type": "array", "items": {"$ref": "#/$defs/a"}}]}}, "string | A[]"),
        ({"a": {"additionalProperties": {"$ref": "#/$defs/a"}}}, "{ [key: string]: A }"),
    ],
)
def test_no_type_is_an_alias_of_itself(definitions: Any, type_: str) -> None:
    text = to_typescript({"properties": {"x": {"$ref": "#/$defs/a"}}, "$defs": definitions})
    assert f"export type A = {type_};" in text


def test_a_signature_of_further_keys_holds_the_known_ones_too() -> None:
    schema = {"properties": {"a": STRING, "b": INTEGER}, "required": ["a"], "additionalProperties": {"type": "boolean"}}
    assert "[key: string]: boolean | string | number | undefined;" in to_typescript(schema)
    assert "[key: string]: unknown;" in to_typescript({**schema, "additionalProperties": True})
    assert "[key" not in to_typescript({"properties": {"a": STRING}})
    deep = {"properties": {"a": {"properties": {"b": STRING}}}, "additionalProperties": INTEGER}
    assert "[key: string]: unknown;" in to_typescript(deep)


def test_no_text_of_a_schema_leaves_its_comment_or_its_quotes() -> None:
    schema = {
        "description": "*/ alert(1) /*\u2028 \u202e \x1b end\rhere",
        "properties": {'a"\n\u202e': {"const": '"\u2028\\'}, "*/": {"pattern": "*/"}},
    }
    text = to_typescript(schema, "x*/ \u202e")
    assert text.count("*/") == text.count("/**") + 1  # the key, which is quoted
    assert '"*/"?:' in text
    assert text.startswith("/**\n * *\\/ alert(1) /*\n")
    assert not any(character in text for character in "\u2028\u202e\x1b\r")
    assert '"a\\"\\n\\u202e"?: "\\"\\u2028\\\\";' in text
    assert "export interface X {" in text


def test_a_long_union_has_a_line_for_each() -> None:
    text = to_typescript({"properties": {"x": {"enum": [f"value {number}" for number in range(20)]}}})
    assert '  x?:\n    | "value 0"\n    | "value 1"\n' in text
    assert text.endswith('    | "value 19";\n}\n')


def test_a_schema_that_is_none_or_refers_out_of_itself_is_refused_with_its_place() -> None:
    with pytest.raises(SchemaInvalid) as caught:
        to_typescript({"properties": {"a": {"type": "text"}}})
    assert caught.value.where == "/properties/a/type"
    with pytest.raises(ConversionError) as out:
        to_typescript({"properties": {"a": {"$ref": "other.json"}}})
    assert out.value.where == "/properties/a"


def wrapped(key: str, times: int) -> Any:
    schema: Any = dict(STRING)
    for _ in range(times):
        schema = {key: [schema] if key == "anyOf" else schema}
    return schema


def test_wide_deep_and_circular_schemas_are_written() -> None:
    assert to_typescript({"properties": {f"k{i}": STRING for i in range(10_000)}}).count("?: string;") == 10_000
    assert of(wrapped("items", 99)) == "string" + "[]" * 99
    assert of(wrapped("anyOf", 49)) == "string"
    circle = {f"a{i}": {"$ref": f"#/$defs/a{(i + 1) % 3_000}"} for i in range(3_000)}
    assert to_typescript({"$ref": "#/$defs/a0", "$defs": circle}).count("= unknown;") == 3_000
    with pytest.raises(EngineError, match="deep"):
        to_typescript(wrapped("not", 5_000))


def test_what_was_passed_in_is_left_as_it_is() -> None:
    schema = {"properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {"b": {"enum": [1]}}}
    before = json.dumps(schema)
    to_typescript(schema)
    assert json.dumps(schema) == before
