"""The system prompt, and the way to the prompt as the model reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from app.widgets.controls import button
from app.widgets.growing_text import GrowingText
from app.widgets.section import Section

if TYPE_CHECKING:
    from app.exchange import Draft
    from app.style.theme import Theme

_LINES = 6


class SystemPromptSection(Section):
    """What the model is told before the prompt."""

    prompt_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        exact = button(theme, "Exact prompt", "go")
        super().__init__(theme, "System prompt", exact)
        self.exact = exact
        self.exact.setToolTip("Show what the model reads, token for token")
        self.exact.clicked.connect(self.prompt_asked)
        self.text = GrowingText(theme, "System prompt", "None", most=_LINES, around=16)
        self.text.textChanged.connect(self.edited)
        self.inside.addWidget(self.text)

    def show_draft(self, draft: Draft) -> None:
        """Fill the control."""
        if self.text.whole != draft.system:
            self.text.write(draft.system)

    def apply(self, draft: Draft) -> Draft:
        """Return a draft with what the control holds."""
        return replace(draft, system=self.text.whole)
