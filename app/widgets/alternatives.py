"""Which of several alternatives is shown, and the way to the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.widgets.controls import icon_button, label

if TYPE_CHECKING:
    from app.conversation import Alternatives
    from app.style.theme import Theme


class AlternativesSwitch(QWidget):
    """Arrows around "2 of 3"; hidden where there is only one."""

    stepped = Signal(int)

    def __init__(self, theme: Theme, of_what: str) -> None:
        super().__init__()
        self._of_what = of_what
        self._words = label(theme, "", 12, ink="text2", tabular=True)
        self.before = icon_button(theme, "caret-left", f"The {of_what} before")
        self.after = icon_button(theme, "caret-right", f"The next {of_what}")
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after.clicked.connect(lambda: self.stepped.emit(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self.before, self._words, self.after):
            row.addWidget(widget)
        self.setVisible(False)

    def show_alternatives(self, alternatives: Alternatives | None) -> None:
        """Show where a message stands among its alternatives."""
        several = alternatives is not None and len(alternatives.ids) > 1
        self.setVisible(several)
        if alternatives is None or not several:
            return
        words = f"{alternatives.at + 1} of {len(alternatives.ids)}"
        self._words.setText(words)
        self.setAccessibleName(f"{self._of_what} {words}")
        self.before.setEnabled(alternatives.beside(-1) is not None)
        self.after.setEnabled(alternatives.beside(1) is not None)
