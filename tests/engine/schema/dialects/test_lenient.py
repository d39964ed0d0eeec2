"""A lenient schema lets be left out what had to be null, and what nobody mentioned be there."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from engine.errors import SchemaInvalid
from engine.schema.dialects.lenient import make_lenient
from engine.schema.dialects.strict import make_strict


def test_what_may_be_null_may_be_left_out() -> None:
    old = {
        "type": "object",
        "properties": {
            "a": {"type": ["string", "null"], "default": None},
            "b": {"anyOf": [{"$ref": "#/$defs/d"}, {"type": "null"}], "title": "B"},
            "c": {"type": ["string", "null"], "enum": ["x", None]},
            "d": {"enum": [1, None]},
            "e": {"type": "string"},
        },
        "required": ["a", "b", "c", "d", "e"],
        "additionalProperties": False,
        "$defs": {"d": {"type": "number"}},
    }
    before = copy.deepcopy(old)
    rewritten = make_lenient(old)
    assert old == before
    assert json.dumps(rewritten.value) == json.dumps(
        {
            "type": "object",
            "properties": {
                "a": {"type": "string"},
                "b": {"$ref": "#/$defs/d", "title": "B"},
                "c": {"type": "string", "enum": ["x"]},
                "d": {"enum": [1]},
                "e": {"type": "string"},
            },
            "required": ["e"],
            "$defs": {"d": {"type": "number"}},
        }
    )
    lossy = [note.pointer for note in rewritten.notes if note.lossy]
    assert lossy == [f"/properties/{name}" for name in "abcd"]


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": {"type": "null"}}, "required": ["a"]},
        {"properties": {"a": {"enum": [None]}}, "required": ["a"]},
        {"properties": {"a": {"type": ["string", "null"], "enum": ["x"]}}, "required": ["a"]},
        {"properties": {"a": {"type": ["string", "null"]}}},
        {"properties": {"a": {"$ref": "#/$defs/d"}}, "required": ["a"], "$defs": {"d": {"type": ["string", "null"]}}},
        {"not": {"type": "object", "additionalProperties": False}},
        {"oneOf": [{"$ref": "#/$defs/d"}, {"type": "null"}], "$defs": {"d": {"additionalProperties": False}}},
        {"additionalProperties": {"type": "string"}},
        True,
    ],
)
def test_what_would_mean_something_else_stays(schema: Any) -> None:
    rewritten = make_lenient(schema)
    assert rewritten.value == schema
    assert rewritten.notes == ()


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["b"]},
        {
            "type": "object",
            "properties": {"a": {"$ref": "#/$defs/d"}, "b": {"anyOf": [{"type": "string"}, {"type": "number"}]}},
            "$defs": {"d": {"type": "object", "properties": {"c": {"type": "string", "enum": ["x"]}}}},
        },
        {
            "type": "object",
            "properties": {"a": {"title": "A", "$ref": "#"}, "b": {"type": "array", "items": {"type": "null"}}},
        },
    ],
)  # fmt: skip
def test_it_leads_back_from_strict(schema: Any) -> None:
    assert make_lenient(make_strict(schema).value).value == schema


def test_what_is_no_schema_is_refused_in_words() -> None:
    with pytest.raises(SchemaInvalid):
        make_lenient({"properties": []})  # type: ignore[dict-item]
