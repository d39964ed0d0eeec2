"""`bench download`: a download in the terminal is killed again and again, and has to end with the right file.

A hub on this machine hands a model out; `espalier models download` fetches it, and is ended with SIGKILL at moments
left to chance: while it starts, while it asks, anywhere in the bytes, and after the last one, while it checks and
renames. After each kill what has arrived has to be the beginning of the file and no shorter than before, and the next
go has to ask for the rest alone. After ten kills, or one that comes too late, the model may end, and another follows.
Each has to end with its SHA-256, and nothing beside it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from _report import close, print_table, say, say_load, tell

from tests.engine.gguf.writing import LLAMA, TENSORS, gguf
from tests.engine.hub.loopback import LoopbackHub

Moment = Literal["starting", "asking", "fetching", "ending"]
_MOMENTS: tuple[Moment, ...] = (
    "fetching",
    "starting",
    "fetching",
    "asking",
    "fetching",
    "fetching",
    "fetching",
    "fetching",
    "ending",
    "ending",
)
"""When one model is killed, in this order; then it may end, and another one follows."""
_REPOSITORY, _NAME = "owner/model-GGUF", "model-Q4_K_M.gguf"
_START_S, _ENDING_S = 1.0, 0.1
_PACE_S = 0.0005
_PATIENCE_S = 120.0


@dataclass
class _Trial:
    """A hub, a folder, and what was seen of the downloads into it."""

    hub: LoopbackHub
    folder: Path
    size: int
    chance: random.Random
    killed: Counter[Moment] = field(default_factory=Counter)
    resumed: int = 0
    gone_on: int = 0
    files: int = 0
    right: int = 0
    faults: list[str] = field(default_factory=list)
    data: bytes = b""
    arrived: int = 0

    @property
    def part(self) -> Path:
        return self.folder / f"{_NAME}.part"

    @property
    def whole(self) -> Path:
        return self.folder / _NAME

    def begin(self) -> None:
        """Put another model on the hub, and begin with nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)
        head = gguf(LLAMA, TENSORS)
        self.data = head + self.chance.randbytes(self.size - len(head))
        self.hub.add(_REPOSITORY, {_NAME: self.data})
        self.arrived = 0
        self.files += 1

    def kill(self, moment: Moment, left: int) -> None:
        """Start the download and kill it at such a moment, `left` kills of this model being still to come."""
        asked = len(self.hub.asked)
        before = self.arrived
        share = 1 if moment == "ending" else self.chance.uniform(0, 2 / (left + 1))
        wanted = before + round((self.size - before) * min(1.0, share))
        process = self._start()
        until = time.monotonic() + (self.chance.uniform(0, _START_S) if moment == "starting" else _PATIENCE_S)
        while process.poll() is None and time.monotonic() < until:
            if moment == "asking":
                reached = len(self.hub.asked) > asked
            else:
                reached = moment != "starting" and self._size() >= max(wanted, 1)
            if reached:
                time.sleep(self.chance.uniform(0, _ENDING_S) if moment in {"ending", "asking"} else 0)
                break
            time.sleep(0.001)
        alive = process.poll() is None
        process.kill()
        words = process.communicate()[1]
        self._note_resumed(asked, before)
        if alive:
            self.killed[moment] += 1
        elif process.returncode:
            self.faults.append(f"the download ended by itself: {words.strip()[-300:]}")
        if not self.whole.exists():
            self._look()

    def finish(self) -> None:
        """Let the download end, and compare what is there then."""
        asked, before = len(self.hub.asked), self.arrived
        process = self._start()
        words = process.communicate(timeout=_PATIENCE_S)[1]
        self._note_resumed(asked, before)
        if process.returncode:
            self.faults.append(f"the download did not end well: {words.strip()[-300:]}")
        here = self.whole.read_bytes() if self.whole.exists() else b""
        if hashlib.sha256(here).digest() == hashlib.sha256(self.data).digest():
            self.right += 1
        else:
            self.faults.append(f"model {self.files} has another hash")
        beside = [path.name for path in self.folder.iterdir() if path.name not in {_NAME, "profile"}]
        if beside:
            self.faults.append(f"left beside model {self.files}: {', '.join(beside)}")

    def _size(self) -> int:
        """Return how much of the model is here."""
        for path in (self.part, self.whole):
            with contextlib.suppress(FileNotFoundError):
                return path.stat().st_size
        return 0

    def _look(self) -> None:
        here = self.part.read_bytes() if self.part.exists() else b""
        if not self.data.startswith(here):
            self.faults.append(f"what arrived of model {self.files} is not its beginning")
        if len(here) < self.arrived:
            self.faults.append(f"model {self.files} had {self.arrived} bytes and has {len(here)}")
        self.arrived = len(here)

    def _note_resumed(self, asked: int, before: int) -> None:
        """Count whether a go asked for the rest of what was there before it, and for nothing else."""
        ranges = [said.headers.get("range") for said in self.hub.asked[asked:] if said.server == "store"]
        if not before or not ranges:
            return
        self.gone_on += 1
        if ranges == [f"bytes={before}-"]:
            self.resumed += 1
        else:
            self.faults.append(f"with {before} bytes there, {ranges} were asked for")

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "engine.cli", "models", "download", _REPOSITORY, "--into", str(self.folder)]
        return subprocess.Popen(
            [*command, "--profile", str(self.folder / "profile")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"HF_ENDPOINT": self.hub.url, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"},
        )


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench download", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--times", type=int, default=50, metavar="N", help="kills (50)")
    parser.add_argument("--size", type=int, default=32, metavar="MB", help="of the model (32)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(argv)
    if not hasattr(signal, "SIGKILL"):
        say("This system has no SIGKILL: the process is terminated instead.")
    say_load()
    scratch = Path(tempfile.mkdtemp(prefix="espalier-download-"))
    try:
        with LoopbackHub(pace=_PACE_S) as hub:
            trial = _Trial(hub, scratch / "models", asked.size * 1_000_000, random.Random(asked.seed))
            while trial.killed.total() < asked.times and trial.files < asked.times:
                trial.begin()
                for number, moment in enumerate(_MOMENTS, start=1):
                    trial.kill(moment, len(_MOMENTS) - number)
                    if trial.whole.exists() or trial.killed.total() == asked.times:
                        break
                trial.finish()
                tell(f"{trial.killed.total()} of {asked.times} kills, {len(trial.faults)} faults")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print_table("Killed", ("While", "Times"), list(trial.killed.items()))
    say(f"{trial.files} models, {trial.gone_on} goes with something there already, {trial.resumed} of them resumed.")
    figures = {
        "killed": trial.killed.total(),
        "resumed": trial.resumed,
        "resumed_share": trial.resumed / trial.gone_on if trial.gone_on else None,
        "files": trial.files,
        "hash_right": trial.right / trial.files,
    }
    if trial.killed.total() < asked.times:
        trial.faults.append(f"only {trial.killed.total()} kills came in time")
    return close(figures, trial.faults)
