"""A schema from a sentence: what a model may write is a schema, and what is made of it is strict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from engine.chat.describing import brief, finished, metaschema, stripped
from engine.schema.document import read_schema

if TYPE_CHECKING:
    from engine.model.client import ModelClient

CONTACT: dict[str, Any] = {
    "title": "contact",
    "description": "A person",
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Full name"},
        "kind": {"type": "string", "description": "How known", "enum": ["friend", "work"]},
        "phones": {"type": "array", "description": "Numbers", "items": {"type": "string", "description": "One"}},
        "home": {
            "type": "object",
            "description": "Where",
            "properties": {"city": {"type": "string", "description": "City"}},
        },
    },
}


def test_the_example_that_the_model_is_shown_is_one_that_it_may_write() -> None:
    asked = brief("A recipe")
    shown = json.loads(asked.turns[1][1])
    jsonschema_rs.validate(json.loads(asked.schema_text), shown)
    assert asked.turns[-1] == ("user", "A recipe")


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "string", "description": "No object"},
        CONTACT | {"properties": {}},
        CONTACT | {"properties": {"A name": {"type": "string", "description": "d"}}},
        CONTACT | {"properties": {"name": {"type": "text", "description": "d"}}},
        CONTACT | {"properties": {"name": {"type": "string"}}},
    ],
)
def test_what_is_no_schema_with_described_fields_cannot_be_written(wrong: Any) -> None:
    validator = jsonschema_rs.validator_for(metaschema())
    assert validator.is_valid(CONTACT)
    assert not validator.is_valid(wrong)


def test_nothing_nests_without_end() -> None:
    validator = jsonschema_rs.validator_for(metaschema())
    field: dict[str, Any] = {"type": "string", "description": "d"}
    depths = []
    for depth in range(8):
        if validator.is_valid(CONTACT | {"properties": {"deep": field}}):
            depths.append(depth)
        field = {"type": "array", "description": "d", "items": field}
    assert depths == [0, 1, 2]


def test_what_was_written_becomes_a_closed_schema_whose_fields_are_required() -> None:
    schema = finished(CONTACT)
    read_schema(json.dumps(schema))
    assert schema["required"] == ["name", "kind", "phones", "home"]
    assert schema["properties"]["home"]["additionalProperties"] is False
    assert stripped(schema) == CONTACT


def test_what_is_being_written_is_a_schema_already() -> None:
    assert finished({"title": "con"}) == {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "con"}
    assert finished(CONTACT | {"properties": {"name": None}})["required"] == ["name"]


def test_the_bundled_model_writes_a_schema_from_a_sentence(model_client: ModelClient) -> None:
    from engine.chat.model import Model
    from engine.constraint.spec import MatchesSchema
    from engine.model.protocol import ChatMessage, Sampling

    asked = brief("A parcel: sender, weight in grams, and whether it is fragile")
    answer = Model(model_client, model_client.wait_until_ready(60)).generate(
        [
            ChatMessage(role="system", content=asked.system),
            *(ChatMessage(role=role, content=text) for role, text in asked.turns),
        ],
        response_format=MatchesSchema(schema_text=asked.schema_text),
        sampling=Sampling(temperature=0.0, repetition_penalty=1.05),
        max_tokens=300,
    )
    schema = finished(answer.value)
    read_schema(json.dumps(schema))
    assert schema["properties"]
