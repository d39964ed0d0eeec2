"""What a person is offered when the database is damaged: a backup, or a new beginning. Nothing is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox

from app import figures
from engine.errors import StoreDamaged, StoreError
from engine.store.backup import backups, restore, set_aside

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from engine.errors import EngineError
    from engine.store.backup import Backup


class DamageDialog(QMessageBox):
    """Offers to put a backup in place, the newest but for those `tried` already, or to begin anew where none is left.

    `chosen` tells that something was decided, `mend` does it.
    """

    chosen = Signal()

    def __init__(
        self, profile: Path, error: EngineError, parent: QWidget | None = None, *, tried: Collection[Backup] = ()
    ) -> None:
        super().__init__(QMessageBox.Icon.Critical, "Espalier", error.message, parent=parent)
        self._profile = profile
        self.backup = next((backup for backup in backups(profile) if backup not in tried), None)
        """What `mend` puts in place; None where it begins anew."""
        self.setTextFormat(Qt.TextFormat.PlainText)
        kept = "The damaged file is kept beside it, under a name that begins with espalier.db.damaged."
        if self.backup is not None:
            at = self.backup.made.astimezone()
            made = f"{figures.day(at, in_words=True)}, {figures.clock(at)}"
            which = "The next older backup" if tried else "The newest backup"
            self.setInformativeText(f"{error.where}\n\n{which} was made on {made}. {kept}")
            self.mend_button = self.addButton("Use the backup", QMessageBox.ButtonRole.AcceptRole)
        else:
            none = "There is no older backup." if tried else "There is no backup yet."
            self.setInformativeText(f"{error.where}\n\n{none} Espalier can begin anew. {kept}")
            self.mend_button = self.addButton("Begin anew", QMessageBox.ButtonRole.AcceptRole)
        self.addButton("Quit", QMessageBox.ButtonRole.RejectRole)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.accepted.connect(self.chosen)

    def mend(self) -> None:
        """Do what was chosen. Only with no store open, by whoever has claimed the profile.

        Raises StoreDamaged where the backup is damaged itself, StoreError where it cannot be put in place now; nothing
        is changed then.
        """
        if self.backup is None:
            set_aside(self._profile)
            return
        try:
            restore(self._profile, self.backup)
        except StoreDamaged as error:
            raise StoreDamaged("The backup cannot be used: it is damaged too.", where=error.where) from error
        except StoreError as error:
            raise StoreError(" ".join(filter(None, (error.message, error.advice))), where=error.where) from error
