"""One request while it runs: its tokens, its text, its constraint, and what its receipt will say."""

from __future__ import annotations

import codecs
import secrets
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from engine._version import __version__
from engine.constraint.spec import MatchesSchema
from engine.constraint.values import ClosedValue, ValueWatcher
from engine.model.protocol import Enforcement, ModelInfo, Receipt, ValueClosed
from engine.model.sampling import Choice, Sampler

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from engine.constraint.compile import CompiledConstraint
    from engine.constraint.matcher import Matcher
    from engine.model.prompt import Prompt
    from engine.model.protocol import GenerateRequest

FinishReason = Literal["stop", "token_limit", "context_full", "cancelled", "failed"]


@dataclass(slots=True)
class _Evidence:
    """Where the sampled tokens stand in the text, and how sure the model was of each."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)

    def between(self, start: int, end: int) -> list[Choice]:
        """Return the sampled tokens that overlap `text[start:end]`."""
        return self.choices[bisect_right(self.ends, start) : bisect_left(self.starts, end)]


@dataclass(slots=True)
class Piece:
    """What one step added to an answer."""

    text: str
    tokens: int
    forced: int
    closed: list[ValueClosed]


class Run:
    """The state of one request. The scheduler moves it; nothing here touches the llama context."""

    def __init__(
        self,
        request: GenerateRequest,
        prompt: Prompt,
        constraint: CompiledConstraint | None,
        matcher: Matcher | None,
        *,
        context: int,
        spell: Callable[[int], bytes],
    ) -> None:
        self.request = request
        self.prompt = prompt
        self.constraint = constraint
        self.matcher = matcher
        self.tokens = list(prompt.tokens)
        self.computed = 0
        self.shared = 0
        self.decodes = 0
        self.forced = 0
        self.text = ""
        self.room = context - len(prompt.tokens)
        seed = request.sampling.seed
        self.seed = secrets.randbits(63) if seed is None else seed
        self._sampler = Sampler(request.sampling, self.seed)
        self._spell = spell
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._watcher = ValueWatcher() if constraint is not None and constraint.is_json else None
        self._evidence = _Evidence()
        self._arrived = time.monotonic()
        self._started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._began: float | None = None
        self._first: float | None = None
        self.opening = self._take_forced()

    @property
    def id(self) -> str:
        """The request's id."""
        return self.request.id

    @property
    def began(self) -> bool:
        """Whether the request has left the queue."""
        return self._began is not None

    @property
    def generated(self) -> int:
        """Tokens of the answer so far, forced ones included."""
        return len(self.tokens) - len(self.prompt.tokens)

    @property
    def reading(self) -> bool:
        """Whether the prompt is still being computed."""
        return self.computed < len(self.prompt.tokens)

    @property
    def remaining(self) -> int:
        """How many tokens the answer may still grow by."""
        return min(self.request.max_tokens or self.room, self.room) - self.generated

    def begin(self, shared: int) -> None:
        """Leave the queue with the first `shared` tokens already computed."""
        self.computed = shared
        if self._began is None:
            self.shared = min(shared, len(self.prompt.tokens))
            self._began = time.monotonic()

    def choose(self, logits: NDArray[np.float32]) -> Choice:
        """Draw the next token within the constraint. Raises `ConstraintUnsupported` where the mask fails."""
        allowed = None if self.matcher is None else self.matcher.allowed()
        return self._sampler.choose(logits, allowed, self.tokens)

    def append(self, choice: Choice) -> Piece:
        """Take a drawn token, and every token that can only follow it."""
        if self._first is None:
            self._first = time.monotonic()
        if self.matcher is not None:
            self.matcher.consume(choice.token)
        start = len(self.text)
        text = self._grow(choice.token)
        self._evidence.starts.append(start)
        self._evidence.ends.append(len(self.text))
        self._evidence.choices.append(choice)
        closed = self._close(text)
        forced = self._take_forced()
        return Piece(text + forced.text, 1 + forced.tokens, forced.forced, closed + forced.closed)

    def finish(self) -> Piece:
        """Close what only the end of the text closes."""
        rest = self._decoder.decode(b"", final=True)
        self.text += rest
        closed = self._close(rest)
        if self._watcher is not None:
            closed += [self._report(value) for value in self._watcher.finish()]
        return Piece(rest, 0, 0, closed)

    def receipt(self, reason: FinishReason, model: ModelInfo) -> Receipt:
        """Write down what ran."""
        now = time.monotonic()
        began = self._began or now
        spec = self.request.constraint
        uses = self.constraint.uses if self.constraint else ()
        return Receipt(
            request=self.request,
            model=model,
            finish_reason=reason,
            seed=self.seed,
            schema_sha256=spec.sha256 if isinstance(spec, MatchesSchema) else None,
            enforcement=tuple(Enforcement(pointer=use.pointer, keyword=use.keyword, how=use.how) for use in uses),
            prompt_tokens=len(self.prompt.tokens),
            shared_tokens=self.shared,
            generated_tokens=self.generated,
            forced_tokens=self.forced,
            decodes=self.decodes,
            trimmed_characters=self.prompt.trimmed_characters,
            queued_s=began - self._arrived,
            first_token_s=None if self._first is None else self._first - began,
            total_s=now - began,
            started_at=self._started_at,
            engine_version=__version__,
        )

    def _take_forced(self) -> Piece:
        if self.matcher is None:
            return Piece("", 0, 0, [])
        forced = self.matcher.take_forced()
        self.forced += len(forced)
        text = "".join(self._grow(token) for token in forced)
        return Piece(text, len(forced), len(forced), self._close(text))

    def _grow(self, token: int) -> str:
        self.tokens.append(token)
        text = self._decoder.decode(self._spell(token))
        self.text += text
        return text

    def _close(self, text: str) -> list[ValueClosed]:
        if self._watcher is None or not text:
            return []
        return [self._report(value) for value in self._watcher.feed(text)]

    def _report(self, value: ClosedValue) -> ValueClosed:
        quote = 1 if isinstance(value.value, str) else 0
        found = self._evidence.between(value.start + quote, value.end - quote)
        probabilities = [choice.probability for choice in found]
        return ValueClosed(
            id=self.id,
            pointer=value.pointer,
            value=value.value,
            start=value.start,
            end=value.end,
            mean_probability=sum(probabilities) / len(found) if found else None,
            min_probability=min(probabilities, default=None),
            removed_mass=sum(choice.removed_mass for choice in found) / len(found) if found else None,
        )
