"""Whether a model fits this machine's memory: an estimate from its header, before anything is loaded.

What is estimated is the most that the model's process comes to hold in main memory: its weights, the cache, what a
decode computes in, and the process itself, once requests have filled the context, those of all lanes together.
Weights are mapped from the file: the system may drop them and read them again, which is slower than anything else
here, so they count in full. Caches count in full too: llama.cpp writes zeros over all of them when it makes them. That
some layers look at a window only changes nothing, since answers are gone back in. A GPU's own memory is not looked at.

The figures are fitted to what processes held (`packaging/dev.py bench models` compares them): bytes that would be
free again if the process ended, which leaves out libraries that another process uses too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import psutil

from engine.model.build import Build, describe_build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.gguf import ModelFacts
    from engine.model.protocol import Adapter, CacheType, LoadOptions

__all__ = ["Build", "Fit", "Memory", "Verdict", "cells_of", "context_of", "describe_build", "estimate", "guess"]

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
_CACHE_BLOCK = 32
"""Numbers of a head that a quantized cache keeps together."""
_LAYOUT_BITS = {"F16": 16.0, "Q8_0": 8.5, "Q6_K": 6.5625, "Q5_1": 6.0, "Q5_0": 5.5, "Q4_1": 5.0, "Q4_0": 4.5}
_UNQUANTIZED = ("F16", "BF16", "F32")

_PROCESS = 40_000_000
"""Bytes of the host's own code and libraries."""
_TOKEN = 600
"""Bytes of one token of the vocabulary, in llama.cpp, in the mask engine and in the host."""
_MERGE = 300
"""Bytes of one merge of a vocabulary of byte pairs, which has about one for each token."""
_COPIED_AT_ONCE = 512
"""Cells that are on their way between two contexts (`engine.model.llama`)."""
_READ_APART = 192
"""Tokens of a prompt that are read in one decode beside other requests."""
_BYTE_PAIRS = "gpt2"
_SHORTEST_ADVISED = 1024
_LAID_OUT = 1.85, 3.2
"""Times the bytes of a file of eight bits a weight, and of one of four, that they take once laid out as F16."""
_BESIDE_LEAST = (800_000_000, 0.2), (3_000_000_000, 0.1)
_BESIDE_MOST = (1_100_000_000, 4.6), (3_700_000_000, 0.18)
"""What models of a tenth to seventy billion parameters take beside their weights with the usual options, as bytes and a
part of their file's, of which the smaller one counts. They differ in how many heads ask, and in how much a token leaves
in the cache; small ones most of all."""
_GUESSED_CACHE = 0.3
"""Part of that which is the cache; the rest, but for the process, is what decodes compute in."""
_GUESSED_VOCABULARY = 128_000
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

    `needed` is the sum of `weights`, `cache`, `buffers` (what decodes compute in, and prompts that are read apart) and
    `base` (the process and the vocabulary); what is held right after loading is `loaded`. `advice` is one sentence;
    `would_fit` are options under which it would fit, where these do not and any do. `least` and `most` are bounds of a
    `guess`, with `needed` in the middle; None where the header is known.
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
    least: int | None = None
    most: int | None = None

    @property
    def loaded(self) -> int:
        """Bytes held before anything is read, as `ModelInfo.memory_bytes` tells of a model that is loaded."""
        return self.weights + self.cache + self.base


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


def guess(size: int, memory: Memory | None = None) -> Fit:
    """Guess what a model takes of which nothing but the bytes of its files is known, with the usual options.

    What stands in the header alone can double it, so that it is told as a range. The verdict is "fits" where the most
    would fit, and "too big" where not even the least does.
    """
    memory = memory or Memory.now()
    least_weights, most_weights = (round(size * times) if size <= LARGEST_TRIED else size for times in _LAID_OUT)
    least = least_weights + min(fixed + round(size * part) for fixed, part in _BESIDE_LEAST)
    most = most_weights + min(fixed + round(size * part) for fixed, part in _BESIDE_MOST)
    needed, weights = (least + most) // 2, (least_weights + most_weights) // 2
    base = _PROCESS + _TOKEN * _GUESSED_VOCABULARY
    cache = round((needed - weights - base) * _GUESSED_CACHE)
    verdict = _verdict(most, memory)
    if verdict == "too big" and least <= memory.free:
        verdict = "tight"
    return Fit(
        needed=needed,
        free=memory.free,
        total=memory.total,
        verdict=verdict,
        weights=weights,
        cache=cache,
        buffers=needed - weights - base - cache,
        base=base,
        advice=f"It takes {spell(least)} to {spell(most)} of memory, and {spell(memory.free)} are free. "
        "That is guessed from its size; its header tells more, once it is here.",
        would_fit=None,
        least=least,
        most=most,
    )


def _verdict(needed: int, memory: Memory) -> Verdict:
    if needed > memory.free:
        return "too big"
    return "tight" if needed > memory.free - memory.total // _SPARE else "fits"


def _weigh(facts: ModelFacts, size: int, options: LoadOptions, memory: Memory, layout: str | None) -> Fit:
    context = context_of(options, facts.context)
    # As the host shares them out; it counts a cache of whole numbers, whatever they are kept as.
    cells = cells_of(context, options.lanes, facts.cache_numbers * 2)
    weights = _weights(facts, size, options, layout) + sum(_size_of(adapter) for adapter in options.adapters)
    token = facts.cache_numbers * _BITS[options.cache_type] / 8
    states = 4 * facts.state_numbers * (options.lanes + EXTRA_LANES)
    cache, buffers = round(cells * token) + states, _buffers(facts, options, context)
    if options.lanes > 1 and not _flash(options):
        buffers += _apart(facts, context, token)
    base = _PROCESS + (_TOKEN + (_MERGE if facts.tokenizer == _BYTE_PAIRS else 0)) * (facts.vocabulary or 0)
    needed = weights + cache + buffers + base
    verdict = _verdict(needed, memory)
    return Fit(
        needed, memory.free, memory.total, verdict, weights, cache, buffers, base, _plain(verdict, needed, memory), None
    )


def _weights(facts: ModelFacts, size: int, options: LoadOptions, layout: str | None) -> int:
    """Return the bytes of the weights as they will run."""
    shipped = facts.weights_size or size
    name = layout or options.layout
    if name == "measured":
        name = "F16" if size <= LARGEST_TRIED else AS_SHIPPED
    if name not in _LAYOUT_BITS or facts.parts > 1 or (name == "F16" and facts.quantization in _UNQUANTIZED):
        return shipped
    laid_out = round(facts.parameters * _LAYOUT_BITS[name] / 8)
    return max(laid_out, shipped) if options.layout == "measured" and layout is None else laid_out


def _size_of(adapter: Adapter) -> int:
    try:
        return Path(adapter.path).stat().st_size
    except (OSError, ValueError):
        return 0  # loading says what is wrong with it


def _buffers(facts: ModelFacts, options: LoadOptions, context: int) -> int:
    """Return the bytes that decodes compute in: the widest step over a batch, and the logits of every answer."""
    outputs = 8 * (options.lanes + 1) * (facts.vocabulary or 0)
    return _decode(facts, min(options.batch, context), context, flash=_flash(options)) + outputs


def _apart(facts: ModelFacts, context: int, token: float) -> int:
    """Return what reading prompts apart takes (`engine.model.reader`): a cache, its decodes, and a copy on its way.

    However many lanes share the cells, the prompt of one may be as long as a context.
    """
    return round((context + min(context, _COPIED_AT_ONCE)) * token) + _decode(facts, _READ_APART, context, flash=False)


def _decode(facts: ModelFacts, batch: int, cells: int, *, flash: bool) -> int:
    """Return the bytes of one decode of `batch` tokens beside so many cells.

    Without flash attention each head's scores are kept, as F32 and once more as F16 for the product with the values;
    the mask is F32, with flash attention once more as F16.
    """
    attention = batch * cells * (6 if flash else 4 + 6 * (facts.heads or 0))
    return attention + 4 * batch * (2 * (facts.feed_forward or 0) + 4 * (facts.embedding or 0))


def _flash(options: LoadOptions) -> bool:
    return options.flash_attention == "on" or (options.flash_attention == "auto" and options.cache_type != "f16")


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
    head = (facts.embedding or 0) // (facts.heads or 1)
    if options.cache_type == "f16" and options.flash_attention != "off" and head % _CACHE_BLOCK == 0:
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
    if size >= 0.95e12:
        return f"{size / 1e12:,.1f} TB"
    return f"{size / 1e9:.1f} GB" if size >= 0.95e9 else f"{size / 1e6:.0f} MB"
