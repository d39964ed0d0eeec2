"""Several models in an order: the next one answers where one is not there, and the receipt says so."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

import pytest

from engine.constraint.spec import MatchesRegex
from engine.errors import (
    AnswerInvalid,
    Cancelled,
    EndpointBusy,
    EndpointGarbled,
    EndpointRefused,
    EndpointUnreachable,
    EngineError,
    ModelCrashed,
    ModelFileInvalid,
    ModelTooLarge,
    NetworkOff,
    TokenLimitReached,
)
from engine.model.client import ModelClient
from engine.model.protocol import (
    ChatMessage,
    ErrorPayload,
    Failed,
    Finished,
    GenerateRequest,
    Measured,
    Postponed,
    Started,
    TextDelta,
)
from engine.remote.fallback import PATIENCE_S, REST_S, FallbackBackend
from tests.engine.remote.played import Played, failed, growing, says, unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.model.protocol import RequestEvent
    from tests.engine.remote.played import Play


def request(name: str = "one") -> GenerateRequest:
    one_of_two = MatchesRegex(pattern="I am (here|there)\\.")
    return GenerateRequest(
        id=name, messages=(ChatMessage(role="user", content="Where are you?"),), constraint=one_of_two, max_tokens=12
    )


def played(name: str, text: str = "", *, gone: EngineError | None = None) -> Played:
    backend = Played(name, gone=gone)
    backend.play = says(text or f"I am {name}.", backend.model)
    return backend


def ended(backend: FallbackBackend, name: str = "one") -> Finished | Failed:
    *_, last = backend.stream(request(name))
    assert isinstance(last, Finished | Failed)
    return last


class Clock:
    """A clock that a test moves on."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def text_of(events: list[RequestEvent]) -> str:
    text = ""
    for event in events:
        if isinstance(event, TextDelta):
            text = event.onto(text)
    return text


def test_the_first_model_answers_and_the_others_are_not_asked() -> None:
    first, second = played("first"), played("second")
    with FallbackBackend([first, second]) as both:
        last = ended(both)
    assert isinstance(last, Finished)
    assert (last.text, last.receipt.attempts, last.receipt.model.stands_for) == ("I am first.", (), None)
    assert not second.asked
    assert first.closed
    assert second.closed


@pytest.mark.parametrize(
    "error",
    [
        EndpointUnreachable("gone"),
        EndpointBusy("busy"),
        EndpointRefused("no"),
        EndpointGarbled("what?"),
        ModelCrashed("dead"),
        ModelFileInvalid("no model"),
        ModelTooLarge("too large"),
        NetworkOff("nothing may be sent"),
    ],
    ids=lambda error: error.kind,
)
def test_the_next_model_answers_where_one_is_not_there_and_the_receipt_names_both(error: EngineError) -> None:
    with FallbackBackend([played("first", gone=error), played("second")]) as both:
        last = ended(both)
    assert isinstance(last, Finished)
    assert last.text == "I am second."
    (attempt,) = last.receipt.attempts
    assert attempt.error.error().kind == error.kind
    assert attempt.model == "http://first.example/v1 first"
    assert last.receipt.model.name == "second"
    assert last.receipt.model.identity == "http://first.example/v1 first"


@pytest.mark.parametrize(
    "error", [AnswerInvalid("not what was asked for"), TokenLimitReached("too long")], ids=lambda error: error.kind
)
def test_an_answer_that_does_not_do_is_no_reason_to_ask_another_model(error: EngineError) -> None:
    first, second = played("first"), played("second")
    first.play = lambda asked: iter([failed(asked, error)])
    with FallbackBackend([first, second]) as both:
        last = ended(both)
    assert isinstance(last, Failed)
    assert last.error.error().kind == error.kind
    assert not second.asked


def test_what_a_model_had_written_is_withdrawn_when_it_goes_away_midway() -> None:
    first, second = played("first"), played("second")

    def dies(asked: GenerateRequest) -> Iterator[RequestEvent]:
        yield from growing(asked, "I was about to")
        yield failed(asked, EndpointGarbled("The answer ends midway."), "I was about to")

    first.play = dies
    with FallbackBackend([first, second]) as both:
        events = list(both.stream(request()))
    assert isinstance(events[-1], Finished)
    assert text_of(events) == events[-1].text == "I am second."
    assert all(event.provisional for event in events[:1] if isinstance(event, Started))
    assert [attempt.model for attempt in events[-1].receipt.attempts] == ["first"]


def test_the_model_on_this_machine_answers_for_one_elsewhere(model_client: ModelClient) -> None:
    far = played("far", gone=unreachable("far"))
    both = FallbackBackend([far, model_client])
    last = ended(both, "far and here")
    assert isinstance(last, Finished)
    assert last.receipt.model.sha256 == model_client.identity
    assert last.receipt.guarantee == "by construction"
    assert [attempt.endpoint for attempt in last.receipt.attempts] == ["http://far.example/v1"]


def test_where_all_are_gone_the_last_error_says_what_was_heard_of_each() -> None:
    gone = [played(name, gone=unreachable(name)) for name in ("first", "second")]
    with FallbackBackend([*gone, played("third", gone=ModelTooLarge("It does not fit."))]) as all_of_them:
        last = ended(all_of_them)
        with pytest.raises(ModelTooLarge, match=r"first: Nobody answers there\. .*second: Nobody .* It does not fit"):
            all_of_them.wait_until_ready()
    assert isinstance(last, Failed)
    assert last.error.error().kind == "ModelTooLarge"
    assert "first: Nobody answers there." in last.error.error().message


def test_a_model_that_was_not_there_rests_and_is_asked_again_later() -> None:
    first, second = played("first", gone=unreachable("first")), played("second")
    clock = Clock()
    with FallbackBackend([first, second], now=clock) as both:
        ended(both, "a")
        last = ended(both, "b")
        assert [asked.id for asked in first.asked] == ["a"]
        assert isinstance(last, Finished)
        assert [attempt.error.error().kind for attempt in last.receipt.attempts] == ["EndpointUnreachable"]
        first.gone = None
        clock.seconds += REST_S
        last = ended(both, "c")
    assert isinstance(last, Finished)
    assert last.text == "I am first."


def test_an_endpoint_is_asked_again_as_soon_as_the_network_is_on_again() -> None:
    first, second = played("first", gone=NetworkOff("Nothing may be sent.")), played("second")
    with FallbackBackend([first, second], now=Clock()) as both:
        assert ended(both).text == "I am second."
        first.gone = None
        assert ended(both, "two").text == "I am first."


def test_models_that_all_rest_are_asked_all_the_same() -> None:
    first = played("first", gone=unreachable("first"))
    with FallbackBackend([first]) as one:
        ended(one, "a")
        first.gone = None
        last = ended(one, "b")
    assert isinstance(last, Finished)


def test_stop_reaches_the_model_that_is_answering() -> None:
    first, second = played("first", gone=unreachable("first")), played("second")

    def waits(asked: GenerateRequest) -> Iterator[RequestEvent]:
        yield from growing(asked, "I go on and on")
        assert second.stopped(asked.id, 30)
        yield failed(asked, Cancelled("Stopped."))

    second.play = waits
    with FallbackBackend([first, second]) as both:
        events = []
        for event in both.stream(request()):
            events.append(event)
            if isinstance(event, TextDelta):
                both.cancel("one")
    assert isinstance(events[-1], Failed)
    assert events[-1].error.error().kind == "Cancelled"


def busy(backend: Played, *waits: float) -> Play:
    """Return what a busy server does: it asks to come back so often, then it answers."""

    def play(asked: GenerateRequest) -> Iterator[RequestEvent]:
        for seconds in waits:
            error = ErrorPayload.of(EndpointBusy("The server asks to come back later."))
            yield Postponed(id=asked.id, seconds=seconds, error=error)
        yield from says(f"I am {backend.model.name}.", backend.model)(asked)

    return play


def test_a_busy_server_is_given_up_soon_where_another_model_stands_ready() -> None:
    first, second = played("first"), played("second")
    first.play = busy(first, PATIENCE_S / 2, 0, PATIENCE_S * 2, 0)
    with FallbackBackend([first, second], now=Clock()) as both:
        events = list(both.stream(request()))
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.text == "I am second."
    assert [attempt.error.error().kind for attempt in last.receipt.attempts] == ["EndpointBusy"]
    assert [event.seconds for event in events if isinstance(event, Postponed)] == [PATIENCE_S / 2, 0]


@pytest.mark.parametrize("others", [0, 1], ids=["alone", "the other one is not there"])
def test_a_busy_server_is_waited_for_where_no_other_model_stands_ready(others: int) -> None:
    first = played("first")
    first.play = busy(first, PATIENCE_S * 2, 0)
    with FallbackBackend([first, *[played("second", gone=unreachable("second"))] * others], now=Clock()) as both:
        assert ended(both).text == "I am first."


def test_a_stopped_request_goes_to_no_other_model() -> None:
    first, second = played("first"), played("second")

    def waits(asked: GenerateRequest) -> Iterator[RequestEvent]:
        yield Started(id=asked.id, prompt_tokens=1, shared_tokens=0)
        assert first.stopped(asked.id, 30)
        yield failed(asked, unreachable("first"))

    first.play = waits
    events = []
    with FallbackBackend([first, second]) as both:
        for event in both.stream(request()):
            events.append(event)
            both.cancel("one")
    assert isinstance(events[-1], Failed)
    assert events[-1].error.error().kind == "Cancelled"
    assert not second.asked


def test_a_job_is_the_same_job_whoever_stands_in() -> None:
    first, second = played("first"), played("second")
    with FallbackBackend([first, second]) as both:
        there = both.wait_until_ready()
        first.gone = unreachable("first")
        stood_in = both.wait_until_ready()
    assert (there.name, stood_in.name) == ("first", "second")
    assert there.identity == stood_in.identity == both.identity


def test_prompts_are_measured_by_the_model_that_is_there() -> None:
    heard: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
    with FallbackBackend([played("first", gone=unreachable("first")), played("second")]) as both:
        both.measure(request(), ["x" * 40], heard.put)
        event = heard.get(timeout=30)
    assert isinstance(event, Measured)
    assert event.tokens == (10,)


def test_a_file_that_is_no_model_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF")
    with FallbackBackend([ModelClient(path, cache_dir=tmp_path / "cache"), played("second")]) as both:
        assert both.wait_until_ready(60).name == "second"
        last = ended(both)
    assert isinstance(last, Finished)
    assert last.text == "I am second."


def test_whether_a_model_is_there_again_is_found_out_by_one_request_while_others_go_on() -> None:
    first, second = played("first", gone=unreachable("first")), played("second")
    clock = Clock()
    with FallbackBackend([first, second], now=clock) as both:
        ended(both, "a")
        first.gone = None
        back = threading.Event()

        def comes_back(asked: GenerateRequest) -> Iterator[RequestEvent]:
            assert back.wait(30)
            yield from says("I am first.", first.model)(asked)

        first.play = comes_back
        clock.seconds += REST_S
        heard: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
        both.submit(request("b"), heard.put)
        meanwhile = ended(both, "c")
        back.set()
        while not isinstance(last := heard.get(timeout=30), Finished):
            pass
        later = ended(both, "d")
    assert isinstance(meanwhile, Finished)
    assert isinstance(later, Finished)
    assert [each.text for each in (meanwhile, last, later)] == ["I am second.", "I am first.", "I am first."]
