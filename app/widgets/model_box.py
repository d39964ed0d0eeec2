"""Which model is to answer: the one on this machine, one elsewhere, or an order of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy

from app.style.plain_text import one_line
from app.style.tips import plain_tip

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme

_LONGEST = 60
_LETTERS = 18
"""Letters that the box has room for at least, however long the names of models are."""


class ModelBox(QComboBox):
    """The models that may be chosen. `chosen` tells of another choice (`app.model_choice`) that a person has made."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, session: Session, name: str) -> None:
        super().__init__()
        self._session = session
        self._choice = ""
        self.setFont(theme.fonts.text())
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LETTERS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._activated)
        session.endpoints_changed.connect(self._fill)
        session.model_changed.connect(self._fill)
        self._fill()

    @property
    def choice(self) -> str:
        """What is chosen; the model here where that is no longer in the list."""
        return self._session.known_choice(self._choice)

    def show_choice(self, choice: str) -> None:
        """Show what is chosen; this is no choice of a person's."""
        self._choice = choice
        self._fill()

    def _fill(self) -> None:
        with QSignalBlocker(self):
            self.clear()
            for choice, words in self._session.model_choices():
                line = one_line(words, _LONGEST)
                self.addItem(line, choice)
                self.setItemData(self.count() - 1, plain_tip(words), Qt.ItemDataRole.ToolTipRole)
            self.setCurrentIndex(max(0, self.findData(self.choice)))
        self.setToolTip(plain_tip(self.currentText()))

    def _activated(self, index: int) -> None:
        choice = str(self.itemData(index))
        if choice != self.choice:
            self._choice = choice
            self.setToolTip(plain_tip(self.currentText()))
            self.chosen.emit(choice)
