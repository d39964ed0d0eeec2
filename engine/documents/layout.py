"""Lines, gaps and columns rebuilt from where the characters of a page stand.

A PDF says where to paint glyphs, not what belongs together. Here glyphs become chunks (neighbours in the
content stream without a gap), chunks on one baseline become a line, and gaps become spaces, so that a value
stands on its label's line. Columns of running text are told apart from tables and read one after the other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.documents.columns import reading_order
from engine.encoding import SPACE_CAP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from engine.documents.glyphs import Glyphs

_WORD_GAP = 0.12
"""A gap wider than this many ems is a space. Wider tracking is recognised by its evenness."""

_TIGHT_WORD_GAP = 0.3  # where boxes are as wide as the ink, side bearings count as gap
_DESCENT = 0.22  # of the em: where the baseline stands above a box's bottom, within 0.05 for most fonts
_CORE = 0.65  # of the em above the baseline: about the height of the letters
_LEADERS = frozenset(".\u00b7\u2022_-\u2013\u2014=*~\u2026")
_LEADER_CAP = 3
_INSERTED = -1


@dataclass(frozen=True, slots=True)
class Chunk:
    """Glyphs `start` to `stop`, which touch each other; `letters` of them are no digit or sign."""

    start: int
    stop: int
    x0: float
    x1: float
    baseline: float
    em: float
    letters: int
    spaced: bool
    backwards: bool


@dataclass(slots=True)
class _Phrase:
    """Chunks that follow one another in the content stream, a word space apart."""

    chunks: list[Chunk]
    x0: float
    x1: float
    baseline: float
    em: float
    length: int


@dataclass(slots=True)
class Line:
    """Chunks that share a baseline, in reading order. `top` and `bottom` bound the core of the longest."""

    chunks: list[Chunk]
    top: float
    bottom: float
    baseline: float
    em: float
    weight: int
    phrases: list[_Phrase]
    paragraph: bool = False


def lay_out(glyphs: Glyphs) -> tuple[str, NDArray[np.float32]]:
    """Return the text of a page and the box of each of its characters, NaN for inserted white space.

    Text turned to the side follows the rest, most first. Gaps become at most `SPACE_CAP` spaces, larger
    vertical gaps one blank line, rows of dots or dashes three characters.
    """
    angles, counts = np.unique(glyphs.angles, return_counts=True)
    places: list[int] = []
    letters: list[str] = []
    for angle in angles[np.argsort(-counts, kind="stable")].tolist():
        if letters:
            _insert("\n\n", letters, places)
        members = np.flatnonzero(glyphs.angles == angle)
        lines = find_lines(_chunks(glyphs, members, angle))
        _write(reading_order(lines), glyphs, members, letters, places)
    index = np.asarray(places, dtype=np.int64)
    boxes = np.full((len(index), 4), np.nan, dtype=np.float32)
    boxes[index >= 0] = glyphs.boxes[index[index >= 0]]
    return "".join(letters), boxes


def find_lines(chunks: Iterable[Chunk]) -> list[Line]:
    """Group chunks, in the order of the content stream, into lines from top to bottom."""
    lines: list[Line] = []
    for phrase in sorted(_phrases(chunks), key=lambda phrase: phrase.baseline - phrase.em * _CORE / 2):
        home = _home(phrase, lines)
        top = phrase.baseline - phrase.em * _CORE
        if home is None:
            lines.append(Line([], top, phrase.baseline, phrase.baseline, phrase.em, phrase.length, [phrase]))
            continue
        home.phrases.append(phrase)
        if phrase.length > home.weight:
            home.top, home.bottom, home.baseline = top, phrase.baseline, phrase.baseline
            home.em, home.weight = phrase.em, phrase.length
    for line in lines:
        line.phrases.sort(key=lambda phrase: (phrase.x0, phrase.chunks[0].start))
        line.chunks = [chunk for phrase in line.phrases for chunk in phrase.chunks]
    lines.sort(key=lambda line: (line.top + line.bottom) / 2)
    return lines


def _phrases(chunks: Iterable[Chunk]) -> list[_Phrase]:
    phrases: list[_Phrase] = []
    last: Chunk | None = None
    for chunk in chunks:
        em = chunk.em
        if (
            last is not None
            and last.stop == chunk.start
            and -0.3 * em < chunk.x0 - last.x1 < 0.6 * em
            and abs(chunk.baseline - last.baseline) < 0.1 * em
            and 0.8 * em < last.em < 1.25 * em
        ):
            phrase = phrases[-1]
            phrase.chunks.append(chunk)
            phrase.x0, phrase.x1 = min(phrase.x0, chunk.x0), max(phrase.x1, chunk.x1)
            phrase.length += chunk.stop - chunk.start
        else:
            length = chunk.stop - chunk.start
            phrases.append(_Phrase([chunk], chunk.x0, chunk.x1, chunk.baseline, em, length))
        last = chunk
    return phrases


def _home(phrase: _Phrase, lines: list[Line]) -> Line | None:
    """Return the line that a phrase stands on; lines come by height, so only the latest can hold it."""
    bottom, em = phrase.baseline, phrase.em
    top = bottom - em * _CORE
    best, best_score = None, 0.0
    for line in reversed(lines[-12:]):
        if bottom - line.baseline > 2 * (em + line.em):
            continue
        overlap = min(bottom, line.bottom) - max(top, line.top)
        small, large = (em, line.em) if em < line.em else (line.em, em)
        apart = abs(bottom - line.baseline)
        if apart >= 0.3 * small and (overlap < 0.5 * _CORE * small or large > 1.8 * small):
            continue
        if apart > 0.12 * small and any(
            min(phrase.x1, other.x1) - max(phrase.x0, other.x0) > 0.3 * small for other in line.phrases
        ):
            continue  # two lines of type set closely, not one
        score = overlap / (_CORE * small) - apart / large
        if best is None or score > best_score:
            best, best_score = line, score
    return best


def _chunks(glyphs: Glyphs, members: NDArray[np.int64], angle: int) -> list[Chunk]:
    boxes = _upright(glyphs.boxes[members].astype(np.float64), angle, glyphs.width, glyphs.height)
    em, codes = glyphs.em[members].astype(np.float64), glyphs.codes[members]
    if not len(members):
        return []
    x0, x1, baseline = boxes[:, 0], boxes[:, 2], boxes[:, 3] - _DESCENT * em
    size = np.minimum(em[1:], em[:-1])
    gap = x0[1:] - x1[:-1]
    backwards = _right_to_left(codes)
    gap = np.where(backwards[1:] & backwards[:-1], x0[:-1] - x1[1:], gap)
    word_gap = np.where(glyphs.tight[members][1:], _TIGHT_WORD_GAP, _WORD_GAP)
    spaced, weak = glyphs.spaced[members][1:], glyphs.weak[members][1:]
    cut = (gap > word_gap * size) | (spaced & ~weak) | (weak & (gap > 0.08 * size))
    cut |= (gap < -0.5 * size) | (np.abs(np.diff(baseline)) > 0.3 * size) | (np.diff(members) > 1)
    starts = np.flatnonzero(np.concatenate(([True], cut)))
    stops = np.append(starts[1:], len(members))
    before = np.concatenate(([False], spaced & (~weak | (gap > 0.08 * size))))[starts]
    return [
        Chunk(*values)
        for values in zip(
            starts.tolist(),
            stops.tolist(),
            np.minimum.reduceat(x0, starts).tolist(),
            np.maximum.reduceat(x1, starts).tolist(),
            baseline[starts].tolist(),
            np.maximum.reduceat(em, starts).tolist(),
            np.add.reduceat(codes >= ord("A"), starts, dtype=np.int64).tolist(),
            before.tolist(),
            np.logical_and.reduceat(backwards, starts).tolist(),
            strict=True,
        )
    ]


def _upright(boxes: NDArray[np.float64], angle: int, width: float, height: float) -> NDArray[np.float64]:
    """Turn boxes so that text at `angle` runs to the right."""
    x0, y0, x1, y1 = boxes.T
    if angle == 0:
        return boxes
    if angle == 90:
        return np.stack((y0, width - x1, y1, width - x0), axis=1)
    if angle == 180:
        return np.stack((width - x1, height - y1, width - x0, height - y0), axis=1)
    if angle == 270:
        return np.stack((height - y1, x0, height - y0, x1), axis=1)
    # A slanted letter's box overlaps its neighbours'; only its middle is sure.
    cosine, sine = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    along, across = x * cosine + y * sine, y * cosine - x * sine
    half = np.minimum(x1 - x0, y1 - y0) / 2
    return np.stack((along - half, across - half, along + half, across + half), axis=1)


def _right_to_left(codes: NDArray[np.int32]) -> NDArray[np.bool_]:
    hebrew_to_arabic = (codes >= 0x590) & (codes <= 0x8FF)
    return hebrew_to_arabic | ((codes >= 0xFB1D) & (codes <= 0xFDFF)) | ((codes >= 0xFE70) & (codes <= 0xFEFE))


def _write(
    lines: list[Line], glyphs: Glyphs, members: NDArray[np.int64], letters: list[str], places: list[int]
) -> None:
    text = "".join(map(chr, glyphs.codes[members].tolist()))
    index = members.tolist()
    for place, line in enumerate(lines):
        if place:
            _insert("\n\n" if _parted(lines, place) else "\n", letters, places)
        _write_line(line, text, index, letters, places)


def _parted(lines: list[Line], place: int) -> bool:
    """Tell whether a blank line belongs before a line: the gap is wide, and wider than a neighbouring gap."""
    line = lines[place]
    gaps = [
        lines[near].top - lines[near - 1].bottom if 0 < near < len(lines) else None
        for near in (place - 1, place, place + 1)
    ]
    gap = gaps[1]
    if line.paragraph or gap is None or gap < -2 * line.em:  # upwards: another column begins
        return True
    near_gaps = [near for near in (gaps[0], gaps[2]) if near is not None]
    return gap > 1.1 * max(line.em, lines[place - 1].em) and gap > 1.25 * min(near_gaps, default=0.0)


def _write_line(line: Line, text: str, index: list[int], letters: list[str], places: list[int]) -> None:
    chunks = line.chunks
    backwards = sum(chunk.stop - chunk.start for chunk in chunks if chunk.backwards)
    if backwards > line.weight / 2 and 2 * backwards > sum(chunk.stop - chunk.start for chunk in chunks):
        chunks = chunks[::-1]
    spread = _letterspaced(chunks)
    row = 0  # how many times the last character of a leader has been written
    for place, chunk in enumerate(chunks):
        if place and place not in spread:
            spaces = _spaces(chunks[place - 1], chunk)
            leading = row and text[chunk.start] == letters[-1] and chunk.stop - chunk.start == 1
            if spaces and not leading:
                _insert(" " * spaces, letters, places)
        piece = text[chunk.start : chunk.stop]
        if _LEADERS.isdisjoint(piece):
            letters.append(piece)
            places.extend(index[chunk.start : chunk.stop])
            row = 0
            continue
        for position, letter in enumerate(piece, start=chunk.start):
            row = row + 1 if letter in _LEADERS and letters and letters[-1] == letter else int(letter in _LEADERS)
            if row <= _LEADER_CAP or letter == "*":
                letters.append(letter)
                places.append(index[position])


def _spaces(left: Chunk, right: Chunk) -> int:
    em = min(left.em, right.em)
    gap = max(right.x0 - left.x1, left.x0 - right.x1)
    if gap > 3 * em:
        return SPACE_CAP
    if gap > em:
        return 3 if gap > 2 * em else 2
    follows = left.stop == right.start
    return int(gap > _WORD_GAP * em or (follows and right.spaced) or gap < -0.5 * em)


def _letterspaced(chunks: list[Chunk]) -> frozenset[int]:
    """Return the chunks to write without a space before them: letters set apart evenly, as in T O T A L."""
    runs: list[tuple[int, int]] = []
    start = 0
    for place in range(1, len(chunks) + 1):
        if place < len(chunks) and _evenly_apart(chunks, start, place):
            continue
        if place - start >= 2:
            runs.append((start, place))
        start = place
    if not any(stop - start >= 4 for start, stop in runs):
        return frozenset()
    return frozenset(place for start, stop in runs for place in range(start + 1, stop))


def _evenly_apart(chunks: list[Chunk], start: int, place: int) -> bool:
    left, right = chunks[place - 1], chunks[place]
    if right.stop - right.start != 1 or left.stop - left.start != 1 or right.spaced:
        return False
    gap, first = right.x0 - left.x1, chunks[start + 1].x0 - chunks[start].x1
    return gap < 0.9 * right.em and abs(gap - first) < 0.1 * right.em


def _insert(white: str, letters: list[str], places: list[int]) -> None:
    letters.append(white)
    places.extend([_INSERTED] * len(white))
