"""XLSX: typed cells, states to be seen, what each value rests on, and what the states mean.

Text is text whatever it looks like: no cell is a formula, an error value or a link. What XML or a sheet cannot hold is
shown to be missing. States are fills with a legend, and words on the sheet "Provenance"; nothing hangs in comments.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from engine.errors import InvalidRequest
from engine.extraction.export.contents import STATES, field_name, model_of
from engine.spreadsheet import protect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from engine.extraction.export.contents import Contents, Evidence, Line

MOST_ROWS: Final = 1_048_576
MOST_COLUMNS: Final = 16_384
LONGEST: Final = 32_767
"""What a sheet holds (ECMA-376 leaves it open; these are Excel's): rows, columns, UTF-16 units of a text."""

_FILLS: Final = {
    "absent": PatternFill("solid", fgColor="ECECEC"),
    "doubtful": PatternFill("solid", fgColor="FBE7B2"),
    "edited": PatternFill("solid", fgColor="D6E6F7"),
    "failed": PatternFill("solid", fgColor="F6CFCB"),
}
_BOLD = Font(bold=True)
_HEAD = Border(bottom=Side(style="thin", color="999999"))
_SAMPLE: Final = 500
"""Rows that the widths of columns are measured on."""
_NARROWEST, _WIDEST = 9, 48
_EXACT_INTEGERS = 2**53
_FIRST_DAY = date(1900, 3, 1)
"""Days before are counted wrongly by Excel, which has a 29th of February in 1900."""
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PROVENANCE = (
    "document", "field", "value", "state", "quote", "page", "cell", "box", "confidence", "reviewed", "was", "note",
    "model", "model SHA-256", "schema SHA-256", "document SHA-256",
)  # fmt: skip


def write_workbook(file: BinaryIO, contents: Contents) -> None:
    """Write rows as a workbook: the table, with sources the sheet "Provenance", and a legend.

    Raises InvalidRequest where they are more than a sheet holds.
    """
    evidence = list(contents.evidence()) if contents.sources else []
    heads = [*_heads(contents)]
    _check(contents.count + 1, len(heads), "The table")
    _check(len(evidence) + 1, len(_PROVENANCE), "The sheet of provenance")
    book = Workbook(write_only=True)
    name = "Documents" if contents.unit.is_document else "Items"
    _sheet(book, name, heads, (_cells(contents, line) for line in contents.lines()), fixed=1)
    if contents.sources:
        _sheet(book, "Provenance", _PROVENANCE, (_evidence(contents, each) for each in evidence), fixed=2)
    _legend(book, contents)
    book.save(file)


class _Cell:
    """A value on its way into a sheet, with the state that it shows."""

    def __init__(self, value: Any, state: str | None = None, *, percent: bool = False, is_date: bool = False) -> None:
        self.value = _day(value) if is_date else _typed(value)
        self.state = state
        self.percent = percent

    @property
    def width(self) -> int:
        text = str(self.value)
        return max(map(len, text.split("\n"))) if self.value is not None else 0

    def made(self, sheet: WriteOnlyWorksheet) -> Any:
        """Return what is appended to a sheet: the plain value, which is much quicker, where that says everything."""
        is_text = isinstance(self.value, str)
        risky = is_text and (protect(self.value) != self.value or self.value.startswith("#"))
        if not (risky or self.percent or self.state in _FILLS or isinstance(self.value, date)):
            return self.value
        cell = WriteOnlyCell(sheet, value=self.value)
        if is_text:
            # What looks like a formula or an error value would be taken for one; the prefix keeps it a text when
            # somebody edits the cell and presses Enter.
            cell.data_type = "s"
            cell.quotePrefix = protect(self.value) != self.value
        elif isinstance(self.value, date):
            cell.number_format = "yyyy-mm-dd"
        elif self.percent:
            cell.number_format = "0.0%"
        if self.state in _FILLS:
            cell.fill = _FILLS[self.state]
        return cell


def _heads(contents: Contents) -> list[str]:
    by_items = ["item"] if not contents.unit.is_document else []
    sure = [f"{title} (confidence)" for title in contents.titles] if contents.confidence else []
    review = ["review"] if contents.review_below is not None else []
    return ["document", *by_items, "status", *contents.titles, "error", "notes", *review, *sure]


def _cells(contents: Contents, line: Line) -> list[_Cell]:
    found = [_Cell(line.row.document)]
    if not contents.unit.is_document:
        found.append(_Cell(None if line.item is None else line.item + 1))
    status = line.row.state
    found.append(_Cell(status, {"failed": "failed", "incomplete": "doubtful"}.get(status)))
    for column, value, told in zip(contents.columns, line.values, line.told, strict=True):
        found.append(_Cell(value, told.state if told else None, is_date=column.kind == "date"))
    found += [_Cell(str(line.row.error) if line.row.error else None), _Cell(" ".join(line.row.row.notes) or None)]
    if contents.review_below is not None:
        found.append(_Cell(", ".join(field_name(each, line.row.record) for each in line.review) or None))
    if contents.confidence:
        found += [_Cell(told.confidence if told else None, percent=True) for told in line.told]
    return found


def _evidence(contents: Contents, evidence: Evidence) -> list[_Cell]:
    row, cell = evidence.row.row, evidence.cell
    place = cell.places[0] if cell.places else {}
    box = place.get("box")
    model = model_of(row, contents.job) or {}
    return [
        _Cell(row.document),
        _Cell(evidence.field),
        _Cell(cell.value),
        _Cell(cell.state, cell.state),
        _Cell(cell.quote),
        _Cell(place.get("page")),
        _Cell(place.get("cell")),
        _Cell(", ".join(f"{side:g}" for side in box) if box else None),
        _Cell(cell.confidence, percent=True),
        _Cell("yes" if cell.reviewed else None),
        _Cell(evidence.original),
        _Cell(cell.note or None),
        _Cell(f"{model.get('name')} at {model['endpoint']}" if "endpoint" in model else model.get("name")),
        _Cell(model.get("sha256")),
        _Cell(contents.schema_sha256),
        _Cell(row.sha256),
    ]


def _legend(book: Workbook, contents: Contents) -> None:
    rows: list[list[_Cell]] = [[_Cell(state, state), _Cell(meaning)] for state, meaning in STATES.items()]
    counted: dict[str, int] = {}
    for row in contents.rows:
        counted[row.state] = counted.get(row.state, 0) + 1
    about: list[tuple[str, Any]] = [("documents", ", ".join(f"{count} {state}" for state, count in counted.items()))]
    if contents.job is not None:
        about.append(("extraction", contents.job.id))
        about.append(("started", contents.job.created))
    about += [("schema SHA-256", contents.schema_sha256), ("written", datetime.now(UTC).isoformat(timespec="seconds"))]
    rows += [[_Cell(None)], *([_Cell(name), _Cell(value)] for name, value in about)]
    _sheet(book, "Legend", ("state", "meaning"), rows, fixed=1)


def _sheet(book: Workbook, name: str, heads: Sequence[str], rows: Iterable[list[_Cell]], *, fixed: int) -> None:
    """Add a sheet whose head and first columns stay in sight."""
    sheet = book.create_sheet(name)
    iterator = iter(rows)
    sample = list(itertools.islice(iterator, _SAMPLE))
    # The format wants what holds for the sheet before its first row.
    sheet.freeze_panes = f"{get_column_letter(fixed + 1)}2"
    heads = [_text(head) for head in heads]
    for index, head in enumerate(heads):
        widest = max((row[index].width for row in sample if index < len(row)), default=0)
        width = min(max(widest, min(len(head), _WIDEST // 2)) + 2, _WIDEST)
        sheet.column_dimensions[get_column_letter(index + 1)].width = max(width, _NARROWEST)
    made = []
    for head in heads:
        cell = WriteOnlyCell(sheet, value=head)
        cell.data_type, cell.font, cell.border = "s", _BOLD, _HEAD
        made.append(cell)
    sheet.append(made)
    count = 1
    for row in itertools.chain(sample, iterator):
        sheet.append([cell.made(sheet) for cell in row])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{count}"


def _check(rows: int, wide: int, what: str) -> None:
    if rows > MOST_ROWS or wide > MOST_COLUMNS:
        counted = f"{rows:,} rows" if rows > MOST_ROWS else f"{wide:,} columns"
        limit = f"{MOST_ROWS:,}" if rows > MOST_ROWS else f"{MOST_COLUMNS:,}"
        raise InvalidRequest(
            f"{what} would have {counted}, and a sheet holds {limit}.", advice="Write a .csv or .jsonl file."
        )


def _typed(value: Any) -> Any:
    """Return what a cell of a sheet can hold of a value: numbers that a double holds, and text that is cut visibly."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _EXACT_INTEGERS else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return _text(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _day(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return _typed(value)
        return day if day >= _FIRST_DAY else value
    return _typed(value)


def _text(text: str) -> str:
    """Return text that a sheet can hold: control characters replaced, no more of it than a cell takes."""
    text = _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    escaped = _ESCAPE.sub("_x005F_", text)
    if _units(escaped) <= LONGEST:
        return escaped
    mark = f" … (cut: {len(text):,} characters)"
    room = LONGEST - _units(mark)
    kept = escaped.encode("utf-16-le")[: 2 * room].decode("utf-16-le", errors="ignore")
    return kept + mark


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
