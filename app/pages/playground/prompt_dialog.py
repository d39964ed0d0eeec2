"""The exact prompt, as the model reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app import figures
from app.style import tokens
from app.style.plain_text import in_signs
from app.style.theme import set_kind
from app.widgets.controls import button, label
from app.widgets.json_editor import JsonEditor
from app.widgets.long_text import Growth, beginning, left_out

if TYPE_CHECKING:
    from app.exchange import Preview
    from app.style.theme import Theme


class PromptDialog(QDialog):
    """Shows the prompt with its special tokens spelled out; it follows what is typed while it is open."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Exact prompt")
        self.resize(720, 560)
        self._length = label(theme, "", 12, ink="text2")
        self._text = JsonEditor(theme, "Exact prompt", read_only=True, json=False, numbers=False)
        self._growth = Growth(self._text)
        self._whole = ""
        set_kind(self._text, "editor")
        copy = button(theme, "Copy", "", "copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._whole))
        close = button(theme, "Close")
        close.clicked.connect(self.close)
        head = QHBoxLayout()
        head.addWidget(label(theme, "What the model reads", 15, 600))
        head.addStretch(1)
        head.addWidget(self._length)
        foot = QHBoxLayout()
        foot.addWidget(label(theme, "Descriptions and choices of the schema are part of the prompt.", 12, ink="text3"))
        foot.addStretch(1)
        foot.addWidget(copy)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._text, 1)
        column.addLayout(foot)

    def show_preview(self, preview: Preview | None, otherwise: str = "") -> None:
        """Show a prompt, or say why there is none."""
        self._length.setText(f"{figures.number(preview.prompt_tokens)} tokens" if preview else "")
        self._whole = preview.prompt if preview else otherwise
        start = beginning(in_signs(self._whole))
        self._growth.show(start, left_out(len(self._whole) - len(start), "prompt"))
