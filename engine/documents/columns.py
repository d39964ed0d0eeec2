"""Blocks side by side on a page, told apart from tables and from labels with values.

Two kinds are read one after the other: columns of running text, and blocks of words whose lines do not stand
on common baselines (an address beside the sender's details). All else stays on its lines.
"""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from engine.documents.layout import Chunk, Line

_PROSE_LETTERS = 24
"""A line of running text is at least this long; most cells of a table, labels and values are shorter."""

_LEAST_LINES = 4
_LEAST_BLOCK = 3
_LEVEL_BY_CHANCE = 4
_GUTTER = 0.9  # ems: the narrowest gap that may part two columns
_DEPTH = 6  # columns side by side, at most


class _Segment(NamedTuple):
    """What stands between two wide gaps of a line."""

    x0: float
    x1: float
    length: int
    letters: int


class _Run(NamedTuple):
    """Lines `start` to `stop`, all of which leave `gutter` free."""

    start: int
    stop: int
    gutter: float


def reading_order(lines: list[Line], depth: int = _DEPTH) -> list[Line]:
    """Return the lines with blocks that stand side by side one after the other.

    Lines of tables, and labels beside their values, stay whole. The first line of a block is marked as the
    beginning of a paragraph. `lines` come from top to bottom.
    """
    if not depth or len(lines) < _LEAST_LINES:
        return lines
    segments = [_segments(line) for line in lines]
    run = _columns(lines, segments)
    top_first = run is None
    run = run or _staggered(lines, segments)
    if run is None:
        return lines
    left: list[Line] = []
    right: list[Line] = []
    for line in lines[run.start : run.stop]:
        for side, part in ((left, _part(line, None, run.gutter)), (right, _part(line, run.gutter, None))):
            if part is not None:
                side.append(part)
    ordered = reading_order(lines[: run.start], depth - 1)
    blocks = [left, right]
    if top_first and segments[run.start][0].x0 >= run.gutter:
        blocks.reverse()
    for block in (*blocks, lines[run.stop :]):
        if block:
            block[0].paragraph = True
            ordered.extend(reading_order(block, depth - 1))
    return ordered


def _columns(lines: list[Line], segments: list[list[_Segment]]) -> _Run | None:
    """Return the largest run of lines that holds two columns of running text."""
    best: _Run | None = None
    most = _LEAST_LINES - 1
    for gutter in _candidates(segments, lines):
        start = 0
        for place in range(len(lines) + 1):
            if place < len(lines) and not any(part.x0 < gutter < part.x1 for part in segments[place]):
                continue
            run = _trim(_Run(start, place, gutter), segments)
            votes = _votes(run, segments)
            if votes > most:
                best, most = run, votes
            start = place + 1
    return best


def _staggered(lines: list[Line], segments: list[list[_Segment]]) -> _Run | None:
    """Return a run of lines with a block of words on either side, nearly none of which share a baseline."""
    starts: dict[int, list[float]] = {}
    for parts in segments:
        for part in parts:
            starts.setdefault(round(part.x0 / 3), []).append(part.x0)
    best: _Run | None = None
    most = 0
    for edges in sorted(starts.values(), key=len, reverse=True)[:8]:
        if len(edges) < _LEAST_BLOCK:
            break
        gutter = min(edges) - 0.5
        run, score = _densest(gutter, segments)
        if run is not None and score > most and _are_blocks(run, segments, lines):
            best, most = run, score
    return best and _with_tails(best, segments, lines)


def _densest(gutter: float, segments: list[list[_Segment]]) -> tuple[_Run | None, int]:
    """Return the run with most lines on one side of the gutter; a line on both counts minus two (Kadane)."""
    best, most, score, start = None, 0, 0, 0
    for place, parts in enumerate(segments):
        sides = {part.x0 >= gutter for part in parts}
        if any(part.x0 < gutter < part.x1 for part in parts):
            score, start = 0, place + 1
            continue
        score += 1 if len(sides) == 1 else -2
        if score <= 0:
            score, start = 0, place + 1
        elif score > most:
            best, most = _Run(start, place + 1, gutter), score
    return best, most


def _are_blocks(run: _Run, segments: list[list[_Segment]], lines: list[Line]) -> bool:
    sides = [[part.x0 >= run.gutter for part in parts] for parts in segments[run.start : run.stop]]
    single = [side[0] for side in sides if len(set(side)) == 1]
    if min(single.count(True), single.count(False)) < _LEAST_BLOCK:
        return False
    close = 0
    for place in range(run.start, run.stop - 1):
        one, two = segments[place], segments[place + 1]
        turns = {part.x0 >= run.gutter for part in one} != {part.x0 >= run.gutter for part in two}
        # Set so closely that the two lines cannot be one above the other in a single block.
        close += turns and lines[place + 1].baseline - lines[place].baseline < 0.95 * lines[place].em
    if close < _LEAST_BLOCK:
        return False
    for right in (False, True):
        block = [
            [part.letters for part in parts if (part.x0 >= run.gutter) is right]
            for parts in segments[run.start : run.stop]
        ]
        worded = sum(sum(letters) >= 5 for letters in block)
        if worded < 0.6 * sum(map(bool, block)):
            return False  # numbers: a column of a table whose cells are centred on taller ones
    return True


def _with_tails(run: _Run, segments: list[list[_Segment]], lines: list[Line]) -> _Run:
    """Let a block keep first lines that are level with its neighbour's by chance, and last ones below it."""
    start, stop = run.start, run.stop
    while (
        start > max(run.start - _LEVEL_BY_CHANCE, 0)
        and len(segments[start - 1]) == 2
        and segments[start - 1][0].x1 <= run.gutter <= segments[start - 1][1].x0
        and lines[start].top - lines[start - 1].bottom < 1.3 * lines[start].em
    ):
        start -= 1
    while (
        stop < len(lines)
        and all(part.x1 <= run.gutter for part in segments[stop])
        and lines[stop].top - lines[stop - 1].bottom < lines[stop].em
    ):
        stop += 1
    return _Run(start, stop, run.gutter)


def _candidates(segments: list[list[_Segment]], lines: list[Line]) -> list[float]:
    """Return places for a gutter: between long segments on one line, or on two that overlap in height."""
    tally: dict[int, list[float]] = {}
    for place, parts in enumerate(segments):
        follows = place + 1 < len(lines) and lines[place + 1].top < lines[place].bottom
        near = sorted(parts + segments[place + 1]) if follows else parts
        for left, right in itertools.pairwise(near):
            if min(left.length, right.length) >= _PROSE_LETTERS and right.x0 > left.x1:
                tally.setdefault(round(right.x0 / 6), []).append(right.x0)
    often = sorted(tally.values(), key=len, reverse=True)[:_DEPTH]
    return [min(starts) - 0.5 for starts in often if len(starts) >= 2]


def _trim(run: _Run, segments: list[list[_Segment]]) -> _Run:
    """Drop lines at the ends that stand on one side only: a heading belongs to the whole page."""
    start, stop, gutter = run

    def two_sided(place: int) -> bool:
        near = segments[place] + (segments[place + 1] if place + 1 < run.stop else [])
        near += segments[place - 1] if place > run.start else []
        return any(part.x1 <= gutter for part in near) and any(part.x0 >= gutter for part in near)

    while start < stop and not two_sided(start):
        start += 1
    # Below, a column may simply be longer than its neighbour: only text that is no prose ends the run.
    while start < stop and not two_sided(stop - 1) and max(part.length for part in segments[stop - 1]) < _PROSE_LETTERS:
        stop -= 1
    return _Run(start, stop, gutter)


def _votes(run: _Run, segments: list[list[_Segment]]) -> int:
    """Return for how many lines both sides of the gutter hold running text; 0 where one holds a table."""
    sides: list[list[list[_Segment]]] = [[], []]
    for parts in segments[run.start : run.stop]:
        for right, side in enumerate(sides):
            found = [part for part in parts if (part.x0 >= run.gutter) == bool(right)]
            if found:
                side.append(found)
    votes = []
    for side in sides:
        if not side:
            return 0
        width = max(parts[-1].x1 for parts in side) - min(parts[0].x0 for parts in side)
        prose = sum(
            sum(part.length for part in parts) >= _PROSE_LETTERS and parts[-1].x1 - parts[0].x0 > 0.6 * width
            for parts in side
        )
        whole = sum(len(parts) == 1 for parts in side)
        if prose < 0.55 * len(side) or (whole < 0.7 * len(side) and len(side[0]) < 2):
            return 0
        votes.append(prose)
    return min(votes)


def _segments(line: Line) -> list[_Segment]:
    found: list[_Segment] = []
    last: Chunk | None = None
    for chunk in line.chunks:
        length = chunk.stop - chunk.start
        if last is not None and found and chunk.x0 - found[-1].x1 <= _GUTTER * min(last.em, chunk.em):
            before = found[-1]
            found[-1] = _Segment(
                before.x0,
                max(before.x1, chunk.x1),
                before.length + length + 1,
                before.letters + chunk.letters,
            )
        else:
            found.append(_Segment(chunk.x0, chunk.x1, length, chunk.letters))
        last = chunk
    return found


def _part(line: Line, low: float | None, high: float | None) -> Line | None:
    chunks = [chunk for chunk in line.chunks if (low is None or chunk.x0 >= low) and (high is None or chunk.x0 < high)]
    return dataclasses.replace(line, chunks=chunks) if chunks else None
