"""How a text is shown, character by character: what a font would hide, or obey, is a sign.

Qt has meanings of its own for some characters (U+2029 ends a paragraph, U+FDD0 a frame, U+FFFC is an object), others
turn round what stands beside them, break its strings (lone surrogates), or cannot be seen. None of them reaches it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BLANK, BREAK, OTHER = "·", "¶", "□"

_BLANKS = "\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\u115f\u1160\u3164\uffa0"
_BREAKS = "\x0b\x0c\r\x85\u2028\u2029"
_PLANES = "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
_OTHERS = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffc\ufffe\uffff\U000e0000-\U000e0fff" + _PLANES
)
_HIDDEN = re.compile(f"[{_BLANKS}{_BREAKS}{_OTHERS}]")
_IS_BLANK = re.compile(f"[{_BLANKS}]")
_IS_BREAK = re.compile(f"[{_BREAKS}]")
_PLAIN = b"\t\n" + bytes(range(0x20, 0x7F))
_NAMES = {
    "\0": "null", "\b": "backspace", "\v": "vertical tab", "\f": "form feed", "\r": "carriage return",
    "\x1b": "escape", "\x7f": "delete", "\x85": "next line",
}  # fmt: skip


def shown(text: str) -> str:
    """Return a text as it is shown: as many characters, line feeds and tabs as they are."""
    if text.isascii() and not text.encode("ascii").translate(None, _PLAIN):
        return text  # told in a fiftieth of the time that the search takes
    return _HIDDEN.sub(_sign, text)


def hidden_in(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the places of a span where signs are shown."""
    return (found.start() for found in _HIDDEN.finditer(text, start, end))


def is_hidden(char: str) -> bool:
    """Tell whether a sign is shown in the place of a character."""
    return _HIDDEN.match(char) is not None


def name(char: str) -> str:
    """Return what to call a character that cannot be seen, e.g. "U+202E RIGHT-TO-LEFT OVERRIDE"."""
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        called = "half a character (a lone surrogate)"
    else:
        called = _NAMES.get(char) or unicodedata.name(char, "") or "no printable character"
    return f"U+{code:04X} {called}"


def units(text: str) -> int:
    """Return how many units a shown text takes in Qt's strings: characters beyond U+FFFF take two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def place_in(text: str, unit: int) -> int:
    """Return the character of a shown text at a unit; from between the units of one, the character itself."""
    if text.isascii():
        return min(unit, len(text))
    return len(text.encode("utf-16-le")[: 2 * unit].decode("utf-16-le", "ignore"))


def _sign(found: re.Match[str]) -> str:
    char = found.group()
    return BLANK if _IS_BLANK.match(char) else BREAK if _IS_BREAK.match(char) else OTHER
