"""The Tokens view of an answer: every token with how it came to be, and what else it might have been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.models.token_facts import Facts
from app.models.token_values import Doubts, pointer_of
from app.models.visible import visible
from app.pages.playground.answer.token_popover import TokenPopover
from app.pages.playground.answer.token_strip import TokenStrip
from app.pages.playground.answer.token_text import TokenText
from app.token_trace import Trace
from app.widgets.controls import button, label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.exchange import Closed
    from app.style.theme import Theme

_DWELL_MS = 180
_GRACE_MS = 250
_EDGE = 8


class TokensView(QFrame):
    """Tokens in lines, a strip above them, and a popover on the one that is pointed at or opened."""

    branch_asked = Signal(int, int)
    """The answer is to go on from a token (its index) with another in its place (that one's id)."""
    run_again_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._closed: Mapping[str, Closed] = {}
        self._structured = True
        self._running = False
        self._doubts = Doubts()
        self._pinned = False
        self.setAccessibleName("Tokens")
        self.strip = TokenStrip(theme)
        self.text = TokenText(theme)
        self.text.installEventFilter(self)
        self.text.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.text.customContextMenuRequested.connect(self._show_menu)
        self.popover = TokenPopover(theme, self)
        self.again = button(theme, "Run again with tokens", "", "arrow-clockwise")
        self._none = label(theme, "Nothing is written yet", 13, ink="text3")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.text)
        self._stack.addWidget(self._make_empty())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self._stack, 1)
        self._dwell = self._timer(_DWELL_MS)
        self._dwell.timeout.connect(self._open_pointed)
        self._grace = self._timer(_GRACE_MS)
        self._grace.timeout.connect(self.close_popover)
        self._look_on = self._timer(0)
        self._look_on.timeout.connect(self._show_doubts)
        self._pointed = -1
        self.strip.asked.connect(self._jump)
        self.text.pointed.connect(self._point)
        self.text.selected.connect(self._select)
        self.text.pressed.connect(self._press)
        self.text.moved.connect(self._follow)
        self.popover.entered.connect(self._grace.stop)
        self.popover.left.connect(self._leave)
        self.popover.chosen.connect(self._branch)
        self.again.clicked.connect(self.run_again_asked)
        self.clear()

    def _timer(self, milliseconds: int) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(milliseconds)
        return made

    def _make_empty(self) -> QWidget:
        empty = QWidget()
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.again)
        row.addStretch(1)
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._none.setWordWrap(True)
        column = QVBoxLayout(empty)
        column.addStretch(1)
        column.addWidget(self._none)
        column.addSpacing(8)
        column.addLayout(row)
        column.addStretch(1)
        return empty

    # What is shown

    def show_trace(self, trace: Trace, closed: Mapping[str, Closed], structured: bool, running: bool) -> None:
        """Show an answer's tokens, or what is new in those that are shown; `closed` are its values so far.

        An answer that is over and has no tokens is one of which none were kept.
        """
        if trace is not self.text.trace:
            self.close_popover()
            self._doubts = Doubts()
        self._closed, self._structured, self._running = closed, structured, running
        self.text.show_trace(trace, structured=structured, running=running)
        if len(trace):
            added = trace.tokens[-1].how in {"closing", "constructed"}
            self.strip.show_marks(taken_back=bool(trace.attempts), added=added)
            self._show_doubts()
        self._show_part(kept=bool(len(trace)) or running)
        shown = self.popover.facts
        if shown is not None:
            if shown.index < len(trace) and trace.tokens[shown.index] is shown.token:
                self._open(shown.index)
            else:
                self.close_popover()

    def _show_doubts(self) -> None:
        doubts = self._doubts.least_certain(self.text.trace, self._closed) if self._structured else ()
        behind = self._structured and self._doubts.behind
        self.strip.show_doubts(doubts, settled=self._structured and not self._running and not behind)
        self.strip.show_selected(self.text.index)
        if behind:
            self._look_on.start()
        else:
            self._look_on.stop()

    def clear(self) -> None:
        """Show nothing: there is no answer."""
        self.show_trace(Trace(), {}, structured=True, running=True)

    def _show_part(self, *, kept: bool) -> None:
        some = len(self.text.trace) > 0
        self.strip.setVisible(some)
        self._stack.setCurrentIndex(0 if some else 1)
        self.again.setVisible(not kept)
        self._none.setText("Nothing is written yet" if kept else "No tokens were kept with this answer.")

    def facts(self, index: int) -> Facts:
        """Return what there is to say of a token."""
        trace = self.text.trace
        pointer = pointer_of(trace, self._closed, index) if self._structured else None
        return Facts(index, len(trace), trace.tokens[index], pointer, trace.attempts.get(index))

    # The popover

    def _open(self, index: int) -> None:
        page = self.window()
        text = self.text.viewport()
        rect = self.text.token_rect(index)
        if rect.bottom() < 0 or rect.top() > text.height():
            self.close_popover()
            return
        over = QRect(text.mapTo(page, rect.topLeft()), rect.size())
        corner = text.mapTo(page, QPoint(text.width(), text.height()))
        within = QRect(QPoint(_EDGE, _EDGE), QPoint(min(corner.x(), page.width()) - _EDGE, corner.y() - 2))
        self.popover.open(self.facts(index), page, over, within, offers=not self._running)
        self._grace.stop()

    def close_popover(self) -> None:
        """Close the popover."""
        self._pinned = False
        self._dwell.stop()
        self._grace.stop()
        self.popover.hide()

    def _point(self, index: int) -> None:
        self._pointed = index
        if self._pinned:
            return
        if index >= 0:
            self._grace.stop()
            self._dwell.start()
        else:
            self._dwell.stop()
            self._leave()

    def _open_pointed(self) -> None:
        if self._pointed >= 0 and not self._pinned:
            self._open(self._pointed)

    def _leave(self) -> None:
        if self.popover.isVisible() and not self._pinned:
            self._grace.start()

    def _press(self, index: int) -> None:
        shown = self.popover.facts
        if index < 0 or (self._pinned and shown is not None and shown.index == index):
            self.close_popover()
            return
        self._pin(index)

    def _pin(self, index: int) -> None:
        self._dwell.stop()
        self._open(index)
        self._pinned = self.popover.isVisible()

    def _follow(self) -> None:
        """Stay beside the token when the text moves; a popover that was only pointed at goes."""
        shown = self.popover.facts
        if shown is None:
            return
        if self._pinned:
            self._open(shown.index)
        else:
            self.close_popover()

    def _jump(self, index: int) -> None:
        self.close_popover()
        self.text.setFocus()
        self.text.select(index)

    def _select(self, index: int) -> None:
        self.strip.show_selected(index)
        if index < 0:
            self.text.setAccessibleDescription("")
            return
        self.text.setAccessibleDescription(self.facts(index).spoken)
        if self._pinned:
            self._open(index)

    def _branch(self, token: int) -> None:
        shown = self.popover.facts
        if shown is not None:
            self.close_popover()
            self.branch_asked.emit(shown.index, token)

    # Keys

    def eventFilter(self, watched: Any, event: QEvent) -> bool:
        """Take the keys of the popover before the text walks on, and copy."""
        if watched is self.text:
            match event.type():
                case QEvent.Type.ShortcutOverride if isinstance(event, QKeyEvent):
                    # Escape would otherwise stop the answer, and copying might be the window's.
                    closes = event.key() == Qt.Key.Key_Escape and self.popover.isVisible()
                    if closes or event.matches(QKeySequence.StandardKey.Copy):
                        event.accept()
                        return True
                case QEvent.Type.KeyPress if isinstance(event, QKeyEvent):
                    return self._take_key(event)
                case QEvent.Type.FocusOut:
                    self.close_popover()
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        index, opened = self.text.index, self.popover.isVisible()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_facts()
            return True
        match event.key():
            case Qt.Key.Key_Escape if opened:
                self.close_popover()
                return True
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space if index >= 0:
                if not (opened and self._pinned and self.popover.choose()):
                    self._pin(index)
                return True
            case Qt.Key.Key_Down | Qt.Key.Key_Up if opened and self._pinned:
                if self.popover.step(1 if event.key() == Qt.Key.Key_Down else -1):
                    self._tell_current()
                    return True
        return False

    def _tell_current(self) -> None:
        facts, current = self.popover.facts, self.popover.current
        if facts is not None and current is not None:
            self.text.setAccessibleDescription(f"{facts.spoken_alternative(current)}. Enter branches from here.")

    def copy_facts(self) -> None:
        """Put what is known of the selected token on the clipboard, as text."""
        if self.text.index >= 0:
            QGuiApplication.clipboard().setText(self.facts(self.text.index).text)

    def _show_menu(self, at: QPoint) -> None:
        if self.text.index < 0:
            return
        self.close_popover()
        facts = self.facts(self.text.index)
        clipboard = QGuiApplication.clipboard()
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy facts", self.copy_facts)
        menu.addAction("Copy text", lambda: clipboard.setText(visible(facts.token.text)))
        if facts.pointer is not None:
            menu.addAction("Copy JSON Pointer", lambda: clipboard.setText(facts.pointer or ""))
        menu.popup(self.text.viewport().mapToGlobal(at))

    def hideEvent(self, event: Any) -> None:
        """Take the popover along."""
        super().hideEvent(event)
        self.close_popover()
