"""The small picture that goes with the pointer while something is being dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPixmap

from app.style import tokens

if TYPE_CHECKING:
    from app.style.theme import Theme

_WIDEST = 180


def drag_tag(theme: Theme, words: str, ratio: float) -> QPixmap:
    """Return a tag with a few words; `ratio` is that of the pixels of the screen to those of the design."""
    font = theme.fonts.text(12, 500)
    metrics = QFontMetricsF(font)
    words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, _WIDEST)
    width = round(metrics.horizontalAdvance(words)) + 20
    made = QPixmap(round(width * ratio), round(tokens.CONTROL * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("line"), 1))
    painter.setBrush(theme.colour("raised"))
    painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, tokens.CONTROL - 1), 6, 6)
    painter.setFont(font)
    painter.setPen(theme.colour("text"))
    painter.drawText(QRectF(10, 0, width, tokens.CONTROL), Qt.AlignmentFlag.AlignVCenter, words)
    painter.end()
    return made
