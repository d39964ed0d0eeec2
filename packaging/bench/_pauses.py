"""Moments at which nothing ran: a laptop's lid, a virtual machine set aside by its host, stopped processes.

Such a pause is nobody's slowness and can last minutes. A process that does nothing but report the time ten times a
second notices it: where it is silent for more than a second, no program ran. Pauses are never taken out in silence.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from typing import Self

_SECONDS = 1.0
_BEAT_S = 0.1
_BEATS = f"import time\nwhile True:\n print(time.monotonic(), flush=True)\n time.sleep({_BEAT_S})"


class Pauses:
    """Watches while its block runs."""

    def __init__(self) -> None:
        self._found: list[tuple[float, float]] = []
        self._last = time.monotonic()
        self._news = threading.Condition()

    def __enter__(self) -> Self:
        self._watch = subprocess.Popen([sys.executable, "-c", _BEATS], stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.kill()
        self._watch.wait()

    def lost(self, start: float, end: float | None = None) -> float:
        """Return the seconds between two monotonic times (the second is now by default) that were a pause."""
        until = time.monotonic() if end is None else end
        with self._news:
            self._news.wait_for(lambda: self._last >= until, timeout=10 * _SECONDS)
            return sum(max(0.0, min(until, after) - max(start, before)) for before, after in self._found)

    def describe(self) -> str:
        """Say how often the machine stood still, and for how long."""
        if not self._found:
            return "The machine did not pause."
        seconds = sum(after - before for before, after in self._found)
        return f"The machine paused {len(self._found)} times, {seconds:.0f} s in all: what it met was left out."

    @property
    def count(self) -> int:
        """How many pauses there were."""
        return len(self._found)

    def _listen(self) -> None:
        assert self._watch.stdout is not None
        for line in self._watch.stdout:
            beat = float(line)
            with self._news:
                if beat - self._last > _SECONDS:
                    self._found.append((self._last, beat))
                self._last = beat
                self._news.notify_all()
