"""Which documents, which file of known values, and where the table is written to: the dialogs that ask for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from app.widgets.saving import save_dialog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

DOCUMENTS = (
    "Documents (*.pdf *.docx *.xlsx *.csv *.tsv *.eml *.html *.htm *.md *.txt *.png *.jpg *.jpeg *.tif *.tiff *.webp)"
)


def _open(dialog: QFileDialog, start: Path | None, done: Callable[[list[Path]], None]) -> None:
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if start is not None:
        dialog.setDirectory(str(start))
    dialog.filesSelected.connect(lambda names: done([Path(name) for name in names]))
    dialog.open()


def ask_for_folder(parent: QWidget, start: Path | None, done: Callable[[list[Path]], None]) -> None:
    """Ask for a folder of documents."""
    dialog = QFileDialog(parent, "Choose a folder of documents")
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    _open(dialog, start, done)


def ask_for_documents(parent: QWidget, start: Path | None, done: Callable[[list[Path]], None]) -> None:
    """Ask for documents, one or several."""
    dialog = QFileDialog(parent, "Choose documents")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters([DOCUMENTS, "All files (*)"])
    _open(dialog, start, done)


def ask_for_file(parent: QWidget, title: str, filters: Sequence[str], done: Callable[[Path], None]) -> None:
    """Ask for one file that is there."""
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([*filters, "All files (*)"])
    _open(dialog, None, lambda paths: done(paths[0]))


def ask_where_to_save(parent: QWidget, title: str, name: str, ending: str, done: Callable[[Path], None]) -> None:
    """Ask for the file that something is to be written to."""
    dialog = save_dialog(parent, title, f"{name}.{ending}", [f"*.{ending}"])
    _open(dialog, None, lambda paths: done(paths[0]))
