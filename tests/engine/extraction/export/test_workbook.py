"""Rows as a workbook, read back with the library that wrote it and as the XML that it is."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import InvalidRequest
from engine.extraction.export import Contents, workbook, write_workbook
from engine.extraction.review import ReviewedCell, ReviewedRow
from engine.extraction.table import Unit
from engine.store import Row

if TYPE_CHECKING:
    from collections.abc import Sequence


def write(rows: Sequence[ReviewedRow], schema_text: str, **how: Any) -> io.BytesIO:
    file = io.BytesIO()
    write_workbook(file, Contents(rows, schema_text, **how))
    file.seek(0)
    return file


def written(rows: Sequence[ReviewedRow], schema_text: str, **how: Any) -> Any:
    return openpyxl.load_workbook(write(rows, schema_text, **how))


def values(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.rows]


def told(sheet: Any, line: int) -> dict[str, Any]:
    head, *rest = sheet.rows
    return {title.value: cell for title, cell in zip(head, rest[line], strict=True)}


def record_of(value: Any) -> ReviewedRow:
    return ReviewedRow(Row("a", "done", record={"x": value}), {"x": value}, {})


def test_cells_have_the_type_of_their_value(rows: list[ReviewedRow], schema_text: str) -> None:
    first = told(written(rows, schema_text)["Documents"], 0)
    assert first["date"].value == datetime(2025, 3, 4)
    assert first["date"].number_format == "yyyy-mm-dd"
    assert (first["paid"].value, first["paid"].data_type) == (True, "b")
    assert (first["total"].value, first["total"].data_type) == (-1.5, "n")
    assert first["vendor.city"].value is None
    assert json.loads(first["lines"].value)[1] == {"name": "Pears", "price": 3.25}


def test_the_head_stays_in_sight_and_columns_fit_what_they_hold(rows: list[ReviewedRow], schema_text: str) -> None:
    sheet = written(rows, schema_text)["Documents"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:J4"
    widths = {cell.value: sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]}
    assert widths["paid"] < widths["notes"] < widths["lines"] <= 50


def test_states_are_seen_and_the_legend_says_what_they_mean(rows: list[ReviewedRow], schema_text: str) -> None:
    book = written(rows, schema_text)
    legend = {row[0].value: row[0].fill.fgColor.rgb for row in book["Legend"].iter_rows(min_row=2, max_row=8)}
    first = told(book["Documents"], 0)
    assert first["total"].fill.fgColor.rgb == legend["edited"]
    assert first["vendor.city"].fill.fgColor.rgb == legend["absent"]
    assert first["lines"].fill.fgColor.rgb == legend["doubtful"]
    assert first["vendor.name"].fill.fgColor.rgb == legend["exact"]
    assert len({legend["edited"], legend["absent"], legend["doubtful"], legend["failed"], legend["exact"]}) == 5


def test_provenance_is_a_sheet_of_its_own(rows: list[ReviewedRow], schema_text: str) -> None:
    assert "Provenance" not in written(rows, schema_text).sheetnames
    sheet = written(rows, schema_text, sources=True)["Provenance"]
    head, *lines = values(sheet)
    by_field = {line[1]: dict(zip(head, line, strict=True)) for line in lines}
    assert len(by_field) == 9
    name = by_field["vendor.name"]
    assert (name["document"], name["page"], name["box"], name["confidence"]) == ("a.pdf", 1, "1, 2, 3.5, 4", 0.95)
    assert (name["model"], name["document SHA-256"]) == ("Small", "ab12")
    assert (by_field["date"]["page"], by_field["date"]["cell"], by_field["date"]["quote"]) == (2, "B7", "4 March")
    assert (by_field["total"]["value"], by_field["total"]["was"], by_field["total"]["reviewed"]) == (-1.5, 15, "yes")
    assert by_field["lines #2.price"]["note"] == "Or 325."


def test_items_are_rows(rows: list[ReviewedRow], schema_text: str) -> None:
    sheet = written(rows, schema_text, unit=Unit(("lines",), "lines"), confidence=True)["Items"]
    second = told(sheet, 1)
    assert (second["item"].value, second["lines.price"].value) == (2, 3.25)
    assert second["lines.price (confidence)"].value == 0.5
    assert second["lines.price (confidence)"].number_format == "0.0%"


def test_what_looks_like_a_formula_is_text_and_stays_text_when_it_is_edited(
    rows: list[ReviewedRow], schema_text: str
) -> None:
    file = write(rows, schema_text, unit=Unit(("lines",), "lines"), sources=True)
    cell = told(openpyxl.load_workbook(file)["Items"], 0)["lines.name"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    with zipfile.ZipFile(file) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 3
    assert not any(b"<f>" in sheet or b"<f " in sheet or b"hyperlink" in sheet for sheet in sheets)


@settings(max_examples=60)
@given(
    st.one_of(
        st.text(st.characters(exclude_categories=()), max_size=30),
        st.sampled_from(
            ["=1+1", "+1", "-1", "@x", "\t=1", "\uff1d1", "#N/A", "#REF!", "_x0041_", "TRUE", "a\rb", "http://x.y"]
        ),
    )
)
def test_any_text_comes_back_as_text(text: str) -> None:
    book = written([record_of(text)], "{}", sources=True)
    cell = told(book["Documents"], 0)["x"]
    if text:
        assert cell.data_type == "s"
    shown = "".join(c for c in (cell.value or "").replace("_x005F_", "_") if c != "\ufffd")
    lost = {*map(chr, range(32)), "\ufffe", "\uffff", "\ufffd"} - {"\t", "\n"}
    kept = text.replace("\r\n", "\n").replace("\r", "\n")
    assert shown == "".join(c for c in kept if c not in lost and not "\ud800" <= c <= "\udfff")


def test_a_text_that_is_too_long_for_a_cell_is_cut_visibly() -> None:
    for text in ("a" * 32_768, "😀" * 20_000, "_x0041_" * 8_000):
        cell = told(written([record_of(text)], "{}")["Documents"], 0)["x"]
        assert len(cell.value.encode("utf-16-le")) <= 2 * 32_767
        assert cell.value.endswith(f"… (cut: {len(text):,} characters)")
    whole = "a" * 32_767
    assert told(written([record_of(whole)], "{}")["Documents"], 0)["x"].value == whole


@pytest.mark.parametrize("value", [2**53 + 1, -(10**30), float("inf"), float("nan")])
def test_a_number_that_a_sheet_would_change_is_text(value: float) -> None:
    cell = told(written([record_of(value)], "{}")["Documents"], 0)["x"]
    assert (cell.value, cell.data_type) == (str(value), "s")


@pytest.mark.parametrize("day", ["1899-12-31", "1900-02-28", "2025-02-30", "soon"])
def test_a_date_that_a_sheet_does_not_know_is_text(day: str) -> None:
    schema = json.dumps({"properties": {"x": {"type": "string", "format": "date"}}})
    assert told(written([record_of(day)], schema)["Documents"], 0)["x"].value == day


def test_more_rows_than_a_sheet_holds_are_refused_with_a_sentence(
    rows: list[ReviewedRow], schema_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    assert len(values(written(rows, schema_text)["Documents"])) == 4
    with pytest.raises(InvalidRequest, match=r"The table would have 5 rows, and a sheet holds 4"):
        write([*rows, rows[1]], schema_text)
    with pytest.raises(InvalidRequest, match="provenance would have 10 rows"):
        write(rows, schema_text, sources=True)


def test_a_cell_without_a_page_is_no_obstacle(rows: list[ReviewedRow], schema_text: str) -> None:
    row = ReviewedRow(rows[0].row, rows[0].record, {"": ReviewedCell(None, "absent")})
    (line,) = values(written([row], schema_text, sources=True)["Provenance"])[1:]
    assert line[:4] == ["a.pdf", "record", None, "absent"]
