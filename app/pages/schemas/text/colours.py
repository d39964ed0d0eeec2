"""The colours of the rows in sight; what is out of sight costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCharFormat, QTextLayout

from app.pages.schemas.text.signs import hidden_in, shown, units
from app.widgets.json_colours import TOKEN, coloured, json_formats

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.pages.schemas.text.display import RowsDisplay, Shown
    from app.style.theme import Theme
    from engine.schema.editing import Syntax

_INSIDE = ("", "key", "string")
_AHEAD = 50
"""Characters behind a row that are read to tell a key, where the row is a part of a line."""


class RowColours:
    """Colours rows once, and again when they or the theme have changed.

    Whether and how it has been done stands in the block's user state, as a number that goes up with each theme.
    """

    def __init__(self, theme: Theme, view: RowsDisplay) -> None:
        self._theme = theme
        self._view = view
        self._age = 0
        self.renew()

    def renew(self) -> None:
        """Make the formats of the theme in force; all rows are to be coloured anew."""
        self._age += 1
        self._formats = json_formats(self._theme)
        self._formats["sign"] = coloured(self._theme, "amber")
        self._formats["sign"].setBackground(self._theme.colour("amberSoft"))
        self._formats["other"] = coloured(self._theme, "text2")
        self._formats["key"] = coloured(self._theme, "text")

    def dress(self, seen: list[Shown], syntax: Syntax) -> None:
        """Colour the rows in sight that are not; a part of a long line also where what it begins in has changed."""
        view = self._view
        first = last = -1
        for each in seen:
            inside = "" if view.rows.begins_line(each.row) else self._inside(view.rows.start(each.row), syntax)
            state = self._age * len(_INSIDE) + _INSIDE.index(inside)
            layout = each.block.layout()
            if each.block.userState() == state or layout.preeditAreaText():
                continue
            layout.setFormats(self._ranges(each.row, inside, syntax))
            each.block.setUserState(state)
            first = each.block.position() if first < 0 else first
            last = each.block.position() + each.block.length()
        if first >= 0:
            with view.own():
                view.document().markContentsDirty(first, last - first - 1)

    @staticmethod
    def _inside(start: int, syntax: Syntax) -> str:
        """Return what a part of a long line begins within: a key, a string, or neither."""
        inside = syntax.string_at(start)
        if inside is None:
            return ""
        return "key" if syntax.text[inside[1] : inside[1] + _AHEAD].lstrip().startswith(":") else "string"

    def _ranges(self, row: int, inside: str, syntax: Syntax) -> list[QTextLayout.FormatRange]:
        rows = self._view.rows
        start, end = rows.start(row), rows.end(row)
        display = shown(rows.text[start:end])
        plain = display.isascii()
        made = []
        for begin, stop, group in self._spans(row, inside, syntax):
            span = QTextLayout.FormatRange()
            span.start = begin - start if plain else units(display[: begin - start])
            span.length = stop - begin if plain else units(display[begin - start : stop - start])
            span.format = self._formats[group]
            made.append(span)
        return made

    def _spans(self, row: int, inside: str, syntax: Syntax) -> Iterator[tuple[int, int, str]]:
        """Yield what has a colour in a row; what comes later lies over what came before."""
        text, rows = syntax.text, self._view.rows
        start, end = rows.start(row), rows.end(row)
        yield start, end, "other"
        at = start
        if inside and (string := syntax.string_at(start)) is not None:
            at = min(string[1], end)
            yield start, at, inside
        limit = end if rows.ends_line(row) else end + _AHEAD
        for found in TOKEN.finditer(text, at, limit):
            if found.start() >= end:
                break
            yield found.start(), min(found.end(), end), found.lastgroup or "other"
        for place in hidden_in(text, start, end):
            yield place, place + 1, "sign"


def squiggle(theme: Theme, token: str) -> QTextCharFormat:
    """Return a wavy line in a colour of the theme."""
    made = QTextCharFormat()
    made.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    made.setUnderlineColor(theme.colour(token))
    return made


def tinted(theme: Theme, token: str) -> QTextCharFormat:
    """Return a ground in a colour of the theme."""
    made = QTextCharFormat()
    made.setBackground(theme.colour(token))
    return made
