"""How the rows of a list are painted: what lies under them, words that fit, spans that stand out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption

from app import figures
from app.style import tokens
from app.style.icons import paint_glyph
from app.style.plain_text import utf16

if TYPE_CHECKING:
    from app.style.theme import Theme

Marks = tuple[tuple[int, int], ...]
"""Spans of a text that stand out: begin and end, in characters."""
INSET: Final = 8
"""What is left free at both sides of a row's ground."""
ICON: Final = 16
GAP: Final = 8
TWO_LINES: Final = 44
"""The height of a row with a second line."""
_RADIUS = 6


@dataclass(frozen=True)
class Look:
    """The state of a row that shows in its ground."""

    selected: bool = False
    hovered: bool = False
    ringed: bool = False
    shown: bool = False
    target: bool = False
    """Whether what is being dragged would land here."""
    folded: bool = False


def paint_ring(painter: QPainter, row: QRect, theme: Theme) -> None:
    """Paint the ring of the row that keys act on, in a list whose rows lie edge to edge."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(theme.colour("accent"), 2))
    painter.drawRoundedRect(QRectF(row).adjusted(3, 2, -3, -3), _RADIUS - 1, _RADIUS - 1)


class RowPainting:
    """Paints one row at a time at the place that the view gives it."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme

    # Rows

    def ground(self, painter: QPainter, rect: QRect, look: Look) -> None:
        """Paint what lies under a row: chosen, shown at the right, under the pointer, or where a drop would land."""
        box = QRectF(rect).adjusted(INSET, 2, -INSET, -2)
        colour = "accentSoft" if look.target else "select" if look.selected else ""
        colour = colour or ("hover" if look.hovered or look.shown else "")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if colour:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.colour(colour))
            painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        if look.ringed or look.target:
            painter.setPen(QPen(self.theme.colour("accent" if look.ringed else "accentLine"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), _RADIUS - 1, _RADIUS - 1)

    def section(self, painter: QPainter, rect: QRect, words: str, look: Look) -> None:
        """Paint the name of a section, nearer to the rows below it than to those above."""
        self.ground(painter, rect, look)
        box = QRectF(rect).adjusted(tokens.PANEL_MARGIN, 0, -tokens.PANEL_MARGIN, 0)
        self.words(painter, box, box.center().y() + 3, words, self.theme.fonts.text(12, 600), "text2")

    def bin(self, painter: QPainter, rect: QRect, count: int, look: Look) -> None:
        """Paint the row that leads to the bin, in line with the threads above it."""
        self.ground(painter, rect, look)
        middle = rect.center().y() + 0.5
        left = float(tokens.PANEL_MARGIN)
        paint_glyph(painter, "trash", QRectF(left, middle - 8, ICON, ICON), self.theme.colour("text2"))
        self.aside(painter, rect, middle, figures.number(count))
        self.put(painter, QPointF(left + ICON + GAP, middle), "Bin", self.theme.fonts.text(), "text2")

    # Parts

    def aside(self, painter: QPainter, rect: QRect, middle: float, words: str) -> float:
        """Paint what stands at the right end of a row; return where the rest has to end."""
        font = self.theme.fonts.text(12, tabular=True)
        width = QFontMetricsF(font).horizontalAdvance(words)
        left = rect.right() + 1 - tokens.PANEL_MARGIN - width
        self.put(painter, QPointF(left, middle), words, font, "text3")
        return left - GAP

    def words(self, painter: QPainter, box: QRectF, middle: float, words: str, font: QFont, ink: str) -> None:
        """Paint text as far as it fits."""
        shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.save()
        painter.setClipRect(box)  # letters may be heaped up high above and below their line
        self.put(painter, QPointF(box.x(), middle), shown, font, ink)
        painter.restore()

    def put(self, painter: QPainter, at: QPointF, words: str, font: QFont, ink: str) -> None:
        """Paint text from a place on, around its middle line."""
        painter.setFont(font)
        painter.setPen(self.theme.colour(ink))
        painter.drawText(QPointF(at.x(), _baseline(font, at.y())), words)

    def marked(
        self,
        painter: QPainter,
        left: float,
        right: float,
        middle: float,
        words: str,
        marks: Marks,
        pixels: int,
        ink: str,
    ) -> None:
        """Paint text of which some spans stand out, cut so that the first of them can be seen."""
        font, strong = self.theme.fonts.text(pixels), self.theme.fonts.text(pixels, 600)
        metrics, wider = QFontMetricsF(font), QFontMetricsF(strong)
        room = right - left
        words, marks = _brought_near(words, marks, metrics, room / 2)
        more = sum(
            wider.horizontalAdvance(words[start:end]) - metrics.horizontalAdvance(words[start:end])
            for start, end in marks
        )
        # Cut by letters, not by pixels: text that is written from the right ends at the left.
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room - max(0.0, more))
        whole = len(shown) if shown == words else max(0, len(shown) - 1)
        layout = QTextLayout(shown, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        layout.setFormats(
            [self._format(shown, start, min(end, whole), strong) for start, end in marks if start < whole]
        )
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(room)
        layout.endLayout()
        painter.save()
        painter.setClipRect(QRectF(left, middle - 11, room, 22))
        painter.setPen(self.theme.colour(ink))
        layout.draw(painter, QPointF(left, _baseline(font, middle) - line.ascent()))
        painter.restore()

    def _format(self, words: str, start: int, end: int, font: QFont) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        first, last = utf16(words, start), utf16(words, end)
        look = QTextCharFormat()
        look.setFont(font)
        look.setForeground(QColor(self.theme.colour("accentText")))
        look.setBackground(QColor(self.theme.colour("accentSoft")))
        made.start, made.length, made.format = first, last - first, look
        return made


def _baseline(font: QFont, middle: float) -> float:
    metrics = QFontMetricsF(font)
    return round(middle + (metrics.ascent() - metrics.descent()) / 2)


def _brought_near(words: str, marks: Marks, metrics: QFontMetricsF, room: float) -> tuple[str, Marks]:
    """Leave out words from the beginning until the first mark starts within `room`."""
    if not marks or metrics.horizontalAdvance(words[: marks[0][0]]) <= room:
        return words, marks
    first = marks[0][0]
    cut = 0
    while cut < first and metrics.horizontalAdvance("… " + words[cut:first]) > room:
        space = words.find(" ", cut, first)
        cut = space + 1 if space >= 0 else first
    shift = 2 - cut
    return "… " + words[cut:], tuple((start + shift, end + shift) for start, end in marks)
