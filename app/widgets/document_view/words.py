"""Characters, words and lines under a point of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_QUOTES: Final = "\"'\u201c\u201d\u2018\u2019\u00ab\u00bb\u201e*_"
_OPENING: Final = "([{<" + _QUOTES
_CLOSING: Final = ")]}>,;:.!?" + _QUOTES
_LINE_WEIGHT: Final = 16.0
"""A point beside a line belongs to that line sooner than to one above or below that reaches further."""


def character_at(boxes: NDArray[np.float32], x: float, y: float, reach: float = 0.0) -> int | None:
    """Return the index of the character in whose box, widened by `reach` points, a point lies; None where in none."""
    if not len(boxes):
        return None
    inside = (boxes[:, 0] - reach <= x) & (x <= boxes[:, 2] + reach)
    inside &= (boxes[:, 1] - reach <= y) & (y <= boxes[:, 3] + reach)
    found = np.flatnonzero(inside)
    if not len(found):
        return None
    middles = (boxes[found, 0] + boxes[found, 2]) / 2
    return int(found[np.argmin(np.abs(middles - x))])


def caret_at(boxes: NDArray[np.float32], x: float, y: float) -> int | None:
    """Return the place between two characters that is nearest to a point; None on a page without characters."""
    if not len(boxes) or np.isnan(boxes[:, 0]).all():
        return None
    across = np.maximum(np.maximum(boxes[:, 0] - x, x - boxes[:, 2]), 0)
    down = np.maximum(np.maximum(boxes[:, 1] - y, y - boxes[:, 3]), 0)
    nearest = int(np.nanargmin(across + _LINE_WEIGHT * down))
    x0, y0, x1, y1 = boxes[nearest].tolist()
    if y < y0 - (y1 - y0):
        return nearest
    return nearest + 1 if x > (x0 + x1) / 2 else nearest


def word_around(text: str, place: int) -> tuple[int, int]:
    """Return the span of the word at a character: up to blanks, without the marks of punctuation around it."""
    if not 0 <= place < len(text) or text[place].isspace():
        return place, place
    start, end = place, place + 1
    while start and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    first, last = start, end
    while first < last and text[first] in _OPENING:
        first += 1
    while last > first and text[last - 1] in _CLOSING:
        last -= 1
    return (first, last) if first < last else (start, end)


def line_around(text: str, place: int) -> tuple[int, int]:
    """Return the span of the line at a character, without the blanks at its ends."""
    start = text.rfind("\n", 0, place) + 1
    end = text.find("\n", place)
    return trimmed(text, start, len(text) if end < 0 else end)


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without the blanks at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
