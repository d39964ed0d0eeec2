"""The row above the list: an address to look up, and a filter where the list is long. And what stands at the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from app.style import tokens
from app.widgets.controls import Mark, button
from app.widgets.elided_label import ElidedLabel
from app.widgets.search_field import SearchField

if TYPE_CHECKING:
    from app.style.theme import Theme

_DROP: Final = "Drop a GGUF file or a folder anywhere on this page to add it"
_HINT: Final = "owner/repo, or the address of a GGUF file"


class ToolRow(QWidget):
    """A field for what a hub calls a model, with a button that asks there, and the filter."""

    asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.address = QLineEdit()
        self.address.setFont(theme.fonts.text())
        self.address.setPlaceholderText(_HINT)
        self.address.setAccessibleName("A model on the hub: owner/repo or an address")
        self.address.setMaxLength(2000)
        self.address.addAction(QAction(theme.icon("globe"), "", self), QLineEdit.ActionPosition.LeadingPosition)
        self.look_up = button(theme, "Look up", name="Ask the hub what is at this address")
        self.look_up.setEnabled(False)
        self.filter = SearchField(theme, "Filter the models")
        self.filter.hide()
        self._allowed = True
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.ANSWER_MARGIN, 12, tokens.ANSWER_MARGIN, 4)
        row.setSpacing(8)
        self.address.setMaximumWidth(420)
        self.filter.setMaximumWidth(240)
        row.addWidget(self.address, 3)
        row.addWidget(self.look_up)
        row.addStretch(1)
        row.addWidget(self.filter, 2)
        self.address.textChanged.connect(lambda _: self._show_able())
        self.address.returnPressed.connect(self._ask)
        self.look_up.clicked.connect(self._ask)

    def show_network(self, *, allowed: bool) -> None:
        """Let addresses be looked up, or not."""
        self._allowed = allowed
        self._show_able()

    def _show_able(self) -> None:
        self.look_up.setEnabled(self._allowed and bool(self.address.text().strip()))

    def _ask(self) -> None:
        words = self.address.text().strip()
        if words and self._allowed:
            self.asked.emit(words)


class Foot(QFrame):
    """What is being downloaded, else that files can be dropped."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setProperty("rule", "above")
        self._mark = Mark(theme, "arc")
        self.words = ElidedLabel(theme, 12, ink="text3")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.ANSWER_MARGIN, 10, tokens.ANSWER_MARGIN, 10)
        row.setSpacing(8)
        row.addStrut(20)
        row.addWidget(self._mark)
        row.addWidget(self.words, 1)
        self.show_words("")

    def show_words(self, words: str) -> None:
        """Show what goes on; "" where nothing does."""
        self._mark.setVisible(bool(words))
        self._mark.show_state("arc" if words else "ring", "accent")
        self.words.say(words or _DROP)
