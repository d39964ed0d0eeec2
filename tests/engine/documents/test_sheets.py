"""Workbooks: every cell at its address, values as they are seen, what cannot be read said."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents import Cell, Document, read_document
from engine.documents import writing as writing_module
from engine.documents.document import column_letters
from engine.documents.number_format import show_value
from engine.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Saved = Callable[[Callable[[Any], None]], Document]


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Return a function that fills a workbook whose first sheet is "Prices", saves and reads it."""

    def save(fill: Callable[[Any], None]) -> Document:
        book = openpyxl.Workbook()
        book.active.title = "Prices"
        fill(book)
        book.save(tmp_path / "book.xlsx")
        return read_document(tmp_path / "book.xlsx")

    return save


def address(document: Document, text: str) -> list[str]:
    start = document.text.index(text)
    return [cell.address for _, cell in document.cells(start, start + len(text))]


def test_rows_are_lines_and_every_cell_knows_its_address(saved: Saved) -> None:
    def fill(book: Any) -> None:
        book.active["B2"], book.active["C2"], book.active["E2"] = "Article", "Price", "Stock"
        book.active["B4"], book.active["E4"] = "Plane,\nno. 4", 3

    document = saved(fill)
    assert document.text == "Article | Price | Stock\n\nPlane, no. 4 |  | 3"
    assert address(document, "Article") == ["Prices!B2"]
    assert address(document, "3") == ["Prices!E4"]
    assert address(document, "no. 4 |  | 3") == ["Prices!B4", "Prices!E4"]
    assert address(document, " | ") == []


def test_each_sheet_is_a_page_with_its_name_and_hidden_ones_are_named_in_a_note(saved: Saved) -> None:
    def fill(book: Any) -> None:
        book.active["A1"] = "one"
        book.create_sheet("Terms of 2025")["A1"] = "two"
        book.create_sheet("Empty")
        hidden = book.create_sheet("Lists")
        hidden["A1"] = "never"
        hidden.sheet_state = "hidden"

    document = saved(fill)
    assert [(page.name, page.text) for page in document.pages] == [
        ("Prices", "Prices\n\none"),
        ("Terms of 2025", "Terms of 2025\n\ntwo"),
    ]
    assert address(document, "two") == ["'Terms of 2025'!A1"]
    assert document.page_at(document.text.index("two")) == 2
    assert document.notes == ("Hidden sheets were not read: Lists.",)


def test_merged_cells_are_one_cell(saved: Saved) -> None:
    def fill(book: Any) -> None:
        book.active["A1"], book.active["C2"] = "Price list", "x"
        book.active.merge_cells("A1:C1")

    assert address(saved(fill), "Price list") == ["Prices!A1:C1"]


def test_values_are_read_as_they_are_seen(saved: Saved) -> None:
    def fill(book: Any) -> None:
        values = [
            (dt.date(2025, 9, 4), "DD.MM.YYYY"),
            (dt.datetime(2025, 9, 4, 14, 30), "DD/MM/YY hh:mm"),
            (dt.time(7, 5), "hh:mm"),
            (129, '#,##0.00\\ "€"'),
            (-1234.5, "_-[$$-409]* #,##0.00_ ;[Red](#,##0.00)"),
            (0.19, "0%"),
            (7, "00000"),
            (0.1 + 0.2, "General"),
            (True, "General"),
        ]
        for row, (value, pattern) in enumerate(values, start=1):
            cell = book.active.cell(row, 1, value)
            cell.number_format = pattern

    assert saved(fill).text.split("\n") == [
        *("2025-09-04", "2025-09-04 14:30", "07:05", "129.00 €", "-1234.50", "19%", "00007", "0.3", "TRUE"),
    ]


def test_a_formula_is_the_value_that_was_saved_with_it_and_one_without_is_told(tmp_path: Path, saved: Saved) -> None:
    def fill(book: Any) -> None:
        book.active["A1"], book.active["A2"] = 5, "=A1*2"

    document = saved(fill)
    assert document.text == "5"
    assert "no saved value (A2)" in document.notes[0]
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b"<f>A1*2</f><v />", b"<f>A1*2</f><v>10</v>"))
    document = read_document(path)
    assert (document.text, document.notes) == ("5\n10", ())


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_decimals_of_a_format_are_kept_and_nothing_is_lost(number: int, decimals: int) -> None:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    shown = show_value(number / 10**decimals, pattern)
    assert float(shown) == number / 10**decimals
    assert len(shown.partition(".")[2]) == decimals


@given(st.text(max_size=40), st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_any_format_code_gives_a_text(pattern: str, value: float) -> None:
    assert show_value(value, pattern)


@given(st.integers(1, 16384))
def test_columns_are_called_as_spreadsheets_call_them(column: int) -> None:
    assert column_letters(column) == openpyxl.utils.get_column_letter(column)


def test_a_sheets_name_is_quoted_where_it_must_be() -> None:
    assert Cell("Prices", 7, 28, 7, 28).address == "Prices!AB7"
    assert Cell("Bob's list", 1, 1, 2, 3).address == "'Bob''s list'!A1:C2"
    assert Cell("", 3, 2, 3, 2).address == "B3"


def test_a_workbook_with_a_broken_part_is_refused_by_its_sheet(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Prices"
    book.active["A1"] = "x"
    path = tmp_path / "book.xlsx"
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for broken, place in (("xl/worksheets/sheet1.xml", "sheet Prices"), ("xl/workbook.xml", "book.xlsx")):
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, content[: len(content) // 2] if name == broken else content)
        with pytest.raises(DocumentError, match="damaged") as caught:
            read_document(path)
        assert str(caught.value.where).endswith(place)
        assert caught.value.advice


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD90000"] = "first", "last"
    path = tmp_path / "book.xlsx"
    book.save(path)
    assert read_document(path).text == "first\n\n | last"


def test_a_row_that_claims_a_number_no_program_makes_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A2"] = "x"
    path = tmp_path / "book.xlsx"
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(b'<row r="2"', b'<row r="999999999"'))
    with pytest.raises(DocumentError, match="damaged"):
        read_document(path)


def test_more_cells_than_anyone_reads_are_refused(saved: Saved, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing_module, "CELL_LIMIT", 50)

    def fill(book: Any) -> None:
        for row in range(60):
            book.active.append([row])

    with pytest.raises(DocumentError, match="more than 50 cells"):
        saved(fill)


def test_an_empty_workbook_is_refused(saved: Saved) -> None:
    with pytest.raises(DocumentError, match="no visible text"):
        saved(lambda book: None)
