"""Markdown in pieces that say the same each by itself, so that a text that grows is read anew at its end only."""

from __future__ import annotations

import re
from typing import Final

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")
_FENCE: Final = re.compile(r"(?:[ >]|[-+*] |\d+[.)] )*(`{3,}|~{3,})([^`]*)")
_BEGINS: Final = re.compile(r"(?:#{1,6} |(?:\*\*?|__?)?[^\W\d_]|[\"'(\u201c\u2018\u201e\u00ab])[^|]*")
"""How a paragraph or heading begins that is no part of what stands before it: no item, quote, table, code or rule."""
_DEFINITION: Final = re.compile(r"^[ >]*\[[^\]\n]+\]:", re.MULTILINE)
"""Where a link leads that may stand anywhere else."""


def pieces_of(text: str) -> list[str]:
    """Return a text in pieces, each but the first beginning with a paragraph or a heading behind an empty line."""
    if _DEFINITION.search(text):
        return [text]
    pieces: list[str] = []
    begun = 0
    fence = ""
    is_behind_blank = False
    for found in _LINE.finditer(text):
        words = found[0].rstrip("\r\n")
        if is_behind_blank and not fence and _BEGINS.fullmatch(words) and text[begun : found.start()].strip():
            pieces.append(text[begun : found.start()])
            begun = found.start()
        is_behind_blank = not words.strip()
        mark = _FENCE.fullmatch(words)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and not mark[2].strip():
            fence = ""
    return [*pieces, text[begun:]] if text else []
