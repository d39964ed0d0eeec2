"""A server that fails in any way ends a request with one typed error, and nothing waits for ever."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from engine.errors import (
    AnswerRefused,
    Cancelled,
    ContextFull,
    EndpointBusy,
    EndpointError,
    EndpointGarbled,
    EndpointRefused,
    EndpointUnreachable,
    EngineError,
    NetworkOff,
    PromptTooLong,
    TokenLimitReached,
)
from engine.model.protocol import Postponed, Started, TextDelta
from engine.network import Network
from tests.engine.remote.asking import answer_of, ask, ask_person, events_of, failure_of, quick
from tests.engine.remote.scripted import Asked, ScriptedServer, fails, says, unused_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.remote.backend import RemoteBackend
    from tests.engine.remote.scripted import Act

    Open = Callable[..., RemoteBackend]


def hang_at_once(asked: Asked) -> None:
    asked.hang()


def hang_midway(asked: Asked) -> None:
    asked.head()
    asked.chunk("Hel")
    asked.hang()


def slow_headers(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Slow: ")
    while not asked.server.closing.wait(0.02):
        asked.raw(b"x")


def endless(asked: Asked) -> None:
    asked.head()
    while True:
        asked.chunk("and on " * 100)


def endless_comments(asked: Asked) -> None:
    asked.head()
    while not asked.server.closing.wait(0.02):
        asked.raw(b": ping\n\n")


def one_long_line(asked: Asked) -> None:
    asked.head()
    for _ in range(10):
        asked.raw(b"data: " + b"x" * (1 << 20))


def bomb(asked: Asked) -> None:
    asked.head(Content_Encoding="gzip")
    asked.raw(gzip.compress(b"data: " + b" " * (20 << 20) + b"\n\n"))


def cut_chunk(asked: Asked) -> None:
    asked.raw(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n9"
    )


def bytes_of(data: bytes, kind: str = "text/event-stream") -> Act:
    def act(asked: Asked) -> None:
        asked.head(kind=kind)
        asked.raw(data)

    return act


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        (hang_at_once, EndpointUnreachable, "longer than 0.3 seconds"),
        (hang_midway, EndpointUnreachable, "silent"),
        (slow_headers, EndpointUnreachable, "longer than"),
        (endless_comments, EndpointUnreachable, "longer than"),
        (endless, EndpointGarbled, "does not end"),
        (one_long_line, EndpointGarbled, "lines does not end"),
        (bomb, EndpointGarbled, "does not end"),
        (cut_chunk, EndpointGarbled, "broke"),
        (bytes_of(b"data: \xff\xfe\xfd\n\n"), EndpointGarbled, "UTF-8"),
        (bytes_of(b"data: {not json}\n\n"), EndpointGarbled, "not JSON"),
        (bytes_of(b'data: {"choices": "none"}\n\n'), EndpointGarbled, "no part of a chat completion"),
        (bytes_of(b"data: 7\n\n"), EndpointGarbled, "no part of a chat completion"),
        (bytes_of(b"data: " + b"[" * 40_000 + b"\n\n"), EndpointGarbled, "not JSON"),
        (bytes_of(b"<html>Welcome</html>", "text/html"), EndpointGarbled, "text/html"),
        (bytes_of(b"", "text/event-stream"), EndpointGarbled, "midway"),
        (bytes_of(b"not json", "application/json"), EndpointGarbled, "not JSON"),
        (lambda asked: asked.head(204), EndpointGarbled, "status is 204"),
        (lambda asked: asked.raw(b"\x00\x01garbage\r\n\r\n"), EndpointUnreachable, "before an answer"),
        (lambda asked: None, EndpointUnreachable, "before an answer"),
        (fails(401, {"error": {"message": "Wrong key"}}), EndpointRefused, "Wrong key"),
        (fails(403, {"detail": "no"}), EndpointRefused, "no"),
        (fails(404, {"message": "The model `m` does not exist", "code": 404}), EndpointRefused, "does not exist"),
        (fails(422, {"detail": [{"loc": ["body", "n"], "msg": "too many"}]}), EndpointRefused, "body.n: too many"),
        (fails(400, {"error": "bad \n thing"}), EndpointRefused, "bad thing"),
        (fails(500, {"error": {"message": "boom", "code": "E1"}}), EndpointGarbled, r"boom \(E1\)"),
        (fails(429, {}, Retry_After="3600"), EndpointBusy, "come back in 60 minutes"),
        (fails(429, {}, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"), EndpointBusy, "come back later"),
        (fails(400, {"error": {"message": "maximum context length is 2048 tokens"}}), PromptTooLong, "2,048"),
        (says("Hello", finish="length"), TokenLimitReached, "20 tokens"),
        (says("", finish="content_filter"), AnswerRefused, "filter"),
        (says("Hel", finish="error"), EndpointGarbled, "midway"),
        (says("  "), EndpointGarbled, "empty"),
        (says(finish="tool_calls"), EndpointGarbled, "tool"),
    ],
)  # fmt: skip
def test_each_failure_is_one_typed_error(open_backend: Open, act: Act, kind: type[EngineError], words: str) -> None:
    with ScriptedServer([act]) as server:
        backend = open_backend(server.url, seconds=0.3 if act in SLOW else 5.0, attempts=1)
        error = failure_of(backend, ask(max_tokens=20)).error.error()
    assert type(error) is kind, error
    assert error.message.endswith(".")
    if isinstance(error, EndpointError):
        assert error.where == server.url
    with pytest.raises(kind, match=words):
        raise error


SLOW = (hang_at_once, slow_headers, endless_comments)


def test_nobody_at_an_address_is_told_at_once(open_backend: Open) -> None:
    backend = open_backend(f"http://127.0.0.1:{unused_port()}/v1")
    error = failure_of(backend, ask()).error.error()
    assert isinstance(error, EndpointUnreachable)
    assert error.message == "Nobody answers at this address."


def test_a_refusal_has_the_words_of_the_model(open_backend: Open) -> None:
    def refuse(asked: Asked) -> None:
        asked.head()
        asked.chunk(delta={"refusal": "I cannot "})
        asked.chunk(delta={"refusal": "help\x1b\nwith that."})
        asked.chunk(finish="stop")

    with ScriptedServer([refuse]) as server:
        failed = failure_of(open_backend(server.url), ask_person())
    assert isinstance(failed.error.error(), AnswerRefused)
    assert failed.error.error().message == "The model refuses: I cannot help with that."
    assert len(server.chats) == 1


def test_an_error_within_a_stream_is_the_same_error(open_backend: Open) -> None:
    def fail(asked: Asked) -> None:
        asked.head()
        asked.raw(b'data: {"error": {"message": "No such adapter", "code": 404}}\n\n')

    with ScriptedServer([fail]) as server:
        error = failure_of(open_backend(server.url), ask()).error.error()
    assert isinstance(error, EndpointRefused)
    assert "No such adapter" in error.message


def test_a_full_context_is_told_from_a_token_limit(open_backend: Open) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 7}
    with ScriptedServer([says("Hello", finish="length", usage=usage)]) as server:
        assert isinstance(failure_of(open_backend(server.url), ask(max_tokens=20)).error.error(), ContextFull)


def test_a_busy_server_is_asked_again(open_backend: Open) -> None:
    with ScriptedServer([fails(429, {}), fails(503, {}), fails(502, {}), says("Hi")]) as server:
        finished = answer_of(open_backend(server.url), ask())
    assert finished.text == "Hi"
    assert finished.receipt.attempts == ()
    assert len(server.chats) == 4


def test_while_a_busy_server_is_waited_for_that_is_told_and_until_when(open_backend: Open) -> None:
    with ScriptedServer([fails(503, {}), says("Hi")]) as server:
        events = events_of(open_backend(server.url), ask())
    started, wait, over, *_ = events
    assert isinstance(started, Started)
    assert started.model is not None
    assert started.model.endpoint == server.url
    assert isinstance(wait, Postponed)
    assert wait.seconds > 0
    assert isinstance(wait.error.error(), EndpointBusy)
    assert isinstance(over, Postponed)
    assert over.seconds == 0


def test_a_server_that_says_when_is_asked_again_then(open_backend: Open) -> None:
    with ScriptedServer([fails(429, {}, Retry_After="0"), says("Hi")]) as server:
        assert answer_of(open_backend(server.url), ask()).text == "Hi"


def test_a_server_that_stays_busy_is_given_up(open_backend: Open) -> None:
    with ScriptedServer([fails(503, {"error": {"message": "loading model"}})]) as server:
        error = failure_of(open_backend(server.url, limits=quick(patience=0.05)), ask()).error.error()
    assert isinstance(error, EndpointBusy)
    assert "loading model" in error.message
    assert len(server.chats) > 1


def test_a_job_waits_for_a_server_that_starts_again_and_a_person_does_not(open_backend: Open) -> None:
    limits = quick(patience=0.05)
    url = f"http://127.0.0.1:{unused_port()}/v1"
    for priority in ("job", "interactive"):
        error = failure_of(open_backend(url, limits=limits), ask(priority=priority)).error.error()
        assert isinstance(error, EndpointUnreachable)


def test_a_cut_stream_is_withdrawn_and_asked_for_again(open_backend: Open) -> None:
    def cut(asked: Asked) -> None:
        asked.head()
        asked.chunk("Hel")

    with ScriptedServer([cut, says("Hello")]) as server:
        events = events_of(open_backend(server.url), ask())
    text = ""
    for event in events:
        text = event.onto(text) if isinstance(event, TextDelta) else text
    assert text == "Hello"
    [attempt] = events[-1].receipt.attempts  # type: ignore[union-attr]
    assert isinstance(attempt.error.error(), EndpointGarbled)


def test_what_was_written_before_a_failure_is_kept(open_backend: Open) -> None:
    with ScriptedServer([hang_midway]) as server:
        failed = failure_of(open_backend(server.url), ask())
    assert failed.text == "Hel"
    assert failed.receipt is not None
    assert failed.receipt.finish_reason == "failed"


@pytest.mark.parametrize("act", [hang_at_once, hang_midway])
def test_stopping_closes_the_connection_at_once(open_backend: Open, act: Act) -> None:
    with ScriptedServer([act]) as server:
        backend = open_backend(server.url, limits=quick(idle=60.0), seconds=60.0)
        stream = backend.stream(ask())
        next(stream)
        assert server.hanging.wait(5)
        backend.cancel("r")
        last = list(stream)[-1]
        assert server.left.wait(5)
    assert isinstance(last.error.error(), Cancelled)  # type: ignore[union-attr]
    assert last.receipt.finish_reason == "cancelled"  # type: ignore[union-attr]


def test_leaving_a_stream_early_stops_the_request(open_backend: Open) -> None:
    with ScriptedServer([hang_midway]) as server:
        stream = open_backend(server.url, limits=quick(idle=60.0), seconds=60.0).stream(ask())
        assert any(isinstance(event, TextDelta) for event in stream)
        stream.close()  # type: ignore[attr-defined]
        assert server.left.wait(5)


def test_nothing_is_sent_while_the_network_is_off(open_backend: Open) -> None:
    with ScriptedServer([says("Hi")]) as server:
        backend = open_backend(server.url, network=Network(allowed=False))
        assert isinstance(failure_of(backend, ask()).error.error(), NetworkOff)
        assert server.asked == []


def test_what_the_network_is_used_for_can_be_seen(open_backend: Open) -> None:
    uses: list[tuple[str, ...]] = []
    with ScriptedServer([says("Hi")]) as server:
        answer_of(open_backend(server.url, network=Network(listener=uses.append)), ask())
    assert uses == [("Asking Peer",), ()]


def test_a_redirect_on_the_same_server_is_followed(open_backend: Open) -> None:
    def move(asked: Asked) -> None:
        asked.head(307, Location="/other/chat/completions")

    with ScriptedServer([says("Hi")], {"/v1/chat/completions": move}) as server:
        assert answer_of(open_backend(server.url, key="sk-secret-secret"), ask()).text == "Hi"
        assert server.chats[-1].body == server.chats[0].body
        assert server.chats[-1].headers["Authorization"] == "Bearer sk-secret-secret"


def test_a_redirect_elsewhere_is_refused_and_nothing_is_sent_there(open_backend: Open) -> None:
    with ScriptedServer([says("Hi")]) as elsewhere:
        location = f"{elsewhere.url}/chat/completions"
        with ScriptedServer([lambda asked: asked.head(307, Location=location)]) as server:
            error = failure_of(open_backend(server.url, key="sk-secret-secret"), ask()).error.error()
        assert elsewhere.asked == []
    assert isinstance(error, EndpointRefused)
    assert "nothing is sent there" in error.message


def test_a_redirect_without_end_is_given_up(open_backend: Open) -> None:
    def move(asked: Asked) -> None:
        asked.head(308, Location="/v1/chat/completions")

    with ScriptedServer([move]) as server:
        error = failure_of(open_backend(server.url, attempts=1), ask()).error.error()
        assert len(server.chats) == 4
    assert isinstance(error, EndpointGarbled)


@pytest.mark.parametrize("location", ["http://[bad", "http://x:99999999/", ""])
def test_a_redirect_to_nowhere_is_given_up(open_backend: Open, location: str) -> None:
    with ScriptedServer([lambda asked: asked.head(307, Location=location)]) as server:
        error = failure_of(open_backend(server.url, attempts=1), ask()).error.error()
    assert isinstance(error, EndpointGarbled | EndpointRefused)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://example.com/v1", "mailto:me@example.com"])
def test_a_redirect_to_what_is_no_server_is_told_as_that(open_backend: Open, location: str) -> None:
    with ScriptedServer([lambda asked: asked.head(307, Location=location)]) as server:
        error = failure_of(open_backend(server.url, attempts=1), ask()).error.error()
    assert isinstance(error, EndpointGarbled)
    assert "no address of a server" in error.message


def test_a_limit_beyond_the_context_is_none(open_backend: Open) -> None:
    message = (
        "'max_tokens' is too large: 9000. This model's maximum context length is 4096 tokens and your request has "
        "12 input tokens (9000 > 4096 - 12)."
    )

    def act(asked: Asked) -> None:
        if "max_tokens" in asked.body:
            asked.json({"error": {"message": message}}, 400)
        else:
            asked.stream(["Hi"])

    with ScriptedServer([act]) as server:
        finished = answer_of(open_backend(server.url), ask(max_tokens=9000))
    assert finished.text == "Hi"
    assert finished.receipt.model.context == 4096


def test_a_server_that_does_not_stream_answers_too(open_backend: Open) -> None:
    message = {"role": "assistant", "content": '{"name": "Anna", "age": 34}'}
    whole = {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": {"prompt_tokens": 3}}
    with ScriptedServer([lambda asked: asked.json(whole)]) as server:
        finished = answer_of(open_backend(server.url), ask_person())
    assert json.loads(finished.text) == {"name": "Anna", "age": 34}
    assert finished.receipt.prompt_tokens == 3
