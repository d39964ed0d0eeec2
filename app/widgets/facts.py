"""Names and values, one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.style import tokens
from app.style.tips import plain_tip
from app.widgets.controls import icon_button, label, section_title

if TYPE_CHECKING:
    from app.style.theme import Theme


class CodeValue(QWidget):
    """A path or a hash: shortened in the middle where it does not fit, whole in the tooltip and when it is copied."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._text = _Shortened(theme)
        self.copy: QPushButton = icon_button(theme, "copy", f"Copy: {name}")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._text.text()))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(self.copy)
        row.addStretch(1)
        self.show_text("")

    def text(self) -> str:
        """Return the whole text."""
        return self._text.text()

    def show_text(self, text: str) -> None:
        """Show a text; with none there is nothing to copy."""
        self._text.setText(text)
        self._text.setToolTip(plain_tip(text))
        self.copy.setVisible(bool(text))


class _Shortened(QLabel):
    """A line of code that gives way in its middle."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.fonts.code(12))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        """Return a width that leaves a few letters."""
        return QSize(80, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint as much as fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()


class Facts(QWidget):
    """Rows of a name and its value under a title; on every page the values begin at the same place."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(0)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnMinimumWidth(0, tokens.LABELS)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(section_title(theme, title), 0, 0, 1, 2)
        self._grid.setRowMinimumHeight(0, tokens.CONTROL)

    def add(self, name: str, value: QWidget) -> None:
        """Add a row whose value is a widget."""
        row = self._grid.rowCount()
        self._grid.setRowMinimumHeight(row, tokens.ROW)
        self._grid.addWidget(label(self._theme, name, 13, ink="text2"), row, 0)
        self._grid.addWidget(value, row, 1)

    def add_text(self, name: str, text: str = "") -> QLabel:
        """Add a row whose value is words; return their label."""
        value = label(self._theme, text, 13, 500)
        value.setWordWrap(True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add(name, value)
        return value

    def add_code(self, name: str, text: str = "") -> CodeValue:
        """Add a row whose value is a path or a hash."""
        value = CodeValue(self._theme, name)
        value.show_text(text)
        self.add(name, value)
        return value
