"""The Read view of an answer that is held to no schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.style import tokens
from app.style.plain_text import in_signs, utf16
from app.style.theme import set_kind
from app.widgets.long_text import MOST, Growth, beginning, left_out

if TYPE_CHECKING:
    from app.style.theme import Theme


_LEADING = 20
_MARKS = 300
"""More stretches than anybody compares by eye; each costs the view a cursor."""


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
        self._theme = theme
        self._growth = Growth(self, line_height=_LEADING)
        self._spans: list[tuple[int, int]] = []
        self._narrow = True
        theme.changed.connect(self._paint_marks)

    def show_text(self, text: str, *, growing: bool = False) -> None:
        """Show a text, or the beginning of a very long one; one that begins with what is shown is only added to.

        While it is `growing` its end is followed.
        """
        start = beginning(in_signs(text[:MOST]))
        self._growth.show(start, left_out(len(text) - len(start)), growing=growing)

    # Comparing

    def mark(self, spans: list[tuple[int, int]]) -> None:
        """Put an amber ground under stretches of the text: their first character and the one behind their last."""
        if spans != self._spans:
            self._spans = spans
            self._narrow = max(self._growth.shown, default="") <= "\uffff"
            self._paint_marks()

    def seek(self, span: tuple[int, int]) -> None:
        """Go to a stretch of the text."""
        cursor = self._cursor(span)
        cursor.clearSelection()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _paint_marks(self) -> None:
        marks = []
        for span in self._spans[:_MARKS]:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = self._cursor(span)
            mark.format.setBackground(self._theme.colour("amberSoft"))
            mark.format.setForeground(self._theme.colour("amber"))
            marks.append(mark)
        self.setExtraSelections(marks)

    def _cursor(self, span: tuple[int, int]) -> QTextCursor:
        """Return a cursor over as much of a stretch as is shown."""
        begin, end = span if self._narrow else (utf16(self._growth.shown, at) for at in span)
        last = self._growth.end
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(end, last))
        cursor.setPosition(min(begin, last), QTextCursor.MoveMode.KeepAnchor)
        return cursor
