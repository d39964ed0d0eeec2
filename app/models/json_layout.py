"""Laying JSON text out while it streams: what was laid out once never moves.

Objects and arrays of containers open over lines; an object that is an item of an array stays on one line, as a
row of a table would. Strings and numbers keep their spelling.
"""

from __future__ import annotations

from dataclasses import dataclass

_BLANK = frozenset(" \t\r\n")


@dataclass
class _Open:
    """A container that is not closed yet."""

    bracket: str
    inline: bool
    empty: bool = True


class JsonLayout:
    """A formatter for a growing text; `feed` returns what is to be added to what it returned before."""

    def __init__(self, indent: int = 2) -> None:
        self._indent = indent
        self._open: list[_Open] = []
        self._in_string = False
        self._escaped = False
        self._held = ""

    def feed(self, text: str) -> str:
        """Lay out the next piece."""
        return "".join(map(self._take, text))

    @property
    def inside_string(self) -> bool:
        """Whether the next character is one of a string, and not the one behind a backslash."""
        return self._in_string and not self._escaped

    def _line(self) -> str:
        lines = sum(not entry.inline for entry in self._open)
        return "\n" + " " * (self._indent * lines)

    def _take(self, char: str) -> str:
        if self._in_string:
            if self._escaped:
                self._escaped = False
            elif char == "\\":
                self._escaped = True
            elif char == '"':
                self._in_string = False
            return char
        if char in _BLANK:
            return ""
        if char in "]}":
            return self._close(char)
        before = self._before(char)
        if char == '"':
            self._in_string = True
        elif char in "{[":
            inside = bool(self._open) and (self._open[-1].inline or self._open[-1].bracket == "[")
            self._open.append(_Open(char, inline=inside))
        elif char == ":":
            return ": "
        elif char == ",":
            inline = not self._open or self._open[-1].inline
            return ", " if inline else "," + self._line()
        return before + char

    def _before(self, char: str) -> str:
        """Return what the first thing in a container needs before it, now that it is known to come."""
        if not self._open or not self._open[-1].empty or char in ",:":
            return ""
        top = self._open[-1]
        top.empty = False
        if top.bracket == "[" and char not in "{[":
            top.inline = True
        return "" if top.inline else self._line()

    def _close(self, char: str) -> str:
        if not self._open:
            return char
        top = self._open.pop()
        return char if top.inline or top.empty else self._line() + char
