"""Requests as tests write them."""

from __future__ import annotations

import itertools
import json
from typing import Any, Protocol

import pytest

from engine.constraint.spec import ConstraintSpec, MatchesSchema, Unconstrained
from engine.model.protocol import ChatMessage, GenerateRequest

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 30},
        "age": {"type": "integer", "minimum": 0, "maximum": 120},
        "city": {"type": "string", "maxLength": 20},
    },
    "required": ["name", "age", "city"],
    "additionalProperties": False,
}


class Ask(Protocol):
    """Make a request."""

    def __call__(self, prompt: str = ..., schema: Any = ..., **fields: Any) -> GenerateRequest: ...


@pytest.fixture(scope="session")
def ask() -> Ask:
    """Return a maker of requests with ids of their own; without a schema the answer is plain text."""
    numbers = itertools.count()

    def make(prompt: str = "Anna Meyer is 34 and lives in Rome.", schema: Any = None, **fields: Any) -> GenerateRequest:
        constraint: ConstraintSpec = (
            Unconstrained() if schema is None else MatchesSchema(schema_text=json.dumps(schema))
        )
        messages = (
            ChatMessage(role="system", content="Read the facts from the text and answer with JSON."),
            ChatMessage(role="user", content=prompt),
        )
        return GenerateRequest(**{"id": f"r{next(numbers)}", "messages": messages, "constraint": constraint} | fields)

    return make


@pytest.fixture(scope="session")
def person() -> dict[str, Any]:
    """Return a small schema."""
    return PERSON
