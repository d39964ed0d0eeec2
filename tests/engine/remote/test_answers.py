"""An answer from elsewhere satisfies its constraint, or is an error that names the place, after it was asked again."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from engine.constraint.spec import AnyJson, MatchesLark, MatchesRegex, MatchesSchema
from engine.errors import AnswerInvalid, ConstraintUnsatisfiable, EndpointGarbled, InvalidRequest, SchemaSyntaxError
from engine.model.protocol import (
    ChatMessage,
    Failed,
    Finished,
    GenerateRequest,
    Grounding,
    Sampling,
    TextDelta,
    TokensWritten,
    ValueClosed,
)
from engine.remote.endpoint import Capabilities
from tests.engine.remote.asking import KNOWN, answer_of, ask, ask_person, events_of, failure_of
from tests.engine.remote.scripted import Asked, ScriptedServer, fails, says

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.model.protocol import RequestEvent
    from engine.remote.backend import RemoteBackend

    Open = Callable[..., RemoteBackend]

ANNA = '{"name": "Anna", "age": 34}'


def text_of(events: list[RequestEvent]) -> str:
    """Return the text that whoever listens has in the end."""
    text = ""
    for event in events:
        text = event.onto(text) if isinstance(event, TextDelta) else text
    return text


@pytest.mark.parametrize(
    ("answer", "pointer"),
    [
        ('{"name": "Anna", "age": -1}', "/age"),
        ('{"name": "Anna"}', "the root"),
        ('{"name": "Anna", "age": 34, "x": 1}', "the root"),
        ('{"name": "Anna", "age": 34, "age": 34}', "the root"),
        ('{"name": "Anna", "age": 1e999}', "/age"),
        ('{"name": "Anna", "age": NaN}', "the root"),
        ('{"name": "\\ud800", "age": 3}', "/name"),
        ('{"name": "Anna", "age": 34} and more', "the root"),
        ("[" * 500 + "]" * 500, "the root"),
        ("[" * 30_000, "the root"),
        ("Anna is 34.", "the root"),
        ("", "the root"),
        ('{"name": "Anna", "age": ' + "1" * 5000 + "}", "/age"),
    ],
)
def test_what_does_not_satisfy_the_schema_is_an_error_with_its_place(
    open_backend: Open, answer: str, pointer: str
) -> None:
    with ScriptedServer([says(answer)]) as server:
        failed = failure_of(open_backend(server.url, attempts=2), ask_person())
    error = failed.error.error()
    assert isinstance(error, AnswerInvalid)
    assert error.where is not None
    assert error.where.startswith(pointer) or "nested" in error.message
    assert failed.receipt is not None
    assert [attempt.error.error().kind for attempt in failed.receipt.attempts] == ["AnswerInvalid"] * 2


def test_an_invalid_answer_is_withdrawn_and_the_model_told_what_is_wrong(open_backend: Open) -> None:
    with ScriptedServer([says('{"name": "Anna", "age": -1}'), says(ANNA)]) as server:
        events = events_of(open_backend(server.url), ask_person())
        first, second = (asked.body["messages"] for asked in server.chats)
    assert text_of(events) == ANNA
    assert second[: len(first)] == first
    assert [message["role"] for message in second[len(first) :]] == ["assistant", "user"]
    assert "/age" in second[-1]["content"]
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.receipt.rollbacks == 1
    assert {event.pointer for event in events if isinstance(event, ValueClosed)} == {"", "/name", "/age"}


def test_another_go_has_another_seed(open_backend: Open) -> None:
    with ScriptedServer([says("{}"), says(ANNA)]) as server:
        finished = answer_of(open_backend(server.url), ask_person(sampling=Sampling(seed=5)))
        assert [asked.body["seed"] for asked in server.chats] == [5, 6]
    assert finished.receipt.seed == 6


def test_no_seed_is_told_where_the_server_takes_none(open_backend: Open) -> None:
    capabilities = KNOWN.model_copy(update={"seed": False})
    with ScriptedServer([says(ANNA)]) as server:
        finished = answer_of(open_backend(server.url, capabilities=capabilities), ask_person())
        assert "seed" not in server.chats[0].body
    assert finished.receipt.seed is None


@pytest.mark.parametrize(
    "wrapped", [f"```json\n{ANNA}\n```", f"<think>\nAnna is {{34}}.\n</think>\n\n{ANNA}", f"\n {ANNA} \n"]
)
def test_what_models_wrap_json_in_is_taken_off(open_backend: Open, wrapped: str) -> None:
    with ScriptedServer([says(wrapped)]) as server:
        events = events_of(open_backend(server.url), ask_person())
    assert isinstance(events[-1], Finished)
    assert events[-1].text == text_of(events) == ANNA


def test_every_value_is_told_with_its_place_in_the_text(open_backend: Open) -> None:
    schema = '{"type": "object", "properties": {"a": {"type": "array"}, "é": {}}}'
    answer = '{"a": [1.50, "x\\n", {"b": null}],\n "é": true}'
    with ScriptedServer([says(answer)]) as server:
        events = events_of(open_backend(server.url), ask(constraint=MatchesSchema(schema_text=schema)))
    values = {event.pointer: event for event in events if isinstance(event, ValueClosed)}
    assert set(values) == {"/a/0", "/a/1", "/a/2/b", "/a/2", "/a", "/é", ""}
    for event in values.values():
        assert json.loads(answer[event.start : event.end]) == event.value
        assert event.mean_probability is None


def logprob(token: str, share: float, *rivals: tuple[str, float]) -> dict[str, Any]:
    """Return a token's probabilities as servers tell them."""
    top = [{"token": other, "logprob": math.log(chance)} for other, chance in rivals]
    own = {"token": token, "logprob": math.log(share), "bytes": list(token.encode())}
    return {**own, "top_logprobs": [own, *top]}


def test_probabilities_are_those_of_a_values_own_tokens(open_backend: Open) -> None:
    tokens = [
        logprob('{"', 1.0),
        logprob('name": "', 0.9),
        logprob("An", 0.5, ("Bo", 0.25)),
        logprob("na", 0.75, ("ne", 0.125)),
        logprob('", "age": ', 0.8),
        logprob("34", 0.25, ("43", 0.5)),
        logprob("}", 1.0),
    ]

    def tell(asked: Asked) -> None:
        asked.head()
        for token in tokens:
            asked.chunk(token["token"], logprobs={"content": [token]})
        asked.chunk(finish="stop")

    capabilities = KNOWN.model_copy(update={"logprobs": True})
    with ScriptedServer([tell]) as server:
        events = events_of(open_backend(server.url, capabilities=capabilities), ask_person())
        assert server.chats[0].body["logprobs"] is True
    values = {event.pointer: event for event in events if isinstance(event, ValueClosed)}
    name, age = values["/name"], values["/age"]
    assert name.mean_probability == pytest.approx(0.625)
    assert name.min_probability == pytest.approx(0.5)
    assert name.margin == pytest.approx(0.25)
    assert age.mean_probability == pytest.approx(0.25)
    assert age.margin == 0


def test_what_else_a_value_could_have_been_is_told_where_asked_for(open_backend: Open) -> None:
    schema = '{"type": "object", "properties": {"name": {"type": ["string", "null"]}}, "required": ["name"]}'
    tokens = [
        logprob('{"name":', 1.0),
        logprob(' "', 0.75, (" null", 0.25)),
        logprob("An", 0.5, ("Bo", 0.25), ("é", 0.125)),
        logprob("na", 0.5, ("ne", 0.25)),
        logprob('"}', 1.0),
    ]

    def tell(asked: Asked) -> None:
        asked.head()
        for token in tokens:
            asked.chunk(token["token"], logprobs={"content": [token]})
        asked.chunk(finish="stop")

    capabilities = KNOWN.model_copy(update={"logprobs": True})
    request = ask(constraint=MatchesSchema(schema_text=schema), rivals=True)
    with ScriptedServer([tell]) as server:
        events = events_of(open_backend(server.url, capabilities=capabilities), request)
        assert server.chats[0].body["top_logprobs"] > 2
    name = next(event for event in events if isinstance(event, ValueClosed) and event.pointer == "/name")
    assert name.probability == pytest.approx(0.25)
    assert name.absence == pytest.approx(0.25)
    assert [(rival.text, pytest.approx(rival.probability)) for rival in name.rivals] == [
        ('"Bo', 0.25),
        ('"é', 0.125),
        ('"Anne', 0.125),
    ]


def test_tokens_are_told_where_asked_for(open_backend: Open) -> None:
    leaf = "🌿".encode()
    tokens = [
        logprob("A ", 0.5, ("The ", 0.25)),
        {"token": "?", "logprob": -0.5, "bytes": list(leaf[:2])},
        {"token": "?", "logprob": -0.5, "bytes": list(leaf[2:])},
    ]

    def tell(asked: Asked) -> None:
        asked.head()
        asked.chunk("A 🌿", logprobs={"content": tokens})
        asked.chunk(finish="stop")

    capabilities = KNOWN.model_copy(update={"logprobs": True})
    with ScriptedServer([tell]) as server:
        events = events_of(open_backend(server.url, capabilities=capabilities), ask(trace=5))
        assert server.chats[0].body["top_logprobs"] == 5
    [told] = [event for event in events if isinstance(event, TokensWritten)]
    assert [token.text for token in told.tokens] == ["A ", "", "🌿"]
    assert [option.text for option in told.tokens[0].alternatives] == ["A ", "The "]
    assert told.tokens[0].token == told.tokens[0].alternatives[0].token != told.tokens[0].alternatives[1].token


def test_probabilities_of_other_tokens_than_the_texts_are_not_told(open_backend: Open) -> None:
    def tell(asked: Asked) -> None:
        asked.head()
        asked.chunk(ANNA, logprobs={"content": [logprob("something else", 0.5)]})
        asked.chunk(finish="stop")

    with ScriptedServer([tell]) as server:
        events = events_of(open_backend(server.url), ask_person())
    assert all(event.mean_probability is None for event in events if isinstance(event, ValueClosed))


def test_json_of_any_shape_is_an_object(open_backend: Open) -> None:
    with ScriptedServer([says("[1]"), says('{"a": [1]}')]) as server:
        finished = answer_of(open_backend(server.url), ask(constraint=AnyJson()))
        assert server.chats[0].body["response_format"] == {"type": "json_object"}
    assert finished.text == '{"a": [1]}'


def test_a_regular_expression_is_held_to_here(open_backend: Open) -> None:
    constraint = MatchesRegex(pattern=r"[A-Z]{2}-\d+")
    with ScriptedServer([says("it is AB-12"), says("AB-12\n"), says("AB-12")]) as server:
        finished = answer_of(open_backend(server.url), ask(constraint=constraint))
        assert server.chats[0].body["structured_outputs"] == {"regex": constraint.pattern}
    assert finished.text == "AB-12"
    assert len(finished.receipt.attempts) == 2


def test_a_grammar_is_held_to_here(open_backend: Open) -> None:
    constraint = MatchesLark(grammar='start: "yes" | "no, " REASON\nREASON: /[a-z ]+/')
    with ScriptedServer([says("no"), says("no, too late")]) as server:
        finished = answer_of(open_backend(server.url), ask(constraint=constraint))
        assert "REASON" in server.chats[0].body["messages"][0]["content"]
    assert finished.text == "no, too late"


def test_a_quote_that_stands_nowhere_is_asked_for_again_and_withdrawn_in_the_end(open_backend: Open) -> None:
    schema = '{"type": "object", "properties": {"who": {"type": ["string", "null"]}}, "required": ["who"]}'
    request = GenerateRequest(
        id="r",
        messages=(ChatMessage(role="user", content="Paid by Anna Blum."),),
        constraint=MatchesSchema(schema_text=schema),
        grounding=Grounding(message=0, pieces=((0, 18),)),
    )
    with ScriptedServer([says('{"who": "Bob"}'), says('{"who": "anna blum"}')]) as server:
        events = events_of(open_backend(server.url), request)
        assert "Bob" in server.chats[1].body["messages"][-1]["content"]
    who = next(event for event in events if isinstance(event, ValueClosed) and event.pointer == "/who")
    assert (who.value, who.spans) == ("Anna Blum", ((8, 17),))
    with ScriptedServer([says('{"who": "Bob"}')]) as server:
        finished = answer_of(open_backend(server.url, attempts=2), request)
    assert json.loads(finished.text) == {"who": None}


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (ask(constraint=MatchesSchema(schema_text="{")), SchemaSyntaxError),
        (ask(constraint=MatchesSchema(schema_text='{"allOf": [{"type": "string"}, {"type": "null"}]}')), None),
        (ask(begin="Once"), InvalidRequest),
        (ask().model_copy(update={"messages": ()}), InvalidRequest),
        (ask(grounding=Grounding(message=0, pieces=())), InvalidRequest),
    ],
)
def test_what_cannot_be_asked_is_not_sent(
    open_backend: Open, request_: GenerateRequest, kind: type[Exception] | None
) -> None:
    with ScriptedServer([says("x")]) as server:
        error = failure_of(open_backend(server.url), request_).error.error()
        assert server.asked == []
    assert isinstance(error, kind or ConstraintUnsatisfiable)


# What a server does not take


def refuse_if(test: Callable[[Any], bool], message: str, then: str = ANNA) -> Callable[[Asked], None]:
    """Return the act of a server that refuses some requests and answers the others."""

    def act(asked: Asked) -> None:
        if test(asked.body):
            asked.json({"error": {"message": message}}, 400)
        else:
            asked.stream([then])

    return act


def test_a_schema_that_is_refused_is_sent_in_a_weaker_form_from_then_on(open_backend: Open) -> None:
    schema = PATTERNED
    act = refuse_if(lambda body: "pattern" in json.dumps(body.get("response_format")), "schema: pattern not supported")
    with ScriptedServer([act]) as server:
        backend = open_backend(server.url)
        request = ask(constraint=MatchesSchema(schema_text=schema))
        finished = answer_of(backend, request)
        answer_of(backend, request)
        forms = [asked.body["response_format"]["json_schema"]["schema"] for asked in server.chats]
    assert len(forms) == 3
    assert forms[1] == forms[2] != forms[0]
    assert [attempt.error.error().kind for attempt in finished.receipt.attempts] == ["EndpointRefused"]


PATTERNED = json.dumps(
    {"type": "object", "properties": {"name": {"type": "string", "pattern": "^[A-Z]"}}, "required": ["name"]}
)


def test_what_the_weaker_form_lets_through_is_still_refused(open_backend: Open) -> None:
    act = refuse_if(lambda body: "response_format" in body, "response_format is not supported", '{"name": "anna"}')
    with ScriptedServer([act]) as server:
        error = failure_of(open_backend(server.url), ask(constraint=MatchesSchema(schema_text=PATTERNED))).error.error()
        assert "^[A-Z]" in server.chats[-1].body["messages"][0]["content"]
    assert isinstance(error, AnswerInvalid)
    assert error.where == "/name"


def test_where_a_schema_was_passed_over_it_is_said_in_words(open_backend: Open) -> None:
    with ScriptedServer([says("Anna, 34"), says(ANNA)]) as server:
        answer_of(open_backend(server.url), ask_person())
        first, second = (json.dumps(asked.body["messages"]) for asked in server.chats)
    assert "minimum" not in first
    assert "minimum" in second


def test_an_answer_that_leaves_no_room_is_not_shown_to_the_model_again(open_backend: Open) -> None:
    long = json.dumps({"name": "Anna " * 400, "age": -1})
    with ScriptedServer([says(long), says(ANNA)]) as server:
        answer_of(open_backend(server.url, context=600), ask_person())
        shown, asked = (message["content"] for message in server.chats[1].body["messages"][-2:])
    assert shown == "…"
    assert "/age" in asked


def test_a_setting_that_is_refused_is_left_out_and_the_receipt_says_so(open_backend: Open) -> None:
    act = refuse_if(lambda body: "min_p" in body, "Unrecognized request argument supplied: min_p")
    with ScriptedServer([act]) as server:
        backend = open_backend(server.url)
        finished = answer_of(backend, ask_person(sampling=Sampling(temperature=0.5, min_p=0.1)))
        answer_of(backend, ask_person())
        assert len(server.chats) == 3
    assert finished.receipt.request.sampling.min_p == 0
    assert finished.receipt.request.sampling.temperature == 0.5


def test_a_refusal_that_is_about_neither_is_told(open_backend: Open) -> None:
    with ScriptedServer([fails(400, {"error": "Your account is out of credit."})]) as server:
        error = failure_of(open_backend(server.url), ask_person()).error.error()
        assert len(server.chats) == 1
    assert "out of credit" in error.message


def test_a_server_that_breaks_within_an_answer_is_asked_again(open_backend: Open) -> None:
    def breaks(asked: Asked) -> None:
        asked.head()
        asked.chunk('{"name"')
        asked.raw(b'data: {"error": {"message": "CUDA out of memory", "code": 500}}\n\n')

    with ScriptedServer([breaks, says(ANNA)]) as server:
        events = events_of(open_backend(server.url), ask_person())
    assert text_of(events) == ANNA
    last = events[-1]
    assert isinstance(last, Finished)
    assert isinstance(last.receipt.attempts[0].error.error(), EndpointGarbled)


@pytest.mark.parametrize(
    ("structured", "where"),
    [
        ("json_schema", ("response_format", "json_schema", "schema")),
        ("json_object+schema", ("response_format", "schema")),
        ("guided_json", ("guided_json",)),
        ("structured_outputs", ("structured_outputs", "json")),
    ],
)
def test_the_schema_goes_where_the_server_looks_for_it(
    open_backend: Open, structured: Any, where: tuple[str, ...]
) -> None:
    with ScriptedServer([says(ANNA)]) as server:
        capabilities = Capabilities(server="vllm", structured=structured)
        answer_of(open_backend(server.url, capabilities=capabilities), ask_person())
        found = server.chats[0].body
    for key in where:
        found = found[key]
    assert found["required"] == ["name", "age"]


@pytest.mark.parametrize("structured", ["json_object", "none"])
def test_a_server_that_knows_no_schemas_is_told_in_words(open_backend: Open, structured: Any) -> None:
    with ScriptedServer([says(ANNA)]) as server:
        capabilities = Capabilities(server="unknown", structured=structured)
        answer_of(open_backend(server.url, capabilities=capabilities), ask_person())
        body = server.chats[0].body
    assert '"minimum": 0' in body["messages"][0]["content"]
    assert body.get("response_format") == ({"type": "json_object"} if structured == "json_object" else None)


def test_what_fails_leaves_nothing_half_told(open_backend: Open) -> None:
    with ScriptedServer([says('{"name": "Anna", "age": -1}')]) as server:
        events = events_of(open_backend(server.url), ask_person())
    assert not [event for event in events if isinstance(event, ValueClosed)]
    assert isinstance(events[-1], Failed)
    assert events[-1].text == '{"name": "Anna", "age": -1}'
