"""How a schema's keywords are held to, at a glance."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.style.drawing import paint_mark

if TYPE_CHECKING:
    from app.exchange import Preview
    from app.style.theme import Theme


class EnforcementBar(QWidget):
    """How a schema's keywords are held to, as shares of a bar and as numbers."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts: Counter[str] = Counter()
        self.setFixedHeight(32)
        theme.changed.connect(self.update)

    def show_preview(self, preview: Preview | None) -> None:
        """Count what the mask holds, what is checked, and what is only noted."""
        self._counts = Counter(how for _, _, how in preview.enforcement) if preview else Counter()
        mask, check, note = (self._counts[how] for how in ("mask", "check", "annotation"))
        words = f"{mask} masked, {check} checked, {note} notes"
        self.setAccessibleName(f"How the schema's keywords are held to: {words}")
        lines = [f"{how}: {pointer}/{keyword}" for pointer, keyword, how in preview.enforcement] if preview else []
        lines = [line for line in lines if not line.startswith("mask")][:20]
        self.setToolTip("\n".join(lines) or "Every keyword is enforced by the mask." if self._counts else "")
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar and its legend."""
        total = sum(self._counts.values())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        x = 0.0
        gaps = 2.0 * max(0, sum(1 for count in self._counts.values() if count) - 1)
        for how, token in (("mask", "accent"), ("check", "text2"), ("annotation", "line")):
            width = (self.width() - gaps) * self._counts[how] / total if total else 0
            if width:
                painter.setBrush(self._theme.colour(token))
                painter.drawRoundedRect(QRectF(x, 2, width, 4), 2, 2)
                x += width + 2
        if not total:
            painter.setBrush(self._theme.colour("hairline"))
            painter.drawRoundedRect(QRectF(0, 2, self.width(), 4), 2, 2)
        painter.setFont(self._theme.fonts.text(12))
        x = 5.0
        legend = (
            ("square", "accent", "mask", "masked"),
            ("diamond", "text", "check", "checked"),
            ("circle", "text3", "annotation", "notes"),
        )
        for shape, token, how, words in legend:
            paint_mark(painter, shape, QPointF(x, 21), self._theme.colour(token))  # type: ignore[arg-type]
            painter.setPen(self._theme.colour("text2"))
            text = f"{self._counts[how]} {words}" if total else words
            painter.drawText(QPointF(x + 11, 25), text)
            x += 11 + painter.fontMetrics().horizontalAdvance(text) + 18
        painter.end()
