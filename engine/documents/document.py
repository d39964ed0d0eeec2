"""A document as text that knows where each of its characters stands: on which page, in which box or cell."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

PAGE_SEPARATOR = "\n\n"

Progress = Callable[[int, int], None]
"""Called with the number of pages read and the number of all pages."""


class Box(NamedTuple):
    """A rectangle on a page in points (1/72 inch), origin at the top left, y growing downwards."""

    x0: float
    y0: float
    x1: float
    y1: float


class Cell(NamedTuple):
    """A cell of a sheet or table. Rows and columns count from 1; `last_row` and `last_column` differ where merged.

    `table` is the sheet's name, "Table 2" in a text, or empty where a file is one table.
    """

    table: str
    row: int
    column: int
    last_row: int
    last_column: int

    @property
    def address(self) -> str:
        """How a spreadsheet calls it: `Prices!B7`, `'Prices 2025'!B7:C7`; `B7` where there is one table."""
        corner = f"{column_letters(self.column)}{self.row}"
        if (self.last_row, self.last_column) != (self.row, self.column):
            corner += f":{column_letters(self.last_column)}{self.last_row}"
        if not self.table:
            return corner
        plain = self.table.isidentifier()
        return f"{self.table if plain else _quoted(self.table)}!{corner}"


def column_letters(column: int) -> str:
    """Return what a spreadsheet calls a column, counted from 1: A, Z, AA."""
    letters = ""
    while column > 0:
        column, place = divmod(column - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


def no_boxes() -> NDArray[np.float32]:
    """Return the boxes of a page that has none: shape (0, 4)."""
    return np.empty((0, 4), dtype=np.float32)


def no_cells() -> NDArray[np.int32]:
    """Return the cells of a page that has none: shape (0, 7)."""
    return np.empty((0, 7), dtype=np.int32)


@dataclass(frozen=True)
class Page:
    """One page of a document, one sheet of a workbook, or all of a file that knows no pages.

    `number` counts from 1; `name` is a sheet's. `boxes` has shape (len(text), 4): x0, y0, x1, y1 of each character in
    points from the top left of the page as it is shown; a row of NaN for a character that was inserted (a space, a
    line break). It has shape (0, 4), and `width` and `height` are 0, where a format knows no positions.

    `cells` has a row of seven for each cell that holds text, in the order of the text: start and end in `text`, index
    into `tables`, row, column, last row, last column. The text between them is in no cell.
    """

    number: int
    text: str
    boxes: NDArray[np.float32] = field(default_factory=no_boxes, compare=False, repr=False)
    width: float = 0.0
    height: float = 0.0
    name: str = ""
    tables: tuple[str, ...] = ()
    cells: NDArray[np.int32] = field(default_factory=no_cells, compare=False, repr=False)

    def cells_in(self, start: int, end: int) -> tuple[Cell, ...]:
        """Return the cells that hold a character of `text[start:end]`."""
        first = int(np.searchsorted(self.cells[:, 1], start, side="right"))
        last = int(np.searchsorted(self.cells[:, 0], end, side="left"))
        return tuple(Cell(self.tables[table], *place) for _, _, table, *place in self.cells[first:last].tolist())

    def rectangles(self, start: int, end: int) -> tuple[Box, ...]:
        """Return one rectangle for each line of `text[start:end]`, for marking it on the page's picture."""
        if not len(self.boxes):
            return ()
        found = []
        for first, last in _lines(self.text, start, end):
            rows = self.boxes[first:last]
            rows = rows[~np.isnan(rows[:, 0])]
            if len(rows):
                low, high = rows[:, :2].min(axis=0), rows[:, 2:].max(axis=0)
                found.append(Box(float(low[0]), float(low[1]), float(high[0]), float(high[1])))
        return tuple(found)


@dataclass(frozen=True)
class Document:
    """A file as it was read. It can be pickled, so it may come from another process.

    `sha256` is the hex digest of the file's bytes. `kind` is one of `engine.documents.kinds.KINDS`. `notes` are
    sentences for a person: a guessed encoding, a page without text. `path` may lead into a file: an attachment
    `order.csv` of a message is `message.eml/order.csv`.
    """

    path: Path
    sha256: str
    kind: str
    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """The text of all pages, joined by `PAGE_SEPARATOR`."""
        return PAGE_SEPARATOR.join(page.text for page in self.pages)

    @cached_property
    def page_starts(self) -> tuple[int, ...]:
        """For each page the offset in `text` where it begins."""
        lengths = (len(page.text) + len(PAGE_SEPARATOR) for page in self.pages)
        return tuple(itertools.accumulate(lengths, initial=0))[:-1]

    def page_at(self, offset: int) -> int:
        """Return the number (from 1) of the page that holds `text[offset]`.

        A separator belongs to the page before it. Raises IndexError where `offset` is outside the text; the
        end of the text, `len(text)`, is on the last page.
        """
        if not 0 <= offset <= len(self.text):
            raise IndexError(offset)
        return self.pages[bisect_right(self.page_starts, offset) - 1].number

    def rectangles(self, start: int, end: int) -> tuple[tuple[int, Box], ...]:
        """Return page number and rectangle for each line of `text[start:end]`; empty without positions."""
        return tuple(
            (page.number, box)
            for page, begin in zip(self.pages, self.page_starts, strict=True)
            if begin < end and start < begin + len(page.text)
            for box in page.rectangles(max(start - begin, 0), min(end - begin, len(page.text)))
        )

    def cells(self, start: int, end: int) -> tuple[tuple[int, Cell], ...]:
        """Return page number and cell for each cell that holds a character of `text[start:end]`."""
        return tuple(
            (page.number, cell)
            for page, begin in zip(self.pages, self.page_starts, strict=True)
            if begin < end and start < begin + len(page.text)
            for cell in page.cells_in(max(start - begin, 0), min(end - begin, len(page.text)))
        )


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    spans = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        spans.append((start, stop))
        start = stop + 1
    return spans
