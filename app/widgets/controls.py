"""The small parts: labels, chips, keys, buttons, tabs, marks, the empty state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.style import tokens
from app.style.drawing import FRAME, MARK, MarkShape, paint_frame, paint_mark
from app.style.theme import set_kind, set_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.fonts import Weight
    from app.style.theme import Theme


def label(
    theme: Theme, text: str = "", pixels: int = 13, weight: Weight = 400, ink: str = "", *, tabular: bool = False
) -> QLabel:
    """Return a label that shows its text as it is; Qt would otherwise guess at HTML."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setFont(theme.fonts.text(pixels, weight, tabular=tabular))
    if ink:
        made.setProperty("ink", ink)
    return made


def set_ink(widget: QWidget, ink: str) -> None:
    """Change the colour of a label's text."""
    set_state(widget, "ink", ink)


def key_hint(theme: Theme, text: str) -> QLabel:
    """Return a small key cap."""
    made = label(theme, text, 11)
    set_kind(made, "key")
    made.setFixedHeight(20)
    return made


class Chip(QLabel):
    """A state in a word or two; `go`, `doubt` and `failed` have a ground of their own."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.fonts.text(11, 500))
        set_kind(self, "chip")

    def say(self, text: str, state: str = "") -> None:
        """Show a state."""
        self.setText(text)
        set_state(self, "state", state)
        self.setVisible(bool(text))


def button(theme: Theme, text: str, kind: str = "", icon: str = "", name: str = "") -> QPushButton:
    """Return a push button of 28 px; `name` is what is read out where the text does not say it."""
    made = QPushButton(("\u2009" if icon else "") + text)
    made.setFont(theme.fonts.text(13, 600 if kind == "primary" else 500 if not kind else 400))
    if kind:
        set_kind(made, kind)
    if icon:
        set_icon(theme, made, icon, "onAccent" if kind == "primary" else "text")
    made.setAccessibleName(name or text)
    made.setAutoDefault(False)
    made.setCursor(Qt.CursorShape.ArrowCursor)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def set_icon(theme: Theme, button_: QPushButton, icon: str, ink: str = "text2", disabled: str = "") -> None:
    """Give a button an icon that follows the theme; beside words it is as loud as they are where it is disabled."""
    button_.setIcon(theme.icon(icon, ink, disabled or ("text3" if button_.text() else "line")))
    button_.setIconSize(QSize(14, 14) if button_.text() else QSize(16, 16))


def icon_button(theme: Theme, icon: str, name: str, keys: str = "") -> QPushButton:
    """Return a button of an icon alone; its name is read out and shown as its tooltip."""
    made = button(theme, "", "icon", name=name)
    set_icon(theme, made, icon)
    made.setToolTip(f"{name} ({keys})" if keys else name)
    return made


class TabButton(QPushButton):
    """A tab: text, and an underline exactly as wide as the text."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(text)
        self._theme = theme
        set_kind(self, "tab")
        self.setFont(theme.fonts.text(13, 500))
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAccessibleName(f"{text} tab")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return the width of the text and the height of the row."""
        return QSize(round(QFontMetricsF(self.font()).horizontalAdvance(self.text())) + 1, tokens.TABS)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, the underline, and the focus ring around the text."""
        super().paintEvent(event)
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(QRectF(0, self.height() - 2, self.width(), 2), self._theme.colour("accent"))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.drawLine(QPointF(0, 9), QPointF(self.width(), 9))
            painter.drawLine(QPointF(0, self.height() - 1), QPointF(self.width(), self.height() - 1))
        painter.end()


class TabRow(QWidget):
    """Tabs side by side; the arrow keys walk along them."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, names: Sequence[str]) -> None:
        super().__init__()
        self.setAccessibleName("Views of the answer")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._group = QButtonGroup(self)
        self._tabs: dict[str, TabButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(tokens.ANSWER_MARGIN)
        for name in names:
            tab = TabButton(theme, name)
            tab.clicked.connect(lambda _=False, which=name: self.chosen.emit(which))
            self._group.addButton(tab)
            self._tabs[name] = tab
            row.addWidget(tab)

    def choose(self, name: str) -> None:
        """Mark a tab as the one in front."""
        self._tabs[name].setChecked(True)

    def offer(self, names: set[str]) -> None:
        """Show only these tabs."""
        for name, tab in self._tabs.items():
            tab.setVisible(name in names)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along the tabs with the arrow keys."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        shown = [name for name, tab in self._tabs.items() if not tab.isHidden()]
        current = next((name for name in shown if self._tabs[name].isChecked()), None)
        if event.key() in steps and current is not None:
            name = shown[(shown.index(current) + steps[Qt.Key(event.key())]) % len(shown)]
            self._tabs[name].setFocus()
            self._tabs[name].click()
            return
        super().keyPressEvent(event)


class Mark(QWidget):
    """The mark of a state; the arc turns slowly, for as long as it can be seen."""

    def __init__(self, theme: Theme, shape: MarkShape = "dot", ink: str = "accent") -> None:
        super().__init__()
        self._theme = theme
        self._shape: MarkShape = shape
        self._ink = ink
        self._phase = 0.0
        self._turning = QTimer(self)
        self._turning.setInterval(100)
        self._turning.timeout.connect(self._turn)
        self.setFixedSize(MARK + 4, MARK + 4)
        theme.changed.connect(self.update)

    def show_state(self, shape: MarkShape, ink: str) -> None:
        """Show another state."""
        self._shape, self._ink = shape, ink
        if shape == "arc":
            self._turning.start()
        else:
            self._turning.stop()
        self.update()

    def _turn(self) -> None:
        self._phase = (self._phase + 0.08) % 1
        if self.isVisible():
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the mark in the middle."""
        painter = QPainter(self)
        middle = QPointF(self.width() / 2, self.height() / 2)
        paint_mark(painter, self._shape, middle, self._theme.colour(self._ink), phase=self._phase)
        painter.end()


class FrameDrawing(QWidget):
    """The drawing of the empty state."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(round(FRAME.width()) + 2, round(FRAME.height()) + 2)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint three wires and the stem."""
        painter = QPainter(self)
        paint_frame(painter, QPointF(1, 1), self._theme.colour("line"), self._theme.colour("accent"))
        painter.end()


class EmptyState(QFrame):
    """The frame drawing, one line, and at most one button."""

    def __init__(self, theme: Theme, text: str, hint: str = "", action: QPushButton | None = None) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(0)
        column.addStretch(1)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(FrameDrawing(theme), 0, centre)
        column.addSpacing(16)
        self.line = label(theme, text, 15)
        self.line.setAlignment(centre)
        self.line.setWordWrap(True)
        column.addWidget(self.line)
        if hint:
            column.addSpacing(4)
            small = label(theme, hint, 12, ink="text3")
            small.setAlignment(centre)
            small.setWordWrap(True)
            column.addWidget(small)
        if action is not None:
            column.addSpacing(12)
            column.addWidget(action, 0, centre)
        column.addStretch(1)


def ground(kind: str, rule: str = "") -> QFrame:
    """Return a frame with one of the grounds, and a hairline on one side."""
    made = QFrame()
    made.setProperty("ground", kind)
    if rule:
        made.setProperty("rule", rule)
    return made


def section_title(theme: Theme, text: str) -> QLabel:
    """Return the title of a section of a panel."""
    return label(theme, text, 12, 600)
