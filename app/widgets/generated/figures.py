"""Parts that show what is so: figures, facts, progress."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from app.widgets.controls import set_ink
from app.widgets.generated.layouts import MEASURE, Extent
from app.widgets.generated.part import TONES, Part
from app.widgets.generated.words import Words

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_INKS: Final = {"neutral": "text2", "info": "text2", "good": "accent", "warning": "amber", "bad": "brick"}
_FIGURE: Final = re.compile(
    r"\s*([-+\u2212\u00b1]?\s?[$€£¥]?\s?\d(?:[\d.,'\u2019\u00a0\u202f/:]| (?=\d{3}))*)(\s?)([^\d\s][^\d]{0,11})?\s*",
    re.ASCII,
)


class Metric(Part):
    """One figure: its label, the value with its unit, and how it changed."""

    def build(self) -> None:
        """Make the four labels."""
        fonts = self.host.theme.fonts
        self.label = Words(self, fonts.text(), "text2")
        self.figure = Words(self, fonts.text(20, 600, tabular=True), line=24)
        self.unit = Words(self, fonts.text(), "text2")
        self.delta = Words(self, fonts.text(12, tabular=True), "text2", line=18)
        self._apart = 4
        self.tone = "neutral"

    def refresh(self) -> None:
        """Show label, value and change."""
        value = self.text("value")
        parts = _FIGURE.fullmatch(value) if len(value) <= 40 else None
        figure, unit = (parts[1].strip(), (parts[3] or "").strip()) if parts else (value, "")
        self._apart = 4 if parts is None or parts[2] else 1
        tone = self.word("tone", TONES)
        if tone != self.tone:
            self.tone = tone
            set_ink(self.delta, _INKS[tone])
        if (
            self.label.say(self.text("label"))
            | self.figure.say(figure)
            | self.unit.say(unit)
            | self.delta.say(self.text("delta"))
        ):
            self.setAccessibleName(f"{self.label.said}: {value} {self.delta.said}".strip()[:400])
            self.touch()

    def measure(self) -> Extent:
        """Share a line with others; a figure is never broken where that can be helped."""
        wish = max(self.label.natural(), self._value_width(), self.delta.natural())
        least = max(112, min(self._value_width(), 200))
        return Extent(least, max(least, wish), weight=1, above=12, below=16, apart=24)

    def _value_width(self) -> int:
        return self.figure.natural() + (self._apart + self.unit.natural() if self.unit.said else 0)

    def high(self, width: int) -> int:
        """Return the height of the three lines."""
        return self.label.height_at(width) + 2 + self._figure_height(width) + self.delta.height_at(width)

    def _figure_height(self, width: int) -> int:
        below = 20 if self._value_width() > width and self.unit.said else 0
        return max(24, self.figure.height_at(width)) + below

    def arrange(self) -> None:
        """Place label, figure, unit beside it where there is room, and change."""
        width = self.width()
        y = self.label.height_at(width)
        self.label.setGeometry(0, 0, width, y)
        y += 2
        wide = min(width, self.figure.natural())
        high = max(24, self.figure.height_at(width))
        self.figure.setGeometry(0, y, wide, high)
        if self._value_width() <= width:
            self.unit.setGeometry(wide + self._apart, y + 3, max(0, width - wide - self._apart), 20)
        else:
            self.unit.setGeometry(0, y + high, width, 20)
        y += self._figure_height(width)
        self.delta.setGeometry(0, y, width, self.delta.height_at(width))

    def spoken(self) -> tuple[str, ...]:
        """Return label, value, unit, change and tone."""
        return self.label.said, self.figure.said, self.unit.said, self.delta.said, self.tone


class Facts(Part):
    """Labels and their values; the values begin at the same place."""

    _GAP: Final = 16
    _LEAST: Final = 28

    def build(self) -> None:
        """Begin with no rows."""
        self.rows: list[tuple[Words, Words]] = []

    def refresh(self) -> None:
        """Show a row for each item; those that are there already stay."""
        fonts = self.host.theme.fonts
        items = [item for item in self.items("items") if isinstance(item, dict)]
        changed = len(items) != len(self.rows)
        while len(self.rows) > len(items):
            for each in self.rows.pop():
                each.hide()
                each.deleteLater()
        while len(self.rows) < len(items):
            made = Words(self, fonts.text(), "text2"), Words(self, fonts.text(13, 500))
            for each in made:
                each.show()
            self.rows.append(made)
        for (label, value), item in zip(self.rows, items, strict=True):
            changed |= label.say(self.filled(item.get("label")))
            changed |= value.say(self.filled(item.get("value")))
        if changed:
            self.touch()
            self.update()

    def _labels(self, width: int) -> int:
        widest = max((label.natural() for label, _ in self.rows), default=0)
        return min(max(widest, 96), round(width * 0.45))

    def measure(self) -> Extent:
        """Take the width of the longest, up to what can be read."""
        values = max((value.natural() for _, value in self.rows), default=0)
        wish = min(MEASURE, self._labels(MEASURE) + self._GAP + values)
        return Extent(min(wish, 200), wish, MEASURE, weight=1, above=8, below=8, apart=24)

    def _row_height(self, row: tuple[Words, Words], left: int, width: int) -> int:
        right = max(1, width - left - self._GAP)
        return max(self._LEAST, 8 + max(row[0].height_at(left), row[1].height_at(right)))

    def high(self, width: int) -> int:
        """Return the height of all rows."""
        left = self._labels(width)
        return sum(self._row_height(row, left, width) for row in self.rows)

    def arrange(self) -> None:
        """Place labels and values."""
        width = self.width()
        left = self._labels(width)
        y = 0
        for row in self.rows:
            high = self._row_height(row, left, width)
            row[0].setGeometry(0, y + 4, left, high - 8)
            row[1].setGeometry(left + self._GAP, y + 4, max(1, width - left - self._GAP), high - 8)
            y += high

    def spoken(self) -> tuple[str, ...]:
        """Return labels and values."""
        return tuple(words.said for row in self.rows for words in row)


class Progress(Part):
    """How far something has come: a label, the share, and a bar."""

    def build(self) -> None:
        """Make label and share."""
        fonts = self.host.theme.fonts
        self.label = Words(self, fonts.text(), "text2")
        self.share = Words(self, fonts.text(13, 500, tabular=True), aligned=Qt.AlignmentFlag.AlignRight)
        self.done = 0.0

    def refresh(self) -> None:
        """Show label and share."""
        most = self.number("max", 100)
        value = self.number("value", 0)
        done = min(1.0, max(0.0, value / most)) if most > 0 else 0.0
        if self.label.say(self.text("label")) | self.share.say(f"{done:.0%}") | (done != self.done):
            self.done = done
            self.setAccessibleName(f"{self.label.said}: {self.share.said}")
            self.touch()
            self.update()

    def measure(self) -> Extent:
        """Take all the width up to the measure."""
        return Extent(140, 280, MEASURE, weight=1, above=12, below=12, apart=24)

    def high(self, width: int) -> int:
        """Return the height of label and bar."""
        return self.label.height_at(max(1, width - 56)) + 10 if self.label.said else 30

    def arrange(self) -> None:
        """Place label and share."""
        width, height = self.width(), self.height()
        self.label.setGeometry(0, 0, max(1, width - 56), height - 10)
        self.share.setGeometry(width - 48, 0, 48, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rail = QRectF(0, self.height() - 4, self.width(), 4)
        painter.setBrush(self.host.theme.colour("hairline"))
        painter.drawRoundedRect(rail, 2, 2)
        if self.done > 0:
            rail.setWidth(max(4.0, rail.width() * self.done))
            painter.setBrush(self.host.theme.colour("accent"))
            painter.drawRoundedRect(rail, 2, 2)
        painter.end()

    def spoken(self) -> tuple[str, ...]:
        """Return label and share."""
        return self.label.said, self.share.said
