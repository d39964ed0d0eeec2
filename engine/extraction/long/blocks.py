"""A document's text in the smallest parts that are not to be torn: paragraphs, and rows of tables with their header.

Rows are told by the cells of a page, or where a format knows none, by lines whose columns stand wide apart. Lines of
running text between two rows belong to the row above: a description that went on in the next line.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from engine.documents import Document, Page
    from engine.extraction.excerpts import Span

_COLUMNS = re.compile(r"[^\S\n]{3,}|[^\S\n]*\t[^\S\n]*|[^\S\n]+\|(?:[^\S\n]+\|)*[^\S\n]+")
_RULE = re.compile(r"[\s|:+=_-]*-{3}[\s|:+=_-]*")
_LEAST_ROWS = 3
_HEADER_WITHIN = 3
"""A header is among the first rows of a table, below a title at most."""
_WRAPPED = 2
"""Lines of running text between two rows that belong to the row above."""
_HEADING = 80
_SENTENCE = re.compile(r"(?<=[.!?;\u3002\uff01\uff1f])\s+|\n")
_BLANK = re.compile(r"\s+")


class Block(NamedTuple):
    """`text[start:end]` of a document, with the blanks that follow. `page` is an index.

    `header` is that of the table whose row this is; `row` tells whether it is one, `heading` that it belongs to what
    follows.
    """

    start: int
    end: int
    page: int
    header: Span | None = None
    row: bool = False
    heading: bool = False


@dataclass(frozen=True)
class _Line:
    """A line of a page. `table` is the index of the table whose cells stand on it; -1 where no cells are known."""

    start: int
    end: int
    text: str
    indented: bool
    columns: int
    table: int = -1


@dataclass
class _Table:
    """A run of lines, row by row; `header` counts from the first line."""

    rows: list[list[_Line]]
    header: Span | None
    columns: int


def find_blocks(document: Document, longest: int) -> list[Block]:
    """Return the blocks of a document, which follow each other without a gap.

    A paragraph of more than `longest` characters is cut at the ends of its sentences or lines, else between words.
    """
    blocks: list[Block] = []
    above: _Table | None = None
    for index, (page, begin) in enumerate(zip(document.pages, document.page_starts, strict=True)):
        first = True
        last: _Table | None = None
        for part in _parts(page, begin):
            last = None
            if isinstance(part, _Table):
                if first and part.header is None and above is not None and above.columns == part.columns:
                    part.header = above.header
                blocks += _rows(part, index)
                last = part
            else:
                blocks += _paragraph(document.text, part, index, longest)
            first = False
        above = last
    return _without_gaps(blocks, len(document.text))


def headers_of(blocks: Iterable[Block]) -> tuple[Span, ...]:
    """Return the headers of all tables, in their order."""
    return tuple(dict.fromkeys(block.header for block in blocks if block.header is not None))


def _without_gaps(blocks: list[Block], length: int) -> list[Block]:
    if not blocks:
        return [Block(0, length, 0)] if length else []
    edges = itertools.pairwise([0, *(block.start for block in blocks[1:]), length])
    return [block._replace(start=start, end=end) for block, (start, end) in zip(blocks, edges, strict=True)]


def _parts(page: Page, begin: int) -> Iterator[_Table | list[_Line]]:
    """Yield the tables and paragraphs of a page."""
    lines = _lines(page, begin)
    end_of_table = _end_of_known_table if len(page.cells) else _end_of_table
    place = 0
    while place < len(lines):
        stop = end_of_table(lines, place)
        if stop > place:
            yield _table([line for line in lines[place:stop] if line.text])
        else:
            stop = place
            while stop < len(lines) and lines[stop].text and (stop == place or end_of_table(lines, stop) == stop):
                stop += 1
            if stop > place:
                yield lines[place:stop]
        place = max(stop, place + 1)


def _end_of_known_table(lines: Sequence[_Line], place: int) -> int:
    """Return where a table ends that begins with a line; the line itself where no table does."""
    if lines[place].table < 0:
        return place
    here = place
    while here < len(lines) and (not lines[here].text or lines[here].table == lines[place].table):
        here += 1
    return here


def _end_of_table(lines: Sequence[_Line], place: int) -> int:
    """Return the same where only wide gaps tell a table."""
    rows, here, stop = 0, place, place
    while here < len(lines) and lines[here].text and here - stop <= _WRAPPED:
        if lines[here].columns > 1:
            rows += 1
            stop = here + 1
        elif not rows:
            break
        here += 1
    while stop < here and lines[stop].indented:
        stop += 1
    return stop if rows >= _LEAST_ROWS else place


def _lines(page: Page, begin: int) -> list[_Line]:
    cells = _cells_by_line(page)
    lines = []
    start = 0
    for number, text in enumerate(page.text.split("\n")):
        end = start + len(text)
        plain = text.strip()
        columns = len(_COLUMNS.findall(plain)) + 1
        lines.append(_Line(begin + start, begin + end, plain, text[:1].isspace(), columns, cells.get(number, -1)))
        start = end + 1
    return lines


def _cells_by_line(page: Page) -> dict[int, int]:
    """Return the table of each line that holds whole cells; a cell of several lines is no part of a row."""
    if not len(page.cells):
        return {}
    breaks = np.array([match.start() for match in re.finditer("\n", page.text)], dtype=np.int64)
    first = np.searchsorted(breaks, page.cells[:, 0])
    last = np.searchsorted(breaks, page.cells[:, 1])
    whole = first == last
    return dict(zip(first[whole].tolist(), page.cells[whole, 2].tolist(), strict=True))


def _table(lines: list[_Line]) -> _Table:
    rows: list[list[_Line]] = []
    for line in lines:
        if rows and line.columns < 2 and line.table < 0:
            rows[-1].append(line)
        else:
            rows.append([line])
    columns = Counter(row[0].columns for row in rows).most_common(1)[0][0]
    return _Table(rows, _header(rows, columns), columns)


def _header(rows: list[list[_Line]], columns: int) -> Span | None:
    """Return the line that names the columns: one of the first, without a number, where rows have numbers."""
    if not any(character.isdigit() for row in rows for line in row for character in line.text):
        return None
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        line = row[0]
        named = 2 * line.columns > columns and line.columns > 1 and ":" not in line.text
        if named and not any(character.isdigit() for character in line.text):
            ruled = rows[place + 1 : place + 2]
            end = ruled[0][0].end if ruled and _RULE.fullmatch(ruled[0][0].text) else line.end
            return line.start, end
    return None


def _rows(table: _Table, page: int) -> Iterator[Block]:
    for row in table.rows:
        yield Block(row[0].start, row[-1].end, page, table.header, row=True)


def _paragraph(text: str, lines: list[_Line], page: int, longest: int) -> Iterator[Block]:
    start, end = lines[0].start, lines[-1].end
    if end - start <= longest:
        short = len(lines) == 1 and len(lines[0].text) <= _HEADING and lines[0].text[-1] not in ".,;!?"
        yield Block(start, end, page, heading=short)
        return
    for first, last in cut_text(text[start:end], longest):
        yield Block(start + first, start + last, page)


def cut_text(text: str, longest: int) -> Iterator[Span]:
    """Yield the parts of a text, none longer than asked: cut behind sentences or lines, else words, else anywhere."""
    start = 0
    while len(text) - start > longest:
        stop = start + longest
        ends = [match.end() for match in _SENTENCE.finditer(text, start + longest // 2, stop)]
        ends = ends or [match.end() for match in _BLANK.finditer(text, start + longest // 2, stop)]
        stop = ends[-1] if ends else stop
        yield start, stop
        start = stop
    yield start, len(text)
