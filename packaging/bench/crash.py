"""`bench crash`: a window in use is killed at random moments; nothing that was acknowledged may be lost.

A scripted session (typing, streaming, branching, deleting, importing) is ended with SIGKILL, again and again on one
profile. After each kill the database has to pass SQLite's integrity check, and everything that the session was told is
saved has to be there; the next start has to come up, and to keep what was being written as interrupted.
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
from pathlib import Path
from typing import Any

from _report import close, print_table, say, say_load, tell

from engine.chat.model import default_cache
from engine.store import Store
from engine.store.profile import DATABASE

_START_S = 120.0
_SCRIPT = Path(__file__).with_name("_scripted.py")


class Acknowledged:
    """What the session was told is saved, over all its lives."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}
        self.grown: dict[int, str] = {}
        self.settled: dict[int, tuple[str, str]] = {}
        self.deleted: dict[int, bool] = {}
        self.drafts: dict[int, str] = {}
        self.threads: set[int] = set()
        self.titles: set[str] = set()
        self.cut: set[int] = set()
        self.counts = Counter[str]()

    def take(self, fact: dict[str, Any]) -> None:
        """Take in a line that the session printed."""
        self.counts[fact["did"]] += 1
        match fact["did"]:
            case "ask":
                self.texts[fact["question"]] = fact["text"]
                self.drafts.pop(fact["thread"], None)
            case "grow":
                self.grown[fact["message"]] = fact["text"]
            case "settle":
                self.settled[fact["message"]] = (fact["state"], fact["text"])
                self.grown.pop(fact["message"], None)
            case "delete" | "restore":
                self.deleted[fact["message"]] = fact["did"] == "delete"
            case "draft":
                self.drafts[fact["thread"]] = fact["text"]
            case "thread":
                self.threads.add(fact["thread"])
            case "import":
                self.titles.update(fact["titles"])

    def missing(self, profile: Path) -> list[str]:
        """Return what of it the profile does not hold."""
        with contextlib.closing(sqlite3.connect(profile / DATABASE)) as connection:
            rows = {row[0]: row[1:] for row in connection.execute("SELECT id, text, state, deleted FROM messages")}
            threads = dict(connection.execute("SELECT id, draft FROM threads").fetchall())
            titles = {row[0] for row in connection.execute("SELECT title FROM threads")}
            asked: dict[int, set[str]] = {}
            for thread, text in connection.execute("SELECT thread, text FROM messages WHERE role = 'user'"):
                asked.setdefault(thread, set()).add(text)
        with Store(profile) as store:
            written = store.messages.texts(self.grown)
        lost = [f"message {message}" for message, text in self.texts.items() if rows.get(message, ("",))[0] != text]
        lost += [
            f"what answer {message} had grown to: {len(text)} characters, kept {len(written.get(message, ''))}"
            for message, text in self.grown.items()
            if not written.get(message, "").startswith(text)
        ]
        lost += [
            f"the end of answer {message}"
            for message, (state, text) in self.settled.items()
            if rows.get(message, ("", ""))[:2] != (text, state)
        ]
        lost += [
            f"that message {message} was {'deleted' if gone else 'restored'}"
            for message, gone in self.deleted.items()
            if message in rows and gone and rows[message][2] is None
        ]
        lost += [
            f"the draft of thread {thread}"
            for thread, text in self.drafts.items()
            if not threads.get(thread, "").startswith(text.strip())
            and not any(question.startswith(text.strip()) for question in asked.get(thread, ()))
        ]
        lost += [
            f"that answer {message} was interrupted"
            for message in self.cut
            if rows.get(message, ("", ""))[1] != "interrupted"
        ]
        lost += [f"thread {thread}" for thread in self.threads if thread not in threads]
        lost += [f"the imported thread {title!r}" for title in self.titles if title not in titles]
        return lost


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench crash", description=__doc__.split("\n\n")[0])
    parser.add_argument("--times", type=int, default=50, metavar="N", help="kills (50)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(argv)
    if not hasattr(signal, "SIGKILL"):
        say("This system has no SIGKILL: the process is terminated instead.")
    say_load()
    chance = random.Random(asked.seed)
    kept = Acknowledged()
    faults: list[str] = []
    failed_starts = 0
    scratch = Path(tempfile.mkdtemp(prefix="espalier-crash-"))
    profile = scratch / "profile"
    profile.mkdir()
    shutil.copytree(default_cache(), profile / "cache") if default_cache().exists() else None
    try:
        for number in range(1, asked.times + 1):
            lived = _live_and_die(profile, scratch, asked.seed * 1000 + number, chance.uniform(0.0, 6.0), kept)
            if not lived:
                failed_starts += 1
                faults.append(f"start {number} failed")
            trouble = _integrity(profile)
            faults += [f"after kill {number}: {words}" for words in [*trouble, *kept.missing(profile)]]
            kept.cut |= _being_written(profile)
            tell(f"kill {number} of {asked.times}: {sum(kept.counts.values())} acknowledged, {len(faults)} faults")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print_table("Acknowledged before the kills", ("What", "Times"), sorted(kept.counts.items()))
    figures = {
        "times": asked.times,
        "acknowledged": sum(kept.counts.values()),
        "killed_while_writing": len(kept.cut),
        "lost": len([fault for fault in faults if "start" not in fault]),
        "failed_starts": failed_starts,
    }
    return close(figures, faults)


def _live_and_die(profile: Path, scratch: Path, seed: int, seconds: float, kept: Acknowledged) -> bool:
    """Start the session, kill it some seconds after it was usable; return whether it became usable."""
    command = [sys.executable, str(_SCRIPT), str(profile), str(seed), str(scratch)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    started = threading.Event()
    assert program.stdout is not None
    assert program.stderr is not None
    words: list[str] = []

    def listen() -> None:
        assert program.stdout is not None
        for line in program.stdout:
            fact = json.loads(line)
            if fact["did"] == "start":
                started.set()
            else:
                kept.take(fact)

    listener = threading.Thread(target=listen)
    listener.start()
    complaints = threading.Thread(target=lambda: words.extend(program.stderr or ()))
    complaints.start()
    until = time.monotonic() + _START_S
    while not started.wait(0.2) and program.poll() is None and time.monotonic() < until:
        pass
    if started.is_set():
        time.sleep(seconds)
    alive = program.poll() is None
    program.kill()
    program.wait()
    listener.join()
    complaints.join()
    if not (started.is_set() and alive):
        tell("".join(words)[-2000:])
    return started.is_set() and alive


def _integrity(profile: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(profile / DATABASE)) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
        try:
            for index in ("message_text", "thread_text", "attachment_text"):
                connection.execute(f"INSERT INTO {index} ({index}) VALUES ('integrity-check')")
        except sqlite3.DatabaseError as error:
            found.append(f"search index: {error}")
        connection.rollback()
    return [f"integrity: {words}" for words in found if words != "ok"] + [f"orphan: {row}" for row in orphans]


def _being_written(profile: Path) -> set[int]:
    """Return the answers that were being written when the session was killed."""
    with contextlib.closing(sqlite3.connect(profile / DATABASE)) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM messages WHERE state = 'writing'")}
