"""How far a download is, and how fast."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

Stage = Literal["asking", "fetching", "checking"]

_WINDOW_S = 5.0
_SHORTEST_S = 0.5
_EVERY_S = 0.1


@dataclass(frozen=True)
class DownloadProgress:
    """How far a download is, in bytes of all its files together.

    `stage` is "asking" while a server is waited for, "fetching" while bytes arrive, and "checking" while what is there
    is read again; `done` begins anew there. Speed and time left are those of the last seconds, None until known.
    """

    done: int
    total: int
    bytes_per_second: float | None
    seconds_left: float | None
    stage: Stage


class Meter:
    """Counts bytes and tells a listener about ten times a second, and whenever the stage changes."""

    def __init__(self, total: int, listener: Callable[[DownloadProgress], None]) -> None:
        self._total = total
        self._listener = listener
        self._done = 0
        self._stage: Stage = "asking"
        self._told = 0.0
        self._points: deque[tuple[float, int]] = deque()

    def enter(self, stage: Stage, done: int | None = None) -> None:
        """Begin a stage, at a number of bytes if it is not the one reached."""
        if stage != self._stage or done is not None:
            self._points.clear()
        self._stage = stage
        self._done = self._done if done is None else done
        self._tell(time.monotonic())

    def move(self, size: int) -> None:
        """Count bytes; fewer than none where some have to be fetched again."""
        self._done += size
        now = time.monotonic()
        if size < 0:
            self._points.clear()
        if now - self._told >= _EVERY_S or self._done >= self._total:
            self._tell(now)

    def _tell(self, now: float) -> None:
        self._told = now
        self._points.append((now, self._done))
        while len(self._points) > 2 and now - self._points[1][0] >= _WINDOW_S:
            self._points.popleft()
        begun, before = self._points[0]
        speed = (self._done - before) / (now - begun) if now - begun >= _SHORTEST_S else None
        left = (self._total - self._done) / speed if speed else None
        self._listener(DownloadProgress(self._done, self._total, speed, left, self._stage))
