"""What a person does with files: adds, drops and shows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from app.session import Session

_ENDING: Final = ".gguf"
_FILTER: Final = "Models (*.gguf)"


class Ways(QObject):
    """Dialogs for folders and files; none of them touches what it is given. `refused` says what was no model."""

    refused = Signal(str, object)

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session = session
        self._page = page

    def add_folder(self) -> None:
        """Ask for a folder that is to be looked into, now and at every start."""
        chosen = QFileDialog.getExistingDirectory(self._page, "Add a folder of models", str(Path.home()))
        if chosen:
            self._session.models.add_folder(Path(chosen))

    def add_file(self) -> None:
        """Ask for files that are to stand on the list, wherever they lie."""
        chosen, _ = QFileDialog.getOpenFileNames(self._page, "Add GGUF files", str(Path.home()), _FILTER)
        for path in chosen:
            self._session.models.add_file(Path(path))

    def choose_adapter(self) -> Path | None:
        """Ask for a LoRA adapter."""
        chosen, _ = QFileDialog.getOpenFileName(self._page, "Choose a LoRA adapter", str(Path.home()), _FILTER)
        return Path(chosen) if chosen else None

    def show_file(self, path: Path) -> None:
        """Show the folder of a file in the system's file manager."""
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    def take_dropped(self, paths: Sequence[Path]) -> None:
        """Add what was dropped: folders are looked into, files stand on the list."""
        wrong = [path for path in paths if not droppable([path])]
        for path in paths:
            if path.is_dir():
                self._session.models.add_folder(path)
            elif path not in wrong:
                self._session.models.add_file(path)
        if wrong:
            more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            are = "are no GGUF files" if more else "is no GGUF file"
            self.refused.emit(f"{wrong[0].name}{more} {are}", None)


def droppable(paths: Sequence[Path]) -> bool:
    """Tell whether there is a folder or a GGUF file among these."""
    return any(path.suffix.lower() == _ENDING or path.is_dir() for path in paths)
