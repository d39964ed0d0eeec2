"""The lanes of a context: which tokens each llama sequence holds, and which prefix a new prompt can take over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.model.llama import Context
    from engine.model.run import Run

WORTH_WAITING = 32
"""A prefix of this many tokens that another request is computing right now is waited for, not computed twice."""


@dataclass(slots=True)
class Lane:
    """One llama sequence. `tokens` are exactly those in its cells; `run` is None while it only keeps a prefix."""

    sequence: int
    tokens: list[int] = field(default_factory=list)
    run: Run | None = None
    used: int = 0


class Lanes:
    """All lanes of a context, their prefixes and their room."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._lanes = [Lane(sequence) for sequence in range(context.shape.sequences)]
        self._clock = 0

    @property
    def busy(self) -> list[Lane]:
        """The lanes that compute something."""
        return [lane for lane in self._lanes if lane.run is not None]

    def lane_of(self, request_id: str) -> Lane | None:
        """Return the lane a request runs on."""
        return next((lane for lane in self._lanes if lane.run is not None and lane.run.id == request_id), None)

    def sibling_is_computing(self, tokens: Sequence[int]) -> bool:
        """Tell whether a running request is about to hold a longer prefix of `tokens` than any lane does."""
        now = max((common_prefix(lane.tokens, tokens) for lane in self._lanes), default=0)
        soon = max((common_prefix(lane.run.known, tokens) for lane in self.busy if lane.run), default=0)
        return soon - now >= WORTH_WAITING

    def take(self, run: Run, reserve: int) -> Lane | None:
        """Give a lane to a run, with the longest prefix that any lane holds; None while there is no room.

        `reserve` is the number of cells the run needs beyond its prompt for now.
        """
        limit = len(run.known) - 1
        best = max(self._lanes, key=lambda lane: (common_prefix(lane.tokens, run.tokens), lane.run is None))
        shared = min(common_prefix(best.tokens, run.tokens), limit)
        needed = len(run.tokens) - shared + reserve
        while self._free_cells() < needed:
            if not self._evict(keep=best):
                break
        if self._free_cells() < needed and self.busy:
            return None
        lane = self._target(best, shared)
        if lane is None:
            return None
        if lane is best:
            self._context.cut(lane.sequence, shared)
        else:
            self._context.cut(lane.sequence, 0)
            if shared:
                self._context.share(best.sequence, lane.sequence, shared)
        lane.tokens = list(run.tokens[:shared])
        lane.run = run
        run.begin(shared)
        self._touch(lane)
        return lane

    def longest_held(self, tokens: Sequence[int]) -> int:
        """Return how many of the tokens, from the first on, some lane holds."""
        return max((common_prefix(lane.tokens, tokens) for lane in self._lanes), default=0)

    def adopt(self, tokens: Sequence[int], fill: Callable[[int], bool]) -> bool:
        """Let an idle lane hold tokens that are computed already: `fill` brings their cells into its sequence.

        False where there is no idle lane, no room beside what is held, or nothing was brought.
        """
        idle = [lane for lane in self._lanes if lane.run is None]
        if not idle:
            return False
        lane = min(idle, key=lambda each: (len(each.tokens) > 0, each.used))
        if self._free_cells() + len(lane.tokens) < len(tokens):
            return False
        self._context.cut(lane.sequence, 0)
        lane.tokens.clear()
        if not fill(lane.sequence):
            return False
        lane.tokens = list(tokens)
        self._touch(lane)
        return True

    def release(self, lane: Lane, keep: int) -> None:
        """End a lane's run and keep its first `keep` tokens for whoever begins the same."""
        lane.run = None
        if keep < len(lane.tokens):
            self._context.cut(lane.sequence, keep)
            del lane.tokens[keep:]
        self._touch(lane)

    def make_room(self) -> bool:
        """Forget the prefix that was idle longest; False where there is none."""
        return self._evict(keep=None)

    def forget_all(self) -> None:
        """Forget every prefix, so that what runs next is computed as on a fresh context."""
        assert not self.busy
        self._context.clear()
        for lane in self._lanes:
            lane.tokens.clear()

    def longest_shared(self, lane: Lane) -> int:
        """Return how much of a lane's prompt another lane holds too: what is worth keeping when it ends."""
        others = (common_prefix(each.tokens, lane.tokens) for each in self._lanes if each is not lane)
        return max(others, default=0)

    def _target(self, best: Lane, shared: int) -> Lane | None:
        free = [lane for lane in self._lanes if lane.run is None]
        others = sorted((lane for lane in free if lane is not best), key=lambda lane: (len(lane.tokens) > 0, lane.used))
        if best.run is None and (shared == len(best.tokens) or not others):
            return best
        return others[0] if others else None

    def _free_cells(self) -> int:
        return self._context.shape.cells - sum(len(lane.tokens) for lane in self._lanes)

    def _evict(self, keep: Lane | None) -> bool:
        idle = [lane for lane in self._lanes if lane.run is None and lane.tokens and lane is not keep]
        if not idle:
            return False
        oldest = min(idle, key=lambda lane: lane.used)
        self._context.cut(oldest.sequence, 0)
        oldest.tokens.clear()
        return True

    def _touch(self, lane: Lane) -> None:
        self._clock += 1
        lane.used = self._clock


def common_prefix(first: Sequence[int], second: Sequence[int]) -> int:
    """Return the length of the longest common beginning: a binary search over slices compared in C."""
    low, high = 0, min(len(first), len(second))
    if first[:high] == second[:high]:
        return high
    while low < high - 1:
        middle = (low + high) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle
    return low
