"""Where spans of a document stand on its pages as they are laid out, and what stands at a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.widgets.document_view.page_layout import PageLayout
from app.widgets.document_view.words import caret_at, character_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPointF, QRectF

    from app.document_shown import DocumentShown, Sides
    from app.widgets.document_view.marks import Mark
    from app.widgets.document_view.pane import Span

_SPREAD: Final = 1.6
_LEAST_SPREAD, _MOST_SPREAD = 1.0, 2.0
"""Points, and pixels, by which a mark is wider than its characters."""
_NEAR: Final = 3.0
"""Points beside a character that still count as on it."""
_KEPT: Final = 20_000


class PagePlaces:
    """A document's pages at a width and a zoom. Points and boxes are in pixels of the layout, spans of the text."""

    def __init__(self) -> None:
        self.document: DocumentShown | None = None
        self.layout = PageLayout((), 0, 1.0)
        self._sides: dict[tuple[int, int, int], tuple[Sides, ...]] = {}

    def show_document(self, document: DocumentShown | None) -> None:
        """Forget the document before. The new one is still to be laid out."""
        self.document = document
        self._sides.clear()

    def lay_out(self, room: float, zoom: float) -> None:
        """Lay out the pages anew; see `PageLayout`."""
        self.layout = PageLayout(self.document.pages if self.document is not None else (), room, zoom)

    @property
    def is_empty(self) -> bool:
        """Whether there is no page."""
        return self.document is None or not self.document.pages

    def boxes_on(self, page: int, span: Span) -> list[QRectF]:
        """Return where a span stands on a page; one rectangle a line."""
        if self.document is None:
            return []
        key = (page, *span)
        sides = self._sides.get(key)
        if sides is None:
            sides = self.document.rectangles(page, *span)
            if len(self._sides) >= _KEPT:
                self._sides.clear()
            self._sides[key] = sides
        spread = min(max(self.layout.scale(page) * _SPREAD, _LEAST_SPREAD), _MOST_SPREAD)
        return [self.layout.box(page, each, spread) for each in sides]

    def boxes(self, span: Span) -> list[QRectF]:
        """Return where a span stands, on whichever pages."""
        if self.document is None or self.is_empty:
            return []
        first, last = (self.document.page_at(place) for place in (span[0], max(span[1] - 1, span[0])))
        return [box for page in range(first, last + 1) for box in self.boxes_on(page, span)]

    def caret(self, point: QPointF) -> int | None:
        """Return the place between two characters of the text that is nearest to a point, on the page there."""
        page, place = self._on_page(point)
        if self.document is None or page is None:
            return None
        shown = self.document.pages[page]
        caret = caret_at(shown.boxes, place.x(), place.y())
        return None if caret is None else shown.start + caret

    def character(self, point: QPointF) -> int | None:
        """Return the character of the text at a point."""
        page, place = self._on_page(point)
        if self.document is None or page is None:
            return None
        shown = self.document.pages[page]
        index = character_at(shown.boxes, place.x(), place.y(), _NEAR)
        return None if index is None else shown.start + index

    def mark(self, marks: Sequence[Mark], point: QPointF) -> Mark | None:
        """Return the mark at a point: the last one painted, of several."""
        page, _ = self._on_page(point)
        if self.document is None or page is None:
            return None
        shown = self.document.pages[page]
        for mark in reversed(marks):
            on_page = mark.start < shown.end and shown.start < mark.end
            if on_page and any(box.contains(point) for box in self.boxes_on(page, (mark.start, mark.end))):
                return mark
        return None

    def _on_page(self, point: QPointF) -> tuple[int | None, QPointF]:
        """Return the page at a point, or the nearest one, and the point in points of that page."""
        if self.is_empty:
            return None, point
        page = self.layout.page_near(point.y())
        return page, self.layout.on_page(page, point)
