"""What the model is told beside the schema, typed at length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout

from app.style import tokens
from app.widgets.controls import button, key_hint, label
from app.widgets.text_field import TextField

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.style.theme import Theme


class InstructionsDialog(QDialog):
    """A field of text; empty, the model is told what it is told by default, which stands there in grey."""

    kept = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget, text: str, default: str, note: str) -> None:
        super().__init__(parent)
        self.setWindowTitle("Instructions")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(600, 340)
        self.text = TextField()
        self.text.setFont(theme.fonts.text(13))
        self.text.setAccessibleName("Instructions")
        self.text.setTabChangesFocus(True)
        self.text.setPlaceholderText(default)
        self.text.write(text)
        keep = button(theme, "Keep", "primary")
        cancel = button(theme, "Cancel")
        said = label(
            theme,
            "How to read the documents: what names mean, which of several dates counts. Fields stand in the schema.",
            12,
            ink="text3",
        )
        said.setWordWrap(True)
        foot = QHBoxLayout()
        if note:
            words = label(theme, note, 12, ink="amber")
            words.setWordWrap(True)
            foot.addWidget(words, 1)
        foot.addStretch(1)
        for widget in (cancel, keep, key_hint(theme, "Ctrl ↵")):
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 16)
        column.setSpacing(8)
        column.addWidget(label(theme, "Instructions", 15, 600))
        column.addWidget(said)
        column.addWidget(self.text, 1)
        column.addSpacing(4)
        column.addLayout(foot)
        keep.clicked.connect(self._keep)
        cancel.clicked.connect(self.reject)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WindowShortcut)
            shortcut.activated.connect(self._keep)

    def _keep(self) -> None:
        self.kept.emit(self.text.whole.strip())
        self.accept()
