"""One request while it runs: its tokens, its text, its constraint, and what its receipt will say."""

from __future__ import annotations

import codecs
import secrets
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import numpy as np

from engine._version import __version__
from engine.constraint.spec import MatchesSchema
from engine.constraint.values import Closed, ClosedKey, ClosedValue, ValueWatcher
from engine.errors import BudgetExceeded, TokenLimitReached
from engine.model.backtrack import MOST_DISCARDED, MOST_ROLLBACKS, Step, cheapest
from engine.model.protocol import Enforcement, ModelInfo, Receipt, ValueClosed
from engine.model.sampling import Choice, Sampler

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from engine.constraint.closing import Closer
    from engine.constraint.compile import CompiledConstraint
    from engine.constraint.matcher import Matcher
    from engine.constraint.residual import Violation
    from engine.model.prompt import Prompt
    from engine.model.protocol import GenerateRequest

_MARGIN = 24
_FIRST_GUESS = 40
"""Tokens that an end is taken to need before one was looked for; looking begins at twice as many before the limit."""
_LOOK_EVERY = 6
"""Tokens between two looks for a way to the end, until the limit is quite near."""
_RIVALS = 64
"""Tokens kept at each sampled position of an answer that is checked as it grows."""

FinishReason = Literal["stop", "length_closed", "token_limit", "context_full", "cancelled", "failed"]


@dataclass(slots=True)
class Piece:
    """What one step did to an answer: withdrew all but `keep` characters, where that is given, and added `text`.

    `ended` tells, of a piece that was to be the last, whether it is; `closing` that the text has to end with it.
    """

    text: str
    tokens: int
    forced: int
    closed: list[ValueClosed]
    keep: int | None = None
    ended: bool = False
    closing: bool = False


@dataclass(frozen=True, slots=True)
class _WayOut:
    """How an answer can end: from its first `index` tokens, which are `length` characters, by `tokens`."""

    index: int
    length: int
    tokens: list[int]


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
        closer: Closer | None = None,
    ) -> None:
        self.request = request
        self.prompt = prompt
        self.constraint = constraint
        self.matcher = matcher
        self.tokens = list(prompt.tokens)
        self.computed = 0
        self.shared = 0
        self.decodes = 0
        self.rollbacks = 0
        self.discarded = 0
        self.text = ""
        self.room = context - len(prompt.tokens)
        seed = request.sampling.seed
        self.seed = secrets.randbits(63) if seed is None else seed
        self._sampler = Sampler(request.sampling, self.seed)
        self._spell = spell
        self._closer = closer if constraint is not None and constraint.is_json else None
        self._way_out: _WayOut | None = None
        self._looked = -_LOOK_EVERY
        self._closed_by_limit = False
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._watcher = ValueWatcher() if constraint is not None and constraint.is_json else None
        self._residual = constraint.residual if constraint is not None else None
        self._steps: list[Step] = []
        self._spans: dict[str, tuple[int, int]] = {}
        self._arrived = time.monotonic()
        self._started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._began: float | None = None
        self._first: float | None = None
        text = self._take_forced()
        self.opening = Piece(text, self.forced, self.forced, self._reports(self._watch(text)))

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
    def forced(self) -> int:
        """Tokens of the answer so far that were the only ones possible."""
        return self.generated - len(self._steps)

    @property
    def provisional(self) -> bool:
        """Whether closed values may be withdrawn again, since some of the schema is checked on them."""
        return self._residual is not None and self._residual.provisional

    @property
    def end_reason(self) -> FinishReason:
        """How a complete answer came to its end: by itself, or closed since its limit was near."""
        return "length_closed" if self._closed_by_limit else "stop"

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
        return self._sampler.choose(logits, allowed, self.tokens, rivals=_RIVALS if self._residual else 0)

    def append(self, choice: Choice) -> Piece:
        """Take a drawn token, and every token that can only follow it.

        Where a value that this closes fails its check, the answer is taken back to the token that gives up least and
        goes on from there. Raises `BudgetExceeded` where that happens too often.
        """
        if self._first is None:
            self._first = time.monotonic()
        shown, forced = len(self.text), self.forced
        tokens = self.generated
        closed = self._extend(choice)
        closed, keep = self._mend(closed, shown)
        if self._must_close():
            more, low = self._close(min(shown, shown if keep is None else keep))
            closed = [value for value in closed if value.end <= low] + more
            keep = low if low < shown else keep
        return Piece(
            self.text[shown if keep is None else keep :],
            max(self.generated - tokens, 0),
            max(self.forced - forced, 0),
            self._reports(closed),
            keep,
            closing=self._closed_by_limit,
        )

    def finish(self) -> Piece:
        """Close what only the end of the text closes. The answer goes on after all where that fails its check."""
        shown = len(self.text)
        self.text += self._decoder.decode(b"", final=True)
        closed = self._watch(self.text[shown:])
        if self._watcher is not None:
            closed += self._watcher.finish()
        length, rollbacks = len(self.text), self.rollbacks
        closed, keep = self._mend(closed, length)
        ended = self.rollbacks == rollbacks
        start = shown if keep is None else min(keep, shown)
        return Piece(self.text[start:], 0, 0, self._reports(closed), None if keep is None else start, ended)

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
            rollbacks=self.rollbacks,
            discarded_tokens=self.discarded,
            decodes=self.decodes,
            trimmed_characters=self.prompt.trimmed_characters,
            queued_s=began - self._arrived,
            first_token_s=None if self._first is None else self._first - began,
            total_s=now - began,
            started_at=self._started_at,
            engine_version=__version__,
        )

    def _must_close(self) -> bool:
        """Look for a way to the end while the limit is near; tell whether it has to be taken now."""
        if self._closer is None or self.matcher is None or self.matcher.ended:
            return False
        way = self._way_out
        known = len(way.tokens) if way else _FIRST_GUESS
        if self.remaining > 2 * known + _MARGIN:
            return False
        if self.generated - self._looked < _LOOK_EVERY and self.remaining > known + 2 * _LOOK_EVERY:
            return False
        self._looked = self.generated
        tokens = self._closer.shortest(self.matcher, self.remaining)
        if tokens is None:
            return self.remaining <= 1  # until then the way that was found last stays open
        self._way_out = _WayOut(self.generated, len(self.text), tokens)
        return len(tokens) >= self.remaining - 1

    def _close(self, shown: int) -> tuple[list[Closed], int]:
        """End the answer by the way that was found last; return what that closes and how much text was kept."""
        way = self._way_out
        if way is None or self.matcher is None:
            return [], shown  # the limit will be met, and named
        low = shown
        if way.index < self.generated:
            self._shorten(way.index, way.length)
            low = min(low, way.length)
        start = len(self.text)
        for token in way.tokens:
            self.matcher.consume(token)
            self._grow(token)
        self._closed_by_limit = True
        closed = self._watch(self.text[start:])
        violation = self._check(closed)
        if violation is not None:
            raise TokenLimitReached(
                f"The answer was closed at its limit and does not pass a check: {violation.message}.",
                where=violation.pointer or "the root",
                advice="Allow more tokens.",
            )
        return closed, low

    def _extend(self, choice: Choice, refused: set[int] | None = None) -> list[Closed]:
        """Add a token and those it forces; return the values they close."""
        if self.matcher is not None:
            self.matcher.consume(choice.token)
        index, start = self.generated, len(self.text)
        self._grow(choice.token)
        self._steps.append(Step(index, start, len(self.text), choice, refused or set()))
        closed = self._watch(self.text[start:])
        return closed + self._watch(self._take_forced())

    def _mend(self, closed: list[Closed], shown: int) -> tuple[list[Closed], int | None]:
        """Take the answer back until no value that was just closed fails; return those closed and what to keep."""
        passed: list[Closed] = []
        low = shown
        while (violation := self._check(closed)) is not None:
            passed += closed
            step = self._refuse(violation)
            low = min(low, step.start)
            passed = [value for value in passed if value.end <= step.start]
            closed = self._retry(step)
        return passed + closed, low if low < shown else None

    def _check(self, closed: list[Closed]) -> Violation | None:
        if self._residual is None:
            return None
        for value in closed:
            if isinstance(value, ClosedValue):
                self._spans[value.pointer] = (value.start, value.end)
            violation = self._residual.violation(value)
            if violation is not None:
                return violation
        return None

    def _refuse(self, violation: Violation) -> Step:
        """Return the step to change, its token refused. Raises `BudgetExceeded` where there is none."""
        self.rollbacks += 1
        start, end = self._spans.get(violation.pointer, (violation.start, violation.end))
        start, end = max(start, violation.start), min(end, violation.end)
        step = cheapest(self._steps, start, end) or cheapest(self._steps, violation.start, violation.end)
        if step is None or self.rollbacks > MOST_ROLLBACKS or self.discarded > MOST_DISCARDED:
            raise BudgetExceeded(
                f"No value was found that passes its check: {violation.message}.",
                where=violation.pointer or "the root",
                advice="Try another seed or temperature, or make the schema simpler at this place.",
            )
        step.refused.add(step.choice.token)
        return step

    def _retry(self, step: Step) -> list[Closed]:
        """Take the answer back to a step and go on with the likeliest token that was not refused there."""
        found = step.next_best()
        assert found is not None
        token, regret = found
        self._shorten(step.index, step.start)
        likely = step.choice.probability * float(np.exp(-regret))
        again = replace(step.choice, token=token, probability=min(likely, 1.0))
        return self._extend(again, step.refused)

    def _shorten(self, index: int, length: int) -> None:
        """Go back to the first `index` tokens of the answer, which are `length` characters."""
        assert self.matcher is not None
        gone = self.generated - index
        self.discarded += gone
        self.matcher.rollback(gone)
        begin = len(self.prompt.tokens)
        del self.tokens[begin + index :]
        del self._steps[bisect_left(self._steps, index, key=_index) :]
        if self._way_out is not None and self._way_out.index > index:
            self._way_out = None
        self._looked = min(self._looked, index)
        self.computed = min(self.computed, len(self.tokens))
        self.text = self.text[:length]
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        for token in self.tokens[begin:]:
            self._decoder.decode(self._spell(token))
        self._watcher = ValueWatcher()
        self._watcher.feed(self.text)

    def _take_forced(self) -> str:
        """Add the tokens that can only follow; return their text."""
        start = len(self.text)
        for token in self.matcher.take_forced() if self.matcher is not None else ():
            self._grow(token)
        return self.text[start:]

    def _grow(self, token: int) -> None:
        self.tokens.append(token)
        self.text += self._decoder.decode(self._spell(token))

    def _watch(self, text: str) -> list[Closed]:
        return self._watcher.feed(text) if self._watcher is not None and text else []

    def _reports(self, closed: list[Closed]) -> list[ValueClosed]:
        return [self._report(value) for value in closed if not isinstance(value, ClosedKey)]

    def _report(self, value: ClosedValue) -> ValueClosed:
        quote = 1 if isinstance(value.value, str) else 0
        start, end = value.start + quote, value.end - quote
        steps = self._steps
        found = [
            step.choice for step in steps[bisect_right(steps, start, key=_end) : bisect_left(steps, end, key=_start)]
        ]
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


def _index(step: Step) -> int:
    return step.index


def _start(step: Step) -> int:
    return step.start


def _end(step: Step) -> int:
    return step.end
