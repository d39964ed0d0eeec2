"""Data that a person attaches to a screen: named columns and rows, read from a CSV or JSON file."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from engine.encoding import decode, plain
from engine.errors import DocumentError
from engine.interface.columns import Column, ColumnKind, kind_of
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import NoReturn

__all__ = ["Column", "ColumnKind", "Source", "read_source"]

_MOST_BYTES: Final = 20_000_000
_MOST_ROWS: Final = 20_000
_MOST_COLUMNS: Final = 200
_LONGEST_CELL: Final = 5_000
_LONGEST_NAME: Final = 60
_DEEPEST: Final = 20
_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE: Final = 40_000
"""Characters from which the delimiter is told."""


@dataclass(frozen=True)
class Source:
    """Rows of cells as they are written, each row with a cell a column."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def missing(self, names: Iterable[str]) -> str | None:
        """Return the first of these names that no column has; None where all are there."""
        known = {column.name for column in self.columns}
        return next((name for name in names if name not in known), None)

    def table(self, names: Sequence[str], most: int | None = None) -> list[list[str]]:
        """Return the cells of these columns row by row, of so many rows at most; "" where there is no such column."""
        places = {column.name: place for place, column in enumerate(self.columns)}
        wanted = [places.get(name) for name in names]
        return [["" if place is None else row[place] for place in wanted] for row in self.rows[:most]]

    def cells(self, name: str, most: int | None = None) -> list[str]:
        """Return the cells of a column, of so many rows at most."""
        return [cell for (cell,) in self.table([name], most)]

    def records(self, most: int | None = None) -> list[dict[str, str]]:
        """Return the rows by the names of their columns, so many at most."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows[:most]]


def read_source(path_or_name: str, data: bytes) -> Source:
    """Read a CSV file, a JSON file that holds a list of objects, or one with an object a line.

    The source is called as the file without its ending. Raises `DocumentError`, whose `where` is the file and the
    line or JSON Pointer, for what is none of these, has rows of unlike lengths, or is too much to attach.
    """
    path = PurePath(path_or_name)
    if len(data) > _MOST_BYTES:
        _refuse(path.name, f"The file is larger than {_MOST_BYTES // 1_000_000} MB.", "Attach the part that is needed.")
    text, _ = decode(data, where=path.name)
    endings = {".json": _from_json, ".jsonl": _from_lines, ".ndjson": _from_lines}
    begins = text.lstrip()[:1]
    read = endings.get(path.suffix.lower(), _from_json if begins in {"[", "{"} else _from_csv)
    names, rows = read(path.name, text)
    if len(names) > _MOST_COLUMNS:
        _refuse(path.name, f"There are {len(names)} columns.", f"Attach at most {_MOST_COLUMNS} of them.")
    named = _named(names)
    columns = zip(named, zip(*rows, strict=True) if rows else [()] * len(named), strict=True)
    return Source(
        _on_a_line(path.stem)[:_LONGEST_NAME] or "data",
        tuple(Column(name, kind_of(cells)) for name, cells in columns),
        tuple(rows),
    )


_Table = tuple[list[str], list[tuple[str, ...]]]


def _from_csv(file: str, text: str) -> _Table:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    names: list[str] | None = None
    rows: list[tuple[str, ...]] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = cells
                if _is_row(cells):
                    names = [""] * len(cells)
                    rows.append(_row(cells))
                continue
            beyond = cells[len(names) :]
            if any(cell.strip() for cell in beyond):
                _refuse(
                    f"{file}, line {reader.line_num}",
                    f"This row has {len(cells)} cells, but there are {len(names)} columns.",
                    "Put cells that hold the delimiter into quotes.",
                )
            rows.append(_row([*cells[: len(names)], *[""] * (len(names) - len(cells))]))
            _refuse_many(file, rows)
    except csv.Error as error:
        _refuse(f"{file}, line {reader.line_num}", f"This is no CSV: {error}.", "Check the quotes in this line.")
    if names is None:
        _refuse(file, "The file is empty.", "Attach one with a line of names and rows below it.")
    return names, rows


def _is_row(cells: Sequence[str]) -> bool:
    """Tell whether the first line holds values, not names."""
    return all(kind_of([cell]) in {"number", "date"} for cell in cells)


def _delimiter(text: str) -> str:
    """Return the delimiter that divides most lines into the same number of cells, of these the largest."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample

    def score(delimiter: str) -> tuple[float, int]:
        try:
            widths = [len(cells) for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if cells]
        except csv.Error:
            return 0, 0
        if not widths:
            return 0, 0
        width, often = Counter(widths).most_common(1)[0]
        return (often / len(widths), width) if width > 1 else (0, 0)

    return max(_DELIMITERS, key=score)


def _from_json(file: str, text: str) -> _Table:
    value = _parsed(file, text)
    pointer = ""
    if isinstance(value, dict):
        lists = [key for key, inner in value.items() if isinstance(inner, list) and inner]
        if not lists:
            _refuse(file, "This file holds no list of rows.", "Attach a list of objects, each with a value a column.")
        if len(lists) > 1:
            _refuse(
                file,
                f"This file holds several lists: {', '.join(map(_quoted, lists[:5]))}.",
                "Save the one that is needed in a file of its own.",
            )
        pointer, value = to_pointer(lists), value[lists[0]]
    if not isinstance(value, list):
        _refuse(file, "This file holds no list of rows.", "Attach a list of objects, each with a value a column.")
    return _from_objects(file, ((f"{pointer}/{index}", each) for index, each in enumerate(value)))


def _from_lines(file: str, text: str) -> _Table:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    return _from_objects(file, ((f"line {number}", _parsed(f"{file}, line {number}", line)) for number, line in lines))


def _from_objects(file: str, objects: Iterable[tuple[str, Any]]) -> _Table:
    names: dict[str, int] = {}
    found: list[dict[str, Any]] = []
    for where, each in objects:
        if not isinstance(each, dict):
            _refuse(f"{file}, {where}", "This row is no object.", "Write each row as an object, with a value a column.")
        for name in each:
            names.setdefault(name, len(names))
        found.append(each)
        _refuse_many(file, found)
        if len(names) > _MOST_COLUMNS:
            break
    if not names:
        _refuse(file, "There are no columns.", "Attach a list of objects, each with a value a column.")
    return list(names), [_row([_cell(each.get(name)) for name in names]) for each in found]


class _Numeral(str):
    """A number as it is written in JSON: 1.50 stays 1.50, however many digits it has."""

    __slots__ = ()


def _parsed(file: str, text: str) -> Any:
    try:
        return json.loads(text, parse_int=_Numeral, parse_float=_Numeral, parse_constant=_Numeral)
    except json.JSONDecodeError as error:
        where = file if ", line " in file else f"{file}, line {error.lineno}, column {error.colno}"
        _refuse(where, f"This is no JSON: {error.msg}.", "Check the file, or attach a CSV file.")
    except RecursionError:
        _refuse(file, "The values of this file are nested too deeply.", "Attach a list of objects.")


def _cell(value: Any, depth: int = 0) -> str:
    """Return a value as a cell shows it: texts and numbers as they are, what is nested as JSON."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if depth and not isinstance(value, _Numeral) else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null" if depth else ""
    if depth == _DEEPEST:
        return "…"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key, ensure_ascii=False)}: {_cell(inner, depth + 1)}" for key, inner in value.items())
        return f"{{{', '.join(pairs)}}}"
    return f"[{', '.join(_cell(inner, depth + 1) for inner in value)}]"


def _row(cells: Sequence[str]) -> tuple[str, ...]:
    return tuple(plain(cell).strip()[:_LONGEST_CELL] for cell in cells)


def _named(names: Sequence[str]) -> list[str]:
    """Return a name for each column: no two the same, none empty, all on one line."""
    found: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        base = _on_a_line(name)[:_LONGEST_NAME] or f"Column {number}"
        chosen, count = base, 1
        while chosen in found:
            count += 1
            chosen = f"{base[: _LONGEST_NAME - 6]} {count}"
        found[chosen] = None
    return list(found)


def _on_a_line(name: str) -> str:
    return " ".join(plain(name).split())


def _refuse_many(file: str, rows: Sequence[Any]) -> None:
    if len(rows) > _MOST_ROWS:
        _refuse(file, f"There are more than {_MOST_ROWS} rows.", "Attach the part that is needed.")


def _quoted(name: str) -> str:
    return f"“{_on_a_line(name)[:_LONGEST_NAME]}”"


def _refuse(where: str, message: str, advice: str) -> NoReturn:
    raise DocumentError(message, where=where, advice=advice)
