"""A schema is read in the draft it declares; one that declares none, in the draft its keywords show."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.constraint.validate import validator_of
from engine.errors import SchemaInvalid
from engine.schema.document import read_schema
from engine.schema.drafts import Draft, declared_draft, guess_draft


@pytest.mark.parametrize(
    ("declared", "draft"),
    [
        ("http://json-schema.org/draft-04/schema#", Draft.D4),
        ("http://json-schema.org/draft-04/schema", Draft.D4),
        ("http://json-schema.org/draft-06/schema#", Draft.D6),
        ("http://json-schema.org/draft-07/schema#", Draft.D7),
        ("https://json-schema.org/draft/2019-09/schema", Draft.D2019),
        ("https://json-schema.org/draft/2020-12/schema", Draft.D2020),
        ("https://json-schema.org/draft/2020-12/schema#", Draft.D2020),
    ],
)
def test_a_declared_draft_is_the_one_that_counts(declared: str, draft: Draft) -> None:
    shows_another = {"$schema": declared, "definitions": {"a": {"dependencies": {}}}}
    assert read_schema(json.dumps(shows_another)).draft == draft
    assert declared_draft(shows_another) == str(draft)


@pytest.mark.parametrize(
    ("schema", "draft"),
    [
        (True, Draft.D2020),
        ({}, Draft.D2020),
        ({"type": "string"}, Draft.D2020),
        ({"items": {"type": "string"}}, Draft.D2020),
        ({"exclusiveMinimum": 3}, Draft.D2020),
        ({"definitions": {"a": {}}, "$ref": "#/definitions/a"}, Draft.D2020),
        ({"$id": "https://example.org/a", "if": {}, "const": 1}, Draft.D2020),
        ({"dependentRequired": {}, "unevaluatedProperties": False}, Draft.D2020),
        ({"prefixItems": [True], "items": False}, Draft.D2020),
        ({"$dynamicRef": "#a", "dependencies": {}}, Draft.D2020),
        ({"minimum": 1, "exclusiveMinimum": True}, Draft.D4),
        ({"properties": {"a": {"items": {"maximum": 1, "exclusiveMaximum": False}}}}, Draft.D4),
        ({"id": "https://example.org/a", "type": "object"}, Draft.D4),
        ({"items": [{}, {"type": "string"}]}, Draft.D7),
        ({"properties": {"a": {"items": [True]}}}, Draft.D7),
        ({"additionalItems": False}, Draft.D7),
        ({"anyOf": [{"dependencies": {"a": ["b"]}}]}, Draft.D7),
        ({"dependencies": {"a": ["b"]}, "if": {}, "const": 1}, Draft.D7),
        ({"items": [{}], "unevaluatedItems": False}, Draft.D2019),
        ({"dependencies": {}, "$defs": {"a": {}}}, Draft.D2019),
        ({"$recursiveRef": "#"}, Draft.D2019),
        ({"$recursiveAnchor": True, "items": [{}]}, Draft.D2019),
    ],
)
def test_the_keywords_of_an_undeclared_schema_show_its_draft(schema: Any, draft: Draft) -> None:
    assert guess_draft(schema) == draft
    assert read_schema(json.dumps(schema)).draft == draft


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"exclusiveMinimum": {"type": "boolean"}, "dependencies": {"type": "array"}}},
        {"properties": {"id": {"type": "string"}, "items": {"type": "array"}}, "required": ["id"]},
        {"enum": [{"items": [1], "exclusiveMinimum": True, "id": "a"}]},
        {"const": {"additionalItems": 1, "$recursiveRef": "#"}},
        {"properties": {"a": {"id": "not at the root"}}},
        {"id": "beside a newer keyword", "const": 1},
    ],
)
def test_names_of_properties_and_values_show_no_draft(schema: Any) -> None:
    assert guess_draft(schema) == Draft.D2020


@pytest.mark.parametrize(
    "declared", ["http://json-schema.org/draft-03/schema#", "http://json-schema.org/schema#", "", 7, {}]
)
def test_an_unknown_draft_is_refused_at_its_place(declared: Any) -> None:
    with pytest.raises(SchemaInvalid) as caught:
        read_schema(json.dumps({"$schema": declared}))
    assert caught.value.where == "/$schema"


@pytest.mark.parametrize(
    ("schema", "valid", "invalid"),
    [
        ({"minimum": 1, "exclusiveMinimum": True}, [2], [1]),
        ({"items": [{"type": "integer"}], "additionalItems": False}, [[], [1]], [[1, 2], ["a"]]),
        ({"dependencies": {"a": ["b"]}}, [{}, {"a": 1, "b": 1}], [{"a": 1}]),
        ({"$schema": Draft.D4 + "#", "const": 1, "contains": {"type": "string"}}, [1, 2, [], [1]], []),
        ({"$schema": Draft.D6, "if": {"const": 1}, "then": False}, [1, 2], []),
        ({"$schema": Draft.D7, "unevaluatedProperties": False, "dependentRequired": {"a": ["b"]}}, [{"a": 1}], []),
        ({"$schema": Draft.D7, "prefixItems": [False]}, [[1]], []),
        ({"$schema": Draft.D7, "contains": {"const": 1}, "maxContains": 1}, [[1, 1]], [[2]]),
        ({"$schema": Draft.D2020, "additionalItems": False}, [[1]], []),
        ({"$schema": Draft.D4, "type": "integer"}, [1], ["1", 1.5]),
        ({"$schema": Draft.D7, "type": "integer"}, [1, 1.0], ["1", 1.5]),
    ],
)
def test_a_keyword_counts_in_the_drafts_that_know_it(schema: Any, valid: list[Any], invalid: list[Any]) -> None:
    validator = validator_of(read_schema(json.dumps(schema)))
    assert [value for value in valid if not validator.is_valid(value)] == []
    assert [value for value in invalid if validator.is_valid(value)] == []


def test_a_draft_is_called_as_people_call_it() -> None:
    assert [draft.spoken for draft in Draft] == ["draft 4", "draft 6", "draft 7", "2019-09", "2020-12"]


def test_a_mistake_is_told_in_the_draft_it_was_judged_by() -> None:
    with pytest.raises(SchemaInvalid, match=r"draft 4"):
        read_schema('{"id": "https://example.org/a", "required": []}')
    with pytest.raises(SchemaInvalid, match=r"2020-12"):
        read_schema('{"required": "a"}')
