"""Answers that quote a document: what is written stands there, and where that is gets told."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.constraint.compile import compile_constraint
from engine.constraint.grounding import GroundedMatcher, Grounds, QuotableText, Vocabulary
from engine.constraint.spec import MatchesSchema
from engine.errors import EngineError
from engine.model.protocol import Failed, Finished, Grounding, RequestEvent, ShrinkableSpan, Started, ValueClosed
from engine.schema.document import read_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from conftest import Ask, MakeScheduler

    from engine.model.llama import Weights
    from engine.model.scheduler import Scheduler

TEXT = 'Maria Lopez from Globex writes: my phone is +1 415 555 0137, order "88\\213" arrived broken. Maria'
QUOTE = {"type": "string", "maxLength": 40}


def record(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@pytest.fixture
def answer(
    make_scheduler: MakeScheduler,
    ask: Ask,
    heard: list[RequestEvent],
    run_all: Callable[[Scheduler], None],
) -> Callable[..., RequestEvent]:
    """Return what asks for one record of a text, and returns the event that ends it."""

    def run(schema: Any, text: str = TEXT, **fields: Any) -> RequestEvent:
        scheduler = make_scheduler(cells=1024, context=512, lanes=1)
        grounding = Grounding(message=1, pieces=((0, len(text)),), lists=fields.pop("lists", {}))
        scheduler.submit(ask(text, schema, grounding=grounding, **fields))
        run_all(scheduler)
        return heard[-1]

    return run


def test_every_string_stands_in_the_document_and_its_places_are_told(
    answer: Callable[..., RequestEvent], heard: list[RequestEvent]
) -> None:
    ended = answer(record(name=QUOTE, phone=QUOTE, order=QUOTE, first=QUOTE | {"maxLength": 5}))
    assert isinstance(ended, Finished)
    values = [event for event in heard if isinstance(event, ValueClosed) and event.pointer]
    assert [value.pointer for value in values] == ["/name", "/phone", "/order", "/first"]
    for value in values:
        assert value.spans
        assert all(TEXT[start:end] == value.value for start, end in value.spans)
    assert ended.text == json.dumps({value.pointer[1:]: value.value for value in values}, ensure_ascii=False)


@pytest.fixture(scope="module")
def tokens(vocabulary: Weights) -> Vocabulary:
    """Return the bundled model's tokens."""
    return Vocabulary(vocabulary.mask_tokenizer())


PIECES = (
    "Blue",
    "Harbour",
    "Café",
    '"',
    "\\",
    "+1 415",
    "1,252.00",
    "GBP",
    "ß",
    "Werk-\nzeug",
    "(",
    "):",
    "\n",
    "東京",
    " ",
    "  ",
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_whatever_tokens_are_taken_every_string_stands_in_the_document(
    tokens: Vocabulary, pieces: list[str], drawn: Random
) -> None:
    text = " ".join(pieces)
    items = {"type": "array", "items": {"type": "string", "maxLength": 30}, "maxItems": 3}
    schema = record(a={"type": ["string", "null"]}, b=items, c={"type": ["string", "null"], "x-grounding": "sums"})
    schema_text = json.dumps(schema)
    constraint = compile_constraint(MatchesSchema(schema_text=schema_text))
    assert constraint is not None
    sums = [match.span() for match in re.finditer("252|415", text)]
    grounds = Grounds(read_schema(schema_text), QuotableText(text), {"sums": sums})
    plain = constraint.matcher(tokens.tokenizer)
    matcher = GroundedMatcher(tokens.tokenizer, constraint.grammar, grounds, tokens, plain)
    written = b""
    while not matcher.ended:
        assert not matcher.stuck
        forced = matcher.take_forced() if drawn.random() < 0.5 else []
        written += b"".join(tokens.pieces[token] for token in forced)
        if forced or matcher.ended:
            continue
        token = drawn.choice(matcher.allowed().tolist())
        if token in tokens.ends:
            break
        assert matcher.allows(token)
        matcher.consume(token)
        written += tokens.pieces[token]
    value = json.loads(written)
    assert grounds.invented(value) is None
    assert value["c"] in {None, "252", "415"}
    for quote in filter(None, [value["a"], *value["b"]]):
        assert "".join(quote.split()) in "".join(text.split()).replace("-", "") + "".join(text.split())


def test_without_grounding_nothing_is_said_of_places(
    make_scheduler: MakeScheduler, ask: Ask, heard: list[RequestEvent], run_all: Callable[[Scheduler], None]
) -> None:
    scheduler = make_scheduler(cells=1024, context=512, lanes=1)
    scheduler.submit(ask(TEXT, record(name=QUOTE)))
    run_all(scheduler)
    assert [event.spans for event in heard if isinstance(event, ValueClosed)] == [(), ()]


def test_what_the_document_does_not_have_is_null_with_certainty(
    answer: Callable[..., RequestEvent], heard: list[RequestEvent]
) -> None:
    nullable = {"anyOf": [{"type": "string", "format": "email"}, {"type": "null"}]}
    ended = answer(record(email=nullable, name={"type": ["string", "null"], "maxLength": 40}))
    assert isinstance(ended, Finished)
    assert json.loads(ended.text)["email"] is None
    email, name = (event for event in heard if isinstance(event, ValueClosed) and event.pointer)
    assert email.absence == pytest.approx(1.0)
    assert name.absence is not None
    assert 0 <= name.absence < 1


@pytest.mark.parametrize(
    "field",
    [
        {"type": "string", "pattern": "^[A-Z]{3}-[0-9]+$"},
        {"type": "array", "items": QUOTE | {"maxLength": 5}, "minItems": 8, "maxItems": 8, "uniqueItems": True},
    ],
)
def test_where_nothing_can_stand_the_error_names_the_field(
    answer: Callable[..., RequestEvent], field: dict[str, Any]
) -> None:
    ended = answer(record(code=field), text="Globex is near.")
    assert isinstance(ended, Failed)
    error = ended.error.error()
    assert isinstance(error, EngineError)
    assert error.where is not None
    assert error.where.startswith("/code")


def test_a_text_that_did_not_fit_cannot_be_quoted(
    answer: Callable[..., RequestEvent], heard: list[RequestEvent]
) -> None:
    text = "The river is wide. " * 200 + "Zanzibar"
    ended = answer(
        record(place={"type": ["string", "null"], "pattern": "^Z"}),
        text=text,
        max_tokens=64,
        shrink=ShrinkableSpan(message=1, start=0, end=len(text)),
    )
    started = next(event for event in heard if isinstance(event, Started))
    assert started.trimmed_characters
    assert isinstance(ended, Finished)
    assert json.loads(ended.text) == {"place": None}


def test_a_record_that_meets_its_limit_is_closed_with_text_of_the_document(
    answer: Callable[..., RequestEvent], heard: list[RequestEvent]
) -> None:
    items = {"type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 40}
    ended = answer(record(words=items, last=QUOTE), max_tokens=40)
    assert isinstance(ended, Finished)
    value = json.loads(ended.text)
    assert all(word in TEXT for word in [*value["words"], value["last"]])


def test_a_beginning_that_is_no_quote_is_refused(answer: Callable[..., RequestEvent]) -> None:
    ended = answer(record(name=QUOTE), begin='{"name": "Zan')
    assert isinstance(ended, Failed)
    assert ended.error.error().kind == "InvalidRequest"
    assert isinstance(answer(record(name=QUOTE), begin='{"name": "Glo'), Finished)
