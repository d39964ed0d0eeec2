"""A key is in the header of a request and nowhere else, whatever a server does with it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from engine.errors import EndpointGarbled, EndpointRefused, SecretsUnavailable
from engine.model.protocol import Failed
from engine.network import Network
from engine.remote.backend import RemoteBackend
from engine.remote.endpoint import Endpoint
from engine.remote.probing import probe
from tests.engine.remote.asking import KNOWN, QUICK, answer_of, ask, ask_person, events_of, failure_of
from tests.engine.remote.scripted import Asked, ScriptedServer, fails, says

if TYPE_CHECKING:
    from collections.abc import Callable

    Open = Callable[..., RemoteBackend]

KEY = 'sk-very"secret/0123456789'


def echo(asked: Asked) -> None:
    key = asked.headers["Authorization"]
    asked.json({"error": {"message": f"Incorrect API key provided: {key}"}}, 401, X_Echo=key)


def echo_far_behind(asked: Asked) -> None:
    asked.json({"error": "x" * 290 + asked.headers["Authorization"]}, 400)


def echo_as_text(asked: Asked) -> None:
    asked.head(500, "text/plain", X_Echo=asked.headers["Authorization"])
    asked.raw(asked.headers["Authorization"].encode())


def echo_in_an_answer(asked: Asked) -> None:
    asked.head()
    for character in f"Your key is {KEY}.":
        asked.chunk(character)
    asked.chunk(finish="stop")


def echo_in_a_refusal(asked: Asked) -> None:
    asked.head()
    asked.chunk(delta={"refusal": f"Not for {KEY}"})
    asked.chunk(finish="stop")


def echo_in_a_stream(asked: Asked) -> None:
    asked.head()
    asked.raw(('data: {"error": "' + KEY.replace('"', '\\"') + '"}\n\n').encode())


def echo_as_the_reason(asked: Asked) -> None:
    asked.raw(f"HTTP/1.1 401 Not {KEY}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode())


@pytest.mark.parametrize(
    "act",
    [echo, echo_far_behind, echo_as_text, echo_in_an_answer, echo_in_a_refusal, echo_in_a_stream, echo_as_the_reason],
)
def test_a_key_that_a_server_sends_back_is_in_no_event_and_no_log(
    open_backend: Open, caplog: pytest.LogCaptureFixture, act: Callable[[Asked], None]
) -> None:
    caplog.set_level(logging.DEBUG)
    with ScriptedServer([act]) as server:
        backend = open_backend(server.url, key=KEY, attempts=2)
        events = events_of(backend, ask("Who?"))
        assert server.chats[0].headers["Authorization"] == f"Bearer {KEY}"
    told = " ".join(event.model_dump_json() for event in events) + repr(backend) + str(backend.state)
    for secret in (KEY, KEY.replace('"', '\\"'), KEY[:16], "secret"):
        assert secret not in told
        assert secret not in caplog.text


def test_a_key_that_is_spelled_otherwise_within_an_answer_is_in_no_event(open_backend: Open) -> None:
    spelled = "".join(f"\\u{ord(character):04x}" for character in KEY)
    with ScriptedServer([says(f'{{"name": "It is {spelled}", "age": 34}}')]) as server:
        events = events_of(open_backend(server.url, key=KEY), ask_person())
    last = events[-1]
    assert isinstance(last, Failed)
    assert isinstance(last.error.error(), EndpointGarbled)
    assert last.text == ""
    assert not any(event.type == "value_closed" for event in events)


def test_the_beginning_of_a_key_that_goes_on_otherwise_is_told(open_backend: Open) -> None:
    with ScriptedServer([says("Call it sk-", "very", " nice."), says("It ends in sk-very")]) as server:
        backend = open_backend(server.url, key="sk-very-secret-0123")
        assert answer_of(backend, ask()).text == "Call it sk-very nice."
        events = events_of(backend, ask())
    assert "".join(event.text for event in events if event.type == "text_delta") == "It ends in sk-very"


def test_a_key_is_in_no_receipt_and_no_kept_endpoint(open_backend: Open) -> None:
    with ScriptedServer([says('{"name": "Anna", "age": 34}')]) as server:
        backend = open_backend(server.url, key=KEY)
        receipt = answer_of(backend, ask_person()).receipt
    assert "secret" not in receipt.model_dump_json()
    assert "secret" not in backend.endpoint.model_dump_json()


def test_a_probe_names_no_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with ScriptedServer([echo], {"/v1/models": echo}) as server:
        endpoint = Endpoint(id="e", name="Peer", url=server.url)
        with pytest.raises(EndpointRefused) as caught:
            probe(endpoint, Network(), KEY, limits=QUICK)
    assert "secret" not in str(caught.value) + caplog.text
    assert "•••" in caught.value.message


def test_a_key_is_not_sent_in_the_open(open_backend: Open) -> None:
    error = failure_of(open_backend("http://example.com/v1", key=KEY), ask()).error.error()
    assert isinstance(error, EndpointRefused)
    assert "not encrypted" in error.message


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel"])
def test_what_cannot_be_a_key_is_not_sent(open_backend: Open, key: str) -> None:
    with ScriptedServer([says("Hi")]) as server:
        error = failure_of(open_backend(server.url, key=key), ask()).error.error()
        assert server.asked == []
    assert isinstance(error, EndpointRefused)
    assert key not in str(error)


def test_without_a_key_none_is_sent(open_backend: Open) -> None:
    with ScriptedServer([says("Hi")]) as server:
        answer_of(open_backend(server.url), ask())
        assert "Authorization" not in server.chats[0].headers


def test_a_server_that_wants_a_key_is_told_from_one_that_does_not_accept_it(open_backend: Open) -> None:
    with ScriptedServer([fails(401, {"detail": "Not authenticated"})]) as server:
        without = failure_of(open_backend(server.url), ask()).error.error()
        wrong = failure_of(open_backend(server.url, key=KEY), ask()).error.error()
    assert without.message == "The server wants a key: Not authenticated."
    assert wrong.message == "The server does not accept the key: Not authenticated."


def test_a_locked_keyring_is_told() -> None:
    def locked() -> str | None:
        raise SecretsUnavailable("The keyring is locked.")

    with ScriptedServer([fails(401, {})]) as server:
        endpoint = Endpoint(id="e", name="Peer", url=server.url, capabilities=KNOWN)
        with RemoteBackend(endpoint, Network(), locked, limits=QUICK) as backend:
            assert isinstance(failure_of(backend, ask()).error.error(), SecretsUnavailable)
        assert server.asked == []
