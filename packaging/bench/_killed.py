"""A job of small documents in the terminal, killed again and again, and what its rows were whenever it was.

A trigger of the database counts how often each document ended, so that one that is done twice between two kills is
seen too.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

import psutil

from engine.store import Store
from engine.store.profile import DATABASE

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string", "maxLength": 12}},
    "required": ["name"],
    "additionalProperties": False,
}
_NAMES = ("Nord", "Applegate", "Brixton", "Castello", "Dufour", "Everest", "Falken", "Grove")
_ENDED = ("done", "incomplete", "empty", "failed")
_PATIENCE_S = 300.0
_COUNT = """
CREATE TABLE IF NOT EXISTS bench_ended (document TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS bench_counts AFTER UPDATE OF state ON job_rows
WHEN new.state IN ('done', 'incomplete', 'empty', 'failed')
BEGIN INSERT INTO bench_ended VALUES (new.document); END;
"""

Rows = dict[str, tuple[Any, ...]]
"""What is on disk of each document that has ended."""


@dataclass
class Killed:
    """A folder of documents, a profile, and the process that extracts the one into the other."""

    scratch: Path
    documents: int
    cache: Path | None = None
    ended: Rows = field(default_factory=dict)
    """The rows that were there at the last look."""
    lost: set[str] = field(default_factory=set)
    """Documents whose row had ended and was another one, or none, later."""

    def __post_init__(self) -> None:
        self.folder = self.scratch / "documents"
        self.folder.mkdir(parents=True)
        for number in range(self.documents):
            name = f"{_NAMES[number % len(_NAMES)]} {number}"
            (self.folder / f"{number}.txt").write_text(f"Name: {name}\n", "utf-8")
        self.schema = self.scratch / "schema.json"
        self.schema.write_text(json.dumps(SCHEMA), "utf-8")
        self.profile = self.scratch / "profile"
        self.profile.mkdir()
        if self.cache is not None and self.cache.exists():
            shutil.copytree(self.cache, self.profile / "cache")
        with Store(self.profile):
            pass
        with self._connect() as connection:
            connection.executescript(_COUNT)
        self.process: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Run `espalier extract`; what it says goes into a file of the scratch folder."""
        self._words = (self.scratch / "words.txt").open("ab")
        arguments = [str(self.folder), "--schema", str(self.schema), "--out", str(self.scratch / "rows.jsonl")]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "engine.cli", "extract", *arguments, "--profile", str(self.profile)],
            stdout=self._words,
            stderr=subprocess.STDOUT,
        )
        return self.process

    def host(self) -> psutil.Process | None:
        """Return the process that has the model, None where there is none at the moment."""
        if self.process is None:
            return None
        with contextlib.suppress(psutil.Error):
            for child in psutil.Process(self.process.pid).children():
                with contextlib.suppress(psutil.Error):
                    if "engine.model.host" in child.cmdline():
                        return child
        return None

    def kill(self) -> None:
        """Kill the process that runs the job (SIGKILL; Windows terminates it), and wait until it has ended."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self._close()

    def kill_host(self) -> bool:
        """Kill the process that has the model; tell whether there was one."""
        host = self.host()
        if host is None:
            return False
        with contextlib.suppress(psutil.Error):
            host.send_signal(signal.SIGKILL) if hasattr(signal, "SIGKILL") else host.terminate()
            host.wait(30)
        return True

    def wait(self) -> int:
        """Wait until the job has ended by itself; return its exit code."""
        assert self.process is not None
        code = self.process.wait(_PATIENCE_S * 10)
        self._close()
        return code

    def is_running(self) -> bool:
        """Tell whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def wait_for_rows(self, more: int) -> bool:
        """Wait until so many documents more have ended; tell whether they have before the process ended."""
        aim = self.count() + more
        until = time.monotonic() + _PATIENCE_S
        while self.is_running() and time.monotonic() < until:
            if self.count() >= aim:
                return True
            time.sleep(0.02)
        return False

    def count(self) -> int:
        """Return how many documents have ended."""
        with self._connect() as connection:
            marks = ",".join("?" * len(_ENDED))
            found = connection.execute(f"SELECT count(*) FROM job_rows WHERE state IN ({marks})", _ENDED)
            return int(found.fetchone()[0])

    def look(self) -> list[str]:
        """Compare the rows with those at the last look; return what is wrong with the file."""
        with self._connect() as connection:
            faults = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            marks = ",".join("?" * len(_ENDED))
            rows = connection.execute(
                "SELECT document, state, record, cells, receipt, sha256, updated FROM job_rows "
                f"WHERE state IN ({marks})",
                _ENDED,
            )
            now: Rows = {row[0]: tuple(row[1:]) for row in rows}
        self.lost |= {document for document, row in self.ended.items() if now.get(document) != row}
        self.ended = now
        return faults

    def done_twice(self) -> list[str]:
        """Return the documents that ended more than once, in all runs."""
        with self._connect() as connection:
            found = connection.execute("SELECT document FROM bench_ended GROUP BY document HAVING count(*) > 1")
            return [row[0] for row in found]

    def not_done(self) -> list[str]:
        """Return the documents that are not done, of those in the folder."""
        return [
            name for name in (path.name for path in self.folder.iterdir()) if self.ended.get(name, ("",))[0] != "done"
        ]

    def words(self) -> str:
        """Return the end of what the process said."""
        return (self.scratch / "words.txt").read_text("utf-8", "replace")[-2_000:]

    def _close(self) -> None:
        if self._words is not None:
            self._words.close()

    @contextlib.contextmanager
    def _connect(self) -> Any:
        with contextlib.closing(sqlite3.connect(self.profile / DATABASE, timeout=30)) as connection:
            yield connection


def kill_again_and_again(
    killed: Killed, times: int, chance: random.Random, tell: Callable[[str], None]
) -> tuple[int, list[str]]:
    """Kill a job's process and its host in turn, at times left to chance; return how often, and what was wrong.

    Every third kill falls within the first seconds, while the model is loaded or the folder listed; the others after
    some more documents have ended. A host that was killed is started anew by the process, which goes on; where it was
    killed while it loaded, the process ends with an error, and is started again as after a kill of its own.
    """
    kills, faults = 0, []
    while kills < times and killed.count() < killed.documents:
        if not killed.is_running():
            killed.start()
        early = kills % 3 == 2
        if early:
            time.sleep(chance.uniform(0.0, 4.0))
        elif killed.wait_for_rows(1):
            time.sleep(chance.uniform(0.0, 0.4))
        if not killed.is_running():
            continue
        if kills % 2 == 0:
            killed.kill()
        elif not killed.kill_host():
            continue  # it is just being started
        kills += 1
        faults += killed.look()
        tell(f"kill {kills} of {times}: {len(killed.ended)} of {killed.documents} documents have ended")
    if not killed.is_running():
        killed.start()
    if code := killed.wait():
        faults.append(f"the last run ended with exit code {code}: {killed.words()}")
    return kills, [*faults, *killed.look()]
