"""A conversation that is longer than the context, and what of it is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.errors import InvalidRequest, PromptTooLong
from engine.model.prompt import build_prompt
from engine.model.protocol import ChatMessage, Finished, GenerateRequest, Rendered, ShrinkableSpan, Started
from engine.model.template import ChatTemplate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.model.llama import Weights
    from engine.model.protocol import RequestEvent
    from engine.model.scheduler import Scheduler
    from tests.engine.model.conftest import MakeScheduler

SYSTEM = ChatMessage(role="system", content="Answer in one word.")


def conversation(turns: int, words: int = 20) -> tuple[ChatMessage, ...]:
    """Return a conversation of numbered questions, each but the last answered."""
    said = [
        message
        for number in range(turns)
        for message in (
            ChatMessage(role="user", content=f"question {number} " + "word " * words),
            ChatMessage(role="assistant", content=f"answer {number} " + "word " * words),
        )
    ]
    return (SYSTEM, *said[:-1])


def request(messages: Sequence[ChatMessage], **fields: Any) -> GenerateRequest:
    return GenerateRequest(**{"id": "r", "messages": tuple(messages), "drop": "oldest"} | fields)


@pytest.fixture
def template(vocabulary: Weights) -> ChatTemplate:
    return ChatTemplate(vocabulary.chat_template)


@pytest.mark.parametrize("turns", [2, 3, 9, 40])
def test_the_oldest_turns_are_left_out_and_no_more_than_have_to_be(
    vocabulary: Weights, template: ChatTemplate, turns: int
) -> None:
    messages = conversation(turns)
    prompt = build_prompt(vocabulary, template, request(messages), 256)
    assert len(prompt.tokens) <= 192
    kept = (SYSTEM, *messages[1 + prompt.dropped_messages :])
    assert prompt.tokens == build_prompt(vocabulary, template, request(kept, drop="never"), 8192).tokens
    assert kept[1].role == "user"
    if prompt.dropped_messages:
        more = (SYSTEM, *messages[prompt.dropped_messages - 1 :])
        assert len(build_prompt(vocabulary, template, request(more, drop="never"), 8192).tokens) > 192
    assert bool(prompt.dropped_messages) == (turns > 3)


@pytest.mark.parametrize(("most", "room"), [(None, 192), (16, 240), (200, 192)])
def test_a_quarter_of_the_context_at_most_is_kept_for_the_answer(
    vocabulary: Weights, template: ChatTemplate, most: int | None, room: int
) -> None:
    sizes = [
        len(build_prompt(vocabulary, template, request(conversation(9, words), max_tokens=most), 256).tokens)
        for words in range(1, 40)
    ]
    assert max(sizes) <= room
    assert max(sizes) > room - 12


def test_what_the_answer_begins_with_needs_room_too(vocabulary: Weights, template: ChatTemplate) -> None:
    asked = request(conversation(9))
    plain, begun = (build_prompt(vocabulary, template, asked, 256, given=given) for given in (0, 100))
    assert len(begun.tokens) + 100 < 256
    assert begun.dropped_messages > plain.dropped_messages


def test_nothing_is_left_out_unless_it_is_asked_for(vocabulary: Weights, template: ChatTemplate) -> None:
    with pytest.raises(PromptTooLong):
        build_prompt(vocabulary, template, request(conversation(9), drop="never"), 256)


def test_a_last_message_that_does_not_fit_alone_is_refused(vocabulary: Weights, template: ChatTemplate) -> None:
    with pytest.raises(PromptTooLong):
        build_prompt(vocabulary, template, request((*conversation(3)[:-1], *conversation(1, 300)[1:])), 256)


def test_a_last_message_that_leaves_little_room_is_kept_with_what_is_left(
    vocabulary: Weights, template: ChatTemplate
) -> None:
    prompt = build_prompt(vocabulary, template, request((*conversation(3)[:-1], *conversation(1, 190)[1:])), 256)
    assert 192 < len(prompt.tokens) < 256
    assert prompt.dropped_messages == 4


def test_system_messages_stay_wherever_they_stand(vocabulary: Weights, template: ChatTemplate) -> None:
    late = ChatMessage(role="system", content="Be brief from now on.")
    messages = conversation(9)
    prompt = build_prompt(vocabulary, template, request((*messages[:3], late, *messages[3:])), 256)
    text = vocabulary.spell(prompt.tokens)
    assert SYSTEM.content in text
    assert late.content in text
    assert "question 0" not in text
    assert "question 8" in text


def test_a_message_is_cut_or_turns_are_left_out_but_not_both(vocabulary: Weights, template: ChatTemplate) -> None:
    asked = request(conversation(2), shrink=ShrinkableSpan(message=1, start=0, end=5))
    with pytest.raises(InvalidRequest, match="not by both"):
        build_prompt(vocabulary, template, asked, 256)


def test_each_message_is_tokenized_once_however_many_are_left_out(
    vocabulary: Weights, template: ChatTemplate, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenized: list[str] = []
    tokenize = vocabulary.tokenize
    monkeypatch.setattr(
        vocabulary, "tokenize", lambda text, special: tokenized.append(text) or tokenize(text, special=special)
    )
    build_prompt(vocabulary, template, request(conversation(200)), 256)
    assert len(tokenized) == len(set(tokenized))
    assert len(tokenized) > 400


def test_who_asked_is_told_how_many_messages_were_left_out(
    make_scheduler: MakeScheduler, run_all: Callable[[Scheduler], None], heard: list[RequestEvent]
) -> None:
    scheduler = make_scheduler(cells=256, context=256, lanes=1)
    messages = conversation(9)
    schema = {"enum": ["yes", "no"]}
    asked = request(messages, constraint={"kind": "schema", "schema_text": str(schema).replace("'", '"')})
    scheduler.render(asked)
    scheduler.submit(asked)
    run_all(scheduler)
    (rendered,) = (event for event in heard if isinstance(event, Rendered))
    (started,) = (event for event in heard if isinstance(event, Started))
    end = heard[-1]
    assert isinstance(end, Finished)
    left = rendered.prompt.count("question")
    assert started.dropped_messages == rendered.dropped_messages == end.receipt.dropped_messages == 2 * (9 - left) > 0
