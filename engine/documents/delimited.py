"""Tables as text (csv, tsv): the delimiter is found out, and each cell knows its row and column."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Literal

from engine.documents.writing import PageWriter, Written, check_cells
from engine.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.documents.document import Page, Progress

_SAMPLE = 64_000
_ENOUGH = 0.8
"""Share of the records that must have the same number of cells before a sign counts as a delimiter."""
_BEAT_ROWS = 5000
_LARGEST_CELL = 1_000_000
_DECLARED = re.compile(r"\Asep=(.)\r?\n", re.IGNORECASE)
_DECIMAL = re.compile(r"(?<=\d),(?=\d)")


def read_delimited(text: str, where: str, progress: Progress | None = None) -> tuple[Page, tuple[str, ...]]:
    """Return a table as a page, and notes: a record a line, cells with row and column counted from 1.

    A row is a record, however many lines its quoted cells take, and a first line `sep=;` is none. Raises
    DocumentError for more cells than are read.
    """
    declared = _DECLARED.match(text)
    delimiter = declared.group(1) if declared else find_delimiter(text[:_SAMPLE])
    text = text[declared.end() :] if declared else text
    try:
        return _write(_records(text, delimiter, strict=True), where, progress), ()
    except csv.Error as error:
        is_open = "unexpected end" in str(error) or "field limit" in str(error)
    try:
        if not is_open:  # quotation marks within a cell, written as nobody should: the reader has a way with them
            return _write(_records(text, delimiter), where, progress), ()
        page = _write(_records(text, delimiter, quoting=csv.QUOTE_NONE), where, progress)
    except csv.Error as error:
        raise DocumentError(
            f"A cell is longer than {_LARGEST_CELL:,} characters.", where=where, advice="Check that it is a table."
        ) from error
    return page, ("A quotation mark is never closed, so quotation marks were read as they stand.",)


def find_delimiter(sample: str) -> str:
    """Return what separates the cells of a table: tab, semicolon, bar or comma; a comma where nothing does."""
    found = {sign: _columns(sample, sign) for sign in "\t;|,"}
    best = max(found, key=lambda sign: found[sign])
    # In "2;1,50;3,00" every record has as many commas as well: those between digits prove nothing beside a rival.
    if best == "," and any(found[sign] > 1 for sign in "\t;|"):
        found[","] = _columns(_DECIMAL.sub(".", sample), ",")
        best = max(found, key=lambda sign: found[sign])
    return best if found[best] > 1 else ","


def _columns(sample: str, delimiter: str) -> int:
    """Return how many cells most records have with this delimiter; 0 where they do not agree."""
    try:
        lengths = [len(record) for record in _records(sample, delimiter) if record]
    except csv.Error:
        return 0
    wide = Counter(length for length in lengths if length > 1)
    if 2 * wide.total() < len(lengths) or not wide:  # a table may have a title above it and remarks below
        return 0
    columns, agreeing = wide.most_common(1)[0]
    return columns if agreeing >= _ENOUGH * wide.total() else 0


def _records(
    text: str, delimiter: str, *, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL, strict: bool = False
) -> Iterator[list[str]]:
    before = csv.field_size_limit(_LARGEST_CELL)
    lines = io.StringIO(text, newline="")
    try:
        yield from csv.reader(lines, delimiter=delimiter, quoting=quoting, skipinitialspace=True, strict=strict)
    finally:
        csv.field_size_limit(before)


def _write(records: Iterator[list[str]], where: str, progress: Progress | None) -> Page:
    writer = PageWriter()
    writer.table("")
    for row, record in enumerate(records, start=1):
        writer.row([Written(cell, row, column, row, column) for column, cell in enumerate(record, start=1)])
        if row % _BEAT_ROWS == 0:
            check_cells(writer.cell_count, where)
            if progress is not None:
                progress(0, 1)
    check_cells(writer.cell_count, where)
    return writer.page()
