"""Deleting data for good: what is to go is chosen, and typed to be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout

from app.style import tokens
from app.widgets.controls import button, label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.session import Session
    from app.session.profile_data import Part
    from app.style.theme import Theme

WORD: Final = "delete"
_NAMES: Final[dict[Part | str, str]] = {
    "threads": "Threads, with answers, attachments and presets",
    "interfaces": "Interfaces",
    "schemas": "Schemas and their versions",
    "jobs": "Extractions",
    "settings": "Settings, drafts and models elsewhere",
    "keys": "Keys and tokens in the system's keyring",
    "models": "Downloaded models, in the profile's own folder",
    "copies": "Copies of the database, which hold what is deleted from it",
    "caches": "Caches",
    "logs": "Logs",
}


class EraseDialog(QDialog):
    """What is to go, a word that has to be typed, and what it cannot promise."""

    def __init__(self, theme: Theme, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle("Delete data")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.parts: dict[str, QCheckBox] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 16)
        column.setSpacing(4)
        column.addWidget(label(theme, "Delete data", 15, 600))
        said = label(
            theme,
            "It is deleted for good, at once, and Espalier starts again. There is no undo: back up first, if in doubt. "
            "Files that you exported, documents and models in other folders stay.",
            13,
            ink="text2",
        )
        said.setWordWrap(True)
        said.setMinimumWidth(480)
        column.addWidget(said)
        column.addSpacing(8)
        for part, words in _NAMES.items():
            made = self.parts[part] = QCheckBox(words)
            made.setFont(theme.fonts.text())
            made.setChecked(True)
            made.toggled.connect(self._show_able)
            column.addWidget(made)
        self.note = label(theme, "", 12, ink="amber")
        self.note.setWordWrap(True)
        column.addWidget(self.note)
        column.addSpacing(8)
        column.addWidget(label(theme, f"Type {WORD} to do it:", 13, ink="text2"))
        self.typed = QLineEdit()
        self.typed.setFont(theme.fonts.text())
        self.typed.setAccessibleName(f"Type {WORD} to delete")
        self.typed.textChanged.connect(self._show_able)
        column.addWidget(self.typed)
        column.addSpacing(8)
        self.go = button(theme, "Delete", "danger")
        self.cancel = button(theme, "Cancel")
        self.go.clicked.connect(self._erase)
        self.cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.go)
        column.addLayout(foot)
        self.typed.setFocus()
        self._show_able()

    @property
    def chosen(self) -> set[str]:
        """What is to go."""
        return {part for part, box in self.parts.items() if box.isChecked()}

    def _show_able(self) -> None:
        chosen = self.chosen
        self.go.setEnabled(bool(chosen) and self.typed.text().strip().casefold() == WORD)
        kept = "copies" not in chosen and chosen & {"threads", "interfaces", "schemas", "jobs", "settings"}
        self.note.setText("The daily copies still hold what is deleted, until they are gone too." if kept else "")
        self.note.setVisible(bool(kept))

    def _erase(self) -> None:
        self.accept()
        self._session.profile_data.erase_all(self.chosen)
