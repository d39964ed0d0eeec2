"""The strip at the left of a text: line numbers, and whatever else belongs to a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor


class Gutter(QWidget):
    """Lies over the left margin of an editor, as wide as `width` says, and goes along when the text is scrolled.

    `paint` is given a painter of the strip, and the rectangle that is to be painted.
    """

    def __init__(
        self, editor: QPlainTextEdit, width: Callable[[], int], paint: Callable[[QPainter, QRect], None]
    ) -> None:
        super().__init__(editor)
        self._editor = editor
        self._width = width
        self._paint = paint
        editor.updateRequest.connect(self._follow)

    def sizeHint(self) -> QSize:
        """Return the width that is needed."""
        return QSize(self._width(), 0)

    def place(self) -> None:
        """Take the room at the left, as high as the editor."""
        inner = self._editor.contentsRect()
        self.setGeometry(QRect(inner.left(), inner.top(), self._width(), inner.height()))

    def _follow(self, rect: QRect, dy: int) -> None:
        if dy:
            self.scroll(0, dy)
        else:
            self.update(0, rect.y(), self.width(), rect.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines in sight."""
        painter = QPainter(self)
        self._paint(painter, event.rect())
        painter.end()


def numbers_width(editor: QPlainTextEdit, lines: int) -> int:
    """Return the width of the numbers of so many lines; of two figures at least, so that a new text does not jump."""
    return editor.fontMetrics().horizontalAdvance("0") * max(2, len(str(lines)))


def paint_number(painter: QPainter, number: int, box: QRectF, ink: QColor) -> None:
    """Paint a line number at the right of its box."""
    painter.setPen(ink)
    painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number))
