"""A field that searches as one types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from app.style.theme import Theme

_LONGEST = 500


class SearchField(QLineEdit):
    """Text to search for. Esc clears it, Down goes to what was found, Enter opens the first of it."""

    down_asked = Signal()
    enter_asked = Signal()

    def __init__(self, theme: Theme, words: str) -> None:
        super().__init__()
        self.setFont(theme.fonts.text())
        self.setMaxLength(_LONGEST)
        self.setPlaceholderText(words)
        self.setAccessibleName(words)
        glass = QAction(theme.icon("magnifying-glass"), words, self)
        glass.triggered.connect(self.selectAll)
        self.addAction(glass, QLineEdit.ActionPosition.LeadingPosition)
        self.clearing = QAction(theme.icon("x"), "Clear the search (Esc)", self)
        self.clearing.triggered.connect(self._clear)
        self.addAction(self.clearing, QLineEdit.ActionPosition.TrailingPosition)
        self.clearing.setVisible(False)
        self.textChanged.connect(lambda text: self.clearing.setVisible(bool(text)))

    def _clear(self) -> None:
        self.clear()
        self.setFocus()

    def event(self, event: QEvent) -> bool:
        """Keep Esc for itself while there is something to clear, whatever it means around."""
        escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if event.type() == QEvent.Type.ShortcutOverride and escape and self.text():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys that leave the field; Esc in an empty field is for whoever is around it."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif key == Qt.Key.Key_Escape:
            event.ignore()
            return
        elif key == Qt.Key.Key_Down:
            self.down_asked.emit()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.enter_asked.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()
