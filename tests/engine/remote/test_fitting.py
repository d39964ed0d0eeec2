"""What is sent fits the server's context: documents are cut and old turns left out, by lengths that it told."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING

from engine.constraint.spec import MatchesSchema
from engine.errors import InvalidRequest, PromptTooLong
from engine.model.protocol import ChatMessage, Failed, GenerateRequest, Measured, Rendered, ShrinkableSpan, Started
from engine.model.vocabulary import load_vocabulary
from engine.remote.lengths import estimate
from tests.engine.remote.asking import KNOWN, PERSON, answer_of, ask, events_of, failure_of
from tests.engine.remote.scripted import Asked, ScriptedServer, fails, says

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.model.protocol import RequestEvent
    from engine.remote.backend import RemoteBackend

    Open = Callable[..., RemoteBackend]

COUNTS = KNOWN.model_copy(update={"tokenize": "/tokenize"})
DOCUMENT = " ".join(f"word{number}" for number in range(400))


def count_words(asked: Asked) -> None:
    """Answer with the number of words, which are this server's tokens."""
    asked.json({"count": len(asked.body["prompt"].split()), "max_model_len": 100})


def counting(*acts: Callable[[Asked], None]) -> ScriptedServer:
    return ScriptedServer([*acts] or [says("Hi")], {"/tokenize": count_words})


def with_document(text: str = DOCUMENT, *, id: str = "r", max_tokens: int | None = 10) -> GenerateRequest:  # noqa: A002
    before = "Read this: "
    messages = (
        ChatMessage(role="system", content="Be short."),
        ChatMessage(role="user", content=f"{before}{text} (end)"),
    )
    span = ShrinkableSpan(message=1, start=len(before), end=len(before) + len(text))
    return GenerateRequest(id=id, messages=messages, shrink=span, max_tokens=max_tokens)


def talk(turns: int, **given: object) -> GenerateRequest:
    messages: list[ChatMessage] = [ChatMessage(role="system", content="Be short.")]
    for turn in range(turns):
        messages.append(ChatMessage(role="user", content=f"question {turn} " * 5))
        messages.append(ChatMessage(role="assistant", content=f"answer {turn} " * 5))
    messages.append(ChatMessage(role="user", content="the last question"))
    return GenerateRequest.model_validate({"id": "r", "messages": messages, "drop": "oldest"} | given)


def heard(ask_for: Callable[[Callable[[RequestEvent], None]], None]) -> RequestEvent:
    events: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
    ask_for(events.put)
    return events.get(timeout=10)


def test_a_document_is_cut_at_a_word_where_the_context_ends(open_backend: Open) -> None:
    with counting() as server:
        backend = open_backend(server.url, capabilities=COUNTS, context=100)
        events = events_of(backend, with_document())
        sent = server.chats[0].body["messages"][1]["content"]
    started = events[0]
    assert isinstance(started, Started)
    kept = sent.removeprefix("Read this: ").removesuffix(" (end)")
    assert DOCUMENT.startswith(f"{kept} ")
    assert started.trimmed_characters == len(DOCUMENT) - len(kept)
    assert 40 <= len(kept.split()) <= 100 - 10 - 5
    assert events[-1].receipt.trimmed_characters == started.trimmed_characters  # type: ignore[union-attr]


def test_a_document_that_fits_is_sent_whole(open_backend: Open) -> None:
    with counting() as server:
        finished = answer_of(open_backend(server.url, capabilities=COUNTS, context=100), with_document("a b c"))
        assert server.chats[0].body["messages"][1]["content"] == "Read this: a b c (end)"
    assert finished.receipt.trimmed_characters == 0


def test_without_room_for_a_document_nothing_is_sent(open_backend: Open) -> None:
    request = with_document(max_tokens=90)
    with counting() as server:
        error = failure_of(open_backend(server.url, capabilities=COUNTS, context=100), request).error.error()
        assert server.chats == []
    assert isinstance(error, PromptTooLong)


def test_a_context_that_was_not_known_is_learned_and_the_document_cut(open_backend: Open) -> None:
    refusal = fails(400, {"message": "This model's maximum context length is 100 tokens.", "object": "error"})
    with counting(refusal, says("Hi")) as server:
        backend = open_backend(server.url, capabilities=COUNTS)
        finished = answer_of(backend, with_document())
        assert len(server.chats) == 2
    assert finished.receipt.trimmed_characters > 0
    assert finished.receipt.model.context == 100


def test_the_oldest_turns_are_left_out(open_backend: Open) -> None:
    with counting() as server:
        events = events_of(open_backend(server.url, capabilities=COUNTS, context=100), talk(6))
        sent = server.chats[0].body["messages"]
    assert sent[0] == {"role": "system", "content": "Be short."}
    assert sent[1]["role"] == "user"
    assert sent[-1]["content"] == "the last question"
    started = events[0]
    assert isinstance(started, Started)
    assert started.dropped_messages == 14 - len(sent) > 0


def test_the_last_turn_stays_even_where_it_is_too_long(open_backend: Open) -> None:
    request = talk(1).model_copy(
        update={"messages": (ChatMessage(role="user", content="old"), ChatMessage(role="user", content=DOCUMENT))}
    )
    with counting() as server:
        error = failure_of(open_backend(server.url, capabilities=COUNTS, context=100), request).error.error()
        assert server.chats == []
    assert isinstance(error, PromptTooLong)
    assert "the context holds 100" in error.message


def test_what_is_known_to_be_too_long_is_not_sent(open_backend: Open) -> None:
    with counting() as server:
        error = failure_of(open_backend(server.url, capabilities=COUNTS, context=100), ask(DOCUMENT)).error.error()
        assert server.chats == []
    assert isinstance(error, PromptTooLong)
    assert "400 tokens" in error.message


def test_both_ways_at_once_are_refused(open_backend: Open) -> None:
    request = with_document().model_copy(update={"drop": "oldest"})
    with counting() as server:
        assert isinstance(failure_of(open_backend(server.url), request).error.error(), InvalidRequest)


def test_lengths_are_those_of_the_server(open_backend: Open) -> None:
    with counting() as server:
        backend = open_backend(server.url, capabilities=COUNTS, context=100)
        told = heard(lambda hear: backend.measure(with_document(), ["one two", "", "x" * 50], hear))
    assert isinstance(told, Measured)
    assert told.tokens == (2, 0, 1)
    assert 50 < told.room < 90


def test_an_estimate_is_no_less_than_what_the_bundled_model_counts() -> None:
    texts = [
        "The quick brown fox jumps over the lazy dog. " * 5,
        "Rechnungsnummer 4711, Überweisung in Höhe von 1.234,56 € bis zum 31.12.2026",
        "東京都千代田区の請求書です。合計金額は壱万円。",
        '{"total": 12.5, "items": [{"sku": "AB-123", "count": 2}]}',
        "🌿🌳 ok",
    ]
    with load_vocabulary() as closer:
        counted = {text: len(closer.tokenizer.tokenize_str(text)) for text in texts}
    assert all(counted[text] <= estimate(text) <= 4 * counted[text] for text in texts)


def test_where_the_server_counts_nothing_lengths_are_estimates(open_backend: Open) -> None:
    texts: Sequence[str] = ["Hello there", "1234"]
    with ScriptedServer([says("Hi")]) as server:
        backend = open_backend(server.url, context=1000)
        told = heard(lambda hear: backend.measure(with_document(), texts, hear))
        assert server.asked == []
    assert isinstance(told, Measured)
    assert told.tokens == tuple(map(estimate, texts))


def test_a_count_that_fails_is_an_estimate(open_backend: Open) -> None:
    with ScriptedServer([says("Hi")], {"/tokenize": fails(500, {})}) as server:
        backend = open_backend(server.url, capabilities=COUNTS, context=1000)
        told = heard(lambda hear: backend.measure(with_document(), ["Hello there"], hear))
    assert isinstance(told, Measured)
    assert told.tokens == (estimate("Hello there"),)


def test_only_a_part_that_may_be_cut_is_measured(open_backend: Open) -> None:
    with counting() as server:
        backend = open_backend(server.url)
        told = heard(lambda hear: backend.measure(ask(), ["x"], hear))
    assert isinstance(told, Failed)
    assert isinstance(told.error.error(), InvalidRequest)


def test_what_would_be_sent_can_be_read(open_backend: Open) -> None:
    request = ask("Anna is 34.", constraint=MatchesSchema(schema_text=PERSON))
    with counting() as server:
        backend = open_backend(server.url, capabilities=COUNTS.model_copy(update={"structured": "none"}))
        told = heard(lambda hear: backend.render(request, hear))
        assert server.chats == []
    assert isinstance(told, Rendered)
    assert told.prompt.startswith("system:\nAnswer with JSON")
    assert told.prompt.endswith("user:\nAnna is 34.")
    assert told.prompt_tokens == len(told.prompt.replace("system:", "").replace("user:", "").split())
    assert {use.how for use in told.enforcement} == {"check"}
