"""From wherever a text stands there is a short way to its end, and looking for it changes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.constraint.closing import Closer
from engine.constraint.compile import compile_constraint
from engine.constraint.spec import MatchesSchema

if TYPE_CHECKING:
    from llguidance import LLTokenizer

RECORD: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{6}$"},
        "pool": {"type": "string", "pattern": "[\\w-]+:[0-9a-f-]+"},
        "kind": {"enum": ["left", "right"]},
        "note": {"type": "string"},
    },
    "required": ["id", "pool"],
    "additionalProperties": False,
}
CHAIN: dict[str, Any] = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "v": {"type": "integer", "minimum": 100},
                "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
            },
            "required": ["v", "next"],
            "additionalProperties": False,
        }
    },
}


@pytest.fixture(scope="module")
def closer(mask_tokenizer: LLTokenizer) -> Closer:
    return Closer(mask_tokenizer, frozenset())


@pytest.mark.parametrize(
    ("schema", "begun", "most"),
    [
        (RECORD, "", 40),
        (RECORD, '{"id": "AB12', 30),
        (RECORD, '{"id": "AB123456", "pool": "eu-west', 12),
        (RECORD, '{"id": "AB123456", "pool": "e:1", "', 8),
        (RECORD, '{"id": "AB123456", "pool": "e:1", "note": "never ending, never', 4),
        (CHAIN, '{"v": 12', 12),
        (CHAIN, '{"v": 123, "next": {"v": 456, "next": {"v": 7', 16),
        ({"type": "array", "items": {"type": "string", "minLength": 30}, "minItems": 3}, "", 60),
        ({"type": "object", "additionalProperties": {"type": "string"}}, '{"a": "b", "c', 8),
        ({"type": "string", "format": "date-time"}, '"20', 40),
        ({"type": "number"}, "1.", 4),
    ],
)
def test_a_text_is_ended_within_a_few_tokens_and_satisfies_its_schema(
    schema: Any, begun: str, most: int, mask_tokenizer: LLTokenizer, closer: Closer
) -> None:
    constraint = compile_constraint(MatchesSchema(schema_text=json.dumps(schema)), mask_tokenizer)
    assert constraint is not None
    matcher = constraint.matcher(mask_tokenizer)
    for token in mask_tokenizer.tokenize_str(begun):
        matcher.consume(token)
    before = matcher.allowed().tolist()
    way = closer.shortest(matcher, most)
    assert way is not None
    assert len(way) <= most
    assert matcher.allowed().tolist() == before
    constraint.check_text(begun + mask_tokenizer.decode_str(way))


def test_there_is_no_way_that_is_longer_than_what_is_left(mask_tokenizer: LLTokenizer, closer: Closer) -> None:
    constraint = compile_constraint(MatchesSchema(schema_text=json.dumps(RECORD)), mask_tokenizer)
    assert constraint is not None
    matcher = constraint.matcher(mask_tokenizer)
    before = matcher.allowed().tolist()
    assert closer.shortest(matcher, 3) is None
    assert matcher.allowed().tolist() == before


def test_a_finished_text_needs_nothing_more(mask_tokenizer: LLTokenizer, closer: Closer) -> None:
    constraint = compile_constraint(MatchesSchema(schema_text='{"type": "integer"}'), mask_tokenizer)
    assert constraint is not None
    matcher = constraint.matcher(mask_tokenizer)
    for token in mask_tokenizer.tokenize_str("12"):
        matcher.consume(token)
    assert closer.shortest(matcher, 5) == []


def test_what_is_forced_counts_too(mask_tokenizer: LLTokenizer, closer: Closer) -> None:
    schema = json.dumps({"const": "one text that is the only one and takes more than a few tokens"})
    constraint = compile_constraint(MatchesSchema(schema_text=schema), mask_tokenizer)
    assert constraint is not None
    assert closer.shortest(constraint.matcher(mask_tokenizer), 2) is None
