"""One message of a conversation as a painted row: its head, and the beginning of what it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QTextLayout, QTextOption

from app import figures
from app.models.dates import UNKNOWN, local
from app.style import tokens
from app.style.drawing import paint_mark
from app.style.icons import paint_glyph
from app.style.plain_text import one_line, paragraphs

if TYPE_CHECKING:
    from app.conversation import Alternatives
    from app.session import MessageState, Node, Role
    from app.style.drawing import MarkShape
    from app.style.theme import Theme

HEAD = 36
LINE = 20
LINES = 12
FOOT = 12
BOUNDARY = 32
_FIELDS = 6
_STRUCTURED = 20_000
_LEVELS = 3
"""How deep a value is told in one line; what is further inside is an ellipsis."""
_NAMES: dict[Role, str] = {"user": "You", "assistant": "Answer", "system": "System", "tool": "Tool"}
_MARKS: dict[MessageState, tuple[MarkShape, str, str]] = {
    "done": ("dot", "accent", ""),
    "writing": ("arc", "accent", "being written"),
    "stopped": ("ring", "text3", "stopped"),
    "failed": ("cross", "brickMark", "failed"),
    "interrupted": ("cross", "brickMark", "interrupted"),
}


@dataclass(frozen=True)
class RowState:
    """What a row shows beside its message: where it stands among its alternatives, and how it is met."""

    alternatives: Alternatives
    hovered: bool = False
    current: bool = False
    boundary: str = ""
    """What the line above says, where the prompt now begins here."""


class MessageRow:
    """A message laid out for one width. `height` is in pixels, without the boundary above."""

    def __init__(self, theme: Theme, node: Node, text: str, width: int) -> None:
        self._theme = theme
        self._node = node
        self._fields = _fields(text) if node.role == "assistant" else []
        self._layouts: list[QTextLayout] = []
        self._more = ""
        inner = width - tokens.ANSWER_MARGIN - 16
        body = len(self._fields) * LINE if self._fields else self._lay_out(text, inner) * LINE
        self.height = HEAD + body + (LINE if self._more else 0) + FOOT

    @staticmethod
    def estimate(node: Node, width: int) -> int:
        """Return about how high a row will be, before its text is known."""
        letters = max(20, (width - 2 * tokens.ANSWER_MARGIN) // 7)
        return HEAD + min(LINES, 1 + node.size // letters) * LINE + FOOT

    def _lay_out(self, text: str, width: int) -> int:
        """Lay out the first lines of the text; return how many they are."""
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        lines = 0
        shown = paragraphs(text.strip("\n"), 3000)
        written = shown.split("\n")
        for number, paragraph in enumerate(written):
            layout = QTextLayout(paragraph, self._theme.fonts.text(13))
            layout.setTextOption(option)
            layout.beginLayout()
            while lines < LINES:
                line = layout.createLine()
                if not line.isValid():
                    break
                line.setLineWidth(width)
                line.setPosition(QPointF(0, lines * LINE + (LINE - line.height()) / 2))
                lines += 1
            rest = layout.createLine() if lines == LINES else None
            cut = rest is not None and rest.isValid()
            layout.endLayout()
            self._layouts.append(layout)
            if cut or (lines == LINES and (number + 1 < len(written) or len(text) > 3000)):
                self._more = "Show it all"
                break
        return max(lines, 1)

    def paint(self, painter: QPainter, top: int, width: int, state: RowState) -> None:
        """Paint the row; `top` is where it begins, the boundary included."""
        theme, node = self._theme, self._node
        y = top + (BOUNDARY if state.boundary else 0)
        if state.boundary:
            self._paint_boundary(painter, top, width, state.boundary)
        if state.hovered or state.current:
            painter.fillRect(QRect(8, y + 2, width - 16, self.height - 4), theme.colour("hover"))
        if state.current:
            painter.fillRect(QRect(8, y + 2, 2, self.height - 4), theme.colour("accent"))
        x = float(tokens.ANSWER_MARGIN)
        middle = y + 8 + (HEAD - 8) / 2
        shape, ink, words = _MARKS[node.state]
        if node.role == "assistant":
            paint_mark(painter, shape, QPointF(x + 5, middle), theme.colour(ink))
            x += 18
        x = self._say(painter, _NAMES[node.role], x, middle, "text", 600)
        x = self._say(painter, _time(node.created), x + 8, middle, "text3", 400, pixels=12)
        if words:
            self._say(painter, words, x + 8, middle, "brick" if shape == "cross" else "text2", 400, pixels=12)
        self._paint_alternatives(painter, width, middle, state.alternatives)
        self._paint_body(painter, y + HEAD, width)

    def _say(
        self, painter: QPainter, text: str, x: float, middle: float, ink: str, weight: Any, pixels: int = 13
    ) -> float:
        font = self._theme.fonts.text(pixels, weight)
        wide = QFontMetricsF(font).horizontalAdvance(text)
        painter.setFont(font)
        painter.setPen(self._theme.colour(ink))
        painter.drawText(QRectF(x, middle - 14, wide + 4, 28), Qt.AlignmentFlag.AlignVCenter, text)
        return x + wide

    def _paint_boundary(self, painter: QPainter, top: int, width: int, words: str) -> None:
        font = self._theme.fonts.text(12)
        wide = QFontMetricsF(font).horizontalAdvance(words)
        middle = top + BOUNDARY / 2
        left = tokens.ANSWER_MARGIN
        painter.setPen(QPen(self._theme.colour("amberMark"), 1))
        painter.drawLine(QPointF(left, middle), QPointF(left + 16, middle))
        painter.drawLine(QPointF(left + 32 + wide, middle), QPointF(width - 16, middle))
        painter.setFont(font)
        painter.setPen(self._theme.colour("amber"))
        painter.drawText(QRectF(left + 24, top, wide + 8, BOUNDARY), Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_alternatives(self, painter: QPainter, width: int, middle: float, alternatives: Alternatives) -> None:
        count = len(alternatives.ids)
        if count < 2:
            return
        theme = self._theme
        before, after = switch_places(width)
        words = f"{alternatives.at + 1} of {count}"
        painter.setFont(theme.fonts.text(12, tabular=True))
        painter.setPen(theme.colour("text2"))
        between = QRectF(before + 24, middle - 14, after - before - 24, 28)
        painter.drawText(between, Qt.AlignmentFlag.AlignCenter, words)
        for name, left, step in (("caret-left", before, -1), ("caret-right", after, 1)):
            able = alternatives.beside(step) is not None
            box = QRectF(left + 6, middle - 6, 12, 12)
            paint_glyph(painter, name, box, theme.colour("text2" if able else "line"))

    def _paint_body(self, painter: QPainter, y: float, width: int) -> None:
        theme, left = self._theme, tokens.ANSWER_MARGIN
        if self._fields:
            value_x = left + tokens.LABELS
            for number, (name, value) in enumerate(self._fields):
                box = QRectF(left, y + number * LINE, tokens.LABELS - 12, LINE)
                self._elided(painter, name, box, "text2", 400)
                self._elided(painter, value, QRectF(value_x, box.y(), width - value_x - 16, LINE), "text", 500)
            return
        painter.setPen(theme.colour("text" if self._node.role != "tool" else "text2"))
        for layout in self._layouts:
            layout.draw(painter, QPointF(left, y))
        if self._more:
            bottom = y + LINES * LINE
            self._say(painter, self._more, left, bottom + LINE / 2, "accentText", 400, pixels=12)

    def _elided(self, painter: QPainter, text: str, box: QRectF, ink: str, weight: Any) -> None:
        font = self._theme.fonts.text(13, weight)
        painter.setFont(font)
        painter.setPen(self._theme.colour(ink))
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)


def switch_places(width: int) -> tuple[float, float]:
    """Return where the arrows to the alternatives before and after stand: their left edges; each is 24 px wide."""
    return width - 16 - 24 - 52 - 24, width - 16 - 24


def _time(created: str) -> str:
    at = local(created)
    if at == UNKNOWN:
        return ""
    today = datetime.now().astimezone().date()
    return figures.clock(at) if at.date() == today else figures.moment(at, year=at.year != today.year)


def _fields(text: str) -> list[tuple[str, str]]:
    """Return the first fields of an answer that is a JSON object; nothing for other text."""
    if not text.startswith("{") or len(text) > _STRUCTURED:
        return []
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return []
    if not isinstance(value, dict) or not value:
        return []
    fields = [(one_line(name), _summary(entry)) for name, entry in value.items()]
    if len(fields) > _FIELDS:
        rest = len(fields) - _FIELDS + 1
        return [*fields[: _FIELDS - 1], (f"{rest} more", ", ".join(name for name, _ in fields[_FIELDS - 1 :]))]
    return fields


def _summary(value: Any, level: int = 1) -> str:
    match value:
        case str():
            return one_line(value)
        case dict() if value and level >= _LEVELS:
            return "…"
        case dict():
            return one_line(" · ".join(_summary(entry, level + 1) for entry in list(value.values())[:6]), 200)
        case list():
            return f"{figures.number(len(value))} item{'s' if len(value) != 1 else ''}"
        case _:
            return json.dumps(value)
