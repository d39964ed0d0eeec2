"""What changes what an extraction will do, said where it is seen, with the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.style import tokens
from app.widgets.controls import Mark, button, label

if TYPE_CHECKING:
    from app.style.theme import Theme


class ChangedStrip(QFrame):
    """An amber strip: the job is set up otherwise than its rows were read, and the way back."""

    back_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "amber")
        words = label(
            theme,
            "This is set up otherwise than the rows below were read. Run reads what that changes; the rest is kept.",
            13,
            ink="amber",
        )
        words.setWordWrap(True)
        self.back = button(theme, "As it was", name="Set it up as the rows were read")
        self.back.clicked.connect(self.back_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.PANEL_MARGIN, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(Mark(theme, "triangle", "amberMark"))
        row.addWidget(words, 1)
        row.addWidget(self.back)
        self.setAccessibleName(words.text())
        self.hide()
