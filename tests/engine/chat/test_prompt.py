"""The model is told in words what the mask will hold it to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.chat.prompt import compose, describe
from engine.constraint.spec import AnyJson, MatchesRegex, MatchesSchema, Unconstrained
from engine.model.protocol import ChatMessage


def told(schema: Any) -> str:
    return describe(MatchesSchema(schema_text=json.dumps(schema)))


def test_fields_are_told_in_order_with_type_meaning_and_choices() -> None:
    schema = {
        "title": "Invoice",
        "type": "object",
        "properties": {
            "number": {"type": "string", "description": "as printed"},
            "issued": {"type": ["string", "null"], "format": "date"},
            "currency": {"enum": ["EUR", "USD", None]},
            "urgency": {"oneOf": [{"const": 1, "description": "can wait"}, {"const": 2, "title": "today"}]},
            "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
        },
        "$defs": {"line": {"type": "object", "properties": {"amount": {"type": "number", "title": "Net amount"}}}},
    }
    assert told(schema).splitlines() == [
        "Answer with one JSON object (Invoice) with these keys, in this order:",
        "- number: text. as printed",
        "- issued: date YYYY-MM-DD or null",
        '- currency: one of "EUR", "USD", null',
        "- urgency: one of 1 (can wait), 2 (today)",
        "- lines: list of object",
        "  - amount: number. Net amount",
    ]


def test_a_title_made_from_the_key_is_not_repeated() -> None:
    assert told({"properties": {"unit_price": {"title": "Unit Price", "type": "number"}}}).endswith(
        "- unit_price: number"
    )


def test_recursive_and_huge_schemas_are_told_in_bounded_space() -> None:
    tree = {
        "$ref": "#/$defs/n",
        "$defs": {"n": {"properties": {"children": {"type": "array", "items": {"$ref": "#/$defs/n"}}}}},
    }
    assert told(tree).count("children") < 10
    loop = {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}
    assert told(loop)
    huge = {"properties": {f"field_{number}": {"description": "x" * 200} for number in range(500)}}
    assert len(told(huge)) < 13_000
    assert told(huge).endswith("and further fields")


def test_the_description_joins_the_system_message_and_leaves_the_rest() -> None:
    messages = [ChatMessage(role="system", content="Be exact."), ChatMessage(role="user", content="Hi")]
    composed = compose(messages, AnyJson())
    assert [message.role for message in composed] == ["system", "user"]
    assert composed[0].content == "Be exact.\n\nAnswer with one JSON object."
    assert compose(messages, Unconstrained()) == tuple(messages)
    assert compose(messages, MatchesRegex(pattern="a")) == tuple(messages)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "properties": {"tags": {"type": "array"}}},
        {"type": "array"},
        {"type": "array", "items": {"type": "array"}},
        {"type": "array", "prefixItems": [{"type": "string"}]},
        {"type": "array", "items": {"$ref": "#"}},
        {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
    ],
)
def test_lists_of_anything_and_of_themselves_are_told(schema: dict[str, Any]) -> None:
    assert told(schema).startswith("Answer with")
    assert len(told(schema)) < 3000


@pytest.mark.parametrize(
    "schema",
    [
        '{"type": "object", "properties": {}}',
        '{"anyOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}], "properties": {}}}}',
        '{"items": {"$ref": "#"}, "properties": {}}',
        '{"properties": {"next": {"$ref": "#"}}}',
    ],
)
def test_a_schema_without_fields_or_without_end_is_described_all_the_same(schema: str) -> None:
    assert describe(MatchesSchema(schema_text=schema)).startswith("Answer with")
