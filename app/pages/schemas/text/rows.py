"""The rows in which a text is shown: its lines, without those that are folded, very long ones in parts.

Qt has one block for each row. It lays out and paints whole blocks, so that a line of a megabyte has to be several,
and what is folded is not in its document at all. Places are code points of the text; units are those of Qt.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from app.pages.schemas.text.partition import Partition
from app.pages.schemas.text.signs import place_in, shown, units
from engine.schema.editing.edits import Moves

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.schema.editing import Step

LONGEST = 2000
"""Characters of a line that is one row; of longer ones the parts are between a tenth of that and all of it."""
_MOST_EDITS = 200


@dataclass(frozen=True)
class Fold:
    """An object or array, from its opening bracket to behind its closing one, whose inner lines are not shown.

    What is in a `deep` one is folded too, once it is opened.
    """

    start: int
    end: int
    deep: bool = False


@dataclass(frozen=True)
class Splice:
    """Rows that are no longer what they were: from `first` on `removed` ones become those of `shown`."""

    first: int
    removed: int
    shown: list[str]


class Rows:
    """The rows of a text; `edited`, `fold` and `unfold` change them and tell which ones."""

    def __init__(self, text: str, folds: tuple[Fold, ...] = (), longest: int = LONGEST) -> None:
        self.text = text
        self._longest = longest
        self.folds: list[Fold] = sorted(folds, key=lambda fold: fold.start)
        self._lay_out()

    def __len__(self) -> int:
        return len(self._starts)

    def whole(self) -> str:
        """Return all rows as they are shown, with line feeds between them."""
        if len(self) == self._lines[len(self) - 1] + 1 and not self.folds:
            return shown(self.text.replace("\r\n", "\n"))
        return "\n".join(self.shown(row) for row in range(len(self)))

    # One row

    def start(self, row: int) -> int:
        """Return the place of a row's first character."""
        return self._starts[row]

    def next_start(self, row: int) -> int:
        """Return where the row after it begins, behind line ends and whatever is folded there."""
        return self._starts[row + 1] if row + 1 < len(self) else len(self.text)

    def end(self, row: int) -> int:
        """Return the place behind a row's last character that is shown, before its line end."""
        start, after = self.start(row), self.next_start(row)
        found = self.text.find("\n", start, after)
        if found < 0:
            return after
        return found - 1 if found > start and self.text[found - 1] == "\r" else found

    def shown(self, row: int) -> str:
        """Return a row as it is shown."""
        return shown(self.text[self.start(row) : self.end(row)])

    def line(self, row: int) -> int:
        """Return the number of the line that a row is of, from 0."""
        return self._lines[row]

    def begins_line(self, row: int) -> bool:
        """Tell whether a row is the first of its line."""
        return row == 0 or self._lines[row - 1] != self._lines[row]

    def ends_line(self, row: int) -> bool:
        """Tell whether a row is the last of its line."""
        return row + 1 == len(self) or self._lines[row + 1] != self._lines[row]

    def hidden(self, row: int) -> int:
        """Return how many lines behind a row are folded."""
        return max(self._lines[row + 1] - self._lines[row] - 1, 0) if row + 1 < len(self) else 0

    # Places

    def row_at(self, place: int) -> int:
        """Return the row that shows a place, or that it is folded behind."""
        return max(self._starts.find(place), 0)

    def row_of_line(self, line: int) -> int:
        """Return the first row of a line, or the row that it is folded behind."""
        return max(self._lines.find(line - 1) + 1, 0) if self.line(self.last_row(line)) == line else self.last_row(line)

    def last_row(self, line: int) -> int:
        """Return the last row of a line, or the row that it is folded behind."""
        return max(self._lines.find(line), 0)

    def shown_place(self, place: int) -> int:
        """Return a place, or the end of the row that it is folded behind."""
        return min(place, self.end(self.row_at(place))) if self.is_hidden(place) else place

    def is_hidden(self, place: int) -> bool:
        """Tell whether a place is folded away."""
        row = self.row_at(place)
        return self.hidden(row) > 0 and place > self.end(row) and place < self.next_start(row)

    def position(self, place: int) -> tuple[int, int]:
        """Return the row of a place and its unit there."""
        row = self.row_at(place)
        start = self.start(row)
        return row, units(shown(self.text[start : min(place, self.end(row))]))

    def place(self, row: int, unit: int) -> int:
        """Return the place at a unit of a row."""
        start = self.start(row)
        if self.text.isascii():
            return min(start + unit, self.end(row))
        return start + place_in(self.shown(row), unit)

    # Changes

    def edited(self, text: str, step: Step) -> list[Splice] | None:
        """Take in what the text became by a step, and return what changes, in the order and the numbers of before.

        None says that all rows are new, because it was too much to tell apart.
        """
        moves = Moves(step)
        folds = [self._moved(fold, moves, text) for fold in self.folds]
        kept = [fold for fold in folds if fold is not None]
        if len(step) > _MOST_EDITS:
            self.text, self.folds = text, kept
            self._lay_out()
            return None
        touched = [(self.row_at(edit.start), self.row_at(edit.end)) for edit in step]
        gone = [before for before, fold in zip(self.folds, folds, strict=True) if fold is None]
        groups = self._groups([*touched, *((self.row_at(fold.start), self.row_at(fold.end)) for fold in gone)])
        grown = [0] * len(groups)
        for edit, (row, _) in zip(step, touched, strict=True):
            group = bisect.bisect_right(groups, row, key=lambda each: each[0]) - 1
            grown[group] += len(edit.text) - (edit.end - edit.start)
        self.folds = kept
        return self._relaid(text, groups, grown)

    def refold(self, shut: Iterable[Fold], opened: Iterable[Fold] = ()) -> list[Splice]:
        """Fold some objects and arrays away and show others again; returns what changes."""
        fresh = {fold.start: fold for fold in shut}
        gone = {fold.start: fold for fold in opened}
        kept = (fold for fold in self.folds if fold.start not in fresh and fold.start not in gone)
        self.folds = sorted([*kept, *fresh.values()], key=lambda fold: fold.start)
        changed = [(self.row_at(fold.start), self.row_at(fold.end)) for fold in (*fresh.values(), *gone.values())]
        groups = self._groups(changed)
        return self._relaid(self.text, groups, [0] * len(groups))

    def folds_at(self, row: int) -> list[Fold]:
        """Return what is folded behind a row."""
        if not self.hidden(row):
            return []
        start = self.text.rfind("\n", 0, self.start(row)) + 1
        first = bisect.bisect_left(self.folds, start, key=lambda fold: fold.start)
        last = bisect.bisect_right(self.folds, self.end(row), key=lambda fold: fold.start)
        return [fold for fold in self.folds[first:last] if fold.end > self.end(row)]

    def _groups(self, touched: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return runs of rows with room between them, each with the row that is folded before it."""
        groups: list[tuple[int, int]] = []
        for first, last in sorted(touched):
            if first and self.hidden(first - 1):
                first -= 1  # noqa: PLW2901 -- its fold ends here
            if groups and first - groups[-1][1] <= 2:
                groups[-1] = groups[-1][0], max(last, groups[-1][1])
            else:
                groups.append((first, last))
        return groups

    def _relaid(self, text: str, groups: list[tuple[int, int]], grown: list[int]) -> list[Splice]:
        """Lay out runs of rows anew, each of which has grown by some characters."""
        splices = []
        more = 0
        length = len(self.text)
        self.text = text
        for (first_before, last_before), by in zip(groups, grown, strict=True):
            first, last = first_before + more, last_before + more
            start, end = self.start(first), (self.start(last + 1) if last + 1 < len(self) else length) + by
            if not self.begins_line(first) and _first_line(text, start, end) * 10 < self._longest:
                first -= 1
                start = self.start(first)
            if not self.ends_line(last) and _last_line(text, start, end) * 10 < self._longest:
                last += 1
                end = (self.start(last + 1) if last + 1 < len(self) else length) + by
            length += by
            line_before = self.line(last + 1) if last + 1 < len(self) else 0
            starts, lines, line_after = self._laid_out(start, end, self.line(first), to_end=last + 1 == len(self))
            self._starts.move(last + 1, by)
            self._lines.move(last + 1, line_after - line_before)
            self._starts.put(first, last + 1, starts)
            self._lines.put(first, last + 1, lines)
            rows = range(first, first + len(starts))
            splices.append(Splice(first - more, last + 1 - first, [self.shown(row) for row in rows]))
            more += len(starts) - (last + 1 - first)
        return splices

    def _lay_out(self) -> None:
        sizes = list(map(len, self.text.split("\n")))
        if self.folds or max(sizes) > self._longest:
            starts, lines, _ = self._laid_out(0, len(self.text), 0, to_end=True)
        else:
            starts = list(accumulate(map((1).__add__, sizes[:-1]), initial=0))
            lines = list(range(len(starts)))
        self._starts, self._lines = Partition(starts), Partition(lines)

    def _laid_out(self, start: int, end: int, line: int, *, to_end: bool) -> tuple[list[int], list[int], int]:
        """Return where the rows between two places begin, of which lines they are, and the line that goes on behind.

        `to_end` says that the last row of all is among them, which may be empty.
        """
        text, folds = self.text, self.folds
        starts: list[int] = []
        lines: list[int] = []
        index = bisect.bisect_left(folds, text.rfind("\n", 0, start) + 1, key=lambda fold: fold.start)
        while True:
            found = text.find("\n", start, end)
            size = (found if found >= 0 else end) - start
            parts = -(-2 * size // self._longest) if size > self._longest else 1
            starts += [start + size * part // parts for part in range(parts)]
            lines += [line] * parts
            if found < 0:
                return starts, lines, line
            start, line = found + 1, line + 1
            beyond = start
            # What begins in what is folded is passed over with it: it ends before.
            while index < len(folds) and folds[index].start < beyond:
                beyond = max(beyond, text.rfind("\n", start, folds[index].end - 1) + 1)
                index += 1
            if beyond > start:
                line += text.count("\n", start, beyond)
                start = beyond
            if start >= end and not to_end:
                return starts, lines, line

    @staticmethod
    def _moved(fold: Fold, moves: Moves, text: str) -> Fold | None:
        """Return where a fold is after a step; None where one of its brackets is gone."""
        start, end = moves(fold.start, behind=True), moves(fold.end)
        if end - 1 <= start or text[start] not in "{[" or text[end - 1] not in "}]":
            return None
        return Fold(start, end, fold.deep)


def _first_line(text: str, start: int, end: int) -> int:
    """Return how many characters stand before the first line end between two places."""
    found = text.find("\n", start, end)
    return (found if found >= 0 else end) - start


def _last_line(text: str, start: int, end: int) -> int:
    """Return how many characters stand behind the last line end between two places."""
    return end - max(text.rfind("\n", start, end) + 1, start)
