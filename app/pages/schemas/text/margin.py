"""What stands at the left of the rows: marks of problems, line numbers, and handles to fold with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPen

from app.style.drawing import paint_mark
from app.widgets.gutter import Gutter, numbers_width, paint_number

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QMouseEvent, QPainter

    from app.pages.schemas.text.view import SchemaTextView
    from app.style.drawing import MarkShape
    from app.style.theme import Theme

_MARKS = 24
_HANDLES = 18
MARKS: dict[str, tuple[MarkShape, str, str]] = {
    "error": ("octagon", "brickMark", "brick"),
    "warning": ("triangle", "amberMark", "amber"),
    "hint": ("ring", "text3", "text2"),
}
"""The severities, worst first: the shape of the mark, its colour, and the colour of the number beside it."""


class Margin(Gutter):
    """The strip at the left of the text view; a press on a handle folds."""

    def __init__(self, theme: Theme, view: SchemaTextView) -> None:
        super().__init__(view, self.room, self._paint_rows)
        self._theme = theme
        self._view = view
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setMouseTracking(True)

    def room(self) -> int:
        """Return the width that is needed."""
        rows = self._view.rows
        return _MARKS + numbers_width(self._view, rows.line(len(rows) - 1) + 1) + _HANDLES

    def line_at(self, point: QPoint) -> int | None:
        """Return the line (from 0) at a point."""
        shown = next((each for each in self._view.in_sight() if each.box.top() <= point.y() < each.box.bottom()), None)
        return self._view.rows.line(shown.row) if shown is not None else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold or unfold a line; beside the handles put the caret into it."""
        line = self.line_at(event.position().toPoint())
        if line is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if event.position().x() >= self.width() - _HANDLES:
            self._view.toggle_fold(line)
        else:
            self._view.go_to_line(line)

    def _paint_rows(self, painter: QPainter, area: QRect) -> None:
        view = self._view
        height = view.fontMetrics().height()
        caret = view.textCursor().blockNumber() if view.hasFocus() else -1
        current = view.rows.line(caret) if caret >= 0 else -1
        seen = list(view.in_sight())
        foldable = view.foldable(seen)
        marks = view.severities(seen)
        for each in seen:
            row, top = each.row, each.box.top()
            if each.box.bottom() < area.top():
                continue
            line = view.rows.line(row)
            if row == caret:
                painter.fillRect(QRectF(0, top, self.width(), each.box.height()), self._theme.colour("currentLine"))
            if not view.rows.begins_line(row):
                continue
            ink = self._theme.colour("text2" if line == current else "text3")
            if line in marks:
                shape, mark, number = MARKS[marks[line]]
                ink = self._theme.colour(number)
                paint_mark(painter, shape, QPointF(12, top + height / 2), self._theme.colour(mark))
            painter.setFont(self._theme.fonts.code(11))
            paint_number(painter, line + 1, QRectF(0, top, self.width() - _HANDLES, height), ink)
            folded = view.rows.hidden(view.rows.last_row(line)) > 0
            if folded or line in foldable:
                self._paint_handle(painter, QPointF(self.width() - _HANDLES / 2, top + height / 2), folded=folded)

    def _paint_handle(self, painter: QPainter, centre: QPointF, *, folded: bool) -> None:
        painter.save()
        painter.setRenderHint(painter.RenderHint.Antialiasing)
        pen = QPen(self._theme.colour("text2" if folded else "text3"), 1.2)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        x, y = (1.6, 3.2) if folded else (3.2, 1.6)
        if folded:
            points = [QPointF(-x, -y), QPointF(x, 0), QPointF(-x, y)]
        else:
            points = [QPointF(-x, -y), QPointF(0, y), QPointF(x, -y)]
        painter.drawPolyline([centre + point for point in points])
        painter.restore()
