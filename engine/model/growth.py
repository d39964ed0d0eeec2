"""An answer's text while it grows: tokens, matcher and closed values, which go forward and back together.

Where a value that was just closed fails its check, the text is taken back to the choice that gives up least and goes
on from there (`engine.model.backtrack`). Nothing here knows of limits, requests or the llama context.
"""

from __future__ import annotations

import codecs
import copy
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.constraint.grounding import GroundedMatcher
from engine.constraint.residual import Violation
from engine.constraint.values import Closed, ClosedValue, ValueWatcher
from engine.errors import BudgetExceeded
from engine.model.backtrack import MOST_DISCARDED, MOST_ROLLBACKS, Step, cheapest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.constraint.compile import CompiledConstraint
    from engine.constraint.matcher import Matcher
    from engine.model.protocol import How
    from engine.model.sampling import Choice


_MOST_RIVALS = 24
_LEAST_LIKELY = 0.005
"""What is told of a value's rivals: so many at most, none less probable."""


@dataclass(frozen=True, slots=True)
class Written:
    """A token of an answer, and the characters that it completes; `step` is its choice, where it was drawn."""

    token: int
    text: str
    how: How
    step: Step | None


class Growth:
    """The tokens of a prompt and its answer, and what the answer is as text and as values."""

    def __init__(
        self,
        prompt: Sequence[int],
        constraint: CompiledConstraint | None,
        matcher: Matcher | None,
        spell: Callable[[int], bytes],
    ) -> None:
        """Begin an answer to `prompt`; `spell` gives the bytes of a token."""
        self.matcher = matcher
        self.residual = constraint.residual if constraint is not None else None
        self.tokens = list(prompt)
        self.text = ""
        self.steps: list[Step] = []
        self.rollbacks = 0
        self.discarded = 0
        self.given = 0
        self._begin = len(prompt)
        self._ends: list[int] = []
        self._how: list[How] = []
        self._lowest = 0
        self._stuck = 0
        self._spell = spell
        self._watches = constraint is not None and constraint.is_json
        self._watcher = ValueWatcher()
        self._decoder = _decoder()
        self._spans: dict[str, tuple[int, int]] = {}

    @property
    def count(self) -> int:
        """Tokens of the answer."""
        return len(self.tokens) - self._begin

    @property
    def forced(self) -> int:
        """Tokens of the answer that nobody drew or gave: they were the only ones possible, or lead to its end."""
        return self.count - len(self.steps) - self.given

    @property
    def floor(self) -> tuple[int, int]:
        """How many tokens and characters stand for good, since the request gave them."""
        return self.given, self.length(self.given)

    @property
    def open_pointer(self) -> str:
        """The pointer of the value that is being written or follows."""
        return self._watcher.open_value[0] or "the root"

    def length(self, count: int) -> int:
        """Return how many characters the first `count` tokens of the answer are."""
        return self._ends[count - 1] if count else 0

    def written(self, start: int) -> Iterator[Written]:
        """Yield the answer's tokens from the one with the index `start` on."""
        place = bisect_left(self.steps, start, key=_index)
        for index in range(start, self.count):
            step = self.steps[place] if place < len(self.steps) and self.steps[place].index == index else None
            place += step is not None
            text = self.text[self.length(index) : self._ends[index]]
            yield Written(self.tokens[self._begin + index], text, self._how[index], step)

    def give(self, given: Sequence[int], forced: Sequence[int]) -> list[Closed]:
        """Begin with given tokens and those they force, which the matcher has consumed; return what they close."""
        self.given = len(given)
        return self._grow(given, "given") + self._grow(forced, "forced")

    def take_forced(self) -> list[Closed]:
        """Add the tokens that can only follow now; return what they close."""
        return self._grow(self.matcher.take_forced() if self.matcher is not None else (), "forced")

    def extend(self, choice: Choice, refused: set[int] | None = None) -> list[Closed]:
        """Add a drawn token and those it forces; return what they close. `refused` was tried in its place."""
        if self.matcher is not None:
            self.matcher.consume(choice.token)
        index, start = self.count, len(self.text)
        closed = self._grow([choice.token], "drawn")
        self.steps.append(Step(index, start, len(self.text), choice, refused or set()))
        return closed + self.take_forced()

    def write(self, tokens: Sequence[int], how: How) -> list[Closed]:
        """Add tokens that nobody chose, e.g. a way to the end; return what they close."""
        assert self.matcher is not None
        for token in tokens:
            self.matcher.consume(token)
        return self._grow(tokens, how)

    def finish(self) -> list[Closed]:
        """Close what only the end of the text closes."""
        start = len(self.text)
        self.text += self._decoder.decode(b"", final=True)
        if self._ends:
            self._ends[-1] = len(self.text)
        if not self._watches:
            return []
        return self._watcher.feed(self.text[start:]) + self._watcher.finish()

    def mend(self, closed: list[Closed], shown: int) -> tuple[list[Closed], int]:
        """Take the text back until nothing that was just closed fails its check.

        Returns what is closed then, and how many of the `shown` characters are left. Raises `BudgetExceeded` where no
        text is found that passes.
        """
        passed: list[Closed] = []
        low = shown
        while (violation := self.violation(closed) or self._dead_end()) is not None:
            passed += closed
            step = self._refuse(violation)
            low = min(low, step.start)
            passed = [value for value in passed if value.settled <= step.start]
            closed = self._retry(step)
        return passed + closed, low

    def violation(self, closed: list[Closed]) -> Violation | None:
        """Return the first check that keys and values fail which were just closed."""
        if self.residual is None:
            return None
        for value in closed:
            if isinstance(value, ClosedValue):
                self._spans[value.pointer] = (value.start, value.end)
            violation = self.residual.violation(value)
            if violation is not None:
                return violation
        return None

    def _dead_end(self) -> Violation | None:
        """Return what is wrong where a quote was begun that cannot be ended: as the mask sees only what comes next."""
        if not isinstance(self.matcher, GroundedMatcher) or not self.matcher.stuck:
            return None
        pointer, start = self._watcher.open_value
        return Violation(start, len(self.text), pointer, "the document has no text that can stand here")

    def would_pass(self, tokens: Sequence[int]) -> bool:
        """Tell whether the text would pass its checks if it ended with `tokens`, the matcher having consumed them."""
        if self.residual is None:
            return True
        watcher, decoder = copy.deepcopy(self._watcher), _decoder()
        decoder.setstate(self._decoder.getstate())
        closed = watcher.feed("".join(decoder.decode(self._spell(token)) for token in tokens)) + watcher.finish()
        return not any(self.residual.violation(value) for value in closed)

    def before_stuck(self) -> tuple[int, int]:
        """Return how many tokens and characters stand before the value for which the last search ended in vain."""
        step = next((step for step in reversed(self.steps) if step.start <= self._stuck), None)
        return (step.index, step.start) if step is not None else self.floor

    def go_back(self, index: int, length: int) -> None:
        """Forget all but the first `index` tokens of the answer, which are `length` characters."""
        gone = self.count - index
        if not gone:
            return
        assert self.matcher is not None
        self._lowest = min(self._lowest, index)
        self.discarded += gone
        self.matcher.rollback(gone)
        del self.tokens[self._begin + index :]
        del self._ends[index:]
        del self._how[index:]
        del self.steps[bisect_left(self.steps, index, key=_index) :]
        self.text = self.text[:length]
        self._decoder = _decoder()
        for token in self.tokens[self._begin :]:
            self._decoder.decode(self._spell(token))
        self._watcher = ValueWatcher()
        self._watcher.feed(self.text)

    def settle(self) -> int:
        """Return how many of the answer's first tokens are the same as when this was called before."""
        lowest, self._lowest = min(self._lowest, self.count), self.count
        return lowest

    def choices(self, value: ClosedValue) -> list[Choice]:
        """Return the choices that a value is made of: not its quotes, and nothing that was forced."""
        quote = 1 if isinstance(value.value, str) else 0
        first = bisect_right(self.steps, value.start + quote, key=_end)
        last = bisect_left(self.steps, value.end - quote, key=_start)
        return [step.choice for step in self.steps[first:last]]

    def absence(self, value: ClosedValue) -> float | None:
        """Return the probability of null where a value began; None where nothing was drawn there."""
        place = bisect_right(self.steps, value.start, key=_end)
        if place == len(self.steps) or self.steps[place].start > value.start:
            return None
        chances = self.steps[place].choice.chances()
        return min(sum(share for token, share in chances if self._spell(token).lstrip().startswith(b"n")), 1.0)

    def rivals(self, value: ClosedValue) -> tuple[float, list[tuple[str, float]]]:
        """Return the probability of a value's tokens, and texts that it could have begun with or been instead.

        Each is the value's JSON text up to a drawn token and another one in its place; the likeliest first.
        """
        first = bisect_right(self.steps, value.start, key=_end)
        last = bisect_left(self.steps, value.settled, key=_start)
        found: list[tuple[str, float]] = []
        so_far = 1.0
        for step in self.steps[first:last]:
            if so_far < _LEAST_LIKELY:
                so_far *= step.choice.probability
                continue
            # A token may begin before the value, with the blank behind its key.
            own = self.text[value.start : max(step.start, value.start)]
            before = self.text[step.start : max(step.start, value.start)]
            for token, share in step.choice.chances():
                probability = so_far * share
                if probability < _LEAST_LIKELY or token == step.choice.token or token in step.refused:
                    continue
                # Of a character that spans several tokens nothing is kept: what is left begins the value too.
                text = self._spell(token).decode("utf-8", "ignore")
                rival = own + text.removeprefix(before)
                if rival and text.startswith(before):
                    found.append((rival, probability))
            so_far *= step.choice.probability
        found.sort(key=lambda rival: -rival[1])
        return so_far, found[:_MOST_RIVALS]

    def _grow(self, tokens: Sequence[int], how: How) -> list[Closed]:
        self.tokens += tokens
        length, pieces = len(self.text), list[str]()
        for token in tokens:
            pieces.append(self._decoder.decode(self._spell(token)))
            length += len(pieces[-1])
            self._ends.append(length)
            self._how.append(how)
        text = "".join(pieces)
        self.text += text
        return self._watcher.feed(text) if self._watches and text else []

    def _refuse(self, violation: Violation) -> Step:
        """Return the step to change, its token refused. Raises `BudgetExceeded` where there is none."""
        self.rollbacks += 1
        start, end = self._spans.get(violation.pointer, (violation.start, violation.end))
        start, end = max(start, violation.start), min(end, violation.end)
        step = cheapest(self.steps, start, end) or cheapest(self.steps, violation.start, violation.end)
        if step is None or self.rollbacks > MOST_ROLLBACKS or self.discarded > MOST_DISCARDED:
            self._stuck = violation.start
            raise BudgetExceeded(
                f"No value was found that passes its check: {violation.message}.",
                where=violation.pointer or "the root",
                advice="Try another seed or temperature, or make the schema simpler at this place.",
            )
        step.refused.add(step.choice.token)
        return step

    def _retry(self, step: Step) -> list[Closed]:
        """Go back to a step and on with the likeliest token that was not refused there; return what that closes."""
        found = step.next_best()
        assert found is not None
        token, regret = found
        self.go_back(step.index, step.start)
        likely = step.choice.share(token)
        if likely is None:
            likely = step.choice.probability * float(np.exp(-regret))
        return self.extend(replace(step.choice, token=token, probability=min(likely, 1.0)), step.refused)


def _decoder() -> codecs.IncrementalDecoder:
    return codecs.getincrementaldecoder("utf-8")(errors="replace")


def _index(step: Step) -> int:
    return step.index


def _start(step: Step) -> int:
    return step.start


def _end(step: Step) -> int:
    return step.end
