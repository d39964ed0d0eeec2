"""How the loaded model runs: what it was loaded with, and what is measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.style import tokens
from app.widgets.controls import label
from app.widgets.section import Section

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme
    from engine.model.protocol import ModelInfo

_WIDTH = 320
_NOTHING = "–"  # noqa: RUF001


class RunningPanel(QFrame):
    """The side panel of the Models page."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self.setProperty("ground", "canvas")
        self.setProperty("rule", "left")
        self.setFixedWidth(_WIDTH)
        self._theme = theme
        loaded = Section(theme, "Loaded with")
        self.context = self._row(loaded, "Context")
        self.lanes = self._row(loaded, "Lanes")
        self.threads = self._row(loaded, "Threads")
        self.weights = self._row(loaded, "Weights")
        measured = Section(theme, "Measured", last=True)
        self.memory = self._row(measured, "Memory")
        self.share = Meter(theme)
        measured.inside.addWidget(self.share)
        measured.inside.addSpacing(8)
        self.speed = self._row(measured, "Speed of the last answer")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(loaded)
        column.addWidget(measured)
        column.addStretch(1)
        session.memory_changed.connect(self.show_memory)
        session.runs.rate_changed.connect(self.show_rate)
        if session.memory is not None:
            self.show_memory(session.memory)
        self.show_rate(session.runs.rate)

    def _row(self, section: Section, name: str) -> QLabel:
        value = label(self._theme, _NOTHING, 13, 500, tabular=True)
        row = QHBoxLayout()
        row.addStrut(tokens.ROW)
        row.addWidget(label(self._theme, name, 13, ink="text2"))
        row.addStretch(1)
        row.addWidget(value)
        section.inside.addLayout(row)
        return value

    def show_model(self, model: ModelInfo) -> None:
        """Show what a model was loaded with."""
        self.context.setText(f"{model.context:,} tokens")
        self.lanes.setText(f"{model.lanes} answers at once")
        self.threads.setText(f"up to {model.threads}" if model.threads > 1 else "1")
        self.weights.setText(f"{model.layout}, {'lossless' if model.lossless else 'lossy'}")

    def show_memory(self, measured: tuple[int, int]) -> None:
        """Show what the app and its host hold of the machine's memory (bytes)."""
        used, total = measured
        self.memory.setText(f"{used / 1e9:.1f} of {total / 1e9:.1f} GB")
        self.share.show_share(used / total if total else 0.0)

    def show_rate(self, rate: float | None) -> None:
        """Show tokens a second."""
        self.speed.setText(f"{rate:.0f} tok/s" if rate else _NOTHING)


class Meter(QWidget):
    """A bar that is filled as far as a share goes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.share = 0.0
        self.setFixedHeight(4)
        theme.changed.connect(self.update)

    def show_share(self, share: float) -> None:
        """Show a share, 0..1."""
        self.share = min(1.0, max(0.0, share))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the groove and what is filled of it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for token, width in (("hairline", float(self.width())), ("accent", self.width() * self.share)):
            painter.setBrush(self._theme.colour(token))
            painter.drawRoundedRect(QRectF(0, 0, width, 4), 2, 2)
        painter.end()
