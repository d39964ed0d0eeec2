"""A host's process, seen from its client: commands go in, events come out on a thread of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING

from pydantic import ValidationError

from engine.model.environment import host_environment
from engine.model.protocol import EVENTS, Shutdown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.model.protocol import Command, HostEvent, Load

log = logging.getLogger(__name__)

_GRACE_SECONDS = 2.0
_LARGEST_LOG = 1 << 20


class HostProcess:
    """One life of a host, with the thread that reads its events."""

    def __init__(self, load: Load, cache_dir: Path, hear: Callable[[HostProcess, HostEvent | None], None]) -> None:
        self.load = load
        self._hear = hear
        cache_dir.mkdir(parents=True, exist_ok=True)
        with _open_log(cache_dir / "host.log") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "engine.model.host"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=host_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        self.pid = self._process.pid
        self._writing = threading.Lock()
        self.write(load)
        threading.Thread(target=self._read, daemon=True, name=f"events of host {self.pid}").start()

    def write(self, command: Command) -> None:
        """Send a command; a host that is gone is noticed by its reader, not here."""
        assert self._process.stdin is not None
        try:
            with self._writing:
                self._process.stdin.write(command.model_dump_json().encode() + b"\n")
                self._process.stdin.flush()
        except (OSError, ValueError):
            log.info("host %d takes no more commands", self.pid)

    def end(self) -> None:
        """Ask the host to end, and see that it does."""
        self.write(Shutdown())
        self._close_commands()
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def dismiss(self) -> None:
        """Let the host end, without waiting for it."""
        threading.Thread(target=self.end, daemon=True, name=f"end of host {self.pid}").start()

    def exit_reason(self) -> str:
        """Say how the process ended."""
        code = self._process.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as events:
            for line in events:
                try:
                    event = EVENTS.validate_json(line)
                except ValidationError:
                    log.exception("host %d says what cannot be read; it is ended", self.pid)
                    self._process.kill()
                    break
                self._hear(self, event)
        self._process.wait()
        self._close_commands()
        self._hear(self, None)

    def _close_commands(self) -> None:
        assert self._process.stdin is not None
        with self._writing:
            try:
                self._process.stdin.close()
            except OSError:
                log.info("host %d was already gone", self.pid)


def _open_log(path: Path) -> IO[bytes]:
    large = path.exists() and path.stat().st_size > _LARGEST_LOG
    return path.open("wb" if large else "ab")
