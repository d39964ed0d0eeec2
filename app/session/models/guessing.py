"""What a model would take of the memory, guessed before its header is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from engine.model.fit import Fit, Verdict

_BASE: Final = 160_000_000
"""Bytes of a host with a usual vocabulary."""
_CACHE_SHARE: Final = 0.12
"""Of the weights, what a context of 8,192 tokens takes beside them in models of one to thirty billion parameters."""
_LEAST_CACHE: Final = 256_000_000
_BUFFERS: Final = 120_000_000
_SPARE: Final = 16
"""A model is tight where less than this part of the machine's memory stays free for everything else."""


def guess_fit(size: int) -> Fit:
    """Return about what a model of so many bytes takes, against this machine's free memory; for a worker."""
    from engine.model.fit import Fit, Memory

    memory = Memory.now()
    cache = max(_LEAST_CACHE, round(size * _CACHE_SHARE))
    needed = size + cache + _BUFFERS + _BASE
    verdict: Verdict = "fits"
    if needed > memory.free:
        verdict = "too big"
    elif needed > memory.free - memory.total // _SPARE:
        verdict = "tight"
    advice = (
        f"It would take about {needed / 1e9:.1f} GB of memory, and {memory.free / 1e9:.1f} GB are free. "
        "That is guessed from its size; once it is here, its header tells."
    )
    return Fit(needed, memory.free, memory.total, verdict, size, cache, _BUFFERS, _BASE, advice, None)
