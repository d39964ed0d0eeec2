"""A request's messages as the tokens of its prompt, cut where the request allows it to fit the context."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import InvalidRequest, PromptTooLong

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.model.llama import Weights
    from engine.model.protocol import ChatMessage, GenerateRequest, ShrinkableSpan
    from engine.model.template import ChatTemplate, Segment

_SMALLEST_SPAN = 16
_BOUNDARY = 200


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt in tokens.

    `trimmed_characters` of the shrinkable span were left out to make it fit. `preamble` tokens stand before
    that span, or before a conversation's first turn: instructions and schema, which the next document of the same job,
    or the next conversation of this kind, begins with too. `dropped_messages` were left out as a whole, the oldest
    first.
    """

    tokens: list[int]
    trimmed_characters: int = 0
    preamble: int = 0
    dropped_messages: int = 0


def build_prompt(
    weights: Weights, template: ChatTemplate, request: GenerateRequest, context: int, *, given: int = 0
) -> Prompt:
    """Tokenize a request for a context of `context` tokens, answer included, which begins with `given` tokens.

    Message contents are tokenized as plain text: a special token spelled in them is not one.
    Raises `PromptTooLong` where the prompt leaves no room for an answer, `InvalidRequest` without messages, or where
    both a span may shrink and turns may be dropped.
    """
    if not request.messages:
        raise InvalidRequest("The request has no message.", advice="Write a prompt.")
    quarter = max(1, context // 4)
    answer = request.max_tokens or quarter
    if request.shrink is not None:
        if request.drop != "never":
            raise InvalidRequest(
                "A prompt is made to fit by cutting one message or by leaving out the oldest, not by both.",
                advice="Set drop to never, or leave out shrink.",
            )
        segments = template.segments(request.messages)
        return _build_shrinkable(weights, segments, request.shrink, context - min(max(answer, given + 1), context - 1))
    conversation = _Conversation(weights, template, request.messages)
    room = context - max(min(answer, quarter), given + 1)
    start = conversation.first_that_fits(room) if request.drop == "oldest" else 0
    tokens = conversation.tokens(start)
    if len(tokens) + given >= context:
        beginning = f", the beginning of the answer {given:,}," if given else ""
        raise PromptTooLong(
            f"The prompt is {len(tokens):,} tokens long{beginning} and the context holds {context:,}.",
            advice="Shorten the prompt, or load the model with a longer context.",
        )
    return Prompt(tokens, preamble=conversation.preamble(), dropped_messages=conversation.dropped(start))


class _Conversation:
    """Messages from which the oldest turns can be left out. Each text is tokenized once, whatever is tried."""

    def __init__(self, weights: Weights, template: ChatTemplate, messages: Sequence[ChatMessage]) -> None:
        self._weights = weights
        self._template = template
        self._messages = messages
        self._known: dict[tuple[str, bool], list[int]] = {}

    def first_that_fits(self, room: int) -> int:
        """Return the index of the first message to keep: 0, or of a user's that begins a turn.

        Where not even the last turn fits, it is that of the last turn.
        """
        if len(self.tokens(0)) <= room:
            return 0
        turns = [index for index, message in enumerate(self._messages) if message.role == "user"]
        place = bisect_left(turns, True, key=lambda start: len(self.tokens(start)) <= room)
        return turns[min(place, len(turns) - 1)] if turns else 0

    def tokens(self, start: int) -> list[int]:
        """Return the prompt of the messages from `start` on, and of the system's before them."""
        segments = self._template.segments(self._kept(start))
        return _with_begin(self._weights, [token for each in segments for token in self._tokenize(each)])

    def preamble(self) -> int:
        """Return how many tokens end with what the system says first: 0 where it says nothing."""
        first = self._messages[0]
        if first.role != "system":
            return 0
        before: list[int] = []
        for segment in self._template.segments(self._kept(0)):
            before += self._tokenize(segment)
            if segment.message == 0:
                return len(_with_begin(self._weights, before))
        return 0

    def dropped(self, start: int) -> int:
        """Return how many messages are left out where the conversation begins with `start`."""
        return len(self._messages) - len(self._kept(start))

    def _kept(self, start: int) -> list[ChatMessage]:
        messages = self._messages
        return [message for index, message in enumerate(messages) if index >= start or message.role == "system"]

    def _tokenize(self, segment: Segment) -> list[int]:
        key = segment.text, segment.message is None
        if key not in self._known:
            self._known[key] = _tokenize(self._weights, segment)
        return self._known[key]


def room_for_span(weights: Weights, template: ChatTemplate, request: GenerateRequest, context: int) -> int:
    """Return how many tokens of a request's shrinkable span fit beside the rest of its prompt and its answer.

    Raises `InvalidRequest` for a request that has no such span.
    """
    if request.shrink is None:
        raise InvalidRequest("Only a request with a part that may be cut has room for more of it.")
    before, _, after = _around(weights, template.segments(request.messages), request.shrink)
    answer = request.max_tokens or max(1, context // 4)
    return context - min(answer, context - 1) - len(before) - len(after)


def _around(weights: Weights, segments: list[Segment], span: ShrinkableSpan) -> tuple[list[int], str, list[int]]:
    """Return the tokens before a span, its text, and the tokens behind it."""
    before: list[int] = []
    after: list[int] = []
    text = ""
    found = False
    for segment in segments:
        if segment.message == span.message and not found:
            before += weights.tokenize(segment.text[: span.start], special=False)
            text = segment.text[span.start : span.end]
            after += weights.tokenize(segment.text[span.end :], special=False)
            found = True
        else:
            (after if found else before).extend(_tokenize(weights, segment))
    return _with_begin(weights, before), text, after


def _build_shrinkable(weights: Weights, segments: list[Segment], span: ShrinkableSpan, room: int) -> Prompt:
    before, text, after = _around(weights, segments, span)
    space = room - len(before) - len(after)
    body = weights.tokenize(text, special=False)
    if len(body) <= space:
        return Prompt(before + body + after, preamble=len(before))
    if space < _SMALLEST_SPAN:
        raise PromptTooLong(
            f"Without the document the prompt already takes {len(before) + len(after):,} of {room:,} tokens.",
            advice="Shorten the instructions or the schema, ask for fewer tokens, or use a longer context.",
        )
    kept = _cut(weights, text, body, space)
    tokens = before + weights.tokenize(kept, special=False) + after
    return Prompt(tokens, trimmed_characters=len(text) - len(kept), preamble=len(before))


def _cut(weights: Weights, text: str, body: list[int], space: int) -> str:
    """Return the longest beginning of `text` of at most `space` tokens that ends between words, if it can."""
    size = space
    while True:
        kept = b"".join(weights.piece(token) for token in body[:size]).decode(errors="ignore")
        kept = text[: len(kept)]
        boundary = max(kept.rfind("\n"), kept.rfind(" "))
        if boundary >= len(kept) - _BOUNDARY and boundary > 0:
            kept = kept[:boundary]
        if len(weights.tokenize(kept, special=False)) <= space:
            return kept
        size -= 8


def _tokenize(weights: Weights, segment: Segment) -> list[int]:
    return weights.tokenize(segment.text, special=segment.message is None)


def _with_begin(weights: Weights, tokens: list[int]) -> list[int]:
    begin = weights.begin_token
    return tokens if begin is None or tokens[:1] == [begin] else [begin, *tokens]
