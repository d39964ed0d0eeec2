"""How quick a model is: the speeds side by side, the rest below them, earlier ones to choose from."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.models.benchmark_words import BARS, BenchmarkShown, line_words, other_rows, speed_words, text_of, when_words
from app.pages.models.fields import ChoiceBox, ValueRows, framed
from app.widgets.controls import button, icon_button, label, set_icon
from app.widgets.section import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

_RUN: Final = "Run, 20 s"


class BenchmarkSection(Section):
    """Bars of speeds. `run_asked` begins one, `stop_asked` ends the one that runs."""

    run_asked = Signal()
    stop_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        self.copy = icon_button(theme, "copy", "Copy the benchmark as text")
        self.run = button(theme, _RUN, icon="play-fill", name="Run a benchmark of 20 seconds")
        actions = framed(self.copy, self.run)
        super().__init__(theme, "Benchmark", actions)
        self._theme = theme
        self._model = ""
        self._running = False
        self._all: list[BenchmarkShown] = []
        self._shown: BenchmarkShown | None = None
        self.when = label(theme, "", 11, ink="text2")
        self.none = label(theme, "Not measured yet: how quick it reads, and writes with and without a mask.", 12)
        self.none.setProperty("ink", "text3")
        self.none.setWordWrap(True)
        self.bars = {key: SpeedBar(theme, name, ink, strong=key == "forced") for key, name, ink in BARS}
        self.rows = ValueRows(theme)
        self.earlier = ChoiceBox(theme, "Earlier benchmarks")
        self._build()
        self.run.clicked.connect(self._pressed)
        self.copy.clicked.connect(self._copy)
        self.earlier.picked.connect(self._pick)
        self.show_history("", [])

    def _build(self) -> None:
        self.inside.addWidget(self.when)
        self.inside.addSpacing(4)
        self.inside.addWidget(self.none)
        for bar in self.bars.values():
            self.inside.addWidget(bar)
        self.inside.addSpacing(6)
        self.inside.addWidget(self.rows)
        self.inside.addSpacing(8)
        self.inside.addWidget(self.earlier)

    def _pressed(self) -> None:
        (self.stop_asked if self._running else self.run_asked).emit()

    def _copy(self) -> None:
        if self._shown is not None:
            QGuiApplication.clipboard().setText(text_of(self._model, self._shown))

    def _pick(self) -> None:
        at = self.earlier.currentIndex()
        if 0 <= at < len(self._all):
            self._show(self._all[at])

    def allow(self, *, able: bool, why: str = "") -> None:
        """Let a benchmark be run, or say why it cannot be."""
        self.run.setEnabled(able or self._running)
        self.run.setToolTip(why)

    def show_history(self, model: str, benchmarks: Sequence[BenchmarkShown]) -> None:
        """Show the newest benchmark of a model, and the others to choose from; newest first."""
        self._model, self._all = model, list(benchmarks)
        today = datetime.now().astimezone().date()
        self.earlier.offer([(line_words(each, today), at) for at, each in enumerate(self._all)], 0)
        self.earlier.setVisible(len(self._all) > 1)
        if not self._running:
            self._show(self._all[0] if self._all else None)

    def show_running(self, figures: BenchmarkShown | None, fraction: float | None) -> None:
        """Show a benchmark that runs, as far as it is; None: none does."""
        was, self._running = self._running, figures is not None
        if figures is not None:
            self._show(figures)
            self.when.setText(f"measuring, {fraction:.0%}" if fraction is not None else "measuring")
        elif was:
            self._show(self._all[0] if self._all else None)
        self.run.setText("\u2009Stop" if self._running else f"\u2009{_RUN}")
        self.run.setAccessibleName("Stop the benchmark" if self._running else "Run a benchmark of 20 seconds")
        set_icon(self._theme, self.run, "stop-fill" if self._running else "play-fill", "text")
        self.copy.setEnabled(not self._running)

    def _show(self, shown: BenchmarkShown | None) -> None:
        self._shown = shown
        figures = shown.figures if shown is not None else {}
        self.none.setVisible(shown is None)
        self.copy.setVisible(shown is not None)
        today = datetime.now().astimezone().date()
        self.when.setText(when_words(shown.created, today) if shown is not None and shown.created else "")
        self.when.setVisible(shown is not None)
        most = max((figures.get(key, 0.0) for key in self.bars), default=0.0)
        for key, bar in self.bars.items():
            bar.setVisible(shown is not None)
            bar.show_speed(figures.get(key), most)
        self.rows.show_rows(other_rows(figures))


class SpeedBar(QWidget):
    """A name, a speed, and a bar below them."""

    def __init__(self, theme: Theme, name: str, ink: str, *, strong: bool) -> None:
        super().__init__()
        self._name = name
        self._value = label(theme, "", 13, 600 if strong else 400, tabular=True)
        words = QHBoxLayout()
        words.setContentsMargins(0, 0, 0, 0)
        words.addStrut(24)
        words.addWidget(label(theme, name, 12, ink="text2"))
        words.addStretch(1)
        words.addWidget(self._value)
        self._line = _Line(theme, ink)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 8)
        column.setSpacing(2)
        column.addLayout(words)
        column.addWidget(self._line)

    def show_speed(self, speed: float | None, most: float) -> None:
        """Show a speed beside the greatest of those that are compared; None: not measured yet."""
        words = speed_words(speed) if speed is not None else ""
        self._value.setText(words)
        self._line.show_share(speed / most if speed is not None and most > 0 else 0.0)
        self.setAccessibleName(f"{self._name}: {words or 'not measured yet'}")


class _Line(QWidget):
    def __init__(self, theme: Theme, ink: str) -> None:
        super().__init__()
        self._theme = theme
        self._ink = ink
        self._share = 0.0
        self.setFixedHeight(6)
        theme.changed.connect(self.update)

    def show_share(self, share: float) -> None:
        self._share = min(1.0, max(0.0, share)) * 0.94
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for ink, wide in (("hairline", 1.0), (self._ink, self._share)):
            painter.setBrush(self._theme.colour(ink))
            if wide:
                painter.drawRoundedRect(QRectF(0, 0, self.width() * wide, 6), 3, 3)
        painter.end()
