"""A matcher that went back is as one that never went on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from engine.constraint.compile import compile_constraint
from engine.constraint.spec import MatchesSchema

if TYPE_CHECKING:
    from llguidance import LLTokenizer

SCHEMA = {
    "type": "object",
    "properties": {"words": {"type": "array", "items": {"type": "string", "maxLength": 12}}},
    "required": ["words"],
}


def test_after_going_back_the_mask_is_that_of_the_text(mask_tokenizer: LLTokenizer) -> None:
    constraint = compile_constraint(MatchesSchema(schema_text=json.dumps(SCHEMA)), mask_tokenizer)
    assert constraint is not None
    matcher = constraint.matcher(mask_tokenizer)
    begun, instead = '{"words": [], "a":', ' {"'
    for gone in (' ["', ' ["b', " [1, 2", ' {"b": [{"', " null"):
        tokens = mask_tokenizer.tokenize_str(begun)
        for token in (*tokens, *(away := mask_tokenizer.tokenize_str(gone))):
            matcher.consume(token)
        matcher.allowed()
        matcher.rollback(len(away))
        for token in (back := mask_tokenizer.tokenize_str(instead)):
            matcher.consume(token)
        fresh = constraint.matcher(mask_tokenizer)
        for token in (*tokens, *back):
            fresh.consume(token)
        assert np.array_equal(matcher.allowed(), fresh.allowed()), gone
        matcher.rollback(len(tokens) + len(back))
