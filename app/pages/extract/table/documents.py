"""The names of the documents at the left of the table, which stay in sight while its columns are scrolled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QHelpEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QToolTip, QWidget

from app.models.extract_lines import Group
from app.models.extract_words import explain_document
from app.pages.extract.table.painting import ROW, CellPainting
from app.style.tips import plain_tip

if TYPE_CHECKING:
    from app.models.extract_lines import Line
    from app.models.extract_table import ExtractTable
    from app.style.theme import Theme


class DocumentNames(QHeaderView):
    """A name a row; rows of the same document that stand together show it once."""

    hovered = Signal(int)
    menu_asked = Signal(int, QPoint)

    def __init__(self, theme: Theme, table: ExtractTable, painting: CellPainting, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._theme = theme
        self._table = table
        self._painting = painting
        self._hovered = -1
        self.setMinimumSectionSize(ROW)
        self.setDefaultSectionSize(ROW)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Documents")

    def hover(self, row: int) -> None:
        """Show which row is under the pointer."""
        for each in {row, self._hovered} - {-1}:
            self.viewport().update(QRect(0, self.sectionViewportPosition(each), self.width(), ROW))
        self._hovered = row

    def sectionSizeFromContents(self, _section: int) -> QSize:
        """Return the height of a row."""
        return QSize(self.width(), ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the names that are in sight."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self._theme.colour("surface"))
        table = self._table
        first, last = self.visualIndexAt(event.rect().top()), self.visualIndexAt(event.rect().bottom())
        if first >= 0:
            for row in range(first, (last if last >= 0 else table.rowCount() - 1) + 1):
                painter.save()
                self._paint_row(painter, row)
                painter.restore()
        painter.end()

    def _paint_row(self, painter: QPainter, row: int) -> None:
        table, painting = self._table, self._painting
        rect = QRect(0, self.sectionViewportPosition(row), self.viewport().width(), ROW)
        entry = table.entry(row)
        if isinstance(entry, Group):
            wide = QRect(0, rect.y(), self.window().width(), ROW)
            painting.group(painter, wide, entry, table.grouped_by())
            painting.rule(painter, rect)
            return
        painting.ground(painter, rect, chosen=self._is_chosen(row), hovered=row == self._hovered)
        if table.begins_document(row):
            painting.document(painter, rect, entry.name, _ink(entry))
        if row + 1 >= table.rowCount() or table.begins_document(row + 1):
            painting.rule(painter, rect)

    def _is_chosen(self, row: int) -> bool:
        return self._table.columnCount() > 1 and self.selectionModel().isRowSelected(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell which row is under the pointer."""
        super().mouseMoveEvent(event)
        self.hovered.emit(self.logicalIndexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that none is."""
        super().leaveEvent(event)
        self.hovered.emit(-1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a document."""
        self.menu_asked.emit(self.logicalIndexAt(event.pos()), event.globalPos())

    def event(self, event: QEvent) -> bool:
        """Tell a document's whole name, and what became of it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self._table.line(self.logicalIndexAt(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tip(explain_document(line)) if line is not None else "", self)
            return True
        return super().event(event)


def _ink(line: Line) -> str:
    return "text3" if line.state == "pending" else "text"
