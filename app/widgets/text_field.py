"""A field for text of any length: what would hold up the window is kept, and only its beginning is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from app import figures
from app.widgets.long_text import MOST, beginning, fit_wrapping

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

MOST_EDITED: Final = 500_000
"""Characters that can be edited: Qt lays out the lines in sight alone, but all of them are copied at each key."""
_MOST_LINES: Final = 20_000


class TextField(QPlainTextEdit):
    """Plain text. Of one that is too long to be edited here the beginning is shown, and `whole` has all of it.

    Such a text can be cleared or, where it was pasted, undone.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept: dict[str, str] = {}
        """The texts that are too long, by what is shown of them: Undo may bring back any of them."""
        self._coming: str | None = None
        self._locked = False
        self.textChanged.connect(self._changed)

    @property
    def whole(self) -> str:
        """The text, all of it."""
        if self._coming is not None:
            return self._coming
        shown = self.toPlainText()
        return self._kept.get(shown, shown) if self._kept else shown

    def write(self, text: str) -> None:
        """Put a text in the place of what is there; that cannot be undone."""
        self._kept.clear()
        self._put(text, self.setPlainText)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste text as it is; what becomes too long with it can no longer be edited."""
        if self.isReadOnly() or not source.hasText():
            return
        cursor = self.textCursor()
        before = QTextCursor(self.document())
        before.setPosition(cursor.selectionStart(), QTextCursor.MoveMode.KeepAnchor)
        after = QTextCursor(self.document())
        after.setPosition(cursor.selectionEnd())
        after.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        text = before.selection().toPlainText() + source.text() + after.selection().toPlainText()
        if _shown(text) is text:
            fit_wrapping(self, text)
            super().insertFromMimeData(source)
        else:
            cursor.select(QTextCursor.SelectionType.Document)
            self._put(text, cursor.insertText)

    def _put(self, text: str, put: Callable[[str], object]) -> None:
        """Put in what is shown of a text; whoever is told of that and asks for the text gets all of it."""
        shown = _shown(text)
        fit_wrapping(self, shown)
        if shown is text:
            put(shown)
        else:
            self._coming = text
            put(shown)
            self._kept[self.toPlainText()] = text
            self._coming = None
        self._changed()

    def _changed(self) -> None:
        shown = self.toPlainText()
        fit_wrapping(self, shown)
        locked = shown in self._kept
        if locked != self._locked:
            self._locked = locked
            self.setReadOnly(locked)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clear a text that cannot be edited, or undo what made it so long."""
        if self._locked and event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            cursor = QTextCursor(self.document())
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.removeSelectedText()
        elif self._locked and event.matches(QKeySequence.StandardKey.Undo):
            self.undo()
        else:
            super().keyPressEvent(event)


def _shown(text: str) -> str:
    """Return a text that can be edited as it is; of one that would hold up the window the beginning."""
    lines = text.count("\n")
    if len(text) <= MOST and lines <= _MOST_LINES:
        return text
    if len(text) <= MOST_EDITED and lines <= _MOST_LINES and max(map(len, text.split("\n"))) <= MOST:
        return text
    start = beginning(text)
    more = len(text) - len(start)
    return (
        f"{start}\n\n… and {figures.number(more)} more characters, too many to be edited here. Delete clears them all."
    )
