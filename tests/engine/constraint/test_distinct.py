"""`uniqueItems` over a few values is said to the mask, exactly."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.constraint.closing import byte_closer
from engine.constraint.compile import CompiledConstraint, compile_constraint
from engine.constraint.spec import MatchesSchema
from engine.constraint.witness import spell
from engine.errors import ConstraintUnsatisfiable

if TYPE_CHECKING:
    from collections.abc import Callable

VALUES = ["a", "b", 1, 2.5, True, None, {"x": 1}, ["a"]]
DRAFTS = ["http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-07/schema#",
          "https://json-schema.org/draft/2020-12/schema"]  # fmt: skip


def plan(schema: dict[str, Any]) -> CompiledConstraint:
    constraint = compile_constraint(MatchesSchema(schema_text=json.dumps(schema)))
    assert constraint is not None
    return constraint


def hows(constraint: CompiledConstraint) -> dict[str, str]:
    return {use.keyword: use.how for use in constraint.uses}


def masks(constraint: CompiledConstraint, instance: Any) -> bool:
    tokenizer = byte_closer().tokenizer
    return spell(constraint.matcher(tokenizer), tokenizer, json.dumps(instance)) is not None


@st.composite
def arrays_of_few(draw: Callable[..., Any]) -> dict[str, Any]:
    """Draw a schema of arrays whose items are at most four values."""
    draft = draw(st.sampled_from(DRAFTS))
    values = st.lists(st.sampled_from(VALUES), min_size=1, max_size=4, unique_by=json.dumps)
    items = draw(values.map(lambda enum: {"enum": enum}) | st.sampled_from([{"type": "boolean"}, {"type": "null"}]))
    if draft != DRAFTS[0]:
        items = draw(st.just(items) | st.sampled_from(VALUES).map(lambda value: {"const": value}))
    narrower = draw(st.sampled_from([{}, {"type": "string"}, {"not": {"enum": ["a"]}}, {"title": "a colour"}]))
    schema = {"$schema": draft, "uniqueItems": True, "items": {**narrower, **items}}
    bounds = draw(st.dictionaries(st.sampled_from(["minItems", "maxItems"]), st.integers(0, 4), max_size=2))
    return schema | bounds | draw(st.sampled_from([{}, {"type": "array"}, {"type": ["array", "string"]}]))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(schema=arrays_of_few(), drawn=st.lists(st.lists(st.sampled_from(VALUES), max_size=5), max_size=20))
def test_the_mask_holds_to_it_as_the_validator_does(schema: dict[str, Any], drawn: list[Any]) -> None:
    items = schema["items"].get("enum", [True, False, None])
    instances = [
        *drawn, "a", {}, 3, *(list(each) for size in range(4) for each in itertools.product(items, repeat=size))
    ]  # fmt: skip
    try:
        constraint = plan(schema)
    except ConstraintUnsatisfiable:
        assert schema["type"] == "array"
        return
    assert constraint.validator is not None
    assert hows(constraint)["uniqueItems"] == "rewritten"
    for instance in instances:
        assert masks(constraint, instance) == constraint.validator.is_valid(instance), instance


@pytest.mark.parametrize(
    "schema",
    [
        {"items": {"enum": ["a", "b", "c"]}, "contains": {"const": "b"}, "maxContains": 1},
        {"items": {"enum": [{"b": 1, "a": 2}, {"a": 3}]}, "minItems": 1},
        {"items": {"enum": ["a", "b", "c", "d", "e"]}, "maxItems": 2},
    ],
    ids=["contains beside it", "objects", "pairs of five"],
)
def test_what_else_is_said_of_the_array_is_said_by_the_same_arrays(schema: dict[str, Any]) -> None:
    constraint = plan({"type": "array", "uniqueItems": True, **schema})
    assert constraint.validator is not None
    assert "check" not in hows(constraint).values()
    for size in range(4):
        for chosen in itertools.product(schema["items"]["enum"], repeat=size):
            assert masks(constraint, list(chosen)) == constraint.validator.is_valid(list(chosen)), chosen


@pytest.mark.parametrize(
    "schema",
    [
        {"items": {"enum": ["a", "b", "c", "d", "e"]}},
        {"items": {"type": ["boolean", "integer"]}},
        {"items": {"enum": ["a", "b"]}, "contains": {"$ref": "#/$defs/d"}, "$defs": {"d": {"const": "a"}}},
        {"prefixItems": [{"const": "c"}], "items": {"enum": ["a", "b"]}},
    ],
    ids=["too many arrays", "too many values", "a reference", "a prefix"],
)
def test_what_cannot_be_said_by_a_few_arrays_is_checked(schema: dict[str, Any]) -> None:
    assert hows(plan({"type": "array", "uniqueItems": True, **schema}))["uniqueItems"] == "check"
