"""Which cell is looked at, what becomes of it, and which comes next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app import figures
from app.models.extract_cells import lacking, trust_of
from app.session.extraction import CellPlace, ReviewedCell, column_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.extract_cells import Trust
    from app.pages.extract.review_bar import ReviewBar
    from app.session.extraction import Extractions
    from engine.errors import EngineError

_READ: Final = {"done", "incomplete"}
_FIRST: Final = "Choose a cell to see where its value stands. Amber ones want a look: F8 goes to the worst."
_MISSING: Final = "The schema asks for this, and the document does not have it."


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
        self._begun = False
        self._refuse: Callable[[str], None] | None = None
        bar.chosen.connect(self.take_choice)
        bar.accepted.connect(self.accept)
        bar.skipped.connect(self.go_on)
        bar.absent_asked.connect(self.set_absent)
        bar.edited.connect(lambda text: self.edit(text, bar.refuse))
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
        """Look at none: another job is shown."""
        self._begun = False
        if self.place is not None:
            self.place = None
            self.moved.emit(None)
        self.show()

    def go_on(self) -> None:
        """Look at the next cell that is to be reviewed; the first time, and where none of them is chosen, the worst."""
        waiting = self._session.to_review
        following = self._following() if self._begun or not waiting else waiting[0]
        self._begun = True
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

    def edit(self, text: str, refuse: Callable[[str], None]) -> None:
        """Take what was typed; `refuse` is told why it is no such value, where it is none."""
        place = self.place
        if place is not None:
            self._refuse = refuse
            self._session.edit(place.document, place.pointer, text)
            if self._refuse is not None:
                self._bar.end_edit()
                self.show()
            self._refuse = None

    def refuse(self, error: EngineError) -> bool:
        """Tell whoever typed why it is no value; False where nothing is being typed just now."""
        refuse, self._refuse = self._refuse, None
        if refuse is None:
            return False
        refuse(" ".join(part for part in (error.message, error.advice) if part))
        return True

    def take_span(self, start: int, end: int) -> None:
        """Take what stands at a place of the document."""
        place = self.place
        if place is not None:
            self._session.take_span(place.document, place.pointer, start, end)

    def _settle(self, do: Any) -> None:
        place = self.place
        if place is None:
            return
        self._begun = True
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
        if place is None or not place.document:
            return None
        row = self._session.row(place.document)
        if row is None:
            return None
        known = row.cells.get(place.pointer)
        if known is not None or not place.pointer or row.row.state not in _READ:
            return known
        below = any(pointer.startswith(f"{place.pointer}/") for pointer in row.cells)
        return None if below else ReviewedCell(None, "absent", note=_MISSING)

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
            bar.show_none(*self._nothing(place))
        elif not bar.editing or bar.shown != (place.document, place.pointer):
            bar.show_cell(
                self.title,
                where(place.document, cell.places),
                self.trust,
                cell.value,
                cell.quote,
                [(each["value"], each.get("quote"), each.get("probability")) for each in cell.alternatives],
                note=cell.note or "",
                settled=cell.reviewed,
                key=(place.document, place.pointer),
            )
        bar.show_place(self._left(waiting), more=self._following() is not None)

    @property
    def trust(self) -> Trust:
        """How far the table trusts the chosen cell; "none" where none is chosen."""
        place, cell = self.place, self.cell
        if place is None or cell is None:
            return "none"
        asked = {place.pointer} if place in self._session.to_review else set()
        row = self._session.row(place.document)
        return trust_of(cell, place.pointer, asked, lacking(row) if row is not None else ())

    def _nothing(self, place: CellPlace | None) -> tuple[str, str]:
        """Return what is said where no cell is chosen, and what went wrong with the document, if anything did."""
        if place is None or not place.document:
            return (_FIRST if self._session.rows else ""), ""
        row = self._session.row(place.document)
        return place.document, row.error.message if row is not None and row.error is not None else ""

    def _left(self, waiting: list[CellPlace]) -> str:
        if not waiting:
            return "nothing left to review" if self._session.rows else ""
        if self.place in waiting:
            at = figures.number(waiting.index(self.place) + 1)
            return f"{at} of {figures.number(len(waiting))} to review, worst first"
        return f"{figures.number(len(waiting))} to review (F8)"


def first_to_show(session: Extractions, is_seen: Callable[[str, str], bool]) -> CellPlace | None:
    """Return the worst cell to review of those that are seen, else the first cell that is; None where none is."""
    worst = next((place for place in session.to_review if is_seen(*place)), None)
    if worst is not None:
        return worst
    read = (row for row in session.rows if row.row.state in _READ)
    places = (CellPlace(row.row.document, pointer) for row in read for pointer in row.cells)
    return next((place for place in places if is_seen(*place)), None)


def where(document: str, places: Any) -> str:
    """Return the document with the page or the cell where a value stands."""
    if not places:
        return document
    first = places[0]
    if first.get("cell"):
        return f"{document}, {first['cell']}"
    return f"{document}, page {first['page']}" if first.get("page") else document
