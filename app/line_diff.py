"""Two texts line by line: what stays, what goes, what comes. Knows no Qt; bounded, but not for its thread."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, Literal

from app import figures

LineKind = Literal["same", "gone", "new", "gap"]

_AROUND: Final = 3
"""Lines that are shown before and after each change."""
_MOST: Final = 4_000_000
"""Pairs of lines that are compared one by one; of larger changes all lines go and come."""
_SHOWN: Final = 5_000
_LONGEST: Final = 500


@dataclass(frozen=True)
class DiffLine:
    """A line with its numbers in the old and the new text (from 1), None where it is not in it.

    A "gap" stands for lines that are the same; its text says how many.
    """

    kind: LineKind
    text: str
    old: int | None = None
    new: int | None = None


def line_diff(old: str, new: str) -> list[DiffLine]:
    """Return where two texts differ, with a few lines around; nothing where they are the same.

    Lines are cut at 500 characters; after 5,000 lines a gap says how many more there are.
    """
    before, after = old.splitlines(), new.splitlines()
    least = min(len(before), len(after))
    front = next((at for at in range(least) if before[at] != after[at]), least)
    back = next((at for at in range(least - front) if before[-1 - at] != after[-1 - at]), least - front)
    if front == len(before) == len(after):
        return []
    middle = before[front : len(before) - back], after[front : len(after) - back]
    lines: list[DiffLine] = []
    start = max(0, front - _AROUND)
    lines += _gap(start)
    lines += [DiffLine("same", _cut(before[at]), at + 1, at + 1) for at in range(start, front)]
    lines += _changes(*middle, front)
    tail = range(len(before) - back, min(len(before), len(before) - back + _AROUND))
    shift = len(after) - len(before)
    lines += [DiffLine("same", _cut(before[at]), at + 1, at + 1 + shift) for at in tail]
    lines += _gap(back - len(tail))
    if len(lines) > _SHOWN:
        more = len(lines) - _SHOWN
        return [*lines[:_SHOWN], DiffLine("gap", f"{figures.number(more)} more lines differ")]
    return lines


def _changes(old: list[str], new: list[str], front: int) -> list[DiffLine]:
    if len(old) * len(new) > _MOST:
        return _block(old, new, front, front)
    lines: list[DiffLine] = []
    for tag, i, until, j, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            lines += _block(old[i:until], new[j:end], front + i, front + j)
            continue
        same = [DiffLine("same", _cut(old[i + at]), front + i + at + 1, front + j + at + 1) for at in range(until - i)]
        if len(same) > 2 * _AROUND:
            same = [*same[:_AROUND], *_gap(len(same) - 2 * _AROUND), *same[-_AROUND:]]
        lines += same
    return lines


def _block(old: list[str], new: list[str], at: int, to: int) -> list[DiffLine]:
    gone = [DiffLine("gone", _cut(line), at + number) for number, line in enumerate(old, 1)]
    come = [DiffLine("new", _cut(line), None, to + number) for number, line in enumerate(new, 1)]
    return gone + come


def _gap(count: int) -> list[DiffLine]:
    words = "1 line is the same" if count == 1 else f"{figures.number(count)} lines are the same"
    return [DiffLine("gap", words)] if count > 0 else []


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
