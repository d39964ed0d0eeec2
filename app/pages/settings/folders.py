"""Where models and exports go, and whose models may be looked at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QWidget

from app.pages.settings.rows import SettingsSection, across
from app.style.tips import plain_tip
from app.widgets.controls import button
from app.widgets.facts import CodeValue

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme

_USUAL = "models.usual"


class FolderField(QWidget):
    """A folder, a button that asks for another, and one that goes back to the usual one."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._name = name
        self._at = ""
        self.path = CodeValue(theme, name)
        self.change = button(theme, "Change…", name=f"Change the folder: {name}")
        self.usual = button(theme, "Usual folder", "flat", name=f"Usual folder: {name}")
        self.change.clicked.connect(self._ask)
        self.usual.clicked.connect(lambda: self.chosen.emit(""))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.path)
        row.addWidget(self.change)
        row.addWidget(self.usual)
        row.addStretch(1)

    def show_folder(self, chosen: str, usual: str) -> None:
        """Show the folder that is chosen, or the usual one."""
        self._at = chosen or usual
        self.path.show_text(self._at)
        self.path.setToolTip(plain_tip(self._at))
        self.usual.setVisible(bool(chosen))

    def _ask(self) -> None:
        dialog = QFileDialog(self, f"Choose a folder: {self._name}")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if Path(self._at).is_dir():
            dialog.setDirectory(self._at)
        dialog.fileSelected.connect(lambda name: self.chosen.emit(str(Path(name).absolute())))
        dialog.open()


class FoldersSection(SettingsSection):
    """Folders; the other ones of models are on the page Models, which `models_asked` asks for."""

    models_asked = Signal()

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, "folders")
        self._session = session
        self.downloads = FolderField(theme, "Downloaded models")
        self.exports = FolderField(theme, "Exports")
        self.downloads.chosen.connect(lambda path: session.preferences.put("folders", downloads=path))
        self.exports.chosen.connect(lambda path: session.preferences.put("folders", exports=path))
        self.open_models = button(theme, "Open Models")
        self.open_models.clicked.connect(self.models_asked)
        self.usual = QCheckBox("Look for them")
        self.usual.setFont(theme.fonts.text())
        self.usual.setAccessibleName("Look for models of other programs")
        self.usual.clicked.connect(self._allow)
        self.add("folders.downloads", self.downloads)
        self.add("folders.exports", self.exports)
        self.add("folders.models", across(self.open_models))
        self.add("folders.usual", across(self.usual))
        self.show_now()

    def _allow(self, allowed: bool) -> None:
        self._session.models.allow_usual(allowed)  # which looks for models: not before it is wanted

    def show_now(self) -> None:
        """Show what is chosen."""
        now = self._session.preferences.now.folders
        self.downloads.show_folder(now.downloads, str(self._session.profile / "models"))
        self.exports.show_folder(now.exports, str(Path.home()))
        self.usual.setChecked(self._session.setting(_USUAL) is True)
