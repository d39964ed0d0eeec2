"""How the rows of the list are painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from app.models.model_list import ICONS
from app.models.model_words import VERDICTS
from app.pages.models.list.columns import BUTTON, METER, ROW, Columns, columns_of
from app.style import tokens
from app.style.drawing import paint_mark
from app.style.icons import paint_glyph
from app.style.plain_text import one_line
from app.widgets.rows.painting import RowPainting

if TYPE_CHECKING:
    from app.models.model_list import ModelLine, Need, Said
    from app.style.theme import Theme
    from app.widgets.rows.painting import Look

_HEAD_MIDDLE: Final = 26
_GAP: Final = 8
_PADDING: Final = 13
_ICON: Final = 14
_LEAST_NAME: Final = 120


@dataclass(frozen=True)
class Press:
    """What the pointer does to the button of a row."""

    over: bool = False
    down: bool = False


def button_box(theme: Theme, line: ModelLine, columns: Columns, top: float) -> QRectF:
    """Return the place of a row's button; an empty one where it has none. That of a head is as wide as its words."""
    if line.deed is None:
        return QRectF()
    font = theme.fonts.text(12 if line.kind == "head" else 13, 500)
    words = QFontMetricsF(font).horizontalAdvance(line.button)
    icon = _ICON + 4 if line.deed in ICONS else 0
    if line.kind == "head":
        wide, high, middle = words + 16, 24, _HEAD_MIDDLE
        return QRectF(columns.end - wide + 8, top + middle - high / 2, wide, high)
    wide = max(BUTTON, words + icon + 2 * _PADDING)
    return QRectF(columns.end - wide, top + (ROW - tokens.CONTROL) / 2, wide, tokens.CONTROL)


class ModelPainting(RowPainting):
    """Paints heads, notes and rows at the places of the columns."""

    def line(self, painter: QPainter, rect: QRect, line: ModelLine, look: Look, press: Press, phase: float) -> None:
        """Paint a row of the list; `phase` (0..1) turns what stands for work going on."""
        columns = columns_of(rect.width())
        if line.kind == "head":
            self._head(painter, rect, line, columns)
        else:
            self._ground(painter, rect, line, look)
            self._hairline(painter, rect, columns)
            if line.kind == "note":
                box = QRectF(columns.name, rect.top(), columns.end - columns.name, ROW)
                self.words(painter, box, rect.top() + ROW / 2, line.name, self.theme.fonts.text(13), "text3")
            else:
                self._row(painter, rect, line, columns, phase)
            if line.done is not None:
                self._progress(painter, rect, columns, line)
        self._button(painter, button_box(self.theme, line, columns, rect.top()), line, press)
        if look.ringed:
            self._ring(painter, rect, line, columns)

    # Grounds

    def _ground(self, painter: QPainter, rect: QRect, line: ModelLine, look: Look) -> None:
        if look.selected:
            painter.fillRect(rect, self.theme.colour("select"))
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), self.theme.colour("accent"))
        elif look.hovered and line.kind == "row":
            painter.fillRect(rect, self.theme.colour("hover"))

    def _hairline(self, painter: QPainter, rect: QRect, columns: Columns) -> None:
        line = QRectF(columns.name, rect.bottom(), columns.end - columns.name, 1)
        painter.fillRect(line, self.theme.colour("hairline"))

    def _ring(self, painter: QPainter, rect: QRect, line: ModelLine, columns: Columns) -> None:
        box = QRectF(rect).adjusted(4, 2, -4, -3)
        if line.kind == "head":
            box = button_box(self.theme, line, columns, rect.top())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.colour("accent"), 2))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 5, 5)

    # Rows

    def _head(self, painter: QPainter, rect: QRect, line: ModelLine, columns: Columns) -> None:
        middle = rect.top() + _HEAD_MIDDLE
        self._hairline(painter, rect, columns)
        end = button_box(self.theme, line, columns, rect.top()).left() if line.deed is not None else columns.end
        name = QRectF(columns.name, rect.top(), end - columns.name - _GAP, rect.height())
        font = self.theme.fonts.text(12, 600)
        self.words(painter, name, middle, one_line(line.name), font, "text")
        if line.aside:
            left = columns.name + QFontMetricsF(font).horizontalAdvance(one_line(line.name)) + 2 * _GAP
            box = QRectF(left, rect.top(), max(0.0, end - left - _GAP), rect.height())
            self.words(painter, box, middle, line.aside, self.theme.fonts.text(12), "text3")

    def _row(self, painter: QPainter, rect: QRect, line: ModelLine, columns: Columns, phase: float) -> None:
        middle = rect.top() + ROW / 2
        action = self._button_left(line, columns)
        figures = bool(line.size or line.need) and line.said is None
        end = columns.figures if figures else action
        left = self._names(painter, line, columns.name, end, middle, sentence=line.said is not None)
        if line.said is not None:
            self._sentence(painter, line.said, QRectF(left, rect.top(), action - left - _GAP, ROW), middle, phase)
        else:
            self._figures(painter, line, columns, middle)
        if line.chip:
            self._chip(painter, line.chip, columns, middle)
        elif line.beside and line.deed is None:
            font = self.theme.fonts.text(12)
            wide = QFontMetricsF(font).horizontalAdvance(line.beside)
            self.put(painter, QPointF(columns.end - wide, middle), line.beside, font, "text2")

    def _button_left(self, line: ModelLine, columns: Columns) -> float:
        if line.deed is not None:
            return button_box(self.theme, line, columns, 0).left()
        return columns.button if line.chip or line.beside else columns.end

    def _names(
        self, painter: QPainter, line: ModelLine, left: float, end: float, middle: float, *, sentence: bool
    ) -> float:
        """Paint the name and what stands beside it; return where they end. A sentence keeps half of the room."""
        strong, small = self.theme.fonts.text(13, 500), self.theme.fonts.text(12)
        name = one_line(line.name)
        wide, beside = QFontMetricsF(strong), QFontMetricsF(small)
        aside = beside.horizontalAdvance(line.aside) + _GAP if line.aside else 0.0
        most = max(_LEAST_NAME, (end - left) * (0.5 if sentence else 1.0)) - _GAP
        room = min(wide.horizontalAdvance(name) + 1, max(60.0, most - aside))
        shown = wide.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        self.put(painter, QPointF(left, middle), shown, strong, "text")
        left += min(room, wide.horizontalAdvance(shown)) + _GAP
        if line.aside:
            box = QRectF(left, middle - ROW / 2, max(0.0, end - left), ROW)
            self.words(painter, box, middle, line.aside, small, "text3")
            left += min(beside.horizontalAdvance(line.aside), box.width()) + _GAP
        return left + _GAP

    def _sentence(self, painter: QPainter, said: Said, box: QRectF, middle: float, phase: float) -> None:
        if said.shape is not None:
            at = QPointF(box.left() + 5, middle)
            paint_mark(painter, said.shape, at, self.theme.colour(said.mark), phase=phase)
            box.setLeft(box.left() + 18)
        if box.width() > 0:
            self.words(painter, box, middle, said.words, self.theme.fonts.text(12), said.ink)

    def _figures(self, painter: QPainter, line: ModelLine, columns: Columns, middle: float) -> None:
        tabular, plain = self.theme.fonts.text(13, tabular=True), self.theme.fonts.text(12)
        for words, ends in ((line.size, columns.size), (line.context, columns.context)):
            if ends is not None:
                wide = QFontMetricsF(tabular).horizontalAdvance(words)
                self.put(painter, QPointF(ends - wide, middle), words, tabular, "text2")
        if columns.licence is not None and line.licence:
            box = QRectF(columns.licence, middle - ROW / 2, 84, ROW)
            self.words(painter, box, middle, line.licence, plain, "text2")
        if line.need is not None:
            self._need(painter, line.need, columns, middle)

    def _need(self, painter: QPainter, need: Need, columns: Columns, middle: float) -> None:
        shape, mark, ink = VERDICTS[need.verdict]
        if columns.meter is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for colour, wide in (("hairline", 1.0), (mark, max(0.05, min(1.0, need.share)))):
                painter.setBrush(self.theme.colour(colour))
                painter.drawRoundedRect(QRectF(columns.meter, middle - 3, METER * wide, 6), 3, 3)
        paint_mark(painter, shape, QPointF(columns.verdict + 5, middle), self.theme.colour(mark))
        box = QRectF(columns.verdict + 18, middle - ROW / 2, columns.button - columns.verdict - 22, ROW)
        self.words(painter, box, middle, need.verdict, self.theme.fonts.text(12), ink)

    def _chip(self, painter: QPainter, words: str, columns: Columns, middle: float) -> None:
        font = self.theme.fonts.text(11, 500)
        wide = QFontMetricsF(font).horizontalAdvance(words) + 20
        box = QRectF(columns.end - wide, middle - 10, wide, 20)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("accentSoft"))
        painter.drawRoundedRect(box, 10, 10)
        self.put(painter, QPointF(box.left() + 10, middle), words, font, "accentText")

    def _progress(self, painter: QPainter, rect: QRect, columns: Columns, line: ModelLine) -> None:
        whole = columns.end - columns.name
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ink = "accent" if line.running else "line"
        for colour, share in (("hairline", 1.0), (ink, line.done or 0.0)):
            painter.setBrush(self.theme.colour(colour))
            if share > 0:
                painter.drawRoundedRect(QRectF(columns.name, rect.bottom() - 3, whole * share, 3), 1.5, 1.5)

    # Buttons

    def _button(self, painter: QPainter, box: QRectF, line: ModelLine, press: Press) -> None:
        if line.deed is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        head = line.kind == "head"
        able, down, over = line.able, press.down and line.able, press.over and line.able
        ground = "select" if down else "hover" if over else "" if head or not able else "raised"
        painter.setBrush(self.theme.colour(ground) if ground else Qt.BrushStyle.NoBrush)
        border = None if head else self.theme.colour("line" if able else "hairline")
        painter.setPen(QPen(border, 1) if border is not None else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        font = self.theme.fonts.text(12 if head else 13, 500)
        words = QFontMetricsF(font).horizontalAdvance(line.button)
        icon = ICONS.get(line.deed)
        left = box.center().x() - (words + (_ICON + 4 if icon else 0)) / 2
        ink = "text3" if not able else "accentText" if head and not over else "text"
        if icon:
            paint_glyph(painter, icon, QRectF(left, box.center().y() - _ICON / 2, _ICON, _ICON), self.theme.colour(ink))
            left += _ICON + 4
        self.put(painter, QPointF(left, box.center().y()), line.button, font, ink)
