"""`bench jobs`: an extraction in the terminal is killed again and again, and runs over thousands of documents.

A job of 200 small documents is run by `espalier extract` with the bundled model and killed with SIGKILL at 50 moments
left to chance (a seed decides them), the process and the host that has its model in turn, and started again each time.
In the end each document has to be done exactly once, and every row that was on disk at a kill has to be the same ever
after. Then a job over 2,000 documents runs through, and the memory of its process and of its host is compared between
the first quarter of it and its end.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import tempfile
import time
from pathlib import Path

import psutil
from _killed import Killed, kill_again_and_again
from _report import close, print_table, ratio, say, say_load, tell

from engine.chat.model import default_cache


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench jobs", description=__doc__.split("\n\n")[0])
    parser.add_argument("--times", type=int, default=50, metavar="N", help="kills (50)")
    parser.add_argument("--documents", type=int, default=200, metavar="N", help="documents of the job killed (200)")
    parser.add_argument("--long", type=int, default=2000, metavar="N", help="documents of the long job (2000); 0: none")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(argv)
    say_load()
    scratch = Path(tempfile.mkdtemp(prefix="espalier-jobs-"))
    figures: dict[str, float | int | None] = {}
    faults: list[str] = []
    try:
        if asked.times:
            figures |= _kill(scratch / "killed", asked, faults)
        if asked.long:
            figures |= _measure(scratch / "long", asked.long, faults)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return close(figures, faults)


def _kill(scratch: Path, asked: argparse.Namespace, faults: list[str]) -> dict[str, float | int | None]:
    killed = Killed(scratch, asked.documents, default_cache())
    begun = time.monotonic()
    kills, wrong = kill_again_and_again(killed, asked.times, random.Random(asked.seed), tell)
    not_done, twice = killed.not_done(), killed.done_twice()
    faults += wrong
    faults += [f"{name}: its row was there at a kill, and is another one now" for name in sorted(killed.lost)]
    faults += [f"{name}: it was never done" for name in sorted(not_done)]
    faults += [f"{name}: it was done more than once" for name in sorted(twice)]
    if faults:
        tell(killed.words())
    rows = [
        ("documents", asked.documents),
        ("kills", kills),
        ("lost", len(killed.lost | set(not_done))),
        ("done twice", len(twice)),
        ("seconds", time.monotonic() - begun),
    ]
    print_table("A job that is killed", ("What", "Count"), rows)
    return {
        "kills": kills,
        "documents": asked.documents,
        "lost": len(killed.lost | set(not_done)),
        "done_twice": len(twice),
    }


def _measure(scratch: Path, documents: int, faults: list[str]) -> dict[str, float | int | None]:
    """Run through a long job, and weigh its processes at a quarter and at the end."""
    long = Killed(scratch, documents, default_cache())
    begun = time.monotonic()
    long.start()
    quarter, end = documents // 4, documents - max(documents // 50, 4)
    weighed: list[tuple[float, float]] = []
    for aim in (quarter, end):
        while long.is_running() and long.count() < aim:
            time.sleep(0.5)
        weighed.append(_weigh(long))
        tell(f"{aim} of {documents}: {weighed[-1][0]:.0f} MB and {weighed[-1][1]:.0f} MB")
    code = long.wait()
    if code or long.look() or long.not_done():
        faults.append(f"the long job ended with exit code {code}, and {len(long.not_done())} documents are not done")
        tell(long.words())
    (job_early, host_early), (job_late, host_late) = weighed
    minutes = (time.monotonic() - begun) / 60
    print_table(
        f"Memory over {documents} documents (MB)",
        ("Process", f"after {quarter}", f"after {end}"),
        [("the job's", job_early, job_late), ("the host", host_early, host_late)],
    )
    say(f"{documents / minutes:.0f} documents a minute.")
    return {
        "long_documents": documents,
        "job_mb_early": job_early,
        "job_mb_late": job_late,
        "host_mb_early": host_early,
        "host_mb_late": host_late,
        "memory_growth": max(ratio(job_late, job_early) or 0.0, ratio(host_late, host_early) or 0.0),
    }


def _weigh(killed: Killed) -> tuple[float, float]:
    """Return the resident memory of the job's process and of its host, in MB."""
    with contextlib.suppress(psutil.Error):
        host = killed.host()
        if killed.process is not None and host is not None:
            return psutil.Process(killed.process.pid).memory_info().rss / 1e6, host.memory_info().rss / 1e6
    return 0.0, 0.0
