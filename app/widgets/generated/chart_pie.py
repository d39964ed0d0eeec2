"""A pie with its shares beside it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.models.chart import series_colours

if TYPE_CHECKING:
    from app.models.chart import Chart
    from app.style.theme import Theme

_LINE = 24
_GAP = 24
_SWATCH = 10
_LARGEST = 176
_SMALLEST = 104
_SHARES = 200
_BESIDE = 320
"""The width from which the shares stand beside the pie; in less they stand below it."""


class Pie(QWidget):
    """The values of one series as shares of their sum. `pointed` tells the share pointed at, or -1."""

    pointed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._chart: Chart | None = None
        self._pointed = -1
        self.setMouseTracking(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_chart(self, chart: Chart) -> None:
        """Show a chart with values of which none is below zero, and whose sum is above."""
        self._chart = chart
        self.updateGeometry()
        self.update()

    def recolour(self) -> None:
        """Take the colours of the theme in force."""
        self.update()

    @property
    def at(self) -> int:
        """The share that is pointed at; -1 for none."""
        return self._pointed

    def point_at(self, index: int) -> None:
        """Mark a share as pointed at; -1 for none."""
        if index != self._pointed:
            self._pointed = index
            self.update()
            self.pointed.emit(index)

    def place_of(self, index: int) -> QPointF:
        """Return the middle of a share's line."""
        return self._line(index).center()

    def heightForWidth(self, width: int) -> int:
        """Return the height of the pie with its shares beside or below it."""
        lines = len(self._shares()) * _LINE
        if width >= _BESIDE:
            return max(_LARGEST, lines) + 8
        return self._size(width) + 12 + lines

    def sizeHint(self) -> QSize:
        """Return a size with the shares beside the pie."""
        return QSize(_BESIDE, self.heightForWidth(_BESIDE))

    def minimumSizeHint(self) -> QSize:
        """Return a width that leaves a small pie."""
        return QSize(_SMALLEST, _SMALLEST)

    # Where things are

    def _shares(self) -> list[tuple[int, float]]:
        values = self._chart.series[0].values if self._chart else ()
        return [(index, value) for index, value in enumerate(values) if value is not None]

    def _size(self, width: int) -> int:
        return max(_SMALLEST, min(_LARGEST, width - _SHARES - _GAP if width >= _BESIDE else width - 32))

    def _circle(self) -> QRectF:
        size = self._size(self.width())
        if self.width() >= _BESIDE:
            return QRectF(4, max(4.0, (self.height() - size) / 2), size, size)
        return QRectF((self.width() - size) / 2, 4, size, size)

    def _line(self, row: int) -> QRectF:
        circle = self._circle()
        count = len(self._shares())
        if self.width() >= _BESIDE:
            top = max(0.0, (self.height() - count * _LINE) / 2)
            left = circle.right() + _GAP
            return QRectF(left, top + row * _LINE, min(self.width() - left, 280.0), _LINE)
        return QRectF(0, circle.bottom() + 8 + row * _LINE, self.width(), _LINE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the pie and a line for each share."""
        chart = self._chart
        if chart is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shares = self._shares()
        colours = [QColor(each) for each in series_colours(self._theme.tokens, len(shares))]
        total = sum(value for _, value in shares)
        self._paint_pie(painter, [value / total for _, value in shares], colours)
        for row, (index, value) in enumerate(shares):
            self._paint_line(painter, row, chart.labels[index], chart.with_unit(value), value / total, colours[row])
        painter.end()

    def _paint_pie(self, painter: QPainter, parts: list[float], colours: list[QColor]) -> None:
        circle = self._circle()
        only = sum(part > 0 for part in parts) == 1
        # A gap the colour of the ground parts the shares; one that is all of it has none.
        painter.setPen(Qt.PenStyle.NoPen if only else QPen(self._theme.colour("surface"), 2))
        start = 90.0
        for row, (part, colour) in enumerate(zip(parts, colours, strict=True)):
            painter.setBrush(colour)
            out = 3 if row == self._pointed else 0
            grown = circle.adjusted(-out, -out, out, out)
            if part > 0:
                painter.drawPie(grown, round(start * 16), -round(part * 360 * 16))
            start -= part * 360

    def _paint_line(self, painter: QPainter, row: int, name: str, value: str, part: float, colour: QColor) -> None:
        theme = self._theme
        line = self._line(row)
        if row == self._pointed:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("hover"))
            painter.drawRoundedRect(line, 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(line.left() + 4, line.center().y() - _SWATCH / 2, _SWATCH, _SWATCH), 3, 3)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        inside = line.adjusted(_SWATCH + 12, 0, -4, 0)
        figures = theme.fonts.text(12, tabular=True)
        painter.setFont(figures)
        painter.setPen(theme.colour("text2"))
        metrics = QFontMetricsF(figures)
        share = f"{part:.0%}" if part >= 0.01 or not part else "<1%"
        painter.drawText(inside, flags, share)
        inside.setRight(inside.right() - metrics.horizontalAdvance("100%") - 12)
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.fonts.text(12, 500, tabular=True))
        amount = QFontMetricsF(painter.font()).elidedText(value, Qt.TextElideMode.ElideRight, inside.width() / 2)
        painter.drawText(inside, flags, amount)
        inside.setRight(inside.right() - QFontMetricsF(painter.font()).horizontalAdvance(amount) - 12)
        painter.setFont(theme.fonts.text(12))
        cut = QFontMetricsF(painter.font()).elidedText(name, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)

    # What a person does

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer over the shares and their lines."""
        self.point_at(self._under(event.position()))
        event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        """Point at nothing."""
        self.point_at(-1)
        super().leaveEvent(event)

    def _under(self, position: QPointF) -> int:
        shares = self._shares()
        for row in range(len(shares)):
            if self._line(row).contains(position):
                return row
        circle = self._circle()
        spoke = position - circle.center()
        if not shares or spoke.x() ** 2 + spoke.y() ** 2 > (circle.width() / 2) ** 2:
            return -1
        turned = QPointF(-spoke.y(), spoke.x())  # so that the angle counts clockwise from the top
        angle = _clockwise(turned)
        total = sum(value for _, value in shares)
        for row, (_, value) in enumerate(shares):
            angle -= value / total
            if angle <= 0:
                return row
        return len(shares) - 1


def _clockwise(turned: QPointF) -> float:
    """Return the share of a full turn, 0 to 1, at which a point stands."""
    return math.atan2(turned.y(), turned.x()) % math.tau / math.tau
