"""Whatever a server sends is taken for an answer or refused by a typed error, soon."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.constraint.compile import compile_constraint
from engine.constraint.spec import AnyJson
from engine.errors import EndpointGarbled, EngineError
from engine.remote.checking import check, unwrapped
from engine.remote.completion import Completion
from engine.remote.faults import fault_in_stream, retry_after, status_fault
from engine.remote.key_guard import KeyGuard
from engine.remote.likelihood import likelihoods, traces
from tests.engine.remote.asking import ask, failure_of
from tests.engine.remote.scripted import Asked, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.remote.backend import RemoteBackend

    Open = Callable[..., RemoteBackend]

NAMES = ["choices", "index", "delta", "message", "content", "finish_reason", "logprobs", "token", "logprob", "bytes",
         "top_logprobs", "usage", "prompt_tokens", "error", "code", "refusal", "tool_calls", "text"]  # fmt: skip
ANY_OBJECT = compile_constraint(AnyJson())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "a", "\ud800", "stop", "🌿"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


def shaped(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return chunks that are nearly right."""
    token = st.fixed_dictionaries({"token": leaf, "logprob": leaf, "bytes": leaf, "top_logprobs": leaf})
    choice = st.fixed_dictionaries(
        {"index": leaf, "delta": leaf | st.fixed_dictionaries({"content": leaf}), "finish_reason": leaf},
        optional={"logprobs": st.fixed_dictionaries({"content": st.lists(token, max_size=2) | leaf})},
    )
    return st.fixed_dictionaries({"choices": st.lists(choice, max_size=2) | leaf}, optional={"usage": leaf})


@given(st.lists(VALUES | shaped(VALUES), max_size=4))
def test_any_json_is_a_chunk_or_garbled(chunks: list[Any]) -> None:
    completion = Completion("http://peer/v1")
    for chunk in chunks:
        fault = fault_in_stream(chunk, url="http://peer/v1", key="sk-secret-secret")
        if fault is not None:
            assert isinstance(fault.error(), EngineError)
            continue
        try:
            completion.take(chunk)
        except EndpointGarbled:
            return
    assert completion.fault(5) is None or isinstance(completion.fault(5), EngineError)
    (completion.text + completion.refusal).encode()
    json.dumps([token.model_dump() for token in traces(completion.text, completion.tokens)])


@given(st.text(max_size=60) | VALUES.map(json.dumps))
def test_any_text_is_checked(text: str) -> None:
    checked = check(unwrapped(text), ANY_OBJECT)
    if not checked.problems:
        assert isinstance(json.loads(checked.text), dict)
    likelihoods(checked, (), rivals=True)


def test_a_megabyte_of_blanks_and_fences_takes_no_time_to_unwrap() -> None:
    for text in ("```\n" + " " * 1_000_000 + "x", "<think>" * 200_000, "`" * 1_000_000, "```" + "a" * 1_000_000):
        assert unwrapped(text)


@pytest.mark.parametrize("seed", range(8))
def test_a_stream_of_garbage_is_an_error(open_backend: Open, seed: int) -> None:
    noise = b"".join(seed.to_bytes(1, "big") + bytes([(seed * 37 + index * index) % 256]) for index in range(4000))

    def act(asked: Asked) -> None:
        if seed % 2:
            asked.head()
            asked.raw(b"data: ")
        asked.raw(noise)

    with ScriptedServer([act]) as server:
        failed = failure_of(open_backend(server.url, attempts=2), ask())
    assert failed.error.error().kind in {"EndpointGarbled", "EndpointUnreachable"}


@given(st.lists(st.sampled_from(["sk-", "secret", "-0123", "s", "k", "x ", "sk-secret"]), max_size=14))
def test_a_text_goes_through_but_for_the_key(pieces: list[str]) -> None:
    key, text = "sk-secret-0123", "".join(pieces)
    guard, told = KeyGuard(key, "http://peer/v1"), ""
    try:
        for piece in pieces:
            told += guard.let_through(piece)
        told += guard.rest()
    except EndpointGarbled:
        assert key in text
        assert text.startswith(told)
        assert not told.endswith("s")
    else:
        assert told == text
        assert key not in text


# The words of errors


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b'{"error": {"message": "Bad.", "type": "x", "code": "bad_thing"}}', "application/json", "Bad. (bad_thing)"),
        (b'{"object": "error", "message": "No model", "code": 404}', "application/json", "No model"),
        (b'{"detail": [{"loc": ["body", "n"], "msg": "too many"}]}', "application/json", "body.n: too many"),
        (b'{"error": ["first", "second"]}', "application/json", "first"),
        (b'{"errors": [{"message": "one"}]}', "application/json", "one"),
        (b'{"error": {"error": {"error": {"error": {"error": 1}}}}}', "application/json", ""),
        (b"[" * 50_000, "application/json", "[" * 300 + "…"),
        (b"Too \x00 busy\n\nnow", "text/plain", "Too busy now"),
        (b"<html><body>502</body></html>", "text/html", ""),
        (b"\xff\xfe", "", "\ufffd\ufffd"),
        (b"", "", ""),
    ],
)
def test_errors_are_read_in_their_several_shapes(body: bytes, kind: str, words: str) -> None:
    fault = status_fault(418, {"content-type": kind}, body, url="http://peer/v1", key=None)
    assert fault.words == words


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": format_datetime(datetime(2001, 1, 1, tzinfo=UTC))}, 0.0),
        ({"retry-after": "Mon, 99 Foo 9999 99:99:99"}, None),
        ({}, None),
    ],
)
def test_when_to_come_back_is_read_in_its_several_shapes(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_date_to_come_back_at_is_some_seconds_from_now() -> None:
    later = retry_after({"retry-after": format_datetime(datetime.now(UTC) + timedelta(hours=1))})
    assert later is not None
    assert 3000 < later <= 3600
