"""What a person is offered when the database is damaged: the newest backup, or a new beginning. Nothing is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox

from engine.store.backup import newest_backup, restore, set_aside

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from engine.errors import EngineError


class DamageDialog(QMessageBox):
    """Offers to put the newest backup in place; `chosen` tells that something was decided, `mend` does it."""

    chosen = Signal()

    def __init__(self, profile: Path, error: EngineError, parent: QWidget | None = None) -> None:
        super().__init__(QMessageBox.Icon.Critical, "Espalier", error.message, parent=parent)
        self._profile = profile
        self._backup = newest_backup(profile)
        self.setTextFormat(Qt.TextFormat.PlainText)
        kept = "The damaged file is kept beside it, under a name that begins with espalier.db.damaged."
        if self._backup is not None:
            made = self._backup.made.astimezone().strftime("%d %B %Y, %H:%M")
            self.setInformativeText(f"{error.where}\n\nThe newest backup was made on {made}. {kept}")
            self.mend_button = self.addButton("Use the backup", QMessageBox.ButtonRole.AcceptRole)
        else:
            self.setInformativeText(f"{error.where}\n\nThere is no backup yet. Espalier can begin anew. {kept}")
            self.mend_button = self.addButton("Begin anew", QMessageBox.ButtonRole.AcceptRole)
        self.addButton("Quit", QMessageBox.ButtonRole.RejectRole)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.accepted.connect(self.chosen)

    def mend(self) -> None:
        """Do what was chosen. Only with no store open, by whoever has claimed the profile."""
        if self._backup is not None:
            restore(self._profile, self._backup)
        else:
            set_aside(self._profile)
