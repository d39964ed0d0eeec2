"""Recursion that cannot end is refused with its place; recursion that can is not, and none is begun that cannot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.constraint.compile import compile_constraint
from engine.constraint.spec import MatchesSchema
from engine.errors import ConstraintUnsatisfiable

if TYPE_CHECKING:
    from tests.engine.conftest import MakeJudge

D7 = "http://json-schema.org/draft-07/schema#"
ROOT: dict[str, Any] = {"$ref": "#"}


def node(value: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"n": value}, "required": ["n"]}


ENDLESS: dict[str, tuple[Any, str]] = {
    "itself": (ROOT, "the root"),
    "itself through allOf": ({"allOf": [ROOT]}, "/allOf/0"),
    "a required key": (node(ROOT), "/properties/n"),
    "a required key that a pattern names": (
        {"type": "object", "required": ["zz"], "patternProperties": {"^z": ROOT}},
        "/patternProperties/^z",
    ),
    "a required key that nobody names": (
        {"type": "object", "required": ["z"], "additionalProperties": ROOT},
        "/additionalProperties",
    ),
    "one key at least": (
        {"type": "object", "minProperties": 1, "additionalProperties": ROOT},
        "/additionalProperties",
    ),
    "two definitions": (
        {
            "$ref": "#/$defs/a",
            "$defs": {"a": node({"$ref": "#/$defs/b"}), "b": node({"$ref": "#/$defs/a"})},
        },
        "/$defs/b/properties/n",
    ),
    "required here, described there": (
        {
            "allOf": [{"$ref": "#/$defs/n"}],
            "type": "object",
            "required": ["n"],
            "$defs": {"n": {"properties": {"n": ROOT}}},
        },
        "/$defs/n/properties/n",
    ),
    "first items": (
        {"type": "array", "prefixItems": [{"type": "integer"}, ROOT], "minItems": 2},
        "/prefixItems/1",
    ),
    "first items up to draft 7": (
        {"$schema": D7, "type": "array", "items": [{}], "additionalItems": ROOT, "minItems": 2},
        "/additionalItems",
    ),
    "items": ({"type": "array", "items": ROOT, "minItems": 1}, "/items"),
    "contains": ({"type": "array", "contains": ROOT}, "/contains"),
    "every alternative": (
        {"anyOf": [node(ROOT), {"type": "array", "items": ROOT, "minItems": 1}]},
        "/anyOf/0/properties/n",
    ),
    "an anchor": ({"$ref": "#x", "$defs": {"x": {"$anchor": "x", **node({"$ref": "#x"})}}}, "/$defs/x/properties/n"),
}

ENDING: dict[str, tuple[Any, Any]] = {
    "an optional key": ({"type": "object", "properties": {"n": ROOT}}, {"n": {"n": {}}}),
    "an alternative": (node({"anyOf": [ROOT, {"type": "null"}]}), {"n": {"n": None}}),
    "another type": ({"properties": {"n": ROOT}, "required": ["n"]}, {"n": {"n": 1}}),
    "no items": ({"type": "array", "items": ROOT}, [[], [[]]]),
    "items before the recursion": (
        {"type": "array", "prefixItems": [{"type": "integer"}, ROOT], "minItems": 1},
        [1, [2]],
    ),
    "one key of two": (
        {"type": "object", "minProperties": 1, "properties": {"v": {"type": "null"}}, "additionalProperties": ROOT},
        {"v": None},
    ),
    "no item that must be contained": ({"type": "array", "contains": ROOT, "minContains": 0}, []),
    "what stands beside a reference in draft 7": (
        {
            "$schema": D7,
            **node({"$ref": "#/definitions/a", "allOf": [ROOT]}),
            "definitions": {"a": {"type": "null"}},
        },
        {"n": None},
    ),
}


@pytest.mark.parametrize("case", ENDLESS)
def test_recursion_without_an_end_is_refused_with_its_place(case: str) -> None:
    schema, place = ENDLESS[case]
    with pytest.raises(ConstraintUnsatisfiable, match="for ever") as refused:
        compile_constraint(MatchesSchema(schema_text=json.dumps(schema)))
    assert refused.value.where == place


@pytest.mark.parametrize("case", ENDING)
def test_recursion_that_can_end_is_no_fault(case: str, judge: MakeJudge) -> None:
    schema, instance = ENDING[case]
    assert judge(schema).accepts(instance)


def test_a_contradiction_is_not_called_recursion() -> None:
    schema = {"type": "object", "properties": {"a": False, "b": ROOT}, "required": ["a"]}
    with pytest.raises(ConstraintUnsatisfiable) as refused:
        compile_constraint(MatchesSchema(schema_text=json.dumps(schema)))
    assert "for ever" not in refused.value.message


def test_a_key_whose_value_could_never_end_is_not_begun(judge: MakeJudge) -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"$ref": "#/$defs/x"}},
        "$defs": {"x": node({"$ref": "#/$defs/x"})},
    }
    plan = judge(schema)
    assert plan.accepts({"a": 1})
    assert plan.masks('{"a": 1, "bc": 1}')
    matcher = plan.constraint.matcher(plan.tokenizer)
    for character in b'{"a": 1, "b':
        (token,) = plan.tokenizer.tokenize_bytes(bytes([character]))
        matcher.consume(token)
    (quote,) = plan.tokenizer.tokenize_bytes(b'"')
    assert not matcher.allows(quote)
