"""Text that nobody vouches for, made visible: what a font would hide, or obey, is spelled out."""

from __future__ import annotations

import unicodedata
from functools import cache

NEWLINE = "↵"
FILLER = "\0"
"""Stands behind a character that is two cells wide, so that an index into a line of cells is a column."""


def visible(text: str) -> str:
    r"""Return `text` with controls, bidirectional marks and the like as escapes, such as `\u202e`.

    A newline becomes ↵. Bytes that are no character of their own (surrogate escapes) become `\xe2`.
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def cells(text: str) -> str:
    """Return `text` as it stands in a monospaced line: made visible, and wide characters followed by a filler."""
    if text.isascii():
        return visible(text)
    return "".join(char + FILLER if _wide(char) else char for char in visible(text))


def quoted(text: str, most: int = 24) -> str:
    """Return `text` made visible, in quotation marks, cut in the middle past `most` characters."""
    return f"“{shortened(text, most)}”"


def shortened(text: str, most: int) -> str:
    """Return `text` made visible, cut in the middle past `most` characters. The cost does not grow with the text."""
    shown = visible(text if len(text) <= 2 * most else text[:most] + text[-most:])
    return shown if len(shown) <= most else f"{shown[: most // 2]}…{shown[-(most - most // 2 - 1) :]}"


@cache
def _shown(char: str) -> str:
    if char.isprintable():
        return char
    if char == "\n":
        return NEWLINE
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _wide(char: str) -> bool:
    return char > "\u1100" and unicodedata.east_asian_width(char) in "WF"
