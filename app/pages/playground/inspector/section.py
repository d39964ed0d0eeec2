"""A section of the inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.style import tokens
from app.widgets.controls import section_title

if TYPE_CHECKING:
    from app.style.theme import Theme


class Section(QFrame):
    """A title, at most one action at its right, and room below them for what can be set; a hairline ends it."""

    edited = Signal()

    def __init__(self, theme: Theme, title: str, action: QWidget, *, last: bool = False) -> None:
        super().__init__()
        self.setProperty("ground", "canvas")
        if not last:
            self.setProperty("rule", "below")
        row = QHBoxLayout()
        # The action's text, not its invisible border, ends where the fields below it end.
        row.setContentsMargins(tokens.PANEL_MARGIN, 10, tokens.PANEL_MARGIN - tokens.BUTTON_INSET, 4)
        row.addStrut(tokens.CONTROL)
        row.addWidget(section_title(theme, title))
        row.addStretch(1)
        row.addWidget(action)
        self.inside = QVBoxLayout()
        self.inside.setContentsMargins(tokens.PANEL_MARGIN, 0, tokens.PANEL_MARGIN, 12)
        self.inside.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addLayout(self.inside, 1)
