"""A job that runs: on a worker of its own with a store of its own; what it tells comes in batches."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QObject, Signal

from app.lanes import Batches
from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from app.session.extraction.rows import Held, Looking
    from app.session.extraction.setup import Setup
    from engine.documents import DocumentPool
    from engine.extraction import Progress
    from engine.model.backend import Backend
    from engine.store import Correction, Coverage, Job, Row, RowState, Store

_LOOK_S: Final = 0.2
"""How often a job that waits for the model looks whether it was stopped."""


@dataclass(frozen=True)
class Task:
    """What is to be done of a job: all that is left, or `only` some documents, or some `fields` of all.

    `retry` tries failed documents again.
    """

    only: tuple[str, ...] | None = None
    fields: tuple[str, ...] = ()
    retry: bool = True


@dataclass(frozen=True)
class Begun:
    """The job is known now, the state of each of its documents in order, and of which something is known already."""

    job: Job
    states: Mapping[str, RowState]
    held: Sequence[str]
    corrections: Sequence[Correction]


@dataclass(frozen=True)
class RowEnded:
    """A document has become a row; held as it is where somebody looks at the job."""

    row: Row
    held: Held | None


@dataclass(frozen=True)
class Grown:
    """The answer for a document, as far as it has been written."""

    document: str
    text: str


@dataclass(frozen=True)
class Ended:
    """The run is over: with what became of the documents, or for a reason that no other document could escape.

    A `bug` is to be raised on the Qt thread, where the excepthook shows it.
    """

    coverage: Coverage | None = None
    error: EngineError | None = None
    bug: Exception | None = None


class Run(QObject):
    """One go at a job. `told` brings what has happened, in order, at most 30 times a second; the last is `Ended`.

    `looking` is what its rows are looked at with; None where the job is not shown.
    """

    told = Signal(list)

    def __init__(self, profile: Path, setup: Setup, after: int | None, task: Task, name: str) -> None:
        super().__init__()
        self.setup = setup
        self.after = after
        self.job: Job | None = None
        self.state: Literal["running", "pausing", "stopping"] = "running"
        self.progress: Progress | None = None
        self.looking: Looking | None = None
        self.shown = True
        self._task = task
        self.name = name
        self._profile = profile
        self._pause = threading.Event()
        self._stop = threading.Event()
        self._worker: threading.Thread | None = None
        self._batches = Batches(self)
        self._batches.arrived.connect(self.told)

    @property
    def coverage(self) -> Coverage | None:
        """How far the job is; None before that is known."""
        return self.progress.coverage if self.progress is not None else None

    def is_of(self, job: int) -> bool:
        """Tell whether this is a run of a job."""
        return self.job is not None and self.job.id == job

    def start(self, client: Backend, documents: DocumentPool) -> None:
        """Begin, with what answers, started, and a pool."""
        self._worker = threading.Thread(target=self._work, args=(client, documents), name="extraction", daemon=True)
        self._worker.start()

    def pause(self) -> None:
        """Begin nothing new; end when what is in flight has ended."""
        self.state = "pausing"
        self._pause.set()

    def stop(self) -> None:
        """End at once; what is done is kept."""
        self.state = "stopping"
        self._stop.set()

    def fail(self, error: EngineError) -> None:
        """End before it has begun."""
        self._batches.put(Ended(error=error))

    def join(self, seconds: float) -> None:
        """Wait for the worker to end, not longer than some seconds; what it leaves undone is done by the next run."""
        if self._worker is not None:
            self._worker.join(seconds)

    def _work(self, client: Backend, documents: DocumentPool) -> None:
        from engine.store import Store

        try:
            with Store(self._profile) as store:
                coverage = self._run(store, client, documents)
        except EngineError as error:
            self._batches.put(Ended(error=error))
        except Exception as error:  # noqa: BLE001 -- carried to the Qt thread, not swallowed
            failed = EngineError("Something unexpected happened.", advice="What is done is kept: resume to go on.")
            self._batches.put(Ended(error=failed, bug=error))
        else:
            self._batches.put(Ended(coverage))

    def _run(self, store: Store, client: Backend, documents: DocumentPool) -> Coverage | None:
        from engine.extraction import ExtractionJob

        if not self._wait_for(client):
            return None
        before = store.jobs.get(self.after) if self.after is not None else None
        job = ExtractionJob(self.setup.plan(), store, client, documents, after=before)
        known = {each.id for each in store.jobs.all()}
        begun: list[Job] = []

        def on_progress(progress: Progress) -> None:
            if not begun and job.job is not None:
                begun.append(self._begin(store, job.job, new=job.job.id not in known))
            self._batches.put(progress)

        def on_row(row: Row) -> None:
            self._batches.put(RowEnded(row, self._hold(row)))

        def on_growing(document: str, text: str) -> None:
            if self.looking is not None:
                self._batches.put(Grown(document, text))

        stop, pause, task = self._stop.is_set, self._pause.is_set, self._task
        if task.fields:
            return job.run_fields(task.fields, on_row, on_progress, stop, on_growing=on_growing, should_pause=pause)
        return job.run(
            on_row,
            on_progress,
            stop,
            on_growing=on_growing,
            should_pause=pause,
            retry_failed=task.retry,
            only=task.only,
        )

    def _wait_for(self, client: Backend) -> bool:
        """Wait until the model is there; False where the run was stopped meanwhile, or is to pause."""
        while not self._stop.is_set() and not self._pause.is_set():
            try:
                client.wait_until_ready(_LOOK_S)
            except TimeoutError:
                continue
            return True
        return False

    def _begin(self, store: Store, job: Job, *, new: bool) -> Job:
        """Tell what is known of the job before its first document; a new one gets the name that it was given."""
        if new and self.name:
            store.jobs.rename(job.id, self.name)
            job = replace(job, name=self.name)
        self._batches.put(Begun(job, store.jobs.states(job), store.jobs.held(job), store.jobs.corrections(job)))
        return job

    def _hold(self, row: Row) -> Held | None:
        from app.session.extraction.rows import hold

        looking = self.looking
        return hold(row, looking) if looking is not None else None
