"""A plan and its job in the store: what of it is to do, and doing it."""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from typing import TYPE_CHECKING

from engine.documents import container_of
from engine.errors import InvalidRequest
from engine.extraction.fields import fields_of
from engine.extraction.job.changes import Fingerprints
from engine.extraction.job.preparing import Todo
from engine.extraction.job.progress import Tally
from engine.extraction.job.run import Callbacks, Run
from engine.extraction.job.takeover import take_over
from engine.extraction.sources import find_sources, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from engine.documents import DocumentPool
    from engine.extraction.job.progress import Progress
    from engine.extraction.plan import ExtractionPlan
    from engine.extraction.sources import SourceFile
    from engine.model.backend import Backend
    from engine.model.protocol import ModelInfo
    from engine.store import Coverage, Job, Row, RowState, Store

_log = logging.getLogger(__name__)

_READ: tuple[RowState, ...] = ("done", "incomplete", "empty")


class ExtractionJob:
    """Runs a plan: finds its job in the store or makes it, and does the documents that are not done.

    `run` and `run_fields` block, so they have an OS thread of their own, and `store` is opened in that thread. `client`
    is started; `lanes` documents are with the model at once, by default as many as it decodes together. With `again`
    there is a new job that does all of them. Where `after` is a job of this very plan and model, or nothing of it has
    been read, that one goes on; else the new job takes over from it what still holds of the same documents: the
    top-level fields that both plans ask for in the same way, and what a person said of them.
    """

    def __init__(
        self,
        plan: ExtractionPlan,
        store: Store,
        client: Backend,
        documents: DocumentPool,
        *,
        lanes: int | None = None,
        again: bool = False,
        after: Job | None = None,
    ) -> None:
        self._plan = plan
        self._jobs = store.jobs
        self._client = client
        self._documents = documents
        self._lanes = lanes
        self._again = again
        self._after = after
        self._job: Job | None = None

    @property
    def job(self) -> Job | None:
        """The job in the store; None before `run` has found or made it, which is before it first tells its progress."""
        return self._job

    def rows(self) -> list[Row]:
        """Return the rows in document order; empty before `run` has found the job."""
        return self._jobs.rows(self._job) if self._job else []

    def run(
        self,
        on_row: Callable[[Row], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
        *,
        on_growing: Callable[[str, str], None] | None = None,
        should_pause: Callable[[], bool] | None = None,
        retry_failed: bool = True,
        only: Sequence[str] | None = None,
    ) -> Coverage:
        """Do what is left of the job and return its coverage, complete unless stopped or paused.

        Documents that are done and unchanged on disk stay done; those that failed are tried again, unless
        `retry_failed` is off. `only` names documents that are done anew, and no others are. A document that cannot be
        read or answered is a failed row, one without text an empty one.

        `should_stop` ends the run at once: what is in flight is pending again. `should_pause` lets it end first.
        `on_growing` is told a document's name and its answer so far, at most ten times a second.

        Raises EngineError where no document could succeed: no folder, no model, a schema that cannot be held to, a
        profile that cannot be written, or a job that is running elsewhere.
        """
        with self._claimed() as (job, files, model):
            fingerprints = Fingerprints(self._documents)
            if (before := self._before(job)) is not None:
                take_over(self._jobs, job, before, files, fingerprints)
            self._begin_anew(job, files, fingerprints, retry_failed=retry_failed, only=only)
            named = None if only is None else set(only)
            todo = [each for each in self._pending(job, files) if named is None or each.file.name in named]
            callbacks = _callbacks(on_row, on_progress, should_stop, should_pause, on_growing)
            return self._work(job, model, todo, callbacks)

    def run_fields(
        self,
        fields: Sequence[str],
        on_row: Callable[[Row], None] | None = None,
        on_progress: Callable[[Progress], None] | None = None,
        should_stop: Callable[[], bool] | None = None,
        *,
        on_growing: Callable[[str, str], None] | None = None,
        should_pause: Callable[[], bool] | None = None,
    ) -> Coverage:
        """Read some top-level fields anew, of every document that has a record; the rest of each row stays.

        What a person said of cells stays too. Where the schema ties its fields together, all of them are read. What
        was not finished is pending with these fields, and goes on with `run`. Raises EngineError as `run` does, and
        InvalidRequest where the schema has no such field.
        """
        known = fields_of(self._plan.schema_text)
        unknown = [name for name in fields if known is not None and name not in known]
        if unknown:
            raise InvalidRequest(f"The schema has no field {', '.join(unknown)}.", advice="Choose one of its columns.")
        with self._claimed() as (job, files, model):
            asked = [row.document for piece in self._jobs.pieces(job, "done", "incomplete") for row in piece]
            if known is None:
                self._jobs.reset(job, asked)
            else:
                self._jobs.ask_for(job, asked, fields)
            named = set(asked)
            todo = [each for each in self._pending(job, files) if each.file.name in named]
            callbacks = _callbacks(on_row, on_progress, should_stop, should_pause, on_growing)
            return self._work(job, model, todo, callbacks)

    @contextlib.contextmanager
    def _claimed(self) -> Iterator[tuple[Job, list[SourceFile], ModelInfo]]:
        files = find_sources(self._plan.sources)
        model = self._client.wait_until_ready()
        job = self._job = self._open(model)
        with self._jobs.claim(job):
            self._jobs.set_documents(job, [file.name for file in files])
            yield job, files, model

    def _open(self, model: ModelInfo) -> Job:
        identity = self._plan.identity(model)
        if self._after is not None and self._after.identity == identity and not self._again:
            return self._after
        plan = self._plan.to_json(model)
        if self._after is not None and not self._again:
            before = self._after.plan.get("after")
            same = plan if before is None else plan | {"after": before}
            if (job := self._jobs.plan_anew(self._after, same, identity=identity)) is not None:
                return job
            plan |= {"after": self._after.id}
        return self._jobs.open(plan, identity=identity, name=name_of(self._plan.sources), again=self._again)

    def _before(self, job: Job) -> Job | None:
        """Return the job that this one takes over from; a run that was killed may have left some of that to do."""
        if self._again:
            return None
        if self._after is not None and self._after.id != job.id:
            return self._after
        number = job.plan.get("after")
        return None if number is None else self._jobs.get(number)

    def _work(self, job: Job, model: ModelInfo, todo: Sequence[Todo], callbacks: Callbacks) -> Coverage:
        coverage = self._jobs.coverage(job)
        _log.info("job %d: %d of %d documents to do", job.id, len(todo), coverage.total)
        self._jobs.settle(job)
        run = Run(
            plan=self._plan,
            jobs=self._jobs,
            job=job,
            client=self._client,
            model=model,
            documents=self._documents,
            lanes=self._lanes or model.lanes,
            todo=deque(todo),
            tally=Tally(coverage, len(todo)),
            callbacks=callbacks,
        )
        try:
            run.work()
        finally:
            self._jobs.settle(job)
        return self._jobs.coverage(job)

    def _begin_anew(
        self,
        job: Job,
        files: Sequence[SourceFile],
        fingerprints: Fingerprints,
        *,
        retry_failed: bool,
        only: Sequence[str] | None,
    ) -> None:
        """Make pending what is to be done again: what is named, what failed, what is no longer what was read."""
        paths = {file.name: file.path for file in files}
        if only is not None:
            self._jobs.reset(job, [name for name in only if name in paths])
            return
        containers = {container for path in paths.values() if (container := container_of(path)) is not None}
        known: dict[Path, str | None] = {}
        anew: list[str] = []
        for piece in self._jobs.pieces(job):
            for row in piece:
                path = paths[row.document]
                if path in containers:
                    known[path] = row.sha256
                if row.state == "failed" and retry_failed and row.fields is not None and row.record is not None:
                    self._jobs.ask_for(job, [row.document], row.fields)
                elif row.state == "failed":
                    anew += [row.document] if retry_failed else []
                elif row.sha256 is not None and fingerprints.has_changed(path, row.sha256, known):
                    anew.append(row.document)
        self._jobs.reset(job, anew)

    def _pending(self, job: Job, files: Sequence[SourceFile]) -> list[Todo]:
        by_name = {file.name: file for file in files}
        return [
            Todo(by_name[row.document], None if row.record is None else row.fields, row.sha256)
            for piece in self._jobs.pieces(job, "pending")
            for row in piece
        ]


def _callbacks(
    on_row: Callable[[Row], None] | None,
    on_progress: Callable[[Progress], None] | None,
    should_stop: Callable[[], bool] | None,
    should_pause: Callable[[], bool] | None,
    on_growing: Callable[[str, str], None] | None,
) -> Callbacks:
    return Callbacks(
        on_row or _ignore, on_progress or _ignore, should_stop or _never, should_pause or _never, on_growing
    )


def _ignore(_: object) -> None:
    pass


def _never() -> bool:
    return False
