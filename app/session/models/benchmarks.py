"""Benchmarks of models: one runs at a time, and what came of the earlier ones is kept."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.lanes import Batches
from app.model_choice import LOCAL, endpoint_of
from engine.errors import Cancelled, EngineError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from engine.model.backend import Backend
    from engine.model.benchmark import Benchmark
    from engine.model.protocol import ModelInfo
    from engine.store.models import KeptBenchmark

SECONDS: Final = 20.0
"""What a benchmark takes."""
_LOOK_S: Final = 0.2
_JOIN_S: Final = 1.0


@dataclass(frozen=True)
class BenchmarkRun:
    """A benchmark that runs: of which model (`app.model_choice`), how far it is (0..1), and what is known so far."""

    model: str
    share: float = 0.0
    figures: Benchmark | None = None


@dataclass(frozen=True)
class _Ended:
    info: ModelInfo | None = None
    figures: Benchmark | None = None
    error: EngineError | None = None
    bug: Exception | None = None


class Benchmarks(QObject):
    """The benchmark that runs, and the history.

    `changed` tells that the one that runs is further, or that none does any more; `kept` of a new one in the history of
    a subject: the SHA-256 of a model's file, or the id of an endpoint.
    """

    changed = Signal()
    kept = Signal(str)
    failed = Signal(object)

    def __init__(self, bridge: Bridge, busy: Callable[[], str], seconds: float = SECONDS) -> None:
        """Take the workers; `busy` says in one sentence what the model is doing, and nothing where it is idle."""
        super().__init__()
        self.running: BenchmarkRun | None = None
        self._bridge = bridge
        self._busy = busy
        self._seconds = seconds
        self._stop = threading.Event()
        self._worker: threading.Thread | None = None
        self._told = Batches(self)
        self._told.arrived.connect(self._take)

    def run(self, model: str = LOCAL) -> None:
        """Measure a model for some twenty seconds; refused while it does something else."""
        if self.running is not None:
            return
        busy = self._busy()
        if busy:
            self.failed.emit(InvalidRequest(busy, advice="Wait until that has ended: both would be slower."))
            return
        self.running = BenchmarkRun(model)
        self._stop = threading.Event()
        self._bridge.lend_model(self._begin, lambda error: self._end(_Ended(error=error)), model)
        self.changed.emit()

    def stop(self) -> None:
        """End the benchmark; nothing is kept of it."""
        self._stop.set()

    def give_way(self) -> None:
        """End a benchmark where the model has something else to do now: neither figure would be right."""
        busy = self._busy()
        if self.running is not None and busy and not self._stop.is_set():
            self._stop.set()
            told = f"The benchmark was stopped: {busy[:1].lower()}{busy[1:]}"
            self.failed.emit(InvalidRequest(told, advice="Run it again when that has ended."))

    def history(self, subject: str, done: Callable[[list[KeptBenchmark]], None]) -> None:
        """Read the benchmarks of a subject, newest first."""
        self._bridge.ask_store(lambda store: store.models.benchmarks(subject), lambda found: done(found or []))

    def _begin(self, backend: Backend, pid: int | None) -> None:
        self._worker = threading.Thread(
            target=self._work, args=(backend, pid, self._stop), name="benchmark", daemon=True
        )
        self._worker.start()

    def _work(self, backend: Backend, pid: int | None, stop: threading.Event) -> None:
        try:
            ended = self._measure(backend, pid, stop)
        except EngineError as error:
            ended = _Ended(error=error)
        except Exception as error:  # noqa: BLE001 -- carried to the Qt thread, not swallowed
            ended = _Ended(error=EngineError("Something unexpected happened.", advice="Try again."), bug=error)
        self._told.put(ended)

    def _measure(self, backend: Backend, pid: int | None, stop: threading.Event) -> _Ended:
        from engine.model.benchmark import run_benchmark

        def tell(figures: Benchmark, share: float) -> None:
            self._told.put((figures, share))

        while not stop.is_set():
            try:
                info = backend.wait_until_ready(_LOOK_S)
            except TimeoutError:
                continue
            return _Ended(info, run_benchmark(backend, info, tell, stop.is_set, pid=pid, seconds=self._seconds))
        return _Ended()

    def _take(self, batch: list[_Ended | tuple[Benchmark, float]]) -> None:
        last = batch[-1]
        if isinstance(last, _Ended):
            self._end(last)
        elif self.running is not None:
            figures, share = last
            self.running = replace(self.running, figures=figures, share=share)
            self.changed.emit()

    def _end(self, ended: _Ended) -> None:
        run, self.running = self.running, None
        self.changed.emit()
        if run is not None and ended.figures is not None and ended.info is not None and not self._stop.is_set():
            subject, name, figures = endpoint_of(run.model) or ended.info.sha256, ended.info.name, asdict(ended.figures)
            self._bridge.ask_store(
                lambda store: store.models.add_benchmark(subject, name, figures), lambda _: self.kept.emit(subject)
            )
        elif ended.error is not None and not isinstance(ended.error, Cancelled):
            self.failed.emit(ended.error)
        if ended.bug is not None:
            raise ended.bug

    def close(self) -> None:
        """Stop what runs."""
        self._stop.set()
        if self._worker is not None:
            self._worker.join(_JOIN_S)
