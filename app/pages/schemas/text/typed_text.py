"""What a person does to the text with keys, clipboard, mouse and input methods, as edits of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QDragLeaveEvent, QGuiApplication, QInputMethodEvent, QKeyEvent, QKeySequence, QTextCursor

from app.pages.schemas.text import keystrokes
from app.pages.schemas.text.bound_text import BoundText
from engine.schema.editing import Edit
from engine.schema.editing.edits import moved

if TYPE_CHECKING:
    from PySide6.QtGui import QDropEvent

    from app.pages.schemas.text.keystrokes import Typed
    from app.style.theme import Theme
    from engine.schema.editing import Step

_Keys = QKeySequence.StandardKey
_Move = QTextCursor.MoveOperation
_PLAIN = {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier, Qt.KeyboardModifier.ShiftModifier}
_DELETIONS = {
    _Keys.Delete: _Move.NextCharacter,
    _Keys.DeleteStartOfWord: _Move.PreviousWord,
    _Keys.DeleteEndOfWord: _Move.NextWord,
    _Keys.DeleteEndOfLine: _Move.EndOfBlock,
}


class TypedText(BoundText):
    """A text that can be typed in. Tab indents; after Escape it moves on to what comes next."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._closers: set[int] = set()
        self._leaving = False

    def _opened(self) -> None:
        super()._opened()
        self._closers.clear()

    def _moved(self, step: Step) -> None:
        super()._moved(step)
        self._closers = {moved(step, place, behind=True) for place in self._closers}

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key says to the document; keys that only move are Qt's."""
        leaving, self._leaving = self._leaving, False
        if event.key() == Qt.Key.Key_Escape:
            self._leaving = True
            event.ignore()
        elif event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab} and self.schema is not None:
            self._tab(event, leaving=leaving)
        elif self.schema is None or not self._typed(event):
            self._walked(event)

    def _typed(self, event: QKeyEvent) -> bool:
        """Do what a key does to the text; tells whether it does anything."""
        for keys, do in (
            (_Keys.Undo, self.undo),
            (_Keys.Redo, self.redo),
            (_Keys.Cut, self.cut),
            (_Keys.Paste, self.paste),
        ):
            if event.matches(keys):
                do()
                return True
        if event.matches(_Keys.Copy):
            self.copy()
            return True
        start, end = self.selection()
        if event.key() == Qt.Key.Key_Backspace and event.modifiers() in _PLAIN:
            self._backspace(start, end)
            return True
        for keys, operation in _DELETIONS.items():
            if event.matches(keys):
                self._delete(start, end, operation)
                return True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and event.modifiers() in _PLAIN:
            self._do(keystrokes.enter(self.syntax, start, end, self.style_of_text))
            return True
        if _is_text(event):
            self.type_text(event.text())
            return True
        return False

    def _walked(self, event: QKeyEvent) -> None:
        """Let Qt move the caret; where two of its positions are one place, on to the next one."""
        before, cursor = self.caret, self.textCursor().position()
        super().keyPressEvent(event)
        if self.caret == before and self.textCursor().position() != cursor:
            super().keyPressEvent(event)

    def _tab(self, event: QKeyEvent, *, leaving: bool) -> None:
        back = event.key() == Qt.Key.Key_Backtab
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        if leaving:
            self.setTabChangesFocus(True)
            self.focusNextPrevChild(not back)
            self.setTabChangesFocus(False)
            return
        start, end = self.selection()
        text, indent = self.syntax.text, self.style_of_text.indent
        if back or "\n" in text[start:end]:
            step = (
                keystrokes.outdented(text, start, end, indent)
                if back
                else keystrokes.indented(text, start, end, indent)
            )
            anchor, caret = self.anchor, self.caret
            self.replace(step, "Indent", *(moved(step, place, behind=place != start) for place in (anchor, caret)))
        else:
            self.edit(start, end, indent, start + len(indent), start + len(indent))

    def type_text(self, text: str) -> None:
        """Type a text over the selection: one character with what belongs to it, more as they are."""
        start, end = self.selection()
        if len(text) == 1:
            self._do(keystrokes.letter(self.syntax, start, end, text, self._closers))
        else:
            self.edit(start, end, text, start + len(text), start + len(text))

    def _do(self, typed: Typed) -> None:
        if typed.start == typed.end and not typed.text:
            self.go_to(typed.anchor, typed.caret)
            return
        self.edit(typed.start, typed.end, typed.text, typed.anchor, typed.caret)
        if typed.closer is not None:
            self._closers.add(typed.closer)

    def _backspace(self, start: int, end: int) -> None:
        row = self.rows.row_at(start)
        if start == end and row and start == self.rows.start(row) and self.rows.hidden(row - 1):
            self._folding.unfold(self.syntax, row - 1)  # what would be taken cannot be seen
        elif start != end:
            self.edit(start, end, "", start, start)
        else:
            typed = keystrokes.backspace(self.syntax, start, self._closers)
            if typed is not None:
                self._do(typed)

    def _delete(self, start: int, end: int, operation: QTextCursor.MoveOperation) -> None:
        row = self.rows.row_at(start)
        if start == end:
            if operation is not _Move.PreviousWord and self.rows.hidden(row) and start == self.rows.end(row):
                self._folding.unfold(self.syntax, row)
                return
            start, end = sorted((start, self.moved_cursor(operation)))
        if start != end:
            self.edit(start, end, "", start, start)

    # Clipboard

    def cut(self) -> None:
        """Take what is selected into the clipboard."""
        start, end = self.selection()
        if start != end and self.schema is not None:
            self.copy()
            self.schema.end_burst()
            self.edit(start, end, "", start, start)

    def paste(self) -> None:
        """Put in what is in the clipboard."""
        self.insertFromMimeData(QGuiApplication.clipboard().mimeData())

    def createMimeDataFromSelection(self) -> QMimeData:
        """Return what is selected as it stands in the document; half characters become U+FFFD, as Qt has no such."""
        start, end = self.selection()
        data = QMimeData()
        data.setText(self.syntax.text[start:end].encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
        return data

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Tell whether there is text to put in."""
        return source.hasText() and self.schema is not None

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Put in a text over the selection."""
        if self.schema is not None and source.hasText():
            start, end = self.selection()
            text = self._pasted(source)
            self.schema.end_burst()
            self.edit(start, end, text, start + len(text), start + len(text))
            self.schema.end_burst()

    def _pasted(self, source: QMimeData) -> str:
        """Return a text from elsewhere; its lines end as those here do, nothing else is changed."""
        return source.text().replace("\r\n", "\n").replace("\n", self.style_of_text.newline)

    def dropEvent(self, event: QDropEvent) -> None:
        """Put in what is dropped; within this text it is moved, unless it is to be copied."""
        super().dragLeaveEvent(QDragLeaveEvent())
        if self.schema is None or not event.mimeData().hasText():
            event.ignore()
            return
        place = self._place(self.cursorForPosition(event.position().toPoint()).position())
        own = event.source() is self or event.source() is self.viewport()
        self.drop(place, self._pasted(event.mimeData()), moves=own and event.dropAction() == Qt.DropAction.MoveAction)
        event.setDropAction(Qt.DropAction.CopyAction)  # Qt would take the source's selection away by itself
        event.accept()

    def drop(self, place: int, text: str, *, moves: bool) -> None:
        """Put a text in at a place and select it; one that `moves` is what is selected, and goes from there."""
        start, end = self.selection()
        if moves and start <= place <= end:
            return
        step: Step = (Edit(place, place, text),)
        if moves:
            gone = Edit(start, end, "")
            step = (gone, *step) if end <= place else (*step, gone)
        after = moved(step, place)
        self.replace(step, "Move" if moves else "Drop", after, after + len(text))

    # Input methods

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Type what an input method has made of the keys; what it is still at stands in the picture only."""
        if self.schema is None:
            event.ignore()
            return
        start, end = self.selection()
        if start != end and (event.preeditString() or event.commitString()):
            self.edit(start, end, "", start, start)
        if event.commitString() or event.replacementLength():
            with self.own():
                super().inputMethodEvent(QInputMethodEvent())
            self._commit(event)
        with self.own():
            super().inputMethodEvent(QInputMethodEvent(event.preeditString(), event.attributes()))
        event.accept()

    def _commit(self, event: QInputMethodEvent) -> None:
        caret = self.textCursor().position()
        start = self._place(caret + event.replacementStart())
        end = self._place(caret + event.replacementStart() + event.replacementLength())
        text = event.commitString()
        self.edit(start, end, text, start + len(text), start + len(text))


def _is_text(event: QKeyEvent) -> bool:
    """Tell whether a key writes something: AltGr counts as Ctrl and Alt on some systems."""
    text = event.text()
    if not text or not (text.isprintable() or text[0] >= "\x80"):
        return False
    held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return held in {
        Qt.KeyboardModifier.NoModifier,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier,
    }
