"""The foot of the window: the model and its state, speed, memory, context, network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from app import figures
from app.style import tokens
from app.style.plain_text import one_line
from app.style.tips import plain_tip
from app.widgets.controls import Mark, button, ground, label, set_ink

if TYPE_CHECKING:
    from app.exchange import Answer
    from app.session import Session
    from app.style.theme import Theme
    from engine.model.client import ClientState


_OFFLINE: Final = "Espalier uses the network only when you ask for a download, or choose a model elsewhere"
_LONGEST_USE: Final = 48


class StatusBar(QFrame):
    """Tells the truth about the model, the machine and the network; a click opens Models."""

    models_asked = Signal()
    palette_asked = Signal()

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._session = session
        self._context: int | None = None
        self._reading = 0
        self.setProperty("ground", "sunken")
        self.setProperty("rule", "above")
        self.setFixedHeight(tokens.STATUS)
        self._mark = Mark(theme, "arc")
        self._name = button(theme, "Starting", "status", name="The model: open Models")
        self._name.setFont(theme.fonts.text(12, 600))
        self._name.clicked.connect(self.models_asked)
        self._quant = label(theme, "", 12, ink="text3")
        self._state = label(theme, "", 12, ink="text2")
        self._rate = label(theme, "", 12, ink="text2", tabular=True)
        self._memory = label(theme, "", 12, ink="text2", tabular=True)
        self._used = label(theme, "", 12, ink="text2", tabular=True)
        self._network = label(theme, "Offline", 12, ink="text2")
        self._palette = button(theme, "Ctrl+K", "status", name="Open the command palette, Ctrl+K")
        self._palette.setFont(theme.fonts.text(12))
        self._palette.clicked.connect(self.palette_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 8, 0)
        row.setSpacing(0)
        row.addWidget(self._mark)
        row.addWidget(self._name)
        row.addWidget(self._quant)
        row.addSpacing(12)
        row.addWidget(self._state)
        row.addStretch(1)
        self._rules: dict[QLabel, QFrame] = {}
        for part in (self._rate, self._memory, self._used, self._network):
            part.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
            row.addWidget(part)
            rule = ground("line")
            rule.setFixedSize(1, 12)
            part.setContentsMargins(14, 0, 14 if part is not self._network else 10, 0)
            row.addWidget(rule)
            self._rules[part] = rule
        row.addWidget(self._palette)
        self._show(self._rate, "")
        self._show(self._memory, "")
        self._show(self._used, "")
        session.model_changed.connect(self.show_model)
        session.runs.changed.connect(self.show_answer)
        session.chat.focused.connect(lambda focus: self._show_used(focus.answer))
        session.runs.rate_changed.connect(self.show_rate)
        session.memory_changed.connect(self.show_memory)
        session.network_changed.connect(self.show_network)
        self.show_network(session.network_uses)

    def show_palette_keys(self, keys: str) -> None:
        """Say which keys open the palette."""
        self._palette.setText(keys or "Commands")
        self._palette.setAccessibleName(f"Open the command palette, {keys}" if keys else "Open the command palette")

    def _show(self, part: QLabel, text: str) -> None:
        part.setText(text)
        part.setVisible(bool(text))
        self._rules[part].setVisible(bool(text))

    def show_model(self, state: ClientState) -> None:
        """Show the model and what it does."""
        if state.model is not None:
            self._name.setText(state.model.name)
            self._quant.setText(state.model.quantization)
            self._context = state.model.context
        match state.phase:
            case "loading":
                part = f", {state.fraction:.0%}" if state.fraction is not None else ""
                self._say("arc", "accent", f"{state.stage or 'Loading'}{part}", "accent")
                if state.model is None:
                    self._name.setText("Model")
            case "ready":
                self._say("dot", "accent", self._ready, "text2")
            case "crashed":
                self._say("cross", "brickMark", "Stopped; the next Run starts it again", "brick")
            case "failed":
                self._say("cross", "brickMark", "Not loaded", "brick")
            case _:
                self._say("ring", "text3", "Not running", "text2")
        why = str(state.error) if state.error is not None else self._session.start_notice
        self._state.setToolTip(plain_tip(why) if why else "")
        self._name.setAccessibleName(f"Model {self._name.text()}: {self._state.text()}. Open Models")
        self._show_used(self._session.chat.answer)

    @property
    def _ready(self) -> str:
        return "Ready, but the last model was not loaded" if self._session.start_notice else "Ready"

    def _say(self, shape: str, token: str, words: str, ink: str) -> None:
        self._mark.show_state(shape, token)  # type: ignore[arg-type]
        self._state.setText(words)
        set_ink(self._state, ink)

    def show_answer(self, answer: Answer | None) -> None:
        """Show that the model writes, and how much of its context is used."""
        state = self._session.model
        if state is not None and state.phase == "ready":
            running = answer is not None and answer.running
            words = "Generating" if running and answer is not None and answer.state == "writing" else "Reading"
            if not running and self._reading:
                running, words = True, f"Reading {self._reading} document{'' if self._reading == 1 else 's'}"
            if running:
                self._say("arc", "accent", words, "accent")
            else:
                self._say("dot", "accent", self._ready, "text2")
        self._show_used(answer)

    def show_reading(self, documents: int) -> None:
        """Show that an extraction reads so many documents just now; none, that there is none."""
        if documents != self._reading:
            self._reading = documents
            self.show_answer(self._session.chat.answer)

    def _show_used(self, answer: Answer | None) -> None:
        if self._context is None:
            return
        used = answer.prompt_tokens + answer.tokens if answer is not None else 0
        self._show(self._used, f"Context {figures.number(used)} of {figures.number(self._context)}")

    def show_rate(self, rate: float | None) -> None:
        """Show tokens a second."""
        self._show(self._rate, f"{figures.number(rate)} tok/s" if rate else "")

    def show_memory(self, measured: tuple[int, int]) -> None:
        """Show what the app and its host hold of the machine's memory (bytes)."""
        used, total = measured
        self._show(self._memory, f"{figures.number(used / 1e9, 1)} of {figures.number(total / 1e9, 1)} GB")

    def show_network(self, uses: tuple[str, ...]) -> None:
        """Show what the network is used for just now, each as one phrase."""
        more = f" and {len(uses) - 1} more" if len(uses) > 1 else ""
        self._show(self._network, one_line(uses[0], _LONGEST_USE) + more if uses else "Offline")
        self._network.setToolTip(plain_tip("\n".join(uses) if uses else _OFFLINE))
        set_ink(self._network, "accent" if uses else "text2")
