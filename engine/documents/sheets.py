"""Excel workbooks (xlsx, SpreadsheetML of ECMA-376) to pages: a sheet each, every cell with its address."""

from __future__ import annotations

import warnings
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import openpyxl
from defusedxml.ElementTree import iterparse
from openpyxl.utils.cell import range_boundaries

from engine.documents.number_format import show_value
from engine.documents.package import Package, local
from engine.documents.writing import PageWriter, Written, check_cells
from engine.errors import DocumentError

if TYPE_CHECKING:
    import io

    from engine.documents.document import Page, Progress

_BEAT_ROWS = 1000
_ROW_LIMIT = 1_048_576
"""Most rows of a sheet that any program makes."""


@dataclass
class _Sheet:
    """What the cells of a sheet do not say: merged ones, by their first corner, and formulas without a value."""

    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    unvalued: list[str] = field(default_factory=list)


def read_workbook(
    data: bytes, where: str, progress: Progress | None = None
) -> tuple[tuple[Page, ...], tuple[str, ...]]:
    """Return the sheets of an xlsx file that hold something, and notes on what was left out.

    A row is a line; cells stand apart by `CELL_SEPARATOR`, columns that are empty throughout are left out. Formulas
    are the values that were saved with them. Raises DocumentError for what is damaged, locked or unpacks to too much.
    """
    with Package(data, where) as package:
        package.main_part("xl/workbook.xml")
        archive = package.unpacked()
    pages: list[Page] = []
    notes: list[str] = []
    hidden: list[str] = []
    cells = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on features that only matter to who writes the file again
        book = _open(archive, where)
        sheets = book.worksheets
        for number, sheet in enumerate(sheets, start=1):
            if sheet.sheet_state != "visible":
                hidden.append(sheet.title)
                continue
            place = f"{where}, sheet {sheet.title}"

            def tell(number: int = number) -> None:
                if progress is not None:
                    progress(number - 1, len(sheets))

            facts = _facts(archive, sheet, place)
            rows = _rows(sheet, place, tell)
            if rows:
                page = _write(rows, facts, sheet.title, number, named=len(sheets) > 1, where=place)
                pages.append(page)
                cells += len(page.cells)
                check_cells(cells, where)
            if facts.unvalued:
                listed = ", ".join(facts.unvalued[:3]) + (" and others" if len(facts.unvalued) > 3 else "")
                notes.append(
                    f"Formulas on sheet “{sheet.title}” have no saved value ({listed}): "
                    "open the file in a spreadsheet program and save it."
                )
        book.close()
    if hidden:
        notes.append(f"Hidden sheets were not read: {', '.join(hidden)}.")
    return tuple(pages), tuple(notes)


def _open(archive: io.BytesIO, where: str) -> Any:
    try:
        return openpyxl.load_workbook(archive, read_only=True, data_only=True, keep_links=False)
    except MemoryError:
        raise
    except Exception as error:  # the library says damaged in a dozen ways
        raise _damaged(where) from error


def _rows(sheet: Any, where: str, tell: Any) -> dict[int, dict[int, str]]:
    """Return the text of each cell that has any: row to column to text."""
    found: dict[int, dict[int, str]] = {}
    count = 0
    try:
        sheet.reset_dimensions()  # what the file says of its size need not be true
        for place, row in enumerate(sheet.rows):
            if place % _BEAT_ROWS == 0:
                tell()
                _check_rows(place, where)
            texts = {
                cell.column: text
                for cell in row
                if cell.value is not None and (text := show_value(cell.value, cell.number_format).strip())
            }
            if texts:
                found[next(cell.row for cell in row if cell.value is not None)] = texts
                count += len(texts)
                check_cells(count, where)
    except (MemoryError, DocumentError):
        raise
    except Exception as error:  # as above
        raise _damaged(where) from error
    return found


def _check_rows(count: int, where: str) -> None:
    if count > _ROW_LIMIT:  # a row may claim any number, and those that are left out before it are counted one by one
        raise _damaged(where)


def _facts(archive: io.BytesIO, sheet: Any, where: str) -> _Sheet:
    facts = _Sheet()
    path = sheet._worksheet_path  # noqa: SLF001  # read-only sheets keep merged cells to themselves
    try:
        with zipfile.ZipFile(archive) as unpacked, unpacked.open(path) as part:
            for _, element in iterparse(part, forbid_dtd=True):
                name = local(element.tag)
                if name == "c":
                    inside = {local(child.tag): child.text for child in element}
                    if "f" in inside and not inside.get("v") and "is" not in inside:
                        facts.unvalued.append(element.get("r", "?"))
                elif name == "mergeCell":
                    first_column, first_row, last_column, last_row = range_boundaries(element.get("ref", ""))
                    facts.merged[first_row, first_column] = (last_row, last_column)
                if name in {"row", "mergeCell"}:
                    element.clear()
    except MemoryError:
        raise
    except Exception as error:  # as above
        raise _damaged(where) from error
    return facts


def _write(rows: dict[int, dict[int, str]], facts: _Sheet, title: str, number: int, *, named: bool, where: str) -> Page:
    writer = PageWriter()
    if named:
        writer.line(title)
        writer.blank()
    writer.table(title)
    columns = sorted({column for texts in rows.values() for column in texts})
    before = 0
    for row in sorted(rows):
        texts = rows[row]
        if row > before + 1:
            writer.blank()
        before = row
        last = max(texts)
        writer.row(
            [
                Written(texts.get(column, ""), row, column, *facts.merged.get((row, column), (row, column)))
                for column in columns
                if column <= last
            ]
        )
        check_cells(writer.cell_count, where)
    return writer.page(number, title)


def _damaged(where: str) -> DocumentError:
    return DocumentError(
        "The workbook is damaged and cannot be read.",
        where=where,
        advice="Open it in a spreadsheet program, and save it anew.",
    )
