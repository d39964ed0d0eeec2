"""SHA-256 of model files, computed behind everything else: one file at a time, and nobody waits for it."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.lanes import Batches

if TYPE_CHECKING:
    from pathlib import Path

    from engine.errors import EngineError

    Stamp = tuple[int, int]
    Waiting = tuple[str, tuple[Path, ...], Stamp]

_STEP: Final = 0.01
_JOIN_S: Final = 2.0
_LEAST: Final = 19
"""The niceness of work that is done when nothing else is."""


@dataclass(frozen=True)
class Hashed:
    """What is known of a model's hash: the share (0..1) that has been read, then the hash, or why there is none.

    `stamp` is that of the model when it was asked for.
    """

    key: str
    stamp: tuple[int, int]
    share: float | None = None
    sha256: str | None = None
    error: EngineError | None = None


class Hashing(QObject):
    """A queue of files and one worker; `told` brings lists of `Hashed`, the newest last."""

    told = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[Waiting] = deque()
        self._under_way: set[tuple[str, Stamp]] = set()
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._worker: threading.Thread | None = None
        self._batches = Batches(self)
        self._batches.arrived.connect(self.told)

    def add(self, parts: tuple[Path, ...], stamp: Stamp, *, first: bool = False) -> None:
        """Let a model be hashed as it is now, once; `first` before all others that wait."""
        waiting = str(parts[0]), parts, stamp
        with self._changed:
            waits = waiting in self._waiting
            if waits and first:
                self._waiting.remove(waiting)
            elif waits or (waiting[0], stamp) in self._under_way:
                return
            (self._waiting.appendleft if first else self._waiting.append)(waiting)
            self._changed.notify()
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="hashes", daemon=True)
            self._worker.start()

    def forget(self, key: str) -> None:
        """Hash a model no more, if that has not begun."""
        with self._changed:
            kept = [waiting for waiting in self._waiting if waiting[0] != key]
            self._waiting = deque(kept)

    def close(self) -> None:
        """End, in the middle of a file if need be: it is read anew at the next start."""
        self._stop.set()
        with self._changed:
            self._changed.notify()
        if self._worker is not None:
            self._worker.join(_JOIN_S)

    def _work(self) -> None:
        _give_way()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stop.is_set())
                if self._stop.is_set():
                    return
                key, parts, stamp = self._waiting.popleft()
                self._under_way = {(key, stamp)}
            ended = self._hash(key, parts, stamp)
            with self._changed:
                self._under_way = set()
            if ended is not None and not self._stop.is_set():
                self._batches.put(ended)

    def _hash(self, key: str, parts: tuple[Path, ...], stamp: Stamp) -> Hashed | None:
        from engine.errors import EngineError
        from engine.library import hash_of

        told = 0.0

        def tell(share: float) -> None:
            nonlocal told
            # Nobody listens any more once it was stopped, which this OS thread may notice late.
            if share - told >= _STEP and not self._stop.is_set():
                told = share
                self._batches.put(Hashed(key, stamp, share))

        self._batches.put(Hashed(key, stamp, 0.0))
        try:
            made = hash_of(parts, tell, self._stop.is_set)
        except EngineError as error:
            return Hashed(key, stamp, error=error)
        return Hashed(key, (made.size, made.changed_ns), sha256=made.sha256) if made is not None else None


def _give_way() -> None:
    """Let this OS thread run when no other wants to; where threads have no priority of their own, it is as others."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LEAST)
