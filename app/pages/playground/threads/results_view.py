"""What a search found, two lines a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect

from app.models.dates import full, local
from app.pages.playground.threads.row_painting import ThreadPainting
from app.widgets.rows import TWO_LINES, RowsView

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from app.models.search_results import SearchResults
    from app.style.theme import Theme
    from app.widgets.rows import Look

Index = QModelIndex | QPersistentModelIndex


class ResultsView(RowsView):
    """The places that a search found; opening one opens its thread there."""

    def __init__(self, theme: Theme, model: SearchResults) -> None:
        super().__init__(theme, model, "Search results", TWO_LINES)
        self.painting = ThreadPainting(theme)
        self.results = model
        self.setViewportMargins(0, 4, 0, 8)

    def chosen_threads(self) -> list[int]:
        """Return the ids of the threads of the places that are chosen, each once."""
        rows = [self.results.row(index) for index in self.selectedIndexes()]
        return list(dict.fromkeys(row.thread.id for row in rows if row is not None))

    def paint_row(self, painter: QPainter, rect: QRect, index: Index, look: Look) -> None:
        """Paint a place."""
        row = self.results.row(index)
        if row is not None:
            self.painting.result(painter, rect, row, look)

    def explain(self, index: Index) -> str:
        """Return the title, what stands there, and when it was written."""
        row = self.results.row(index)
        return (
            ""
            if row is None
            else "\n".join(part for part in (row.title, row.excerpt, full(local(row.hit.created))) if part)
        )
