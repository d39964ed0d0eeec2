"""The Playground's dialogs about files: what to attach, where to export to, what to import, what could not be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app import figures
from app.style.plain_text import one_line
from app.widgets.saving import begin_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.session import Format, Imported, Transfer

_EXPORTS: Final[dict[str, tuple[Format, str]]] = {
    "Espalier threads, nothing lost (*.json)": ("json", "json"),
    "Markdown, to read (*.md)": ("markdown", "md"),
    "OpenAI chat messages (*.jsonl)": ("openai", "jsonl"),
}


def ask_what_to_attach(parent: QWidget, done: Callable[[list[Path]], None]) -> None:
    """Ask for files to go with a prompt."""
    dialog = _opening(parent, "Attach files")
    dialog.filesSelected.connect(lambda names: done([Path(name) for name in names]))
    dialog.open()


def ask_where_to_export(parent: QWidget, transfer: Transfer, threads: list[int]) -> None:
    """Ask where to write threads, and in which format; then write them."""
    dialog = QFileDialog(parent, "Export")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(list(_EXPORTS))
    dialog.setDefaultSuffix("json")
    begin_in(dialog, parent)
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(_EXPORTS[chosen][1]))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(
        lambda name: transfer.export(threads, Path(name), _EXPORTS[dialog.selectedNameFilter()][0])
    )
    dialog.open()


def ask_what_to_import(parent: QWidget, transfer: Transfer) -> None:
    """Ask for files of conversations and import them."""
    dialog = _opening(parent, "Import")
    dialog.setNameFilters(["Conversations (*.json *.jsonl)", "All files (*)"])
    dialog.filesSelected.connect(lambda names: transfer.import_files([Path(name) for name in names]))
    dialog.open()


def show_faults(parent: QWidget, path: Path, told: Imported) -> None:
    """Name what could not be imported of a file."""
    many = told.failed != 1
    words = (
        f"{figures.number(told.failed)} conversations could not be read."
        if many
        else "One conversation could not be read."
    )
    box = QMessageBox(QMessageBox.Icon.Warning, "Espalier", words, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    others = "The others were imported." if told.threads else "The others were there already."
    box.setInformativeText(f"{one_line(str(path))}\n\n{others}")
    box.setDetailedText("\n".join(one_line(str(fault)) for fault in told.faults))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def _opening(parent: QWidget, title: str) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
