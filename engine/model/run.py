"""One request while it runs: its place in the context, its limit, and what its receipt will say."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine._version import __version__
from engine.constraint.closing import QUICK_LOOK
from engine.constraint.grounding import GroundedMatcher
from engine.constraint.spec import MatchesSchema
from engine.constraint.values import Closed, ClosedKey, ClosedValue
from engine.constraint.witness import find_witness, spell
from engine.errors import BudgetExceeded, ContextFull, TokenLimitReached
from engine.model.beginning import NOTHING, Beginning, refuse_values
from engine.model.growth import Growth
from engine.model.protocol import Enforcement, FinishReason, ModelInfo, Receipt, Rival, TokensWritten, ValueClosed
from engine.model.sampling import Choice, Sampler
from engine.model.trace import Tracer

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from engine.constraint.closing import Closer
    from engine.constraint.compile import CompiledConstraint
    from engine.constraint.matcher import Matcher
    from engine.model.prompt import Prompt
    from engine.model.protocol import GenerateRequest

_MARGIN = 24
_FIRST_GUESS = 40
"""Tokens that an end is taken to need before one was looked for; looking begins at twice as many before the limit."""
_LOOK_EVERY = 6
"""Tokens between two looks for a way to the end, until the limit is quite near."""
_RIVALS = 64
"""Tokens kept at each sampled position of an answer that is checked as it grows, or whose rivals are told."""


@dataclass(slots=True)
class Piece:
    """What one step did to an answer: withdrew all but `keep` characters, where that is given, and added `text`.

    `ended` tells, of a piece that was to be the last, whether it is; `closing` that the text ends with it. `written`
    tells the same of single tokens, where the request asks for traces.
    """

    text: str
    tokens: int
    forced: int
    closed: list[ValueClosed]
    keep: int | None = None
    ended: bool = False
    closing: bool = False
    written: TokensWritten | None = None


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
        beginning: Beginning = NOTHING,
        name: Callable[[int], str] = str,
        arrived: float | None = None,
    ) -> None:
        """Prepare to answer `prompt`; `spell` gives the bytes of a token, `name` what a control token is called.

        `context` is in tokens; `arrived` is when the request came, on the monotonic clock, where not just now. The
        matcher has consumed `beginning`. Raises `InvalidRequest` where a value in it fails its check.
        """
        self.request = request
        self.prompt = prompt
        self.constraint = constraint
        self.matcher = matcher
        self.computed = 0
        self.shared = 0
        self.decodes = 0
        self.alone = request.reproducible
        """Whether nobody else may be on the context with it."""
        self.room = context - len(prompt.tokens)
        seed = request.sampling.seed
        self.seed = secrets.randbits(32) if seed is None else seed
        self._sampler = Sampler(request.sampling, self.seed)
        self.growth = Growth(prompt.tokens, constraint, matcher, spell)
        self._closer = closer if constraint is not None and constraint.is_json else None
        self._way_out: _WayOut | None = None
        self._looked = -_LOOK_EVERY
        self._in_vain = 0
        self._ending: FinishReason | None = None
        self._told = False
        self._least: int | None = None
        self.arrived = time.monotonic() if arrived is None else arrived
        self._started_at = datetime.now(UTC).isoformat(timespec="seconds")
        self._began: float | None = None
        self._first: float | None = None
        self._tracer = Tracer(request.id, spell, name) if request.trace else None
        self.known = [*prompt.tokens, *beginning.given]
        """The tokens that there are before the first is drawn or forced."""
        closed = self.growth.give(beginning.given, beginning.forced)
        if beginning.given:
            refuse_values(self.growth, closed)
        closed += self.growth.take_forced()
        self.growth.settle()
        self.text = self.growth.text
        self._written, self._forced = self.growth.count, self.growth.forced
        self.opening = Piece(self.text, self._written, self._forced, self._reports(closed), written=self._trace())
        self._must_close(told=False)  # where the limit is small, a way out is known before the first choice

    @property
    def id(self) -> str:
        """The request's id."""
        return self.request.id

    @property
    def tokens(self) -> list[int]:
        """The tokens of the prompt and of the answer so far."""
        return self.growth.tokens

    @property
    def has_drawn(self) -> bool:
        """Whether a token of the answer was drawn, so that the whole prompt has been read."""
        return self._first is not None

    @property
    def began(self) -> bool:
        """Whether the request has left the queue."""
        return self._began is not None

    @property
    def generated(self) -> int:
        """Tokens of the answer so far, forced ones included."""
        return self.growth.count

    @property
    def provisional(self) -> bool:
        """Whether closed values may be withdrawn again, since some of the schema is checked on them."""
        residual = self.growth.residual
        return residual is not None and residual.provisional

    @property
    def end_reason(self) -> FinishReason:
        """How a complete answer came to its end: by itself, closed since its limit was near, or constructed."""
        return self._ending or "stop"

    @property
    def _may_begin_anew(self) -> bool:
        """Whether nobody was told of a value that stands for good."""
        return self.provisional or not self._told

    @property
    def reading(self) -> bool:
        """Whether the prompt, or what the answer was given to begin with, is still being computed."""
        return self.computed < len(self.known)

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
        """Draw the next token within the constraint.

        Raises `ConstraintUnsupported` where the mask fails, and what `Sampler.choose` does.
        """
        allowed = None if self.matcher is None else self.matcher.allowed()
        if allowed is not None and not len(allowed):
            raise BudgetExceeded(
                "The document has no text that can stand here.",
                where=self.growth.open_pointer,
                advice="Allow null there, or ask for less in the schema.",
            )
        rivals = _RIVALS if self.growth.residual or self.request.rivals else 0
        return self._sampler.choose(logits, allowed, self.tokens, rivals=rivals, likeliest=self.request.trace)

    def append(self, choice: Choice) -> Piece:
        """Take a drawn token, and every token that can only follow it.

        Where a value that this closes fails its check, the answer is taken back to the token that gives up least and
        goes on from there; where no token helps, it is completed without the model. Raises `BudgetExceeded` where
        that fails too.
        """
        if self._first is None:
            self._first = time.monotonic()
        growth = self.growth
        shown = len(self.text)
        closed, low = self._mend(growth.extend(choice), shown)
        self._forget_what_is_gone()
        if self._ending is None and self._must_close(told=bool(closed)):
            more, kept = self._close()
            closed, low = [value for value in closed if value.settled <= kept] + more, min(low, kept)
            self._forget_what_is_gone()
        return self._piece(shown, low, closed)

    def finish(self) -> Piece:
        """Close what only the end of the text closes. The answer goes on after all where that fails its check."""
        growth, shown, rollbacks = self.growth, len(self.text), self.growth.rollbacks
        closed, low = self._mend(growth.finish(), len(growth.text))
        self._forget_what_is_gone()
        ended = growth.rollbacks == rollbacks
        if not ended and self._ending == "length_closed":
            self._ending = None
        piece = self._piece(shown, min(low, shown), closed)
        piece.ended = ended
        return piece

    def limit_met(self) -> TokenLimitReached | ContextFull:
        """Return the error of an answer that is not complete at its limit: the one asked for, or the context's."""
        asked = self.request.max_tokens
        if asked is not None and asked <= self.room:
            is_json = self.constraint is not None and self.constraint.is_json
            bounds = ", or bound the schema with maxLength and maxItems" if is_json else ""
            whole = self.matcher is not None and self.matcher.accepting
            least = self.generated if whole else self._least
            if least is not None:
                bounds = f": the shortest answer that was found takes {least:,}"
            return TokenLimitReached(
                f"The answer was not complete after {asked:,} {'token' if asked == 1 else 'tokens'}.",
                advice=f"Allow more tokens{bounds}.",
            )
        return ContextFull(
            f"The context of {self.room + len(self.prompt.tokens):,} tokens was full before the answer was complete.",
            advice="Shorten the prompt, or load the model with a longer context.",
        )

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
            generated_tokens=self._written,
            given_tokens=self.growth.given,
            forced_tokens=self._forced,
            rollbacks=self.growth.rollbacks,
            discarded_tokens=self.growth.discarded,
            decodes=self.decodes,
            trimmed_characters=self.prompt.trimmed_characters,
            dropped_messages=self.prompt.dropped_messages,
            queued_s=began - self.arrived,
            first_token_s=None if self._first is None else self._first - began,
            total_s=now - began,
            started_at=self._started_at,
            engine_version=__version__,
        )

    def _piece(self, shown: int, low: int, closed: list[Closed]) -> Piece:
        """Say what the last step did to the `shown` characters, of which the first `low` are left, and what it added.

        What whoever listens knows by then is kept, for the receipt and text of an answer that fails.
        """
        growth = self.growth
        tokens, forced = growth.count - self._written, growth.forced - self._forced
        self.text, self._written, self._forced = growth.text, growth.count, growth.forced
        self._told = self._told or bool(closed)
        keep = low if low < shown else None
        reports, closing = self._reports(closed), self._ending is not None
        text = self.text[low:]
        return Piece(text, max(tokens, 0), max(forced, 0), reports, keep, closing=closing, written=self._trace())

    def _trace(self) -> TokensWritten | None:
        return None if self._tracer is None else self._tracer.tell(self.growth)

    def _mend(self, closed: list[Closed], shown: int) -> tuple[list[Closed], int]:
        """Let what was just closed pass its checks; return what is closed then, and how many characters were kept."""
        try:
            return self.growth.mend(closed, shown)
        except BudgetExceeded:
            found = None if self._ending == "constructed" else self._construct(*self.growth.before_stuck())
            if found is None:
                raise
            return found[0], min(found[1], shown)

    def _construct(self, index: int, length: int) -> tuple[list[Closed], int] | None:
        """Complete the answer without the model: behind its first `index` tokens, or else anew.

        Anew is behind the tokens that the request gave.

        Returns what that closes and how many characters were kept; None where no way to an end is found.
        """
        if self._closer is None or self.constraint is None or self.matcher is None:
            return None
        self.growth.go_back(index, length)
        tokens = self._closer.shortest(self.matcher, self.remaining, self.growth.would_pass)
        floor = self.growth.floor
        if tokens is None and self._may_begin_anew and (not self.growth.given or index > floor[0]):
            self.growth.go_back(*floor)
            length = floor[1]
            tokens = self._witness()
        if tokens is None or len(tokens) > self.remaining:
            self._least = None if tokens is None else len(tokens)
            return None
        self._ending = "constructed"
        return self.growth.write(tokens, "constructed"), length

    def _witness(self) -> list[int] | None:
        """Return the tokens of a whole answer that is found without the model, if one is.

        Of one that has to begin as the request says, those behind what it gave; of one that quotes a document, a way
        that the document has.
        """
        if self._closer is None or self.constraint is None or self.matcher is None:
            return None
        if self.growth.given or self.request.grounding is not None:
            return self._closer.shortest(self.matcher, self.remaining, self.growth.would_pass)
        text = find_witness(self.constraint, self._closer)
        fresh = self.constraint.matcher(self._closer.tokenizer)
        return None if text is None else spell(fresh, self._closer.tokenizer, text)

    def _forget_what_is_gone(self) -> None:
        """Forget what was known of tokens that were taken back."""
        same = self.growth.settle()
        if self._tracer is not None:
            self._tracer.forget(same)
        self.computed = min(self.computed, len(self.prompt.tokens) + same)
        self._looked = min(self._looked, same)
        if self._way_out is not None and self._way_out.index > same:
            self._way_out = None

    def _must_close(self, *, told: bool) -> bool:
        """Look for a way to the end while the limit is near; tell whether it has to be taken now.

        `told` says that a value is about to be told: the way that is taken later must not lead back before it.
        """
        if self._closer is None or self.matcher is None:
            return False
        if self.remaining < 0:
            return True  # tokens that had to follow have overrun it
        if self.matcher.ended:
            return False
        way = self._way_out
        # A way that leads back before a value which is about to be told for good can be taken now or never.
        last_chance = told and way is not None and not self.provisional
        if not last_chance:
            known = len(way.tokens) if way else _FIRST_GUESS
            if self.remaining > 2 * known + _MARGIN:
                return False
            if self.remaining <= 1:
                return True
            gap = 1 if self.remaining <= known + 2 * _LOOK_EVERY else _LOOK_EVERY
            if way is None:
                # A search in vain costs the most, and is likely to be in vain again.
                gap = _LOOK_EVERY * (1 + self._in_vain)
            if self.generated - self._looked < gap:
                return False
        self._looked = self.generated
        tokens = self._closer.shortest(self.matcher, self.remaining, self.growth.would_pass, states=QUICK_LOOK)
        if tokens is None:
            self._in_vain += 1
            return last_chance  # any other way that was found stays open until the limit
        self._way_out = _WayOut(self.generated, len(self.growth.text), tokens)
        return len(tokens) >= self.remaining - 1

    def _close(self) -> tuple[list[Closed], int]:
        """End the answer by the way that was found last; return what that closes and how much text was kept.

        Without one it is completed as a whole; where nothing fits, the limit is met.
        """
        way = self._way_out
        if way is None:
            found = self._construct(*self.growth.floor) if self._may_begin_anew else None
            if found is None:
                raise self.limit_met()
            return found
        self.growth.go_back(way.index, way.length)
        self._ending = "length_closed"
        return self.growth.write(way.tokens, "closing"), way.length

    def _reports(self, closed: list[Closed]) -> list[ValueClosed]:
        return [self._report(value) for value in closed if not isinstance(value, ClosedKey)]

    def _report(self, value: ClosedValue) -> ValueClosed:
        found = self.growth.choices(value)
        probabilities = [choice.probability for choice in found]
        whole, rivals = self._rivals(value)
        return ValueClosed(
            id=self.id,
            pointer=value.pointer,
            value=value.value,
            start=value.start,
            end=value.end,
            mean_probability=sum(probabilities) / len(found) if found else None,
            min_probability=min(probabilities, default=None),
            removed_mass=sum(choice.removed_mass for choice in found) / len(found) if found else None,
            margin=min((choice.margin for choice in found), default=None),
            absence=self.growth.absence(value),
            spans=self._spans(value),
            probability=whole,
            rivals=rivals,
        )

    def _rivals(self, value: ClosedValue) -> tuple[float | None, tuple[Rival, ...]]:
        """Return how probable a value is as a whole and what else it could have been, where that is asked for."""
        if not self.request.rivals or isinstance(value.value, dict | list):
            return None, ()
        whole, rivals = self.growth.rivals(value)
        return whole, tuple(Rival(text=text, probability=probability) for text, probability in rivals)

    def _spans(self, value: ClosedValue) -> tuple[tuple[int, int], ...]:
        """Return where a quote stands in the message that it quotes."""
        if not isinstance(self.matcher, GroundedMatcher) or not isinstance(value.value, str):
            return ()
        return self.matcher.grounds.spans(value.path, value.value) or ()
