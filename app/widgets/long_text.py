"""Long text in Qt's text views, which take a time that grows with the square of what has no blank to break at."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCursor, QTextOption

from app import figures

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

MOST: Final = 100_000
"""Characters that a view shows at most: it lays them out in less than a tenth of a second, and nobody reads further."""
MOST_LINES: Final = 5_000
_UNBROKEN: Final = 2_000
_BLANKS: Final = re.compile(r"[ \t\n\v\f\r\u2028\u2029]+")
_SCROLLS: Final = 20_000
"""Characters that fit into no window."""


def beginning(text: str) -> str:
    """Return as much of a text as a view shows."""
    start = text[:MOST]
    return start if start.count("\n") < MOST_LINES else "\n".join(start.split("\n", MOST_LINES)[:MOST_LINES])


def left_out(more: int, what: str = "answer") -> str:
    """Return what to say below a text of which `more` characters are not shown; nothing where all of it is.

    `what` can be copied as a whole; empty where nothing there copies it.
    """
    words = f"… and {figures.number(more)} more character{'s' if more > 1 else ''}." if more else ""
    return f"{words} Copy the {what} to have all of it." if more and what else words


def wrap_mode(text: str) -> QTextOption.WrapMode:
    """Return where the lines of a text break: between words, or anywhere where it has none for a long way."""
    unbroken = len(text) >= _UNBROKEN and max(map(len, _BLANKS.split(text))) >= _UNBROKEN
    modes = QTextOption.WrapMode
    return modes.WrapAnywhere if unbroken else modes.WrapAtWordBoundaryOrAnywhere


def fit_wrapping(view: QPlainTextEdit | QTextEdit, text: str) -> None:
    """Make a view fit for a text that it is about to show.

    The scroll bar of a long one stands there from the beginning: where Qt finds out that it needs one, it lays
    everything out three times.
    """
    mode = wrap_mode(text)
    if view.wordWrapMode() != mode:
        view.setWordWrapMode(mode)
    policies = Qt.ScrollBarPolicy
    view.setVerticalScrollBarPolicy(policies.ScrollBarAlwaysOn if len(text) > _SCROLLS else policies.ScrollBarAsNeeded)


class Growth:
    """A text that grows in a view, and below it a note.

    What is shown is only added to, so that scroll and selection stay. `line_height` is in pixels, 0 for the font's own.
    """

    def __init__(self, view: QPlainTextEdit | QTextEdit, *, line_height: int = 0) -> None:
        self.shown = ""
        self._view = view
        self._note = ""
        self._end = 0
        self._leading = QTextBlockFormat() if line_height else None
        if self._leading is not None:
            self._leading.setLineHeight(line_height, QTextBlockFormat.LineHeightTypes.FixedHeight.value)

    @property
    def end(self) -> int:
        """Where the text ends and its note begins, as Qt counts."""
        return self._end

    def show(self, text: str, note: str = "", *, growing: bool = False) -> None:
        """Show a text; one that begins with what is shown is only added to. Stays at the end if it was there.

        One that is there at once is read from its beginning, unless it is still `growing`.
        """
        if text == self.shown and note == self._note:
            return
        if not text.startswith(self.shown) or not text:
            self._view.clear()
            self.shown, self._note, self._end = "", "", 0
        fit_wrapping(self._view, text)
        bar = self._view.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2 and (growing or bool(self.shown))
        cursor = QTextCursor(self._view.document())
        cursor.beginEditBlock()
        cursor.setPosition(self._end)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        if self._leading is not None:
            cursor.setBlockFormat(self._leading)
        cursor.insertText(text[len(self.shown) :])
        self._end = cursor.position()
        if note:
            cursor.insertText(f"\n\n{note}")
        cursor.endEditBlock()
        self.shown, self._note = text, note
        if at_end:
            bar.setValue(bar.maximum())
