"""The colours of JSON: strings, numbers and words; keys stay in the colour of text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

if TYPE_CHECKING:
    from app.style.theme import Theme

TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*"(?=\s*:))|(?P<string>"(?:[^"\\]|\\.)*"?)'
    r"|(?P<number>-?\b\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b)|(?P<word>\b(?:true|false|null)\b)"
)
"""The tokens of a line, by the name of the group that matches; broken ones too."""
_COLOURS = {"string": "synStr", "number": "synNum", "word": "synKw"}
_COLOURED_UP_TO = 400_000
_COLOURED_LINE = 20_000


def json_formats(theme: Theme) -> dict[str, QTextCharFormat]:
    """Return the formats of the groups of `TOKEN` that have a colour, in the theme in force."""
    return {group: coloured(theme, token) for group, token in _COLOURS.items()}


def coloured(theme: Theme, token: str) -> QTextCharFormat:
    """Return a format in a colour of the theme."""
    made = QTextCharFormat()
    made.setForeground(theme.colour(token))
    return made


class JsonColours(QSyntaxHighlighter):
    """Colours a whole document, as long as it is a small one."""

    def __init__(self, theme: Theme, document: QTextDocument) -> None:
        super().__init__(document)
        self._theme = theme
        self._formats = json_formats(theme)
        theme.changed.connect(self._recolour)

    def _recolour(self) -> None:
        self._formats = json_formats(self._theme)
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        """Colour one line; very long lines and texts stay plain, because they would hold up the window."""
        if len(text) > _COLOURED_LINE or self.document().characterCount() > _COLOURED_UP_TO:
            return
        for match in TOKEN.finditer(text):
            made = self._formats.get(match.lastgroup or "")
            if made is not None:
                self.setFormat(match.start(), match.end() - match.start(), made)
