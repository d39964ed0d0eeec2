"""What went wrong, said where it is seen, with the way on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAccessible, QAccessibleEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.style import tokens
from app.style.plain_text import breakable, one_line
from app.widgets.controls import Mark, button, icon_button, label

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.errors import EngineError

_LONGEST: Final = 400
_WORD: Final = 60


class TroubleStrip(QFrame):
    """A brick strip: one sentence of what, one of what to do, and a button that does it."""

    way_asked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, margin: int = tokens.PANEL_MARGIN) -> None:
        super().__init__()
        self.error: EngineError | None = None
        self.setProperty("ground", "brick")
        mark = Mark(theme, "cross", "brickMark")
        self.what = label(theme, "", 13, 600, ink="brick")
        self.what.setWordWrap(True)
        self.advice = label(theme, "", 13, ink="text2")
        self.advice.setWordWrap(True)
        self.way = button(theme, "")
        self.way.clicked.connect(self.way_asked)
        self.close_it = icon_button(theme, "x", "Close this message")
        self.close_it.clicked.connect(self.withdraw)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.what)
        words.addWidget(self.advice)
        row = QHBoxLayout(self)
        row.setContentsMargins(margin, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(mark)
        row.addLayout(words, 1)
        row.addWidget(self.way)
        row.addWidget(self.close_it)
        self.hide()

    def show_error(self, error: EngineError, way: str, more: str = "") -> None:
        """Say what went wrong; `way` is what the button does, "" where there is nothing that it could do.

        `more` is said after what to do.
        """
        self.error = error
        where = (error.where or "").replace(str(Path.home()), "~")
        place = f" ({one_line(where, _LONGEST)})" if where else ""
        self.what.setText(breakable(one_line(error.message, _LONGEST) + place, _WORD))
        advice = " ".join(part for part in (error.advice, more) if part)
        self.advice.setText(breakable(one_line(advice, _LONGEST), _WORD))
        self.advice.setVisible(bool(advice))
        self.way.setText(way)
        self.way.setAccessibleName(way or "Nothing to do")
        self.way.setVisible(bool(way))
        self.setAccessibleName(f"{self.what.text()} {self.advice.text()}".strip())
        self.show()
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))

    def withdraw(self) -> None:
        """Go away."""
        if self.error is not None:
            self.error = None
            self.hide()
            self.closed.emit()
