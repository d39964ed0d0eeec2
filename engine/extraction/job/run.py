"""One go at what is left of a job: documents prepared ahead, a few with the model, their events through one inbox.

Everything here runs on the thread that called `work`; others only put things into the inbox. Each document is a
reading (`engine.extraction.job.reading`): this module asks its questions, hands it the answers, and saves the row when
it is over, or when its time is.
"""

from __future__ import annotations

import logging
import queue
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.errors import (
    ConstraintError,
    DocumentEmpty,
    EngineError,
    InvalidRequest,
    ModelCrashed,
    ModelError,
    NetworkOff,
    PromptTooLong,
    SchemaError,
    SecretsUnavailable,
)
from engine.extraction.circling import is_circling
from engine.extraction.job.changes import hash_file
from engine.extraction.job.preparing import Preparation, Refusal, Todo, Work, late
from engine.extraction.job.reading import Answer, Outcome
from engine.extraction.job.receipts import common_parts
from engine.extraction.job.rows import finished_row, refused_row
from engine.extraction.job.silence import MOST_TRIES, Silence
from engine.model.protocol import Failed, Finished, Started, TextDelta, ValueClosed
from engine.store import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.documents import DocumentPool
    from engine.extraction.job.progress import Progress, Tally
    from engine.extraction.plan import ExtractionPlan
    from engine.model.backend import Backend
    from engine.model.protocol import ModelInfo, RequestEvent
    from engine.store import Job, Jobs

_log = logging.getLogger(__name__)

_TICK_S = 0.1
_PATIENCE_S = 5.0
_HANG_S = 60.0
"""What the host may take to end a request that was cancelled, before nobody waits for it any more."""
_GROWTH_S = 0.1
"""Least time between two reports of a growing answer."""


_Message = Started | TextDelta | ValueClosed | Finished | Failed | str
"""An event of a request, or the name of a document that got further in its preparation."""


@dataclass(frozen=True)
class Callbacks:
    """Whom a run tells what; all are called on its thread."""

    row: Callable[[Row], None]
    progress: Callable[[Progress], None]
    should_stop: Callable[[], bool]
    should_pause: Callable[[], bool]
    growing: Callable[[str, str], None] | None


@dataclass
class Run:
    """The run's state: what is to do, what waits for the model, what is with it, and what may have crashed it."""

    plan: ExtractionPlan
    jobs: Jobs
    job: Job
    client: Backend
    model: ModelInfo
    documents: DocumentPool
    lanes: int
    todo: deque[Todo]
    tally: Tally
    callbacks: Callbacks

    inbox: queue.SimpleQueue[_Message] = field(default_factory=queue.SimpleQueue)
    waiting: deque[Work] = field(default_factory=deque)
    asked: dict[str, Work] = field(default_factory=dict)
    suspects: deque[Work] = field(default_factory=deque)
    paused: bool = False

    def __post_init__(self) -> None:
        self.silence = Silence(self.model, self.lanes)
        self.ahead = Preparation(self.plan, self.model, self.client, self.documents, self.inbox.put)

    def work(self) -> None:
        """Go on until nothing is left or somebody says stop; what was not finished is pending again."""
        self._tell()
        try:
            while self._has_work() and not self.callbacks.should_stop():
                self.paused = self.paused or self.callbacks.should_pause()
                if not self.paused:
                    self._prepare()
                    self._ask()
                self._take(timeout=_TICK_S)
                self._watch_the_clock()
        finally:
            self._wind_down()

    def _has_work(self) -> bool:
        if self.paused:
            return bool(self.asked)
        return bool(self.todo or self.ahead or self.waiting or self.asked or self.suspects)

    # Preparing

    def _prepare(self) -> None:
        while self.todo and len(self.ahead) + len(self.waiting) <= self.lanes:
            todo = self.todo.popleft()
            self.jobs.start(self.job, todo.file.name)
            self.tally.move("pending", "running")
            self.ahead.begin(todo)

    def _take_prepared(self, name: str) -> None:
        prepared = self.ahead.take(name)
        if isinstance(prepared, Refusal):
            self._refuse(prepared)
        elif prepared is not None:
            self.waiting.append(prepared)

    def _refuse(self, refusal: Refusal) -> None:
        """Finish a document that has no text, naming the place as the row does: no path of this machine."""
        todo, error = refusal.todo, refusal.error
        name, path = todo.file.name, todo.file.path
        error.at((error.where or name).replace(str(path.absolute()), name).replace(str(path), name))
        sha256 = hash_file(path) if isinstance(error, DocumentEmpty) else None
        self._finish(refused_row(self._before(todo), error, sha256))

    # Asking

    def _ask(self) -> None:
        while self.waiting and not self.suspects and len(self.asked) < self.lanes:
            self._submit(self.waiting.popleft())
        # Whose document brought the host down is not known: each is tried again with nobody beside it.
        if self.suspects and not self.asked:
            self._submit(self.suspects.popleft())

    def _submit(self, work: Work) -> None:
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
            self._take_prepared(message)
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

    def _grow(self, delta: TextDelta, work: Work) -> None:
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

    def _take_end(self, end: Finished | Failed, work: Work) -> None:
        work.rest()
        answer = work.answer
        answer.receipt = end.receipt
        if end.receipt is not None and end.receipt.model.identity != self.model.identity:
            self.waiting.append(work)
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
            # A server that says nothing until the document's time is over may say nothing to any other.
            silent = work.late is not None and self.model.endpoint is not None and not answer.text
            if not answer.circled and (silent or self.silence.is_one(answer.error)):
                self._take_unanswered(work, answer.error)
                return
            if work.late is not None and not answer.circled:
                self._finish_late(work)
                return
            if _concerns_all(end, answer.error) and not answer.circled:
                self.waiting.append(work)
                raise answer.error
        self.silence.is_broken()
        self._go_on(work)

    def _take_unanswered(self, work: Work, error: EngineError) -> None:
        """Put a document back that was not answered; it fails where others are answered meanwhile."""
        try:
            self.silence.goes_on(error)
        except EngineError:
            self.waiting.append(work)
            raise
        work.tries += 1
        if work.late is not None:
            self._finish_late(work)
        elif isinstance(error, PromptTooLong) or work.tries > MOST_TRIES:
            self._go_on(work)
        else:
            self.waiting.append(work)

    def _go_on(self, work: Work) -> None:
        """Hand a reading its answer: it has another question, or is over."""
        outcome = self._answer(work)
        if outcome is not None:
            self._save(work, outcome)
        elif work.late is not None:
            self._finish_late(work)
        else:
            self._submit(work)

    def _answer(self, work: Work) -> Outcome | None:
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
        for refusal in self.ahead.give_up_late():
            self._refuse(refusal)
        now = time.monotonic()
        for request, work in list(self.asked.items()):
            if work.late is None and limit is not None and work.before + work.elapsed() > limit:
                work.late = now
                self.client.cancel(request)
            elif work.late is not None and now - work.late > _HANG_S:
                _log.error("job %d: the host does not end a request that was cancelled", self.job.id)
                del self.asked[request]
                self._finish_late(work)

    def _finish_late(self, work: Work) -> None:
        """Tell a reading that its time is over: it ends with what it has, if that is enough for a row."""
        error = late(self.plan, "answered").at(work.name)
        outcome = None
        while outcome is None:
            receipt = work.answer.receipt if work.answer.question is work.question else None
            work.answer = Answer(work.question, error=error, receipt=receipt)
            outcome = self._answer(work)
        self._save(work, outcome)

    # Rows

    def _save(self, work: Work, outcome: Outcome) -> None:
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
        prepared = self.ahead.stop()
        for request in list(self.asked):
            self.client.cancel(request)
        unfinished: list[Work] = []
        patience = time.monotonic() + _PATIENCE_S
        while self.asked and time.monotonic() < patience:
            try:
                message = self.inbox.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            work = None if isinstance(message, str) else self.asked.get(message.id)
            if work is None:
                continue
            if isinstance(message, ValueClosed):
                work.answer.values[message.pointer] = message
            elif isinstance(message, Finished | Failed):
                del self.asked[message.id]
                if not isinstance(message, Finished) or not self._save_whole(message, work):
                    unfinished.append(work)
        left = [*self.asked.values(), *self.waiting, *self.suspects, *unfinished]
        self._put_back([*prepared, *(work.todo for work in left)])

    def _save_whole(self, finished: Finished, work: Work) -> bool:
        """Keep what an answer came to that ended while the run did; tell whether that was the reading's last one."""
        if finished.receipt.model.identity != self.model.identity:
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


def _concerns_all(failed: Failed, error: EngineError) -> bool:
    """Tell whether every other document would fail the same way: before any token, or with no model."""
    if isinstance(error, ModelError):
        return not isinstance(error, ModelCrashed)
    if isinstance(error, NetworkOff | SecretsUnavailable):
        return True
    before = failed.receipt is None
    return before and isinstance(error, ConstraintError | SchemaError | InvalidRequest | PromptTooLong)
