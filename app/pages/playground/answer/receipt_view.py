"""The Receipt view: what ran, as a table that can be copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.models.receipt import ReceiptTable
from app.style import tokens
from app.widgets.controls import button, label

if TYPE_CHECKING:
    from app.style.theme import Theme


class _ReceiptCells(QStyledItemDelegate):
    """Headings in the section weight, names quiet."""

    def __init__(self, theme: Theme, table: ReceiptTable, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._table = table

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Choose font and colour of a cell."""
        super().initStyleOption(option, index)
        cell: Any = option
        heading = self._table.heading(index.row())
        font: QFont = self._theme.fonts.text(12 if heading else 13, 600 if heading else 400)
        cell.font = font
        ink = self._theme.colour("text" if heading or index.column() else "text2")
        cell.palette.setColor(cell.palette.ColorRole.Text, ink)
        cell.palette.setColor(cell.palette.ColorRole.HighlightedText, ink)
        cell.textElideMode = Qt.TextElideMode.ElideMiddle
        if heading:
            cell.displayAlignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom


class ReceiptView(QFrame):
    """The receipt as a table; it can be copied as JSON, and what it tells of can be run again, or with changes."""

    run_asked = Signal()
    run_with_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._model = ReceiptTable(self)
        self._table = QTableView()
        self._table.setAccessibleName("Receipt")
        self._table.setModel(self._model)
        self._table.setItemDelegate(_ReceiptCells(theme, self._model, self._table))
        self._table.setShowGrid(False)
        self._table.setWordWrap(False)
        self._table.setFrameShape(QFrame.Shape.NoFrame)
        self._table.setTabKeyNavigation(False)
        self._table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self._table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._table.horizontalHeader().setVisible(False)
        self._table.verticalHeader().setVisible(False)
        self._table.verticalHeader().setDefaultSectionSize(26)
        self._table.verticalHeader().setMinimumSectionSize(26)
        self._table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self._table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self._table.setColumnWidth(0, 178)
        self._model.modelReset.connect(self._set_out)
        self.copy = button(theme, "Copy as JSON", "", "copy")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._model.text))
        self._none = label(theme, "The receipt comes with the end of an answer.", 13, ink="text3")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        foot = QHBoxLayout()
        foot.setContentsMargins(tokens.ANSWER_MARGIN, 8, tokens.ANSWER_MARGIN, 12)
        self.run = button(theme, "Run again", "", "arrow-clockwise")
        self.run.setToolTip("Run what this receipt tells of once more, with its seed")
        self.run.clicked.connect(self.run_asked)
        self.run_with = button(theme, "Run with…", "", "scales")
        self.run_with.setToolTip("Run it under other settings, beside this answer")
        self.run_with.clicked.connect(self.run_with_asked)
        for action in (self.run, self.run_with, self.copy):
            foot.addWidget(action)
        foot.setSpacing(8)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(0)
        inset = QHBoxLayout()
        inset.setContentsMargins(tokens.ANSWER_MARGIN - 3, 0, 8, 0)
        inset.addWidget(self._table)
        column.addWidget(self._none, 1)
        column.addLayout(inset, 1)
        column.addLayout(foot)
        self._set_out()

    def show_receipt(self, receipt: dict[str, Any] | None) -> None:
        """Show a receipt, or say that there is none yet."""
        self._model.show_receipt(receipt)

    def _set_out(self) -> None:
        rows = self._model.rowCount()
        for row in range(rows):
            self._table.setRowHeight(row, 40 if self._model.heading(row) and row else 26)
        self._none.setVisible(not rows)
        self._table.setVisible(bool(rows))
        for action in (self.run, self.run_with, self.copy):
            action.setVisible(bool(rows))
