"""A request's messages as the tokens of its prompt, cut where the request allows it to fit the context."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import InvalidRequest, PromptTooLong

if TYPE_CHECKING:
    from engine.model.llama import Weights
    from engine.model.protocol import GenerateRequest, ShrinkableSpan
    from engine.model.template import ChatTemplate, Segment

_SMALLEST_SPAN = 16
_BOUNDARY = 200


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt in tokens.

    `trimmed_characters` of the shrinkable span were left out to make it fit. `preamble` tokens stand before
    that span: instructions and schema, which the next document of the same job begins with too.
    """

    tokens: list[int]
    trimmed_characters: int = 0
    preamble: int = 0


def build_prompt(weights: Weights, template: ChatTemplate, request: GenerateRequest, context: int) -> Prompt:
    """Tokenize a request for a context of `context` tokens, answer included.

    Message contents are tokenized as plain text: a special token spelled in them is not one.
    Raises `PromptTooLong` where the prompt leaves no room for an answer, `InvalidRequest` without messages.
    """
    if not request.messages:
        raise InvalidRequest("The request has no message.", advice="Write a prompt.")
    segments = template.segments(request.messages)
    room = context - min(request.max_tokens or max(1, context // 4), context - 1)
    if request.shrink is None:
        tokens = _with_begin(weights, [token for each in segments for token in _tokenize(weights, each)])
        if len(tokens) >= context:
            raise PromptTooLong(
                f"The prompt is {len(tokens):,} tokens long and the context holds {context:,}.",
                advice="Shorten the prompt, or load the model with a longer context.",
            )
        return Prompt(tokens)
    return _build_shrinkable(weights, segments, request.shrink, room)


def _build_shrinkable(weights: Weights, segments: list[Segment], span: ShrinkableSpan, room: int) -> Prompt:
    before: list[int] = []
    after: list[int] = []
    text = ""
    for segment in segments:
        if segment.message == span.message and not text:
            before += weights.tokenize(segment.text[: span.start], special=False)
            text = segment.text[span.start : span.end]
            after += weights.tokenize(segment.text[span.end :], special=False)
        else:
            (after if text else before).extend(_tokenize(weights, segment))
    before = _with_begin(weights, before)
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
