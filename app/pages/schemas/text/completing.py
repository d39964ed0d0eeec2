"""When suggestions come up, what they do, and when they go away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QToolTip

from app.pages.schemas.text.suggestions import Suggestions
from engine.schema.completion import completions

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.pages.schemas.text.view import SchemaTextView
    from app.style.theme import Theme

_PAUSE_MS = 30
"""So that a letter is on the screen before its suggestions are looked for."""
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
_BEGIN = frozenset('"$#/')


class Completing(QObject):
    """Suggests what can be written at a view's caret."""

    def __init__(self, theme: Theme, view: SchemaTextView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self._made: Suggestions | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE_MS)
        self._later.timeout.connect(self._suggest)

    @property
    def list(self) -> Suggestions:
        """The list, which lies over the window of the view."""
        if self._made is None:
            self._made = Suggestions(self._theme, self._view.window())
            self._made.chosen.connect(self.accept)
        return self._made

    @property
    def is_open(self) -> bool:
        """Whether suggestions are shown."""
        return self._made is not None and self._made.isVisible()

    def ask(self) -> None:
        """Suggest at once, and say so where there is nothing."""
        self._suggest()
        if not self.is_open:
            below = self._view.viewport().mapToGlobal(self._view.cursorRect().bottomLeft() + QPoint(0, 4))
            QToolTip.showText(below, "Nothing to suggest here", self._view)

    def typed(self, text: str) -> None:
        """Suggest soon, where a letter of a name was typed, or what a name begins with."""
        if text.isalnum() or text in _BEGIN:
            self._later.start()
        elif text != " " or not self.is_open:
            self.close()

    def taken(self) -> None:
        """Suggest anew after something was taken away, where suggestions are shown."""
        if self.is_open:
            self._later.start()

    def scrolled(self) -> None:
        """Put the suggestions away, as they no longer stand at their word; those that come later will."""
        if self.is_open:
            self.close()

    def close(self) -> None:
        """Put the suggestions away."""
        self._later.stop()
        if self._made is not None:
            self._made.hide()

    def key(self, event: QKeyEvent) -> bool:
        """Take a key that walks in the suggestions, takes one or puts them away; tells whether it was one."""
        if not self.is_open or event.modifiers() not in {
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        }:
            return False
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.list.walk(_STEPS[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}:
            self.accept()
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    def accept(self) -> None:
        """Write what is chosen."""
        found = self.list.current()
        self.close()
        if found is not None:
            self._view.replace(found.edits, f"Write {found.name}", *found.select)
            if found.more:
                self._later.start()

    def _suggest(self) -> None:
        view = self._view
        # What is selected in a value that was begun for a keyword is there to be written over.
        place, caret = view.selection()
        if view.schema is None or not view.hasFocus() or (place != caret and view.syntax.string_at(place) is None):
            self.close()
            return
        found = completions(view.syntax, place, view.draft)
        start = found[0].edits[-1].start if found else place
        written = view.syntax.text[start:place].removeprefix('"')
        if len(found) == 1 and found[0].name == written:
            found = []
        box = view.cursorRect(view.cursor_of(start, start))
        corner = view.viewport().mapTo(view.window(), box.topLeft())
        self.list.offer(found, QRect(corner, box.size()))
