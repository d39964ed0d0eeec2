"""Text that grows in place: plain, in lines of a set height, painted as it is written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel

from app.style.plain_text import in_signs
from app.widgets.controls import set_ink

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QPaintEvent
    from PySide6.QtWidgets import QWidget

LINE: Final = 20
_EVER: Final = 1_000_000


_METRICS: dict[str, QFontMetricsF] = {}


def _metrics_of(font: QFont) -> QFontMetricsF:
    """Return the metrics of a font, made once: there are few fonts and thousands of texts."""
    key = font.key()
    found = _METRICS.get(key)
    if found is None:
        found = _METRICS[key] = QFontMetricsF(font)
    return found


class Flow:
    """The lines of a text at a width; paragraphs that stay as they were are not laid out again."""

    def __init__(self, font: QFont, line: int) -> None:
        self.font = font
        self.line = line
        self._metrics = _metrics_of(font)
        self._rise = (line - self._metrics.height()) / 2
        self._text = ""
        self._width = -1
        self._paragraphs: list[tuple[str, QTextLayout | None, int]] = []
        self._natural: dict[str, int] = {}

    def natural(self, text: str) -> int:
        """Return the width of a text whose lines are not broken."""
        return max((self._advance(part) for part in text.split("\n")), default=0)

    def _advance(self, part: str) -> int:
        found = self._natural.get(part)
        if found is None:
            if len(self._natural) > 8:
                self._natural.clear()
            # Beyond this no line is that wide, and measuring takes time with each letter that is added.
            found = self._natural[part] = (
                math.ceil(self._metrics.horizontalAdvance(part)) + 1 if len(part) < 400 else 400 * 8
            )
        return found

    def height(self, text: str, width: int) -> int:
        """Return how high a text is at a width."""
        self._fit(text, width)
        return self.line * sum(lines for _, _, lines in self._paragraphs)

    def _fit(self, text: str, width: int) -> None:
        if text == self._text and width == self._width:
            return
        old = self._paragraphs if width == self._width else []
        made: list[tuple[str, QTextLayout | None, int]] = []
        for at, part in enumerate(text.split("\n")):
            if at < len(old) and old[at][0] == part:
                made.append(old[at])
            elif self._advance(part) <= width:
                made.append((part, None, 1))
            else:
                made.append(self._broken(part, width))
        self._text, self._width, self._paragraphs = text, width, made

    def _broken(self, part: str, width: int) -> tuple[str, QTextLayout, int]:
        layout = QTextLayout(part, self.font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        layout.setCacheEnabled(True)
        layout.beginLayout()
        lines = 0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            line.setPosition(QPointF(0, lines * self.line + self._rise))
            lines += 1
        layout.endLayout()
        return part, layout, max(1, lines)

    def paint(self, painter: QPainter, text: str, left: float, top: float, width: int, seen: QRectF) -> None:
        """Paint as much of a text as meets `seen`, in the painter's pen."""
        self._fit(text, width)
        painter.setFont(self.font)
        y = top
        for part, layout, lines in self._paragraphs:
            high = lines * self.line
            if y + high >= seen.top() and y <= seen.bottom():
                if layout is None:
                    painter.drawText(QPointF(left, y + self._rise + self._metrics.ascent()), part)
                else:
                    layout.draw(painter, QPointF(left, y), [], seen)
            y += high


class Words(QLabel):
    """Plain text in as many lines as its width takes."""

    def __init__(
        self, parent: QWidget, font: QFont, ink: str = "", *, line: int = LINE, aligned: Qt.AlignmentFlag | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font)
        if ink:
            self.setProperty("ink", ink)
        self._said = ""
        self._flow = Flow(font, line)
        self._right = aligned == Qt.AlignmentFlag.AlignRight

    def wear(self, font: QFont, ink: str, line: int) -> None:
        """Take another font, colour and height of a line."""
        self._flow = Flow(font, line)
        self.setFont(font)
        set_ink(self, ink)

    def say(self, text: str) -> bool:
        """Show another text; tell whether it is one."""
        shown = text if text.isascii() and text.isprintable() else in_signs(text)
        if shown == self._said:
            return False
        self._said = shown
        self.setText(shown)
        return True

    @property
    def said(self) -> str:
        """The text, all of it."""
        return self._said

    @property
    def line(self) -> int:
        """The height of a line."""
        return self._flow.line

    def natural(self) -> int:
        """Return the width at which no line is broken."""
        return self._flow.natural(self._said)

    def height_at(self, width: int) -> int:
        """Return the height at a width; nothing takes no room."""
        return self._flow.height(self._said, width) if self._said else 0

    def sizeHint(self) -> QSize:
        """Return the size on unbroken lines."""
        return QSize(self.natural(), self.height_at(_EVER))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines in the colour of the label."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        left = self.width() - self.natural() if self._right else 0
        self._flow.paint(painter, self._said, max(0, left), 0, self.width(), QRectF(event.rect()))
        painter.end()
