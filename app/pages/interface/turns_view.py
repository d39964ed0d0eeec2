"""The turns of an interface, painted: what was asked for, what a form has sent, and how it went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem

from app import figures
from app.models.dates import UNKNOWN, local
from app.style import tokens
from app.style.drawing import paint_mark
from app.style.icons import paint_glyph
from app.style.plain_text import one_line, paragraphs
from app.widgets.rows.painting import paint_ring

if TYPE_CHECKING:
    from app.models.interface_turns import TurnList, TurnRow
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex

_LEFT: Final = tokens.PANEL_MARGIN
_HEAD: Final = 40
_LINE: Final = 20
_FACT: Final = 24
_FACT_AT: Final = 16
"""Where the words of a fact begin, behind its mark."""
_GAP: Final = 12
_FOOT: Final = 9
_LINES: Final = 16
_VALUE_AT: Final = 72


@dataclass
class _Laid:
    """A turn laid out for one width."""

    words: list[QTextLayout]
    facts: list[list[QTextLayout]]
    height: int
    facts_top: int
    way_top: int


class TurnsView(QListView):
    """The list of turns. A click shows the tree of a turn, the pencil edits its sentence."""

    chosen = Signal(int)
    """The tree after this turn is to be shown."""
    edit_asked = Signal(int)
    again_asked = Signal(int)
    menu_asked = Signal(int, QPoint)

    def __init__(self, theme: Theme, model: TurnList) -> None:
        super().__init__()
        self._theme = theme
        self.turns = model
        self.hovered = ""
        """The part of the row under the pointer: "edit", "way" or nothing."""
        self._hovered_row = QPersistentModelIndex()
        self._phase = 0.0
        self._turning = QTimer(self)
        self._turning.setInterval(100)
        self._turning.timeout.connect(self._turn)
        self.painting = _TurnPainting(theme, self)
        self.setAccessibleName("What was asked for")
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setItemDelegate(self.painting)
        self.setModel(model)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        theme.changed.connect(self.viewport().update)
        model.rowsInserted.connect(self._come_down)
        model.dataChanged.connect(self._changed)

    # What the page may ask for

    def follow_writing(self, *, writing: bool) -> None:
        """Turn the arc of what is being written, for as long as it is."""
        if writing:
            self._turning.start()
        else:
            self._turning.stop()
        self.viewport().update()

    @property
    def phase(self) -> float:
        """How far the arc has turned, from 0 to 1."""
        return self._phase

    # Where things are

    def part_at(self, at: QPoint) -> tuple[QModelIndex, str]:
        """Return the row at a place of the viewport, and what of it is there: "edit", "way" or nothing."""
        index = self.indexAt(at)
        turn = self.turns.turn(index)
        if turn is None:
            return index, ""
        box = self.visualRect(index)
        if turn.editable and self.painting.edit_box(box).contains(at):
            return index, "edit"
        if turn.way_on and self.painting.way_box(box, turn).contains(at):
            return index, "way"
        return index, ""

    # What a person does

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what is under the pointer."""
        super().mouseMoveEvent(event)
        index, part = self.part_at(event.position().toPoint())
        if part != self.hovered or self._hovered_row != index:
            self.hovered, self._hovered_row = part, QPersistentModelIndex(index)
            shape = Qt.CursorShape.PointingHandCursor if part == "way" else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the pointer."""
        super().leaveEvent(event)
        self.hovered, self._hovered_row = "", QPersistentModelIndex()
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Edit, ask again, or show the tree of a turn."""
        super().mouseReleaseEvent(event)
        index, part = self.part_at(event.position().toPoint())
        turn = self.turns.turn(index)
        if event.button() is Qt.MouseButton.LeftButton and turn is not None:
            {"edit": self.edit_asked, "way": self.again_asked}.get(part, self.chosen).emit(turn.message)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here, whatever they mean around."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._means(event):
            event.accept()
            return True
        return super().event(event)

    @staticmethod
    def _means(event: QKeyEvent) -> bool:
        keys = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Menu}
        return event.key() in keys and event.modifiers() in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show a turn's tree with Enter, edit its sentence with F2, open its menu with the menu key."""
        turn = self.turns.turn(self.currentIndex())
        if turn is None or not self._means(event):
            super().keyPressEvent(event)
            return
        match event.key():
            case Qt.Key.Key_F2:
                if turn.editable:
                    self.edit_asked.emit(turn.message)
            case Qt.Key.Key_Menu:
                box = self.visualRect(self.currentIndex())
                self.menu_asked.emit(turn.message, self.viewport().mapToGlobal(box.topLeft() + QPoint(24, _HEAD)))
            case _:
                self.chosen.emit(turn.message)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the turn under the pointer."""
        index = self.indexAt(event.pos())
        turn = self.turns.turn(index)
        if turn is not None:
            self.setCurrentIndex(index)
            self.menu_asked.emit(turn.message, event.globalPos())

    # Parts

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the lines anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.painting.forget()
            self.scheduleDelayedItemsLayout()

    def _changed(self) -> None:
        self.scheduleDelayedItemsLayout()

    def _come_down(self) -> None:
        QTimer.singleShot(0, self, self.scrollToBottom)

    def _turn(self) -> None:
        self._phase = (self._phase + 0.08) % 1
        if self.isVisible():
            self.viewport().update()

    def look_of(self, index: Index) -> tuple[bool, bool, str]:
        """Return whether a row is chosen, whether it has the ring, and what of it is under the pointer."""
        current = self.currentIndex() == index
        part = self.hovered if self._hovered_row == index else ""
        return self._hovered_row == index, current and self.hasFocus(), part


class _TurnPainting(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: TurnsView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._laid: dict[tuple[int, TurnRow], _Laid] = {}

    def forget(self) -> None:
        """Lay everything out anew."""
        self._laid.clear()

    # Layout

    def _width(self) -> int:
        return self._view.viewport().width()

    def laid(self, turn: TurnRow) -> _Laid:
        """Return a turn as it is laid out in the width there is."""
        key = (self._width(), turn)
        known = self._laid.get(key)
        if known is None:
            if len(self._laid) > 400:
                self._laid.clear()
            known = self._laid[key] = self._lay_out(turn)
        return known

    def _lay_out(self, turn: TurnRow) -> _Laid:
        inner = self._width() - 2 * _LEFT
        words = self._lines(paragraphs(turn.words.strip(), 4_000), self._theme.fonts.text(13), inner, _LINES)
        y = _HEAD + sum(layout.lineCount() for layout in words) * _LINE
        y += len(turn.values) * _LINE
        y += _GAP
        facts_top, facts = y, []
        for fact in turn.facts:
            laid = self._lines(one_line(fact.words), self._theme.fonts.text(13), inner - _FACT_AT, 4)
            facts.append(laid)
            y += sum(layout.lineCount() for layout in laid) * _LINE + _FACT - _LINE
        way_top = y
        if turn.way_on:
            y += _FACT
        return _Laid(words, facts, y + _FOOT, facts_top, way_top)

    @staticmethod
    def _lines(text: str, font: QFont, width: int, most: int) -> list[QTextLayout]:
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        found: list[QTextLayout] = []
        count = 0
        for paragraph in text.split("\n"):
            layout = QTextLayout(paragraph, font)
            layout.setTextOption(option)
            layout.beginLayout()
            own = 0
            while count < most:
                line = layout.createLine()
                if not line.isValid():
                    break
                line.setLineWidth(max(width, 20))
                line.setPosition(QPointF(0, own * _LINE + (_LINE - line.height()) / 2))
                count, own = count + 1, own + 1
            layout.endLayout()
            found.append(layout)
            if count == most:
                break
        return found

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height that a turn takes."""
        turn = self._view.turns.turn(index)
        return QSize(self._width(), self.laid(turn).height if turn is not None else 0)

    def edit_box(self, row: QRect) -> QRect:
        """Return where the pencil of a row stands."""
        return QRect(row.right() + 1 - 12 - tokens.CONTROL, row.top() + 8, tokens.CONTROL, tokens.CONTROL)

    def way_box(self, row: QRect, turn: TurnRow) -> QRect:
        """Return where a row's way on stands."""
        wide = round(QFontMetricsF(self._theme.fonts.text(13, 500)).horizontalAdvance(turn.way_on))
        return QRect(row.left() + _LEFT + _FACT_AT, row.top() + self.laid(turn).way_top, wide + 4, _FACT)

    # Painting

    def paint(self, painter: QPainter, _option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a turn."""
        turn = self._view.turns.turn(index)
        if turn is None:
            return
        theme, row = self._theme, self._view.visualRect(index)
        hovered, ringed, part = self._view.look_of(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        if turn.shown:
            painter.fillRect(row, theme.colour("select"))
            painter.fillRect(QRect(row.left(), row.top(), 2, row.height()), theme.colour("accent"))
        elif hovered:
            painter.fillRect(row, theme.colour("hover"))
        self._head(painter, row, turn, part)
        laid = self.laid(turn)
        y = row.top() + _HEAD
        painter.setPen(theme.colour("text"))
        for layout in laid.words:
            layout.draw(painter, QPointF(row.left() + _LEFT, y))
            y += layout.lineCount() * _LINE
        self._values(painter, row, turn, y)
        self._facts(painter, row, turn, laid)
        painter.fillRect(QRect(row.left(), row.bottom(), row.width(), 1), theme.colour("hairline"))
        if ringed:
            paint_ring(painter, row, theme)
        painter.restore()

    def _head(self, painter: QPainter, row: QRect, turn: TurnRow, part: str) -> None:
        theme, middle = self._theme, row.top() + 22
        x = self._say(painter, turn.who, row.left() + _LEFT, middle, theme.fonts.text(13, 600), "text")
        self._say(painter, _time(turn.at), x + 8, middle, theme.fonts.text(12), "text3")
        if not turn.editable:
            return
        box = QRectF(self.edit_box(row))
        if part == "edit":
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("select"))
            painter.drawRoundedRect(box, 6, 6)
        paint_glyph(painter, "pencil-simple", box.adjusted(6, 6, -6, -6), theme.colour("text2"))

    def _values(self, painter: QPainter, row: QRect, turn: TurnRow, top: float) -> None:
        theme, font = self._theme, self._theme.fonts.text(12)
        left = float(row.left() + _LEFT)
        for number, (name, value) in enumerate(turn.values):
            middle = top + number * _LINE + _LINE / 2
            wide = QFontMetricsF(font).elidedText(name, Qt.TextElideMode.ElideRight, _VALUE_AT - 8)
            self._say(painter, wide, left, middle, font, "text3")
            room = row.width() - 2 * _LEFT - _VALUE_AT
            shown = QFontMetricsF(theme.fonts.text(12, 500)).elidedText(value, Qt.TextElideMode.ElideRight, room)
            self._say(painter, shown, left + _VALUE_AT, middle, theme.fonts.text(12, 500), "text")

    def _facts(self, painter: QPainter, row: QRect, turn: TurnRow, laid: _Laid) -> None:
        theme, y = self._theme, row.top() + laid.facts_top
        for fact, layouts in zip(turn.facts, laid.facts, strict=True):
            at = QPointF(row.left() + _LEFT + 4, y + _FACT / 2)
            paint_mark(painter, fact.shape, at, theme.colour(fact.ink), phase=self._view.phase)
            painter.setPen(theme.colour("brick" if fact.ink == "brickMark" else "text2"))
            lines = 0
            for layout in layouts:
                layout.draw(painter, QPointF(row.left() + _LEFT + _FACT_AT, y + 2))
                lines += layout.lineCount()
            y += lines * _LINE + _FACT - _LINE
        if turn.way_on:
            box = self.way_box(row, turn)
            self._say(painter, turn.way_on, box.left(), box.center().y() + 0.5, theme.fonts.text(13, 500), "accentText")

    def _say(self, painter: QPainter, words: str, x: float, middle: float, font: QFont, ink: str) -> float:
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(self._theme.colour(ink))
        painter.drawText(QPointF(x, round(middle + (metrics.ascent() - metrics.descent()) / 2)), words)
        return x + metrics.horizontalAdvance(words)


def _time(at: str) -> str:
    when = local(at)
    if when == UNKNOWN:
        return ""
    today = datetime.now().astimezone().date()
    return figures.clock(when) if when.date() == today else figures.moment(when, year=when.year != today.year)
