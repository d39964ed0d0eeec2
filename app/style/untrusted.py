"""Text that somebody else wrote, made fit to be painted: nothing in it can hide, reorder or overflow what is near."""

from __future__ import annotations

import unicodedata
from functools import cache

_KEPT = {"\n", "\t"}
_JOINERS = {"\u200c", "\u200d"}  # parts of Persian words and of emoji


def visible(text: str, most: int = 4000) -> str:
    """Return a text with control and bidi characters replaced by visible signs, and not longer than `most`."""
    cut = text[:most] + ("…" if len(text) > most else "")
    return cut.translate(_signs())


def one_line(text: str, most: int = 400) -> str:
    """Return the beginning of a text on one line, blanks folded."""
    return visible(" ".join(text[: most * 2].split()), most)


@cache
def _signs() -> dict[int, str]:
    """Return what stands for each control (Cc) and format (Cf) character of the basic plane."""
    signs: dict[int, str] = {}
    for code in range(0x10000):
        character = chr(code)
        kind = unicodedata.category(character)
        if kind == "Cc" and character not in _KEPT:
            signs[code] = chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"
        elif (kind == "Cf" and character not in _JOINERS) or kind == "Cs" or character in "\u2028\u2029":
            signs[code] = "\ufffd"
    return signs
