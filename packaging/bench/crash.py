"""`bench crash`: a window in use is killed again and again; nothing that was acknowledged may be lost.

A scripted session (typing, streaming, branching, deleting, importing) is ended with SIGKILL, again and again on one
profile: at times chosen by what it does, just after it was told that a thing is saved or while it tries it, in turn
with times left to chance. After each kill the database has to pass SQLite's integrity check, and everything that the
session was told is saved has to be there: questions, answers as they grew and as they ended, drafts, branches, what was
deleted (in the bin, from which it can be taken out), what was taken out of it, imported threads. The next start has to
come up, and to keep what was being written as interrupted. What was never done in any of the lives is a fault: then
nothing is known of it. Every kind of thing is done in the first five lives.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _acknowledged import DID, Acknowledged, Did, Fault
from _report import close, print_table, say, say_load, tell

from engine.chat.model import default_cache
from engine.store.profile import DATABASE

_START_S = 120.0
_REACH_S = 300.0
_SCRIPT = Path(__file__).with_name("_scripted.py")
_TOKENS = 80


@dataclass(frozen=True)
class Life:
    """What a session begins with, and when it is killed.

    That is within `seconds` after it was told that `did` is saved, or that it is `trying` it; after its start where
    there is no `did`.
    """

    begin: tuple[str, ...] = ()
    did: Did | None = None
    seconds: float = 6.0
    trying: bool = False
    tokens: int = _TOKENS


_ANY = Life()
_LIVES = (
    Life(("import", "ask"), "grow", 2.0, tokens=300),
    Life(("again", "restore", "switch"), "switch", 0.2),
    Life(("delete", "type"), "draft", 0.2),
    Life(("thread", "bin", "unbin", "ask"), "grow", 1.0, tokens=300),
    Life(("ask", "branch"), "wording", 0.2),
    _ANY,
    Life(("delete",), "delete", 0.02, trying=True),
    _ANY,
    Life(("type", "ask"), "ask", 0.02, trying=True),
    _ANY,
    Life(("ask",), "grow", 2.0, tokens=300),
    _ANY,
    Life(("import",), "import", 0.02, trying=True),
    _ANY,
    Life(("restore",), "restore", 0.02, trying=True),
    _ANY,
    Life(("delete",), "delete", 0.2),
    _ANY,
    Life(("branch",), "ask", 0.02, trying=True),
    _ANY,
)
"""The lives of a session, from the beginning again after the last one."""


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench crash", description=__doc__.split("\n\n")[0])
    parser.add_argument("--times", type=int, default=50, metavar="N", help="kills, at least five (50)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(argv)
    if not hasattr(signal, "SIGKILL"):
        say("This system has no SIGKILL: the process is terminated instead.")
    say_load()
    chance = random.Random(asked.seed)
    kept = Acknowledged()
    faults: dict[Fault, int] = {}
    scratch = Path(tempfile.mkdtemp(prefix="espalier-crash-"))
    profile = scratch / "profile"
    profile.mkdir()
    shutil.copytree(default_cache(), profile / "cache") if default_cache().exists() else None
    # What the last kill cuts is kept as interrupted by one more start.
    lives = [*(_LIVES[number % len(_LIVES)] for number in range(asked.times)), Life(seconds=0.0)]
    try:
        for number, life in enumerate(lives, start=1):
            found = _live_and_die(profile, scratch, asked.seed * 1000 + number, life, chance, kept)
            for fault in [*found, *_damage(profile), *kept.missing(profile, scratch)]:
                faults.setdefault(fault, number)
            kept.note_cut(profile)
            tell(f"life {number} of {len(lives)}: {_acknowledged(kept)} acknowledged, {len(faults)} faults")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for did in DID:
        if not kept.counts[did]:
            faults[Fault("untried", did, "it was never acknowledged, so nothing is known of it")] = asked.times
    kinds = Counter(fault.kind for fault in faults)
    rows = [(did, kept.counts[did], kinds[did]) for did in DID]
    print_table("Acknowledged before the kills", ("What", "Times", "Lost"), rows)
    figures = {
        "times": asked.times,
        "acknowledged": _acknowledged(kept),
        "killed_while_writing": len(kept.cut),
        "lost": sum(fault.is_loss for fault in faults),
        "lost_by_kind": {kind: count for kind, count in kinds.items() if kind in DID},
        "failed_starts": kinds["start"],
        "damaged": kinds["damage"],
    }
    return close(figures, [f"life {number}: {fault}" for fault, number in faults.items()])


def _acknowledged(kept: Acknowledged) -> int:
    """Return how many things the session was told are saved."""
    return sum(count for did, count in kept.counts.items() if did != "recover")


def _live_and_die(
    profile: Path, scratch: Path, seed: int, life: Life, chance: random.Random, kept: Acknowledged
) -> list[Fault]:
    """Start the session and kill it at the moment that its life ends with; return what was wrong with it."""
    thing = f"the session with seed {seed}"
    arguments = [str(profile), str(seed), str(scratch), str(life.tokens), *life.begin]
    program = subprocess.Popen(
        [sys.executable, str(_SCRIPT), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    started, reached = threading.Event(), threading.Event()
    faults: list[Fault] = []
    words: list[str] = []

    def take(fact: dict[str, Any]) -> None:
        if fact["did"] == "start":
            started.set()
        elif fact["did"] == "complaint":
            faults.append(Fault("complaint", thing, fact["words"]))
        else:
            kept.take(fact)
        if (fact["did"], fact.get("trying", False)) == (life.did or "start", life.trying):
            reached.set()

    def listen() -> None:
        assert program.stdout is not None
        for line in program.stdout:
            if line.endswith("\n"):  # else it was cut by the kill
                take(json.loads(line))

    listeners = [
        threading.Thread(target=listen),
        threading.Thread(target=lambda: words.extend(program.stderr or ())),
    ]
    for listener in listeners:
        listener.start()
    for event, seconds in ((started, _START_S), (reached, _REACH_S)):
        until = time.monotonic() + seconds
        while not event.wait(0.1) and program.poll() is None and time.monotonic() < until:
            pass
    if reached.is_set():
        time.sleep(chance.uniform(0.0, life.seconds))
    alive = program.poll() is None
    program.kill()
    program.wait()
    for listener in listeners:
        listener.join()
    if not started.is_set():
        faults.append(Fault("start", thing, "it was never usable"))
    elif not alive:
        faults.append(Fault("end", thing, f"it ended by itself, with exit code {program.returncode}"))
    elif not reached.is_set():
        faults.append(Fault("end", thing, f"it never came to {life.did!r}"))
    if faults:
        tell("".join(words)[-2000:])
    return faults


def _damage(profile: Path) -> list[Fault]:
    with contextlib.closing(sqlite3.connect(profile / DATABASE)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        found += [f"orphan {row}" for row in connection.execute("PRAGMA foreign_key_check")]
        try:
            for index in ("message_text", "thread_text", "attachment_text"):
                connection.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as error:
            found.append(f"search index: {error}")
        connection.rollback()
    return [Fault("damage", words, "the database is damaged") for words in found]
