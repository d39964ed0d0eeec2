"""The row that leads to a bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from app import figures
from app.style import tokens
from app.widgets.rows.painting import Look, RowPainting

if TYPE_CHECKING:
    from app.style.theme import Theme


class BinRow(QAbstractButton):
    """A quiet row at the foot of the panel: the bin, and how much is in it."""

    def __init__(self, theme: Theme, what: str) -> None:
        super().__init__()
        self._what = what
        self._painting = RowPainting(theme)
        self._count = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setText("Bin")
        self.setCheckable(True)
        self.setToolTip(f"Show the deleted {what}s")
        theme.changed.connect(self.update)

    def show_count(self, count: int) -> None:
        """Say how much is in the bin."""
        self._count = count
        self.setAccessibleName(f"Bin, {figures.number(count)} {self._what}{'s' if count != 1 else ''}")
        self.update()

    def sizeHint(self) -> QSize:
        """Return the size of a row."""
        return QSize(tokens.THREADS, tokens.ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the row."""
        painter = QPainter(self)
        look = Look(selected=self.isDown() or self.isChecked(), hovered=self.underMouse(), ringed=self.hasFocus())
        self._painting.bin(painter, self.rect(), self._count, look)
        painter.end()
