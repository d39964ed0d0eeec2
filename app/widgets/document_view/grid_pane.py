"""Tables of a document as grids with addresses, a tab for each, and marks on their cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QTableView,
    QToolTip,
    QVBoxLayout,
)

from app.style import tokens
from app.style.plain_text import one_line, paragraphs
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.document_view.cells import CellModel, Sheet, sheets
from app.widgets.document_view.marks import MarkPainter
from app.widgets.document_view.text_map import spans_between
from app.widgets.document_view.words import trimmed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.document_shown import DocumentShown
    from app.style.theme import Theme
    from app.widgets.document_view.marks import Mark
    from app.widgets.document_view.pane import Span

Index = QModelIndex | QPersistentModelIndex
_LEAST, _MOST = 44, 260
_MEASURED: Final = 120
_SIDE: Final = 8
_TOLD: Final = 1_000
_LONGEST_NAME: Final = 20
_LEAST_HEIGHT: Final = 48
_NUMBER: Final = re.compile(r"[(+\u2212-]?\s?[€$£]?\s?[+\u2212-]?\d[\d.,'\u2019\s]*([€$£%]|[A-Z]{3})?\)?")


class GridPane(QFrame):
    """The tables of a document. A cell that is chosen is what is selected of the text."""

    selected = Signal()
    mark_clicked = Signal(object)
    page_changed = Signal(int)
    moved = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._document: DocumentShown | None = None
        self._sheets: list[Sheet] = []
        self._sheet = -1
        self.setProperty("ground", "surface")
        self.cells = CellModel(self)
        self.table = _Table(theme, self.cells)
        self.tabs = QTabBar()
        set_kind(self.tabs, "sheets")
        self.tabs.setFont(theme.fonts.text(12))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self.tabs.setAccessibleName("Tables of the document")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self.tabs)
        self.tabs.currentChanged.connect(self._show_sheet)
        self.table.mark_clicked.connect(self.mark_clicked)
        self.table.chosen.connect(self.selected)
        for bar in (self.table.verticalScrollBar(), self.table.horizontalScrollBar()):
            bar.valueChanged.connect(lambda _value: self.moved.emit())

    @property
    def view(self) -> QAbstractScrollArea:
        """The widget that scrolls."""
        return self.table

    def show_document(self, document: DocumentShown | None) -> None:
        """Show another document from its beginning, without marks, or none."""
        self._document = document
        self._sheets = sheets(document) if document is not None else []
        self._sheet = -1
        self.table.marks, self.table.hits = [], []
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(self.tabs.count() - 1)
        for number, sheet in enumerate(self._sheets, start=1):
            name = one_line(sheet.name, _LONGEST_NAME) or f"Table {number}"
            self.tabs.setTabToolTip(self.tabs.addTab(name.replace("&", "&&")), plain_tip(one_line(sheet.name)))
        self.tabs.blockSignals(False)
        self.tabs.setVisible(len(self._sheets) > 1)
        self._show_sheet(0)

    def _show_sheet(self, number: int) -> None:
        if number == self._sheet:
            return
        self._sheet = number
        sheet = self._sheets[number] if 0 <= number < len(self._sheets) else None
        self.table.show_sheet(self._document.text if self._document is not None else "", sheet)
        self.selected.emit()
        if sheet is not None:
            self.page_changed.emit(sheet.page)

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark spans; what was marked before no longer is."""
        self.table.marks = list(marks)
        self.table.viewport().update()

    def set_hits(self, hits: Sequence[Span]) -> None:
        """Mark what was searched for."""
        self.table.hits = list(hits)
        self.table.viewport().update()

    def reveal(self, start: int, end: int, *, emphasised: bool) -> bool:
        """Bring the cell that holds a span into sight; returns whether there is one."""
        del emphasised  # a cell with a frame is seen at once
        for number, sheet in enumerate(self._sheets):
            if ((sheet.cells[:, 0] < end) & (start < sheet.cells[:, 1])).any():
                self.tabs.setCurrentIndex(number)
                self._show_sheet(number)
                place = self.cells.cell_at(start, end)
                if place is not None:
                    self.table.bring(*place)
                return True
        return False

    def page(self) -> int:
        """Return the index of the page in sight."""
        return self._sheets[self._sheet].page if 0 <= self._sheet < len(self._sheets) else 0

    def go_to_page(self, page: int) -> None:
        """Show the first table of a page."""
        for number, sheet in enumerate(self._sheets):
            if sheet.page >= page:
                self.tabs.setCurrentIndex(number)
                self._show_sheet(number)
                return

    def selection(self) -> Span | None:
        """Return the text of the chosen cell, without the blanks at its ends."""
        span = self.table.chosen_span()
        if span is None or self._document is None:
            return None
        start, end = trimmed(self._document.text, *span)
        return (start, end) if start < end else None

    def select(self, span: Span | None) -> None:
        """Choose the cell that holds a span, or none."""
        if span is None:
            self.table.clearSelection()
            self.table.setCurrentIndex(QModelIndex())
        elif self.reveal(*span, emphasised=False):
            place = self.cells.cell_at(*span)
            if place is not None:
                self.table.setCurrentIndex(self.cells.index(*place))

    def selection_rect(self) -> QRect | None:
        """Return where the chosen cell stands in the viewport, if it is in sight."""
        if self.table.chosen_span() is None:
            return None
        rect = self.table.visualRect(self.table.currentIndex())
        return rect if rect.intersects(self.table.viewport().rect()) else None


class _Table(QTableView):
    """Cells with hairlines below their rows; Tab leaves it, the arrows walk in it."""

    chosen = Signal()
    mark_clicked = Signal(object)

    def __init__(self, theme: Theme, cells: CellModel) -> None:
        super().__init__()
        self._theme = theme
        self._cells = cells
        self._waiting: tuple[int, int] | None = None
        self.marks: list[Mark] = []
        self.hits: list[Span] = []
        set_kind(self, "cells")
        self.setModel(cells)
        self.setItemDelegate(_CellPainting(theme, self))
        self.setAccessibleName("Table of the document")
        self.setFont(theme.fonts.text(13, tabular=True))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.viewport().setMouseTracking(True)
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setFont(theme.fonts.text(11, tabular=True))
            header.setHighlightSections(False)
            header.setSectionsClickable(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setMinimumSectionSize(_LEAST)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(tokens.NESTED_ROW)
        self.verticalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        set_kind(self.verticalHeader(), "numbers")
        theme.changed.connect(self.viewport().update)

    def show_sheet(self, text: str, sheet: Sheet | None) -> None:
        """Show another table, each column as wide as what stands in its first rows."""
        self._waiting = None
        self.clearSpans()
        self._cells.show_sheet(text, sheet)
        merged = self._cells.merged()
        apart = {(row, column) for row, column, _, across in merged if across > 1}
        metrics = QFontMetricsF(self.font())
        rows = min(self._cells.rowCount(), _MEASURED)
        for column in range(min(self._cells.columnCount(), _MEASURED)):
            places = (self._cells.index(row, column) for row in range(rows) if (row, column) not in apart)
            texts = (self._cells.data(place) or "" for place in places)
            width = max((metrics.horizontalAdvance(text[:60]) for text in texts if text), default=0)
            self.setColumnWidth(column, round(min(max(width + 2 * _SIDE + 2, _LEAST), _MOST)))
        for row, column, down, across in merged:
            self.setSpan(row, column, down, across)
        self.scrollToTop()
        self.horizontalScrollBar().setValue(0)

    def bring(self, row: int, column: int) -> None:
        """Bring a cell into sight; once the table has a size, where it has none yet."""
        self._waiting = None
        if not self.isVisible() or self.viewport().height() < _LEAST_HEIGHT:
            self._waiting = (row, column)
            return
        index = self._cells.index(row, column)
        inside = self.viewport().rect().contains(self.visualRect(index))
        if not inside:
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Bring what was to be seen into sight."""
        super().resizeEvent(event)
        if self._waiting is not None:
            self.bring(*self._waiting)

    def showEvent(self, event: QShowEvent) -> None:
        """Bring what was to be seen into sight."""
        super().showEvent(event)
        if self._waiting is not None:
            self.bring(*self._waiting)

    def chosen_span(self) -> Span | None:
        """Return where the text of the chosen cell stands in the document."""
        index = self.currentIndex()
        return self._cells.span_of(index.row(), index.column()) if index.isValid() else None

    def span_at(self, index: Index) -> Span | None:
        """Return where a cell's text stands in the document."""
        return self._cells.span_of(index.row(), index.column())

    def mark_at(self, index: Index) -> Mark | None:
        """Return the mark that matters most in a cell."""
        span = self.span_at(index)
        if span is None:
            return None
        return next((mark for mark in reversed(self.marks) if mark.start < span[1] and span[0] < mark.end), None)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell that another cell is chosen."""
        super().currentChanged(current, previous)
        self.chosen.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click on a mark."""
        super().mouseReleaseEvent(event)
        mark = self._mark_under(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and mark is not None:
            self.mark_clicked.emit(mark.key)

    def viewportEvent(self, event: QEvent) -> bool:
        """Say all of a cell under the pointer, and what its mark stands for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            span = self.span_at(index) if index.isValid() else None
            mark = self.mark_at(index) if index.isValid() else None
            words = [mark.words] if mark is not None else []
            if span is not None:
                words.append(paragraphs(self._cells.whole(*span), _TOLD))
            if words:
                QToolTip.showText(event.globalPos(), plain_tip("\n".join(words)), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _mark_under(self, point: QPoint) -> Mark | None:
        index = self.indexAt(point)
        return self.mark_at(index) if index.isValid() else None


class _CellPainting(QStyledItemDelegate):
    def __init__(self, theme: Theme, table: _Table) -> None:
        super().__init__(table)
        self._theme = theme
        self._table = table
        self._painting = MarkPainter(theme)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the room of a row."""
        return QSize(_LEAST, tokens.NESTED_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the ground of its mark, the text, and a ring around the chosen cell."""
        box = QRectF(option.rect)
        span = self._table.span_at(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(box.left(), box.bottom() - 1, box.width(), 1), self._theme.colour("hairline"))
        mark = self._table.mark_at(index)
        inner = box.adjusted(1, 1, -1, -2)
        if span is not None and spans_between(self._table.hits, *span):
            self._painting.paint_hit_below_text(painter, (inner,))
        if mark is not None:
            self._painting.paint_below_text(painter, mark, (inner,))
        if index == self._table.currentIndex():
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.drawRoundedRect(inner, 3, 3)
        text = index.data() or ""
        painter.setPen(self._theme.colour("text"))
        painter.setFont(self._table.font())
        room = box.width() - 2 * _SIDE
        words = QFontMetricsF(self._table.font()).elidedText(text, Qt.TextElideMode.ElideRight, room)
        side = Qt.AlignmentFlag.AlignRight if is_number(text) else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box.adjusted(_SIDE, 0, -_SIDE, 0), int(side | Qt.AlignmentFlag.AlignVCenter), words)
        painter.restore()


def is_number(text: str) -> bool:
    """Tell whether a cell holds a number, an amount or a share, which stand at the right."""
    return _NUMBER.fullmatch(text) is not None
