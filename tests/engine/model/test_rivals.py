"""How else a value could have gone on: told with it, where that is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.model.protocol import Sampling, ValueClosed
from tests.engine.model.writer import Writer

if TYPE_CHECKING:
    from conftest import Ask

    from engine.model.client import ModelClient
    from engine.model.llama import Weights

SCORES = {"red": 3.0, "blue": 2.0, "green": 1.0, '"': 0.0, "1": 1.0, "2": 0.5}


def one(name: str, schema: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {name: schema}, "required": [name], "additionalProperties": False}


def told(writer: Writer, pointer: str) -> ValueClosed:
    return next(value for value in writer.values if value.pointer == pointer)


def test_a_value_and_its_rivals_share_all_the_probability_there_was(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, one("colour", {"enum": ["red", "blue", "green"]}), SCORES, rivals=True)
    assert json.loads(writer.write()) == {"colour": "red"}
    value = told(writer, "/colour")
    assert value.probability is not None
    assert value.rivals
    assert value.probability + sum(rival.probability for rival in value.rivals) == pytest.approx(1, abs=0.02)
    likely = [rival.probability for rival in value.rivals]
    assert likely == sorted(likely, reverse=True)
    beginnings = ('"red"', '"blue"', '"green"')
    assert all(any(text.startswith(rival.text) for text in beginnings) for rival in value.rivals)
    blue = sum(rival.probability for rival in value.rivals if rival.text.startswith('"b'))
    green = sum(rival.probability for rival in value.rivals if rival.text.startswith('"g'))
    assert blue / green == pytest.approx(2.718, rel=0.02)


def test_nobody_who_does_not_ask_is_told(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, one("colour", {"enum": ["red", "blue"]}), SCORES)
    writer.write()
    assert all(value.rivals == () and value.probability is None for value in writer.values)


def test_what_a_check_refused_is_no_rival(vocabulary: Weights, ask: Ask) -> None:
    colour = {"type": "string", "pattern": "^(red|blue|green)$"}
    colours = {"type": "array", "items": colour, "minItems": 2, "maxItems": 2, "uniqueItems": True}
    writer = Writer(vocabulary, ask, one("colours", colours), SCORES, rivals=True)
    assert json.loads(writer.write())["colours"] == ["red", "blue"]
    assert writer.run.growth.rollbacks
    assert not any(
        '"red"'.startswith(rival.text) and len(rival.text) > 1 for rival in told(writer, "/colours/1").rivals
    )


def test_penalties_and_temperature_do_not_change_what_rivals_are_told_with(vocabulary: Weights, ask: Ask) -> None:
    def probabilities(**settings: Any) -> dict[str, float]:
        schema = one("colour", {"enum": ["red", "blue", "green"]})
        writer = Writer(vocabulary, ask, schema, SCORES, rivals=True, sampling=Sampling(seed=1, **settings))
        writer.write()
        value = told(writer, "/colour")
        assert value.probability is not None
        return {rival.text: rival.probability for rival in value.rivals} | {json.dumps(value.value): value.probability}

    plain, changed = probabilities(), probabilities(temperature=0.5, repetition_penalty=1.3)
    shared = plain.keys() & changed.keys()
    assert shared
    assert all(plain[text] == pytest.approx(changed[text], rel=1e-3) for text in shared)


def test_an_object_or_list_has_no_rivals_of_its_own_and_its_values_do(model_client: ModelClient, ask: Ask) -> None:
    schema = one("names", {"type": "array", "items": {"type": "string", "maxLength": 8}, "minItems": 1, "maxItems": 2})
    events = list(model_client.stream(ask("Anna and Bert.", schema, rivals=True, max_tokens=60)))
    values = {event.pointer: event for event in events if isinstance(event, ValueClosed)}
    assert values["/names"].rivals == values[""].rivals == ()
    item = values["/names/0"]
    assert item.rivals
    assert item.probability is not None
    assert item.probability + sum(rival.probability for rival in item.rivals) <= 1.001
    assert all(rival.text.startswith('"') for rival in item.rivals)
