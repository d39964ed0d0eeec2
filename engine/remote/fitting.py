"""A request's messages as they are sent: cut, or without their oldest turns, where they would not fit the context."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from engine.errors import InvalidRequest, PromptTooLong
from engine.model.protocol import ChatMessage
from engine.remote.lengths import TURN_TOKENS, estimate

if TYPE_CHECKING:
    from engine.model.protocol import GenerateRequest
    from engine.remote.lengths import Lengths

_BOUNDARY = 200
_SMALLEST_SPAN = 16
_TRIES = 8
_MOST_ESTIMATED = 200_000
"""Characters up to which estimating a length takes less time than asking for it."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """The messages to send. `tokens` is None where nothing had to be measured."""

    messages: tuple[ChatMessage, ...]
    tokens: int | None = None
    trimmed_characters: int = 0
    dropped_messages: int = 0


async def fit(request: GenerateRequest, words: str, lengths: Lengths, context: int | None) -> Fitted:
    """Return a request's messages for a context of so many tokens, the answer included; None is one without end.

    `words` are said at the end of the system's message. Raises `InvalidRequest` without messages, or where both a
    span may shrink and turns may be dropped, and `PromptTooLong` where what may not be left out does not fit.
    """
    if not request.messages:
        raise InvalidRequest("The request has no message.", advice="Write a prompt.")
    if request.shrink is not None and request.drop != "never":
        raise InvalidRequest(
            "A prompt is made to fit by cutting one message or by leaving out the oldest, not by both.",
            advice="Set drop to never, or leave out shrink.",
        )
    if context is not None and request.shrink is not None:
        return await _shrink(request, words, lengths, context)
    if context is not None and request.drop == "oldest":
        return await _drop(request, words, lengths, context)
    messages = spoken(request.messages, words)
    if context is not None and lengths.exact:
        await _refuse_too_long([message.content for message in messages], lengths, context)
    return Fitted(messages)


async def _refuse_too_long(texts: list[str], lengths: Lengths, context: int) -> None:
    """Raise `PromptTooLong` where texts alone fill a context; a server is asked only where they might."""
    size = sum(map(len, texts))
    if size <= context or (size <= _MOST_ESTIMATED and sum(map(estimate, texts)) < context):
        return
    tokens = sum(await lengths.of(texts))
    if tokens >= context:
        raise _too_long(tokens, context)


def _too_long(tokens: int, context: int) -> PromptTooLong:
    return PromptTooLong(
        f"The prompt is {tokens:,} tokens long and the context holds {context:,}.",
        advice="Shorten the prompt, or use a longer context.",
    )


async def room(request: GenerateRequest, words: str, lengths: Lengths, context: int) -> int:
    """Return how many tokens of a request's shrinkable span fit beside the rest of its prompt and its answer.

    Raises `InvalidRequest` for a request that has no such span.
    """
    if request.shrink is None:
        raise InvalidRequest("Only a request with a part that may be cut has room for more of it.")
    span = request.shrink
    rest = [
        message.content[: span.start] + message.content[span.end :] if index == span.message else message.content
        for index, message in enumerate(request.messages)
    ]
    counted = await lengths.of([*rest, words])
    answer = request.max_tokens or max(1, context // 4)
    return context - min(answer, context - 1) - sum(counted) - TURN_TOKENS * (len(rest) + 1)


def spoken(messages: tuple[ChatMessage, ...], words: str) -> tuple[ChatMessage, ...]:
    """Return messages with words at the end of the system's message, or in one of its own before the others."""
    if not words:
        return messages
    for index, message in enumerate(messages):
        if message.role == "system":
            said = message.model_copy(update={"content": f"{message.content}\n\n{words}"})
            return (*messages[:index], said, *messages[index + 1 :])
    return (ChatMessage(role="system", content=words), *messages)


async def _shrink(request: GenerateRequest, words: str, lengths: Lengths, context: int) -> Fitted:
    span = request.shrink
    assert span is not None
    if span.message >= len(request.messages):
        raise InvalidRequest("The part that may be cut is of a message that the request does not have.")
    content = request.messages[span.message].content
    text = content[span.start : span.end]
    space = await room(request, words, lengths, context)
    [size] = await lengths.of([text])
    kept = text
    for _ in range(_TRIES):
        if size <= space:
            break
        if space < _SMALLEST_SPAN:
            raise PromptTooLong(
                f"Without the document the prompt leaves {max(space, 0):,} of {context:,} tokens.",
                advice="Shorten the instructions or the schema, ask for fewer tokens, or use a longer context.",
            )
        # Each try is a little shorter than the last one's measure says, so that few are needed.
        kept = _to_boundary(kept[: int(len(kept) * space / size * 0.98)])
        [size] = await lengths.of([kept])
    if size > space:
        kept, size = "", 0
    cut = content[: span.start] + kept + content[span.end :]
    message = request.messages[span.message].model_copy(update={"content": cut})
    messages = (*request.messages[: span.message], message, *request.messages[span.message + 1 :])
    answer = min(request.max_tokens or max(1, context // 4), context - 1)
    return Fitted(
        spoken(messages, words), tokens=context - answer - space + size, trimmed_characters=len(text) - len(kept)
    )


async def _drop(request: GenerateRequest, words: str, lengths: Lengths, context: int) -> Fitted:
    messages = request.messages
    *counted, told = await lengths.of([*(message.content for message in messages), words])
    sizes = [size + TURN_TOKENS for size in counted]
    always = sum(size for size, message in zip(sizes, messages, strict=True) if message.role == "system")
    always += told + TURN_TOKENS
    others = [0 if message.role == "system" else size for size, message in zip(sizes, messages, strict=True)]
    behind = [*accumulate(reversed(others))][::-1]
    quarter = max(1, context // 4)
    space = context - min(request.max_tokens or quarter, quarter)
    turns = [index for index, message in enumerate(messages) if message.role == "user"]
    start = 0
    if always + behind[0] > space and turns:
        place = bisect_left(turns, True, key=lambda index: always + behind[index] <= space)
        start = turns[min(place, len(turns) - 1)]
    tokens = always + behind[start]
    if tokens >= context and lengths.exact:
        raise _too_long(tokens, context)
    kept = tuple(message for index, message in enumerate(messages) if index >= start or message.role == "system")
    return Fitted(spoken(kept, words), tokens=tokens, dropped_messages=len(messages) - len(kept))


def _to_boundary(text: str) -> str:
    """Return a text cut back to the end of a word, if one is near."""
    boundary = max(text.rfind("\n"), text.rfind(" "))
    return text[:boundary] if boundary >= len(text) - _BOUNDARY and boundary > 0 else text
