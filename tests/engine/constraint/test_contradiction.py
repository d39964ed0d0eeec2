"""A schema that contradicts itself is refused with the place and the keywords that do it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.constraint.compile import compile_constraint
from engine.constraint.spec import MatchesSchema
from engine.errors import ConstraintUnsatisfiable


def record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def fault(schema: Any) -> ConstraintUnsatisfiable:
    with pytest.raises(ConstraintUnsatisfiable) as caught:
        compile_constraint(MatchesSchema(schema_text=json.dumps(schema)))
    return caught.value


BOUNDS = {"type": "integer", "description": "d", "minimum": 5, "maximum": 3}


@pytest.mark.parametrize(
    ("schema", "where", "named"),
    [
        (BOUNDS, "the root", {"type", "minimum", "maximum"}),
        (
            record(a={"type": "string"}, b=record(c=BOUNDS)),
            "/properties/b/properties/c",
            {"type", "minimum", "maximum"},
        ),
        ({**record(a={"$ref": "#/$defs/x"}), "$defs": {"x": BOUNDS}}, "/$defs/x", {"type", "minimum", "maximum"}),
        ({"type": "array", "minItems": 1, "items": BOUNDS}, "/items", {"type", "minimum", "maximum"}),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "the root", {"allOf"}),
        ({"type": "string", "pattern": "^a$", "minLength": 3}, "the root", {"type", "pattern", "minLength"}),
        (record(**{"a/b": False}), "/properties/a~1b", set()),
        ({"allOf": [{}, False]}, "/allOf/1", set()),
        (False, "the root", set()),
        ({**record(a=BOUNDS), "additionalProperties": {"$ref": "#"}}, "the root", set()),
    ],
)
def test_the_deepest_contradiction_that_every_instance_meets_is_named(schema: Any, where: str, named: set[str]) -> None:
    error = fault(schema)
    assert error.message == "No instance can satisfy this schema: what it demands contradicts itself."
    assert error.where == where
    assert set((error.advice or "").split('"')[1::2]) == named


def test_a_contradiction_that_an_instance_can_avoid_is_not_to_blame() -> None:
    error = fault({"type": "object", "properties": {"a": BOUNDS, "b": {"const": 1, "enum": [2]}}, "required": ["b"]})
    assert error.where == "/properties/b"
    assert error.advice == 'Change "const" or "enum" there: no value satisfies them together.'
