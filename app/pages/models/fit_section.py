"""Whether a model fits the memory: an estimate before loading, beside what loading really took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.models.load_choices import difference_words, fit_words, need_words
from app.models.model_words import VERDICTS, size_words
from app.style.tips import plain_tip
from app.widgets.controls import Mark, button, label, set_ink
from app.widgets.section import Section

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.model.fit import Fit
    from engine.model.protocol import LoadOptions, ModelInfo

_BAR: Final = 8
_SHADES: Final = (1.0, 0.62, 0.38, 0.24)
"""How strongly the parts of the bar are painted: weights, cache, buffers, program."""


class FitSection(Section):
    """A bar of what a model takes, cut into its parts, against what is free; and the setting under which it fits."""

    wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Memory")
        self._fit: Fit | None = None
        self.bar = FitBar(theme)
        self._mark = Mark(theme, "check")
        self.verdict = label(theme, "", 12)
        self.verdict.setWordWrap(True)
        self.parts = label(theme, "", 11, ink="text3", tabular=True)
        self.parts.setWordWrap(True)
        self.advice = label(theme, "", 12, ink="text3")
        self.advice.setWordWrap(True)
        self.way = button(theme, "")
        said = QHBoxLayout()
        said.setContentsMargins(0, 8, 0, 4)
        said.setSpacing(6)
        said.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.verdict, 1)
        way = QHBoxLayout()
        way.addWidget(self.way)
        way.addStretch(1)
        self.inside.addWidget(self.bar)
        self.inside.addLayout(said)
        self.inside.addWidget(self.parts)
        self.inside.addWidget(self.advice)
        self.inside.addSpacing(4)
        self.inside.addLayout(way)
        self.way.clicked.connect(self._take)

    def show_fit(self, fit: Fit, options: LoadOptions, info: ModelInfo | None) -> None:
        """Show an estimate for options; `info` is the model as it is loaded, where it is."""
        self._fit = fit
        loaded = info is not None
        shape, mark, ink = VERDICTS[fit.verdict]
        if loaded:
            shape, mark, ink = "check", "accent", "text2"
        self._mark.show_state(shape, mark)
        held = info.memory_bytes if info is not None else None
        if held is not None:
            self.verdict.setText(f"Holds {size_words(held)} now; up to {size_words(fit.needed)} estimated")
        elif loaded:
            self.verdict.setText(f"Loaded; up to {size_words(fit.needed)} estimated")
        else:
            words = {"fits": "Fits", "tight": "Tight", "too big": "Too big"}[fit.verdict]
            self.verdict.setText(f"{words}: {need_words(fit)}")
        set_ink(self.verdict, ink)
        self.bar.show_fit(fit, mark, held)
        self.parts.setText(fit_words(fit))
        self.advice.setText(fit.advice)
        self.advice.setVisible(not loaded and fit.would_fit is not None and bool(fit.advice))
        change = difference_words(options, fit.would_fit) if fit.would_fit is not None else ""
        self.way.setVisible(bool(change) and not loaded)
        self.way.setText("Make it fit")
        self.way.setAccessibleName(f"Make it fit, with {change}")
        self.way.setToolTip(plain_tip(f"Sets {change}"))

    def _take(self) -> None:
        if self._fit is not None and self._fit.would_fit is not None:
            self.wanted.emit(self._fit.would_fit)


class FitBar(QWidget):
    """Weights, cache, buffers and program side by side in a groove as long as what is free."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._parts: tuple[int, ...] = ()
        self._whole = 1
        self._free = 1
        self._held: int | None = None
        self._ink = "accent"
        self.setFixedHeight(_BAR + 4)
        theme.changed.connect(self.update)

    def show_fit(self, fit: Fit, ink: str, held: int | None = None) -> None:
        """Show an estimate; `held` marks what was really taken."""
        self._parts = (fit.weights, fit.cache, fit.buffers, fit.base)
        self._free = max(1, fit.free)
        self._whole = max(fit.free, fit.needed, held or 0, 1)
        self._held = held
        self._ink = ink
        names = ("weights", "cache", "buffers", "program")
        said = ", ".join(f"{name} {size_words(size)}" for name, size in zip(names, self._parts, strict=True))
        said = f"{said}; {size_words(fit.free)} free"
        self.setAccessibleName(said)
        self.setToolTip(plain_tip(said))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the parts, and a line where the free memory ends or what is held does."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        wide = self.width()
        groove = QPainterPath()
        groove.addRoundedRect(QRectF(0, 2, wide, _BAR), 3, 3)
        painter.setClipPath(groove)
        painter.fillRect(QRectF(0, 2, wide, _BAR), self._theme.colour("hairline"))
        left = 0.0
        for size, shade in zip(self._parts, _SHADES, strict=False):
            colour = QColor(self._theme.colour(self._ink))
            colour.setAlphaF(shade)
            part = wide * size / self._whole
            painter.fillRect(QRectF(left, 2, max(0.0, part - 1), _BAR), colour)
            left += part
        painter.setClipping(False)
        at = self._held if self._held is not None else self._free if self._free < self._whole else None
        if at is not None:
            painter.fillRect(
                QRectF(min(wide - 2.0, wide * at / self._whole), 0, 2, _BAR + 4), self._theme.colour("text")
            )
        painter.end()
