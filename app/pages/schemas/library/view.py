"""The rows of the library: a name and its version over when it was written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt

from app.models.dates import full, local
from app.style import tokens
from app.widgets.rows import TWO_LINES, Look, RowPainting, RowsView

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from app.models.schema_list import SchemaEntry, SchemaList
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex


class LibraryView(RowsView):
    """The list; opening a row opens its schema."""

    own_keys = (*RowsView.own_keys, Qt.Key.Key_Escape)

    def __init__(self, theme: Theme, model: SchemaList, name: str) -> None:
        super().__init__(theme, model, name, TWO_LINES)
        self.list = model
        self.painting = SchemaPainting(theme)
        self.shown: Index = QPersistentModelIndex()
        self.setViewportMargins(0, 4, 0, 8)

    def chosen(self) -> list[SchemaEntry]:
        """Return the rows that are chosen."""
        entries = (self.list.entry(index) for index in self.selectedIndexes())
        return [entry for entry in entries if entry is not None]

    def show_open(self, index: QModelIndex) -> None:
        """Say which row the page shows; it is chosen, unless several are."""
        self.shown = QPersistentModelIndex(index)
        if index.isValid() and len(self.selectedIndexes()) < 2 and self.currentIndex() != index:
            self.select_row(index)
        elif not index.isValid():
            self.clearSelection()
        self.viewport().update()

    def paint_row(self, painter: QPainter, rect: QRect, index: Index, look: Look) -> None:
        """Paint a section or a schema."""
        entry = self.list.entry(index)
        if entry is None:
            return
        if entry.schema is None and entry.example is None:
            self.painting.section(painter, rect, entry.words, look)
        else:
            self.painting.schema(painter, rect, entry, look, shown=self.shown == index)

    def explain(self, index: Index) -> str:
        """Return a row whole."""
        entry = self.list.entry(index)
        if entry is None or (entry.schema is None and entry.example is None):
            return ""
        if entry.example is not None:
            return f"{entry.example.name}\n{entry.example.description}"
        assert entry.schema is not None, "a row that is neither is a section"
        tags = f"\n{', '.join(entry.schema.tags)}" if entry.schema.tags else ""
        return f"{entry.schema.name}\nWritten to {full(local(entry.schema.updated))}{tags}"


class SchemaPainting(RowPainting):
    """Paints the rows of the library."""

    def schema(self, painter: QPainter, rect: QRect, entry: SchemaEntry, look: Look, *, shown: bool) -> None:
        """Paint a schema: its name and version over a line on it."""
        self.ground(painter, rect, look)
        left = float(tokens.PANEL_MARGIN)
        first, second = rect.y() + 14.5, rect.y() + 31.5
        right = self.aside(painter, rect, first, entry.aside) if entry.aside else rect.right() + 1 - left
        edge = float(rect.right() + 1 - tokens.PANEL_MARGIN)
        if entry.marks:
            self.marked(painter, left, right, first, entry.words, entry.marks, 13, "text")
        else:
            box = QRectF(left, first - 11, right - left, 22)
            self.words(painter, box, first, entry.words, self.theme.fonts.text(13, 500 if shown else 400), "text")
        self.marked(painter, left, edge, second, entry.below, entry.below_marks, 12, "text2")
