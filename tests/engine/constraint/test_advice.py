"""What keeps a model from writing well is told with its numbers, and what is in order is left alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.constraint.examine import examine
from engine.schema.editing import EditableSchema
from engine.schema.problems import Problem, Profile, Settings

GENERATION = Settings(frozenset({Profile.GENERATION}))
HINTS = frozenset({"free-string", "free-array", "checked-only"})
D4 = {"$schema": "http://json-schema.org/draft-04/schema#"}
LOOP = {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "required": ["next"]}


def problems(schema: Any, settings: Settings = GENERATION) -> list[Problem]:
    return list(examine(json.dumps(schema), settings).problems)


def grave(schema: Any) -> list[Problem]:
    """Return the problems that are no hints of length."""
    return [each for each in problems(schema) if each.rule not in HINTS]


def mended(schema: Any, rule: str) -> list[Any]:
    """Return what each fix of the problem of a rule makes of a schema."""
    (found,) = [each for each in problems(schema) if each.rule == rule]
    results = []
    for fix in found.fixes:
        edited = EditableSchema(json.dumps(schema))
        edited.apply(*fix.operations, label=fix.label)
        results.append(json.loads(edited.text))
    return results


@pytest.mark.parametrize(
    ("qty", "sentence"),
    [
        (
            {"type": "integer", "minimum": 9, "maximum": 1},
            'Empty range: minimum 9 is above maximum 1, so no "qty" can be written.',
        ),
        (
            {"type": "number", "exclusiveMinimum": 3, "maximum": 3},
            'Empty range: exclusiveMinimum 3 leaves nothing up to maximum 3, so no "qty" can be written.',
        ),
        (
            {"type": "string", "minLength": 9, "maxLength": 1},
            'Empty range: minLength 9 is above maxLength 1, so no "qty" can be written.',
        ),
        (
            {"type": "array", "minItems": 2, "prefixItems": [{}], "items": False, "maxItems": 5},
            'minItems is 2, and only 1 item can be there, so no "qty" can be written.',
        ),
        (
            {"type": "object", "minProperties": 2, "properties": {"a": {}}, "additionalProperties": False},
            'minProperties is 2, and only 1 property can be there, so no "qty" can be written.',
        ),
        (
            {"type": "object", "required": ["a", "b"], "maxProperties": 1},
            '2 names are required, and maxProperties is 1, so no "qty" can be written.',
        ),
        (
            {"type": "integer", "minimum": 8, "maximum": 13, "multipleOf": 7},
            'No whole multiple of 7 lies between minimum 8 and maximum 13, so no "qty" can be written.',
        ),
        (
            {"type": "integer", "minimum": 1.2, "maximum": 1.8},
            'No whole number lies between minimum 1.2 and maximum 1.8, so no "qty" can be written.',
        ),
        (
            {"type": "string", "enum": [1, 2]},
            'None of the values is allowed by the "type" beside the enum, so no "qty" can be written.',
        ),
        ({"enum": []}, 'The enum is empty, so no "qty" can be written.'),
        (
            {"type": "integer", "const": "x"},
            '"x" is allowed by the "type" beside the const, so no "qty" can be written.',
        ),
        ({"type": "string", "pattern": "a^b"}, 'No string matches the pattern "a^b".'),
        (
            {"type": "string", "pattern": "^[a-z]{5,}$", "maxLength": 4},
            'No string that matches the pattern "^[a-z]{5,}$" satisfies the "maxLength" beside it.',
        ),
    ],
)
def test_what_leaves_nothing_is_told_with_its_numbers(qty: Any, sentence: str) -> None:
    optional = {"type": "object", "properties": {"qty": qty}, "additionalProperties": False}
    assert [each.sentence for each in grave(optional)] == [sentence]


def test_bounds_of_draft_4_are_exclusive_by_a_flag() -> None:
    schema = {**D4, "type": "number", "minimum": 3, "exclusiveMinimum": True, "maximum": 3}
    (found, *_) = grave(schema)
    assert found.sentence.startswith("Empty range: minimum 3 (exclusive) leaves nothing up to maximum 3")
    assert mended(schema, "empty-range")[0] == {**schema, "exclusiveMinimum": False}


@pytest.mark.parametrize(
    ("schema", "rule", "result"),
    [
        ({"minimum": 9, "maximum": 1}, "empty-range", {"minimum": 1, "maximum": 9}),
        ({"minItems": 9, "maxItems": 1}, "empty-range", {"minItems": 1, "maxItems": 9}),
        ({"exclusiveMinimum": 3, "maximum": 3}, "empty-range", {"minimum": 3, "maximum": 3}),
        (
            {"minimum": 8, "maximum": 13, "multipleOf": 7},
            "no-multiple",
            {"minimum": 8, "maximum": 14, "multipleOf": 7},
        ),
        (
            {"minimum": 0.2, "maximum": 0.25, "multipleOf": 0.1, "exclusiveMinimum": 0.2},
            "no-multiple",
            {"minimum": 0.2, "maximum": 0.3, "multipleOf": 0.1, "exclusiveMinimum": 0.2},
        ),
        ({"type": "string", "enum": [1]}, "no-value", {"type": "integer", "enum": [1]}),
        (
            {"type": "string", "enum": ["a", None]},
            "impossible-value",
            {"type": ["string", "null"], "enum": ["a", None]},
        ),
        (
            {"properties": {"answer": {"type": "number"}, "x": {}, "reasoning": {"type": "string"}}},
            "answer-first",
            {"properties": {"reasoning": {"type": "string"}, "answer": {"type": "number"}, "x": {}}},
        ),
        ({"type": "string"}, "free-string", {"type": "string", "maxLength": 200}),
        ({"type": ["array", "null"]}, "free-array", {"type": ["array", "null"], "maxItems": 20}),
    ],
)
def test_the_first_fix_is_the_likeliest(schema: Any, rule: str, result: Any) -> None:
    made = mended(schema, rule)[0]
    assert made == result
    assert json.dumps(made) == json.dumps(result)  # the order of keys too


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number", "minimum": 1, "maximum": 1},
        {"type": "string", "minimum": 9, "maximum": 1, "maxLength": 3},
        {"type": "integer", "minimum": 0, "exclusiveMaximum": 1},
        {"multipleOf": 0.1, "minimum": 0.3, "maximum": 0.3},
        {"type": ["string", "null"], "enum": ["a", None]},
        {"type": "number", "enum": [1, 2.5]},
        {"type": "string", "pattern": "^(?!a)[a-c]$"},
        {"type": "object", "properties": {"reasoning": {"type": "string", "maxLength": 9}, "answer": {"type": "null"}}},
        {"properties": {"score": {"type": "number"}, "reason": {"enum": ["a", "b"]}}},
        {"properties": {"results": {"type": "null"}, "reasonable": {"type": "boolean"}}},
        {"anyOf": [{"type": "string"}, {"type": "null"}], "maxLength": 5},
        {"type": "array", "uniqueItems": True, "items": {"enum": ["a", "b"]}},
        {"not": {"type": "string"}},
        {"$defs": {"node": {**LOOP, "required": []}}, "$ref": "#/$defs/node"},
    ],
)
def test_what_is_in_order_is_left_alone(schema: Any) -> None:
    assert [each.sentence for each in problems(schema) if each.rule != "checked-only"] == []


def test_a_recursion_that_cannot_end_is_told_and_what_would_end_it() -> None:
    schema = {"$defs": {"node": LOOP}, "$ref": "#/$defs/node"}
    (found,) = grave(schema)
    assert found.rule == "endless"
    assert found.pointer.startswith("/$defs/node")
    assert [fix.label for fix in found.fixes] == ['Do not require "next"']
    (ended,) = mended(schema, "endless")
    assert ended["$defs"]["node"]["required"] == []
    assert examine(json.dumps(ended)).refused is None


def test_a_recursion_behind_an_optional_key_is_told_too() -> None:
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/node"}}, "$defs": {"node": LOOP}}
    examined = examine(json.dumps(schema), GENERATION)
    assert [each.sentence for each in examined.problems if each.rule == "endless"] == [
        'Recursion that cannot end: every "node" would have to contain another one, and so on for ever.'
    ]
    assert examined.refused is None


def test_an_array_that_must_hold_its_like_can_be_allowed_to_be_empty() -> None:
    node = {"type": "array", "items": {"$ref": "#"}, "minItems": 1, "maxItems": 3}
    assert mended(node, "endless") == [{**node, "minItems": 0}]


def test_a_contradiction_is_told_at_its_place_with_keywords_that_end_it() -> None:
    lengths = {"oneOf": [{"required": ["a"]}, {"required": ["b"]}], "required": ["a", "b"], "type": "object"}
    schema = {"type": "object", "properties": {"x": lengths}, "required": ["x"]}
    (found,) = grave(schema)
    assert (found.rule, found.pointer) == ("contradiction", "/properties/x")
    assert found.fixes
    for made in mended(schema, "contradiction"):
        assert examine(json.dumps(made)).refused is None


@pytest.mark.parametrize(
    ("schema", "rule"),
    [
        ({"type": "integer", "minimum": 9, "maximum": 1}, "empty-range"),
        ({"$ref": "#"}, "endless"),
        ({"type": "string", "pattern": "^[a-z]{5}$", "maxLength": 4}, "impossible-pattern"),
        ({"type": "string", "enum": [1]}, "no-value"),
    ],
)
def test_a_cause_is_told_once(schema: Any, rule: str) -> None:
    examined = examine(json.dumps(schema), GENERATION)
    assert [each.rule for each in examined.problems if each.rule not in HINTS] == [rule]
    assert examined.refused is not None


def test_what_is_too_large_to_be_held_to_is_told() -> None:
    schema = {"type": "object", "properties": {f"p{i}": {"type": "null"} for i in range(5_001)}}
    (found,) = problems(schema)
    assert (found.rule, found.pointer, found.keyword) == ("unsupported", "", "properties")
    assert "more than 5,000 entries" in found.sentence


def test_a_keyword_that_no_mask_holds_to_is_told() -> None:
    (found,) = problems({"type": "array", "uniqueItems": True, "maxItems": 9, "items": {"type": "integer"}})
    assert (found.rule, found.keyword) == ("checked-only", "uniqueItems")


def test_the_least_size_is_held_against_a_limit_where_one_is_given() -> None:
    schema = {"type": "string", "minLength": 400, "maxLength": 500}
    assert problems(schema) == []
    (found,) = problems(schema, Settings(frozenset({Profile.GENERATION}), token_limit=50))
    assert found.sentence == (
        "The shortest answer that was found takes about 101 tokens (an estimate: it is 402 bytes long); "
        "the limit is 50."
    )
    assert problems(schema, Settings(frozenset({Profile.GENERATION}), token_limit=101)) == []
