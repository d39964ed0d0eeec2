"""How a row of the schema's tree is painted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPen

from app.models.schema_marks import way_word
from app.pages.schemas.tree.look import FLAW_MARKS, ICON_AT, ICONS, NAME_AT, WAY_MARKS, Columns, Parts, indent
from app.style.drawing import paint_mark
from app.style.icons import paint_glyph
from app.style.plain_text import one_line
from engine.schema.outline.targets import REFERENCES

if TYPE_CHECKING:
    from app.models.schema_marks import Severity
    from app.models.schema_rows import TreeRow
    from app.style.theme import Theme
    from engine.schema.outline import Says

_ICON: Final = 14
_GAP: Final = 8
_EDGE: Final = 2
_STAR: Final = "*"
_LEAST_TYPE: Final = 44
"""What a type has beside a long name, before both are cut."""
_LEAST_ROOM: Final = 96
"""Below this a long name leaves its type no room."""
_WAY_WORD: Final = 18
"""Where the word for a way begins in its column."""
_FLAW: Final = 16
"""Where the mark of a flaw stands, in the middle, from the right."""
_NOTHING: Final = QRectF()
_MORE: Final = "…"
_LEAST_CUT: Final = 4
"""Letters that are worth showing of what is cut."""
_LINK: Final = "accentText"
"""The colour of what leads to another place."""


@dataclass(frozen=True)
class Look:
    """What a row shows beside what it says: what a person does with it, and what is known of it."""

    selected: bool = False
    hovered: bool = False
    ringed: bool = False
    target: bool = False
    """Whether what is being dragged would land in it."""
    foldable: bool = False
    unfolded: bool = False
    linked: bool = False
    """Whether the pointer is on its reference."""
    faded: bool = False
    """Whether the text is broken, so that the row says what was."""
    way: str | None = None
    severity: Severity | None = None


class RowPainting:
    """Paints one row at a time, and tells where its parts are."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def parts(self, rect: QRect, row: TreeRow, says: Says, columns: Columns) -> Parts:
        """Return where the parts of a row stand that fills `rect`."""
        box = QRectF(rect)
        left = indent(row.depth, columns.constraints)
        name_left = left + NAME_AT
        room = max(0.0, columns.constraints - _GAP - name_left)
        name_width = QFontMetricsF(self._name_font).horizontalAdvance(_name(says, row))
        type_width = QFontMetricsF(self._small).horizontalAdvance(one_line(says.type))
        if name_width + _GAP + type_width > room:
            beside = _GAP + min(type_width, _LEAST_TYPE) if room > _LEAST_ROOM else 0
            name_width = min(name_width, max(room - beside, 0))
        type_left = name_left + name_width + _GAP
        type_width = max(0.0, min(type_width, room + name_left - type_left))
        words = QRectF(columns.constraints, box.y(), columns.enforced - columns.constraints - _GAP, box.height())
        return Parts(
            chevron=QRectF(left - 8, box.y(), 16, box.height()),
            icon=QRectF(left + ICON_AT - _ICON / 2, box.center().y() - _ICON / 2, _ICON, _ICON),
            name=QRectF(name_left, box.y(), name_width, box.height()),
            type=QRectF(type_left, box.y(), type_width, box.height()),
            words=words,
            reference=self._reference(words, says),
            way=QRectF(columns.enforced, box.y(), columns.width - columns.enforced - 2 * _FLAW, box.height()),
            flaw=QRectF(columns.width - 2 * _FLAW, box.y(), 2 * _FLAW, box.height()),
        )

    def paint(self, painter: QPainter, rect: QRect, row: TreeRow, says: Says, columns: Columns, look: Look) -> None:
        """Paint a row."""
        parts = self.parts(rect, row, says, columns)
        self._ground(painter, QRectF(rect), look)
        self._guides(painter, rect, row, columns)
        middle = rect.y() + rect.height() / 2
        if look.foldable:
            caret = "caret-down" if look.unfolded else "caret-right"
            box = QRectF(parts.chevron.center().x() - 6, middle - 6, 12, 12)
            paint_glyph(painter, caret, box, self._theme.colour("text2"))
        paint_glyph(painter, ICONS[says.shape], parts.icon, self._theme.colour("text2"))
        name_ink = "text3" if look.faded or row.row.overruled else "text"
        self._words(painter, parts.name, _name(says, row), self._name_font, name_ink)
        self._words(
            painter, parts.type, one_line(says.type), self._small, "brick" if says.shape == "broken" else "text2"
        )
        self._constraints(painter, parts, says, look)
        if look.way is not None:
            shape, ink = WAY_MARKS[look.way]
            paint_mark(painter, shape, QPointF(parts.way.x() + 6, middle), self._theme.colour(ink))
            box = parts.way.adjusted(_WAY_WORD, 0, 0, 0)
            self._words(painter, box, way_word(look.way), self._small, "text2")
        if look.severity is not None:
            shape, ink = FLAW_MARKS[look.severity]
            paint_mark(painter, shape, QPointF(parts.flaw.center().x(), middle), self._theme.colour(ink))

    @property
    def _name_font(self) -> QFont:
        return self._theme.fonts.text(13, 500)

    @property
    def _small(self) -> QFont:
        return self._theme.fonts.text(12)

    def _ground(self, painter: QPainter, box: QRectF, look: Look) -> None:
        colour = "select" if look.selected else "hover" if look.hovered else ""
        if colour:
            painter.fillRect(box, self._theme.colour(colour))
        if look.selected:
            painter.fillRect(QRectF(box.x(), box.y(), _EDGE, box.height()), self._theme.colour("accent"))
        if look.ringed or look.target:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.colour("accent" if look.ringed else "accentLine"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)

    def _guides(self, painter: QPainter, rect: QRect, row: TreeRow, columns: Columns) -> None:
        """Paint a line down from each row above, dotted where what is below is written elsewhere."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        here, depth = row, row.depth
        last = None
        while here.parent is not None:
            depth -= 1
            x = indent(depth, columns.constraints)
            if x != last:
                dotted = here.row.referred and not here.parent.row.referred
                dotted = dotted or here.row.token.startswith("~>")
                style = Qt.PenStyle.DotLine if dotted else Qt.PenStyle.SolidLine
                painter.setPen(QPen(self._theme.colour("line" if dotted else "hairline"), 1, style))
                painter.drawLine(x, rect.top(), x, rect.bottom())
            last, here = x, here.parent

    def _constraints(self, painter: QPainter, parts: Parts, says: Says, look: Look) -> None:
        """Paint the words of the keywords and, where there is room, the description behind them."""
        painter.save()
        painter.setClipRect(parts.words)
        metrics = QFontMetricsF(self._small)
        x, right = parts.words.x(), parts.words.right()
        segments = _segments(says)
        for place, (text, ink) in enumerate(segments):
            # What follows may have room for no more than the sign that it is there.
            after = metrics.horizontalAdvance(_MORE) if place < len(segments) - 1 else 0.0
            shown = text
            if metrics.horizontalAdvance(text) > right - x - after:
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, right - x)
                shown = shown if len(shown) > _LEAST_CUT else _MORE
            width = metrics.horizontalAdvance(shown)
            self._put(painter, x, parts.words.center().y(), shown, self._small, "text3" if look.faded else ink)
            if ink == _LINK:
                y = _baseline(self._small, parts.words.center().y()) + 2
                painter.fillRect(QRectF(x, y, width, 1), self._theme.colour(_LINK if look.linked else "accentLine"))
            x += width
            if shown != text:
                break
        painter.restore()

    def _reference(self, words: QRectF, says: Says) -> QRectF:
        """Return where the name that leads to another place stands."""
        metrics = QFontMetricsF(self._small)
        x = words.x()
        for text, ink in _segments(says) if says.target is not None else []:
            width = max(0.0, min(metrics.horizontalAdvance(text), words.right() - x))
            if ink == _LINK:
                return QRectF(x - 2, words.y(), width + 4, words.height())
            x += width
        return _NOTHING

    def _words(self, painter: QPainter, box: QRectF, words: str, font: QFont, ink: str) -> None:
        """Paint text as far as it fits."""
        if box.width() < 2:
            return
        shown = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, box.width() + 0.5)
        painter.save()
        painter.setClipRect(box.adjusted(-1, 0, 2, 0))  # letters may be heaped up high above and below their line
        self._put(painter, box.x(), box.center().y(), shown, font, ink)
        painter.restore()

    def _put(self, painter: QPainter, x: float, middle: float, words: str, font: QFont, ink: str) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.colour(ink))
        painter.drawText(QPointF(x, _baseline(font, middle)), words)


def _name(says: Says, row: TreeRow) -> str:
    return (one_line(says.name) or '""') + (_STAR if row.row.required else "")


def _segments(says: Says) -> list[tuple[str, str]]:
    """Return the words of a row with their colours, each with the comma before it."""
    found: list[tuple[str, str]] = []
    for word in says.words:
        comma = ", " if found else ""
        text = one_line(word.text)
        if says.target is not None and word.keyword in REFERENCES and text.startswith(f"{word.keyword} "):
            found.append((f"{comma}{word.keyword} ", "text2"))
            found.append((text.removeprefix(f"{word.keyword} "), _LINK))
        else:
            found.append((comma + text, "text3" if word.note else "text2"))
    if says.description:
        found.append((("   " if found else "") + one_line(says.description), "text3"))
    return found


def _baseline(font: QFont, middle: float) -> float:
    metrics = QFontMetricsF(font)
    return round(middle + (metrics.ascent() - metrics.descent()) / 2)
