"""The job that is shown: how it is set up, its rows, and what its table looks like."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import QObject, Signal

from app.lanes import Lane
from app.session.extraction.listing import rest
from app.session.extraction.opening import PIECE, Table, is_ended, kept_unit, read_job, read_rows, read_table
from app.session.extraction.rows import Held, Looking, Wholes, blank, hold, unpack
from app.session.extraction.setup import Setup, SourcesFound
from engine.store import Coverage, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.bridge import Bridge
    from app.session.extraction.listing import JobEntry, JobState
    from app.session.extraction.opening import Opened
    from app.session.extraction.running import Run
    from engine.errors import EngineError
    from engine.extraction import Progress
    from engine.extraction.review import ReviewedCell, ReviewedRow
    from engine.extraction.table import Column, Unit
    from engine.store import Store
    from engine.store.jobs import Job, RowState

T = TypeVar("T")

LAST: Final = "extract.open"
"""The setting that says which job was open last."""
DRAFT: Final = "extract.draft"
"""The setting that holds how a new job is set up before it is run."""
KEPT: Final = "extract.job.{}"
"""The settings that hold how a job is looked at and set up otherwise, by its id."""


class ShownJob(QObject):
    """One job as it is shown; `id` is None where it is new and was never run.

    `opened` tells that everything is another, `row_changed` and `rows_reset` of one row and of all, `growing` of the
    values that a document has so far, `review_changed` of other cells to look at or other confidences, `told` something
    in words with what takes it back or None, `failed` an error, `ended` of a run that has ended, shown or not: the name
    of its job, its coverage or None, and whether it was stopped or paused.
    """

    listed = Signal()
    opened = Signal()
    setup_changed = Signal()
    sources_changed = Signal()
    state_changed = Signal()
    row_changed = Signal(int)
    rows_reset = Signal()
    growing = Signal(int, object)
    progress_changed = Signal()
    unit_changed = Signal()
    review_changed = Signal()
    accuracy_changed = Signal()
    told = Signal(str, object)
    failed = Signal(object)
    ended = Signal(str, object, bool)

    def __init__(self, bridge: Bridge, setting: Callable[[str], Any], put_setting: Callable[[str, Any], None]) -> None:
        super().__init__()
        self.jobs: list[JobEntry] = []
        self.setup = Setup()
        self.sources_found = SourcesFound()
        self.rows: list[ReviewedRow] = []
        self.coverage = Coverage()
        self.progress: Progress | None = None
        self.table = Table()
        self.loading = False
        self._bridge = bridge
        self._setting = setting
        self._put_setting = put_setting
        self._job: Job | None = None
        self._job_setup = Setup()
        self._looking = Looking("")
        self._packed: list[bytes] = []
        self._index: dict[str, int] = {}
        self._unread: list[str] = []
        self._run: Run | None = None
        self._look = 0
        self._wanted: int | None = None
        self._missed: list[Row] = []
        self._told_state: JobState = "new"
        self._slow = Lane("extraction", self)
        self._quick = Lane("review", self)
        for lane in (self._slow, self._quick):
            lane.failed.connect(self.failed)

    # What is shown

    @property
    def id(self) -> int | None:
        """The job that is shown; None for a new one."""
        return self._job.id if self._job is not None else None

    @property
    def unit(self) -> Unit:
        """What a row of the table is."""
        return self.table.unit

    @property
    def units(self) -> tuple[Unit, ...]:
        """What a row of the table could be."""
        return self.table.units

    @property
    def columns(self) -> tuple[Column, ...]:
        """The fields of the table."""
        return self.table.columns

    @property
    def schema_text(self) -> str:
        """The schema of the rows that are shown; of a job that was never run, the one that it is set up with."""
        return self._job_setup.schema_text if self._job is not None else self.setup.schema_text

    @property
    def state(self) -> JobState:
        """What the job is doing, or could do."""
        if self._shown_run is not None:
            return self._shown_run.state
        if not self.setup.complete:
            return "new"
        return "ready" if self._job is None or self.setup_differs else rest(self.coverage)

    @property
    def waits(self) -> bool:
        """Whether the job is to run, and the model that it needs is not there yet."""
        return self._shown_run is not None and self._shown_run.job is None

    @property
    def setup_differs(self) -> bool:
        """Whether the job is set up otherwise than its rows were made."""
        return self._job is not None and self.setup.asked() != self._job_setup.asked()

    @property
    def _shown_run(self) -> Run | None:
        return self._run if self._run is not None and self._run.shown else None

    def index_of(self, document: str) -> int | None:
        """Return the index of a document's row; None where there is none."""
        return self._index.get(document)

    def row(self, document: str) -> ReviewedRow | None:
        """Return the whole of a row, with the alternatives and places of its cells and its receipt."""
        index = self._index.get(document)
        if index is None:
            return None
        packed = self._packed[index]
        return self._looking.review(unpack(packed)) if packed else self.rows[index]

    def cell(self, document: str, pointer: str) -> ReviewedCell | None:
        """Return the whole of a cell; None where there is none."""
        row = self.row(document)
        return row.cells.get(pointer) if row is not None else None

    def wholes(self) -> Sequence[ReviewedRow]:
        """Return all rows as wholes, each made when it is asked for; for a worker."""
        held = [Held(row, packed) for row, packed in zip(self.rows, self._packed, strict=True)]
        return Wholes(held, replace(self._looking, corrections=dict(self._looking.corrections)))

    # Opening

    def open(self, job: int) -> None:
        """Show a job as it was left."""
        if job == (self._wanted if self._wanted is not None else self.id):
            return
        self._leave()
        self._wanted, look, kept = job, self._look, self._kept_of(job)

        def back(found: Opened | None) -> None:
            if look == self._look:
                self._wanted = None
                if found is None:
                    self.new()
                else:
                    self._show(found, kept)

        def failed(error: EngineError) -> None:
            if look == self._look:
                self._wanted = None
            self.failed.emit(error)

        alike = self._alike(kept.get("schema_id"))
        self._ask(lambda store: read_job(store, job, kept, alike), back, failed)

    def new(self) -> None:
        """Show a job that was never run, set up as it was left."""
        self._leave()
        self._job, self._job_setup = None, Setup()
        self.setup = Setup.from_json(self._setting(DRAFT))
        self._put_on(Looking(self.setup.schema_text), Table(), Coverage())
        self.opened.emit()
        self._find_table()

    def _show(self, found: Opened, kept: Mapping[str, Any]) -> None:
        self._job, self._job_setup = found.job, found.setup
        self.setup = Setup.from_json(kept["setup"]) if isinstance(kept.get("setup"), dict) else found.setup
        run = self._run
        if run is not None and run.is_of(found.job.id):
            run.shown, run.looking = True, found.looking
        states, coverage = (found.states, found.coverage) if self._shown_run is not None else _rested(found)
        self._put_on(found.looking, found.table, coverage)
        self._set_documents(states, found.unread)
        for document, held in found.held.items():
            self._put_read(self._index[document], held)
        for row in self._missed:
            if row.document in self._index:
                self._put(self._index[row.document], hold(row, found.looking))
        self._missed = []
        self.opened.emit()
        self._load()

    def _put_on(self, looking: Looking, table: Table, coverage: Coverage) -> None:
        """Take over what belongs to another job."""
        self._looking, self.table, self.coverage = looking, table, coverage
        self.rows, self._packed, self._index, self._unread, self.loading = [], [], {}, [], False
        self.progress = self._shown_run.progress if self._shown_run is not None else None
        self._told_state = self.state
        self._put_setting(LAST, self.id)

    def _leave(self) -> None:
        """Let go of what is shown; answers that were asked for it are of no use any more."""
        self._look += 1
        self._wanted, self._missed = None, []
        if self._run is not None:
            self._run.shown, self._run.looking = False, None

    # Rows

    def _set_documents(self, states: Mapping[str, RowState], held: Iterable[str]) -> None:
        """Have a row for each document, in order; those that are known and have not changed stay.

        `held` are the documents of which the store knows something: those that are not known here are read.
        """
        rows, packed = [], []
        for document, state in states.items():
            index = self._index.get(document)
            if index is not None and is_ended(state) and is_ended(self.rows[index].row.state):
                rows.append(self.rows[index])
                packed.append(self._packed[index])
            else:
                rows.append(blank(document, state).shown)
                packed.append(b"")
        self.rows, self._packed = rows, packed
        self._index = {document: index for index, document in enumerate(states)}
        self._unread = [document for document in held if document in states and not packed[self._index[document]]]

    def _put(self, index: int, held: Held) -> None:
        self.rows[index], self._packed[index] = held.shown, held.packed

    def _put_state(self, index: int, state: RowState) -> None:
        """Show that a document is worked on, or no longer; what is known of it from before stays."""
        row = self.rows[index]
        if row.row.state != state:
            self.rows[index] = replace(row, row=replace(row.row, state=state))
            self.row_changed.emit(index)

    def _load(self) -> None:
        """Read the rows that are not known yet, a piece at a time, so that others get their turn on the lane."""
        missing, self._unread = self._unread[:PIECE], self._unread[PIECE:]
        job, look, looking = self._job, self._look, self._looking
        self.loading = bool(missing)
        if not missing or job is None:
            self._loaded()
            return

        def back(found: Mapping[str, Held]) -> None:
            if look != self._look or job is not self._job:
                return
            for document, held in found.items():
                index = self._index.get(document)
                # A row that has come in meanwhile is newer than what was read.
                if index is not None and not self._packed[index]:
                    self._put_read(index, held)
            self.rows_reset.emit()
            self._load()

        self._ask(partial(read_rows, job=job, documents=missing, looking=looking), back)

    def _put_read(self, index: int, held: Held) -> None:
        """Take over a row that was read a moment ago."""
        state, document = self.rows[index].row.state, held.shown.row.document
        if self._looking.corrections.get(document):  # perhaps made after it was read
            held = replace(held, shown=self._looking.glance(unpack(held.packed)))
        self._put(index, held)
        if not is_ended(held.shown.row.state):
            self._put_state(index, state)

    def _loaded(self) -> None:
        """Go on with what needs all rows."""

    # The table

    def set_unit(self, unit: Unit) -> None:
        """Let a row of the table be something else."""
        if unit != self.unit and unit in self.units:
            self._find_table(kept_unit(unit))

    def _find_table(self, unit: object = None) -> None:
        """Find the columns of the schema, with another unit or the one that there is."""
        schema, look = self.schema_text, self._look
        wanted = unit if unit is not None else kept_unit(self.unit)

        def back(found: Table) -> None:
            if look == self._look and schema == self.schema_text and found != self.table:
                self.table = found
                self._keep()
                self.unit_changed.emit()

        self._quick.submit(lambda: read_table(schema, wanted), back)

    # What the window keeps of a job

    def _kept_of(self, job: int | None) -> Mapping[str, Any]:
        kept = self._setting(KEPT.format(job)) if job is not None else None
        return kept if isinstance(kept, dict) else {}

    def _keep(self) -> None:
        """Save how the job is looked at and set up."""
        if self._job is None:
            self._put_setting(DRAFT, self.setup.to_json())
        else:
            self._put_setting(KEPT.format(self._job.id), self._to_keep())

    def _to_keep(self) -> dict[str, Any]:
        return {
            "unit": kept_unit(self.unit),
            "schema_name": self._job_setup.schema_name,
            "schema_id": self._job_setup.schema_id,
            "setup": self.setup.to_json() if self.setup != self._job_setup else None,
        }

    def _alike(self, schema: object) -> frozenset[int]:
        """Return the jobs that were set up with a schema of the library, whatever its text was then."""
        if not isinstance(schema, int):
            return frozenset()
        return frozenset(entry.id for entry in self.jobs if self._kept_of(entry.id).get("schema_id") == schema)

    # Parts

    def _ask(
        self,
        ask: Callable[[Store], T],
        done: Callable[[T], None],
        failed: Callable[[EngineError], None] | None = None,
    ) -> None:
        """Ask something slow of the store, by a connection of its own, after what has been written until now."""

        def job() -> T:
            from engine.store import Store

            with Store(self._bridge.profile) as store:
                return ask(store)

        self._bridge.ask_store(lambda _: None, lambda _: self._slow.submit(job, done, failed))

    def _tell_state(self) -> None:
        if self.state != self._told_state:
            self._told_state = self.state
            self.state_changed.emit()


def _rested(found: Opened) -> tuple[Mapping[str, RowState], Coverage]:
    """Return the states of documents where nobody runs the job: those a killed program left running are to do."""
    states: dict[str, RowState] = {
        document: "pending" if state == "running" else state for document, state in found.states.items()
    }
    coverage = found.coverage
    return states, replace(coverage, pending=coverage.pending + coverage.running, running=0)
