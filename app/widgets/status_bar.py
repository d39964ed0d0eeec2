"""The foot of the window: the model and its state, speed, memory, context, network."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy

from app import figures
from app.exchange import Author
from app.model_choice import LOCAL, order_of
from app.models.model_words import name_and_quantization
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
_LONGEST_NAME: Final = 40


class StatusBar(QFrame):
    """Tells the truth about the model, the machine and the network; a click opens Models."""

    models_asked = Signal()
    palette_asked = Signal()

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._session = session
        self._model: ClientState | None = None
        self._answer: Answer | None = None
        self._shown: Author | None = None
        self._speed: float | None = None
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
        session.chat.focused.connect(lambda focus: self.show_answer(focus.answer))
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
        self._model = state
        self._show_standing()

    def show_answer(self, answer: Answer | None) -> None:
        """Show who writes, and how much of its context is used."""
        self._answer = answer
        self._show_standing()

    def show_reading(self, documents: int) -> None:
        """Show that an extraction reads so many documents just now; none, that there is none."""
        if documents != self._reading:
            self._reading = documents
            self._show_standing()

    def _show_standing(self) -> None:
        """Show who answers, which may be a server, or a model that another one is about to replace; else who would."""
        state, answer = self._model, self._answer
        if state is None:
            return
        doing, reader = self._doing()
        here = state.model
        if answer is not None and answer.running and answer.author is not None and answer.author.elsewhere:
            shown, quantization = answer.author, ""
        elif reader:
            shown, quantization = Author(reader, reader, elsewhere=True), ""
        elif here is not None:
            shown, quantization = Author.of(here.model_dump()), here.quantization
        else:
            shown, quantization = None, ""
        if shown is not None:
            self._name.setText(one_line(shown.name, _LONGEST_NAME))
            self._quant.setText(quantization)
        why = str(state.error) if state.error is not None else self._session.start_notice
        if shown is not None and shown.elsewhere:
            self._say("arc", "accent", doing, "accent")
            why = ""
        else:
            self._show_here(state, doing)
        self._state.setToolTip(plain_tip(why) if why else "")
        self._name.setAccessibleName(f"Model {self._name.text()}: {self._state.text()}. Open Models")
        self._shown = shown
        self._show_used()
        self._show_rate()

    def _doing(self) -> tuple[str, str]:
        """Return what is being done in a word, "" for nothing, and what is called the server that does it, if one."""
        answer = self._answer
        if answer is not None and answer.running:
            if answer.postponed is not None:
                return "Waiting for the server", ""
            if answer.author is None and answer.draft.model != LOCAL:
                return "Asking", self._called(order_of(answer.draft.model)[0])
            return "Generating" if answer.state == "writing" else "Reading", ""
        if self._reading:
            words = f"Reading {figures.number(self._reading)} document{'' if self._reading == 1 else 's'}"
            return words, self._called(self._session.extractions.reads_with)
        return "", ""

    def _called(self, choice: str) -> str:
        """Return what a choice of a model elsewhere is called, "" for the one here."""
        return "" if choice == LOCAL else dict(self._session.model_choices()).get(choice, "")

    def _show_here(self, state: ClientState, doing: str) -> None:
        """Show what the model on this machine does."""
        match state.phase:
            case "loading":
                part = f", {figures.percent(state.fraction)}" if state.fraction is not None else ""
                words = f"{state.stage or 'Loading'}{part}"
                if state.model is None:
                    self._name.setText("Model")
                    self._quant.setText("")
                elif state.candidate:
                    coming, _ = name_and_quantization(PurePath(state.candidate).name)
                    loads = f"oading {one_line(coming, _LONGEST_NAME)}{part}"
                    words = f"{doing}, l{loads}" if doing else f"Ready, l{loads}"
                self._say("arc", "accent", words, "accent")
            case "ready" if doing:
                self._say("arc", "accent", doing, "accent")
            case "ready":
                self._say("dot", "accent", self._ready, "text2")
            case "crashed":
                self._say("cross", "brickMark", "Stopped; the next Run starts it again", "brick")
            case "failed":
                self._say("cross", "brickMark", "Not loaded", "brick")
            case _:
                self._say("ring", "text3", "Not running", "text2")

    @property
    def _ready(self) -> str:
        return "Ready, but the last model was not loaded" if self._session.start_notice else "Ready"

    def _say(self, shape: str, token: str, words: str, ink: str) -> None:
        self._mark.show_state(shape, token)  # type: ignore[arg-type]
        self._state.setText(words)
        set_ink(self._state, ink)

    def _show_used(self) -> None:
        """Show how much of the shown model's context the answer takes: none of it, where another one wrote it."""
        shown, answer = self._shown, self._answer
        if shown is None or shown.context is None:
            self._show(self._used, "")
            return
        used = 0
        if answer is not None and answer.author is not None and answer.author.key == shown.key:
            used = answer.prompt_tokens + answer.tokens
        self._show(self._used, f"Context {figures.number(used)} of {figures.number(shown.context)}")

    def _show_rate(self) -> None:
        by = self._session.runs.rate_by
        own = by is None or (self._shown is not None and by.key == self._shown.key)
        self._show(self._rate, f"{figures.number(self._speed)} tok/s" if self._speed and own else "")

    def show_rate(self, rate: float | None) -> None:
        """Show tokens a second, of the model that writes them."""
        self._speed = rate
        self._show_rate()

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
