"""`python -m engine.model.trial`: time one file in one setting, in a process that may die of it.

Prints one JSON line of seconds: `prefill` (`LENGTH` tokens of one sequence), `alone` (two tokens behind them, as an
answer grows by) and `together` (eight, as four answers grow by), the last two medians.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import threading
import time
from pathlib import Path

import psutil

from engine.model.cores import Cores
from engine.model.llama import Context, ContextShape, Weights, start_backend

LENGTH = 256
_REPEATS = 5
_ALONE = 2
_TOGETHER = 8
_WATCH_SECONDS = 0.5


def main() -> None:
    """Run the trial named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--extra-buffers", type=int, required=True)
    asked = parser.parse_args()
    threading.Thread(target=_end_with, args=[psutil.Process().parent()], daemon=True).start()
    start_backend()
    weights = Weights(asked.path, extra_buffers=bool(asked.extra_buffers))
    with Context(weights, ContextShape(cells=2 * LENGTH, sequences=1, threads=asked.threads)) as context:
        scene = _Scene(context, weights.vocabulary_size)
        prefill = scene.decode(0, LENGTH)
        alone = [scene.decode(LENGTH, _ALONE) for _ in range(_REPEATS)]
        together = [scene.decode(LENGTH, _TOGETHER) for _ in range(_REPEATS)]
    json.dump(
        {"prefill": prefill, "alone": statistics.median(alone), "together": statistics.median(together)}, sys.stdout
    )


def _end_with(parent: psutil.Process | None) -> None:
    """End this process when nobody waits for its result any more."""
    while parent is not None and parent.is_running():
        time.sleep(_WATCH_SECONDS)
    os._exit(1)


class _Scene:
    def __init__(self, context: Context, vocabulary: int) -> None:
        self._context = context
        self._vocabulary = vocabulary
        self._cores = Cores(context.shape.threads)

    def decode(self, position: int, size: int) -> float:
        """Decode `size` tokens from `position` on, and return the seconds it took."""
        context = self._context
        context.use_threads(self._cores.threads())
        context.clear_batch()
        context.cut(0, position)
        for index in range(position, position + size):
            # Any spread of tokens will do: the time does not depend on which ones they are.
            row = context.add(7919 * (index + 1) % self._vocabulary, index, 0, logits=index == position + size - 1)
        start = time.perf_counter()
        context.decode()
        context.logits(row)
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
