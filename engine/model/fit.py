"""Whether a model fits this machine's memory: an estimate from its header, before anything is loaded.

What is estimated is the most that the model's process comes to hold in main memory: its weights, the cache, what a
decode computes in, and the process itself, once requests have filled the context. Weights are mapped from the file:
the system may drop them and read them again, which is slower than anything else here, so they count in full.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Literal

import psutil

from engine.model.build import Build, describe_build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.gguf import ModelFacts
    from engine.model.protocol import CacheType, LoadOptions

__all__ = ["Build", "Fit", "Memory", "Verdict", "cells_of", "context_of", "describe_build", "estimate"]

Verdict = Literal["fits", "tight", "too big"]

DEFAULT_CONTEXT = 8192
LARGEST_TRIED = 1_100_000_000
"""Bytes of a file up to which its weights are tried in another layout (`engine.model.layouts`)."""
EXTRA_LANES = 4
"""Sequences beyond the lanes: one for an interactive request among jobs, the rest for idle prefixes."""
AS_SHIPPED = "as shipped"

_CACHE_BUDGET = 256 << 20
"""Bytes of KV cache beyond which lanes share one context's worth of cells instead of having one each."""
_BITS = {"f16": 16.0, "q8_0": 8.5, "q4_0": 4.5}
"""Bits of one number in a cache of that type, scales included."""
_LAYOUT_BITS = {"F16": 16.0, "Q8_0": 8.5, "Q6_K": 6.5625, "Q5_1": 6.0, "Q5_0": 5.5, "Q4_1": 5.0, "Q4_0": 4.5}
_UNQUANTIZED = ("F16", "BF16", "F32")

_PROCESS = 75_000_000
"""Bytes of the host's own code and libraries."""
_TOKEN = 560
"""Bytes of one token of the vocabulary, in llama.cpp, in the mask engine and in the host."""
_SHORTEST_ADVISED = 1024
_SPARE = 16
"""A model is tight where less than this part of the machine's memory stays free for everything else."""


@dataclass(frozen=True, slots=True)
class Memory:
    """A machine's main memory in bytes: what could be had now, and all there is."""

    free: int
    total: int

    @classmethod
    def now(cls, given_back: int = 0) -> Memory:
        """Return this machine's; `given_back` bytes are held by a model that would be ended first."""
        system = psutil.virtual_memory()
        return cls(min(system.available + given_back, system.total), system.total)


@dataclass(frozen=True, slots=True)
class Fit:
    """What loading a model takes of a machine's memory, in bytes.

    `needed` is the sum of `weights`, `cache`, `buffers` (what decodes compute in) and `base` (the process and the
    vocabulary). `advice` is one sentence; `would_fit` are options under which it would fit, where these do not and
    any do.
    """

    needed: int
    free: int
    total: int
    verdict: Verdict
    weights: int
    cache: int
    buffers: int
    base: int
    advice: str
    would_fit: LoadOptions | None


def context_of(options: LoadOptions, trained: int | None) -> int:
    """Return the tokens that one request may use, for a model that was trained on so many."""
    return options.context or min(trained or DEFAULT_CONTEXT, DEFAULT_CONTEXT)


def cells_of(context: int, lanes: int, bytes_per_token: int) -> int:
    """Return how many cells the lanes share: a context's worth each where that is little, else one for all."""
    return max(context, min(lanes * context, _CACHE_BUDGET // max(bytes_per_token, 1)))


def estimate(
    facts: ModelFacts,
    size: int,
    options: LoadOptions,
    memory: Memory | None = None,
    *,
    layout: str | None = None,
) -> Fit:
    """Estimate what loading takes, against this machine's free memory where no other is given.

    `size` are the bytes of all of the model's files. `layout` names the weights that will run where that is known, as
    `ModelInfo.layout` does; where it is still to be measured, the larger one is counted. Takes microseconds.
    """
    memory = memory or Memory.now()
    fit = _weigh(facts, size, options, memory, layout)
    if fit.verdict == "fits":
        return fit
    for easier in _easier(facts, options, layout):
        other = _weigh(facts, size, easier, memory, layout if easier.layout == options.layout else None)
        if other.verdict == "fits" or (other.verdict == "tight" and fit.verdict == "too big"):
            return replace(fit, would_fit=easier, advice=_advice(fit, other, options, easier, facts))
    return fit


def _weigh(facts: ModelFacts, size: int, options: LoadOptions, memory: Memory, layout: str | None) -> Fit:
    context = context_of(options, facts.context)
    # As the host shares them out; it counts a cache of whole numbers, whatever they are kept as.
    cells = cells_of(context, options.lanes, facts.cache_numbers * 2)
    weights = _weights(facts, size, options, layout)
    token = facts.cache_numbers * _BITS[options.cache_type] / 8
    cache, buffers = round(cells * token), _buffers(facts, options, context)
    base = _PROCESS + _TOKEN * (facts.vocabulary or 0)
    needed = weights + cache + buffers + base
    verdict: Verdict = "fits"
    if needed > memory.free:
        verdict = "too big"
    elif needed > memory.free - memory.total // _SPARE:
        verdict = "tight"
    return Fit(
        needed, memory.free, memory.total, verdict, weights, cache, buffers, base, _plain(verdict, needed, memory), None
    )


def _weights(facts: ModelFacts, size: int, options: LoadOptions, layout: str | None) -> int:
    """Return the bytes of the weights as they will run."""
    shipped = facts.weights_size if facts.parts == 1 and facts.weights_size else size
    name = layout or options.layout
    if name == "measured":
        name = "F16" if size <= LARGEST_TRIED else AS_SHIPPED
    if name not in _LAYOUT_BITS or facts.parts > 1 or (name == "F16" and facts.quantization in _UNQUANTIZED):
        return shipped
    laid_out = round(facts.parameters * _LAYOUT_BITS[name] / 8)
    return max(laid_out, shipped) if options.layout == "measured" and layout is None else laid_out


def _buffers(facts: ModelFacts, options: LoadOptions, context: int) -> int:
    """Return the bytes that decodes compute in: the widest step over a batch, and the logits of every answer."""
    batch, outputs = options.batch, options.lanes + EXTRA_LANES + 1
    flash = options.flash_attention == "on" or options.cache_type != "f16"
    attention = 0 if flash else 4 * batch * context * (facts.heads or 0)
    step = 4 * batch * (2 * (facts.feed_forward or 0) + 4 * (facts.embedding or 0))
    return attention + step + 8 * outputs * (facts.vocabulary or 0)


def _easier(facts: ModelFacts, options: LoadOptions, layout: str | None) -> Iterator[LoadOptions]:
    """Yield options that take less, those first that cost a person the least."""
    layouts = [options.layout]
    if AS_SHIPPED not in {options.layout, layout}:
        layouts.append(AS_SHIPPED)
    asked = context_of(options, facts.context)
    contexts = [None if options.context is None else asked]
    half = asked // 2
    while half >= _SHORTEST_ADVISED:
        contexts.append(half)
        half //= 2
    caches: list[CacheType] = [options.cache_type]
    if options.cache_type == "f16" and options.flash_attention != "off":
        caches.append("q8_0")
    lanes = [options.lanes] + ([1] if options.lanes > 1 else [])
    for context, cache, many, name in product(contexts, caches, lanes, layouts):
        easier = options.model_copy(update={"context": context, "cache_type": cache, "lanes": many, "layout": name})
        if easier != options:
            yield easier


def _plain(verdict: Verdict, needed: int, memory: Memory) -> str:
    has = f"It takes about {spell(needed)} of memory, and {spell(memory.free)} are free"
    if verdict == "fits":
        return f"{has}."
    if verdict == "tight":
        return f"{has}: close other programs, or this machine becomes slow."
    if needed > memory.total:
        return f"It takes about {spell(needed)} of memory, and this machine has {spell(memory.total)} in all."
    return f"{has}: close other programs, or choose a smaller or more strongly quantized model."


def _advice(fit: Fit, other: Fit, options: LoadOptions, easier: LoadOptions, facts: ModelFacts) -> str:
    changes = []
    if easier.layout != options.layout:
        changes.append("the weights as shipped")
    if easier.lanes != options.lanes:
        changes.append("one lane")
    if easier.cache_type != options.cache_type:
        changes.append(f"a {easier.cache_type} cache")
    if easier.context != options.context:
        changes.append(f"a context of {context_of(easier, facts.context):,} tokens")
    means = changes[0] if len(changes) == 1 else f"{', '.join(changes[:-1])} and {changes[-1]}"
    return (
        f"It takes about {spell(fit.needed)} of memory, and {spell(fit.free)} are free. "
        f"With {means} it takes about {spell(other.needed)}."
    )


def spell(size: int) -> str:
    """Return a number of bytes as people read it, e.g. '1.9 GB'."""
    return f"{size / 1e9:.1f} GB" if size >= 0.95e9 else f"{size / 1e6:.0f} MB"
