"""How a row of the table is painted: cells with their marks, one sentence where there are none, heads of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPixmap

from app import figures
from app.models.extract_cells import LOOKED_AT
from app.models.extract_order import NO_VALUE
from app.style import tokens
from app.style.drawing import MarkShape, paint_mark
from app.style.icons import paint_glyph

if TYPE_CHECKING:
    from app.models.extract_cells import TableCell, Trust
    from app.models.extract_lines import Group
    from app.session.extraction import Column
    from app.style.theme import Theme

ROW: Final = tokens.ROW
EDGE: Final = tokens.PANEL_MARGIN
MARK_AT: Final = 14
"""Where the middle of a mark stands in its cell,"""
WORDS_AT: Final = 26
"""and where the words begin."""
END: Final = 10
CARET: Final = 12
PENCIL: Final = "pencil"
MARKS: Final[dict[Trust, tuple[MarkShape | None, str]]] = {
    "exact": ("dot", "accent"),
    "normalised": ("half", "accent"),
    "found": ("ring", "text3"),
    "absent": ("dash", "text3"),
    "missing": ("dash", "amberMark"),
    "doubtful": ("triangle", "amberMark"),
    "accepted": ("check", "accent"),
    "failed": ("cross", "brickMark"),
    "waiting": ("speck", "text3"),
    "writing": ("arc", "accent"),
    "written": ("speck", "accent"),
}
"""The mark of each trust and its colour; an edited cell has the pencil."""
_INKS: Final[dict[Trust, str]] = {"doubtful": "amber", "missing": "amber", "failed": "brick", "written": "text2"}
_GROUNDS: Final[dict[Trust, str]] = {"doubtful": "amberSoft", "missing": "amberSoft", "failed": "brickSoft"}
_BUTTON_HEIGHT: Final = 28
_PICTURE: Final = 16
_FLAG: Final = 0.6
_CARET: Final = 4
_KEPT: Final = 10_000
"""Texts of which is kept how wide they are: more than anybody scrolls past in a minute."""
_BUTTON_PADDING: Final = 13


def paint_trust(painter: QPainter, theme: Theme, trust: Trust, centre: QPointF, phase: float = 0.0) -> None:
    """Paint the mark of a trust around a point."""
    if trust == "edited":
        paint_glyph(painter, PENCIL, QRectF(centre.x() - 6.5, centre.y() - 6.5, 13, 13), theme.colour("text2"))
        return
    shape, ink = MARKS.get(trust, (None, ""))
    if shape is not None:
        paint_mark(painter, shape, centre, theme.colour(ink), phase=phase)


def paint_flag(painter: QPainter, theme: Theme, centre: QPointF) -> None:
    """Paint the small triangle beside a mark: the value is what the mark says, and others are surer."""
    painter.save()
    painter.translate(centre.x() + 7, centre.y() - 4.5)
    painter.scale(_FLAG, _FLAG)
    paint_mark(painter, "triangle", QPointF(0, 0), theme.colour("amberMark"))
    painter.restore()


class Lettering:
    """A font with how wide texts are in it, kept: measuring a text takes as long as painting it."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetricsF(font)
        self._rise = (self.metrics.ascent() - self.metrics.descent()) / 2
        self._widths: dict[str, float] = {}
        self._cut: dict[tuple[str, int], str] = {}

    def width(self, text: str) -> float:
        """Return how wide a text is."""
        wide = self._widths.get(text)
        if wide is None:
            if len(self._widths) >= _KEPT:
                self._widths.clear()
            wide = self._widths[text] = self.metrics.horizontalAdvance(text)
        return wide

    def cut(self, text: str, room: int) -> str:
        """Return a text as far as it fits."""
        shown = self._cut.get((text, room))
        if shown is None:
            if len(self._cut) >= _KEPT:
                self._cut.clear()
            shown = self._cut[text, room] = self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
        return shown

    def baseline(self, middle: float) -> float:
        """Return where letters stand around a middle."""
        return round(middle + self._rise)


class CellPainting:
    """Paints what stands in a row, at the places that the view gives."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._letterings: dict[tuple[bool, bool], Lettering] = {}
        self._marks: dict[tuple[Trust, str, float], QPixmap] = {}

    # Grounds

    def ground(self, painter: QPainter, rect: QRect, *, chosen: bool, hovered: bool) -> None:
        """Paint what lies under a row."""
        if chosen or hovered:
            painter.fillRect(rect, self.theme.colour("select" if chosen else "hover"))

    def rule(self, painter: QPainter, rect: QRect) -> None:
        """Paint the hairline below a row."""
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), self.theme.colour("hairline"))

    def frame(self, painter: QPainter, rect: QRect, *, focused: bool) -> None:
        """Paint the frame of the current cell."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.colour("accent" if focused else "accentLine"), 2))
        painter.drawRoundedRect(QRectF(rect).adjusted(1, 0, -1, -1), 4, 4)

    # Cells

    def cell(
        self,
        painter: QPainter,
        rect: QRect,
        cell: TableCell,
        column: Column,
        phase: float,
        *,
        chosen: bool,
        again: bool,
    ) -> None:
        """Paint a cell: its ground where it is chosen or asks to be looked at, its mark, and its words.

        One that says `again` what stands above it, as those of a document in the rows of its items, is quiet.
        """
        trust = cell.trust
        # With a high aim nearly all cells are to be looked at: only those with a reason of their own have a ground.
        calm = cell.is_calm
        ground = "select" if chosen else "" if calm else _GROUNDS.get(trust, "")
        if ground:
            painter.fillRect(rect.adjusted(0, 0, 0, -1), self.theme.colour(ground))
        if not again or trust in LOOKED_AT:
            self.mark(painter, cell.otherwise if calm else trust, rect.x() + MARK_AT, rect.y(), phase)
            if calm:
                paint_flag(painter, self.theme, QPointF(rect.x() + MARK_AT, rect.y() + ROW / 2 - 0.5))
        shown = cell.text or ("\N{EN DASH}" if trust == "doubtful" else "")
        if not shown and trust != "writing":
            return
        middle = rect.y() + ROW / 2 - 0.5
        lettering = self.lettering(cell, column)
        room = rect.width() - WORDS_AT - END
        is_right = column.kind == "number" and trust not in {"missing", "failed"}
        if trust == "writing":
            # What grows is seen at its end.
            room -= _CARET
            shown = lettering.metrics.elidedText(shown, Qt.TextElideMode.ElideLeft, room)
        elif lettering.width(shown) > room:
            shown = lettering.cut(shown, room)
        wide = lettering.width(shown)
        left = rect.right() + 1 - END - wide if is_right else rect.x() + WORDS_AT
        if trust == "writing":
            left -= _CARET if is_right else 0
            painter.fillRect(QRectF(left + wide + 2, middle - 8, 2, 16), self.theme.colour("accent"))
        painter.setFont(lettering.font)
        ink = "text3" if again else "text"
        painter.setPen(self.theme.colour(ink if calm else _INKS.get(trust, ink)))
        painter.drawText(QPointF(left, lettering.baseline(middle)), shown)

    def lettering(self, cell: TableCell, column: Column) -> Lettering:
        """Return the font of a cell: figures and dates are tabular, doubt is a little louder."""
        key = cell.trust == "doubtful" and cell.loud, column.kind in {"number", "date"}
        found = self._letterings.get(key)
        if found is None:
            font = self.theme.fonts.text(13, 500 if key[0] else 400, tabular=key[1])
            found = self._letterings[key] = Lettering(font)
        return found

    def mark(self, painter: QPainter, trust: Trust, x: int, top: int, phase: float = 0.0) -> None:
        """Paint a mark in the middle of a row; those that do not turn are painted once, and copied."""
        if trust == "writing":
            paint_trust(painter, self.theme, trust, QPointF(x, top + ROW / 2 - 0.5), phase)
            return
        ratio = painter.device().devicePixelRatioF()
        picture = self._marks.get((trust, self.theme.name, ratio))
        if picture is None:
            picture = QPixmap(round(_PICTURE * ratio), round(_PICTURE * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            inside = QPainter(picture)
            paint_trust(inside, self.theme, trust, QPointF(_PICTURE / 2, _PICTURE / 2 - 0.5))
            inside.end()
            self._marks[trust, self.theme.name, ratio] = picture
        painter.drawPixmap(QPoint(x - _PICTURE // 2, top + (ROW - _PICTURE) // 2), picture)

    # Rows without cells

    def sentence(self, painter: QPainter, rect: QRect, words: str, *, failed: bool, button: str) -> None:
        """Paint the sentence of a document that has no cells, up to the button at its end."""
        theme = self.theme
        if failed:
            painter.fillRect(rect.adjusted(0, 0, 0, -1), theme.colour("failedRow"))
        middle = rect.y() + ROW / 2 - 0.5
        paint_trust(painter, theme, "failed" if failed else "absent", QPointF(rect.x() + MARK_AT, middle))
        end = self.button_rect(rect, button).left() - END if button else rect.right() - END
        self.words(painter, rect.x() + WORDS_AT, end, middle, words, theme.fonts.text(), "brick" if failed else "text2")

    def button_rect(self, rect: QRect, words: str) -> QRect:
        """Return where the button of a failed document stands, at the right end of what is seen of its row."""
        wide = round(QFontMetricsF(self.theme.fonts.text(13, 500)).horizontalAdvance(words)) + 2 * _BUTTON_PADDING
        top = rect.y() + (ROW - _BUTTON_HEIGHT) // 2
        return QRect(rect.right() + 1 - EDGE - wide, top, wide, _BUTTON_HEIGHT)

    def button(self, painter: QPainter, rect: QRect, words: str, *, hovered: bool, pressed: bool) -> None:
        """Paint a button that looks like any other."""
        theme = self.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.setBrush(theme.colour("select" if pressed else "hover" if hovered else "raised"))
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        font = theme.fonts.text(13, 500)
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignCenter, words)

    def group(self, painter: QPainter, rect: QRect, group: Group, field: str) -> None:
        """Paint the head of a group: whether it is folded, its value, how many rows it has and how many to look at."""
        theme = self.theme
        painter.fillRect(rect.adjusted(0, 0, 0, -1), theme.colour("canvas"))
        middle = rect.y() + ROW / 2 - 0.5
        box = QRectF(rect.x() + EDGE - 2, middle - CARET / 2, CARET, CARET)
        paint_glyph(painter, "caret-right" if group.folded else "caret-down", box, theme.colour("text2"))
        right = float(rect.right() - END)
        x = self.words(painter, box.right() + 6, right, middle, f"{field}:", theme.fonts.text(12), "text3")
        title = group.title or NO_VALUE
        x = self.words(painter, x + 5, right, middle, title, theme.fonts.text(13, 600), "text")
        font = theme.fonts.text(12, tabular=True)
        x = self.words(painter, x + 10, right, middle, figures.number(group.count), font, "text3")
        if group.review:
            paint_trust(painter, theme, "doubtful", QPointF(x + 20, middle))
            self.words(painter, x + 30, right, middle, figures.number(group.review), font, "amber")

    def nothing(self, painter: QPainter, rect: QRect, words: str) -> None:
        """Paint why there are no rows."""
        painter.setFont(self.theme.fonts.text())
        painter.setPen(self.theme.colour("text2"))
        painter.drawText(rect.adjusted(EDGE, ROW, -EDGE, 0), Qt.AlignmentFlag.AlignHCenter, words)

    def words(self, painter: QPainter, x: float, end: float, middle: float, text: str, font: QFont, ink: str) -> float:
        """Paint words as far as they fit; return where they end."""
        if end - x < EDGE / 2:
            return x
        metrics = QFontMetricsF(font)
        wide = metrics.horizontalAdvance(text)
        if wide > end - x:
            text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, end - x)
            wide = metrics.horizontalAdvance(text)
        painter.setFont(font)
        painter.setPen(self.theme.colour(ink))
        painter.drawText(QPointF(x, _baseline(metrics, middle)), text)
        return x + wide

    def document(self, painter: QPainter, rect: QRect, name: str, ink: str) -> None:
        """Paint the name of a document, cut in its middle."""
        font = self.theme.fonts.text()
        metrics = QFontMetricsF(font)
        room = rect.width() - EDGE - 4
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        painter.setFont(font)
        painter.setPen(self.theme.colour(ink))
        painter.drawText(QPointF(rect.x() + EDGE, _baseline(metrics, rect.y() + ROW / 2 - 0.5)), shown)


def _baseline(metrics: QFontMetricsF, middle: float) -> float:
    return round(middle + (metrics.ascent() - metrics.descent()) / 2)
