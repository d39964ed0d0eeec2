"""The conversation as one scrolled column, of which only what can be seen is laid out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal, SignalInstance
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QMenu, QWidget

from app.conversation import Conversation
from app.pages.playground.conversation.rows import BOUNDARY, HEAD, MessageRow, RowState, switch_places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.session import Node
    from app.style.theme import Theme

_EXCHANGE = 0
"""Stands for the exchange in focus among the message ids, which begin with 1."""
_LEAST_EXCHANGE = 320
_AHEAD = 30
"""Rows before and after those that can be seen whose texts are asked for as well."""


class ConversationView(QAbstractScrollArea):
    """The messages of the shown branch; the exchange in focus is a widget that fills the view when it is scrolled to.

    Rows are painted. `look_asked` asks for a message's exchange to be put in focus, the others for what they say.
    """

    look_asked = Signal(int)
    switch_asked = Signal(int, int)
    edit_asked = Signal(int)
    again_asked = Signal(int)
    copy_asked = Signal(int)
    delete_asked = Signal(int)
    compare_asked = Signal(int)
    settings_asked = Signal(int)
    texts_wanted = Signal(object)

    def __init__(self, theme: Theme, exchange: QWidget) -> None:
        super().__init__()
        self._theme = theme
        self._conversation = Conversation((), None)
        self._texts: Mapping[int, str] = {}
        self._entries: list[int] = [_EXCHANGE]
        self._at = 0
        self._heights = [0]
        self._tops = [0, 0]
        self._rows: dict[int, MessageRow] = {}
        self._guesses: dict[int, int] = {}
        self._boundary: tuple[int, str] | None = None
        self._hovered = -1
        self._current = -1
        self._width = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Conversation")
        self.viewport().setMouseTracking(True)
        self.viewport().setProperty("ground", "surface")
        self.exchange = exchange
        exchange.setParent(self.viewport())
        self.verticalScrollBar().setSingleStep(40)
        theme.changed.connect(self._restyle)

    # What is shown

    def show_conversation(self, conversation: Conversation, texts: Mapping[int, str], focus: set[int]) -> None:
        """Show the branch of a conversation, with the messages in `focus` as the exchange."""
        fresh = conversation is not self._conversation
        self._conversation, self._texts = conversation, texts
        if fresh:
            self._rows.clear()
            self._guesses.clear()
        entries = [node.id for node in conversation.path if node.id not in focus]
        places = [place for node in focus if (place := conversation.place(node)) is not None]
        at = min(places) if places else len(entries)
        before = self._entries
        entries.insert(at, _EXCHANGE)
        self._entries, self._at = entries, at
        self._hovered = -1
        self._current = min(self._current, len(entries) - 1) if entries == before else -1
        self._measure()
        if entries != before:
            self.show_exchange()

    def show_boundary(self, message: int | None, words: str = "") -> None:
        """Say above a message that the prompt now begins there."""
        boundary = (message, words) if message is not None else None
        if boundary != self._boundary:
            self._boundary = boundary
            self._measure()

    def take_texts(self, messages: set[int]) -> None:
        """Take note that the texts of messages arrived."""
        for message in messages:
            self._rows.pop(message, None)
        self.viewport().update()

    def show_exchange(self) -> None:
        """Scroll to the exchange in focus."""
        self.verticalScrollBar().setValue(self._tops[self._at])
        self._place_exchange()

    @property
    def current(self) -> int | None:
        """The message that the arrow keys have walked to."""
        return self._entries[self._current] or None if 0 <= self._current < len(self._entries) else None

    # Geometry

    def _measure(self) -> None:
        """Work out the heights of all rows, by estimate where one was never seen; the exchange stays where it is."""
        width = self.viewport().width()
        if width != self._width:
            self._width = width
            self._rows.clear()
            self._guesses.clear()
        offset = self._tops[min(self._at, len(self._tops) - 1)] - self.verticalScrollBar().value()
        node, rows, guesses = self._conversation.node, self._rows, self._guesses
        self._heights = [
            self._exchange_height()
            if entry == _EXCHANGE
            else rows[entry].height
            if entry in rows
            else guesses.get(entry) or guesses.setdefault(entry, MessageRow.estimate(node(entry), width))
            for entry in self._entries
        ]
        if self._boundary is not None and self._boundary[0] in self._entries:
            self._heights[self._entries.index(self._boundary[0])] += BOUNDARY
        self._sum()
        self.verticalScrollBar().setValue(self._tops[self._at] - offset)
        self._place_exchange()
        self.viewport().update()

    def _exchange_height(self) -> int:
        return max(self.viewport().height(), _LEAST_EXCHANGE)

    def _above(self, entry: int) -> int:
        return BOUNDARY if self._boundary is not None and self._boundary[0] == entry else 0

    def _sum(self) -> None:
        self._tops = list(accumulate(self._heights, initial=0))
        bar = self.verticalScrollBar()
        bar.setPageStep(self.viewport().height())
        bar.setRange(0, max(0, self._tops[-1] - self.viewport().height()))

    def _visible(self) -> range:
        top = self.verticalScrollBar().value()
        first = bisect_right(self._tops, top) - 1
        last = bisect_left(self._tops, top + self.viewport().height())
        return range(max(0, first), min(last, len(self._entries)))

    def _lay_out_visible(self) -> None:
        """Lay out the rows that can be seen. The lowest of them that stays keeps its place."""
        for _ in range(4):
            shown = self._visible()
            changed = False
            anchor = self._at if self._at in shown else (shown[-1] if len(shown) else 0)
            offset = self._tops[anchor] - self.verticalScrollBar().value()
            for index in shown:
                entry = self._entries[index]
                if entry == _EXCHANGE or entry in self._rows or entry not in self._texts:
                    continue
                row = MessageRow(self._theme, self._conversation.node(entry), self._texts[entry], self._width)
                self._rows[entry] = row
                height = row.height + self._above(entry)
                changed = changed or height != self._heights[index]
                self._heights[index] = height
            if not changed:
                break
            self._sum()
            self.verticalScrollBar().setValue(self._tops[anchor] - offset)
        self._want_texts()

    def _want_texts(self) -> None:
        shown = self._visible()
        near = range(max(0, shown.start - _AHEAD), min(len(self._entries), shown.stop + _AHEAD))
        wanted = [self._entries[index] for index in near if self._entries[index] not in self._texts]
        wanted = [entry for entry in wanted if entry != _EXCHANGE]
        if wanted:
            self.texts_wanted.emit(wanted)

    def _place_exchange(self) -> None:
        top = self._tops[self._at] - self.verticalScrollBar().value()
        self.exchange.setGeometry(0, top, self.viewport().width(), self._exchange_height())

    def _index_at(self, y: float) -> int:
        index = bisect_right(self._tops, y + self.verticalScrollBar().value()) - 1
        return index if 0 <= index < len(self._entries) and self._entries[index] != _EXCHANGE else -1

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows that can be seen."""
        self._lay_out_visible()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        width = self.viewport().width()
        painter.fillRect(self.viewport().rect(), self._theme.colour("surface"))
        scrolled = self.verticalScrollBar().value()
        for index in self._visible():
            entry = self._entries[index]
            if entry == _EXCHANGE:
                continue
            top = self._tops[index] - scrolled
            if index and self._node(index).role == "user":
                painter.setPen(QPen(self._theme.colour("hairline"), 1))
                painter.drawLine(QPointF(0, top + 0.5), QPointF(width, top + 0.5))
            row = self._rows.get(entry)
            if row is not None:
                row.paint(painter, top, width, self._state(index))
        if self._at > 0:
            top = self._tops[self._at] - scrolled
            painter.setPen(QPen(self._theme.colour("hairline"), 1))
            painter.drawLine(QPointF(0, top - 0.5), QPointF(width, top - 0.5))
        painter.end()

    def _node(self, index: int) -> Node:
        return self._conversation.node(self._entries[index])

    def _state(self, index: int) -> RowState:
        entry = self._entries[index]
        words = self._boundary[1] if self._boundary is not None and self._boundary[0] == entry else ""
        return RowState(
            self._conversation.alternatives(entry),
            hovered=index == self._hovered,
            current=index == self._current and self.hasFocus(),
            boundary=words,
        )

    def _restyle(self) -> None:
        self._rows.clear()
        self.viewport().update()

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew; an exchange that filled the view goes on doing so."""
        super().resizeEvent(event)
        filled = self.verticalScrollBar().value() == self._tops[self._at]
        self._measure()
        if filled:
            self.show_exchange()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Move the exchange along."""
        self._place_exchange()
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Forget the hovered row when the pointer leaves."""
        if event.type() == QEvent.Type.Leave and self._hovered >= 0:
            self._hovered = -1
            self.viewport().update()
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the row under the pointer."""
        index = self._index_at(event.position().y())
        if index != self._hovered:
            self._hovered = index
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the message's exchange, or go to an alternative of it."""
        index = self._index_at(event.position().y())
        if event.button() != Qt.MouseButton.LeftButton or index < 0:
            return
        entry = self._entries[index]
        step = self._step_at(index, event.position())
        if step:
            self.switch_asked.emit(entry, step)
        else:
            self.look_asked.emit(entry)

    def _step_at(self, index: int, at: QPointF) -> int:
        """Return which arrow of a row's alternatives stands at a place: -1, 1, or 0 for none."""
        if len(self._conversation.alternatives(self._entries[index]).ids) < 2:
            return 0
        top = self._tops[index] - self.verticalScrollBar().value() + self._above(self._entries[index])
        if not top <= at.y() <= top + HEAD + 4:
            return 0
        before, after = switch_places(self.viewport().width())
        return -1 if before <= at.x() <= before + 28 else 1 if at.x() >= after - 4 else 0

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along the messages with the arrow keys; Enter opens one, Left and Right go to its alternatives."""
        entry = self.current
        match event.key():
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self._walk(-1 if event.key() == Qt.Key.Key_Up else 1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter if entry:
                self.look_asked.emit(entry)
            case Qt.Key.Key_Left | Qt.Key.Key_Right if entry:
                self.switch_asked.emit(entry, -1 if event.key() == Qt.Key.Key_Left else 1)
            case Qt.Key.Key_Delete if entry:
                self.delete_asked.emit(entry)
            case _:
                super().keyPressEvent(event)

    def _walk(self, step: int) -> None:
        index = (self._at if self._current < 0 else self._current) + step
        if 0 <= index < len(self._entries) and self._entries[index] == _EXCHANGE:
            index += step
        if not 0 <= index < len(self._entries):
            return
        self._current = index
        top, height = self._tops[index], self._heights[index]
        bar = self.verticalScrollBar()
        if top < bar.value():
            bar.setValue(top)
        elif top + height > bar.value() + self.viewport().height():
            bar.setValue(top + height - self.viewport().height())
        node = self._node(index)
        said = self._texts.get(node.id, "")[:200]
        self.setAccessibleDescription(f"{node.role}: {said}")
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys would act."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show that the keys act elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a message."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self._current if by_key else self._index_at(event.pos().y())
        if not 0 <= index < len(self._entries) or self._entries[index] == _EXCHANGE:
            return
        top = self._tops[index] - self.verticalScrollBar().value()
        place = self.viewport().mapToGlobal(QPoint(24, top + HEAD)) if by_key else event.globalPos()
        self.menu_for(self._entries[index]).popup(place)

    def menu_for(self, message: int) -> QMenu:
        """Return the menu of a message."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entries = [("Open", self.look_asked), ("Copy", self.copy_asked)]
        if self._conversation.question(message) is not None:
            entries += [("Edit and ask again", self.edit_asked), ("Answer again", self.again_asked)]
        if len(self._conversation.alternatives(message).ids) > 1:
            entries.append(("Compare the alternatives", self.compare_asked))
        if self._conversation.node(message).role == "assistant":
            entries.append(("Compare with other settings", self.settings_asked))
        entries.append(("Delete from here on", self.delete_asked))
        for words, signal in entries:
            menu.addAction(words).triggered.connect(partial(_say, signal, message))
        return menu

    def row_rect(self, message: int) -> QRect:
        """Return where a message's row stands in the viewport."""
        index = self._entries.index(message)
        top = self._tops[index] - self.verticalScrollBar().value()
        return QRect(0, top, self.viewport().width(), self._heights[index])


def _say(signal: SignalInstance, message: int, _checked: bool = False) -> None:
    signal.emit(message)
