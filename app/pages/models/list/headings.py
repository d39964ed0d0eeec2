"""The heads of the columns, in line with the list below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.models.model_words import size_words
from app.pages.models.list.columns import columns_of
from app.style import tokens

if TYPE_CHECKING:
    from app.style.theme import Theme


class Headings(QWidget):
    """A row of words; that of the memory says how much of it this machine has."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._memory = "Memory"
        self.setFixedHeight(tokens.ROW)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_memory(self, total: int | None) -> None:
        """Say how much memory there is, in bytes."""
        self._memory = f"Memory, of {size_words(total)}" if total else "Memory"
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the words where their columns stand."""
        painter = QPainter(self)
        painter.setFont(self._theme.fonts.text(12, 500))
        painter.setPen(self._theme.colour("text2"))
        columns = columns_of(self.width())
        self._put(painter, "Model", columns.name)
        self._put(painter, "Size", columns.size, ends=True)
        if columns.context is not None:
            self._put(painter, "Context", columns.context, ends=True)
        if columns.licence is not None:
            self._put(painter, "Licence", columns.licence)
        self._put(painter, self._memory, columns.meter if columns.meter is not None else columns.verdict)
        painter.end()

    def _put(self, painter: QPainter, words: str, at: float, *, ends: bool = False) -> None:
        box = QRectF(at - 200 if ends else at, 2, 200, self.height() - 2)
        side = Qt.AlignmentFlag.AlignRight if ends else Qt.AlignmentFlag.AlignLeft
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, words)
