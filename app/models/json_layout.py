"""Laying JSON text out while it streams: what was laid out once never moves.

Objects and arrays of containers open over lines; an object that is an item of an array stays on one line, as a
row of a table would. Strings and numbers keep their spelling.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLANK = frozenset(" \t\r\n")
_IN_STRING = re.compile(r'[^"\\]+')
_WORD = re.compile(r'[^ \t\r\n"{}\[\],:]+')
_DEEPEST = 40
"""Containers within one another that are indented: a text of brackets alone would else become so many blanks."""
_LAID_OUT_UP_TO = 200_000


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
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def feed(self, text: str) -> str:
        """Lay out the next piece."""
        laid: list[str] = []
        at = 0
        while at < len(text):
            # What stays as it is, is taken at once: a string may have millions of characters.
            plain = None if self._escaped else (_IN_STRING if self._in_string else _WORD).match(text, at)
            if plain is None:
                laid.append(self._take(text[at]))
                at += 1
            else:
                laid.append(plain[0] if self._in_string else self._before(plain[0]) + plain[0])
                at = plain.end()
        return "".join(laid)

    @property
    def inside_string(self) -> bool:
        """Whether the next character is one of a string, and not the one behind a backslash."""
        return self._in_string and not self._escaped

    def _line(self) -> str:
        return "\n" + " " * (self._indent * min(self._depth, _DEEPEST))

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
            self._depth += not inside
        elif char == ":":
            return ": "
        elif char == ",":
            inline = not self._open or self._open[-1].inline
            return ", " if inline else "," + self._line()
        return before + char

    def _before(self, first: str) -> str:
        """Return what the first thing in a container needs before it, now that it is known to come."""
        if not self._open or not self._open[-1].empty or first in ",:":
            return ""
        top = self._open[-1]
        top.empty = False
        if top.bracket == "[" and first not in "{[" and not top.inline:
            top.inline = True
            self._depth -= 1
        return "" if top.inline else self._line()

    def _close(self, char: str) -> str:
        if not self._open:
            return char
        top = self._open.pop()
        self._depth -= not top.inline
        return char if top.inline or top.empty else self._line() + char


def laid_out(text: str) -> str:
    """Return a whole answer laid out, or as it is where that would take longer than anybody waits for a copy."""
    return JsonLayout().feed(text) if len(text) <= _LAID_OUT_UP_TO else text
