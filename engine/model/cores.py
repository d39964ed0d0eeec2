"""How many threads a decode gets: as many as there are cores free for them, seen anew a few times a second.

The threads of a decode wait for each other hundreds of times, and they wait spinning. Where another program holds
the core of one of them, the others spin until it comes back: on two cores beside one busy program two threads take
ten times as long for a token as they do alone, a single thread hardly longer than alone.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, NamedTuple

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable

_INTERVAL_S = 0.25
_WORTH_HAVING = 0.6
"""A core that is free for this part of the time is still worth a thread."""


class Usage(NamedTuple):
    """Seconds so far: on the clock, of processor time that this process had, and that nobody wanted."""

    clock: float
    own: float
    idle: float


def measure_usage() -> Usage:
    """Return the usage of this machine's cores as of now; idle time is summed over the cores."""
    times = psutil.cpu_times()
    return Usage(time.monotonic(), time.process_time(), times.idle + getattr(times, "iowait", 0.0))


class Cores:
    """Keeps count of the cores that are this process's own or nobody's, out of `most`."""

    def __init__(self, most: int, measure: Callable[[], Usage] = measure_usage) -> None:
        self._most = most
        self._measure = measure
        self._before = measure()
        self._threads = most

    @property
    def most(self) -> int:
        """How many threads there are on a machine that has nothing else to do."""
        return self._most

    def threads(self) -> int:
        """Return how many threads the next decode should have, from 1 to `most`."""
        now, before = self._measure(), self._before
        seconds = now.clock - before.clock
        if seconds >= _INTERVAL_S:
            free = (now.own - before.own + now.idle - before.idle) / seconds
            self._threads = min(max(math.floor(free + 1 - _WORTH_HAVING), 1), self._most)
            self._before = now
        return self._threads
