"""What a person says of cells: each word is saved, shown at once, and can be taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.session.extraction.confidence import CellPlace
from app.session.extraction.judging import JudgedJob
from app.session.extraction.rows import Held, unpack
from app.session.extraction.typed import read_chosen, read_typed
from engine.errors import EngineError, StoreError
from engine.extraction.review import by_document, same
from engine.store.jobs import Correction

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from engine.store import Job, Jobs, Store

_MOST: Final = 500
"""Corrections that can be taken back."""
_CONTEXT: Final = 40
"""Quotes of a document that show how it writes numbers."""


@dataclass(frozen=True)
class _Said:
    """A correction, and the one that counted before it."""

    after: Correction
    before: Correction | None

    @property
    def place(self) -> CellPlace:
        """The cell that it is of."""
        return CellPlace(self.after.document, self.after.pointer)


@dataclass
class _History:
    """The corrections of a job, as they were made while the window was open."""

    done: list[_Said] = field(default_factory=list)
    undone: list[_Said] = field(default_factory=list)


class ReviewedJob(JudgedJob):
    """The shown job with what a person says of its cells.

    A correction is shown at once and written behind the window; where it cannot be written, it is shown no longer and
    `failed` says why.
    """

    def __init__(self, bridge: Bridge, setting: Callable[[str], Any], put_setting: Callable[[str, Any], None]) -> None:
        super().__init__(bridge, setting, put_setting)
        self._histories: dict[int, _History] = {}

    # Intents

    def accept(self, document: str, pointer: str) -> None:
        """Say that a cell is right as it is."""
        cell = self.cell(document, pointer)
        if cell is not None:
            self._say(Correction(document, pointer, "accepted", cell.value, cell.quote, cell.spans))

    def choose(self, document: str, pointer: str, number: int) -> None:
        """Give a cell one of its alternatives, counted from 0."""
        cell = self.cell(document, pointer)
        if cell is None or not 0 <= number < len(cell.alternatives):
            return
        other = cell.alternatives[number]
        value, spans = other.get("value"), tuple((start, end) for start, end in other.get("spans") or ())
        if same(value, cell.value) and spans[:1] == cell.spans[:1]:
            self.accept(document, pointer)
        elif value is None:
            self.set_absent(document, pointer)
        else:
            self._say(Correction(document, pointer, "edited", value, other.get("quote"), spans))

    def edit(self, document: str, pointer: str, text: str) -> None:
        """Give a cell the value that a text says; nothing, where it is empty. `failed` tells where it says none."""
        row = self.row(document)
        if row is None:
            return
        if not text.strip():
            self.set_absent(document, pointer)
            return
        quotes = [cell.quote for cell in row.cells.values() if cell.quote][:_CONTEXT]
        try:
            value = read_typed(self.schema_text, row.record, pointer, text, quotes)
        except EngineError as error:
            self.failed.emit(error)
            return
        self._say(Correction(document, pointer, "edited", value))

    def set_absent(self, document: str, pointer: str) -> None:
        """Say that the document does not have what a cell asks for."""
        if document in self._index:
            self._say(Correction(document, pointer, "absent"))

    def take_span(self, document: str, pointer: str, start: int, end: int) -> None:
        """Give a cell what stands at a place of its document's text, read as the cell's field asks."""
        if document not in self._index:
            return
        look = self._look

        def take(text: str) -> None:
            row = self.row(document)
            if look != self._look or row is None:
                return
            try:
                read = read_chosen(self.schema_text, row.record, pointer, text, start, end)
            except EngineError as error:
                self.failed.emit(error)
                return
            span = (read.start, read.end)
            self._say(Correction(document, pointer, "edited", read.value, text[slice(*span)], (span,)))

        self._text_of(document, take)

    @property
    def can_undo(self) -> bool:
        """Whether there is a correction that can be taken back."""
        return bool(self._history.done)

    @property
    def can_redo(self) -> bool:
        """Whether there is one that was taken back."""
        return bool(self._history.undone)

    def undo(self) -> None:
        """Take back the last correction; what counted before it counts again."""
        history = self._history
        if history.done:
            said = history.done.pop()
            history.undone.append(said)
            self._count(said.place, said.before)

            def failed() -> None:
                if said in history.undone:
                    history.undone.remove(said)
                    history.done.append(said)
                    self._count(said.place, said.after)

            self._write(lambda jobs, job: jobs.take_back(job, [said.place]), failed)

    def redo(self) -> None:
        """Make the correction again that was taken back last."""
        history = self._history
        if history.undone:
            self._make(history.undone.pop())

    # Parts

    @property
    def _history(self) -> _History:
        return self._histories.setdefault(self.id or 0, _History())

    def _say(self, correction: Correction) -> None:
        """Let a correction count, and save it."""
        if self._job is None:
            return
        before = self._looking.corrections.get(correction.document, {}).get(correction.pointer)
        self._history.undone.clear()
        self._make(_Said(correction, before))

    def _make(self, said: _Said) -> None:
        history = self._history
        history.done = [*history.done[-_MOST:], said]
        self._count(said.place, said.after)

        def failed() -> None:
            if said in history.done:
                history.done.remove(said)
                self._count(said.place, said.before)

        self._write(lambda jobs, job: jobs.correct(job, [said.after]), failed)

    def _count(self, place: CellPlace, correction: Correction | None) -> None:
        """Let a correction count of a cell, or none, and show what comes of it."""
        document, pointer = place
        if correction is not None:
            self._looking.put(correction)
        else:
            self._looking.drop(document, pointer)
        self._look_at(document)
        if correction is None:
            self._reviewed_since.discard(place)
        else:
            self._reviewed_since.add(place)
            if place in self.to_review:
                self.to_review.remove(place)
        self.review_changed.emit()
        self._corrected()

    def _look_at(self, document: str) -> None:
        """Work out once more what a row comes to."""
        index = self._index.get(document)
        if index is None or not self._packed[index]:
            return
        packed = self._packed[index]
        self._put(index, Held(self._looking.glance(unpack(packed)), packed))
        self.row_changed.emit(index)

    def _read_corrections(self, document: str) -> None:
        """Find out what was said of a document that was read anew: of other bytes than before, nothing was."""
        job, look, before = self._job, self._look, self._looking.corrections.get(document)

        def read(store: Store) -> list[Correction]:
            return [] if job is None else store.jobs.corrections(job)

        def back(found: list[Correction] | None) -> None:
            # What a person has said since is newer than what was read.
            if look == self._look and found is not None and self._looking.corrections.get(document) is before:
                self._looking.corrections[document] = by_document(found).get(document, {})
                self._look_at(document)
                self._rows_moved()

        self._bridge.ask_store(read, back)

    def _write(self, write: Callable[[Jobs, Job], None], failed: Callable[[], None]) -> None:
        """Save something; where that fails, do `failed` if the same job is still shown, and tell."""
        job, look = self._job, self._look
        if job is None:
            return

        def done(kept: bool | None) -> None:
            if not kept:
                refused(StoreError("Nothing can be saved here.", advice="Choose another folder with --profile."))

        def refused(error: EngineError) -> None:
            if look == self._look:
                failed()
            self.failed.emit(error)

        def ask(store: Store) -> bool:
            write(store.jobs, job)
            return True

        self._bridge.ask_store(ask, done, refused)
