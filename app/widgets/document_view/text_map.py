"""A document's text as Qt shows it, and where each of its characters stands there."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

import numpy as np

from app.style.plain_text import in_signs

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST: Final = 2_000
"""Characters of a paragraph that Qt lays out at once: its time grows faster than they do."""

_LINE_ENDS: Final = (0x0A, 0x2028, 0x2029)


class TextMap:
    """Places in a text (code points) and in what is shown of it (UTF-16 code units, as Qt counts).

    Control and bidirectional characters are shown as signs, and very long paragraphs on several lines.
    """

    def __init__(self, text: str) -> None:
        points = _code_points(text)
        self._wide = np.flatnonzero(points > 0xFFFF)  # two code units each
        self._breaks = _breaks(text, points)
        parts = [text[a:b] for a, b in zip((0, *self._breaks), (*self._breaks, len(text)), strict=True)]
        self.shown = in_signs("\n".join(parts))

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


def _code_points(text: str) -> NDArray[np.uint8] | NDArray[np.uint32]:
    if text.isascii():
        return np.frombuffer(text.encode(), dtype=np.uint8)
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _breaks(text: str, points: NDArray[np.uint8] | NDArray[np.uint32]) -> list[int]:
    """Return where very long paragraphs are broken: after a blank, or anywhere where there is none for a long way."""
    ends = np.concatenate((np.flatnonzero(np.isin(points, _LINE_ENDS)), [len(points)]))
    starts = np.concatenate(([0], ends[:-1] + 1))
    long = ends - starts > LONGEST
    found = []
    for start, end in zip(starts[long].tolist(), ends[long].tolist(), strict=True):
        place = start
        while end - place > LONGEST:
            blank = text.rfind(" ", place + LONGEST // 2, place + LONGEST)
            place = blank + 1 if blank >= 0 else place + LONGEST
            found.append(place)
    return found


def spans_between(spans: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """Return those of spans in order that begin between two places."""
    return spans[bisect_left(spans, (start, 0)) : bisect_left(spans, (end, 0))]
