"""A page that is still to come: the frame, and a line on what will grow there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.widgets.controls import EmptyState
from app.widgets.page import Page

if TYPE_CHECKING:
    from app.style.theme import Theme


class UnbuiltPage(Page):
    """A title, the empty state, and what works already."""

    line = ""
    hint = ""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName(f"{self.title}: {self.line} {self.hint}")
        self.column.addWidget(EmptyState(theme, self.line, self.hint), 1)
