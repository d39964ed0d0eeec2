"""The text of a document that has cells, written line by line with the place of each cell kept."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from engine.documents.document import Page
from engine.encoding import plain, tidy
from engine.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

CELL_SEPARATOR = " | "

CELL_LIMIT = 2_000_000
"""Most cells with text that a file may have."""


class Written(NamedTuple):
    """The text of a cell, and its place; rows and columns count from 1."""

    text: str
    row: int
    column: int
    last_row: int
    last_column: int


class PageWriter:
    """Writes one page: tidy lines, one blank line at a time, and rows whose cells keep their places.

    What is written is made plain first (`engine.encoding.plain`).
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blank = False
        self._tables: list[str] = []
        self._cells = array("i")

    def table(self, name: str) -> None:
        """Begin a table; the cells that follow are its."""
        self._tables.append(name)

    def line(self, text: str) -> None:
        """Write a line, or several; an empty one is a blank line."""
        for line in tidy(plain(text)).split("\n") if text else ("",):
            self._put(line)

    def blank(self) -> None:
        """Leave a blank line before what follows."""
        self._blank = self._length > 0

    def row(self, cells: Sequence[Written]) -> None:
        """Write a row of the table on one line; cells without text only keep the distance between the others."""
        texts = [" ".join(plain(cell.text).split()) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if not texts:
            self.blank()
            return
        start = self._start()
        for place, text in enumerate(texts):
            start += len(CELL_SEPARATOR) if place else 0
            if text:
                self._keep(start, start + len(text), cells[place])
            start += len(text)
        self._parts.append(CELL_SEPARATOR.join(texts))
        self._length = start

    def lines_of(self, cell: Written) -> None:
        """Write the lines of a cell, each on a line of its own: the row is a layout, not a record."""
        text = tidy(plain(cell.text))
        if text:
            start = self._start()
            self._parts.append(text)
            self._length = start + len(text)
            self._keep(start, self._length, cell)

    def page(self, number: int = 1, name: str = "") -> Page:
        """Return the page that was written."""
        cells = np.frombuffer(self._cells, dtype=np.int32).reshape(-1, 7).copy()
        return Page(number, "".join(self._parts), name=name, tables=tuple(self._tables), cells=cells)

    @property
    def cell_count(self) -> int:
        """How many cells with text there are so far."""
        return len(self._cells) // 7

    def _put(self, line: str) -> None:
        if not line:
            self.blank()
            return
        self._length = self._start() + len(line)
        self._parts.append(line)

    def _start(self) -> int:
        """End the line before, and return where the next one begins."""
        if self._length:
            gap = "\n\n" if self._blank else "\n"
            self._parts.append(gap)
            self._length += len(gap)
        self._blank = False
        return self._length

    def _keep(self, start: int, end: int, cell: Written) -> None:
        self._cells.extend((start, end, len(self._tables) - 1, cell.row, cell.column, cell.last_row, cell.last_column))


def check_cells(count: int, where: str) -> None:
    """Raise DocumentError where a file has more cells than are read."""
    if count > CELL_LIMIT:
        raise DocumentError(
            f"The file has more than {CELL_LIMIT:,} cells.",
            where=where,
            advice="Split it, or delete what is not needed.",
        )
