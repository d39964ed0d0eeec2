"""Paints pages: paper, picture, marks, what is searched for and what is selected."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor

from app.style.tokens import LIGHT
from app.widgets.document_view.marks import MarkPainter

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from app.style.theme import Theme
    from app.widgets.document_view.marks import Mark
    from app.widgets.document_view.page_pictures import PagePictures
    from app.widgets.document_view.page_places import PagePlaces
    from app.widgets.document_view.pane import Span

_LEAST: Final = 40


class PagePainter:
    """What is to be painted is put into `marks` (in their order), `hits` (in that of the text), and the others."""

    def __init__(self, theme: Theme, places: PagePlaces, pictures: PagePictures) -> None:
        self.marks: list[Mark] = []
        self.hits: list[Span] = []
        self.selection: Span | None = None
        self.emphasised: Span | None = None
        self.strength = 0.0
        self._theme = theme
        self._places = places
        self._pictures = pictures
        self._painting = MarkPainter(theme)

    def paint(self, painter: QPainter, page: int, sight: QRectF) -> None:
        """Paint a page, of which `sight` is to be seen."""
        rect = self._places.layout.rect(page)
        painter.fillRect(rect.adjusted(-1, 0, 1, 2), self._theme.colour("shadow"))
        picture = self._pictures.picture(page)
        if picture is None:
            painter.fillRect(rect, self._theme.colour("paper"))
            self._paint_waiting(painter, page, rect & sight)
        else:
            painter.fillRect(rect, QColor(LIGHT.paper))
            painter.drawPixmap(rect, picture, QRectF(picture.rect()))
            if self._theme.name == "dark":
                self._painting.tint_paper(painter, (rect,), self._theme.tokens.paper)
        self._paint_marks(painter, page)

    def _paint_waiting(self, painter: QPainter, page: int, seen: QRectF) -> None:
        """Paint what stands on a page without a picture: why there is none, or that it comes."""
        if seen.height() < _LEAST:
            return
        error = self._pictures.failure(page)
        painter.setFont(self._theme.fonts.text(12))
        painter.setPen(QColor(LIGHT.text3))
        words = error.message if error is not None else "Drawing the page…"
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(seen.adjusted(16, 8, -16, -8), flags, words)

    def _paint_marks(self, painter: QPainter, page: int) -> None:
        if self._places.document is None:
            return
        shown = self._places.document.pages[page]
        first, last = (bisect_left(self.hits, (place, 0)) for place in (shown.start, shown.end))
        for hit in self.hits[first:last]:
            self._painting.paint_hit_on_paper(painter, self._places.boxes_on(page, hit))
        for mark in self.marks:
            if mark.start < shown.end and shown.start < mark.end:
                self._painting.paint_on_paper(painter, mark, self._places.boxes_on(page, (mark.start, mark.end)))
        if self.selection is not None:
            self._painting.paint_selection_on_paper(painter, self._places.boxes_on(page, self.selection))
        if self.emphasised is not None:
            boxes = self._places.boxes_on(page, self.emphasised)
            self._painting.paint_emphasis(painter, boxes, self.strength, on_paper=True)
