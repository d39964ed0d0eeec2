"""Whatever a schema says, its plan accepts the valid instances, and only these; the mask alone forbids none of them.

The cases are decided as `jsonschema` decides them, an implementation that no part of the plan is built on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from jsonschema.validators import validator_for

from engine.schema.document import read_schema

if TYPE_CHECKING:
    from tests.engine.conftest import MakeJudge


@dataclass(frozen=True)
class Case:
    """A schema with instances; `alone` where `jsonschema` as installed does not know the format."""

    schema: Any
    valid: tuple[Any, ...]
    invalid: tuple[Any, ...]
    alone: bool = False


D4 = "http://json-schema.org/draft-04/schema#"
D7 = "http://json-schema.org/draft-07/schema#"
D2019 = "https://json-schema.org/draft/2019-09/schema"
D2020 = "https://json-schema.org/draft/2020-12/schema"

TREE = {
    "type": "object",
    "properties": {"value": {"type": "integer"}, "next": {"$ref": "#"}},
    "required": ["value"],
    "additionalProperties": False,
}

CASES: dict[str, Case] = {
    # not
    "not a type": Case({"not": {"type": "string"}}, (1, None, [], {"a": "b"}, 1.5, True), ("", "a")),
    "not a const": Case({"type": "integer", "not": {"const": 3}}, (2, 4, -3), (3, 3.0, "3")),
    "not an enum": Case({"type": "string", "not": {"enum": ["a", "b"]}}, ("", "ab", "c"), ("a", "b")),
    "not required": Case(
        {"type": "object", "not": {"required": ["a"]}}, ({}, {"b": 1}), ({"a": 1}, {"b": 1, "a": None}, [])
    ),
    "not both required": Case(
        {"type": "object", "properties": {"a": {}, "b": {}}, "not": {"required": ["a", "b"]}},
        ({}, {"a": 1}, {"b": 1, "c": 2}),
        ({"a": 1, "b": 2},),
    ),
    "not a property's value": Case(
        {"type": "object", "properties": {"a": {"type": "string"}}, "not": {"properties": {"a": {"const": "x"}}}},
        ({"a": "y"}, {"a": "xx", "b": 1}),
        ({"a": "x"}, {}, {"b": "y"}),
    ),
    "not a pattern": Case({"type": "string", "not": {"pattern": "^a"}}, ("", "ba", "b"), ("a", "ab")),
    "not a bound": Case({"type": "number", "not": {"minimum": 5}}, (4, 4.9, -1), (5, 5.1, 100)),
    "not a multiple": Case({"type": "integer", "not": {"multipleOf": 3}}, (1, 2, -4), (0, 3, -6)),
    "not not": Case({"not": {"not": {"type": "integer", "minimum": 2}}}, (2, 3), (1, "2", None)),
    "not any of": Case({"not": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, (1, [], {}), ("a", None)),
    "not all of": Case({"type": "integer", "not": {"allOf": [{"minimum": 2}, {"maximum": 4}]}}, (1, 5, -9), (2, 3, 4)),
    "not of items": Case(
        {"type": "array", "items": {"not": {"type": "null"}}}, ([], [1, "a"], [[None]]), ([None], [1, None])
    ),
    # if / then / else
    "if a tag then more": Case(
        {
            "type": "object",
            "properties": {"kind": {"enum": ["person", "company"]}, "vat": {"type": "string"}},
            "required": ["kind"],
            "if": {"properties": {"kind": {"const": "company"}}},
            "then": {"required": ["vat"]},
        },
        ({"kind": "person"}, {"kind": "company", "vat": "x"}, {"kind": "person", "vat": "y", "z": 1}),
        ({"kind": "company"}, {"vat": "x"}, {"kind": "firm"}, {"kind": "company", "vat": 3}),
    ),
    "if then else on a value": Case(
        {"if": {"type": "integer"}, "then": {"minimum": 5}, "else": {"type": "string", "maxLength": 2}},
        (5, 6, "ab", ""),
        (4, "abc", None, 5.5, []),
    ),
    "if without then": Case({"if": {"const": 1}, "else": {"type": "null"}}, (1, None), (2, "a")),
    "then without if": Case({"then": {"const": 1}, "else": {"const": 2}}, (3, "a", 1), ()),
    "nested ifs": Case(
        {
            "type": "object",
            "properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}, "c": {"type": "integer"}},
            "required": ["a", "b"],
            "if": {"properties": {"a": {"const": True}}},
            "then": {"if": {"properties": {"b": {"const": True}}}, "then": {"required": ["c"]}},
            "else": {"not": {"required": ["c"]}},
        },
        ({"a": True, "b": True, "c": 1}, {"a": True, "b": False}, {"a": False, "b": True}),
        ({"a": True, "b": True}, {"a": False, "b": True, "c": 1}, {"a": True}),
    ),
    "an if in each item": Case(
        {
            "type": "array",
            "items": {"if": {"type": "string"}, "then": {"minLength": 2}, "else": {"type": "integer"}},
        },
        ([], ["ab", 3], [1]),
        (["a"], [None], ["ab", 1.5]),
    ),
    # oneOf
    "overlapping oneOf of numbers": Case({"oneOf": [{"minimum": 2}, {"maximum": 5}]}, (1, 6, 1.5), (2, 3, 5, "a")),
    "overlapping oneOf of objects": Case(
        {"type": "object", "properties": {"a": {}, "b": {}}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        ({"a": 1}, {"b": 2, "c": 3}),
        ({}, {"a": 1, "b": 2}, {"c": 1}),
    ),
    "oneOf of a type and a narrower one": Case(
        {"oneOf": [{"type": "string"}, {"type": "string", "maxLength": 2}, {"type": "null"}]},
        ("abc", None),
        ("ab", "", 1),
    ),
    "oneOf of integers and numbers": Case({"oneOf": [{"type": "integer"}, {"type": "number"}]}, (1.5, -0.25), (1, 0)),
    "oneOf of three, two of them equal": Case({"oneOf": [{"const": 1}, {"const": 1}, {"enum": [1, 2]}]}, (2,), (1, 3)),
    # arrays
    "unique items": Case(
        {"type": "array", "uniqueItems": True},
        ([], [1, 2], [1, "1"], [0, False], [1, True], [[1], [2]], [{"a": 1}, {"a": 2}]),
        ([1, 1], ["a", "b", "a"], [[1], [1]], [{"a": 1, "b": 2}, {"b": 2, "a": 1}], [1, 1.0], {}),
    ),
    "unique items of a finite set": Case(
        {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True, "minItems": 2},
        (["a", "b"], ["c", "b", "a"]),
        (["a"], ["a", "a"], ["a", "b", "c", "a"], ["d", "a"]),
    ),
    "unique items within objects": Case(
        {"type": "object", "additionalProperties": {"type": "array", "uniqueItems": True}},
        ({}, {"a": [1], "b": [1]}),
        ({"a": [1, 1]}, {"a": [], "b": [2, 2]}),
    ),
    "uniqueItems false": Case({"type": "array", "uniqueItems": False}, ([1, 1], []), ("a",)),
    "contains": Case(
        {"type": "array", "contains": {"type": "integer"}}, ([1], ["a", 2], [None, 3, 4]), ([], ["a"], [1.5], 1)
    ),
    "contains on anything": Case({"contains": {"const": 1}}, ([1], "a", {}, [2, 1]), ([], [2])),
    "minContains and maxContains": Case(
        {"type": "array", "contains": {"type": "string"}, "minContains": 2, "maxContains": 3},
        (["a", "b"], ["a", 1, "b", "c"], ["a", "b", "c"]),
        ([], ["a"], ["a", "b", "c", "d"], [1, 2]),
    ),
    "contains in a short array": Case(
        {"type": "array", "items": {"type": "string"}, "contains": {"const": "x"}, "maxItems": 3},
        (["x"], ["a", "x"], ["a", "b", "x"], ["x", "x"]),
        ([], ["a"], ["a", "b", "c"], ["a", "b", "c", "x"], [1, "x"]),
    ),
    "contains twice in a short tuple": Case(
        {"prefixItems": [{"type": "integer"}], "contains": {"type": "string"}, "minContains": 2, "maxItems": 4},
        ([1, "a", "b"], [1, "a", None, "b"], "a", None),
        ([1, "a"], ["a", "b"], [1, "a", "b", 2, 3], []),
    ),
    "contains more often than there are items": Case(
        {"contains": {"type": "string"}, "minContains": 3, "maxItems": 2}, (1, {}), ([], ["a", "a"], ["a", "a", "a"])
    ),
    "contains of objects whose keys have an order": Case(
        {"items": {"properties": {"b": {}, "a": {"type": "integer"}}}, "contains": {"required": ["a"]}, "maxItems": 2},
        ([{"b": 1, "a": 1}], [{"b": 1}, {"a": 2}]),
        ([{"b": 1}], [{"a": "x"}], []),
    ),
    "minContains zero": Case({"type": "array", "contains": {"const": 1}, "minContains": 0}, ([], [2], [1]), (1,)),
    "minContains zero with a most": Case(
        {"type": "array", "contains": {"const": 1}, "minContains": 0, "maxContains": 1}, ([], [2], [1, 2]), ([1, 1],)
    ),
    "minContains alone says nothing": Case({"type": "array", "minContains": 3, "maxContains": 1}, ([], [1]), ({},)),
    "prefix and rest": Case(
        {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": {"type": "null"}},
        ([], ["a"], ["a", 1], ["a", 1, None, None]),
        ([1], ["a", "b"], ["a", 1, 2]),
    ),
    "prefix with contains": Case(
        {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}, "contains": {"const": 7}},
        (["a", 7], ["a", 1, 7]),
        (["a"], ["a", 1], [7], []),
    ),
    "unevaluated items": Case(
        {
            "type": "array",
            "prefixItems": [{"type": "string"}],
            "allOf": [{"prefixItems": [True, {"type": "integer"}]}],
            "unevaluatedItems": False,
        },
        ([], ["a"], ["a", 1]),
        (["a", 1, 2], [1], ["a", "b"]),
    ),
    "unevaluated items behind a choice": Case(
        {
            "type": "array",
            "prefixItems": [{"type": "integer"}],
            "anyOf": [{"prefixItems": [True, {"const": "x"}]}, {"prefixItems": [True, True, {"const": "y"}]}],
            "unevaluatedItems": False,
        },
        ([1], [1, "x"], [1, 2, "y"], [1, "x", "y"]),
        ([1, "x", "z"], [1, 2, "y", 3]),
    ),
    "unevaluated items beside contains": Case(
        {"type": "array", "contains": {"type": "string"}, "unevaluatedItems": {"type": "integer"}},
        (["a"], ["a", 1], [2, "b"]),
        ([1], ["a", None], []),
    ),
    # objects
    "property names by pattern": Case(
        {"type": "object", "propertyNames": {"pattern": "^[a-z]+$"}}, ({}, {"ab": 1}), ({"A": 1}, {"ab": 1, "a1": 2})
    ),
    "property names by list": Case(
        {"type": "object", "properties": {"a": {"type": "integer"}, "z": {}}, "propertyNames": {"enum": ["a", "b"]}},
        ({}, {"a": 1}, {"b": None}, {"a": 1, "b": 2}),
        ({"z": 1}, {"a": "x"}, {"c": 1}),
    ),
    "property names by length": Case(
        {"type": "object", "propertyNames": {"minLength": 2, "maxLength": 3}, "additionalProperties": {"type": "null"}},
        ({}, {"ab": None}, {"abc": None, "äöü": None}),
        ({"a": None}, {"abcd": None}, {"ab": 1}),
    ),
    "property names with a pattern and a not": Case(
        {"type": "object", "propertyNames": {"pattern": "^[a-z]{2,5}$", "not": {"const": "name"}}},
        ({}, {"nam": 1}, {"names": 1}),
        ({"name": 1}, {"n": 1}),
    ),
    "property names false": Case({"type": "object", "propertyNames": False}, ({},), ({"a": 1},)),
    "property names beside patterns": Case(
        {
            "type": "object",
            "propertyNames": {"anyOf": [{"pattern": "^a"}, {"pattern": "^b"}]},
            "patternProperties": {"^a": {"type": "integer"}, "^b": {"type": "string"}},
        },
        ({}, {"a": 1}, {"a1": 2, "b": "x"}),
        ({"c": 1}, {"a": "x"}, {"b": 1}),
    ),
    "dependent required": Case(
        {"type": "object", "properties": {"a": {}, "b": {}}, "dependentRequired": {"a": ["b"]}},
        ({}, {"b": 1}, {"a": 1, "b": 2}, {"c": 1}),
        ({"a": 1}, {"a": 1, "c": 2}),
    ),
    "dependent required both ways": Case(
        {"type": "object", "dependentRequired": {"a": ["b"], "b": ["a", "c"]}},
        ({}, {"c": 1}, {"a": 1, "b": 2, "c": 3}),
        ({"a": 1}, {"b": 1}, {"a": 1, "b": 2}),
    ),
    "dependent schemas": Case(
        {
            "type": "object",
            "properties": {"card": {"type": "integer"}, "name": {"type": "string"}},
            "dependentSchemas": {"card": {"required": ["address"], "properties": {"address": {"minLength": 2}}}},
        },
        ({}, {"name": "x"}, {"address": "y"}, {"card": 1, "address": "yy"}),
        ({"card": 1}, {"card": 1, "address": "y"}, {"card": "1"}),
    ),
    "dependencies": Case(
        {
            "$schema": D7,
            "type": "object",
            "properties": {"a": {}, "b": {}},
            "dependencies": {"a": ["b"], "c": {"properties": {"d": {"type": "integer"}}}},
        },
        ({}, {"a": 1, "b": 1}, {"d": "x"}, {"c": 1, "d": 2}, {"c": 1}),
        ({"a": 1}, {"c": 1, "d": "x"}),
    ),
    "dependencies of an undeclared draft": Case(
        {"type": "object", "properties": {"a": {}, "b": {}}, "dependencies": {"a": ["b"]}},
        ({}, {"b": 1}, {"a": 1, "b": 1}),
        ({"a": 1},),
    ),
    "unevaluated properties": Case(
        {
            "type": "object",
            "properties": {"b": {"type": "integer"}},
            "allOf": [{"properties": {"a": {"type": "string"}}}],
            "unevaluatedProperties": False,
        },
        ({}, {"a": "x"}, {"b": 1, "a": "x"}),
        ({"c": 1}, {"a": 1}, {"a": "x", "d": None}),
    ),
    "unevaluated properties behind a condition": Case(
        {
            "type": "object",
            "properties": {"kind": {"enum": ["x", "y"]}},
            "required": ["kind"],
            "if": {"properties": {"kind": {"const": "x"}}},
            "then": {"properties": {"size": {"type": "integer"}}},
            "else": {"properties": {"name": {"type": "string"}}},
            "unevaluatedProperties": False,
        },
        ({"kind": "x"}, {"kind": "x", "size": 1}, {"kind": "y", "name": "n"}),
        ({"kind": "x", "name": "n"}, {"kind": "y", "size": 1}, {"kind": "x", "other": 1}),
    ),
    "unevaluated properties with a schema": Case(
        {
            "type": "object",
            "anyOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]}, {"properties": {"b": {"const": 2}}}],
            "unevaluatedProperties": {"type": "string"},
        },
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2, "c": "x"}, {"a": "s"}),
        ({"a": 1, "c": 3}, {"a": 3}, {"b": 3}),
    ),
    "unevaluated properties through a reference": Case(
        {
            "$ref": "#/$defs/base",
            "properties": {"b": {"type": "integer"}},
            "unevaluatedProperties": False,
            "$defs": {"base": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}},
        },
        ({"a": "x"}, {"a": "x", "b": 1}),
        ({"b": 1}, {"a": "x", "c": 1}, {"a": 1}),
    ),
    "patterns that overlap": Case(
        {"type": "object", "patternProperties": {"^a": {"type": "integer"}, "z$": {"minimum": 3}}},
        ({}, {"a": 1}, {"az": 3}, {"z": "x"}, {"b": None}),
        ({"az": 2}, {"az": "x"}, {"a": "x"}, {"bz": 2}),
    ),
    "patterns that overlap, and nothing else": Case(
        {
            "type": "object",
            "patternProperties": {"^a": {"type": "integer"}, "b$": {"type": ["string", "integer"]}, "c": {}},
            "additionalProperties": False,
        },
        ({}, {"a": 1, "b": "x", "ab": 2, "c": None}, {"acb": 3}),
        ({"d": 1}, {"a": "x"}, {"ab": "x"}, {"b": None}, {"acb": "x"}),
    ),
    "patterns that overlap in many places": Case(
        {
            "type": "object",
            "properties": {
                f"p{index}": {"patternProperties": {"^a": {"type": "integer"}, "b$": {"minimum": index}}}
                for index in range(30)
            },
        },
        ({"p0": {"ab": 0}, "p29": {"ab": 29}}, {"p3": {"b": "s"}}),
        ({"p29": {"ab": 28}}, {"p0": {"a": "s"}}),
    ),
    "patterns that overlap across allOf": Case(
        {
            "allOf": [
                {"patternProperties": {"^a": {"type": "integer"}}},
                {"patternProperties": {"b$": {"minimum": 3}}, "type": "object"},
            ],
            "properties": {"n": {"type": "null"}},
        },
        ({"a": 1, "ab": 3, "n": None}, {"b": "x"}),
        ({"ab": 2}, {"ab": "x"}, {"b": 2}, {"n": 1}),
    ),
    "patterns that overlap across alternatives": Case(
        {
            "type": "object",
            "patternProperties": {"^a": {"type": "integer"}},
            "anyOf": [{"required": ["x"], "patternProperties": {"b$": {"minimum": 3}}}, {"required": ["y"]}],
        },
        ({"x": 1, "ab": 3}, {"y": 1, "ab": 1}),
        ({"x": 1, "ab": 2}, {"ab": 3}, {"y": 1, "ab": "x"}),
    ),
    "patterns that overlap properties": Case(
        {
            "type": "object",
            "properties": {"ab": {"type": "integer"}},
            "patternProperties": {"^a": {"maximum": 5}},
            "additionalProperties": False,
        },
        ({}, {"ab": 5}, {"ac": "x"}, {"ac": 2}),
        ({"ab": 6}, {"ab": "x"}, {"ac": 6}, {"b": 1}),
    ),
    "patterns only": Case(
        {
            "type": "object",
            "patternProperties": {"^x-": {}, "^[0-9]+$": {"type": "string"}},
            "additionalProperties": False,
        },
        ({}, {"x-a": 1}, {"12": "a", "x-": None}),
        ({"12": 1}, {"y": 1}, {"12x": "a"}),
    ),
    "a lookahead in a pattern property": Case(
        {"type": "object", "patternProperties": {"^(?!x)[a-z]+$": {"type": "integer"}}, "additionalProperties": False},
        ({}, {"ab": 1}),
        ({"xa": 1}, {"ab": "s"}, {"A": 1}),
    ),
    "a lookahead in a pattern property beside a property that it spares": Case(
        {
            "type": "object",
            "properties": {"xa": {"type": "integer"}, "b": {}},
            "patternProperties": {"^(?!x)[a-z]+$": {"type": "string"}},
            "additionalProperties": False,
        },
        ({"xa": 1}, {"b": "s", "c": "s"}),
        ({"xa": "s"}, {"xb": "s"}, {"b": 1}, {"C": "s"}),
    ),
    "what a property demands that a pattern keeps from the mask": Case(
        {"patternProperties": {"^(a)\\1$": {"type": "integer"}, "^b": {"properties": {"c": {"type": "null"}}}}},
        ({"aa": 1}, {"a": "x"}, {"b": {"c": None}}),
        ({"aa": "x"}, {"b": {"c": 1}}),
    ),
    "property names beside additional properties": Case(
        {
            "type": "object",
            "properties": {"a": {}, "bb": {}},
            "propertyNames": {"maxLength": 1},
            "additionalProperties": {"type": "integer"},
        },
        ({}, {"a": "s", "c": 1}),
        ({"bb": 1}, {"c": "s"}, {"cc": 1}),
    ),
    "how many keys where none is named": Case(
        {"minProperties": 1, "maxProperties": 2}, ({"a": 1}, {"b": 1, "c": 2}, 1, []), ({}, {"a": 1, "b": 2, "c": 3})
    ),
    "additional properties without a type": Case(
        {"additionalProperties": {"type": "integer"}, "dependentRequired": {"b": ["c"]}},
        ({"a": 1}, "s", []),
        ({"a": "s"}, {"b": 1}),
    ),
    "property names of another type": Case(
        {"type": "object", "propertyNames": {"type": "integer"}}, ({},), ({"a": 1}, {"1": 1})
    ),
    "min and max properties over named ones": Case(
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}, "c": {"type": "integer"}},
            "minProperties": 2,
            "maxProperties": 2,
            "additionalProperties": False,
        },
        ({"a": 1, "b": 2}, {"a": 1, "c": 2}, {"b": 1, "c": 2}),
        ({}, {"a": 1}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "d": 2}),
    ),
    "max properties with a required one": Case(
        {"type": "object", "required": ["b"], "properties": {"a": {}, "b": {}}, "maxProperties": 2},
        ({"b": 1}, {"a": 1, "b": 2}, {"b": 1, "x": 2}),
        ({"a": 1}, {"a": 1, "b": 2, "x": 3}),
    ),
    # strings
    "dates": Case(
        {"type": "string", "format": "date"},
        ("2024-02-29", "1999-12-31", "2023-04-30"),
        ("2023-02-30", "2023-02-29", "2023-04-31", "2023-13-01", "23-01-01", "x"),
    ),
    "times of day": Case(
        {"type": "string", "format": "date-time"},
        ("2024-02-29T12:00:00Z", "2023-12-31T23:59:59.5+02:00"),
        ("2023-02-30T12:00:00Z", "2024-02-29", "2024-02-29T25:00:00Z", "2024-02-29T12:00:00"),
        alone=True,
    ),
    "addresses": Case({"type": "string", "format": "email"}, ("a@example.org", "a.b@c.de"), ("a", "example.org")),
    "names by reference, and beside it what says nothing up to draft 7": Case(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "propertyNames": {"$ref": "#/definitions/n", "type": "integer", "pattern": "^x"},
            "definitions": {"n": {"type": "string"}},
        },
        ({"a": 1}, {"x": 1}, {}),
        (),
    ),
    "names by reference where there is no canonical form": Case(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "type": "object",
            "propertyNames": {"$ref": "#/definitions/n", "pattern": "^x"},
            "allOf": [{"oneOf": [{"required": [f"{letter}{index}"]} for index in range(32)]} for letter in "ab"],
            "definitions": {"n": {"type": "string"}},
        },
        ({"a1": 1, "b1": 1},),
        ({"a1": 1, "a2": 1, "b1": 1},),
    ),
    "a hyphen beside a class escape": Case(
        {"type": "string", "pattern": r"^[\w-.]+$"}, ("a-b.c", "-"), ("a b", ","), alone=True
    ),
    "blanks as ECMA 262 has them": Case(
        {"type": "array", "prefixItems": [{"pattern": r"^\s$"}, {"pattern": r"^\S$"}, {"pattern": r"^[\sa]$"}]},
        ([], ["\ufeff", "\x85", "a"], ["\u2003", "b", "\ufeff"]),
        (["\x85"], [" ", "\ufeff"], [" ", "b", "\x85"]),
        alone=True,
    ),
    "classes of blanks": Case(
        {"type": "array", "prefixItems": [{"pattern": r"^[^\s]$"}, {"pattern": r"^[^\S]$"}, {"pattern": r"^[\s\S]$"}]},
        (["\x85", "\ufeff", "\x85"], ["a", " ", "\ufeff"]),
        (["\ufeff"], ["a", "\x85"]),
        alone=True,
    ),
    "telephone numbers": Case(
        {"type": "string", "pattern": r"^\+?[\d\s-()]+$"}, ("+49 (30) 123-4", "1"), ("a", "+", "1/2"), alone=True
    ),
    "braces that count nothing": Case({"type": "string", "pattern": "^{[a-z]+}$"}, ("{ab}",), ("ab", "{}", "{a")),
    "a dollar and braces": Case({"type": "string", "pattern": r"^\${[a-z]+}$"}, ("${ab}",), ("ab", "${}", "$ab")),
    "angle brackets that are escaped": Case({"type": "string", "pattern": r"^\<b\>$"}, ("<b>",), ("b", r"\<b\>")),
    "keys in braces": Case(
        {
            "type": "object",
            "patternProperties": {"^{[a-z]+}$": {"type": "array", "contains": {"const": 1}, "uniqueItems": True}},
            "additionalProperties": False,
        },
        ({"{a}": [2, 1]}, {}),
        ({"a": [1]}, {"{a}": [2]}, {"{a}": [1, 1]}, {"{a}": 1}),
    ),
    "keys by two patterns that say the same": Case(
        {"type": "object", "patternProperties": {r"^\<": {"minimum": 1}, "^<": {"maximum": 3}}},
        ({"<a": 2, "b": 9},),
        ({"<a": 0}, {"<a": 4}),
    ),
    "names in braces": Case(
        {"type": "object", "propertyNames": {"pattern": "^{"}, "properties": {"{a": {"type": "null"}}},
        ({"{a": None, "{b": 1},),
        ({"a": 1}, {"{a": 1}),
    ),
    "long addresses": Case(
        {"type": "string", "format": "email"},
        (f"{'a' * 64}@b.co",),
        (f"{'a' * 65}@b.co", f"a@{'b' * 64}.co"),
        alone=True,
    ),
    "leap seconds": Case(
        {"type": "string", "format": "time"}, ("23:59:60Z", "12:00:59Z"), ("12:00:60Z", "24:00:00Z"), alone=True
    ),
    "long host names": Case(
        {"type": "string", "format": "hostname"},
        (".".join(["b" * 60] * 4),),
        (".".join(["b" * 60] * 5), "xn--a"),
        alone=True,
    ),
    "a choice of some addresses that are none": Case(
        {"enum": ["a@b.co", f"{'a' * 65}@b.co"], "format": "email"}, ("a@b.co",), (f"{'a' * 65}@b.co",), alone=True
    ),
    "ipv4": Case({"type": "string", "format": "ipv4"}, ("127.0.0.1", "10.0.0.255"), ("256.0.0.1", "1.2.3", "a")),
    "ipv6": Case({"type": "string", "format": "ipv6"}, ("::1", "2001:db8::7"), (":::1", "12345::", "1.2.3.4")),
    "uuid": Case(
        {"type": "string", "format": "uuid"},
        ("123e4567-e89b-12d3-a456-426614174000",),
        ("123e4567e89b12d3a456426614174000", "123e4567-e89b-12d3-a456-42661417400g"),
    ),
    "regular expressions": Case({"type": "string", "format": "regex"}, ("^a+$", ""), ("[", "(a")),
    "hosts": Case(
        {"type": "string", "format": "hostname"}, ("example.org", "a-b.c"), ("-a.org", "a..b", "a_b"), alone=True
    ),
    "uris": Case({"type": "string", "format": "uri"}, ("https://a.org/b?c#d",), ("a b", "/relative"), alone=True),
    "json pointers": Case(
        {"type": "string", "format": "json-pointer"}, ("", "/a/0", "/a~1b"), ("a", "/a~2"), alone=True
    ),
    "a format says nothing of other types": Case({"format": "date"}, (1, None, [], "2024-01-01"), ("x", "2023-02-30")),
    "an unknown format says nothing": Case({"type": "string", "format": "colour"}, ("", "red"), (1,)),
    "a lookahead": Case(
        {"type": "string", "pattern": "^(?=.*[0-9])(?=.*[a-z])[a-z0-9]{2,4}$"}, ("a1", "1ab2"), ("ab", "12", "a1b2c")
    ),
    "lookarounds at both ends": Case(
        {"type": "string", "pattern": "^(?!-)(?!.*--)[a-z-]+(?<!-)$"}, ("a", "a-b", "a-b-c"), ("-a", "a-", "a--b", "")
    ),
    "a lookahead in the middle": Case(
        {"type": "array", "items": {"pattern": "^a(?:(?!no)[a-z])+$", "type": "string"}},
        (["ayes"], ["anb"]),
        (["ano"], ["byes"], ["a"]),
    ),
    "a word boundary": Case({"type": "string", "pattern": "a\\b"}, ("a", "a b", "ba"), ("ab", "b")),
    "a class with doubled signs": Case(
        {"type": "string", "pattern": "^[+~~&&a]$"}, ("+", "~", "&", "a"), ("b", ""), alone=True
    ),
    "a negative lookahead": Case({"type": "string", "pattern": "^(?!foo)[a-z]+$"}, ("bar", "fo"), ("foo", "food", "")),
    "a back reference": Case({"type": "string", "pattern": "^(a|b)\\1$"}, ("aa", "bb"), ("ab", "a")),
    "a pattern that is not anchored": Case({"type": "string", "pattern": "b"}, ("b", "abc", "äb\n"), ("", "ac")),
    "a pattern with lengths": Case(
        {"type": "string", "pattern": "^[a-z]*$", "minLength": 2, "maxLength": 3}, ("ab", "abc"), ("a", "abcd", "a1")
    ),
    "lengths of letters beyond ASCII": Case({"type": "string", "maxLength": 2}, ("äö", "日本", "😀😀"), ("äöü", "abc")),
    # numbers
    "integers written as floats": Case({"type": "integer", "minimum": 1, "maximum": 3}, (1, 2, 3), (0, 4, 1.5)),
    "a const of zero": Case({"const": 0}, (0,), (False, 1, "0", None)),
    "a const of true": Case({"const": True}, (True,), (1, False)),
    "fractions": Case({"type": "number", "multipleOf": 0.5}, (0.5, 1, -2.5), (0.25, 1.1)),
    "exclusive bounds": Case({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, (0.5, 0.01), (0, 1, 2)),
    "exclusive bounds of draft 4": Case(
        {"type": "integer", "minimum": 2, "exclusiveMinimum": True, "maximum": 5}, (3, 5), (2, 1, 6)
    ),
    "several types": Case(
        {"type": ["integer", "string", "null"], "minimum": 3, "minLength": 2}, (3, "ab", None), (2, "a", [], True)
    ),
    # references
    "a list through itself": Case(
        TREE,
        ({"value": 1}, {"value": 1, "next": {"value": 2, "next": {"value": 3}}}),
        ({}, {"value": 1, "next": {}}, {"value": 1, "next": {"value": "x"}}, {"value": 1, "more": 1}),
    ),
    "two definitions through each other": Case(
        {
            "$ref": "#/$defs/a",
            "$defs": {
                "a": {"type": "object", "properties": {"b": {"$ref": "#/$defs/b"}}, "additionalProperties": False},
                "b": {"type": "array", "items": {"$ref": "#/$defs/a"}, "maxItems": 2},
            },
        },
        ({}, {"b": []}, {"b": [{}, {"b": [{}]}]}),
        ({"a": 1}, {"b": [1]}, {"b": [{}, {}, {}]}, {"b": [{"b": [{"c": 1}]}]}),
    ),
    "recursion with a not": Case(
        {
            "type": "object",
            "properties": {"name": {"type": "string", "not": {"const": "x"}}, "child": {"$ref": "#"}},
            "required": ["name"],
        },
        ({"name": "y"}, {"name": "y", "child": {"name": "z"}}),
        ({"name": "x"}, {"name": "y", "child": {"name": "x"}}, {"name": "y", "child": {}}),
    ),
    "an anchor": Case(
        {"items": {"$ref": "#item"}, "type": "array", "$defs": {"a": {"$anchor": "item", "type": "integer"}}},
        ([], [1, 2]),
        (["a"], [1.5]),
    ),
    "a relative reference to an id": Case(
        {
            "$id": "https://example.org/schemas/root",
            "type": "object",
            "properties": {"x": {"$ref": "item"}, "y": {"$ref": "/schemas/item"}},
            "$defs": {"a": {"$id": "item", "type": "integer"}},
        },
        ({}, {"x": 1, "y": 2}),
        ({"x": "a"}, {"y": None}),
    ),
    "a definition with keywords beside the reference": Case(
        {
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/n", "maximum": 5}, "b": {"$ref": "#/$defs/n"}},
            "$defs": {"n": {"type": "integer", "minimum": 2}},
        },
        ({"a": 2, "b": 9}, {"a": 5}),
        ({"a": 6}, {"a": 1}, {"b": 1}, {"b": "x"}),
    ),
    "an escaped pointer": Case(
        {"$ref": "#/$defs/a~1b%25c", "$defs": {"a/b%c": {"type": "integer"}}}, (1, -1), ("a", None)
    ),
    "a dynamic reference": Case(
        {
            "$id": "https://example.org/strict-tree",
            "$dynamicAnchor": "node",
            "$ref": "tree",
            "unevaluatedProperties": False,
            "$defs": {
                "tree": {
                    "$id": "tree",
                    "$dynamicAnchor": "node",
                    "type": "object",
                    "properties": {"data": {}, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}},
                }
            },
        },
        ({}, {"data": 1}, {"children": [{"data": 1}, {"children": []}]}),
        ({"daat": 1}, {"children": [{"daat": 1}]}, {"children": [1]}),
    ),
    "a recursive reference": Case(
        {
            "$schema": D2019,
            "type": "object",
            "properties": {"children": {"type": "array", "items": {"$recursiveRef": "#"}}},
            "additionalProperties": False,
        },
        ({}, {"children": [{}, {"children": [{}]}]}),
        ({"child": 1}, {"children": [{"child": 1}]}, {"children": [1]}),
    ),
    "a reference within a resource of its own": Case(
        {
            "properties": {
                "x": {
                    "$id": "https://example.org/list",
                    "$defs": {"n": {"$anchor": "n", "type": "integer", "not": {"const": 1}}},
                    "type": "array",
                    "prefixItems": [{"$ref": "#n"}],
                    "items": {"$ref": "#/$defs/n"},
                    "uniqueItems": True,
                }
            },
            "$defs": {"n": {"$anchor": "n", "type": "string"}},
        },
        ({"x": [2]}, {"x": [2, 3]}, {}),
        ({"x": ["a"]}, {"x": [2, 1]}, {"x": [2, 2]}, {"x": [1]}, {"x": [2, "a"]}),
    ),
    "a reference within a resource of its own and nothing else": Case(
        {
            "properties": {
                "x": {
                    "$id": "https://example.org/list",
                    "$defs": {"n": {"type": "integer"}},
                    "items": {"$ref": "#/$defs/n"},
                }
            },
            "$defs": {"n": {"type": "string"}},
        },
        ({"x": [2]}, {"x": "s"}),
        ({"x": ["a"]}, {"x": [None]}),
    ),
    "a reference within a resource of draft 4": Case(
        {
            "$schema": D4,
            "id": "https://example.org/root",
            "properties": {
                "x": {
                    "id": "https://example.org/lists/list",
                    "definitions": {"n": {"not": {"enum": [1]}}},
                    "items": {"$ref": "#/definitions/n"},
                    "uniqueItems": True,
                },
                "y": {"$ref": "lists/list"},
            },
            "definitions": {"n": {"type": "string"}},
        },
        ({"x": [2]}, {"x": ["a"], "y": [3, 2]}),
        ({"x": [1]}, {"x": [2, 2]}, {"y": [2, 2]}, {"y": [2, 1]}),
    ),
    "a dynamic reference within a resource of its own": Case(
        {
            "properties": {
                "x": {
                    "$id": "https://example.org/node",
                    "$dynamicAnchor": "node",
                    "type": "object",
                    "properties": {"child": {"$dynamicRef": "#node"}},
                    "additionalProperties": False,
                }
            }
        },
        ({"x": {}}, {"x": {"child": {"child": {}}}}),
        ({"x": {"y": 1}}, {"x": {"child": {"y": 1}}}, {"x": {"child": 1}}),
    ),
    "recursive references between two resources": Case(
        {
            "$schema": D2019,
            "$id": "https://example.org/strict",
            "$recursiveAnchor": True,
            "$ref": "https://example.org/tree",
            "unevaluatedProperties": False,
            "$defs": {
                "tree": {
                    "$id": "https://example.org/tree",
                    "$recursiveAnchor": True,
                    "type": "object",
                    "properties": {"data": True, "children": {"items": {"$recursiveRef": "#"}}},
                }
            },
        },
        ({"data": 1}, {"children": [{"data": 1}]}),
        ({"date": 1}, {"children": [{"date": 1}]}),
    ),
    "a broken reference that nothing leads to": Case(
        {"type": "integer", "$defs": {"u": {"items": {"$ref": "#/$defs/v"}}, "w": {"$ref": "other.json"}}},
        (1,),
        ("a",),
    ),
    # booleans and the drafts' own words
    "true": Case(True, (1, None, "a", [], {"a": 1}), ()),
    "empty": Case({}, (1, None, "a", [1], {"a": 1}, 1.5, True), ()),
    "boolean subschemas": Case(
        {"type": "object", "properties": {"a": True, "b": False}}, ({}, {"a": 1}, {"c": 1}), ({"b": 1},)
    ),
    "false among alternatives": Case({"anyOf": [False, {"type": "null"}]}, (None,), (1, "a")),
    "true among alternatives": Case({"anyOf": [True, {"type": "null"}]}, (None, 1, "a"), ()),
    "items of draft 7": Case(
        {"$schema": D7, "type": "array", "items": [{"type": "integer"}], "additionalItems": {"type": "null"}},
        ([], [1], [1, None]),
        (["a"], [1, 2]),
    ),
    "keywords of later drafts in draft 4": Case(
        {"$schema": D4, "type": "integer", "const": 3, "if": {"minimum": 2}, "then": {"maximum": 3}},
        (3, 9, 1),
        ("a",),
    ),
    "keywords of later drafts in draft 7": Case(
        {"$schema": D7, "type": "object", "dependentRequired": {"a": ["b"]}, "unevaluatedProperties": False},
        ({}, {"a": 1}, {"a": 1, "b": 2}),
        (1,),
    ),
    "dependencies of a later draft": Case(
        {"$schema": D2020, "type": "object", "dependencies": {"a": ["b"]}, "not": {"required": ["c"]}},
        ({}, {"a": 1}, {"a": 1, "b": 2}),
        ({"c": 1},),
    ),
    "prefixItems of draft 7": Case(
        {"$schema": D7, "prefixItems": [{"type": "integer"}], "type": "array"}, (["a"], [1, "a"]), ("a", 1)
    ),
    "what stands beside a reference in draft 7": Case(
        {
            "$schema": D7,
            "$ref": "#/definitions/a",
            "properties": {"b": {"not": {"const": 1}}},
            "definitions": {"a": {"uniqueItems": True}},
        },
        ({"b": 1}, [1, 2]),
        ([1, 1],),
    ),
    # keywords together
    "allOf of bounds": Case({"allOf": [{"type": "integer"}, {"minimum": 2}, {"maximum": 4}]}, (2, 4), (1, 5, "a")),
    "anyOf of objects with a shared required": Case(
        {
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "integer"}},
            "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        },
        ({"id": 1, "a": 2}, {"id": 1, "b": 2}, {"id": 1, "a": 1, "b": 2}),
        ({"id": 1}, {"a": 1}, {"id": "x", "a": 1}),
    ),
    "enum beside a type": Case({"type": "string", "enum": ["a", 1, None]}, ("a",), (1, None, "b")),
    "enum of containers": Case(
        {"enum": [{"b": 1, "a": 2}, [1, {"d": 1, "c": 2}]]},
        ({"a": 2, "b": 1}, [1, {"c": 2, "d": 1}]),
        ({"a": 2}, [1], {"b": 1, "a": 2, "c": 3}),
    ),
    "enum of objects in canonical form": Case(
        {"enum": [{"b": 1, "a": {"d": 1, "c": 2}}, {"e": 1}, "x"], "not": {"type": "string"}},
        ({"a": {"c": 2, "d": 1}, "b": 1}, {"e": 1}),
        ("x", {"a": 1}),
    ),
    "const of objects in canonical form": Case(
        {"properties": {"k": {"const": {"b": 1, "a": 2}}}, "dependentRequired": {"k": ["j"]}},
        ({"k": {"a": 2, "b": 1}, "j": 1}, {}),
        ({"k": {"a": 2, "b": 1}}, {"k": {"a": 2}, "j": 1}),
    ),
    "objects among properties in canonical form": Case(
        {"items": {"enum": [{"b": 1, "a": 2}, 3]}, "if": {"type": "array"}, "then": {"maxItems": 1}},
        ([{"a": 2, "b": 1}], [3]),
        ([{"a": 2}], [3, 3]),
    ),
    "a required key that is not described": Case(
        {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["b", "a"]},
        ({"a": 1, "b": 2}, {"a": 1, "b": None, "c": 3}),
        ({"a": 1}, {"b": 1}),
    ),
}


@pytest.fixture(params=[pytest.param(case, id=name) for name, case in CASES.items()])
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


def test_the_cases_are_decided_as_jsonschema_decides_them(case: Case) -> None:
    if case.alone:
        return
    document = read_schema(json.dumps(case.schema))
    kind = validator_for(document.declared, default=jsonschema.Draft202012Validator)
    validator = kind(document.declared, format_checker=kind.FORMAT_CHECKER)
    assert [instance for instance in case.valid if not validator.is_valid(instance)] == []
    assert [instance for instance in case.invalid if validator.is_valid(instance)] == []


def test_every_valid_instance_is_accepted(case: Case, judge: MakeJudge) -> None:
    plan = judge(case.schema)
    assert [instance for instance in case.valid if not plan.accepts(instance)] == []


def test_no_invalid_instance_is_accepted(case: Case, judge: MakeJudge) -> None:
    plan = judge(case.schema)
    assert [instance for instance in case.invalid if plan.accepts(instance)] == []


def test_the_mask_alone_forbids_no_valid_instance(case: Case, judge: MakeJudge) -> None:
    plan = judge(case.schema)
    assert [instance for instance in case.valid if not plan.masks(plan.spell(instance))] == []


def test_no_check_finds_fault_with_a_valid_instance_while_it_grows(case: Case, judge: MakeJudge) -> None:
    plan = judge(case.schema)
    assert [instance for instance in case.valid if plan.violation(plan.spell(instance))] == []


def test_what_the_mask_lets_through_wrongly_is_found_before_the_answer_ends(case: Case, judge: MakeJudge) -> None:
    plan = judge(case.schema)
    texts = [plan.spell(instance) for instance in case.invalid]
    assert [text for text in texts if plan.masks(text) and not plan.violation(text)] == []


@pytest.mark.parametrize(
    "name", ["a b", "List<T>", "List[T]", "a|b", "a^b", "a%b", "a#b", "a\\b", '"', "é", "a+b", "a~0b"]
)
def test_a_reference_is_followed_by_whatever_name(name: str, judge: MakeJudge) -> None:
    definition = {"type": "array", "items": {"type": "string"}, "uniqueItems": True}
    schema = {"items": {"$ref": f"#/$defs/{name}"}, "$defs": {name.replace("~0", "~"): definition}, "type": "array"}
    plan = judge(schema)
    assert plan.accepts([["x", "y"]])
    assert not plan.accepts([[1]])
    assert plan.violation('[["x", "x"]]')


def test_a_reference_by_a_pattern_that_is_spelled_anew_is_followed(judge: MakeJudge) -> None:
    schema = {
        "type": "object",
        "patternProperties": {"^{": {"type": "integer", "not": {"const": 3}}},
        "properties": {"a": {"$ref": "#/patternProperties/^{"}},
        "additionalProperties": False,
    }
    plan = judge(schema)
    assert plan.accepts({"a": 1, "{": 2})
    assert not plan.accepts({"a": "x"})
    assert not plan.accepts({"a": 3})
