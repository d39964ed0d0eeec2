"""A chat completion as it comes in chunks, and how it ended."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from engine.errors import (
    AnswerRefused,
    ContextFull,
    EndpointGarbled,
    EngineError,
    GenerationError,
    TokenLimitReached,
)
from engine.remote.faults import one_line

_BROKEN_OFF = frozenset({"error", "abort", "aborted", "cancelled"})
_CALLS = frozenset({"tool_calls", "function_call"})
_LEAST_LOGPROB = -1000.0
"""Of what cannot be, which servers tell as any number."""
_LONGEST_REFUSAL = 300


@dataclass(frozen=True, slots=True)
class ToldToken:
    """The bytes of a token and its probability; `others` are the likeliest that could have stood in its place."""

    data: bytes
    share: float
    others: tuple[tuple[bytes, float], ...] = ()


@dataclass(slots=True)
class Completion:
    """What a server has sent of one answer. `tokens` are those whose probabilities it told."""

    url: str
    finish: str | None = None
    refusal: str = ""
    calls: bool = False
    pieces: list[str] = field(default_factory=list)
    prompt_tokens: int | None = None
    shared_tokens: int = 0
    generated_tokens: int | None = None
    tokens: list[ToldToken] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The answer's text so far."""
        return "".join(self.pieces)

    def take(self, chunk: Any) -> str:
        """Take a chunk, or a whole completion, and return what it adds to the text.

        Raises `EndpointGarbled` for what is neither.
        """
        choices = chunk.get("choices") if isinstance(chunk, dict) else None
        if not isinstance(choices, list):
            raise EndpointGarbled(
                "The server sends something that is no part of a chat completion.",
                where=self.url,
                advice="See that the address is that of an OpenAI-compatible API.",
            )
        self._take_usage(chunk.get("usage"))
        choice = next((each for each in choices if isinstance(each, dict) and each.get("index", 0) == 0), {})
        if isinstance(choice.get("finish_reason"), str):
            self.finish = choice["finish_reason"]
        self._take_logprobs(choice.get("logprobs"))
        said = choice.get("delta") or choice.get("message")
        said = said if isinstance(said, dict) else {}
        self.calls = self.calls or bool(said.get("tool_calls") or said.get("function_call"))
        if isinstance(said.get("refusal"), str):
            self.refusal += _whole_characters(said["refusal"])
        content = said.get("content")
        if isinstance(content, list):
            content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        if not isinstance(content, str) or not content:
            return ""
        content = _whole_characters(content)
        self.pieces.append(content)
        return content

    def fault(self, max_tokens: int | None) -> EngineError | None:
        """Return the error of an answer that did not end as the model meant it; None where it did."""
        if self.refusal:
            words = one_line(self.refusal)
            words = words if len(words) <= _LONGEST_REFUSAL else f"{words[:_LONGEST_REFUSAL]}…"
            return AnswerRefused(f"The model refuses: {words}", where=self.url)
        if self.finish is None or self.finish in _BROKEN_OFF:
            return EndpointGarbled("The answer ends midway.", where=self.url, advice="Try again.")
        if self.finish == "content_filter":
            return AnswerRefused("The server's filter has stopped the answer.", where=self.url)
        if self.finish in {"length", "max_tokens"}:
            return self._limit(max_tokens)
        if self.finish in _CALLS or (self.calls and not self.pieces):
            return EndpointGarbled("The model calls a tool where an answer was asked for.", where=self.url)
        return None

    @property
    def written(self) -> int:
        """How many tokens were generated, as far as is known: a piece without a count is taken for one."""
        if self.generated_tokens is not None:
            return self.generated_tokens
        return max(len(self.tokens), len(self.pieces))

    def _limit(self, max_tokens: int | None) -> GenerationError:
        if max_tokens is not None and (self.generated_tokens is None or self.generated_tokens >= max_tokens):
            return TokenLimitReached(
                f"The answer was not complete after {max_tokens:,} {'token' if max_tokens == 1 else 'tokens'}.",
                advice="Allow more tokens.",
            )
        return ContextFull(
            "The context of the server was full before the answer was complete.",
            where=self.url,
            advice="Shorten the prompt, or start the server with a longer context.",
        )

    def _take_usage(self, usage: Any) -> None:
        if not isinstance(usage, dict):
            return
        self.prompt_tokens = _count(usage.get("prompt_tokens"), self.prompt_tokens)
        self.generated_tokens = _count(usage.get("completion_tokens"), self.generated_tokens)
        details = usage.get("prompt_tokens_details")
        if isinstance(details, dict):
            self.shared_tokens = _count(details.get("cached_tokens"), None) or 0

    def _take_logprobs(self, logprobs: Any) -> None:
        told = logprobs.get("content") if isinstance(logprobs, dict) else None
        for each in told if isinstance(told, list) else ():
            own = _option(each)
            if own is None:
                continue
            listed = each.get("top_logprobs")
            options = map(_option, listed if isinstance(listed, list) else ())
            others = tuple(option for option in options if option is not None and option[0] != own[0])
            self.tokens.append(ToldToken(*own, others))


def _whole_characters(text: str) -> str:
    """Return a text without halves of characters: JSON can spell them, and nothing can keep them or send them on."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _option(token: Any) -> tuple[bytes, float] | None:
    """Return the bytes of a token and its probability, as a server tells them; None for what is none."""
    value = token.get("logprob") if isinstance(token, dict) else None
    if not isinstance(value, int | float) or (isinstance(value, float) and math.isnan(value)):
        return None
    data, text = token.get("bytes"), token.get("token")
    if isinstance(data, list) and all(isinstance(byte, int) and 0 <= byte < 256 for byte in data):
        spelled = bytes(data)
    else:
        spelled = text.encode(errors="replace") if isinstance(text, str) else b""
    return (spelled, math.exp(min(max(value, _LEAST_LOGPROB), 0.0))) if spelled else None


def _count(value: Any, otherwise: int | None) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise
