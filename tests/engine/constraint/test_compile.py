"""A schema is held to, or refused by name and place before a token is generated."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.constraint.compile import compile_constraint
from engine.constraint.enforcement import MASKED, REFUSED
from engine.constraint.spec import AnyJson, MatchesLark, MatchesRegex, MatchesSchema, Unconstrained
from engine.errors import ConstraintUnsatisfiable, ConstraintUnsupported

ALONE: dict[str, Any] = {
    "$dynamicAnchor": "a",
    "$dynamicRef": "#",
    "$ref": "#/$defs/d",
    "additionalItems": False,
    "additionalProperties": False,
    "allOf": [{"type": "object"}],
    "anyOf": [{"type": "object"}, {"type": "string"}],
    "const": 1,
    "contains": {"const": 1},
    "dependencies": {"a": ["b"]},
    "dependentRequired": {"a": ["b"]},
    "dependentSchemas": {"a": {"required": ["b"]}},
    "else": {"minimum": 1},
    "enum": [1, 2],
    "exclusiveMaximum": 1,
    "exclusiveMinimum": 1,
    "format": "date",
    "if": {"const": 1},
    "items": {"type": "integer"},
    "maxContains": 1,
    "maxItems": 1,
    "maxLength": 1,
    "maxProperties": 1,
    "maximum": 1,
    "minContains": 1,
    "minItems": 1,
    "minLength": 1,
    "minProperties": 1,
    "minimum": 1,
    "multipleOf": 2,
    "not": {"type": "null"},
    "oneOf": [{"type": "object"}, {"type": "string"}],
    "pattern": "a",
    "patternProperties": {"^a": {"type": "integer"}},
    "prefixItems": [{"type": "integer"}],
    "properties": {"a": {"type": "integer"}},
    "propertyNames": {"pattern": "a"},
    "required": ["a"],
    "then": {"minimum": 1},
    "type": "object",
    "unevaluatedItems": False,
    "unevaluatedProperties": False,
    "uniqueItems": True,
}


def compiled(schema: Any) -> Any:
    return compile_constraint(MatchesSchema(schema_text=json.dumps(schema)))


@pytest.mark.parametrize("keyword", sorted(MASKED))
def test_each_masked_keyword_compiles(keyword: str) -> None:
    done = compiled({keyword: ALONE[keyword], "$defs": {"d": {}}})
    assert [use.how for use in done.uses if use.keyword == keyword and not use.pointer] == ["mask"]


@pytest.mark.parametrize("keyword", sorted(REFUSED))
def test_each_refused_keyword_is_named_with_its_place(keyword: str) -> None:
    with pytest.raises(ConstraintUnsupported) as caught:
        compiled({"type": "object", "properties": {"ok": {"type": "string"}, "deep": {keyword: ALONE[keyword]}}})
    assert caught.value.keyword == keyword
    assert caught.value.where == "/properties/deep"


def test_the_two_tables_share_nothing() -> None:
    assert not MASKED & REFUSED


@pytest.mark.parametrize(
    ("schema", "keyword", "where"),
    [
        ({"items": {"format": "no-such-format", "type": "string"}}, "format", "/items"),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"not": {"const": 1}}}}, "not", "/$defs/x"),
        ({"anyOf": [{"type": "null"}, {"type": "string", "pattern": "(?=a)b"}]}, "pattern", "/anyOf/1"),
        ({"properties": {"a": {"oneOf": [{"minimum": 1}, {"minimum": 2}]}}}, "oneOf", "/properties/a"),
        ({"$ref": "https://example.org/other.json"}, "$ref", "the root"),
    ],
)
def test_a_refusal_names_the_deepest_place(schema: Any, keyword: str, where: str) -> None:
    with pytest.raises(ConstraintUnsupported) as caught:
        compiled(schema)
    assert (caught.value.keyword, caught.value.where) == (keyword, where)


def test_a_schema_without_instances_is_refused() -> None:
    for schema in (False, {"type": "string", "const": 1}, {"allOf": [{"type": "string"}, {"type": "null"}]}):
        with pytest.raises(ConstraintUnsatisfiable):
            compiled(schema)


def test_a_schema_cannot_relax_its_own_enforcement() -> None:
    with pytest.raises(ConstraintUnsupported):
        compiled({"type": "array", "uniqueItems": True, "x-guidance": {"lenient": True}})


def test_unknown_keywords_are_reported_as_annotations() -> None:
    done = compiled({"type": "string", "description": "d", "x-note": 1})
    assert {use.keyword: use.how for use in done.uses} == {
        "type": "mask",
        "description": "annotation",
        "x-note": "annotation",
    }


def test_the_finished_text_is_validated_once_more() -> None:
    done = compiled({"type": "object", "properties": {"a": {"maximum": 3}}})
    done.check_text('{"a": 3}')
    with pytest.raises(ConstraintUnsatisfiable) as caught:
        done.check_text('{"a": 4}')
    assert caught.value.where == "/a"


@pytest.mark.parametrize(
    "spec", [MatchesRegex(pattern="(["), MatchesRegex(pattern="a(?=b)"), MatchesLark(grammar="start: x")]
)
def test_a_grammar_that_is_none_is_refused(spec: MatchesRegex | MatchesLark) -> None:
    with pytest.raises(ConstraintUnsupported):
        compile_constraint(spec)


def test_text_needs_no_constraint_and_json_mode_has_one() -> None:
    assert compile_constraint(Unconstrained()) is None
    json_mode = compile_constraint(AnyJson())
    assert json_mode is not None
    assert json_mode.is_json
