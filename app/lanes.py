"""How what workers have done comes to the Qt thread: results of jobs one by one, streams of events in batches.

Everything slow runs on a lane: one worker thread that takes its jobs in order and brings results back to the Qt
thread. Who tells much from a thread of its own is gathered and handed over in batches, at most one in `FRAME_MS`, so
that a quick model cannot flood the window.
"""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

FRAME_MS = 33
T = TypeVar("T")


class Lane(QObject):
    """One worker thread, its jobs done in order; what they return or raise comes back on the Qt thread.

    An `EngineError` goes to the job's `failed`, or to the lane's own `failed` signal. Anything else is a bug: the job
    has failed, and it is raised again on the Qt thread, where the excepthook shows it. In a lane that is closed it is
    none: what the job was waiting for has ended before it.
    """

    failed = Signal(object)
    _returned = Signal(object)

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._is_closed = False
        self._worker = threading.Thread(target=self._work, name=name, daemon=True)
        self._returned.connect(_call, Qt.ConnectionType.QueuedConnection)
        self._worker.start()

    def submit(
        self,
        job: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[EngineError], None] | None = None,
    ) -> None:
        """Do `job` on the lane, then `done` or `failed` on the Qt thread."""

        def run() -> None:
            try:
                result = job()
            except EngineError as error:
                reason = error
                self._returned.emit(lambda: failed(reason) if failed else self.failed.emit(reason))
            except Exception as error:  # noqa: BLE001 -- carried to the Qt thread, not swallowed
                bug = error
                self._returned.emit(lambda: None if self._is_closed else _raise(bug, failed))
            else:
                if done is not None:
                    self._returned.emit(lambda: None if self._is_closed else done(result))

        self._jobs.put(run)

    def close(self, seconds: float = 5.0) -> None:
        """Finish what was submitted, then end; nobody is there any more for results that come after this."""
        self._is_closed = True
        self._jobs.put(None)
        self._worker.join(seconds)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _call(back: Callable[[], None]) -> None:
    back()


def _raise(bug: Exception, failed: Callable[[EngineError], None] | None) -> None:
    if failed is not None:
        failed(EngineError("Something unexpected happened.", advice="Try again; the details can be copied."))
    raise bug


class Batches(QObject):
    """Hands things put in from any thread to the Qt thread, in order, at most one batch a frame."""

    arrived = Signal(list)
    _woken = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: list[Any] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._hand_over)
        self._woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    def put(self, thing: Any) -> None:
        """Add one thing; callable from any thread."""
        with self._lock:
            self._waiting.append(thing)
            first = len(self._waiting) == 1
        if first:
            self._woken.emit()

    def _wake(self) -> None:
        since = (time.monotonic() - self._last) * 1000
        self._timer.start(max(0, round(FRAME_MS - since)))

    def _hand_over(self) -> None:
        self._last = time.monotonic()
        with self._lock:
            batch, self._waiting = self._waiting, []
        if batch:
            self.arrived.emit(batch)
