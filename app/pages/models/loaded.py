"""The model that is loaded: its name, its state, and what matters most of it; while another comes, that one, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import figures
from app.model_names import name_of
from app.models.model_words import licence_words, short_hash, size_words
from app.pages.models.pinning import show_pin
from app.style import tokens
from app.style.tips import plain_tip
from app.widgets.controls import Chip, Mark, button, icon_button, label
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from app.session.models import Entry
    from app.style.theme import Theme
    from engine.model.client import ClientState
    from engine.model.protocol import ModelInfo

_INDENT: Final = 22
_FACTS: Final = ("Size", "Quantized", "Licence", "Context", "SHA-256")
_FIRST_TO_GO: Final = ("Context", "Quantized", "Licence", "Size")


@dataclass(frozen=True)
class Coming:
    """A model that is being loaded: its name, what is done of it in words, and its share (0..1) where it is known."""

    name: str
    stage: str
    fraction: float | None


def _lowered(stage: str) -> str:
    """Return a sentence as a part of another one; names within it stay as they are."""
    return stage[:1].lower() + stage[1:]


class LoadedModel(QFrame):
    """The name in the largest letters there are, chips of its state, and a line of facts."""

    pin_asked = Signal(bool)
    restart_asked = Signal()
    chosen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self._mark = Mark(theme, "arc")
        self.name = ElidedLabel(theme, 20, 600, hugs=True)
        self.name.say("No model yet")
        self.state = Chip(theme)
        self.state.say("starting")
        self.origin = Chip(theme)
        self.pinned = Chip(theme)
        self.restart = button(theme, "Start again", icon="arrow-clockwise")
        self.restart.clicked.connect(self.restart_asked)
        self.pin = icon_button(theme, "lock-simple-open", "Pin")
        self.pin.setCheckable(True)
        self.pin.clicked.connect(self.pin_asked)
        self._facts: dict[str, tuple[QWidget, QLabel]] = {}
        self.coming = ComingLine(theme)
        for hidden in (self.origin, self.pinned, self.restart, self.coming):
            hidden.hide()
        self._build()

    def _build(self) -> None:
        names = QHBoxLayout()
        names.setSpacing(10)
        names.addStrut(tokens.CONTROL)
        for widget in (self._mark, self.name, self.state, self.origin, self.pinned):
            names.addWidget(widget)
        names.setSpacing(8)
        names.addStretch(1)
        names.addWidget(self.restart)
        line = QWidget()  # has its height, and the room above it, before there are facts
        line.setFixedHeight(tokens.CONTROL)
        facts = QHBoxLayout(line)
        facts.setContentsMargins(_INDENT, 0, 0, 0)
        facts.setSpacing(tokens.ANSWER_MARGIN)
        for name in _FACTS:
            facts.addWidget(self._fact(name))
        facts.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 14, tokens.ANSWER_MARGIN, 11)
        column.setSpacing(4)
        column.addLayout(names)
        column.addWidget(line)
        column.addWidget(self.coming)

    def _fact(self, name: str) -> QWidget:
        whole = QWidget()
        value = label(self._theme, "", 12, 600)
        if name == "SHA-256":
            value.setFont(self._theme.fonts.code(12))
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(label(self._theme, name, 12, ink="text2"))
        row.addWidget(value)
        if name == "SHA-256":
            row.addWidget(self.pin)
        whole.hide()
        self._facts[name] = (whole, value)
        return whole

    def fact(self, name: str) -> str:
        """Return what is said of a fact."""
        return self._facts[name][1].text()

    # Showing

    def show_state(self, state: ClientState | None, info: ModelInfo | None, entry: Entry | None) -> None:
        """Show what is loaded, or that nothing is; `entry` is the model in the list, where it is there."""
        phase = state.phase if state is not None else "loading"
        answers = phase == "ready" or (phase == "loading" and state is not None and state.model is not None)
        match phase:
            case _ if answers:
                self._mark.show_state("dot", "accent")
                self.state.say("loaded", "go")
            case "loading":
                self._mark.show_state("arc", "accent")
                part = f", {state.fraction:.0%}" if state is not None and state.fraction is not None else ""
                stage = _lowered(state.stage) if state is not None and state.stage else "starting"
                self.state.say(f"{stage}{part}", "go")
            case "failed" | "crashed":
                self._mark.show_state("cross", "brickMark")
                self.state.say("stopped" if phase == "crashed" else "not loaded", "failed")
            case _:
                self._mark.show_state("ring", "text3")
                self.state.say("stopped")
        self.restart.setVisible(phase in {"failed", "crashed", "stopped"})
        self._show_facts(info, entry)

    def _show_facts(self, info: ModelInfo | None, entry: Entry | None) -> None:
        if info is None:
            return
        self.name.say(name_of(entry.file) if entry is not None else info.name)
        self.origin.say({"bundled": "bundled", "downloaded": "downloaded"}.get(entry.origin, "") if entry else "")
        self._show_pin(entry, info.sha256)
        facts = entry.file.facts if entry is not None else None
        values = {
            "Size": size_words(info.size_bytes),
            "Quantized": info.quantization,
            "Licence": licence_words(facts.licence if facts is not None else None),
            "Context": figures.number(info.context),
            "SHA-256": short_hash(info.sha256),
        }
        for name, value in values.items():
            self._facts[name][1].setText(value)
            self._facts[name][1].setToolTip(plain_tip(info.sha256 if name == "SHA-256" else value))
        self._fit_facts()

    def _show_pin(self, entry: Entry | None, sha256: str) -> None:
        pinned = entry.pinned if entry is not None else None
        self.pin.setVisible(entry is not None)
        show_pin(self._theme, self.pin, pinned=pinned is not None)
        wrong = pinned is not None and bool(sha256) and pinned != sha256
        self.pinned.say("not the pinned file" if wrong else "pinned" if pinned else "", "failed" if wrong else "")

    def show_coming(self, coming: Coming | None) -> None:
        """Show that another model is being loaded; None: none is."""
        self.coming.show_coming(coming)

    # Room

    def _fit_facts(self) -> None:
        """Leave out what there is no room for; the panel has it all."""
        shown = [name for name in _FACTS if self._facts[name][1].text()]
        wide = {name: self._facts[name][0].sizeHint().width() for name in shown}
        room = self.width() - 2 * tokens.ANSWER_MARGIN - _INDENT
        for name in _FIRST_TO_GO:
            if sum(wide[each] for each in shown) + tokens.ANSWER_MARGIN * len(shown) <= room:
                break
            if name in shown:
                shown.remove(name)
        for name, (whole, _) in self._facts.items():
            whole.setVisible(name in shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for what matters most."""
        super().resizeEvent(event)
        self._fit_facts()


class ComingLine(QWidget):
    """What is being loaded beside the model that answers: a sentence and a bar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._share: float | None = None
        self._mark = Mark(theme, "arc")
        self.words = ElidedLabel(theme, 12, ink="text2")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 8)
        row.setSpacing(8)
        row.addWidget(self._mark)
        row.addWidget(self.words, 1)

    def show_coming(self, coming: Coming | None) -> None:
        """Say what is coming; None: nothing is."""
        self.setVisible(coming is not None)
        self._mark.show_state("arc" if coming is not None else "ring", "accent")
        if coming is None:
            return
        part = f", {coming.fraction:.0%}" if coming.fraction is not None else ""
        stage = f": {_lowered(coming.stage)}{part}" if coming.stage else ""
        self.words.say(f"Loading {coming.name}{stage}. The model above answers until then.")
        self._share = coming.fraction
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint how far it is along the foot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for ink, wide in (("hairline", 1.0), ("accent", self._share or 0.0)):
            painter.setBrush(self._theme.colour(ink))
            if wide:
                painter.drawRoundedRect(QRectF(0, self.height() - 3, self.width() * wide, 3), 1.5, 1.5)
        painter.end()
