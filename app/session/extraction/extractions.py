"""Extractions as pages know them: the list of jobs, the one that is shown, and running it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from app import figures
from app.model_choice import LOCAL
from app.session.extraction.growing import values_so_far
from app.session.extraction.listing import JobEntry, read_entries
from app.session.extraction.reviewing import ReviewedJob
from app.session.extraction.rows import Looking, hold
from app.session.extraction.running import Begun, Ended, Grown, RowEnded, Run, Task
from app.session.extraction.setup import job_name
from app.session.extraction.shown import DRAFT, KEPT, LAST
from app.session.later import later
from app.session.mirror import Mirror
from engine.errors import EngineError, InvalidRequest, ModelError
from engine.extraction import Progress
from engine.extraction.review import by_document
from engine.store import Coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.bridge import Bridge
    from engine.extraction.table import Unit

_LIST_MS: Final = 500
_JOIN_S: Final = 1.5
"""How long closing waits for a run to end; what it leaves undone is done by the next one."""
_LANE_S: Final = 0.5
_BEGUN_ANEW: Final = "The setup or the model has changed, so a new table was begun. The one before stays in the list."


class Extractions(ReviewedJob):
    """Every job, and the one that is shown, which can be run, paused, stopped and written to a file.

    One job runs at a time, whatever is shown meanwhile: another is refused until it has ended.
    """

    def __init__(self, bridge: Bridge, setting: Callable[[str], Any], put_setting: Callable[[str, Any], None]) -> None:
        super().__init__(bridge, setting, put_setting)
        self._entries: list[JobEntry] = []
        self._mirror = Mirror(bridge, read_entries, self._take_entries)
        self._list_soon = later(self, _LIST_MS, self._relist)

    # The list

    @property
    def name(self) -> str:
        """What the shown job is called; what it will be called, where it was never run."""
        entry = next((each for each in self.jobs if each.id == self.id), None)
        if entry is not None:
            return entry.name
        return self._job.name if self._job is not None else self.first_name

    @property
    def first_name(self) -> str:
        """What the job that is set up now is called when it is run."""
        return job_name(self.setup, datetime.now().astimezone().date()) if self.setup.sources else ""

    @property
    def known(self) -> bool:
        """Whether the list has been read."""
        return self._mirror.known

    @property
    def running(self) -> JobEntry | None:
        """The job that runs, shown or not; None where none does. Its id is 0 until the model is there to make it."""
        run = self._run
        if run is None:
            return None
        entry = next((each for each in self.jobs if run.is_of(each.id)), None)
        return entry or JobEntry(0, run.name, "", run.coverage or Coverage(), run.state, run.progress)

    @property
    def reads_with(self) -> str:
        """The choice of the model that reads for the job that runs (`app.model_choice`)."""
        return self._run.setup.model if self._run is not None else LOCAL

    def refresh(self, done: Callable[[], None] | None = None) -> None:
        """Read the list anew, then do `done`."""
        self._mirror.refresh(done)

    def rename(self, job: int, name: str) -> None:
        """Give a job another name."""
        name = " ".join(name.split())
        if name:
            self._entries = [replace(entry, name=name) if entry.id == job else entry for entry in self._entries]
            self._mirror.write(lambda store: store.jobs.rename(job, name))
            self._relist()

    def delete(self, job: int) -> None:
        """Put a job into the bin; one that runs is stopped. `told` brings what takes it out again."""
        entry = next((each for each in self._entries if each.id == job), None)
        if entry is None:
            return
        if self._run is not None and self._run.is_of(job):
            self._run.stop()
        self._entries = [each for each in self._entries if each.id != job]
        self._mirror.write(lambda store: store.jobs.delete(job))
        if self.id == job:
            self.new()
        self._relist()
        self.told.emit(f"{entry.name} deleted", partial(self._restore, job))

    def _restore(self, job: int) -> None:
        self._mirror.write(lambda store: store.jobs.restore(job), lambda _: self._mirror.refresh())

    def _take_entries(self, entries: list[JobEntry]) -> None:
        self._entries = entries
        self._relist(always=True)

    def _relist(self, *, always: bool = False) -> None:
        """Show the list with what is known of the job that runs, if it is another, or always."""
        run = self._run
        jobs = [
            replace(entry, coverage=run.coverage or entry.coverage, state=run.state, progress=run.progress)
            if run is not None and run.is_of(entry.id)
            else entry
            for entry in self._entries
        ]
        if always or jobs != self.jobs:
            self.jobs = jobs
            self.listed.emit()

    # Running

    def run(self) -> None:
        """Do what is left of the job; where it was set up otherwise since, what still applies is kept."""
        self._begin(Task())

    def resume(self) -> None:
        """Go on where the job was paused; what has failed is left as it is."""
        self._begin(Task(retry=False))

    def run_failed(self) -> None:
        """Try again the documents that have failed."""
        failed = tuple(row.row.document for row in self.rows if row.row.state == "failed")
        if failed:
            self._begin(Task(only=failed))

    def run_again(self, documents: Sequence[str]) -> None:
        """Read some documents once more."""
        if documents:
            self._begin(Task(only=tuple(documents)))

    def run_fields(self, names: Sequence[str]) -> None:
        """Ask anew for some fields, by their names at the top of the record, in all documents; the rest stays."""
        if names:
            self._begin(Task(fields=tuple(names)))

    def recognise(self, document: str) -> None:
        """Read a document once more, with text recognition; tells what to install where that is not there."""
        from engine.documents.ocr import INSTALL, is_installed

        if not is_installed():
            self.failed.emit(InvalidRequest("Text recognition is not installed.", where=document, advice=INSTALL))
        elif document in self._index:
            self._begin(Task(only=(document,)))

    def pause(self) -> None:
        """Begin no other document; what is in flight ends."""
        run = self._shown_run
        if run is not None and run.state == "running":
            run.pause()
            self._run_moved()

    def stop(self) -> None:
        """End the run at once; what is done is kept, and the run can be resumed."""
        run = self._shown_run
        if run is not None and run.state != "stopping":
            run.stop()
            self._run_moved()

    def _begin(self, task: Task) -> None:
        if self._wanted is not None:
            return  # another job is about to be shown: it is not known yet which one is meant
        if self._run is not None:
            if not self._run.shown:
                busy = f"{self._run.name} is still running."
                self.failed.emit(InvalidRequest(busy, advice="Wait until it has ended, or stop it first."))
            return
        if not self.setup.complete:
            missing = "documents" if not self.setup.sources else "a schema"
            self.failed.emit(InvalidRequest(f"The job has no {missing} yet.", advice=f"Choose {missing}, then run it."))
            return
        self._keep()
        run = Run(self._bridge.profile, self.setup, self.id, task, self.name)
        run.told.connect(partial(self._take, run))
        run.looking = self._looking if self._job is not None and not self.setup_differs else None
        self._run = run
        if self._job is None and self.sources_found.names:
            # Known already: they need not wait for the model, on which the job itself waits.
            self._show_pending(self.sources_found.names)
        self._bridge.lend(run.start, run.fail, self.setup.model)
        self._run_moved()

    def _show_pending(self, names: Sequence[str]) -> None:
        """Show documents of a job that is not there yet."""
        self.coverage = Coverage(pending=len(names))
        self._set_documents(dict.fromkeys(names, "pending"), ())
        self.rows_reset.emit()

    def _take(self, run: Run, batch: list[object]) -> None:
        """Take in what a run has told."""
        newest = next((told for told in reversed(batch) if isinstance(told, Progress)), None)
        for told in batch:
            match told:
                case Begun():
                    self._take_begin(run, told)
                case RowEnded():
                    self._take_row(run, told)
                case Grown():
                    self._take_growth(run, told)
                case Ended():
                    self._take_end(run, told)
                case Progress() if told is newest:
                    self._take_progress(run, told)

    def _take_begin(self, run: Run, begun: Begun) -> None:
        run.job = begun.job
        self._mirror.refresh()
        if not run.shown:
            return
        other, before = self.id != begun.job.id, self._job
        if other:
            self._hand_over()
        self._job, self._job_setup = begun.job, run.setup
        self._looking = Looking(run.setup.schema_text, self._looking.calibration, {**by_document(begun.corrections)})
        run.looking = self._looking
        self._set_documents(begun.states, begun.held)
        self._keep()
        self._put_setting(LAST, self.id)
        self._find_table()
        if other:
            self.opened.emit()
            self._learn()
            if before is not None:
                self.told.emit(_BEGUN_ANEW, None)
        else:
            self.rows_reset.emit()
        self._load()
        self._tell_state()

    def _hand_over(self) -> None:
        """Let a job that was just made take the place of the one that it was set up from."""
        self._look += 1
        if self._job is None:
            self._put_setting(DRAFT, replace(self.setup, sources=()).to_json())
        else:
            self._put_setting(KEPT.format(self._job.id), self._to_keep() | {"setup": None})
        self.rows, self._packed, self._index = [], [], {}

    def _take_row(self, run: Run, told: RowEnded) -> None:
        index = self._index.get(told.row.document) if run.shown else None
        if index is None:
            if self._wanted is not None and run.is_of(self._wanted):
                self._missed.append(told.row)
            return
        held = told.held if told.held is not None else hold(told.row, self._looking)
        if self._looking.corrections.get(told.row.document):
            held = replace(held, shown=self._looking.glance(told.row))  # it may have been corrected meanwhile
            self._read_corrections(told.row.document)
        self._put(index, held)
        self.row_changed.emit(index)
        self._rows_moved()

    def _take_growth(self, run: Run, grown: Grown) -> None:
        index = self._index.get(grown.document) if run.shown else None
        if index is not None:
            self.growing.emit(index, values_so_far(grown.text))

    def _take_progress(self, run: Run, progress: Progress) -> None:
        run.progress = progress
        if not self._list_soon.isActive():
            self._list_soon.start()
        if not run.shown:
            return
        for document in progress.reading:
            index = self._index.get(document)
            if index is not None:
                self._put_state(index, "running")
        self.progress, self.coverage = progress, progress.coverage
        self.progress_changed.emit()

    def _take_end(self, run: Run, ended: Ended) -> None:
        self._run = None
        if run.shown:
            self.progress = None
            self.coverage = ended.coverage or self.coverage
            for index, row in enumerate(self.rows):
                if row.row.state == "running":
                    self._put_state(index, "pending")
            self.progress_changed.emit()
            if self._job is None:
                self._show_pending(())  # it came to nothing
        self._run_moved()
        self._mirror.refresh()
        if ended.error is not None:
            self.failed.emit(ended.error if run.shown else _of_another(run.name, ended.error))
        self.ended.emit(run.name, ended.coverage, run.state != "running")
        run.deleteLater()
        if ended.bug is not None:
            raise ended.bug

    def _run_moved(self) -> None:
        self._tell_state()
        self._relist()

    # Out

    def export(self, path: Path, *, unit: Unit | None = None, sources: bool = False, confidence: bool = False) -> None:
        """Write the rows to a file, in the format that its ending names; `told` and `failed` say how that went."""
        rows, schema, job, below = self.wholes(), self.schema_text, self._job, self.threshold
        wanted = self.unit if unit is None else unit

        def write() -> str:
            from engine.extraction.export import write_table

            write_table(
                path,
                rows,
                schema,
                unit=wanted,
                sources=sources,
                confidence=confidence,
                review_below=below if confidence else None,
                job=job,
            )
            return f"{_documents(len(rows))} exported to {path.name}"

        self._write_out(write)

    def save_evaluation(self, path: Path) -> None:
        """Write what was judged as known values for other runs; `told` and `failed` say how that went."""
        rows = self.wholes()

        def write() -> str:
            from engine.extraction.truth import write_evaluation

            return f"What was reviewed of {_documents(write_evaluation(path, rows)).lower()} is saved in {path.name}"

        self._write_out(write)

    def _write_out(self, write: Callable[[], str]) -> None:
        if self.loading:
            self.failed.emit(InvalidRequest("The rows are still being read.", advice="Try again in a moment."))
        else:
            self._slow.submit(write, lambda words: self.told.emit(words, None), self.failed.emit)

    # Life

    def start(self) -> None:
        """Read the list, and show the job that was open last."""
        self.refresh()
        last = self._setting(LAST)
        if isinstance(last, int):
            self.open(last)
        else:
            self.new()

    def close(self) -> None:
        """Save what is unsaved, and end what runs: quickly, since what is left undone is done by the next run."""
        if self._keep_soon.isActive():
            self._keep()
        run, self._run = self._run, None
        if run is not None:
            run.stop()
            run.join(_JOIN_S)
            run.told.disconnect()
        for lane in (self._quick, self._slow):
            lane.close(_LANE_S)


def _of_another(name: str, error: EngineError) -> EngineError:
    """Return what ended a job that is not shown: its setup is not the one that a person sees, the model is."""
    kind = ModelError if isinstance(error, ModelError) else EngineError
    return kind(f"{name} has stopped: {error.message}", where=error.where, advice=error.advice)


def _documents(count: int) -> str:
    return "One document" if count == 1 else f"{figures.number(count)} documents"
