"""An answer that has to begin as it is told: with a text, or with the first tokens of another."""

from __future__ import annotations

import itertools
import json
import string
from typing import TYPE_CHECKING, Any

import pytest

from engine.constraint.spec import MatchesLark, MatchesRegex
from engine.errors import BudgetExceeded, InvalidRequest, PromptTooLong, TokenLimitReached
from engine.model.protocol import Failed, Finished, Rendered, Sampling, TokensWritten, TokenTrace, ValueClosed
from tests.engine.model.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.constraint.spec import ConstraintSpec
    from engine.model.client import ModelClient
    from engine.model.llama import Weights
    from engine.model.protocol import GenerateRequest, RequestEvent
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
PAIR = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 9}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def answer(client: ModelClient, request: GenerateRequest) -> tuple[Finished, tuple[TokenTrace, ...]]:
    tokens: tuple[TokenTrace, ...] = ()
    for event in client.stream(request):
        if isinstance(event, TokensWritten):
            tokens = event.onto(tokens)
        if isinstance(event, Finished):
            return event, tokens
        assert not isinstance(event, Failed), event
    raise AssertionError("a stream ends")


def test_an_answer_begun_with_its_own_first_tokens_is_the_same_answer(
    model_client: ModelClient, ask: Ask, person: dict[str, Any]
) -> None:
    first, tokens = answer(model_client, ask(schema=person, trace=1, reproducible=True))
    ids = tuple(token.token for token in tokens)
    hows = [token.how for token in tokens]
    assert "forced" in hows
    within_forced = next(place for place, pair in enumerate(itertools.pairwise(hows)) if pair == ("forced",) * 2)
    for count in (1, within_forced + 1, len(ids) // 2, len(ids) - 1):
        again, told = answer(model_client, ask(schema=person, trace=1, reproducible=True, begin=ids[:count]))
        assert again.text == first.text
        assert tuple(token.token for token in told) == ids
        assert [token.how for token in told] == ["given"] * count + hows[count:]
        assert again.receipt.given_tokens == count
        assert again.receipt.generated_tokens == len(ids)


def test_plain_text_goes_on_from_its_own_first_tokens(model_client: ModelClient, ask: Ask) -> None:
    asked: dict[str, Any] = {"max_tokens": 12, "reproducible": True, "trace": 1}
    prompt = "Name the capital of France in one short sentence."
    first, tokens = answer(model_client, ask(prompt, **asked))
    ids = tuple(token.token for token in tokens)
    for count in (1, len(ids) // 2, len(ids) - 1):
        again, _ = answer(model_client, ask(prompt, begin=ids[:count], **asked))
        assert again.text == first.text


@pytest.mark.parametrize("begin", ['{"', '{"na', '{"name": "Bo', '{"name": "Bob", "age": 7'])
def test_an_answer_begins_with_the_text_it_was_given(
    model_client: ModelClient, ask: Ask, person: dict[str, Any], begin: str
) -> None:
    end, tokens = answer(model_client, ask(schema=person, begin=begin, trace=1))
    assert end.text.startswith(begin)
    assert json.loads(end.text)
    given = [token for token in tokens if token.how == "given"]
    assert "".join(token.text for token in given) == begin
    assert tokens[: len(given)] == tuple(given)
    assert end.receipt.given_tokens == len(given)
    assert end.receipt.generated_tokens == len(tokens)


def test_a_free_answer_begins_with_the_text_it_was_given(model_client: ModelClient, ask: Ask) -> None:
    events = list(model_client.stream(ask("Say hello.", begin="Ahoy, né", max_tokens=8)))
    assert isinstance(events[-1], Finished | Failed)
    assert events[-1].text.startswith("Ahoy, né")
    assert len(events[-1].text) > len("Ahoy, né")


def test_values_that_the_beginning_closes_are_told(model_client: ModelClient, ask: Ask) -> None:
    events = list(model_client.stream(ask(schema=PAIR, begin='{"name": "Bo", "a')))
    values = {event.pointer: event for event in events if isinstance(event, ValueClosed)}
    assert values["/name"].value == "Bo"
    assert values["/name"].mean_probability is None
    assert set(values) == {"/name", "/age", ""}


@pytest.mark.parametrize("begin", ['{"name": "Bo", "age": 4}', "[1, 2, 3, 4]"])
def test_a_beginning_that_is_the_whole_answer_ends_it(vocabulary: Weights, ask: Ask, begin: str) -> None:
    writer = Writer(vocabulary, ask, UNIQUE if begin[0] == "[" else PAIR, DIGITS, begin=begin)
    assert writer.write() == begin
    assert writer.run.end_reason == "stop"
    assert writer.run.generated == writer.run.growth.given


def test_a_whole_answer_as_the_beginning_is_done_with_the_real_model_too(model_client: ModelClient, ask: Ask) -> None:
    whole = '{"name": "Bo", "age": 4}'
    count = answer(model_client, ask(schema=PAIR, begin=whole))[0].receipt.given_tokens
    end, _ = answer(model_client, ask(schema=PAIR, begin=whole, max_tokens=count))
    assert end.text == whole
    assert end.receipt.finish_reason == "stop"
    assert end.receipt.generated_tokens == count


@pytest.mark.parametrize(
    ("constraint", "begin", "character"),
    [
        (PAIR, "Sure", 1),
        (PAIR, '{ "name"', 2),
        (PAIR, '{"nme": 1', 4),
        (PAIR, '{"name": "Bo", "age": "4"', 23),
        (PAIR, '{"name": "Zoë is far too long', 20),
        (PAIR, '{"name": "Bo", "age": 4} and more', 25),
        (UNIQUE, "[1, 12", 6),
        (MatchesRegex(pattern="[a-c]+x"), "abcdx", 4),
        (MatchesLark(grammar='start: "yes" | "no"'), "yet", 3),
    ],
)
def test_a_beginning_that_is_not_allowed_is_refused_at_its_character(
    vocabulary: Weights, ask: Ask, constraint: ConstraintSpec | dict[str, Any], begin: str, character: int
) -> None:
    fields = {"schema": constraint} if isinstance(constraint, dict) else {"schema": None, "constraint": constraint}
    with pytest.raises(InvalidRequest) as caught:
        Writer(vocabulary, ask, fields.pop("schema"), {}, begin=begin, **fields)
    assert caught.value.where == f"character {character}"
    assert f"“{begin[character - 1 :][:5]}" in caught.value.message


@pytest.mark.parametrize(
    ("schema", "begin", "character"),
    [
        (UNIQUE, "[1, 1, ", 5),
        (UNIQUE, "[1, 2, 2, 3]", 8),
        ({"type": "array", "items": {"type": "string", "not": {"const": "no"}}}, '["yes", "no"', 12),
    ],
)
def test_a_value_in_the_beginning_that_fails_its_check_is_refused_at_its_end(
    vocabulary: Weights, ask: Ask, schema: Any, begin: str, character: int
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Writer(vocabulary, ask, schema, DIGITS, begin=begin)
    assert caught.value.where == f"character {character}"


@pytest.mark.parametrize(("begin", "what"), [((2,), "ends an answer"), ((10**6,), "none of this model's")])
def test_tokens_that_cannot_begin_an_answer_are_refused(
    vocabulary: Weights, ask: Ask, begin: tuple[int, ...], what: str
) -> None:
    with pytest.raises(InvalidRequest, match=what):
        Writer(vocabulary, ask, PAIR, {}, begin=begin)


def test_nothing_that_was_given_is_taken_back(vocabulary: Weights, ask: Ask) -> None:
    writer = Writer(vocabulary, ask, UNIQUE, DIGITS, begin="[9, 1, ", trace=1)
    assert json.loads(writer.write()) == [9, 1, 2, 3]
    assert writer.run.growth.rollbacks > 0
    assert all(text.startswith("[9, 1, ") for text in writer.texts[1:])
    assert [token.how for token in writer.tokens if token.text in {"9", "1"}] == ["given", "given"]


def test_a_check_that_only_other_given_tokens_could_pass_fails_by_name(vocabulary: Weights, ask: Ask) -> None:
    item = {"type": "string", "pattern": "^[ab]$"}
    schema = {"type": "array", "items": item, "minItems": 2, "maxItems": 2, "not": {"prefixItems": [{"const": "a"}]}}
    writer = Writer(vocabulary, ask, schema, {"a": 3.0, "b": 2.0}, begin='["a", ', completes=True)
    with pytest.raises(BudgetExceeded, match="No value was found that passes its check"):
        writer.write()
    assert writer.texts[-1].startswith('["a", ')


def test_what_the_model_does_not_find_is_completed_behind_the_beginning(vocabulary: Weights, ask: Ask) -> None:
    letter = {"type": "string", "minLength": 1, "maxLength": 2}
    schema = {"type": "array", "items": letter, "minItems": 2, "maxItems": 2}
    schema["not"] = {"prefixItems": [True, {"pattern": "^([^0].?|0.)$"}]}
    likes = dict.fromkeys(string.ascii_letters + "!#$%&()*+,-./:;<=>?@", 3.0)
    writer = Writer(vocabulary, ask, schema, likes, begin='["b", "', completes=True, trace=1)
    assert json.loads(writer.write()) == ["b", "0"]
    assert writer.run.end_reason == "constructed"
    given = [token.text for token in writer.tokens if token.how == "given"]
    assert "".join(given) == '["b", "'
    assert {token.how for token in writer.tokens[len(given) :]} == {"constructed"}


@pytest.mark.parametrize("most", [24, 30, 40])
def test_an_answer_with_a_beginning_is_closed_near_its_limit(vocabulary: Weights, ask: Ask, most: int) -> None:
    schema = {
        "type": "object",
        "properties": {"note": {"type": "string"}, "kind": {"enum": ["left", "right"]}},
        "required": ["note", "kind"],
        "additionalProperties": False,
    }
    writer = Writer(vocabulary, ask, schema, {"a": 3.0}, begin='{"note": "Once upon', max_tokens=most)
    value = json.loads(writer.write())
    assert value["note"].startswith("Once upon")
    assert writer.run.end_reason == "length_closed"
    assert writer.run.generated <= most


def test_a_beginning_that_takes_all_of_the_limit_is_refused(vocabulary: Weights, ask: Ask) -> None:
    with pytest.raises(TokenLimitReached, match="takes 5 tokens and the limit is 5"):
        Writer(vocabulary, ask, PAIR, {}, begin='{"name": "Bo', max_tokens=5)


@pytest.mark.parametrize("parts", [1, 2, 4])
def test_a_beginning_may_end_within_a_character(vocabulary: Weights, ask: Ask, parts: int) -> None:
    ids = vocabulary.tokenize('"日本', special=False)
    writer = Writer(vocabulary, ask, {"enum": ["日本", "日記"]}, {}, begin=tuple(ids[:parts]), trace=1)
    text = writer.write()
    assert json.loads(text) in {"日本", "日記"}
    assert "".join(token.text for token in writer.tokens) == text
    assert [token.how for token in writer.tokens][:parts] == ["given"] * parts


def test_a_beginning_that_fills_the_context_is_refused(
    make_scheduler: MakeScheduler, heard: list[RequestEvent], ask: Ask
) -> None:
    scheduler = make_scheduler(cells=256, context=256, lanes=1)
    scheduler.submit(ask("Count.", begin="one two three four five " * 50))
    assert isinstance(heard[-1], Failed)
    assert isinstance(heard[-1].error.error(), PromptTooLong)


def test_a_branch_from_a_token_computes_nothing_that_its_sibling_has(
    make_scheduler: MakeScheduler, run_all: Callable[[Scheduler], None], heard: list[RequestEvent], ask: Ask
) -> None:
    """The batch holds 64 tokens, so that what is computed anew shows as decodes."""
    scheduler, fresh = (make_scheduler(cells=1024, context=512, lanes=1) for _ in range(2))
    endless = Sampling(logit_bias={2: -100.0, 0: -100.0})
    asked: dict[str, Any] = {"prompt": "Count upwards.", "sampling": endless, "max_tokens": 160}
    scheduler.submit(ask(trace=1, **asked))
    run_all(scheduler)
    ids = tuple(token.token for event in heard if isinstance(event, TokensWritten) for token in event.tokens)
    assert len(ids) == 160

    def reading(on: Scheduler, begin: tuple[int, ...]) -> int:
        """Return how many decodes came before the first token could be drawn."""
        on.submit(ask(begin=begin, **asked))
        run_all(on)
        end = heard[-1]
        assert isinstance(end, Failed)
        assert end.receipt is not None
        assert end.receipt.generated_tokens == 160
        return end.receipt.decodes - (160 - len(begin)) + 1

    assert reading(scheduler, ids[:150]) == 1
    assert reading(scheduler, (*ids[:149], ids[0])) == 1
    assert reading(fresh, ids[:150]) > 2


def test_a_prompt_is_not_shown_for_a_beginning_that_is_not_allowed(
    make_scheduler: MakeScheduler, heard: list[RequestEvent], ask: Ask
) -> None:
    scheduler = make_scheduler(cells=256, context=256, lanes=1)
    scheduler.render(ask(schema=PAIR, begin='{"name": "Bo'))
    scheduler.render(ask(schema=PAIR, begin='{"name": 3'))
    shown, refused = heard
    assert isinstance(shown, Rendered)
    assert "Bo" not in shown.prompt
    assert isinstance(refused, Failed)
    assert refused.error.error().where == "character 10"
