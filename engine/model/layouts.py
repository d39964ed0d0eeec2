"""The weights of a file, laid out for this machine: which ggml type runs quickest here.

A file of up to about 1 GB is timed as shipped and as F16, once for each file and processor, each in a process of
its own, since llama.cpp can crash on a machine it was not tested on. F16 is lossless for quantized files: it keeps
every weight to 11 bits, where the shipped kernels round the other factor to 8. Other types lose precision and are
used only when asked for by name. Larger files run as shipped.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import disk_usage
from typing import TYPE_CHECKING

import psutil

from engine.errors import EngineError, InvalidRequest
from engine.file_lock import try_lock
from engine.model.bundled import bundled_model
from engine.model.cache import Notebook, machine
from engine.model.fit import AS_SHIPPED, LARGEST_TRIED
from engine.model.llama import Weights, requantize, uses_amx
from engine.model.trial import LENGTH

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.model.protocol import LoadOptions

LOSSY = ("Q8_0", "Q6_K", "Q5_1", "Q5_0", "Q4_1", "Q4_0")
_LOSSLESS = "F16"
_TRIAL_SECONDS = 60
_LOOK_S = 0.1
_WORKLOAD = 5
"""Number of the workload that layouts are timed by: a new one makes older choices void."""
_UNQUANTIZED = ("F16", "BF16", "F32")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the weights of a file run: from `path`, as the ggml type `name`."""

    path: str
    name: str = AS_SHIPPED
    lossless: bool = True
    extra_buffers: bool = True


def choose_layout(
    path: Path,
    sha256: str,
    options: LoadOptions,
    threads: int,
    cache_dir: Path,
    progress: Callable[[str], None],
    *,
    fixed: bool = False,
) -> Layout:
    """Return the layout to load; measured at the first call for a file and machine, remembered afterwards.

    A `fixed` one is as shipped: that of a model in several files, on a GPU, or without memory for another.
    Raises `InvalidRequest` for a layout that is none.
    """
    notebook = Notebook(cache_dir / "layouts.json")
    key = f"{sha256[:16]}:{machine()}:{threads}:{options.layout}:v{_WORKLOAD}"
    known = notebook.get(key)
    if not fixed and isinstance(known, dict) and Path(str(known.get("path"))).exists():
        return Layout(**known)
    extra = _extra_buffers_work(notebook, threads, progress)
    shipped = Layout(str(path), extra_buffers=extra)
    if fixed or (options.layout == "measured" and path.stat().st_size > LARGEST_TRIED):
        return shipped
    timed = _time(_candidates(path, sha256, options, threads, cache_dir, extra, progress), threads, progress)
    if timed is None:
        return shipped
    notebook.note(key, asdict(timed))
    return timed


def _candidates(
    path: Path,
    sha256: str,
    options: LoadOptions,
    threads: int,
    cache_dir: Path,
    extra_buffers: bool,
    progress: Callable[[str], None],
) -> list[Layout]:
    shipped = Layout(str(path), extra_buffers=extra_buffers)
    if options.layout == AS_SHIPPED:
        return [shipped]
    name = _LOSSLESS if options.layout == "measured" else options.layout
    if name not in (_LOSSLESS, *LOSSY):
        raise InvalidRequest(
            f'There is no layout "{name}".',
            advice=f"Choose measured, {AS_SHIPPED}, {_LOSSLESS}, {', '.join(LOSSY)}.",
        )
    facts = Weights(path, vocabulary_only=True)
    quantization, size = facts.quantization, facts.parameters * 2
    facts.close()
    target = cache_dir / "layouts" / f"{sha256[:16]}-{name}.gguf"
    if quantization in _UNQUANTIZED and name == _LOSSLESS:
        return [shipped]
    if not target.exists():
        if not _fits(size, cache_dir):
            return [shipped]
        progress(f"Laying out the weights as {name}")
        _lay_out(path, target, name, threads)
    laid_out = Layout(str(target), name, lossless=name == _LOSSLESS, extra_buffers=extra_buffers)
    return [laid_out, shipped] if options.layout == "measured" else [laid_out]


def _lay_out(path: Path, target: Path, name: str, threads: int) -> None:
    """Write the weights of `path` as `target`; where another process is at it, wait for what it writes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_suffix(".lock").open("ab") as lock:
        while not try_lock(lock):
            time.sleep(_LOOK_S)
        if not target.exists():
            partial = target.with_suffix(".partial")
            requantize(path, partial, name, threads)
            partial.replace(target)


def _fits(size: int, cache_dir: Path) -> bool:
    cache_dir.mkdir(parents=True, exist_ok=True)
    return size * 3 < psutil.virtual_memory().available and size * 2 < disk_usage(cache_dir).free


def _time(layouts: list[Layout], threads: int, progress: Callable[[str], None]) -> Layout | None:
    """Return the quickest layout; None where none could be timed."""
    timed: list[tuple[float, Layout]] = []
    for layout in layouts:
        progress(f"Timing the weights {layout.name if layout.name == AS_SHIPPED else f'as {layout.name}'}")
        result = run_trial(layout, threads)
        if result:
            timed.append((_workload_seconds(result), layout))
    return min(timed, key=lambda each: each[0])[1] if timed else None


def _workload_seconds(result: dict[str, float]) -> float:
    """Return the seconds of a typical extraction: 384 tokens read, 24 decodes alone, 12 of all lanes together."""
    return result["prefill"] * 384 / LENGTH + 24 * result["alone"] + 12 * result["together"]


def _extra_buffers_work(notebook: Notebook, threads: int, progress: Callable[[str], None]) -> bool:
    """Tell whether llama.cpp's AMX kernels run here.

    On some machines with AMX the first matrix product of 0.3.36 ends the process (llama.cpp issue 20824), so they
    are tried once, on the bundled model. Other machines have nothing to try.
    """
    if not uses_amx():
        return True
    key = f"extra buffers:{machine()}"
    known = notebook.get(key)
    if isinstance(known, bool):
        return known
    progress("Trying this processor's matrix unit")
    try:
        works = bool(run_trial(Layout(str(bundled_model()), extra_buffers=True), threads))
    except EngineError:
        works = False
    notebook.note(key, works)
    return works


def run_trial(layout: Layout, threads: int) -> dict[str, float]:
    """Time a layout in a process of its own; nothing comes back where that process died or took too long."""
    command = [sys.executable, "-m", "engine.model.trial", layout.path, "--threads", str(threads)]
    command += ["--extra-buffers", str(int(layout.extra_buffers))]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TRIAL_SECONDS, check=True)
        result: dict[str, float] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        return {}
    return result
