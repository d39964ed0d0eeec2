"""The inspector: its sections, one above the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.exchange import Draft
from app.pages.playground.inspector.model import ModelSection
from app.pages.playground.inspector.preset_menu import PresetMenu
from app.pages.playground.inspector.response_format import ResponseFormatSection
from app.pages.playground.inspector.sampling import SamplingSection
from app.pages.playground.inspector.system_prompt import SystemPromptSection
from app.pages.playground.sides import LEAST_INSPECTOR
from app.style import tokens
from app.widgets.controls import ground, icon_button, label

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme


class Inspector(QFrame):
    """Everything that decides an answer beside the prompt."""

    edited = Signal()

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._filling = False
        self.setProperty("ground", "canvas")
        self.setMinimumWidth(LEAST_INSPECTOR)
        self.setMaximumWidth(640)
        self.response = ResponseFormatSection(theme)
        self.sampling = SamplingSection(theme)
        self.system = SystemPromptSection(theme)
        self.model = ModelSection(theme, session)
        for section in (self.response, self.sampling, self.system, self.model):
            section.edited.connect(self._edited)
        self._lay_out(theme)

    def _lay_out(self, theme: Theme) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.response, 1)
        column.addWidget(self.sampling)
        column.addWidget(self.system)
        column.addWidget(self.model)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        head = ground("canvas", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 8, 0)
        row.addWidget(label(theme, "Inspector", 13, 600))
        row.addStretch(1)
        self.more = icon_button(theme, "dots-three", "Presets and defaults")
        self.presets = PresetMenu(self)
        self.more.clicked.connect(lambda: self.presets.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4))))
        row.addWidget(self.more)
        self.fold = icon_button(theme, "caret-double-right", "Hide the inspector", "Ctrl+I")
        row.addWidget(self.fold)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(head)
        outer.addWidget(scroll, 1)

    def show_draft(self, draft: Draft) -> None:
        """Fill every control; this is no edit."""
        self._filling = True
        self.model.show_choice(draft.model)
        self.response.show_draft(draft)
        self.system.show_draft(draft)
        self.sampling.show_draft(draft)
        self._filling = False

    def draft(self, prompt: str) -> Draft:
        """Return what the controls hold, with a prompt."""
        draft = Draft(prompt=prompt, model=self.model.box.choice)
        return self.system.apply(self.sampling.apply(self.response.apply(draft)))

    def _edited(self) -> None:
        if not self._filling:
            self.edited.emit()
