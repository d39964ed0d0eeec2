"""What a form or a button is about to send, shown before it goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.style import tokens
from app.style.plain_text import breakable, one_line, paragraphs
from app.widgets.controls import button, label
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.style.theme import Theme
    from engine.interface.acting import Send

_NAME: Final = 144
_ROWS: Final = 5
_ROW: Final = 22
_MOST: Final = 200
_LONGEST: Final = 600


def spoken(value: Any) -> str:
    """Return a value of a form as a person would say it."""
    match value:
        case None | "":
            return "\N{EN DASH}"
        case True:
            return "yes"
        case False:
            return "no"
        case str():
            return one_line(value, 300)
        case list():
            return one_line(", ".join(map(spoken, value)), 300) if value else "none"
    return one_line(json.dumps(value, ensure_ascii=False), 300)


class SendBar(QFrame):
    """The action and the values, Send and Cancel. Nothing is sent before a person says so."""

    confirmed = Signal(object)
    cancelled = Signal()
    left = Signal()
    """It has gone away with the keyboard in it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._sent: Send | None = None
        self.setProperty("ground", "canvas")
        self.setProperty("rule", "above")
        self.setAccessibleName("What will be sent")
        self.what = ElidedLabel(theme, 13, 600)
        self.send = button(theme, "Send", "primary", "paper-plane-right")
        self.cancel = button(theme, "Cancel", "flat")
        self.cancel.setToolTip("Esc")
        self.asked = label(theme, "", 13)
        self.asked.setWordWrap(True)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.what, 1)
        head.addWidget(self.cancel)
        head.addWidget(self.send)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 10, tokens.PANEL_MARGIN, 12)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.asked)
        column.addWidget(self._area)
        self.send.clicked.connect(self._confirm)
        self.cancel.clicked.connect(self.withdraw)
        self.hide()

    @property
    def waiting(self) -> Send | None:
        """What waits to be sent."""
        return self._sent

    def show_send(self, sent: Send) -> None:
        """Show what will be sent, and wait."""
        self._sent = sent
        what = "Ask" if sent.kind == "ask" else "Send"
        self.what.say(f"What will be sent: {one_line(sent.name, 120)}" if sent.name else "What will be sent")
        self.send.setText(f"\u2009{what}")
        self.send.setAccessibleName(what)
        self.asked.setText(breakable(paragraphs(sent.text, _LONGEST)))
        self.asked.setVisible(bool(sent.text))
        self._show_values(sent.values)
        self.show()
        self.send.setFocus(Qt.FocusReason.OtherFocusReason)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def show_able(self, *, able: bool, why: str = "") -> None:
        """Let it be sent, or say why not yet."""
        self.send.setEnabled(able)
        self.send.setToolTip(why)

    def withdraw(self) -> None:
        """Send nothing."""
        if self._sent is not None:
            self._sent = None
            self._leave()
            self.cancelled.emit()

    def _confirm(self) -> None:
        sent, self._sent = self._sent, None
        self._leave()
        if sent is not None:
            self.confirmed.emit(sent)

    def _leave(self) -> None:
        inside = self.send.hasFocus() or self.cancel.hasFocus()
        self.hide()
        if inside:
            self.left.emit()

    def _show_values(self, values: Mapping[str, Any]) -> None:
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, _NAME)
        grid.setColumnStretch(1, 1)
        for place, (name, value) in enumerate(list(values.items())[:_MOST]):
            words = ElidedLabel(self._theme, 13, ink="text2")
            words.setFixedWidth(_NAME)
            words.say(name)
            said = ElidedLabel(self._theme, 13, 500)
            said.say(spoken(value))
            grid.setRowMinimumHeight(place, _ROW)
            grid.addWidget(words, place, 0)
            grid.addWidget(said, place, 1)
        if not values:
            grid.addWidget(label(self._theme, "No values go with it.", 13, ink="text3"), 0, 0, 1, 2)
            grid.setRowMinimumHeight(0, _ROW)
        self._area.setWidget(inside)
        self._area.setFixedHeight(_ROW * max(1, min(len(values), _ROWS)) + 2)

    def event(self, event: QEvent) -> bool:
        """Keep Esc for itself, whatever it means around."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send with Enter, send nothing with Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.withdraw()
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.send.isEnabled():
            self._confirm()
        else:
            super().keyPressEvent(event)
