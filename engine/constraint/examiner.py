"""Examining schemas apart from whoever asks: in a process that may be ended, the newest text first."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import threading
import time
from concurrent.futures import CancelledError, Future, InvalidStateError, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from engine.constraint.examine import Examination
from engine.schema.problems import RULES, USUAL, Problem, Settings
from engine.workers.process import Worker, WorkerCrashed, WorkerLate

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 20.0
"""How long examining one text may take, in seconds."""
PATIENCE = 2.0
"""How long a newer text waits for an older one that is being examined; a new process takes about half a second."""
_WORKER = "engine.constraint.examiner_worker"
_RULE = RULES["not-examined"]


@dataclass(eq=False)
class _Request:
    text: str
    settings: Settings
    hear: Callable[[Examination], None] | None
    future: Future[Examination] = field(default_factory=Future)
    begun: float = 0.0


class Examiner:
    """Examines texts one at a time in a worker process, which starts with the first and stays warm.

    A request that waits is given up for a newer one. May be used from any OS thread; `close` it, or use it as a
    context manager.
    """

    def __init__(self, *, seconds: float = SECONDS, patience: float = PATIENCE) -> None:
        self._seconds = seconds
        self._patience = patience
        self._lock = threading.Lock()
        self._worker = Worker(_WORKER)
        self._lane = ThreadPoolExecutor(1, thread_name_prefix="examiner")
        self._waiting: _Request | None = None
        self._running: _Request | None = None
        self._timer: threading.Timer | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(
        self, text: str, settings: Settings = USUAL, hear: Callable[[Examination], None] | None = None
    ) -> Future[Examination]:
        """Examine a text, and give up what waits; a future that is given up is cancelled.

        `hear` is told, on a thread of the examiner, what is known before the schema is planned. Where the time does
        not suffice or the process crashes, the examination says so as a problem.
        """
        request = _Request(text, settings, hear)
        with self._lock:
            if self._closed:
                request.future.cancel()
                return request.future
            superseded, self._waiting = self._waiting, request
            if self._running is None and superseded is None:
                self._lane.submit(self._work)
            elif self._running is not None and self._timer is None:
                left = self._patience - (time.monotonic() - self._running.begun)
                self._timer = threading.Timer(max(left, 0.0), self._give_up, [self._running])
                self._timer.daemon = True
                self._timer.start()
        if superseded is not None:
            superseded.future.cancel()
        return request.future

    def examine(self, text: str, settings: Settings = USUAL) -> Examination:
        """Examine a text and wait for it. Raises CancelledError where a newer one, or the end, came in between."""
        return self.begin(text, settings).result()

    def close(self) -> None:
        """Stop at once; what is not done is cancelled. No process is left."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, None
            self._stop_timer()
            worker = self._worker
            worker.stop()
        if waiting is not None:
            waiting.future.cancel()
        self._lane.shutdown()
        worker.discard()

    def _give_up(self, running: _Request) -> None:
        """End the process, if it is still busy with an old text and a newer one waits."""
        with self._lock:
            if self._running is running and self._waiting is not None and not self._closed:
                self._worker.stop()
                self._worker = Worker(_WORKER)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _work(self) -> None:
        """Examine what waits, until nothing does."""
        while True:
            with self._lock:
                self._stop_timer()
                request, self._waiting = self._waiting, None
                self._running, worker = request, self._worker
                if request is None:
                    return
                request.begun = time.monotonic()
            if not request.future.cancelled():
                self._do(request, worker)
            with self._lock:
                replaced = worker is not self._worker
            if replaced:
                worker.discard()

    def _do(self, request: _Request, worker: Worker) -> None:
        with contextlib.suppress(InvalidStateError):  # whoever asked has cancelled it
            try:
                request.future.set_result(self._ask(request, worker))
            except CancelledError:
                request.future.cancel()
            except Exception as error:  # noqa: BLE001  # a bug of the rules: it belongs to whoever asked
                request.future.set_exception(error)

    def _ask(self, request: _Request, worker: Worker) -> Examination:
        first: list[Examination] = []

        def hear(payload: dict[str, Any]) -> None:
            first.append(Examination.from_json(payload))
            if request.hear is not None:
                request.hear(first[0])

        asked = {"text": request.text, "settings": request.settings.to_json()}
        try:
            answer = worker.ask(json.dumps(asked).encode(), self._seconds, hear)
        except WorkerLate:
            return _unfinished(first, f"in {self._seconds:g} seconds")
        except WorkerCrashed:
            return _unfinished(first, "since the process that tried has crashed")
        if answer is None:
            return _unfinished(first, "in the memory that there is for it")
        return Examination.from_json(answer)


def _unfinished(first: list[Examination], reason: str) -> Examination:
    """Return what is known, with the problem that it is not all; the problem is told whatever the settings are."""
    known = first[0] if first else Examination((), valid=False)
    what = "find out whether the schema can be held to" if first else "examine the schema"
    sentence = f"It was not possible to {what} {reason}."
    problem = Problem(_RULE.name, _RULE.profile, _RULE.severity, "", None, sentence, 0, 0)
    return dataclasses.replace(known, problems=(problem, *known.problems))
