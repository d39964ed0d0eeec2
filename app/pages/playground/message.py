"""What was asked, above its answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.style import tokens
from app.widgets.controls import button, icon_button, label

if TYPE_CHECKING:
    from app.style.theme import Theme

_SHOWN_LINES = 3


class MessageBlock(QFrame):
    """What the person asked, shortened to a few lines until they want it all."""

    edit_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self._text = ""
        self._open = False
        self._when = label(theme, "", 12, ink="text3")
        self._words = label(theme)
        self._words.setFont(theme.fonts.text(13))
        self._words.setWordWrap(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = button(theme, "", "flat")
        self._more.clicked.connect(self._toggle)
        edit = icon_button(theme, "pencil-simple", "Edit and ask again", "Ctrl+E")
        edit.clicked.connect(self.edit_asked)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(label(theme, "You", 13, 600))
        head.addWidget(self._when)
        head.addStretch(1)
        head.addWidget(self._more)
        head.addWidget(edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 8, 16, 12)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._words)

    def show_message(self, text: str, when: str) -> None:
        """Show what was asked and at what time (ISO 8601)."""
        if text != self._text:
            self._text = text.strip("\n")
            self._open = False
            self._refresh()
        self._when.setText(datetime.fromisoformat(when).astimezone().strftime("%H:%M"))

    def _toggle(self) -> None:
        self._open = not self._open
        self._refresh()

    def _refresh(self) -> None:
        lines = [line for line in self._text.split("\n") if line.strip()]
        hidden = len(lines) - _SHOWN_LINES
        shown = self._text if self._open or hidden <= 0 else "\n".join(lines[:_SHOWN_LINES])
        self._words.setText(shown if len(shown) < 6000 else shown[:6000] + "…")
        self._more.setVisible(hidden > 0)
        self._more.setText("Show less" if self._open else f"{hidden} more line{'s' if hidden != 1 else ''}")
        self._more.setAccessibleName("Show less of the prompt" if self._open else "Show the whole prompt")
