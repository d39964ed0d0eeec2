"""Dialogs that ask where something is to be written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

if TYPE_CHECKING:
    from collections.abc import Sequence

EXPORTS: Final = "exports"
"""The property of the window that says in which folder such dialogs begin; "" where Qt decides."""


def save_dialog(parent: QWidget, title: str, name: str, filters: Sequence[str]) -> QFileDialog:
    """Return a dialog that asks where a file is to be written; it begins in the folder of exports, if one is chosen."""
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
    dialog.setNameFilters([*filters, "All files (*)"])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    begin_in(dialog, parent)
    if name:
        dialog.selectFile(name)
    return dialog


def begin_in(dialog: QFileDialog, parent: QWidget) -> None:
    """Let a dialog begin in the folder of exports, where one is chosen and there."""
    folder = parent.window().property(EXPORTS)
    if isinstance(folder, str) and folder and Path(folder).is_dir():
        dialog.setDirectory(folder)
