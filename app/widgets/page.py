"""What every page has: its title over a hairline, and room below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.style import tokens
from app.widgets.controls import label

if TYPE_CHECKING:
    from app.style.theme import Theme


class PageHead(QFrame):
    """A page's title; what else belongs there is added to `row`, at the right."""

    def __init__(self, theme: Theme, title: str, right: int = tokens.ANSWER_MARGIN) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.setFixedHeight(tokens.HEADER)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(tokens.ANSWER_MARGIN, 0, right, 0)
        self.row.setSpacing(4)
        self.row.addWidget(label(theme, title, 15, 600))
        self.row.addStretch(1)


class Page(QFrame):
    """A page whose head goes all the way across; what it shows is added to `column`."""

    title = ""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.head = PageHead(theme, self.title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)
        self.column.addWidget(self.head)
