"""Fields of the panel: a name at the left, at the right what can be set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QDoubleValidator, QIntValidator, QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app import figures
from app.style import tokens
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.controls import label
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

NAMES: Final = 112
"""The width of the names in the panel: its fields all begin at the same place."""


class ChoiceBox(QComboBox):
    """One of a few; the wheel passes over it, so that whoever scrolls the panel changes nothing."""

    picked = Signal()

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setFont(theme.fonts.text())
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        set_kind(self, "field")
        self.activated.connect(lambda _: self.picked.emit())

    def offer(self, choices: Sequence[tuple[str, Any]], chosen: Any) -> None:
        """Show these, each with what it stands for; what is chosen is added where it is none of them."""
        with QSignalBlocker(self):
            self.clear()
            for words, value in choices:
                self.addItem(words, value)
            at = next((at for at, (_, value) in enumerate(choices) if value == chosen), -1)
            if at < 0:
                self.addItem(str(chosen), chosen)
                at = self.count() - 1
            self.setCurrentIndex(at)
        self.setToolTip(plain_tip(self.currentText()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel."""
        event.ignore()


class NumberField(QLineEdit):
    """A whole number between two others; left empty, it is what the grey words say.

    Wrong ones are not told of by `edited`; `marked` brings what is wrong in words, or "". Whoever leaves the field with
    a number beyond its range leaves the nearest one there.
    """

    edited = Signal()
    marked = Signal(str)

    def __init__(self, theme: Theme, name: str, least: int, most: int, empty: str = "") -> None:
        super().__init__()
        self._least, self._most, self._empty = least, most, empty
        self.setFont(theme.fonts.text(tabular=True))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName(name)
        self.setPlaceholderText(empty)
        self.setValidator(QIntValidator(min(least, 0), 10 ** len(str(most)), self))
        self.textEdited.connect(self._typed)
        self.editingFinished.connect(self._bring_within)

    @property
    def right(self) -> bool:
        """Whether what stands there is such a number, or nothing where that means something."""
        text = self.text().strip()
        if not text:
            return bool(self._empty)
        return text.lstrip("-").isdigit() and self._least <= int(text) <= self._most

    @property
    def value(self) -> int | None:
        """The number; None where the field is empty or wrong."""
        return int(self.text()) if self.right and self.text().strip() else None

    def show_value(self, value: int | None) -> None:
        """Show a number, but leave alone what is being typed."""
        if self.hasFocus() and self.value == value:
            return
        self.setText("" if value is None else str(value))
        self._mark()

    def _mark(self) -> None:
        wrong = not self.right
        set_kind(self, "error" if wrong else "")
        says = f"From {figures.number(self._least)} to {figures.number(self._most)}"
        if self._empty:
            says = f"{says}; empty: {self._empty}"
        self.setToolTip(plain_tip(says))
        self.setAccessibleDescription(says)
        self.marked.emit(f"{self.accessibleName()}: {says[:1].lower()}{says[1:]}" if wrong else "")

    def _bring_within(self) -> None:
        text = self.text().strip()
        if not self.right and text.lstrip("-").isdigit():
            self.setText(str(max(self._least, min(self._most, int(text)))))
            self._typed()

    def _typed(self) -> None:
        self._mark()
        if self.right:
            self.edited.emit()


class ScaleField(QLineEdit):
    """How strongly an adapter is applied: a number from -10 to 10."""

    edited = Signal()

    def __init__(self, theme: Theme, name: str, value: float) -> None:
        super().__init__(f"{value:g}")
        self.setFont(theme.fonts.text(tabular=True))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAccessibleName(name)
        self.setToolTip("How strongly it is applied: 1 as it was trained, 0 not at all")
        checked = QDoubleValidator(-10.0, 10.0, 3, self)
        checked.setNotation(QDoubleValidator.Notation.StandardNotation)
        self.setValidator(checked)
        self.setFixedWidth(56)
        self.editingFinished.connect(self.edited)

    @property
    def value(self) -> float:
        """The number; 1 where none stands there."""
        try:
            return max(-10.0, min(10.0, float(self.text().replace(",", "."))))
        except ValueError:
            return 1.0


def field_row(theme: Theme, name: str, field: QWidget, names: int = NAMES) -> QWidget:
    """Return a row of the panel: a name, and a field that takes the rest."""
    said = label(theme, name, 13, ink="text2")
    said.setFixedWidth(names)
    said.setBuddy(field)
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 2, 0, 2)
    row.setSpacing(8)
    row.addWidget(said)
    row.addWidget(field, 1)
    return made


def framed(*actions: QWidget) -> QWidget:
    """Return buttons with borders as the action of a section, so that the last border ends where the fields end."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, tokens.BUTTON_INSET, 0)
    row.setSpacing(4)
    for action in actions:
        row.addWidget(action)
    return made


class ValueRows(QWidget):
    """Names at the left and what was measured or read at the right, 24 px each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[tuple[QWidget, QLabel, ElidedLabel]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show these instead of those that are there."""
        while len(self._rows) < len(rows):
            self._add()
        for at, (whole, name, value) in enumerate(self._rows):
            whole.setVisible(at < len(rows))
            if at < len(rows):
                name.setText(rows[at][0])
                value.say(rows[at][1])
                value.setFont(self._theme.fonts.text(13, tabular=rows[at][1][:1].isdigit()))
        self.setVisible(bool(rows))

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What is shown."""
        return [(name.text(), value.line) for whole, name, value in self._rows if not whole.isHidden()]

    def _add(self) -> None:
        whole = QWidget()
        name, value = label(self._theme, "", 12, ink="text2"), ElidedLabel(self._theme, 13, middle=True)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addStrut(tokens.ROW - 8)
        row.addWidget(name)
        row.addWidget(value, 1)
        self._column.addWidget(whole)
        self._rows.append((whole, name, value))
