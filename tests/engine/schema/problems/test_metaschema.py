"""Every keyword with a value that it cannot have is told, and what was plainly meant is offered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.schema.editing import EditableSchema, Syntax
from engine.schema.problems import Problem, lint, settle
from engine.schema.problems.rules import USUAL

D4 = {"$schema": "http://json-schema.org/draft-04/schema#"}
D7 = {"$schema": "http://json-schema.org/draft-07/schema#"}
D2020 = {"$schema": "https://json-schema.org/draft/2020-12/schema"}


def problems(schema: Any) -> list[Problem]:
    syntax = Syntax(json.dumps(schema))
    return list(settle(syntax, lint(syntax).found, USUAL)[0])


def mended(schema: Any, number: int = 0) -> Any:
    """Return a schema with a fix of its first problem made."""
    fix = problems(schema)[0].fixes[number]
    edited = EditableSchema(json.dumps(schema))
    edited.apply(*fix.operations, label=fix.label)
    return json.loads(edited.text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ({"type": "str"}, {"type": "string"}),
        ({"type": "Integer"}, {"type": "integer"}),
        ({"type": ["string", "none"]}, {"type": ["string", "null"]}),
        ({"type": "string|null"}, {"type": ["string", "null"]}),
        ({"type": "int?"}, {"type": ["integer", "null"]}),
        ({"type": "any"}, {}),
        ({"type": None}, {"type": "null"}),
        ({"required": "a"}, {"required": ["a"]}),
        ({"required": ["a", "a", "b"]}, {"required": ["a", "b"]}),
        ({"properties": {"a": "string"}}, {"properties": {"a": {"type": "string"}}}),
        ({"properties": {"a": None}}, {"properties": {"a": {}}}),
        ({"items": ["x", 1], **D7}, {"items": {"enum": ["x", 1]}, **D7}),
        ({"minimum": "5"}, {"minimum": 5}),
        ({"minLength": -1}, {}),
        ({"minLength": "two"}, {}),
        ({"uniqueItems": "yes"}, {"uniqueItems": True}),
        ({"title": 3}, {"title": "3"}),
        ({"enum": "a"}, {"enum": ["a"]}),
        ({"allOf": {"type": "string"}}, {"allOf": [{"type": "string"}]}),
        ({"anyOf": []}, {}),
        ({"additionalProperties": "no"}, {"additionalProperties": False}),
        ({"dependentRequired": {"a": "b"}}, {"dependentRequired": {"a": ["b"]}}),
        ({**D2020, "items": [{}], "additionalItems": False}, {**D2020, "prefixItems": [{}], "items": False}),
        ({**D2020, "minimum": 1, "exclusiveMinimum": True}, {**D2020, "exclusiveMinimum": 1}),
        ({**D4, "exclusiveMaximum": 3}, {**D4, "maximum": 3, "exclusiveMaximum": True}),
        ({"$id": "#here"}, {"$anchor": "here"}),
        ({"$schema": "https://json-schema.org/draft-07/schema"}, D7),
        ({"$schema": "draft-04"}, D4),
        ({"$schema": 7}, D2020),
    ],
)
def test_what_was_plainly_meant_is_offered_first(written: Any, meant: Any) -> None:
    assert mended(written) == meant


def test_a_property_that_says_of_itself_that_it_is_required_gets_into_the_list() -> None:
    schema = {"properties": {"a": {"type": "string", "required": True}, "b": {}}, "required": ["b"]}
    assert mended(schema) == {"properties": {"a": {"type": "string"}, "b": {}}, "required": ["b", "a"]}
    assert mended({"properties": {"a": {"required": True}}}) == {"properties": {"a": {}}, "required": ["a"]}


def test_all_that_is_wrong_is_told_and_not_just_the_first() -> None:
    schema = {"type": "strng", "properties": {"a": {"minimum": "x"}, "b": 3}, "required": {}, "enum": 4, **D2020}
    assert {(each.pointer, each.keyword) for each in problems(schema)} == {
        ("", "type"),
        ("/properties/a", "minimum"),
        ("/properties/b", None),
        ("", "required"),
        ("", "enum"),
    }


def test_the_sentence_names_the_keyword_what_it_wants_and_what_is_there() -> None:
    (found,) = problems({"maxItems": 1.5})
    assert found.sentence == '"maxItems" has to be a whole number of at least 0; this is 1.5.'


def test_the_rest_of_a_schema_is_still_looked_at() -> None:
    schema = {"minLength": "x", "properties": {"a": {"$ref": "#/$defs/b"}, "c": {"type": "strng", "maxlength": 2}}}
    assert [each.rule for each in problems(schema)] == ["metaschema", "unresolved-ref", "metaschema"]


def test_a_wrong_value_under_an_empty_key_is_told_at_its_place() -> None:
    (found,) = problems({"properties": {"": {"minimum": "x"}}})
    assert (found.pointer, found.keyword) == ("/properties/", "minimum")


@pytest.mark.parametrize("value", [[], 3, "x", None])
def test_what_is_no_schema_at_all_is_told(value: Any) -> None:
    (found,) = problems(value)
    assert found.sentence.startswith("A schema is a JSON object, or true or false")


def test_ten_thousand_wrong_values_are_told_up_to_a_limit() -> None:
    syntax = Syntax(json.dumps({"properties": {f"p{i}": {"type": "str"} for i in range(10_000)}}))
    told, more = settle(syntax, lint(syntax).found, USUAL)
    assert len(told) == 200
    assert more
