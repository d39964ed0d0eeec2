"""A page that is still to come: the frame, and a line on what will grow there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.style import tokens
from app.widgets.controls import EmptyState, ground, label

if TYPE_CHECKING:
    from app.style.theme import Theme


class UnbuiltPage(QFrame):
    """A title, the empty state, and what works already."""

    title = ""
    line = ""
    hint = ""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setAccessibleName(f"{self.title}: {self.line} {self.hint}")
        head = ground("surface", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, tokens.PANEL_MARGIN, 0)
        row.addWidget(label(theme, self.title, 15, 600))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(EmptyState(theme, self.line, self.hint), 1)
