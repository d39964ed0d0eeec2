"""`bench models`: what it takes to know a model, to load it and to change to another one.

* header: a file's facts are read 200 times, each time after the system was asked to forget the file (where it can be
  asked, on Linux), and 200 times more without; the library `gguf` reads it once where it is installed;
* memory: the estimate from the header against what the host holds once loaded, and at most: while a prompt fills the
  context, and with several lanes while one a lane fills the cells together. The error is the largest of all;
* swap: from the call until the other model answers, the first one being loaded all the while;
* prefix: the first token behind 500 tokens of instructions in a fresh host, with what an earlier host had computed of
  them as a share of the time without.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from _memory_taken import measure_memory
from _report import close, median, percentile, print_table, ratio, say, say_load, tell

from engine.gguf import facts_of, read_header
from engine.model.bundled import bundled_model
from engine.model.client import ModelClient
from engine.model.fit import estimate
from engine.model.protocol import ChatMessage, GenerateRequest, LoadOptions

_READS = 200
_PATIENCE_S = 300
_INSTRUCTIONS = "Answer in one word, and keep to what is written. " * 45


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench models", description=__doc__.split("\n\n")[0])
    parser.add_argument("--model", type=Path, default=None, metavar="FILE", help="a GGUF file (the bundled model)")
    parser.add_argument("--contexts", type=int, nargs="*", default=[1024, 4096, 8192], metavar="N")
    parser.add_argument("--swaps", type=int, default=5, metavar="N", help="changes of model (5)")
    parser.add_argument("--all", action="store_true", help="estimates for the weights as shipped, too")
    asked = parser.parse_args(argv)
    model = asked.model or bundled_model()
    say_load()
    figures: dict[str, Any] = _read(model)
    with tempfile.TemporaryDirectory(prefix="espalier-models-") as scratch:
        cache = Path(scratch)
        figures |= _compare_estimates(model, _cases(asked.contexts, with_shipped=asked.all), cache)
        if asked.swaps:
            figures |= _swap(model, asked.swaps, cache)
        figures |= _restore(model, cache)
    return close(figures)


def _read(model: Path) -> dict[str, Any]:
    cold, warm = [_read_once(model, forget=True) for _ in range(_READS)], [_read_once(model) for _ in range(_READS)]
    library = _read_with_library(model)
    size = model.stat().st_size / 1e6
    rows = [
        ("forgotten by the system", percentile(cold, 0.5), percentile(cold, 0.95)),
        ("known to it", percentile(warm, 0.5), percentile(warm, 0.95)),
    ]
    if library is not None:
        rows.append(("gguf's own reader, once", library, None))
    print_table(f"Header of {size:.0f} MB, ms", ("file", "p50", "p95"), rows)
    figures: dict[str, Any] = {"header_p95_ms": percentile(cold, 0.95), "header_warm_p95_ms": percentile(warm, 0.95)}
    return figures | ({} if library is None else {"gguf_library_ms": library})


def _read_once(model: Path, *, forget: bool = False) -> float:
    """Return the milliseconds that a file's facts take."""
    if forget and hasattr(os, "posix_fadvise"):
        with model.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    begun = time.perf_counter()
    facts_of(read_header(model))
    return (time.perf_counter() - begun) * 1e3


def _read_with_library(model: Path) -> float | None:
    if find_spec("gguf") is None:
        return None
    from gguf import GGUFReader  # type: ignore[import-not-found]  # measured where it is there, and not needed

    begun = time.perf_counter()
    GGUFReader(model)
    return (time.perf_counter() - begun) * 1e3


def _cases(contexts: list[int], *, with_shipped: bool) -> list[LoadOptions]:
    layouts = ["F16", "as shipped"] if with_shipped else ["F16"]
    cases = [LoadOptions(context=context, lanes=1, layout=layout) for layout in layouts for context in contexts]
    shortest, middle = min(contexts, default=1024), sorted(contexts)[len(contexts) // 2] if contexts else 4096
    return [
        *cases,
        LoadOptions(context=shortest, layout="as shipped"),
        LoadOptions(context=middle, lanes=1, cache_type="q8_0", layout="F16"),
    ]


def _compare_estimates(model: Path, cases: list[LoadOptions], cache: Path) -> dict[str, Any]:
    facts, size = facts_of(read_header(model)), model.stat().st_size
    rows, errors = [], []
    for options in cases:
        fit = estimate(facts, size, options)
        taken = measure_memory(model, options, cache)
        shares = fit.loaded / taken.loaded, fit.needed / taken.most
        errors += [abs(share - 1) for share in shares]
        name = f"{options.layout}, {options.context:,} tokens, {options.lanes} lane(s), {options.cache_type}"
        rows.append(
            (name, fit.loaded / 1e6, taken.loaded / 1e6, shares[0], fit.needed / 1e6, taken.most / 1e6, shares[1])
        )
        tell(f"{name}: {shares[0]:.2f} loaded, {shares[1]:.2f} at most")
    columns = ("MB", "loaded: estimate", "real", "ratio", "at most: estimate", "real", "ratio")
    print_table("Memory", columns, rows)
    return {"estimate_error_max": max(errors)}


def _swap(model: Path, count: int, cache: Path) -> dict[str, Any]:
    """Change to and fro between two ways of loading a model; which files they are makes no difference."""
    times = []
    ways = LoadOptions(context=1024), LoadOptions(context=2048)
    with ModelClient(model, options=ways[0], cache_dir=cache) as client:
        client.wait_until_ready(_PATIENCE_S)
        for number in range(count):
            begun = time.monotonic()
            client.load(model, ways[(number + 1) % 2])
            client.wait_until_ready(_PATIENCE_S)
            times.append(time.monotonic() - begun)
    say(f"Swap: {median(times):.2f} s, {max(times):.2f} s at most of {count}.")
    return {"swap_s": median(times)}


def _restore(model: Path, cache: Path) -> dict[str, Any]:
    """Ask the same of two hosts, one after the other: the second has what the first one computed."""
    shutil.rmtree(cache / "prefixes", ignore_errors=True)
    computed, restored = _first_token(model, cache), _first_token(model, cache)
    share = ratio(restored, computed)
    say(f"First token behind the instructions: {computed * 1e3:.0f} ms computed, {restored * 1e3:.0f} ms restored.")
    return {"prefix_restore_ratio": share}


def _first_token(model: Path, cache: Path) -> float:
    messages = (ChatMessage(role="system", content=_INSTRUCTIONS), ChatMessage(role="user", content="Is it warm?"))
    with ModelClient(model, cache_dir=cache) as client:
        client.wait_until_ready(_PATIENCE_S)
        *_, last = client.stream(GenerateRequest(id="first", messages=messages, max_tokens=4))
        receipt = getattr(last, "receipt", None)
        assert receipt is not None, last
        assert receipt.first_token_s is not None
        return float(receipt.first_token_s)
