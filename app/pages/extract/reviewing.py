"""Which cell is looked at, what becomes of it, and which comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.session.extraction import CellPlace, column_of

if TYPE_CHECKING:
    from app.pages.extract.review_bar import ReviewBar
    from app.session.extraction import Extractions, ReviewedCell

_STATES: Final = {"exact", "normalised", "found", "absent", "doubtful", "edited", "failed"}


class Reviewing(QObject):
    """Keeps the chosen cell, shows it in the review bar, and does what the bar, the table and the document ask for.

    `moved` is given the place of the cell that is chosen now, by whatever means, or None.
    """

    moved = Signal(object)

    def __init__(self, session: Extractions, bar: ReviewBar, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._bar = bar
        self.place: CellPlace | None = None
        bar.chosen.connect(self.take_choice)
        bar.accepted.connect(self.accept)
        bar.skipped.connect(self.go_on)
        bar.absent_asked.connect(self.set_absent)
        bar.edited.connect(self.edit)
        session.review_changed.connect(self.show)
        session.row_changed.connect(self._row_changed)

    # Where

    def choose(self, document: str, pointer: str) -> None:
        """Look at a cell."""
        place = CellPlace(document, pointer)
        if place != self.place:
            self.place = place
            self.show()
            self.moved.emit(place)

    def forget(self) -> None:
        """Look at none."""
        if self.place is not None:
            self.place = None
            self.moved.emit(None)
        self.show()

    def go_on(self) -> None:
        """Look at the next cell that is to be reviewed, worst first; at the worst where none of them is chosen."""
        following = self._following()
        if following is not None:
            self.choose(following.document, following.pointer)

    def _following(self) -> CellPlace | None:
        waiting = self._session.to_review
        if not waiting:
            return None
        if self.place not in waiting:
            return waiting[0]
        at = waiting.index(self.place)
        return next((each for each in (*waiting[at + 1 :], *waiting[:at]) if each != self.place), None)

    # What becomes of it

    def accept(self) -> None:
        """Say that the value is right, and go on to the next."""
        self._settle(lambda place: self._session.accept(place.document, place.pointer))

    def set_absent(self) -> None:
        """Say that the document does not have the value, and go on to the next."""
        self._settle(lambda place: self._session.set_absent(place.document, place.pointer))

    def take_choice(self, number: int) -> None:
        """Take one of the alternatives, counted from 0, and go on to the next."""
        cell = self.cell
        if cell is not None and number < max(len(cell.alternatives), 1):
            if not cell.alternatives:
                self.accept()
            else:
                self._settle(lambda place: self._session.choose(place.document, place.pointer, number))

    def edit(self, text: str) -> None:
        """Take what was typed; text that is no such value is refused by the session, which says why."""
        place = self.place
        if place is not None:
            self._session.edit(place.document, place.pointer, text)

    def take_span(self, start: int, end: int) -> None:
        """Take what stands at a place of the document."""
        place = self.place
        if place is not None:
            self._session.take_span(place.document, place.pointer, start, end)

    def _settle(self, do: Any) -> None:
        place = self.place
        if place is None:
            return
        was_waiting = place in self._session.to_review
        following = self._following() if was_waiting else None
        do(place)
        if following is not None:
            self.choose(following.document, following.pointer)
        else:
            self.show()

    # What is shown

    @property
    def cell(self) -> ReviewedCell | None:
        """The chosen cell with all that is known of it."""
        place = self.place
        return self._session.cell(place.document, place.pointer) if place is not None else None

    @property
    def title(self) -> str:
        """The name of the chosen cell's field."""
        place = self.place
        return self.title_of(place.pointer) if place is not None else ""

    def title_of(self, pointer: str) -> str:
        """Return the name of a cell's field: its column's, or what its pointer says."""
        found = column_of(pointer, self._session.columns, self._session.unit)
        if found is not None:
            column, item = found
            title = self._session.columns[column].title
            return f"{title} {item + 1}" if item is not None else title
        return pointer.strip("/").replace("/", ".") or "record"

    def _row_changed(self, index: int) -> None:
        place = self.place
        if place is not None and self._session.index_of(place.document) == index:
            self.show()

    def show(self) -> None:
        """Show the chosen cell in the bar, and how many are left."""
        bar, place, cell = self._bar, self.place, self.cell
        waiting = self._session.to_review
        if place is None or cell is None:
            first = "Choose a cell to see where its value stands." if self._session.rows else ""
            bar.show_none(first)
        elif not bar.editing or bar.shown != (place.document, place.pointer):
            bar.show_cell(
                self.title,
                where(place.document, cell.places),
                state_of(cell),
                cell.value,
                [(each["value"], each.get("probability")) for each in cell.alternatives],
                note=cell.note or "",
                settled=cell.reviewed,
                key=(place.document, place.pointer),
            )
        bar.show_place(self._left(waiting))

    def _left(self, waiting: list[CellPlace]) -> str:
        if not waiting:
            return "nothing left to review" if self._session.rows else ""
        if self.place in waiting:
            return f"{waiting.index(self.place) + 1:,} of {len(waiting):,} to review, worst first"
        return f"{len(waiting):,} to review (F8)"


def state_of(cell: ReviewedCell) -> str:
    """Return the state by which a cell is marked."""
    return cell.state if cell.state in _STATES else "found"


def where(document: str, places: Any) -> str:
    """Return the document with the page or the cell where a value stands."""
    if not places:
        return document
    first = places[0]
    if first.get("cell"):
        return f"{document}, {first['cell']}"
    return f"{document}, page {first['page']}" if first.get("page") else document
