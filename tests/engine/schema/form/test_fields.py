"""What a form shows of a schema."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.schema.document import read_schema
from engine.schema.form import Field, Fields


def fields(schema: Any) -> Fields:
    return Fields(read_schema(json.dumps(schema)))


def field(schema: Any) -> Field:
    return fields(schema).root


def child(of: Field, name: str) -> Field:
    found = of.child(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("schema", "kind", "nullable"),
    [
        ({"type": "string"}, "string", False),
        ({"type": ["string", "null"]}, "string", True),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer", True),
        ({"oneOf": [{"const": None}, {"type": "array", "items": {}}]}, "array", True),
        ({"type": ["integer", "number"]}, "number", False),
        ({"type": ["string", "null"], "enum": ["a", "b", None]}, "enum", True),
        ({"type": ["string", "null"], "enum": ["a", "b"]}, "enum", False),
        ({"enum": ["a"]}, "const", False),
        ({"const": {"a": 1}}, "const", False),
        ({"type": "null"}, "null", False),
        ({"properties": {"a": {}}}, "object", False),
        ({"items": {}}, "array", False),
        ({"minLength": 2}, "string", False),
        ({"minimum": 2}, "number", False),
        ({"minimum": 2, "pattern": "a"}, "any", False),
        ({}, "any", False),
        (True, "any", False),
        (False, "never", False),
        ({"type": ["string", "integer"]}, "choice", False),
        ({"allOf": [{"type": ["string", "integer"]}, {"type": ["integer", "null"]}]}, "integer", False),
        ({"anyOf": [{"const": "a"}, {"enum": ["b", "c"]}, {"type": "null"}]}, "enum", True),
        ({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, "string", False),
        ({"anyOf": [{"format": "date"}, {"format": "email"}], "type": "string"}, "string", False),
        ({"properties": {"a": {}}, "anyOf": [{"required": ["a"]}, {"maxProperties": 3}]}, "object", False),
    ],
)  # fmt: skip
def test_a_schema_is_shown_as_what_it_allows(schema: Any, kind: str, nullable: bool) -> None:
    found = field(schema)
    assert (found.kind, found.nullable) == (kind, nullable)


def test_values_of_single_alternatives_keep_their_titles() -> None:
    found = field({"oneOf": [{"const": "EUR", "title": "Euro"}, {"const": "USD"}]})
    assert [(option.value, option.title) for option in found.options] == [("EUR", "Euro"), ("USD", "")]


def test_parts_of_all_of_and_references_are_shown_as_one_object() -> None:
    found = field(
        {
            "allOf": [{"$ref": "#/$defs/named"}, {"properties": {"age": {"type": "integer"}}, "required": ["age"]}],
            "$defs": {"named": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}},
        }
    )
    assert found.kind == "object"
    assert found.names == ("name", "age")
    assert found.required == {"name", "age"}


def test_in_draft_7_nothing_counts_beside_a_reference() -> None:
    schema = {
        "$ref": "#/definitions/a",
        "description": "beside",
        "definitions": {"a": {"type": "string", "description": "inside"}},
    }
    assert field({"$schema": "http://json-schema.org/draft-07/schema#", **schema}).description == "inside"
    assert field({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}).description == "beside"


def test_recursion_is_the_same_field_again() -> None:
    found = field(
        {
            "$ref": "#/$defs/node",
            "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}},
        }
    )
    again = child(child(found, "next"), "next")
    assert again is child(found, "next")


def test_a_union_of_itself_ends() -> None:
    found = field({"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "string"}]}}})
    assert found.kind in {"any", "choice", "string"}


def test_branches_are_told_apart_by_the_property_that_names_them() -> None:
    found = field(
        {
            "oneOf": [
                {"properties": {"size": {"const": 1}, "kind": {"const": "mail"}, "to": {}}, "title": "An e-mail"},
                {"properties": {"size": {"const": 1}, "kind": {"enum": ["text", "call"]}, "number": {}}},
            ]
        }
    )
    assert found.branches.tag == "kind"
    assert [branch.label for branch in found.branches.all] == ["mail", "text, call"]
    assert found.branches.tagged({"kind": "call"}) == 1
    assert found.branches.tagged({"kind": "fax"}) is None


def test_branches_without_a_tag_are_called_by_title_definition_or_type() -> None:
    found = field(
        {
            "anyOf": [
                {"title": "A name", "type": "string"},
                {"$ref": "#/$defs/a~1b"},
                {"type": "object", "properties": {"x": {}, "y": {}}},
                {"type": "array", "items": {"type": "integer"}},
                {"type": "array", "items": {"type": "integer"}},
            ],
            "$defs": {"a/b": {"type": "integer"}},
        }
    )
    labels = [branch.label for branch in found.branches.all]
    assert labels == ["A name", "a/b", "object: x, y", "array of integer 1", "array of integer 2"]


def test_properties_beside_a_union_are_in_every_branch() -> None:
    found = field(
        {
            "type": "object",
            "properties": {"name": {"type": "string"}},
            "oneOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"b": {"type": "string"}}}],
        }
    )
    assert [branch.field.names for branch in found.branches.all] == [("name", "a"), ("name", "b")]


def test_nested_unions_are_one_choice() -> None:
    found = field({"anyOf": [{"type": "boolean"}, {"$ref": "#/$defs/more"}], "$defs": {
        "more": {"oneOf": [{"type": "array"}, {"type": "object"}, {"type": "null"}]}}})  # fmt: skip
    assert [branch.field.kind for branch in found.branches.all] == ["boolean", "array", "object"]
    assert [branch.source for branch in found.branches.all] == [(0,), (1, 0), (1, 1)]
    assert found.nullable


def test_tuples_have_a_field_for_each_place() -> None:
    new = field({"prefixItems": [{"type": "string"}, {"type": "number"}], "items": False})
    old = field({"items": [{"type": "string"}, {"type": "number"}], "additionalItems": {"type": "boolean"}})
    assert [new.fixed, old.fixed] == [2, 2]
    kinds = [each.kind if each else None for each in (new.item(0), new.item(1), new.item(2), old.item(2))]
    assert kinds == ["string", "number", None, "boolean"]


def test_an_array_of_flat_objects_is_a_table() -> None:
    item = {"type": "object", "properties": {"qty": {"type": "integer"}, "name": {"type": "string"}}}
    assert field({"type": "array", "items": item}).columns == ("qty", "name")
    assert field({"type": "array", "items": {"type": "string"}}).columns == ()
    assert field({"type": "array", "items": {"type": "object", "additionalProperties": {}}}).columns == ()


def test_keys_that_are_not_named_have_the_field_of_their_pattern() -> None:
    found = field(
        {
            "type": "object",
            "properties": {"a": {"type": "boolean"}},
            "patternProperties": {"^n_": {"type": "integer"}},
            "additionalProperties": {"type": "string"},
        }
    )
    assert [child(found, name).kind for name in ("a", "n_1", "other")] == ["boolean", "integer", "string"]
    assert found.asks_for_others
    closed = field({"type": "object", "properties": {"a": {}}, "additionalProperties": False})
    assert closed.child("b") is None
    assert not closed.takes_others


def test_keys_that_property_names_lists_are_fields() -> None:
    found = field({"type": "object", "propertyNames": {"enum": ["x", "y"]}, "additionalProperties": {"type": "number"}})
    assert found.names == ("x", "y")
    assert child(found, "x").kind == "number"
    assert found.child("z") is None


def test_what_a_condition_adds_is_shown_and_not_required() -> None:
    found = field(
        {
            "type": "object",
            "properties": {"kind": {"type": "string"}},
            "if": {"properties": {"kind": {"const": "other"}}},
            "then": {"properties": {"which": {"type": "integer"}}, "required": ["which"]},
        }
    )
    assert found.names == ("kind", "which")
    assert child(found, "which").kind == "integer"
    assert found.required == frozenset()


def test_a_string_has_lines_where_it_may_be_long_or_a_hint_says_so() -> None:
    assert field({"type": "string", "maxLength": 4000}).has_lines
    assert field({"type": "string", "x-multiline": True}).has_lines
    assert field({"type": "string", "format": "markdown"}).has_lines
    assert not field({"type": "string"}).has_lines
    assert not field({"type": "string", "maxLength": 80}).has_lines


def test_a_reference_that_leads_nowhere_takes_anything() -> None:
    found = field({"type": "object", "properties": {"a": {"$ref": "#/$defs/gone"}}})
    assert child(found, "a").kind == "any"


def test_ten_thousand_properties_are_named_without_a_look_at_them() -> None:
    found = field({"type": "object", "properties": {f"p{at}": {"type": "string"} for at in range(10_000)}})
    assert len(found.names) == 10_000
    assert child(found, "p9999").kind == "string"
