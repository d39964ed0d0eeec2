"""A job over a folder: a few documents in flight, every row on disk before anything else happens."""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import queue
import time
from collections import deque
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.errors import (
    BudgetExceeded,
    ConstraintError,
    DocumentError,
    EngineError,
    InvalidRequest,
    ModelCrashed,
    ModelError,
    PromptTooLong,
    RecordIncomplete,
    SchemaError,
    TokenLimitReached,
)
from engine.extraction.cells import assemble
from engine.extraction.circling import is_circling
from engine.extraction.excerpts import Source
from engine.extraction.long.coverage import describe_unread
from engine.extraction.plan import REPETITION_PENALTY
from engine.extraction.sources import find_sources, name_of
from engine.model.protocol import Failed, Finished, Started, TextDelta, ValueClosed
from engine.store import Coverage, Row

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from engine.documents import Document, DocumentPool
    from engine.extraction.excerpts import Part
    from engine.extraction.plan import ExtractionPlan
    from engine.model.client import ModelClient
    from engine.model.protocol import ModelInfo, Receipt, RequestEvent
    from engine.store import Job, Jobs, RowState, Store

_log = logging.getLogger(__name__)

_TICK_S = 0.1
_PATIENCE_S = 5.0


@dataclass(frozen=True)
class Progress:
    """Where a job stands. `reading` names the documents in flight; `seconds_left` is None at first."""

    coverage: Coverage
    reading: tuple[str, ...]
    seconds_left: float | None


class ExtractionJob:
    """Runs a plan: finds its job in the store or makes it, and does the documents that are not done.

    `run` blocks, so it has an OS thread of its own, and `store` is opened in that thread. `client` is
    started; `lanes` documents are with the model at once, by default as many as it decodes together.
    """

    def __init__(
        self,
        plan: ExtractionPlan,
        store: Store,
        client: ModelClient,
        documents: DocumentPool,
        *,
        lanes: int | None = None,
        again: bool = False,
    ) -> None:
        self._plan = plan
        self._jobs = store.jobs
        self._client = client
        self._documents = documents
        self._lanes = lanes
        self._again = again
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
    ) -> Coverage:
        """Do what is left of the job and return its coverage, complete unless `should_stop` answered True.

        Documents that are done and unchanged on disk stay done; those that failed are tried again. A document
        that cannot be read or answered is a failed row. Raises EngineError where no document could succeed:
        no folder, no model, a schema that cannot be held to, a profile that cannot be written.
        """
        paths = {file.name: file.path for file in find_sources(self._plan.sources)}
        model = self._client.wait_until_ready()
        self._job = self._jobs.open(
            self._plan.to_json(model),
            identity=self._plan.identity(model),
            name=name_of(self._plan.sources),
            again=self._again,
        )
        job = self._job
        with self._jobs.claim(job):
            self._jobs.set_documents(job, list(paths))
            todo = self._find_todo(job, paths)
            _log.info("job %d: %d of %d documents to do", job.id, len(todo), len(paths))
            run = _Run(
                plan=self._plan,
                jobs=self._jobs,
                job=job,
                client=self._client,
                model=model,
                documents=self._documents,
                lanes=self._lanes or model.lanes,
                paths=paths,
                todo=deque((name, paths[name]) for name in todo),
                on_row=on_row or _ignore,
                on_progress=on_progress or _ignore,
            )
            run.work(should_stop or (lambda: False))
            self._jobs.settle(job)
            return self._jobs.coverage(job)

    def _find_todo(self, job: Job, paths: dict[str, Path]) -> list[str]:
        changed = [
            row.document
            for row in self._jobs.rows(job)
            if row.state == "failed"
            or (row.state in {"done", "incomplete"} and _has_changed(paths[row.document], row.sha256))
        ]
        self._jobs.reset(job, changed)
        return [row.document for row in self._jobs.rows(job, "pending")]


@dataclass
class _Attempt:
    """One parsed document on its way to a row, through as many requests as it takes."""

    name: str
    document: Document
    part: Part
    trimmed: int = 0
    begun: float | None = None
    text: str = ""
    circled: bool = False
    crashed: bool = False
    repeated: bool = False
    closed: bool = False
    values: dict[str, ValueClosed] = field(default_factory=dict)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the row has to know."""
        reading = describe_unread(self.document, self.part.excerpts.without(self.trimmed).spans, searched=False)
        repeated = (
            "The first answer repeated itself, ran past its limit or did not pass the checks, so it was written again "
            f"with a repetition penalty of {REPETITION_PENALTY}."
        )
        closed = "The token limit was near, so the record was closed: its last values may be cut short."
        said = (reading, repeated if self.repeated else None, closed if self.closed else None)
        return (*self.document.notes, *filter(None, said))


@dataclass
class _Run:
    """One go at what is left: documents parsed ahead, `lanes` with the model, results through `inbox`."""

    plan: ExtractionPlan
    jobs: Jobs
    job: Job
    client: ModelClient
    model: ModelInfo
    documents: DocumentPool
    lanes: int
    paths: dict[str, Path]
    todo: deque[tuple[str, Path]]
    on_row: Callable[[Row], None]
    on_progress: Callable[[Progress], None]

    inbox: queue.SimpleQueue[Started | TextDelta | ValueClosed | Finished | Failed | str] = field(
        default_factory=queue.SimpleQueue
    )
    parsing: dict[str, Future[Document]] = field(default_factory=dict)
    parsed: deque[_Attempt] = field(default_factory=deque)
    asked: dict[str, _Attempt] = field(default_factory=dict)
    suspects: deque[_Attempt] = field(default_factory=deque)
    finished: int = 0
    begun: float = field(default_factory=time.monotonic)

    def work(self, should_stop: Callable[[], bool]) -> None:
        """Go on until nothing is left or somebody says stop; what was not finished is pending again."""
        self._tell()
        try:
            while (self.todo or self.parsing or self.parsed or self.asked or self.suspects) and not should_stop():
                self._parse_ahead()
                self._ask()
                self._take(timeout=_TICK_S)
        finally:
            self._wind_down()

    def _parse_ahead(self) -> None:
        while self.todo and len(self.parsing) + len(self.parsed) <= self.lanes:
            name, path = self.todo.popleft()
            self.jobs.start(self.job, name)
            future = self.documents.submit(path)
            self.parsing[name] = future
            future.add_done_callback(functools.partial(self._hear_document, name))

    def _ask(self) -> None:
        while self.parsed and not self.suspects and len(self.asked) < self.lanes:
            self._submit(self.parsed.popleft())
        # Whose document brought the host down is not known: each is tried again with nobody beside it.
        if self.suspects and not self.asked:
            self._submit(self.suspects.popleft())

    def _submit(self, attempt: _Attempt) -> None:
        penalty = REPETITION_PENALTY if attempt.repeated else None
        request = self.plan.request(attempt.part, self.model, repetition_penalty=penalty)
        attempt.trimmed, attempt.text, attempt.circled = 0, "", False
        attempt.values.clear()
        attempt.begun = attempt.begun or time.monotonic()
        self.asked[request.id] = attempt
        self.client.submit(request, self._listen)

    def _listen(self, event: RequestEvent) -> None:
        """Pass on what matters here; runs on the client's reader thread."""
        if isinstance(event, Started | TextDelta | ValueClosed | Finished | Failed):
            self.inbox.put(event)

    def _hear_document(self, name: str, _: Future[Document]) -> None:
        """Pass on that a document is there or has failed; runs on the pool's thread."""
        self.inbox.put(name)

    def _take(self, timeout: float) -> None:
        try:
            message = self.inbox.get(timeout=timeout)
        except queue.Empty:
            return
        if isinstance(message, str):
            self._take_document(message)
        elif isinstance(message, Started):
            self.asked[message.id].trimmed = message.trimmed_characters
        elif isinstance(message, TextDelta):
            self._watch(message, self.asked[message.id])
        elif isinstance(message, ValueClosed):
            # One that is withdrawn later is told again, before the answer ends.
            self.asked[message.id].values[message.pointer] = message
        elif isinstance(message, Finished):
            attempt = self.asked.pop(message.id)
            reason = message.receipt.finish_reason
            attempt.closed = reason == "length_closed"
            # Whether a circling answer ended before it could be stopped must not decide the row.
            if attempt.circled or (reason != "stop" and not attempt.repeated):
                self._write_again(attempt)
            elif reason == "constructed":
                self._save(attempt, error=_made_up(), receipt=message.receipt)
            else:
                self._save_answer(attempt, message)
        else:
            self._take_failure(message, self.asked.pop(message.id))

    def _watch(self, delta: TextDelta, attempt: _Attempt) -> None:
        """Stop a first answer that goes in circles; minutes may lie between here and its limit."""
        attempt.text = delta.onto(attempt.text)
        if not attempt.repeated and not attempt.circled and is_circling(attempt.text):
            attempt.circled = True
            self.client.cancel(delta.id)

    def _write_again(self, attempt: _Attempt) -> None:
        attempt.repeated = True
        self._submit(attempt)

    def _take_document(self, name: str) -> None:
        future = self.parsing.pop(name)
        try:
            document = future.result()
        except CancelledError:
            raise  # the pool was closed under a running job: a bug of whoever owns both
        except EngineError as error:
            self._refuse(name, error)
        except Exception:  # noqa: BLE001 - one bad file must not cost the others; it is logged
            _log.exception("job %d: a document could not be parsed", self.job.id)
            self._refuse(name, DocumentError("The file could not be read: its reader failed."))
        else:
            part = self.plan.whole(Source(document), self.model)
            self.parsed.append(_Attempt(name, document, part))

    def _refuse(self, name: str, error: EngineError) -> None:
        """Finish a document that has no text, naming the place as the row does: no path of this machine."""
        path = str(self.paths[name].absolute())
        error.at((error.where or name).replace(path, name))
        self._finish(Row(name, "failed", error=error.to_json()))

    def _take_failure(self, failed: Failed, attempt: _Attempt) -> None:
        error = failed.error.error()
        if isinstance(error, ModelCrashed) and not attempt.crashed:
            attempt.crashed = True
            self.suspects.append(attempt)
        elif attempt.circled or (isinstance(error, TokenLimitReached) and not attempt.repeated):
            self._write_again(attempt)
        elif _concerns_all(failed, error):
            self.parsed.append(attempt)
            raise error
        else:
            self._save(attempt, error=error, receipt=failed.receipt)

    def _save_answer(self, attempt: _Attempt, finished: Finished) -> None:
        """Save what an answer came to, its quotes read."""
        answer = json.loads(finished.text)
        if attempt.part.decode is None:
            self._save(attempt, record=answer, receipt=finished.receipt)
            return
        made = assemble(attempt.part, answer, attempt.values)
        cells = {pointer: cell.to_json(attempt.document) for pointer, cell in made.cells.items()}
        self._save(attempt, record=made.record, cells=cells, error=made.error, receipt=finished.receipt)

    def _save(
        self,
        attempt: _Attempt,
        *,
        record: object = None,
        cells: dict[str, Any] | None = None,
        error: EngineError | None = None,
        receipt: Receipt | None,
    ) -> None:
        self._finish(
            Row(
                document=attempt.name,
                state=_state(error),
                sha256=attempt.document.sha256,
                record=record,
                cells=cells,
                notes=attempt.notes(),
                error=error.to_json() if error else None,
                receipt=receipt.model_dump(mode="json") if receipt else None,
                seconds=time.monotonic() - (attempt.begun or time.monotonic()),
            )
        )

    def _finish(self, row: Row) -> None:
        self.jobs.save(self.job, row)
        self.finished += 1
        self.on_row(row)
        self._tell()

    def _tell(self) -> None:
        coverage = self.jobs.coverage(self.job)
        each = (time.monotonic() - self.begun) / self.finished if self.finished else None
        reading = tuple(attempt.name for attempt in self.asked.values())
        left = None if each is None else each * (coverage.pending + coverage.running)
        self.on_progress(Progress(coverage, reading, left))

    def _wind_down(self) -> None:
        """Cancel what is in flight, keep what finishes meanwhile, and make the rest pending again."""
        for future in self.parsing.values():
            future.cancel()
        for request in list(self.asked):
            self.client.cancel(request)
        patience = time.monotonic() + _PATIENCE_S
        while self.asked and time.monotonic() < patience:
            try:
                message = self.inbox.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            whole = isinstance(message, Finished) and message.receipt.finish_reason == "stop"
            if isinstance(message, Finished) and whole and not self.asked[message.id].circled:
                attempt = self.asked.pop(message.id)
                self._save_answer(attempt, message)
            elif isinstance(message, ValueClosed):
                self.asked[message.id].values[message.pointer] = message
            elif isinstance(message, Finished | Failed):
                self.parsed.append(self.asked.pop(message.id))
        unfinished = [attempt.name for attempt in (*self.asked.values(), *self.parsed, *self.suspects)]
        self.jobs.reset(self.job, [*self.parsing, *unfinished])


def _state(error: EngineError | None) -> RowState:
    if isinstance(error, RecordIncomplete):
        return "incomplete"
    return "failed" if error else "done"


def _made_up() -> EngineError:
    return BudgetExceeded(
        "The model found no values that pass the schema's checks, and none are made up for it.",
        advice="Make the schema simpler, or try a larger model.",
    )


def _concerns_all(failed: Failed, error: EngineError) -> bool:
    """Tell whether every other document would fail the same way: before any token, or with no model."""
    if isinstance(error, ModelError):
        return not isinstance(error, ModelCrashed)
    before = failed.receipt is None
    return before and isinstance(error, ConstraintError | SchemaError | InvalidRequest | PromptTooLong)


def _ignore(_: object) -> None:
    pass


def _has_changed(path: Path, sha256: str | None) -> bool:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() != sha256
    except OSError:
        return False  # what was read before is all there is
