"""How a schema's keywords are held to, at a glance."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.models.enforcement import HOLDINGS, count_holdings, meaning_of
from app.style.drawing import MarkShape, paint_mark
from app.style.tips import plain_tip

if TYPE_CHECKING:
    from app.exchange import Preview
    from app.style.theme import Theme

_LOOKS: Final[dict[str, tuple[MarkShape, str, str]]] = {
    "mask": ("square", "accent", "accent"),
    "rewritten": ("half", "accent", "accentLine"),
    "check": ("diamond", "text", "text2"),
    "annotation": ("circle", "text3", "line"),
}
"""The mark of each way, its colour, and the colour of its share of the bar."""
_BAR = 12
_LINE = 20
_MARK = 11
_GAP = 18
_TOLD = 20


class EnforcementBar(QWidget):
    """How a schema's keywords are held to, as shares of a bar and as numbers; the tooltip names the exceptions."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts: Counter[str] = Counter()
        theme.changed.connect(self.update)
        self._fit()

    @property
    def legend(self) -> list[tuple[str, str]]:
        """The ways that stand below the bar, with their words; all of them while nothing is known."""
        if not self._counts:
            return [(how, holding.counted) for how, holding in HOLDINGS.items()]
        return [
            (how, f"{self._counts[how]} {holding.counted}") for how, holding in HOLDINGS.items() if self._counts[how]
        ]

    def show_preview(self, preview: Preview | None) -> None:
        """Count the keywords by how they are held to."""
        entries = preview.enforcement if preview else ()
        self._counts = Counter(how for _, _, how in entries)
        words = count_holdings(how for _, _, how in entries) or "not known yet"
        self.setAccessibleName(f"How the schema's keywords are held to: {words}")
        self.setToolTip(plain_tip(_explain(entries)))
        self._fit()
        self.update()

    # The legend's lines

    def _places(self) -> list[tuple[str, str, float, int]]:
        """Return the entries of the legend, each with where it begins and on which line."""
        metrics = QFontMetricsF(self._theme.fonts.text(12))
        placed: list[tuple[str, str, float, int]] = []
        x, line = 5.0, 0
        for how, words in self.legend:
            width = _MARK + metrics.horizontalAdvance(words)
            if placed and x + width > self.width():
                x, line = 5.0, line + 1
            placed.append((how, words, x, line))
            x += width + _GAP
        return placed

    def _fit(self) -> None:
        places = self._places()
        self.setFixedHeight(_BAR + _LINE * (1 + (places[-1][3] if places else 0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the legend's lines for the new width."""
        super().resizeEvent(event)
        self._fit()

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar and its legend."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bar(painter)
        painter.setFont(self._theme.fonts.text(12))
        for how, words, x, line in self._places():
            shape, ink, _ = _LOOKS[how]
            y = _BAR + _LINE * line
            paint_mark(painter, shape, QPointF(x, y + 9), self._theme.colour(ink))
            painter.setPen(self._theme.colour("text2"))
            painter.drawText(QPointF(x + _MARK, y + 13), words)
        painter.end()

    def _paint_bar(self, painter: QPainter) -> None:
        shares = [(how, self._counts[how]) for how in HOLDINGS if self._counts[how]]
        total = sum(count for _, count in shares)
        painter.setPen(Qt.PenStyle.NoPen)
        if not total:
            painter.setBrush(self._theme.colour("hairline"))
            painter.drawRoundedRect(QRectF(0, 2, self.width(), 4), 2, 2)
        x = 0.0
        for how, count in shares:
            width = (self.width() - 2.0 * (len(shares) - 1)) * count / total
            painter.setBrush(self._theme.colour(_LOOKS[how][2]))
            painter.drawRoundedRect(QRectF(x, 2, width, 4), 2, 2)
            x += width + 2


def _explain(entries: tuple[tuple[str, str, str], ...]) -> str:
    """Return the keywords that the mask does not hold as they stand, under what is done instead."""
    if not entries:
        return ""
    lines: list[str] = []
    for how in HOLDINGS:
        places = [f"{pointer}/{keyword}" for pointer, keyword, one in entries if one == how]
        if how == "mask" or not places:
            continue
        meaning = meaning_of(how)
        lines.append(f"{meaning[0].upper()}{meaning[1:]}:")
        lines += [f"    {place}" for place in places[:_TOLD]]
        if len(places) > _TOLD:
            lines.append(f"    and {len(places) - _TOLD} more")
    return "\n".join(lines) or "Every keyword is held to by the mask."
