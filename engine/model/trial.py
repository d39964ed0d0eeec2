"""`python -m engine.model.trial`: time one file in one setting, in a process that may die of it.

Prints one JSON line: `prefill_s` for `PROMPT` tokens and `decode_s` for batches of `BATCHES` tokens behind them,
each the median of a few, in seconds, for flash attention off and on.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

from engine.model.llama import Context, ContextShape, Weights, start_backend

PROMPT = 256
BATCHES = (1, 2, 8)
_REPEATS = 5
_SEQUENCE = 0


def main() -> None:
    """Run the trial named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--extra-buffers", type=int, required=True)
    asked = parser.parse_args()
    start_backend()
    weights = Weights(asked.path, extra_buffers=bool(asked.extra_buffers))
    shape = ContextShape(cells=1024, sequences=1, threads=asked.threads)
    timings = []
    for flash in (False, True):
        chosen = ContextShape(shape.cells, shape.sequences, shape.batch, shape.threads, flash_attention=flash)
        with Context(weights, chosen) as context:
            timings.append({"flash_attention": flash, **_measure(context, weights.vocabulary_size)})
    json.dump(timings, sys.stdout)


def _measure(context: Context, vocabulary: int) -> dict[str, object]:
    _decode(context, 0, 32, vocabulary)
    context.clear()
    prefill = _decode(context, 0, PROMPT, vocabulary)
    decode: dict[str, float] = {}
    for size in BATCHES:
        times = []
        for _ in range(_REPEATS):
            times.append(_decode(context, PROMPT, size, vocabulary))
            context.cut(_SEQUENCE, PROMPT)
        decode[str(size)] = statistics.median(times)
    return {"prefill_s": prefill, "decode_s": decode}


def _decode(context: Context, position: int, size: int, vocabulary: int) -> float:
    context.clear_batch()
    for index in range(size):
        # Any spread of tokens will do: the time does not depend on which ones they are.
        token = (7919 * (position + index + 1)) % vocabulary
        row = context.add(token, position + index, _SEQUENCE, logits=index == size - 1)
    start = time.perf_counter()
    context.decode()
    context.logits(row)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
