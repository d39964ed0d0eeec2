"""The document of the chosen cell, with the places of the row's values marked in it."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.models.extract_cells import LOOKED_AT
from app.widgets.document_view import Mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.document_shown import DocumentShown
    from app.pages.extract.reviewing import Reviewing
    from app.session.extraction import Extractions, ReviewedCell
    from app.widgets.document_view import DocumentView, Tone
    from engine.errors import EngineError

_KEPT: Final = 6
_MOST_MARKS: Final = 400
_COUNTED: Final = ("", "", "Two", "Three", "Four", "Five")


class DocumentPane(QObject):
    """Shows the document of whatever cell is looked at, and tells of marks that are clicked and text that is chosen.

    `cell_asked` is given a document and the pointer of the cell whose mark was clicked.
    """

    cell_asked = Signal(str, str)

    def __init__(self, session: Extractions, reviewing: Reviewing, view: DocumentView, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._reviewing = reviewing
        self.view = view
        self.document = ""
        """The document that is shown, or on its way."""
        self._known: OrderedDict[str, DocumentShown] = OrderedDict()
        self._ready = False
        view.set_picture_source(self._draw)
        view.text_chosen.connect(reviewing.take_span)
        view.mark_clicked.connect(self._clicked)
        reviewing.moved.connect(self.follow)
        session.row_changed.connect(self._row_changed)
        session.review_changed.connect(self._remark)

    def forget(self) -> None:
        """Show none: another job is open."""
        self._known.clear()
        self._leave()

    def _leave(self) -> None:
        self.document, self._ready = "", False
        self.view.show_document(None)
        self.view.set_target(None)

    def follow(self, _place: object = None) -> None:
        """Show the document of the chosen cell, and where its value stands."""
        place = self._reviewing.place
        if place is None or not place.document:
            self._remark()
            return
        if place.document != self.document:
            self.document, self._ready = place.document, False
            known = self._known.get(place.document)
            if known is not None:
                self._show(place.document, known)
            else:
                self.view.show_message(place.document, "Reading the document")
                name = place.document
                self._session.read_document(name, partial(self._show, name), partial(self._refuse, name))
            return
        self._remark()
        self._reveal()

    def _show(self, name: str, shown: DocumentShown) -> None:
        self._known[name] = shown
        self._known.move_to_end(name)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        if name == self.document:
            self._ready = True
            self.view.show_document(shown)
            self._remark()
            self._reveal()

    def _refuse(self, name: str, error: EngineError) -> None:
        if name == self.document:
            self._ready = False
            self.view.show_message(name, f"{error.message} {error.advice}" if error.advice else error.message)

    def _draw(self, page: int, width: int, done: Callable[[Any], None], failed: Callable[[EngineError], None]) -> None:
        self._session.picture(self.document, page, width, done, failed)

    # Marks

    def _row_changed(self, index: int) -> None:
        if self.document and self._session.index_of(self.document) == index:
            self._remark()

    def _remark(self) -> None:
        """Mark where the values of the row stand."""
        if not self._ready:
            return
        place, cell = self._reviewing.place, self._reviewing.cell
        row = self._session.row(self.document)
        marks: list[Mark] = []
        if row is not None:
            for pointer, each in row.cells.items():
                if each.spans and (place is None or pointer != place.pointer):
                    title = self._reviewing.title_of(pointer)
                    marks.append(Mark(*each.spans[0], "found", pointer, label=title))
                    if len(marks) >= _MOST_MARKS:
                        break
        if place is not None and cell is not None and place.document == self.document:
            others = [tuple(span) for span in self._other_spans(cell)]
            title = self._reviewing.title
            marks += [Mark(start, end, "other", place.pointer, label=f"{title}?") for start, end in others]
            if cell.spans:
                tone: Tone = "doubtful" if self._reviewing.trust in LOOKED_AT else "chosen"
                marks.append(Mark(*cell.spans[0], tone, place.pointer, label=title, chosen=True))
            self.view.set_target(title)
            self._notify(cell, len(others))
        else:
            self.view.set_target(None)
            self.view.set_notice(None)
        self.view.set_marks(marks)

    def _other_spans(self, cell: ReviewedCell) -> list[tuple[int, int]]:
        """Return the places of the alternatives, each once, but not that of the value itself."""
        own = {tuple(span) for span in cell.spans[:1]}
        found: dict[tuple[int, int], None] = {}
        for each in cell.alternatives:
            for span in each.get("spans", ())[:1]:
                start, end = span
                if (start, end) not in own:
                    found[(start, end)] = None
        return list(found)

    def _notify(self, cell: ReviewedCell, others: int) -> None:
        title = self._reviewing.title
        doubtful = self._reviewing.trust == "doubtful"
        if cell.note:
            self.view.set_notice(cell.note, "doubtful" if doubtful else "plain")
        elif doubtful and others and cell.spans:
            places = others + 1
            many = _COUNTED[places] if places < len(_COUNTED) else f"{places}"
            both = "Both" if places == 2 else "All"
            self.view.set_notice(f"{many} places in the text fit {title}. {both} are marked.", "doubtful")
        elif cell.value is not None and not cell.spans:
            self.view.set_notice(f"No place in the text says where {title} comes from.")
        else:
            self.view.set_notice(None)

    def _reveal(self) -> None:
        cell = self._reviewing.cell
        if self._ready and cell is not None and cell.spans:
            self.view.reveal(*cell.spans[0])

    def _clicked(self, key: object) -> None:
        if self.document:
            self.cell_asked.emit(self.document, str(key))
