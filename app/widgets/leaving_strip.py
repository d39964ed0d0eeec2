"""What leaves this machine, said where it is typed or chosen, with the way to keep it here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.style import tokens
from app.style.plain_text import breakable, one_line
from app.widgets.controls import Mark, button, label

if TYPE_CHECKING:
    from app.style.theme import Theme

_LONGEST = 120
_WORD = 40


class LeavingStrip(QFrame):
    """An amber strip that says where text is sent. `stay_asked` asks for the model on this machine instead."""

    stay_asked = Signal()

    def __init__(self, theme: Theme, what: str, *, margin: int = tokens.ANSWER_MARGIN) -> None:
        """Make a strip whose sentence begins with `what`: "What is asked in this thread is"."""
        super().__init__()
        self._what = what
        self._host: str | None = None
        self.setProperty("ground", "amber")
        self.words = label(theme, "", 13, ink="amber")
        self.words.setWordWrap(True)
        self.stay = button(theme, "Keep it here", name="Answer with the model on this machine instead")
        self.stay.clicked.connect(self.stay_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(margin, 4, 12, 4)
        row.setSpacing(8)
        row.addWidget(Mark(theme, "triangle", "amberMark"))
        row.addWidget(self.words, 1)
        row.addWidget(self.stay)
        self.hide()

    @property
    def host(self) -> str | None:
        """Where text is sent; None where it stays on this machine."""
        return self._host

    def show_host(self, host: str | None) -> None:
        """Say that text is sent to a machine; None: that none leaves this one, so that there is nothing to say."""
        before, self._host = self._host, host
        self.setVisible(host is not None)
        if host is None or host == before:
            return
        words = f"{self._what} sent to {one_line(host, _LONGEST)}."
        self.words.setText(breakable(words, _WORD))
        self.setAccessibleName(words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
