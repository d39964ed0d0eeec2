"""What stands under a value: what it is for, and what is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import figures
from app.style.plain_text import paragraphs
from app.widgets.controls import Mark, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

_LONGEST = 240
_SENTENCES = 3
_LINE = 16


class Hint(QLabel):
    """What a field is for, in a line or two."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.fonts.text(12))
        self.setProperty("ink", "text3")
        self.setWordWrap(True)
        self.setText(paragraphs(" ".join(text.split()), _LONGEST))


class Complaints(QWidget):
    """Sentences with a mark; nothing where there are none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._said: tuple[str, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 2, 0, 0)
        self._column.setSpacing(2)
        self.hide()

    @property
    def said(self) -> tuple[str, ...]:
        """The sentences that are shown."""
        return self._said

    def say(self, sentences: Sequence[str]) -> None:
        """Show sentences: the first few, and how many more there are."""
        shown = tuple(dict.fromkeys(sentences))
        if len(shown) > _SENTENCES:
            shown = (*shown[:_SENTENCES], f"And {figures.number(len(shown) - _SENTENCES)} more.")
        if shown == self._said:
            return
        self._said = shown
        while (item := self._column.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        for sentence in shown:
            self._column.addWidget(self._line(sentence))
        self.setVisible(bool(shown))

    def _line(self, sentence: str) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        mark = Mark(self._theme, "octagon", "brickMark")
        mark.setFixedHeight(_LINE)
        words = label(self._theme, paragraphs(sentence, _LONGEST), 12, ink="brick")
        words.setWordWrap(True)
        words.setAccessibleName(f"Problem: {words.text()}")
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        return made
