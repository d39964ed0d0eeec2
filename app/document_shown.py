"""A document as it is shown: its whole text, and where each character stands on which page, or in which cell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol

import numpy as np

from engine.documents.document import column_letters, no_boxes, no_cells
from engine.documents.pictures import PICTURED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.documents import Document
    from engine.errors import EngineError

Look = Literal["pages", "grid", "text"]
"""How a document is shown: pictures of its pages, tables with addresses, or its text."""


class Sides(NamedTuple):
    """A rectangle on a page in points, origin at the top left, y growing downwards."""

    x0: float
    y0: float
    x1: float
    y1: float


class Picture(Protocol):
    """A page as pixels: `rgb` holds three bytes a pixel, row after row, without padding."""

    @property
    def width(self) -> int:
        """Pixels from left to right."""

    @property
    def height(self) -> int:
        """Pixels from top to bottom."""

    @property
    def rgb(self) -> bytes:
        """The pixels."""


PictureSource = Callable[[int, int, Callable[[Picture], None], "Callable[[EngineError], None]"], None]
"""Called with a page (from 1), the wanted width in pixels, and whom to tell of the picture, or why there is none."""


@dataclass(frozen=True, eq=False)
class PageShown:
    """One page, or one sheet. `start` and `length` say where its text stands in that of the document.

    `width` and `height` are in points, 0 where a format knows no positions. `boxes` has shape (length, 4) in points
    from the top left of the page as shown, a row of NaN for what was inserted; or (0, 4). `cells` has a row of seven
    for each cell that holds text: start and end in the page's text, index into `tables`, row, column, last row, last
    column, counted from 1.
    """

    number: int
    name: str
    start: int
    length: int
    width: float = 0.0
    height: float = 0.0
    has_picture: bool = False
    boxes: NDArray[np.float32] = field(default_factory=no_boxes, repr=False)
    tables: tuple[str, ...] = ()
    cells: NDArray[np.int32] = field(default_factory=no_cells, repr=False)

    @property
    def end(self) -> int:
        """Where the page's text ends in that of the document."""
        return self.start + self.length


@dataclass(frozen=True, eq=False)
class DocumentShown:
    """A document as a view needs it. Offsets are code points in `text`; `kind` is one of the engine's."""

    name: str
    kind: str
    text: str
    pages: tuple[PageShown, ...]

    @cached_property
    def looks(self) -> tuple[Look, ...]:
        """The ways in which it can be shown, the best one first."""
        looks: list[Look] = ["text"] if self.text.strip() else []
        if any(len(page.cells) for page in self.pages):
            looks.insert(0 if self.kind in {"xlsx", "csv"} else len(looks), "grid")
        if any(page.has_picture for page in self.pages):
            looks.insert(0, "pages")
        return tuple(looks) or ("text",)

    def page_at(self, offset: int) -> int:
        """Return the index of the page that holds `text[offset]`; what joins two pages belongs to the first."""
        return max(bisect_right(self._starts, offset) - 1, 0)

    def rectangles(self, page: int, start: int, end: int) -> tuple[Sides, ...]:
        """Return a rectangle for each line of `text[start:end]` that stands on the page with this index."""
        shown = self.pages[page]
        if not len(shown.boxes):
            return ()
        found = []
        for first, last in lines(self.text, max(start, shown.start), min(end, shown.end)):
            rows = shown.boxes[first - shown.start : last - shown.start]
            rows = rows[~np.isnan(rows[:, 0])]
            if len(rows):
                low, high = rows[:, :2].min(axis=0).tolist(), rows[:, 2:].max(axis=0).tolist()
                found.append(Sides(*low, *high))
        return tuple(found)

    @cached_property
    def _starts(self) -> tuple[int, ...]:
        return tuple(page.start for page in self.pages)


def lines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the parts of `text[start:end]` that stand on one line each."""
    found = []
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        found.append((start, stop))
        start = stop + 1
    return found


def letters(column: int) -> str:
    """Return what a spreadsheet calls a column, counted from 1: A, Z, AA."""
    return column_letters(column)


def address(row: int, column: int) -> str:
    """Return what a spreadsheet calls a cell: B7."""
    return f"{column_letters(column)}{row}"


def shown(document: Document, name: str = "") -> DocumentShown:
    """Return a document that was read as a view needs it. `name` is that of its file unless another is given."""
    pages = tuple(
        PageShown(
            page.number,
            page.name,
            start,
            len(page.text),
            page.width,
            page.height,
            document.kind in PICTURED,
            page.boxes,
            page.tables,
            page.cells,
        )
        for page, start in zip(document.pages, document.page_starts, strict=True)
    )
    return DocumentShown(name or document.path.name, document.kind, document.text, pages)


def shown_without_text(name: str, kind: str, sizes: Sequence[tuple[float, float]]) -> DocumentShown:
    """Return a document of which nothing could be read, but whose pages have pictures: a scan. Sizes in points."""
    pages = (
        PageShown(number, "", 0, 0, width, height, has_picture=True)
        for number, (width, height) in enumerate(sizes, start=1)
    )
    return DocumentShown(name, kind, "", tuple(pages))
