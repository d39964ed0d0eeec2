"""What stands in the text of `formatString`: `${/path}`, `${relative}`, `${call(name: value)}`, nested.

Paths and calls become what A2UI writes for them elsewhere, `{"path": …}` and `{"call": …, "args": {…}}`, so that one
evaluation serves both.
"""

from __future__ import annotations

import re
from typing import Any, Final

_NAME = re.compile(r"[A-Za-z_@][A-Za-z0-9_]*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?=[\s,)}]|$)")
_PATH = re.compile(r"[^\s,(){}'\"]+")
_WORDS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None}
_DEEPEST: Final = 12
_OPEN: Final = "${"


class NotAnExpression(ValueError):
    """The text between `${` and `}` is none that the format knows."""


def parse(text: str) -> list[Any]:
    r"""Return the pieces of a text: strings as they stand, and an object for each `${…}`. `\${` is a plain `${`.

    Raises NotAnExpression.
    """
    pieces: list[Any] = []
    plain = 0
    place = text.find(_OPEN)
    while place >= 0:
        escaped = text[place - 1 : place] == "\\" and place > plain
        pieces.append(text[plain : place - 1] if escaped else text[plain:place])
        if escaped:
            pieces.append(_OPEN)
            plain = place + len(_OPEN)
        else:
            value, plain = _Reader(text).wrapped(place, 0)
            pieces.append(value)
        place = text.find(_OPEN, plain)
    pieces.append(text[plain:])
    return [piece for piece in pieces if piece != ""]


class _Reader:
    """Reads one expression; each method takes a place and returns what it read with the place behind it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def wrapped(self, place: int, depth: int) -> tuple[Any, int]:
        value, place = self._expression(self._blank(place + len(_OPEN)), depth + 1)
        return value, self._sign("}", place)

    def _expression(self, place: int, depth: int) -> tuple[Any, int]:
        if depth > _DEEPEST:
            raise NotAnExpression("nested too deeply")
        text = self._text
        if text.startswith(_OPEN, place):
            return self.wrapped(place, depth)
        if text[place : place + 1] in {"'", '"'}:
            return self._string(place)
        if number := _NUMBER.match(text, place):
            return (float(number[0]) if "." in number[0] else int(number[0])), number.end()
        if (name := _NAME.match(text, place)) and text.startswith("(", behind := self._blank(name.end())):
            return self._call(name[0], behind + 1, depth)
        if path := _PATH.match(text, place):
            return _WORDS.get(path[0], {"path": path[0]}), path.end()
        raise NotAnExpression(f"nothing at character {place}")

    def _call(self, name: str, place: int, depth: int) -> tuple[Any, int]:
        arguments: dict[str, Any] = {}
        place = self._blank(place)
        while not self._text.startswith(")", place):
            if arguments:
                place = self._blank(self._sign(",", place))
            key = _NAME.match(self._text, place)
            if key is None:
                raise NotAnExpression(f"no name of an argument at character {place}")
            place = self._blank(self._sign(":", self._blank(key.end())))
            arguments[key[0]], place = self._expression(place, depth + 1)
            place = self._blank(place)
        return {"call": name, "args": arguments}, place + 1

    def _string(self, place: int) -> tuple[str, int]:
        mark = self._text[place]
        found = []
        place += 1
        while place < len(self._text) and self._text[place] != mark:
            if self._text[place] == "\\":
                place += 1
            found.append(self._text[place : place + 1])
            place += 1
        return "".join(found), self._sign(mark, place)

    def _sign(self, sign: str, place: int) -> int:
        place = place if sign in "'\"" else self._blank(place)
        if not self._text.startswith(sign, place):
            raise NotAnExpression(f"no {sign} at character {place}")
        return place + 1

    def _blank(self, place: int) -> int:
        while place < len(self._text) and self._text[place].isspace():
            place += 1
        return place
