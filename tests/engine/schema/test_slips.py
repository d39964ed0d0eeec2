"""Keywords that say nothing are told of where somebody probably meant something by them, and only there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.schema.document import read_schema
from engine.schema.slips import slips

DRAFT_7 = {"$schema": "http://json-schema.org/draft-07/schema#"}


def told(schema: Any) -> list[tuple[str, str, str]]:
    return [(slip.pointer, slip.keyword, slip.message) for slip in slips(read_schema(json.dumps(schema)))]


@pytest.mark.parametrize(
    ("keyword", "meant"),
    [
        ("maxlenght", "maxLength"), ("addtionalProperties", "additionalProperties"), ("anyof", "anyOf"),
        ("Required", "required"), ("item", "items"), ("defs", "$defs"), ("properites", "properties"),
    ],
)  # fmt: skip
def test_the_nearest_keyword_is_named(keyword: str, meant: str) -> None:
    (slip,) = told({"properties": {"a": {keyword: 1}}})
    assert slip == ("/properties/a", keyword, f'Unknown keyword "{keyword}"; did you mean "{meant}"?')


@pytest.mark.parametrize(
    "keyword", ["title", "x-order", "example", "_format", "nullable", "discriminator", "id", "//type"]
)
def test_an_annotation_is_none(keyword: str) -> None:
    assert told({keyword: "some text"}) == []


def test_keys_of_an_instance_are_no_keywords() -> None:
    assert told({"properties": {"maxlenght": {}}, "required": ["maxlenght"], "const": {"maxlenght": 1}}) == []


def test_a_keyword_of_the_next_draft_is_not_proposed_but_told_of() -> None:
    assert told({**DRAFT_7, "prefixItem": []}) == []
    assert told({**DRAFT_7, "prefixItems": [{}]}) == [("", "prefixItems", '"prefixItems" says nothing in draft 7.')]


def test_what_stands_beside_a_reference_is_ignored_up_to_draft_7() -> None:
    place = {"$ref": "#/definitions/d", "title": "t", "maxLength": 3}
    schema = {"definitions": {"d": {"type": "string"}}, "properties": {"a": place}}
    sentence = '"maxLength" is ignored here: in draft 7 nothing counts beside a "$ref".'
    assert told({**DRAFT_7, **schema}) == [("/properties/a", "maxLength", sentence)]
    assert told(schema) == []
