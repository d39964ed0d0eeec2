"""The collector of reference cycles, kept on the Qt thread.

Views and models stand in cycles. Python's collector runs on whichever thread allocates next, and a view that is
destroyed on a worker, in the middle of an import for example, ends the process.
"""

from __future__ import annotations

import gc
import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from types import TracebackType

_LOOK_MS: Final = 500
_SHARE: Final = 0.01
"""Of the time, at most so much is spent on looking through everything."""
_LEAST_S: Final = 20.0


class Collecting(QObject):
    """Collects on the thread that it was made on, a little twice a second, everything now and then; until `close`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._thresholds = gc.get_threshold()
        self._rest_until = time.monotonic() + _LEAST_S
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def __enter__(self) -> Collecting:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def collect(self) -> None:
        """Collect the generations that are due."""
        young, middle, old = gc.get_count()
        now = time.monotonic()
        if old > self._thresholds[2] and now >= self._rest_until:
            gc.collect()
            took = time.monotonic() - now
            self._rest_until = now + max(_LEAST_S, took / _SHARE)
        elif middle > self._thresholds[1]:
            gc.collect(1)
        elif young > self._thresholds[0]:
            gc.collect(0)

    def close(self) -> None:
        """Let Python collect by itself again."""
        self._timer.stop()
        gc.enable()
