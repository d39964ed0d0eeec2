"""Prompts read beside growing answers, in a llama context of their own, and copied from there when they are done.

On a CPU every token of a batch is compared with the cells of all lanes, its own or not: beside three answers of a
page each, a prompt is read at less than half the speed. Here it meets its own cells only, and the copy of a page
costs as much as a few tokens.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.errors import ModelFileInvalid
from engine.model.lanes import common_prefix
from engine.model.llama import Context, DecodeOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.model.lanes import Lane
    from engine.model.llama import ContextShape, Weights
    from engine.model.run import Run

log = logging.getLogger(__name__)

WORTH_READING_APART = 64
"""Prompt tokens from which on reading apart saves more than the copy costs."""


class Reader:
    """Reads the prompts of lanes, one after the other, each from where its lane stands to its last token but one.

    That last token is left to the lane's own context, whose logits the answer begins with.
    """

    def __init__(self, weights: Weights, shape: ContextShape, target: Context) -> None:
        """Prepare to read for `target`, with a context of `shape` that is opened when there is something to read.

        With no cells in it, or no memory for it, nothing is read here.
        """
        self._weights = weights
        self._shape = shape
        self._target = target
        self._context: Context | None = None
        self.tokens: list[int] = []  # exactly those in the reader's cells
        self._waiting: deque[tuple[Lane, Run]] = deque()

    def takes(self, lane: Lane) -> bool:
        """Take over reading for a lane; False where that is not worth it or there is no memory for it."""
        run = lane.run
        assert run is not None
        if len(run.tokens) - 1 - run.computed < WORTH_READING_APART or not self._open():
            return False
        self._waiting.append((lane, run))
        return True

    def holds(self, lane: Lane) -> bool:
        """Tell whether a lane's prompt is being read here, or waits for it."""
        return any(each is lane and run is lane.run for each, run in self._waiting)

    def next(self) -> Lane | None:
        """Return the lane to read for, those with an interactive request first; None where there is none."""
        self._waiting = deque(pair for pair in self._waiting if pair[0].run is pair[1])
        if not self._waiting:
            return None
        urgent = min(self._waiting, key=lambda pair: pair[1].request.priority != "interactive")
        if urgent is not self._waiting[0]:
            self._waiting.remove(urgent)
            self._waiting.appendleft(urgent)
        return urgent[0]

    def read(self, lane: Lane, most: int, decode: Callable[[Context, Sequence[Run]], DecodeOutcome]) -> DecodeOutcome:
        """Read up to `most` tokens for a lane, and hand over what was read when all is.

        `decode` computes the reader's batch. `NO_ROOM` tells that the cells of the lane's context do not suffice.
        """
        run, context = lane.run, self._context
        assert run is not None
        assert context is not None
        end = len(run.tokens) - 1
        begun = self._begin(context, lane, run.tokens[:end])
        stop = min(begun + most, context.shape.batch + begun, end)
        if begun < stop:
            context.clear_batch()
            for position in range(begun, stop):
                context.add(run.tokens[position], position, 0, logits=False)
            outcome = decode(context, [run])
            if outcome is not DecodeOutcome.OK:
                context.cut(0, begun)
                return outcome
            run.decodes += 1
            self.tokens += run.tokens[begun:stop]
        if stop < end:
            return DecodeOutcome.OK
        if not context.send(0, self._target, lane.sequence, run.computed, end):
            return DecodeOutcome.NO_ROOM
        lane.tokens += run.tokens[run.computed : end]
        run.computed = end
        self._waiting.popleft()
        return DecodeOutcome.OK

    def close(self) -> None:
        """Free the reader's context, and forget whom it reads for; what comes later is read with another one."""
        self._waiting.clear()
        self.tokens.clear()
        if self._context is not None:
            self._context.close()
            self._context = None

    def _begin(self, context: Context, lane: Lane, tokens: list[int]) -> int:
        """Keep of the cells what the prompt begins with too, and take what the lane has more of it; return how much."""
        kept = common_prefix(self.tokens, tokens)
        if kept < len(self.tokens):
            context.cut(0, kept)
            del self.tokens[kept:]
        held = len(lane.tokens)
        if held > kept and self._target.send(lane.sequence, context, 0, kept, held):
            self.tokens += tokens[kept:held]
        return len(self.tokens)

    def _open(self) -> bool:
        if self._context is None and self._shape.cells:
            try:
                self._context = Context(self._weights, self._shape)
            except ModelFileInvalid as error:
                log.warning("prompts are read beside the answers: %s", error)
                self._shape = replace(self._shape, cells=0)
        return self._context is not None
