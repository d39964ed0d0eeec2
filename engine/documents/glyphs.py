"""The characters of a PDF page with their boxes, in the frame of the page as it is shown."""

from __future__ import annotations

import ctypes
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_HIDDEN_EM = 0.7
"""Text smaller than this, in points, cannot be read by anyone: search words stuffed into a page."""

_LIGATURES = {
    0xFB00 + place: tuple(map(ord, letters))
    for place, letters in enumerate(("ff", "fi", "fl", "ffi", "ffl", "st", "st"))
}
_REPLACEMENT = 0xFFFD
_SPACES = frozenset((0x20, 0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000))
_BREAKS = frozenset((0x0A, 0x0D, 0x0B, 0x0C, 0x85, 0x2028, 0x2029))
_HYPHENS = frozenset((0x02, 0xAD, 0xFFFE))  # pdfium's marks for a hyphen at a line's end, and the soft hyphen
_UNSEEN = frozenset((0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), 0xFFFF))


_Row = tuple[int, int, int, bool, bool]
"""Index in pdfium's text page, code, angle, spaced, weak: one character."""


@dataclass(frozen=True)
class Glyphs:
    """The visible characters of a page in the order of its content stream.

    `codes` are Unicode code points, never a space. `boxes` has shape (n, 4): x0, y0, x1, y1 in points from
    the top left of the page as shown; `em` is the size of the type. `angles` tells how far the text is turned
    clockwise, in degrees. `spaced` is true where a space or line break precedes the character in the stream,
    and `weak` where pdfium only inferred it. `tight` boxes are as wide as the ink. `unmapped` counts
    characters that the file's fonts do not name.
    """

    codes: NDArray[np.int32]
    boxes: NDArray[np.float32]
    em: NDArray[np.float32]
    angles: NDArray[np.int16]
    spaced: NDArray[np.bool_]
    weak: NDArray[np.bool_]
    tight: NDArray[np.bool_]
    unmapped: int
    width: float
    height: float


def read_glyphs(page: Any) -> Glyphs:
    """Return the characters of a pypdfium2 `PdfPage`, less duplicates, hidden ones and those off the page."""
    textpage = page.get_textpage()
    try:
        reader = _Reader(textpage.raw, page)
        return reader.read(textpage.count_chars())
    finally:
        textpage.close()


class _Reader:
    """One pass over the characters of a text page."""

    def __init__(self, textpage: Any, page: Any) -> None:
        self._textpage = textpage
        self._turn = page.get_rotation()
        self._to_page = _page_frame(self._turn, page.get_bbox())
        self._size = page.get_size()
        self._rect = pdfium.FS_RECTF()
        self._matrix = pdfium.FS_MATRIX()
        self._edges = [ctypes.c_double() for _ in range(6)]

    def read(self, count: int) -> Glyphs:
        rows: list[_Row] = []
        textpage = self._textpage
        rects = (pdfium.FS_RECTF * max(count, 1))()  # read in one piece below: a fifth of the time
        get_code, get_box = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
        is_generated = pdfium.FPDFText_IsGenerated
        space = inferred = False
        new_run = True
        unmapped = high = angle = 0
        for index in range(count):
            code = get_code(textpage, index)
            if not 0x20 < code < 0x7F:
                if code in _SPACES or code in _BREAKS:
                    inferred = is_generated(textpage, index) == 1 and (inferred or not space)
                    space = new_run = True
                    continue
                if 0xD800 <= code < 0xDC00:
                    high = code
                    continue
                if 0xDC00 <= code < 0xE000:
                    code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else _REPLACEMENT
                    high = 0
                elif code in _HYPHENS:
                    code = 0x2D
                elif code < 0xA0:
                    unmapped += 1
                    continue
                elif code in _UNSEEN:
                    continue
            if new_run:
                angle = self._angle(index)
                new_run = False
            get_box(textpage, index, rects[index])
            if code in _LIGATURES:
                rows.extend((index, letter, angle, space, inferred) for letter in _LIGATURES[code])
            else:
                rows.append((index, code, angle, space, inferred))
            space = inferred = False
        return self._finish(np.asarray(rows, dtype=np.int64).reshape(-1, 5), rects, unmapped)

    def _finish(self, rows: NDArray[np.int64], rects: Any, unmapped: int) -> Glyphs:
        index, codes, angles, spaced, weak = rows.T
        # FS_RECTF holds left, top, right, bottom.
        sides = np.frombuffer(rects, dtype=np.float32).reshape(-1, 4)[index][:, [0, 3, 2, 1]].astype(np.float64)
        em = sides[:, 3] - sides[:, 1]
        tight = (angles != 0) | (em <= 0)
        for row in np.flatnonzero(tight).tolist():
            sides[row], em[row], angles[row] = self._turned_box(int(index[row]))
        _share_ligatures(codes, sides)
        placed = self._to_page(sides)
        width, height = self._size
        x, y = (placed[:, 0] + placed[:, 2]) / 2, (placed[:, 1] + placed[:, 3]) / 2
        keep = (x > 0) & (y > 0) & (x < width) & (y < height) & np.isfinite(placed).all(axis=1)
        keep &= (em >= _HIDDEN_EM) & ~_overprinted(codes, placed, em)
        # What is dropped hands its space on to the next character.
        passed = np.flatnonzero((spaced != 0) & ~keep)
        spaced[np.minimum(passed + 1, max(len(spaced) - 1, 0))] = 1
        return Glyphs(
            codes[keep].astype(np.int32),
            placed[keep].astype(np.float32),
            em[keep].astype(np.float32),
            ((angles[keep] + self._turn) % 360).astype(np.int16),
            spaced[keep] != 0,
            weak[keep] != 0,
            tight[keep],
            unmapped + int((codes == _REPLACEMENT).sum()),
            width,
            height,
        )

    def _angle(self, index: int) -> int:
        """Return the clockwise turn of a character in whole degrees; slanted (oblique) text is not turned."""
        if not pdfium.FPDFText_GetMatrix(self._textpage, index, self._matrix):
            return 0
        degrees = round(-math.degrees(math.atan2(self._matrix.b, self._matrix.a))) % 360
        nearest = round(degrees / 90) * 90
        return (nearest if abs(degrees - nearest) <= 2 else degrees) % 360

    def _turned_box(self, index: int) -> tuple[tuple[float, float, float, float], float, int]:
        """Return box, em and angle of a turned character: pdfium's loose boxes only know upright text."""
        left, right, bottom, top, x, y = self._edges
        textpage, matrix = self._textpage, self._matrix
        pdfium.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
        pdfium.FPDFText_GetCharOrigin(textpage, index, x, y)
        angle = self._angle(index)
        em = math.hypot(matrix.a, matrix.b) * pdfium.FPDFText_GetFontSize(textpage, index)
        # Along the writing direction as wide as the ink, across it from descender to ascender.
        turn = math.atan2(matrix.b, matrix.a)
        across_x, across_y = -math.sin(turn) * em, math.cos(turn) * em
        xs, ys = [left.value, right.value], [bottom.value, top.value]
        if abs(across_x) > abs(across_y):
            xs = [x.value - 0.22 * across_x, x.value + 0.78 * across_x]
        else:
            ys = [y.value - 0.22 * across_y, y.value + 0.78 * across_y]
        return (min(xs), min(ys), max(xs), max(ys)), em, angle


def _share_ligatures(codes: NDArray[np.int64], boxes: NDArray[np.float64]) -> None:
    """Give each letter of a ligature its share of the box: pdfium gives all of it to every letter."""
    same = (boxes[1:] == boxes[:-1]).all(axis=1)
    if not same.any():
        return
    starts = np.flatnonzero(same & ~np.concatenate(([False], same[:-1])))
    for start in starts.tolist():
        stop = start + 1
        while stop < len(boxes) and same[stop - 1]:
            stop += 1
        letters = set(codes[start:stop].tolist())
        if len(letters) == 1 and letters != {ord("f")}:
            continue  # one letter printed twice
        edges = np.linspace(boxes[start, 0], boxes[start, 2], stop - start + 1)
        boxes[start:stop, 0], boxes[start:stop, 2] = edges[:-1], edges[1:]


def _page_frame(
    turn: int, bbox: tuple[float, float, float, float]
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Return a function from boxes in PDF user space (ISO 32000-1, 8.3.2.3) to boxes on the page as shown."""
    left, bottom, right, top = bbox

    def place(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
        x0, y0, x1, y1 = boxes.T
        if turn == 90:
            sides = (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
        elif turn == 180:
            sides = (right - x1, y0 - bottom, right - x0, y1 - bottom)
        elif turn == 270:
            sides = (top - y1, right - x1, top - y0, right - x0)
        else:
            sides = (x0 - left, top - y1, x1 - left, top - y0)
        return np.stack(sides, axis=1)

    return place


def _overprinted(codes: NDArray[np.int64], boxes: NDArray[np.float64], em: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which characters repeat another at nearly the same place: bold by printing twice, shadows."""
    repeated = np.zeros(len(codes), dtype=np.bool_)
    if len(codes) < 2:
        return repeated
    x, y, reach = boxes[:, 0], boxes[:, 3], em * 0.12
    for shift in (0.0, 2.0):  # rows of 4 points, twice, so that no pair is torn apart by a row's edge
        row = np.floor((y + shift) / 4).astype(np.int64)
        order = np.lexsort((np.arange(len(codes)), x, codes, row))
        one, two = order[:-1], order[1:]
        same = (codes[one] == codes[two]) & (row[one] == row[two])
        same &= (np.abs(x[one] - x[two]) < reach[two]) & (np.abs(y[one] - y[two]) < reach[two])
        repeated[np.maximum(one, two)[same]] = True
    return repeated
