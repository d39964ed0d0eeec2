"""Everything as one file, and back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app import figures
from app.pages.settings.privacy import open_folder
from app.pages.settings.rows import SettingsSection, across
from app.style.plain_text import one_line
from app.widgets.controls import button, label
from app.widgets.saving import save_dialog

if TYPE_CHECKING:
    from app.session import Session
    from app.session.profile_data import Contents
    from app.style.theme import Theme

_NOUNS = {"threads": "thread", "interfaces": "interface", "schemas": "schema", "jobs": "extraction"}


class BackupSection(SettingsSection):
    """A backup is written while the window is used; one that is restored is checked first, and asked about."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, "backup")
        self._session = session
        self._data = session.profile_data
        self.write = button(theme, "Back up…", "", "download-simple")
        self.restore = button(theme, "Restore a backup…", "", "upload-simple")
        self.copies = button(theme, "Restore a copy…")
        self.open = button(theme, "Open the folder", "flat", "folder-open")
        self.progress = label(theme, "", 13, 500, tabular=True)
        self.stop = button(theme, "Stop", "", "stop-fill")
        self.write.clicked.connect(self._ask_where)
        self.restore.clicked.connect(lambda: self._ask_which(None))
        self.copies.clicked.connect(lambda: self._ask_which(session.profile / "backups"))
        self.open.clicked.connect(lambda: open_folder(session.profile / "backups"))
        self.stop.clicked.connect(self._data.stop)
        self.add("backup.write", across(self.write, self.progress, self.stop))
        self.add("backup.restore", across(self.restore))
        copies = self.add("backup.copies", across(self.copies, self.open))
        copies.say("A copy of the database is made each day, and three are kept, in the profile's folder.")
        self._data.working.connect(self.show_working)
        self.show_working(None)

    def show_working(self, working: tuple[str, float] | None) -> None:
        """Show how far a backup is."""
        if working is not None:
            words, share = working
            self.progress.setText(f"{words}: {figures.percent(share)}")
        self.progress.setVisible(working is not None)
        self.stop.setVisible(working is not None)
        for each in (self.write, self.restore, self.copies):
            each.setEnabled(working is None)

    def _ask_where(self) -> None:
        dialog = save_dialog(self, "Back up", f"Espalier {date.today().isoformat()}.zip", ["Backups (*.zip)"])
        dialog.fileSelected.connect(lambda name: self._data.back_up(Path(name)))
        dialog.open()

    def _ask_which(self, folder: Path | None) -> None:
        dialog = QFileDialog(self, "Restore")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Backups (*.zip *.db)", "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if folder is not None and folder.is_dir():
            dialog.setDirectory(str(folder))
        dialog.fileSelected.connect(lambda name: self.look_into(Path(name)))
        dialog.open()

    def look_into(self, path: Path) -> None:
        """Ask whether what a backup holds is to take the place of everything."""
        self._data.look_into(path, lambda contents: self._ask(path, contents), self._data.failed.emit)

    def _ask(self, path: Path, contents: Contents) -> None:
        made = contents.made.astimezone()
        box = QMessageBox(QMessageBox.Icon.Question, "Espalier", f"Restore {one_line(path.name, 60)}?", parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText(
            f"{held(contents)}, as of {figures.moment(made)}, in the place of everything that is here now.\n\n"
            "What is here now is kept as a copy, which can be restored in the same way. Espalier starts again then."
        )
        yes = box.addButton("Restore", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        yes.clicked.connect(lambda: self._data.restore(path))
        box.open()


def held(contents: Contents) -> str:
    """Say what a backup holds: 12 threads, 3 schemas."""
    said = [
        f"{figures.number(count)} {_NOUNS[name]}{'' if count == 1 else 's'}"
        for name, count in contents.counts.items()
        if count
    ]
    return ", ".join(said) or ("Nothing but settings" if contents.counts else "A copy of the database")
