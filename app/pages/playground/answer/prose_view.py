"""The Read view of an answer that is held to no schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.style import tokens
from app.style.theme import set_kind

if TYPE_CHECKING:
    from app.style.theme import Theme


class ProseView(QTextEdit):
    """Text as the model wrote it: never HTML, only added to, so that scroll and selection stay."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Answer text")
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setFont(theme.fonts.text(13))
        self.document().setDocumentMargin(tokens.ANSWER_MARGIN - 4)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        set_kind(self, "bare")
        self._shown = ""

    def show_text(self, text: str) -> None:
        """Show a text; one that begins with what is shown is only added to."""
        if not text.startswith(self._shown) or not text:
            self.clear()
            self._shown = ""
        bar = self.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        leading = QTextBlockFormat()
        leading.setLineHeight(20, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        cursor.setBlockFormat(leading)
        cursor.insertText(text[len(self._shown) :])
        self._shown = text
        if at_end:
            bar.setValue(bar.maximum())
