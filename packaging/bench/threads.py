"""`bench threads`: the window over 100,000 messages in 2,000 threads, one of them 10,000 messages long.

The window opens the long thread, scrolls through it, searches as somebody types, and streams an answer at its end; a
timer looks for moments at which the window's thread did not come round meanwhile. Starts are compared with those on a
profile with one thread, in turn. `append_ms_max` is the longest that saving a piece of the answer took
(`Messages.append`, on the store's lane). What is not as it has to be is a fault: a word that stands in many messages
and is not found, a thread that is opened without its messages, texts in sight that are not the saved ones, an answer
that is not kept, a phase or a figure that is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from _pauses import Pauses
from _report import close, median, percentile, print_table, ratio, say, say_load, tell
from _threads import make_profile

from engine.chat.model import default_cache

_PROBE = Path(__file__).with_name("_long_thread.py")
_PATIENCE_S = 1800
_PHASES = ("opening the long thread", "scrolling", "searching", "streaming at its end")
_LEAST_TICKS = 20


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench threads", description=__doc__.split("\n\n")[0])
    parser.add_argument("--messages", type=int, default=100_000, metavar="N")
    parser.add_argument("--threads", type=int, default=2_000, metavar="N")
    parser.add_argument("--longest", type=int, default=10_000, metavar="N", help="messages of the longest thread")
    parser.add_argument("--starts", type=int, default=5, metavar="N", help="starts on each of both profiles (5)")
    asked = parser.parse_args(argv)
    say_load()
    scratch = Path(tempfile.mkdtemp(prefix="espalier-threads-"))
    faults: list[str] = []
    try:
        full, fresh = scratch / "full", scratch / "fresh"
        began = time.monotonic()
        made = make_profile(full, threads=asked.threads, messages=asked.messages, longest=asked.longest)
        size = (full / "espalier.db").stat().st_size
        say(f"Made {made.messages:,} messages in {time.monotonic() - began:.0f} s: {size / 1e6:.0f} MB.")
        fresh.mkdir()
        for profile in (full, fresh):
            if default_cache().exists():
                shutil.copytree(default_cache(), profile / "cache")
        with Pauses() as pauses:
            starts: dict[Path, list[float]] = {full: [], fresh: []}
            for number in range(asked.starts):
                for profile, seconds in starts.items():
                    seconds.append(_start(profile))
                tell(f"start {number + 1} of {asked.starts}")
            begun = time.monotonic()
            measured = _probe(full, made.longest, asked.longest)
            if pauses.lost(begun):
                faults.append("the machine paused while the window was measured: run it again")
            say(pauses.describe())
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    faults += measured["faults"]
    gaps: dict[str, list[float]] = measured["gaps_ms"]
    faults += [f"nothing was measured while {phase}" for phase in _PHASES if len(gaps.get(phase, ())) < _LEAST_TICKS]
    rows = [(name, len(found), percentile(found, 0.5), percentile(found, 0.99), max(found, default=None))
            for name, found in gaps.items()]  # fmt: skip
    print_table("Gaps of the window's thread, ms", ("While", "ticks", "p50", "p99", "worst"), rows)
    searches: list[float] = measured["search_ms"]
    figures = {
        "messages": made.messages,
        "threads": len(made.threads),
        "start_s": median(starts[full]),
        "start_over_fresh": ratio(median(starts[full]), median(starts[fresh])),
        "open_ms": median(measured["open_ms"]),
        "open_ms_max": max(measured["open_ms"], default=None),
        "search_p50_ms": percentile(searches, 0.5),
        "search_p95_ms": percentile(searches, 0.95),
        "append_ms_max": max(measured["append_ms"], default=None),
        "gap_ms_max": max(max(found, default=0.0) for found in gaps.values()),
    }
    faults += [f"there is no {key}" for key, value in figures.items() if value is None]
    return close(figures, faults)


def _start(profile: Path) -> float:
    """Start the program and end it once its window is usable; return the seconds it took until then."""
    born = time.time()
    command = [sys.executable, "-m", "app", "--profile", str(profile), "--timings"]
    screen = {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    program = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | screen
    )
    assert program.stdout is not None
    try:
        for line in program.stdout:
            fact = json.loads(line)
            if fact["event"] == "usable":
                return float(fact["at"]) - born
    finally:
        program.terminate()
        program.wait(20)
        program.stdout.close()
    raise RuntimeError("the program ended before its window was usable")


def _probe(profile: Path, thread: int, messages: int) -> dict[str, Any]:
    command = [sys.executable, str(_PROBE), str(profile), str(thread), str(messages)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured
