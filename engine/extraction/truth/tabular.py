"""Known values in tables: a column of document names, and one a field."""

from __future__ import annotations

import csv
import io
import json
import re
import warnings
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NoReturn

import openpyxl

from engine.documents.delimited import find_delimiter
from engine.encoding import decode
from engine.errors import DocumentError, InvalidRequest
from engine.extraction.export.contents import FIXED
from engine.extraction.table import DOCUMENTS, columns, units
from engine.extraction.truth.known import NAMES
from engine.schema.pointer import to_pointer
from engine.spreadsheet import unprotect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.extraction.table import Path, Unit

_EXPORTED = frozenset({"document", "status", "error", "notes"})
_TOLD = re.compile(r"(.*) \((?:state|quote|place|confidence)\)", re.DOTALL)
_READ = frozenset({"done", "incomplete"})
_LARGEST_CELL = 10_000_000
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_ITEM = "item"

Told = tuple[int, str, Any, str | None]
"""A line, the document it is about, its record, and the pointer of the item that stands in its list's place, if so."""


def rows_of(data: bytes, ending: str, where: str, schema_text: str | None) -> Iterator[Told]:
    """Yield what the lines of a table tell. Raises InvalidRequest with the line of what cannot be read."""
    lines = _sheet(data, where) if ending == ".xlsx" else _separated(data, ending, where)
    heads = next(lines, None)
    if heads is None:
        _refuse(where, "The file is empty.")
    table = _Table([_plain(head) for head in heads[1]], where, schema_text)
    for number, cells in lines:
        told = table.read(number, cells)
        if told is not None:
            yield told


@dataclass
class _Field:
    index: int
    path: Path
    below: bool = False


class _Table:
    """The columns of a table: where the name of the document stands, and which field each of the others is."""

    def __init__(self, heads: list[str], where: str, schema_text: str | None) -> None:
        self._where = where
        names = [index for index, head in enumerate(heads) if head.strip().casefold() in NAMES]
        if not names:
            _refuse(f"{where}, line 1", "No column holds the names of the documents.", "Call it “document”.")
        self._name = names[0]
        self._width = len(heads)
        self._exported = set(heads) >= _EXPORTED
        self._status = heads.index("status") if self._exported else None
        self._item = heads.index(_ITEM) if self._exported and _ITEM in heads else None
        self._unit = self._find_unit(heads, schema_text)
        self._fields = list(self._find_fields(heads, schema_text))

    def read(self, number: int, cells: Sequence[Any]) -> Told | None:
        """Return what a line tells; nothing where it is blank, or is an exported row without a record."""
        if not any(cell not in (None, "") for cell in cells):
            return None
        if len(cells) > self._width and any(cell not in (None, "") for cell in cells[self._width :]):
            message = f"This row has {len(cells)} cells, but there are {self._width} columns."
            _refuse(f"{self._where}, line {number}", message, "Put cells that hold the delimiter into quotes.")
        padded = [*cells, *[None] * (self._width - len(cells))]
        name = _plain(padded[self._name])
        if not name:
            _refuse(f"{self._where}, line {number}", "No document is named.")
        if self._status is not None and padded[self._status] not in _READ:
            return None
        record: Any = {}
        item: Any = {}
        for each in self._fields:
            value = _value(padded[each.index])
            if each.below:
                item = _put(item, each.path[len(self._unit.path) :], value)
            else:
                record = _put(record, each.path, value)
        index = _plain(padded[self._item]) if self._item is not None else ""
        if self._unit.is_document:
            return number, name, record, None
        if not index.isdecimal():
            return number, name, _put(record, self._unit.path, []), None
        return number, name, _put(record, self._unit.path, item), to_pointer((*self._unit.path, int(index) - 1))

    def _find_unit(self, heads: list[str], schema_text: str | None) -> Unit:
        if self._item is None:
            return DOCUMENTS
        if schema_text is None:
            advice = "Export it by documents, or as .jsonl."
            _refuse(self._where, "This table has a row for each item, and no schema says of what list.", advice)
        for unit in units(schema_text):
            titles = {column.title for column in columns(schema_text, unit) if column.below}
            if titles and titles <= set(heads):
                return unit
        return _refuse(self._where, "This table has a row for each item of a list that the schema does not have.")

    def _find_fields(self, heads: list[str], schema_text: str | None) -> Iterator[_Field]:
        known = {} if schema_text is None else {each.title: each for each in columns(schema_text, self._unit)}
        seen: set[str] = set()
        for index, head in enumerate(heads):
            told = _TOLD.fullmatch(head)
            fixed = self._exported and (head in FIXED or (told is not None and told[1] in heads))
            if index == self._name or fixed or not head.strip():
                continue
            if head in seen:
                _refuse(f"{self._where}, line 1", f"Two columns are called “{head}”.")
            seen.add(head)
            title = head.removeprefix("record.") if head.removeprefix("record.") in FIXED else head
            if title in known:
                yield _Field(index, known[title].path, known[title].below)
            elif self._exported and title == "record":
                yield _Field(index, ())
            else:
                yield _Field(index, tuple(title.split(".")))


def _put(record: Any, path: Path, value: Any) -> Any:
    """Return a record with a value at a path; what is missing on the way is made."""
    if not path:
        return value
    made = record if isinstance(record, dict) else {}
    made[path[0]] = _put(made.get(path[0]), path[1:], value)
    return made


def _plain(cell: Any) -> str:
    return "" if cell is None else unprotect(str(cell)).strip()


def _value(cell: Any) -> Any:
    """Return the value of a cell: nothing, what JSON in it says, or the text."""
    if cell is None or not isinstance(cell, str):
        return cell
    text = unprotect(cell)
    if not text.strip():
        return None
    if text.lstrip()[0] in "[{":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _separated(data: bytes, ending: str, where: str) -> Iterator[tuple[int, list[Any]]]:
    try:
        text, _ = decode(data, where=where)
    except DocumentError as error:
        raise InvalidRequest(error.message, where=where) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if ending == ".tsv" else find_delimiter(text))
    found: list[tuple[int, list[Any]]] = []
    before = csv.field_size_limit(_LARGEST_CELL)
    number = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((number, list(cells)))
            number = reader.line_num + 1
    except csv.Error as error:
        raise InvalidRequest(f"This is no CSV: {error}.", where=f"{where}, line {number}") from error
    finally:
        csv.field_size_limit(before)
    return iter(found)


def _sheet(data: bytes, where: str) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of a workbook's first sheet."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on features that only matter to who writes the file again
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
        except Exception as error:  # the library says damaged in a dozen ways
            raise InvalidRequest("The workbook is damaged and cannot be read.", where=where) from error
    for number, row in enumerate(rows, start=1):
        if any(cell not in (None, "") for cell in row):
            yield number, [_typed(cell) for cell in row]


def _typed(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == cell.time().min else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), cell)
    return cell if cell is None or isinstance(cell, bool | int | float) else str(cell)


def _refuse(where: str, message: str, advice: str | None = None) -> NoReturn:
    raise InvalidRequest(message, where=where, advice=advice)
