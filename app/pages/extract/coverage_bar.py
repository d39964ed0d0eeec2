"""How far the job is: how many documents are read, failed and empty, what is to be looked at, and how long it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QSlider, QVBoxLayout, QWidget

from app import figures
from app.pages.extract.words import WAITS, looking, pace, share
from app.style import tokens
from app.style.drawing import MarkShape, paint_mark
from app.style.theme import set_kind
from app.widgets.controls import icon_button, label
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from app.style.theme import Theme

_BAR: Final = 4
_LEAST: Final = 3.0
"""Pixels that a part of the bar has at least: one failure among thousands is seen."""
_SLIDER: Final = 96
_FROM, _TO = 160, 200
"""What the slider says, in halves of a percent: 80 % to 100 %."""
_NARROW: Final = 900


@dataclass(frozen=True)
class Reach:
    """What the bar shows: documents by state, cells to review of all that have a value, and the pace.

    `waits` says that the model is not there yet.
    """

    total: int = 0
    read: int = 0
    failed: int = 0
    empty: int = 0
    running: int = 0
    to_review: int = 0
    cells: int = 0
    share_right: float = 0.9
    waits: bool = False
    seconds_left: float | None = None
    documents_per_minute: float | None = None

    @property
    def left(self) -> int:
        """Documents that are still to be read, those in flight among them."""
        return max(0, self.total - self.read - self.failed - self.empty)


class StateButton(QPushButton):
    """A mark and how many are in that state; a press shows those in the table alone."""

    def __init__(self, theme: Theme, shape: MarkShape, ink: str, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._shape: MarkShape = shape
        self._ink = ink
        self._words = ""
        self._name = name
        set_kind(self, "setup")
        self.setAutoDefault(False)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def say(self, many: int, words: str) -> None:
        """Show a number with its word; none is not shown."""
        self._words = f"{figures.number(many)} {words}"
        self.setAccessibleName(f"{self._words}: {self._name}")
        self.setToolTip(self._name)
        self.setVisible(many > 0 or self.isChecked())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width of mark and words."""
        metrics = QFontMetricsF(self._theme.fonts.text(12, tabular=True))
        return QSize(round(metrics.horizontalAdvance(self._words)) + 29, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint mark and words, and a ground while only these are shown."""
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = "select" if self.isChecked() or self.isDown() else "hover" if self.underMouse() else ""
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if ground:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour(ground))
            painter.drawRoundedRect(box, 5, 5)
        paint_mark(painter, self._shape, QRectF(6, 0, 10, self.height()).center(), theme.colour(self._ink))
        painter.setFont(theme.fonts.text(12, tabular=True))
        painter.setPen(theme.colour("text" if self.isChecked() else "text2"))
        where = QRectF(22, 0, self.width() - 22, self.height())
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, self._words)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 5, 5)
        painter.end()


class _Segments(QWidget):
    """The bar itself: read, failed, empty, and what is still to come."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._reach = Reach()
        self.setFixedHeight(_BAR)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme.changed.connect(self.update)

    def show_reach(self, reach: Reach) -> None:
        self._reach = reach
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, painter, reach = self._theme, QPainter(self), self._reach
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        wide = float(self.width())
        painter.setBrush(theme.colour("hairline"))
        painter.drawRoundedRect(QRectF(0, 0, wide, _BAR), _BAR / 2, _BAR / 2)
        at = 0.0
        for many, ink in ((reach.read, "accent"), (reach.failed, "brickMark"), (reach.empty, "line")):
            if many:
                part = max(_LEAST, wide * many / reach.total)
                painter.setBrush(theme.colour(ink))
                painter.drawRoundedRect(QRectF(at, 0, part - (1 if at + part < wide else 0), _BAR), 2, 2)
                at += part
        painter.end()


class CoverageBar(QFrame):
    """Words over a thin bar, and the slider that says how many values are to be right.

    `state_asked` is given "failed", "empty" or "review" where only those are to be shown, or "" for all again;
    `filter_asked` whether the line of filters is to be shown.
    """

    state_asked = Signal(str)
    filter_asked = Signal(bool)
    share_asked = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.setFixedHeight(53)
        self.reach = Reach()
        self.read = label(theme, "", 13, 600, tabular=True)
        self.states = {
            "failed": StateButton(theme, "cross", "brickMark", "Show only documents that failed"),
            "empty": StateButton(theme, "dash", "text3", "Show only documents without text"),
            "review": StateButton(theme, "triangle", "amberMark", "Show only documents with values to review"),
        }
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(_FROM, _TO)
        self.slider.setPageStep(4)
        self.slider.setFixedSize(_SLIDER, 20)
        self.slider.setAccessibleName("Share of the values that is to be right")
        self.right = label(theme, "", 12, ink="text2", tabular=True)
        self.pace = ElidedLabel(theme, 12, ink="text2", tabular=True, hugs=True)
        self.filter = icon_button(theme, "funnel", "Filter, sort and group the rows", "Ctrl+F")
        self.filter.setCheckable(True)
        self.filter.clicked.connect(self.filter_asked)
        self._bar = _Segments(theme)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.read)
        row.addSpacing(6)
        for state, control in self.states.items():
            row.addWidget(control)
            control.clicked.connect(lambda checked, which=state: self._ask(which if checked else ""))
        row.addSpacing(8)
        row.addWidget(self.slider)
        row.addSpacing(4)
        row.addWidget(self.right)
        row.addStretch(1)
        row.addWidget(self.pace)
        row.addSpacing(4)
        row.addWidget(self.filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.PANEL_MARGIN, 8, tokens.PANEL_MARGIN, 0)
        column.setSpacing(0)
        holder = QWidget()
        holder.setFixedHeight(28)
        holder.setLayout(row)
        column.addWidget(holder)
        column.addWidget(self._bar)
        column.addStretch(1)
        self.slider.valueChanged.connect(self._slid)

    def _ask(self, state: str) -> None:
        self.mark(state)
        self.state_asked.emit(state)

    def mark(self, state: str) -> None:
        """Mark which state alone is shown; "" is all of them."""
        for each, control in self.states.items():
            control.setChecked(each == state)

    def show_reach(self, reach: Reach) -> None:
        """Show how far the job is."""
        self.reach = reach
        read = f"{figures.number(reach.total - reach.left)} of {figures.number(reach.total)} read"
        self.read.setText(read)
        for state, many, words in (
            ("failed", reach.failed, "failed"),
            ("empty", reach.empty, "empty"),
            ("review", reach.to_review, "to review"),
        ):
            self.states[state].say(many, words)
        going = pace(reach.left, reach.seconds_left, reach.documents_per_minute)
        self.pace.say(f"{WAITS}, {figures.number(reach.left)} left" if reach.waits else going if reach.left else "")
        self._bar.show_reach(reach)
        self._show_share(reach.share_right)
        seen = reach.cells > 0
        self.slider.setVisible(seen and self.width() >= _NARROW)
        self.right.setVisible(seen and self.width() >= _NARROW)
        told = [
            read,
            *(f"{many} {words}" for many, words in ((reach.failed, "failed"), (reach.empty, "empty")) if many),
        ]
        self.setAccessibleName(", ".join([*told, self.pace.line] if self.pace.line else told))

    def _show_share(self, right: float) -> None:
        if not self.slider.isSliderDown():
            with QSignalBlocker(self.slider):
                self.slider.setValue(round(right * 200))
        self._say_share(right)

    def _say_share(self, right: float) -> None:
        self.right.setText(f"{share(right)} right")
        told = looking(self.reach.to_review, self.reach.cells, right)
        self.slider.setToolTip(told)
        self.right.setToolTip(told)
        self.slider.setAccessibleDescription(told)

    def _slid(self, value: int) -> None:
        self._say_share(value / 200)
        self.share_asked.emit(value / 200)
