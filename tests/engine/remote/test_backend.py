"""A model elsewhere answers as one on this machine does, and its answers were checked here."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.model.protocol import Finished, Started, TextDelta, ValueClosed
from tests.engine.remote.asking import PERSON, answer_of, ask, ask_person, events_of
from tests.engine.remote.scripted import ScriptedServer, says

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.remote.backend import RemoteBackend

    Open = Callable[..., RemoteBackend]


def test_an_answer_streams_and_ends_with_a_receipt(open_backend: Open) -> None:
    usage = {"prompt_tokens": 11, "completion_tokens": 5}
    with ScriptedServer([says('{"name": ', '"Anna", ', '"age": 34}', usage=usage)]) as server:
        events = events_of(open_backend(server.url), ask_person())
    assert isinstance(events[0], Started)
    assert events[0].provisional
    assert [event.text for event in events if isinstance(event, TextDelta)] == ['{"name": ', '"Anna", ', '"age": 34}']
    values = {event.pointer: event.value for event in events if isinstance(event, ValueClosed)}
    assert values == {"/name": "Anna", "/age": 34, "": {"name": "Anna", "age": 34}}
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.receipt.guarantee == "checked"
    assert last.receipt.model.endpoint == server.url
    assert (last.receipt.prompt_tokens, last.receipt.generated_tokens) == (11, 5)
    assert {use.how for use in last.receipt.enforcement} == {"check"}
    assert last.receipt.attempts == ()


def test_the_server_is_told_the_schema(open_backend: Open) -> None:
    with ScriptedServer([says('{"name": "Anna", "age": 34}')]) as server:
        answer_of(open_backend(server.url), ask_person(max_tokens=50))
        body = server.chats[0].body
    assert body["response_format"]["json_schema"]["schema"] == json.loads(PERSON)
    assert (body["model"], body["stream"], body["max_tokens"]) == ("m", True, 50)


def test_text_needs_no_schema(open_backend: Open) -> None:
    with ScriptedServer([says("Hello", " there.")]) as server:
        assert answer_of(open_backend(server.url), ask("Hi")).text == "Hello there."
        assert "response_format" not in server.chats[0].body
