"""The tokens of an answer laid out in lines of monospaced cells: JSON as the JSON view shows it, text as it is."""

from __future__ import annotations

import copy
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.models.json_layout import JsonLayout
from app.models.visible import NEWLINE, cells

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.token_trace import Trace

MARK_CELLS = 2
_MOST_CELLS = 4096
_CHECKPOINT = 256
_MOST_CHARACTERS = 1_000
"""Characters of a token that are laid out: no vocabulary has longer ones, but an imported trace may."""


@dataclass(slots=True)
class Line:
    """One line: its cells, and which token each stretch of them belongs to.

    `entries` are indices of tokens, or their complement (`~index`) for the place of the mark that something was taken
    back before the token; entry i reaches from column `starts[i]` to the next one's. A token that shows nothing has a
    place without a width. `number` is 0 where a very long line goes on.
    """

    number: int
    indent: int = 0
    text: str = ""
    entries: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def end(self, entry: int) -> int:
        """Return the column behind an entry."""
        return self.starts[entry + 1] if entry + 1 < len(self.starts) else len(self.text)

    def entry_at(self, column: int) -> int | None:
        """Return the entry that has a column; None in the indent and past the end."""
        if not self.indent <= column < len(self.text):
            return None
        found = bisect_right(self.starts, column) - 1
        return found if found >= 0 else None


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    """How far the lines were when a token was about to be laid out."""

    token: int
    lines: int
    number: int
    cells: int
    entries: int
    layout: JsonLayout


class TokenLines:
    """The lines of a trace. `lay` adds what is new in it; what was laid out moves only when it is taken back."""

    def __init__(self, trace: Trace, *, structured: bool) -> None:
        self.trace = trace
        self.structured = structured
        self.lines = [Line(1)]
        self._homes: list[int] = []
        self._json = JsonLayout()
        self._cuts = len(trace.cuts)
        self._checkpoints: list[_Checkpoint] = []

    @property
    def laid(self) -> int:
        """How many tokens are laid out."""
        return len(self._homes)

    @property
    def behind(self) -> bool:
        """Whether the trace has tokens that are not laid out, or the lines some that it has no longer."""
        return self.laid < len(self.trace) or self._cuts < len(self.trace.cuts)

    def lay(self, most: int) -> int:
        """Lay out up to `most` more tokens; return the first line that is another now."""
        changed = len(self.lines) - 1
        lowest = self.trace.lowest_since(self._cuts)
        self._cuts = len(self.trace.cuts)
        if lowest is not None and lowest < self.laid:
            changed = min(changed, self._cut(lowest))
        for index in range(self.laid, min(self.laid + most, len(self.trace))):
            self._take(index)
        return changed

    def home(self, index: int) -> int:
        """Return the line in which a token begins."""
        return self._homes[index]

    def places(self, index: int) -> Iterator[tuple[int, int, int]]:
        """Return where a token stands: line, first column, and the column behind it; one for each line it is in."""
        for number in range(self._homes[index], len(self.lines)):
            line = self.lines[number]
            if index not in line.entries:
                return
            entry = line.entries.index(index)
            yield number, line.starts[entry], line.end(entry)

    def _take(self, index: int) -> None:
        if index % _CHECKPOINT == 0:
            last = self.lines[-1]
            point = _Checkpoint(
                index, len(self.lines), last.number, len(last.text), len(last.entries), copy.deepcopy(self._json)
            )
            self._checkpoints.append(point)
        text = self.trace.tokens[index].text
        if len(text) > _MOST_CHARACTERS:
            text = f"{text[:_MOST_CHARACTERS]}…"
        if not self.structured:
            self._take_text(index, text)
        elif self._json.inside_string and '"' not in text and "\\" not in text:
            self._put(index, cells(text))
        else:
            for char in text:
                self._take_json(index, char)
        if len(self._homes) == index:
            self._enter(index)

    def _take_text(self, index: int, text: str) -> None:
        *whole, rest = text.split("\n")
        for part in whole:
            self._put(index, cells(part) + NEWLINE)
            self._begin_line(0)
        if rest:
            self._put(index, cells(rest))

    def _take_json(self, index: int, char: str) -> None:
        laid = self._json.feed(char)
        if laid == char:
            self._put(index, cells(char))
            return
        before, broken, after = laid.partition("\n")
        if before:
            self._put(index, cells(before))
        if broken:
            shown = after.lstrip(" ")
            self._begin_line(len(after) - len(shown))
            if shown:
                self._put(index, cells(shown))

    def _put(self, index: int, shown: str) -> None:
        if shown:
            if len(self.lines[-1].text) >= _MOST_CELLS:
                self.lines.append(Line(0))
            self._enter(index)
            self.lines[-1].text += shown

    def _enter(self, index: int) -> None:
        """Give a token its place at the end of the last line, if it has none there."""
        line = self.lines[-1]
        if len(self._homes) == index:
            if index in self.trace.attempts:
                line.entries.append(~index)
                line.starts.append(len(line.text))
                line.text += " " * MARK_CELLS
            self._homes.append(len(self.lines) - 1)
        if not line.entries or line.entries[-1] != index:
            line.entries.append(index)
            line.starts.append(len(line.text))

    def _begin_line(self, indent: int) -> None:
        number = next(line.number for line in reversed(self.lines) if line.number)
        self.lines.append(Line(number + 1, indent, " " * indent))

    def _cut(self, keep: int) -> int:
        """Forget all but the first `keep` tokens; return the first line that is another now."""
        while len(self._checkpoints) > 1 and self._checkpoints[-1].token > keep:
            self._checkpoints.pop()
        point = self._checkpoints.pop()
        changed = self._homes[keep]
        del self.lines[point.lines :], self._homes[point.token :]
        last = self.lines[-1]
        del last.entries[point.entries :], last.starts[point.entries :]
        last.text = last.text[: point.cells]
        self._json = point.layout
        for index in range(point.token, keep):
            self._take(index)
        return min(changed, len(self.lines) - 1)


class Rows:
    """Lines wrapped to a width: which stretch of which line each row shows. Rows are counted from 0."""

    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._width = 80
        self._first: list[int] = []
        self._breaks: list[tuple[int, ...]] = []
        self.count = 0

    def wrap(self, width: int) -> None:
        """Wrap every line to `width` columns."""
        self._width = max(width, 16)
        self.update(0)

    def update(self, line: int) -> None:
        """Wrap the lines from `line` on anew: they are others now."""
        line = min(line, len(self._first))
        if line < len(self._first):
            self.count = self._first[line]
            del self._first[line:], self._breaks[line:]
        for entry in self._lines[line:]:
            found = self._wrapped(entry) if len(entry.text) > self._width else ()
            self._first.append(self.count)
            self._breaks.append(found)
            self.count += 1 + len(found)

    def row(self, row: int) -> tuple[int, int, int, int]:
        """Return what a row shows: line, first column, the column behind the last, and how far it is set in."""
        line = bisect_right(self._first, row) - 1
        part = row - self._first[line]
        breaks, text = self._breaks[line], self._lines[line].text
        start = breaks[part - 1] if part else 0
        end = breaks[part] if part < len(breaks) else len(text)
        return line, start, end, self._hang(self._lines[line]) if part else 0

    def row_of(self, line: int, column: int) -> int:
        """Return the row that shows a column of a line."""
        return self._first[line] + bisect_right(self._breaks[line], column)

    def first_row(self, line: int) -> int:
        """Return the first row of a line."""
        return self._first[line] if line < len(self._first) else self.count

    def _hang(self, line: Line) -> int:
        return min(line.indent + 2, self._width // 2) if line.indent else 0

    def _wrapped(self, line: Line) -> tuple[int, ...]:
        found: list[int] = []
        start, room, text = 0, self._width, line.text
        while len(text) - start > room:
            at = text.rfind(" ", start + room // 2, start + room) + 1
            if not at:
                at = start + room
                if text[at] == "\0":
                    at -= 1
            found.append(at)
            start, room = at, self._width - self._hang(line)
        return tuple(found)
