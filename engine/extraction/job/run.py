"""One go at what is left of a job: documents parsed ahead, a few with the model, their events through one inbox.

Everything here runs on the thread that called `work`; the pool and the client only put things into the inbox. Each
document is a reading (`engine.extraction.job.reading`): this module asks its questions, hands it the answers, and saves
the row when it is over, or when its time is.
"""

from __future__ import annotations

import functools
import logging
import queue
import time
from collections import deque
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import (
    ConstraintError,
    DocumentEmpty,
    DocumentError,
    DocumentLate,
    EngineError,
    InvalidRequest,
    ModelCrashed,
    ModelError,
    PromptTooLong,
    SchemaError,
)
from engine.extraction.circling import is_circling
from engine.extraction.excerpts import Source
from engine.extraction.job.changes import hash_file
from engine.extraction.job.parsing import Parsing
from engine.extraction.job.reading import Answer, Outcome, read
from engine.extraction.job.receipts import common_parts
from engine.extraction.job.rows import finished_row, refused_row
from engine.extraction.long import Arranger
from engine.extraction.long.measuring import measure_with
from engine.model.protocol import Failed, Finished, Started, TextDelta, ValueClosed
from engine.store import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

    from engine.documents import Document, DocumentPool
    from engine.extraction.job.progress import Progress, Tally
    from engine.extraction.job.reading import Question, Reading
    from engine.extraction.long import Arrangement
    from engine.extraction.plan import ExtractionPlan
    from engine.extraction.sources import SourceFile
    from engine.model.client import ModelClient
    from engine.model.protocol import ModelInfo, RequestEvent
    from engine.store import Job, Jobs

_log = logging.getLogger(__name__)

_TICK_S = 0.1
_PATIENCE_S = 5.0
_HANG_S = 60.0
"""What the host may take to end a request that was cancelled, before nobody waits for it any more."""
_GROWTH_S = 0.1
"""Least time between two reports of a growing answer."""


@dataclass(frozen=True)
class _Arranged:
    """It is known what is asked of a document."""

    name: str


@dataclass(frozen=True)
class _Arranging:
    """A parsed document of which it is being found out what is asked of it; `seconds` are those of its parsing."""

    todo: Todo
    plan: ExtractionPlan
    arranger: Arranger
    future: Future[tuple[Arrangement, float]]
    seconds: float


_Message = Started | TextDelta | ValueClosed | Finished | Failed | _Arranged | str


@dataclass(frozen=True)
class Callbacks:
    """Whom a run tells what; all are called on its thread."""

    row: Callable[[Row], None]
    progress: Callable[[Progress], None]
    should_stop: Callable[[], bool]
    should_pause: Callable[[], bool]
    growing: Callable[[str, str], None] | None


@dataclass(frozen=True)
class Todo:
    """A document to do; `fields` of its record, or all of it."""

    file: SourceFile
    fields: tuple[str, ...] | None = None


@dataclass
class _Work:
    """A parsed document on its way to a row.

    `question` is what is asked of it, or is to be asked next. `seconds` are those its requests have taken, without the
    one that is running since `since`.
    """

    todo: Todo
    document: Document
    reading: Reading
    question: Question
    answer: Answer
    seconds: float
    parse_seconds: float
    since: float | None = None
    told: float = 0.0
    crashed: bool = False
    late: float | None = None

    @property
    def name(self) -> str:
        return self.todo.file.name

    def elapsed(self) -> float:
        """Return the seconds that its requests have taken until now, those spent waiting for the model left out."""
        return self.seconds + (0.0 if self.since is None else time.monotonic() - self.since)

    def rest(self) -> None:
        """Take note that no request is running."""
        self.seconds, self.since = self.elapsed(), None


@dataclass
class Run:
    """The run's state. `plans` are the whole plan and, made when needed, those of some fields only."""

    plan: ExtractionPlan
    jobs: Jobs
    job: Job
    client: ModelClient
    model: ModelInfo
    documents: DocumentPool
    lanes: int
    todo: deque[Todo]
    tally: Tally
    callbacks: Callbacks

    inbox: queue.SimpleQueue[_Message] = field(default_factory=queue.SimpleQueue)
    parsing: dict[str, Parsing] = field(default_factory=dict)
    parsed: deque[_Work] = field(default_factory=deque)
    asked: dict[str, _Work] = field(default_factory=dict)
    suspects: deque[_Work] = field(default_factory=deque)
    paused: bool = False
    plans: dict[tuple[str, ...], ExtractionPlan] = field(default_factory=dict)
    arranging: dict[str, _Arranging] = field(default_factory=dict)
    arrangers: dict[tuple[str, ...] | None, Arranger] = field(default_factory=dict)
    desk: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "arranging"))

    def work(self) -> None:
        """Go on until nothing is left or somebody says stop; what was not finished is pending again."""
        self._tell()
        try:
            while self._has_work() and not self.callbacks.should_stop():
                self.paused = self.paused or self.callbacks.should_pause()
                if not self.paused:
                    self._parse_ahead()
                    self._ask()
                self._take(timeout=_TICK_S)
                self._watch_the_clock()
        finally:
            self._wind_down()

    def _has_work(self) -> bool:
        if self.paused:
            return bool(self.asked)
        return bool(self.todo or self.parsing or self.arranging or self.parsed or self.asked or self.suspects)

    # Parsing

    def _parse_ahead(self) -> None:
        while self.todo and len(self.parsing) + len(self.arranging) + len(self.parsed) <= self.lanes:
            todo = self.todo.popleft()
            name = todo.file.name
            self.jobs.start(self.job, name)
            self.tally.move("pending", "running")
            parsing = Parsing(todo, self.plan.seconds_per_document)
            self.parsing[name] = parsing
            parsing.future = self.documents.submit(todo.file.path, parsing.hear)
            parsing.future.add_done_callback(functools.partial(self._hear_document, name))

    def _hear_document(self, name: str, _: Future[Document]) -> None:
        """Pass on that a document is there or has failed; runs on the pool's thread."""
        self.inbox.put(name)

    def _take_document(self, name: str) -> None:
        parsing = self.parsing.pop(name, None)
        if parsing is None:
            return  # it was too late
        try:
            document = parsing.result()
        except CancelledError:
            raise  # the pool was closed under a running job: a bug of whoever owns both
        except EngineError as error:
            self._refuse(parsing.todo, error)
        except Exception:  # noqa: BLE001 - one bad file must not cost the others; it is logged
            _log.exception("job %d: a document could not be parsed", self.job.id)
            self._refuse(parsing.todo, DocumentError("The file could not be read: its reader failed."))
        else:
            self._arrange(parsing.todo, document, parsing.seconds())

    # Arranging

    def _arrange(self, todo: Todo, document: Document, seconds: float) -> None:
        """Find out what is asked of a document, beside this thread: a long one is searched first."""
        if todo.fields is not None and document.sha256 != self._before(todo).sha256:
            todo = Todo(todo.file)  # it was changed a moment ago: what its row has of it is of another text
        plan = self._plan_of(todo.fields)
        arranger = self.arrangers.get(todo.fields)
        if arranger is None:
            arranger = self.arrangers[todo.fields] = Arranger(plan, self.model, measure_with(self.client))
        name = todo.file.name
        future = self.desk.submit(_timed, arranger, document)
        self.arranging[name] = _Arranging(todo, plan, arranger, future, seconds)
        future.add_done_callback(lambda _: self.inbox.put(_Arranged(name)))

    def _take_arrangement(self, name: str) -> None:
        begun = self.arranging[name]
        try:
            arrangement, seconds = begun.future.result()
        except EngineError:
            raise  # the host says it of the schema and the instructions: no document could succeed
        except Exception:  # noqa: BLE001 - one odd document must not cost the others; it is logged
            _log.exception("job %d: a document could not be arranged", self.job.id)
            del self.arranging[name]
            self._refuse(begun.todo, DocumentError("The document could not be prepared for the model."))
            return
        del self.arranging[name]
        reading = read(begun.plan, arrangement, begun.arranger, self.model)
        question = next(reading)
        seconds += begun.seconds
        self.parsed.append(_Work(begun.todo, arrangement.document, reading, question, Answer(question), 0.0, seconds))

    def _plan_of(self, fields: tuple[str, ...] | None) -> ExtractionPlan:
        if fields is None:
            return self.plan
        if fields not in self.plans:
            self.plans[fields] = self.plan.of_fields(fields)
        return self.plans[fields]

    def _refuse(self, todo: Todo, error: EngineError) -> None:
        """Finish a document that has no text, naming the place as the row does: no path of this machine."""
        name, path = todo.file.name, todo.file.path
        error.at((error.where or name).replace(str(path.absolute()), name).replace(str(path), name))
        sha256 = hash_file(path) if isinstance(error, DocumentEmpty) else None
        self._finish(refused_row(self._before(todo), error, sha256))

    # Asking

    def _ask(self) -> None:
        while self.parsed and not self.suspects and len(self.asked) < self.lanes:
            self._submit(self.parsed.popleft())
        # Whose document brought the host down is not known: each is tried again with nobody beside it.
        if self.suspects and not self.asked:
            self._submit(self.suspects.popleft())

    def _submit(self, work: _Work) -> None:
        work.answer = Answer(work.question)
        self.asked[work.question.request.id] = work
        self.client.submit(work.question.request, self._listen)

    def _listen(self, event: RequestEvent) -> None:
        """Pass on what matters here; runs on the client's reader thread."""
        if isinstance(event, Started | TextDelta | ValueClosed | Finished | Failed):
            self.inbox.put(event)

    def _take(self, timeout: float) -> None:
        try:
            message = self.inbox.get(timeout=timeout)
        except queue.Empty:
            return
        if isinstance(message, str):
            self._take_document(message)
            return
        if isinstance(message, _Arranged):
            self._take_arrangement(message.name)
            return
        work = self.asked.get(message.id)
        if work is None:
            return  # nobody waits for it any more
        if isinstance(message, Started):
            work.since = time.monotonic()
            work.answer.trimmed = message.trimmed_characters
        elif isinstance(message, TextDelta):
            self._grow(message, work)
        elif isinstance(message, ValueClosed):
            # One that is withdrawn later is told again, before the answer ends.
            work.answer.values[message.pointer] = message
        else:
            self._take_end(message, self.asked.pop(message.id))

    def _grow(self, delta: TextDelta, work: _Work) -> None:
        """Take in a piece of an answer. A watched one is stopped in circles: minutes may lie before its limit."""
        answer = work.answer
        answer.text = delta.onto(answer.text)
        if answer.question.watched and not answer.circled and is_circling(answer.text):
            answer.circled = True
            self.client.cancel(delta.id)
        now = time.monotonic()
        if self.callbacks.growing is not None and now - work.told >= _GROWTH_S:
            work.told = now
            self.callbacks.growing(work.name, answer.text)

    def _take_end(self, end: Finished | Failed, work: _Work) -> None:
        work.rest()
        answer = work.answer
        answer.receipt = end.receipt
        if end.receipt is not None and end.receipt.model.sha256 != self.model.sha256:
            self.parsed.append(work)
            raise ModelError(
                "The model was changed while the extraction ran.",
                advice="Run it again: with another model it is another extraction.",
            )
        if isinstance(end, Finished):
            answer.text = end.text
        else:
            answer.error = end.error.error()
            if isinstance(answer.error, ModelCrashed) and not work.crashed:
                work.crashed = True
                self.suspects.append(work)
                return
            if work.late is not None and not answer.circled:
                self._finish_late(work)
                return
            if _concerns_all(end, answer.error) and not answer.circled:
                self.parsed.append(work)
                raise answer.error
        self._go_on(work)

    def _go_on(self, work: _Work) -> None:
        """Hand a reading its answer: it has another question, or is over."""
        outcome = self._answer(work)
        if outcome is not None:
            self._save(work, outcome)
        elif work.late is not None:
            self._finish_late(work)
        else:
            self._submit(work)

    def _answer(self, work: _Work) -> Outcome | None:
        try:
            work.question = work.reading.send(work.answer)
        except StopIteration as over:
            outcome: Outcome = over.value
            return outcome
        return None

    # Time

    def _watch_the_clock(self) -> None:
        """End what takes too long: a document that is parsed is given up, an answer cancelled."""
        limit = self.plan.seconds_per_document
        for name, parsing in list(self.parsing.items()):
            if parsing.is_late():
                del self.parsing[name]
                parsing.give_up()
                self._refuse(parsing.todo, _late(limit, "read"))
        now = time.monotonic()
        for request, work in list(self.asked.items()):
            if work.late is None and limit is not None and work.parse_seconds + work.elapsed() > limit:
                work.late = now
                self.client.cancel(request)
            elif work.late is not None and now - work.late > _HANG_S:
                _log.error("job %d: the host does not end a request that was cancelled", self.job.id)
                del self.asked[request]
                self._finish_late(work)

    def _finish_late(self, work: _Work) -> None:
        """Tell a reading that its time is over: it ends with what it has, if that is enough for a row."""
        error = _late(self.plan.seconds_per_document, "answered").at(work.name)
        outcome = None
        while outcome is None:
            receipt = work.answer.receipt if work.answer.question is work.question else None
            work.answer = Answer(work.question, error=error, receipt=receipt)
            outcome = self._answer(work)
        self._save(work, outcome)

    # Rows

    def _save(self, work: _Work, outcome: Outcome) -> None:
        fields = work.todo.fields
        row = finished_row(self.plan, work.document, outcome, work.elapsed(), self._before(work.todo), fields)
        self._finish(row)

    def _before(self, todo: Todo) -> Row:
        """Return what the row of a document holds until now: something only where some fields alone are asked."""
        found = self.jobs.some(self.job, [todo.file.name]) if todo.fields is not None else []
        return found[0] if found else Row(todo.file.name, "running")

    def _finish(self, row: Row) -> None:
        self.jobs.save(self.job, row, common=common_parts(row.receipt))
        self.tally.move("running", row.state)
        self.tally.end()
        self.callbacks.row(row)
        self._tell()

    def _tell(self) -> None:
        self.callbacks.progress(self.tally.progress(work.name for work in self.asked.values()))

    def _wind_down(self) -> None:
        """Cancel what is in flight, keep what finishes meanwhile, and make the rest pending again."""
        for parsing in self.parsing.values():
            parsing.give_up()
        self.desk.shutdown(wait=False, cancel_futures=True)
        for request in list(self.asked):
            self.client.cancel(request)
        unfinished: list[_Work] = []
        patience = time.monotonic() + _PATIENCE_S
        while self.asked and time.monotonic() < patience:
            try:
                message = self.inbox.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            work = None if isinstance(message, str | _Arranged) else self.asked.get(message.id)
            if work is None:
                continue
            if isinstance(message, ValueClosed):
                work.answer.values[message.pointer] = message
            elif isinstance(message, Finished | Failed):
                del self.asked[message.id]
                if not isinstance(message, Finished) or not self._save_whole(message, work):
                    unfinished.append(work)
        left = [*self.asked.values(), *self.parsed, *self.suspects, *unfinished]
        before = [*(each.todo for each in self.parsing.values()), *(each.todo for each in self.arranging.values())]
        self._put_back([*before, *(work.todo for work in left)])

    def _save_whole(self, finished: Finished, work: _Work) -> bool:
        """Keep what an answer came to that ended while the run did; tell whether that was the reading's last one."""
        if finished.receipt.model.sha256 != self.model.sha256:
            return False
        work.rest()
        work.answer.text, work.answer.receipt = finished.text, finished.receipt
        outcome = self._answer(work)
        if outcome is not None:
            self._save(work, outcome)
        return outcome is not None

    def _put_back(self, unfinished: Sequence[Todo]) -> None:
        """Make documents pending again; what they had of other fields stays."""
        self.jobs.reset(self.job, [todo.file.name for todo in unfinished if todo.fields is None])
        for todo in unfinished:
            if todo.fields is not None:
                self.jobs.ask_for(self.job, [todo.file.name], todo.fields)


def _timed(arranger: Arranger, document: Document) -> tuple[Arrangement, float]:
    """Arrange a document; return also the seconds that it took."""
    begun = time.monotonic()
    arrangement = arranger.arrange(Source(document))
    return arrangement, time.monotonic() - begun


def _late(limit: float | None, what: str) -> DocumentLate:
    return DocumentLate(
        f"The document was not {what} within {limit:g} seconds.",
        advice="Allow more time for each document, or split it.",
    )


def _concerns_all(failed: Failed, error: EngineError) -> bool:
    """Tell whether every other document would fail the same way: before any token, or with no model."""
    if isinstance(error, ModelError):
        return not isinstance(error, ModelCrashed)
    before = failed.receipt is None
    return before and isinstance(error, ConstraintError | SchemaError | InvalidRequest | PromptTooLong)
