"""The editor's dialogs about files and pasted texts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFileDialog, QHBoxLayout, QVBoxLayout

from app.style import tokens
from app.style.theme import set_kind
from app.widgets.controls import button, label
from app.widgets.json_editor import JsonEditor
from app.widgets.saving import save_dialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from app.style.theme import Theme


def ask_what_to_open(parent: QWidget, done: Callable[[list[Path]], None]) -> None:
    """Ask for files that hold schemas, examples, Python classes, or a library of schemas."""
    dialog = QFileDialog(parent, "Import")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters(["Schemas and examples (*.json *.jsonl *.py *.zip)", "All files (*)"])
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: done([Path(name) for name in names]))
    dialog.open()


def ask_where_to_save(parent: QWidget, name: str, ending: str, done: Callable[[Path], None]) -> None:
    """Ask for the file that something is to be written to."""
    dialog = save_dialog(parent, "Export", f"{name}.{ending}", [f"*.{ending}"])
    dialog.fileSelected.connect(lambda chosen: done(Path(chosen)))
    dialog.open()


class PasteDialog(QDialog):
    """Room to paste a text that becomes a schema; what it is is found out from it."""

    def __init__(self, theme: Theme, parent: QWidget, done: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._done = done
        self.setWindowTitle("Import from text")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(720, 520)
        self.text = JsonEditor(theme, "Text to import", json=False)
        set_kind(self.text, "editor")
        self.text.setPlaceholderText(
            "A JSON Schema, an OpenAI response format or tool, a Pydantic class, a dataclass or TypedDict, "
            "or examples: one value, or one a line"
        )
        self.take = button(theme, "Import", "primary")
        self.take.setEnabled(False)
        self.text.textChanged.connect(lambda: self.take.setEnabled(not self.text.document().isEmpty()))
        self.take.clicked.connect(self._take)
        cancel = button(theme, "Cancel")
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addWidget(label(theme, "Nothing that you paste is run.", 12, ink="text3"))
        foot.addStretch(1)
        foot.addWidget(cancel)
        foot.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 16)
        column.setSpacing(12)
        column.addWidget(label(theme, "A schema from a text", 15, 600))
        column.addWidget(self.text, 1)
        column.addLayout(foot)

    def _take(self) -> None:
        # The raw text: the plain one has blanks for no-break spaces.
        self._done(self.text.document().toRawText().replace("\u2029", "\n"))
        self.accept()


class TextDialog(QDialog):
    """What a schema looks like as something else, to be copied or saved."""

    def __init__(self, theme: Theme, parent: QWidget, title: str, text: str, save: Callable[[], None]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 600)
        self.text = JsonEditor(theme, title, read_only=True, json=title.startswith(("JSON", "OpenAI")))
        set_kind(self.text, "editor")
        self.text.setPlainText(text)
        copy = button(theme, "Copy", icon="copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(text))
        keep = button(theme, "Save…")
        keep.clicked.connect(save)
        close = button(theme, "Close")
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.addStretch(1)
        for control in (copy, keep, close):
            foot.addWidget(control)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 16)
        column.setSpacing(12)
        column.addWidget(label(theme, title, 15, 600))
        column.addWidget(self.text, 1)
        column.addLayout(foot)
