"""The keys of an answer stand as the schema first names them, wherever it does so; all others come last."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.constraint.order import KeyOrder
from engine.schema.document import read_schema
from engine.schema.references import References


def ordered(schema: Any, instance: Any) -> str:
    document = read_schema(json.dumps(schema))
    order = KeyOrder(References(document))
    return json.dumps(order.sort(instance, order.places([document.root])))


def named(schema: Any, *path: str) -> list[str]:
    document = read_schema(json.dumps(schema))
    order = KeyOrder(References(document))
    places = order.places([document.root])
    for key in path:
        places = order.items(places) if key == "[]" else order.below(places, key)
    return order.keys(places)


def props(*names: str) -> dict[str, Any]:
    return {"properties": {name: {} for name in names}}


@pytest.mark.parametrize(
    ("schema", "keys"),
    [
        (props("b", "a"), "b a"),
        ({"required": ["a", "b"], **props("b", "c")}, "b c a"),
        (props("b") | {"allOf": [props("a", "c"), props("d", "b")]}, "b a c d"),
        ({"allOf": [props("c"), props("a")]} | props("b"), "b c a"),
        ({"allOf": [{"allOf": [props("c")]}, props("a")]}, "c a"),
        ({"if": props("k"), "then": props("x", "k"), "else": props("y")}, "k x y"),
        ({"anyOf": [props("b"), props("a")], "oneOf": [props("d"), props("c")]}, "b a d c"),
        ({"not": {"required": ["b"]}} | props("a"), "a b"),
        ({"$ref": "#/$defs/x", "$defs": {"x": props("c", "b")}} | props("a"), "a c b"),
        ({"dependentSchemas": {"k": props("z", "y")}} | props("a"), "a z y k"),
        ({"dependencies": {"k": props("z"), "l": ["m"]}} | props("a"), "a z k l m"),
        ({"allOf": [{"$ref": "#/$defs/x"}, {"$ref": "#/$defs/y"}],
          "$defs": {"y": props("c"), "x": {"allOf": [{"$ref": "#/$defs/y"}]} | props("b")}}, "b c"),
        ({"$ref": "#"} | props("a"), "a"),
        ({"$anchor": "here", "anyOf": [{"$dynamicRef": "#here"}]} | props("b", "a"), "b a"),
        (True, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_keys_stand_in_the_order_in_which_the_schema_first_names_them(schema: Any, keys: str) -> None:
    assert named(schema) == keys.split()


@pytest.mark.parametrize(
    ("schema", "path", "keys"),
    [
        ({"properties": {"a": props("y", "x")}}, ["a"], "y x"),
        ({"properties": {"a": {}}, "allOf": [{"properties": {"a": props("y")}}]}, ["a"], "y"),
        ({"properties": {"a": props("y")}, "allOf": [{"properties": {"a": props("x", "y")}}]}, ["a"], "y x"),
        ({"items": props("y", "x")}, ["[]"], "y x"),
        ({"prefixItems": [props("b"), props("a")], "items": props("c")}, ["[]"], "b a c"),
        ({"items": [props("b")], "additionalItems": props("a")}, ["[]"], "b a"),
        ({"contains": props("b"), "unevaluatedItems": props("a")}, ["[]"], "b a"),
        ({"additionalProperties": props("y", "x")}, ["whatever"], "y x"),
        ({"unevaluatedProperties": props("y", "x")}, ["whatever"], "y x"),
        ({"patternProperties": {"^a": props("y")}}, ["ab"], "y"),
        ({"if": {"properties": {"a": props("k")}}, "then": {"properties": {"a": props("x")}}}, ["a"], "k x"),
        ({"properties": {"v": {}, "n": {"$ref": "#"}}}, ["n", "n", "n"], "v n"),
    ],
)
def test_below_a_key_counts_whatever_applies_to_its_value(schema: Any, path: list[str], keys: str) -> None:
    assert named(schema, *path) == keys.split()


def test_keys_that_the_schema_does_not_name_come_last_as_they_were() -> None:
    assert ordered(props("b", "a"), {"z": 1, "a": 2, "y": 3, "b": 4}) == '{"b": 4, "a": 2, "z": 1, "y": 3}'


def test_objects_are_sorted_at_every_depth() -> None:
    schema = {"properties": {"list": {"items": {"properties": {"b": {}, "a": props("d", "c")}}}}}
    instance = {"list": [{"a": {"c": 1, "d": 2}, "b": 3}, {"b": 4}]}
    assert ordered(schema, instance) == '{"list": [{"b": 3, "a": {"d": 2, "c": 1}}, {"b": 4}]}'


@pytest.mark.parametrize(
    "schema",
    [
        {"const": {"b": 1, "a": [{"d": 1, "c": 2}]}, **props("a", "b")},
        {"enum": [{}, {"b": 1, "a": [{"d": 1, "c": 2}]}]},
        {"anyOf": [{"type": "null"}, {"const": {"b": 1, "a": [{"d": 1, "c": 2}]}}]},
    ],
)
def test_a_given_value_is_spelled_as_the_schema_spells_it(schema: Any) -> None:
    assert ordered(schema, {"a": [{"c": 2, "d": 1}], "b": 1}) == '{"b": 1, "a": [{"d": 1, "c": 2}]}'


def test_a_given_value_is_known_whatever_the_spelling_of_its_numbers() -> None:
    assert ordered({"const": {"b": 1.0, "a": [2]}}, {"a": [2.0], "b": 1}) == '{"b": 1, "a": [2.0]}'


def test_a_value_that_only_looks_like_a_given_one_is_left_as_it_is() -> None:
    schema = {"enum": [{"b": False, "a": 1}, {"b": 0}], **props("a", "b")}
    assert ordered(schema, {"b": 0, "a": 1}) == '{"a": 1, "b": 0}'


def test_an_order_is_found_though_a_schema_refers_to_itself_everywhere() -> None:
    first = {"allOf": [{"$ref": "#/$defs/b"}], **props("x")}
    second = {"anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#"}], **props("y")}
    schema = {"$ref": "#/$defs/a", "$defs": {"a": first, "b": second}}
    assert named(schema) == ["x", "y"]
    assert ordered(schema, {"y": 1, "x": 2}) == '{"x": 2, "y": 1}'
