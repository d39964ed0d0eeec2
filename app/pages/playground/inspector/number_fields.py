"""Numbers to set: one with a slider, one that may be left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLineEdit, QSlider, QWidget

from app.widgets.controls import icon_button, label

if TYPE_CHECKING:
    from app.style.theme import Theme

_LABEL = 88


class SliderField(QWidget):
    """A setting with a slider and a field."""

    changed = Signal()

    def __init__(self, theme: Theme, name: str, low: float, high: float, value: float, step: float = 0.01) -> None:
        super().__init__()
        self._step = step
        self._label = label(theme, name, 13, ink="text2")
        self._label.setFixedWidth(_LABEL)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(round(low / step), round(high / step))
        self._slider.setPageStep(max(1, self._slider.maximum() // 10))
        self._slider.setAccessibleName(f"{name}, slider")
        self._slider.setFixedHeight(24)
        self._field = QDoubleSpinBox()
        self._field.setRange(low, high)
        self._field.setSingleStep(step * 5)
        self._field.setDecimals(2)
        self._field.setFont(theme.fonts.text(tabular=True))
        self._field.setAccessibleName(name)
        self._field.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._field.lineEdit().setTextMargins(0, 0, 4, 0)
        self._field.setFixedWidth(64)
        self._label.setBuddy(self._field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(self._label)
        row.addWidget(self._slider, 1)
        row.addWidget(self._field)
        self.set_value(value)
        self._slider.valueChanged.connect(lambda at: self._field.setValue(at * step))
        self._field.valueChanged.connect(self._typed)

    @property
    def value(self) -> float:
        """The setting."""
        return round(self._field.value(), 4)

    def set_value(self, value: float) -> None:
        """Set it."""
        self._field.setValue(value)
        self._slider.setValue(round(value / self._step))

    def _typed(self, value: float) -> None:
        self._slider.blockSignals(True)
        self._slider.setValue(round(value / self._step))
        self._slider.blockSignals(False)
        self.changed.emit()


class WholeField(QWidget):
    """A whole number that may be left open, and a button beside it."""

    changed = Signal()

    def __init__(self, theme: Theme, name: str, empty: str, icon: str, action: str, digits: int) -> None:
        super().__init__()
        text = label(theme, name, 13, ink="text2")
        text.setFixedWidth(_LABEL)
        self.field = QLineEdit()
        self.field.setFont(theme.fonts.text(tabular=True))
        self.field.setPlaceholderText(empty)
        self.field.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.field.setAccessibleName(name)
        pattern = QRegularExpression(f"[0-9]{{0,{digits}}}")
        self.field.setValidator(QRegularExpressionValidator(pattern, self.field))
        self.field.textChanged.connect(lambda _text: self.changed.emit())
        self.button = icon_button(theme, icon, action)
        text.setBuddy(self.field)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(8)
        row.addWidget(text)
        row.addWidget(self.field, 1)
        row.addWidget(self.button)

    @property
    def value(self) -> int | None:
        """The number, or None where it is left open."""
        return int(self.field.text()) if self.field.text() else None

    def set_value(self, value: int | None) -> None:
        """Set it."""
        self.field.setText("" if value is None else str(value))
