"""`python -m engine.model.trial`: time one file in one setting, in a process that may die of it.

The scene is an extraction: `NEIGHBOURS` sequences of `LENGTH` tokens stand in the cache while a prompt of as many
tokens is read, one sequence decodes small batches, and all decode together. Prints one JSON line of seconds:
`prefill`, `alone` (2 tokens of one sequence) and `together` (2 tokens of each neighbour), the last two medians.
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
from typing import TYPE_CHECKING

import psutil

from engine.model.llama import Context, ContextShape, Weights, start_backend

if TYPE_CHECKING:
    from collections.abc import Sequence

NEIGHBOURS = 3
LENGTH = 128
_REPEATS = 3
_TOKENS = 2
_WATCH_SECONDS = 0.5


def main() -> None:
    """Run the trial named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--extra-buffers", type=int, required=True)
    parser.add_argument("--flash-attention", type=int, required=True)
    asked = parser.parse_args()
    threading.Thread(target=_end_with, args=[psutil.Process().parent()], daemon=True).start()
    start_backend()
    weights = Weights(asked.path, extra_buffers=bool(asked.extra_buffers))
    shape = ContextShape(
        cells=2 * (NEIGHBOURS + 1) * LENGTH,
        sequences=NEIGHBOURS + 1,
        threads=asked.threads,
        flash_attention=bool(asked.flash_attention),
    )
    with Context(weights, shape) as context:
        scene = _Scene(context, weights.vocabulary_size)
        neighbours = range(1, NEIGHBOURS + 1)
        for sequence in neighbours:
            scene.decode([sequence], 0, LENGTH)
        prefill = scene.decode([0], 0, LENGTH)
        alone = [scene.decode([0], LENGTH, _TOKENS) for _ in range(_REPEATS)]
        together = [scene.decode(neighbours, LENGTH, _TOKENS) for _ in range(_REPEATS)]
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

    def decode(self, sequences: Sequence[int], position: int, size: int) -> float:
        """Decode `size` tokens of each sequence from `position` on, and return the seconds it took."""
        self._context.clear_batch()
        for sequence in sequences:
            self._context.cut(sequence, position)
            for index in range(size):
                # Any spread of tokens will do: the time does not depend on which ones they are.
                token = (7919 * (position + index + 1)) % self._vocabulary
                row = self._context.add(token, position + index, sequence, logits=index == size - 1)
        start = time.perf_counter()
        self._context.decode()
        self._context.logits(row)
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
