"""What is told of each token: how it came to be, what else the model had in mind, and what was taken back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from engine.model.growth import Growth
from engine.model.protocol import Failed, Finished, Sampling, TextDelta, TokensWritten, TokenTrace, ValueClosed
from engine.model.sampling import Choice, Sampler
from engine.model.trace import Tracer
from tests.engine.model.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.model.llama import Weights
    from engine.model.protocol import RequestEvent
    from engine.model.scheduler import Scheduler
    from tests.engine.model.conftest import Ask, MakeScheduler

DIGITS = {str(digit): 10.0 - digit for digit in range(1, 10)}
UNIQUE = {
    "type": "array",
    "items": {"type": "integer", "minimum": 1, "maximum": 9},
    "uniqueItems": True,
    "minItems": 4,
    "maxItems": 4,
}
WITHDRAWN = {
    "type": "array",
    "prefixItems": [{"type": "string", "pattern": "^[a-c]$"}, {"enum": ["a", "c"]}],
    "minItems": 2,
    "maxItems": 2,
    "not": {"prefixItems": [{"enum": ["a", "c"]}]},
}
MANY_BYTES = {
    "type": "array",
    "items": {"enum": ["日本", "東京", "😀"]},
    "minItems": 3,
    "maxItems": 3,
    "uniqueItems": True,
}
ENDLESS = {
    "type": "object",
    "properties": {"note": {"type": "string"}, "kind": {"enum": ["left", "right"]}},
    "required": ["note", "kind"],
    "additionalProperties": False,
}
WANTS_A_WORD = {
    "type": "object",
    "properties": {
        "note": {"type": "string", "maxLength": 4},
        "words": {"type": "array", "items": {"type": "string"}, "contains": {"pattern": "^x-[0-9]{6}$"}},
    },
    "required": ["note", "words"],
    "additionalProperties": False,
}


def spelled(tokens: tuple[TokenTrace, ...]) -> str:
    return "".join(token.text for token in tokens)


@pytest.mark.parametrize(
    ("schema", "scores", "fields"),
    [
        (UNIQUE, DIGITS, {}),
        (UNIQUE, DIGITS, {"sampling": Sampling(temperature=1.5, seed=5)}),
        (WITHDRAWN, {"a": 3.0, "b": 2.0}, {}),
        (MANY_BYTES, {}, {}),
        (ENDLESS, {"a": 3.0}, {"max_tokens": 30}),
        (WANTS_A_WORD, {"a": 3.0, '"': 1.0, "]": 1.0}, {"max_tokens": 120}),
        ({"const": "forced"}, {}, {}),
    ],
    ids=["retried", "drawn", "withdrawn", "bytes", "closed", "constructed", "forced"],
)
def test_at_every_step_the_tokens_told_are_those_of_the_answer_and_spell_its_text(
    vocabulary: Weights, ask: Ask, schema: Any, scores: dict[str, float], fields: dict[str, Any]
) -> None:
    writer = Writer(vocabulary, ask, schema, scores, trace=3, **fields)
    text = writer.write()
    assert spelled(writer.tokens) == text
    assert [token.token for token in writer.tokens] == writer.run.tokens[1:]
    assert writer.spelled == writer.texts
    assert all(event.keep is None or event.keep < count for event, count in writer.traces)
    hows = [token.how for token in writer.tokens]
    assert hows.count("drawn") == writer.run.generated - writer.run.growth.forced
    assert all((token.how == "drawn") == bool(token.alternatives) for token in writer.tokens)


def test_what_a_check_refused_stays_to_be_seen_where_it_stood(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, UNIQUE, DIGITS, trace=2)
    assert json.loads(writer.write()) == [1, 2, 3, 4]
    refused = [
        [each.text for each in token.alternatives if each.refused]
        for token in writer.tokens
        if token.how == "drawn" and token.text.isdigit()
    ]
    assert refused == [[], ["1"], ["1", "2"], ["1", "2", "3"]]


def test_tokens_that_were_told_are_withdrawn_where_the_whole_value_fails(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, WITHDRAWN, {"a": 3.0, "b": 2.0}, trace=2)
    assert json.loads(writer.write()) == ["b", "a"]
    withdrawing = [event for event, _ in writer.traces if event.keep is not None]
    assert [next(token.text for token in event.tokens) for event in withdrawing] == ["b"]
    (first, *_) = withdrawing[0].tokens
    assert [each.text for each in first.alternatives if each.refused] == ["a"]


def test_a_token_put_in_the_place_of_another_has_its_own_probability(vocabulary: Weights, ask: Ask) -> None:
    """With a penalty the scores that order the rivals are not those that probabilities are made of."""
    sampling = Sampling(repetition_penalty=1.3)
    writer = Writer(vocabulary, ask, UNIQUE, DIGITS, trace=2, sampling=sampling)
    writer.write()
    drawn = [token for token in writer.tokens if token.how == "drawn" and token.text.isdigit()]
    assert any(each.refused for token in drawn for each in token.alternatives)
    for token in drawn:
        assert token.probability is not None
        assert token.removed_mass is not None
        own = next(each for each in token.alternatives if each.token == token.token)
        weights = np.exp(writer.logits.astype(np.float64))
        assert own.probability == pytest.approx(weights[token.token] / weights.sum(), rel=1e-3)
        assert own.probability == pytest.approx(token.probability * (1 - token.removed_mass), rel=1e-3)


def test_tokens_that_end_an_answer_near_its_limit_are_marked(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, ENDLESS, {"a": 3.0}, trace=1, max_tokens=30)
    writer.write()
    hows = [token.how for token in writer.tokens]
    first = hows.index("closing")
    assert "drawn" in hows[:first]
    assert set(hows[first:]) == {"closing"}


def test_tokens_that_the_model_had_no_part_in_are_marked(vocabulary: Weights, ask: Ask) -> None:
    scores = {"a": 3.0, '"': 1.0, "]": 1.0}
    writer = Writer(vocabulary, ask, WANTS_A_WORD, scores, trace=1, completes=True, max_tokens=120)
    writer.write()
    assert writer.run.end_reason == "constructed"
    constructed = spelled(tuple(token for token in writer.tokens if token.how == "constructed"))
    assert "x-" in constructed


def test_the_last_token_of_a_character_has_all_of_it(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, {"enum": ["日本", "東京"]}, {}, trace=4)
    text = writer.write()
    assert len(writer.tokens) > len(text)
    assert "" in [token.text for token in writer.tokens]
    assert not any("\ufffd" in token.text for token in writer.tokens)
    parts = [each for token in writer.tokens for each in token.alternatives if len(vocabulary.piece(each.token)) == 1]
    assert any(each.text == "\ufffd" for each in parts)


def test_a_text_that_ends_within_a_character_tells_its_last_token_again(vocabulary: Weights) -> None:
    growth = Growth([1], None, None, vocabulary.piece)
    tracer = Tracer("r", vocabulary.piece, str)
    first, *_ = vocabulary.tokenize("日", special=False)
    growth.extend(Choice(first, 0.5, 0.0))
    event = tracer.tell(growth)
    assert event is not None
    assert [token.text for token in event.tokens] == [""]
    growth.finish()
    again = tracer.tell(growth)
    assert again is not None
    assert again.keep == 0
    assert spelled(again.onto(event.tokens)) == growth.text == "\ufffd"
    assert tracer.tell(growth) is None


def test_alternatives_are_the_models_likeliest_tokens_whatever_the_mask_and_the_one_drawn(
    vocabulary: Weights, ask: Ask
) -> None:
    schema = {"type": "integer", "minimum": 4, "maximum": 9}
    writer = Writer(vocabulary, ask, schema, {"Sure": 6.0, "1": 5.0, "5": 3.0, "7": 2.0}, trace=2)
    writer.logits[2] = 4.5
    assert writer.write() == "5"
    (token,) = writer.tokens
    assert [(each.text, each.allowed) for each in token.alternatives] == [("Sure", False), ("1", False), ("5", True)]
    weights = np.exp(writer.logits.astype(np.float64))
    allowed = [vocabulary.tokenize(digit, special=False)[0] for digit in "456789"]
    assert token.probability == pytest.approx(weights[token.token] / weights[allowed].sum())
    assert token.removed_mass == pytest.approx(1 - weights[allowed].sum() / weights.sum())
    assert [each.probability for each in token.alternatives] == pytest.approx(
        [weights[each.token] / weights.sum() for each in token.alternatives]
    )


def test_an_alternative_without_a_text_goes_by_its_name(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, {"enum": [4, 5]}, {"5": 3.0}, trace=1)
    writer.logits[2] = 9.0
    writer.write()
    assert [each.text for each in writer.tokens[0].alternatives] == ["<|im_end|>", "5"]


def test_a_value_is_as_probable_as_its_tokens_are_on_average(vocabulary: Weights, ask: Ask) -> None:
    schema = {"type": "array", "items": {"type": "string", "pattern": "^[abc]{6}$"}, "minItems": 2, "maxItems": 2}
    writer = Writer(
        vocabulary, ask, schema, {"a": 3.0, "b": 2.5, "c": 1.0}, trace=5, sampling=Sampling(temperature=1, seed=1)
    )
    writer.write()
    for value in writer.values[:2]:
        starts = [len(spelled(writer.tokens[:index])) for index in range(len(writer.tokens))]
        inside = [
            token
            for start, token in zip(starts, writer.tokens, strict=True)
            if value.start < start < value.end - 1 and token.how == "drawn"
        ]
        probabilities = [token.probability for token in inside if token.probability is not None]
        assert len(probabilities) == len(inside) > 2
        assert value.mean_probability == pytest.approx(sum(probabilities) / len(inside))
        assert value.min_probability == pytest.approx(min(probabilities))


@pytest.mark.parametrize("asked", [1, 8, 20])
def test_a_trace_changes_nothing_that_is_drawn(vocabulary: Weights, ask: Ask, asked: int) -> None:
    settings = Sampling(temperature=1.0, seed=3)
    plain, traced = (Writer(vocabulary, ask, UNIQUE, DIGITS, sampling=settings, trace=trace) for trace in (0, asked))
    assert plain.write() == traced.write()
    assert plain.texts == traced.texts
    assert [value.value for value in plain.values] == [value.value for value in traced.values]
    for before, after in zip(plain.values, traced.values, strict=True):
        assert before.mean_probability == pytest.approx(after.mean_probability)
    assert plain.traces == []


def test_the_likeliest_are_found_among_fewer_tokens_than_were_asked_for() -> None:
    logits = np.array([1.0, 3.0, 2.0], dtype=np.float32)
    choice = Sampler(Sampling(), 0).choose(logits, np.array([0, 2]), (), likeliest=20)
    assert [(token, allowed) for token, _, allowed in choice.likeliest] == [(1, False), (2, True), (0, True)]
    assert sum(share for _, share, _ in choice.likeliest) == pytest.approx(1)


def told(heard: list[RequestEvent], request_id: str) -> tuple[TokenTrace, ...]:
    """Return the tokens that stand in the end; after each event they spell the text so far."""
    tokens: tuple[TokenTrace, ...] = ()
    text = ""
    for event in heard:
        if event.id == request_id and isinstance(event, TextDelta):
            text = event.onto(text)
        elif event.id == request_id and isinstance(event, TokensWritten):
            tokens = event.onto(tokens)
            assert spelled(tokens) == text
        elif event.id == request_id and isinstance(event, ValueClosed):
            assert json.loads(spelled(tokens)[event.start : event.end]) == event.value
    return tokens


def test_answers_side_by_side_tell_their_own_tokens(
    make_scheduler: MakeScheduler,
    run_all: Callable[[Scheduler], None],
    heard: list[RequestEvent],
    ask: Ask,
    person: dict[str, Any],
) -> None:
    scheduler = make_scheduler(cells=512, context=256, lanes=3)
    colours = {"type": "array", "items": {"enum": ["red", "blue", "grün"]}, "minItems": 3, "maxItems": 3}
    unique = colours | {"uniqueItems": True}
    requests = [
        ask(schema=person, trace=4, max_tokens=60),
        ask("The colours are red, red and red.", schema=unique, trace=1, max_tokens=60),
        ask("Say hello.", trace=2, max_tokens=12),
        ask(schema=person, max_tokens=60),
    ]
    for request in requests:
        scheduler.submit(request)
    run_all(scheduler)
    ends = {event.id: event for event in heard if isinstance(event, Finished | Failed)}
    for request in requests[:3]:
        tokens = told(heard, request.id)
        end = ends[request.id]
        assert spelled(tokens) == end.text
        assert end.receipt is not None
        assert len(tokens) == end.receipt.generated_tokens
        assert sum(token.how == "forced" for token in tokens) == end.receipt.forced_tokens
    assert not any(isinstance(event, TokensWritten) and event.id == requests[3].id for event in heard)


def test_an_answer_stopped_in_the_middle_has_told_what_it_keeps(
    make_scheduler: MakeScheduler,
    run_all: Callable[[Scheduler], None],
    heard: list[RequestEvent],
    ask: Ask,
    person: dict[str, Any],
) -> None:
    scheduler = make_scheduler(cells=256, context=256, lanes=1)
    request = ask(schema=person, trace=3)
    scheduler.submit(request)
    while sum(isinstance(event, TokensWritten) for event in heard) < 4:
        scheduler.step()
    scheduler.cancel(request.id)
    run_all(scheduler)
    end = heard[-1]
    assert isinstance(end, Failed)
    assert end.error.error().kind == "Cancelled"
    assert end.text
    assert spelled(told(heard, request.id)) == end.text
