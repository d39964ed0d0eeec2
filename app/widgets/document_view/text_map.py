"""A document's text as Qt shows it, and where each of its characters stands there."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

import numpy as np

from app.style.plain_text import in_signs

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST: Final = 2_000
"""Characters of a paragraph that Qt lays out at once: its time grows faster than they do."""

_LONG: Final = re.compile(rf"[^\n\u2028\u2029]{{{LONGEST + 1},}}")


class TextMap:
    """Places in a text (code points) and in what is shown of it (UTF-16 code units, as Qt counts).

    Control and bidirectional characters are shown as signs, and very long paragraphs on several lines.
    """

    def __init__(self, text: str) -> None:
        self._breaks = _breaks(text)
        parts = [text[a:b] for a, b in zip((0, *self._breaks), (*self._breaks, len(text)), strict=True)]
        self.shown = in_signs("\n".join(parts))
        self._wide = _wide(text)

    def to_shown(self, place: int) -> int:
        """Return where the character at `place` stands as Qt counts."""
        return place + bisect_right(self._breaks, place) + int(np.searchsorted(self._wide, place))

    def to_text(self, shown: int) -> int:
        """Return which character of the text stands at a place as Qt counts; the next one for a break put in."""
        low, high = 0, shown
        while low < high:
            middle = (low + high) // 2
            if self.to_shown(middle) < shown:
                low = middle + 1
            else:
                high = middle
        return low


def _breaks(text: str) -> list[int]:
    """Return where very long paragraphs are broken: after a blank, or anywhere where there is none for a long way."""
    found = []
    for long in _LONG.finditer(text):
        start = long.start()
        while long.end() - start > LONGEST:
            blank = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
            start = blank + 1 if blank >= 0 else start + LONGEST
            found.append(start)
    return found


def _wide(text: str) -> NDArray[np.int64]:
    """Return where the characters stand that are two code units for Qt."""
    if text.isascii():
        return np.empty(0, dtype=np.int64)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return np.flatnonzero(points > 0xFFFF)


def spans_between(spans: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Return those of spans in order that begin between two places."""
    return spans[bisect_left(spans, (start, 0)) : bisect_left(spans, (end, 0))]
