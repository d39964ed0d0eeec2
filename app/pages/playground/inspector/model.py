"""Which model answers in a thread, and what its answers are held to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.model_choice import endpoints_of
from app.widgets.controls import label
from app.widgets.model_box import ModelBox
from app.widgets.section import Section

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme

_ELSEWHERE = "Answers from elsewhere are checked here: valid, or an error. No mask holds them to their schema."


class ModelSection(Section):
    """The choice of a model for what is asked next in this thread; every answer keeps the one that it came from."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, "Model", last=True)
        self.box = ModelBox(theme, session, "Model that answers")
        self.box.chosen.connect(self._chosen)
        self.note = label(theme, _ELSEWHERE, 12, ink="text3")
        self.note.setWordWrap(True)
        self.note.setContentsMargins(0, 6, 0, 0)
        self.inside.addWidget(self.box)
        self.inside.addWidget(self.note)
        self.note.hide()

    def show_choice(self, choice: str) -> None:
        """Show the model of a draft."""
        self.box.show_choice(choice)
        self.note.setHidden(not endpoints_of(choice))

    def _chosen(self, choice: str) -> None:
        self.note.setHidden(not endpoints_of(choice))
        self.edited.emit()
