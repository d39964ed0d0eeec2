"""What is looked for in a document, and where it was found."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit

from app import figures
from app.style.theme import set_kind
from app.widgets.controls import icon_button, label

if TYPE_CHECKING:
    from app.style.theme import Theme
    from app.widgets.document_view.pane import Span

MOST_HITS: Final = 5_000
_LONGEST: Final = 300


def hits_in(text: str, words: str) -> list[Span]:
    """Return where words stand in a text, whatever their case and however far apart; at most `MOST_HITS`."""
    parts = words.split()
    if not parts:
        return []
    expression = re.compile(r"\s+".join(map(re.escape, parts)), re.IGNORECASE)
    found: list[Span] = []
    for match in expression.finditer(text):
        found.append(match.span())
        if len(found) == MOST_HITS:
            break
    return found


class FindBar(QFrame):
    """A field and what was found. Enter goes on to the next, Shift+Enter back, Esc ends it."""

    found = Signal(list)
    """Where the words stand now: spans in the order of the text."""
    went = Signal(int, int)
    """To this hit."""
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._text = ""
        self._hits: list[Span] = []
        self._at = -1
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.field = QLineEdit()
        self.field.setFont(theme.fonts.text())
        self.field.setMaxLength(_LONGEST)
        self.field.setPlaceholderText("Find in this document")
        self.field.setAccessibleName("Find in this document")
        self.field.installEventFilter(self)
        self.count = label(theme, "", 12, ink="text3", tabular=True)
        self.count.setMinimumWidth(self.count.fontMetrics().horizontalAdvance("000 of 000"))
        self.before = icon_button(theme, "caret-up", "The one before", "Shift+Enter")
        self.next = icon_button(theme, "caret-down", "The next one", "Enter")
        self.close_button = icon_button(theme, "x", "Close", "Esc")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        tools = QHBoxLayout()
        tools.setSpacing(0)
        for made in (self.before, self.next, self.close_button):
            set_kind(made, "icon")
            tools.addWidget(made)
        row.addLayout(tools)
        self.field.textChanged.connect(lambda _text: self._look())
        self.next.clicked.connect(lambda: self.step(1))
        self.before.clicked.connect(lambda: self.step(-1))
        self.close_button.clicked.connect(self.end)
        self.hide()

    @property
    def hits(self) -> list[Span]:
        """Where the words stand, in the order of the text; nowhere while nothing is looked for."""
        return self._hits

    def set_text(self, text: str) -> None:
        """Look in another text from now on."""
        self._text = text
        if self.isHidden():
            self._hits, self._at = [], -1
        else:
            self._look(going=False)

    def begin(self, words: str = "") -> None:
        """Show the bar, and look for these words, or for those of before."""
        self.show()
        if words:
            self.field.setText(words)
        self.field.selectAll()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._look(going=False)

    def end(self) -> None:
        """Hide the bar and mark nothing any more."""
        self.hide()
        self._hits, self._at = [], -1
        self.found.emit([])
        self.closed.emit()

    def step(self, steps: int) -> None:
        """Go on to another hit, around the end."""
        if self._hits:
            self._at = (self._at + steps) % len(self._hits) if self._at >= 0 else (0 if steps > 0 else -1)
            self._at %= len(self._hits)
            self._say()
            self.went.emit(*self._hits[self._at])

    def _look(self, *, going: bool = True) -> None:
        here = self._hits[self._at][0] if 0 <= self._at < len(self._hits) else 0
        self._hits = hits_in(self._text, self.field.text())
        self._at = -1
        self.found.emit(self._hits)
        if self._hits and going:
            self._at = bisect_left(self._hits, (here, 0)) % len(self._hits)
            self.went.emit(*self._hits[self._at])
        self._say()

    def _say(self) -> None:
        most = figures.number(len(self._hits)) + ("+" if len(self._hits) == MOST_HITS else "")
        if not self.field.text().strip():
            words = ""
        elif not self._hits:
            words = "Not found"
        else:
            words = f"{figures.number(self._at + 1)} of {most}" if self._at >= 0 else f"{most} found"
        self.count.setText(words)
        for made in (self.before, self.next):
            made.setEnabled(bool(self._hits))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep Enter and Esc for the bar while its field has the focus, whatever they mean around."""
        keys = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape}
        if isinstance(event, QKeyEvent) and event.key() in keys:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                if event.key() == Qt.Key.Key_Escape:
                    self.end()
                else:
                    self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
        return super().eventFilter(watched, event)
