"""Tables as text: the delimiter and the encoding are found out, cells keep row and column."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents import Document, read_document
from engine.documents.delimited import find_delimiter, read_delimited
from engine.errors import DocumentError

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Document:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read_document(path)


def address(document: Document, text: str) -> list[str]:
    start = document.text.index(text)
    return [cell.address for _, cell in document.cells(start, start + len(text))]


@pytest.mark.parametrize(
    ("delimiter", "text"),
    [
        (",", "name,total\nAda,3\nBob,4\n"),
        (";", "Artikel;Menge;Preis\nHobel;2;129,00\nSäge;1;12,50\n"),
        (";", "1,50;2,50;3,50\n4,00;5,00;6,00\n"),
        ("\t", "a, b\tc\nd, e\tf\n"),
        ("|", "a|b|c\nd|e|f\n"),
        (",", 'x,"a;b;c"\ny,"d;e"\n'),
        (",", "only one column\nanother line\n"),
        (",", "1,2,3\n4,5,6\n"),
        (";", "Price list, May\n\nArticle;Price\nPlane;129\nprices in EUR\n"),
    ],
)
def test_the_delimiter_is_found(delimiter: str, text: str) -> None:
    assert find_delimiter(text) == delimiter


def test_cells_know_row_and_column_also_behind_quoted_lines(tmp_path: Path) -> None:
    document = read(tmp_path, 'name,remark,total\n"Voss, A.","two\nlines",12.50\nBrandt,,7\n')
    assert document.text == "name | remark | total\nVoss, A. | two lines | 12.50\nBrandt |  | 7"
    assert address(document, "Voss, A.") == ["A2"]
    assert address(document, "12.50") == ["C2"]
    assert address(document, "7") == ["C3"]
    assert document.kind == "csv"


def test_a_table_from_excel_is_read_with_its_encoding_and_its_sep_line(tmp_path: Path) -> None:
    document = read(tmp_path, "sep=;\r\nMaß;Größe\r\nfünf;zwölf\r\n", encoding="cp1252")
    assert document.text == "Maß | Größe\nfünf | zwölf"
    assert address(document, "Größe") == ["B1"]
    assert "guessed" in document.notes[0]
    assert read(tmp_path, "a\tb\n", "t.tsv", "utf-16").text == "a | b"


def test_a_quotation_mark_that_is_never_closed_swallows_nothing(tmp_path: Path) -> None:
    document = read(tmp_path, 'size,price\n"5 inch,3.00\n6 inch,4.00\n')
    assert document.text == 'size | price\n"5 inch | 3.00\n6 inch | 4.00'
    assert "never closed" in document.notes[0]


def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="longer than"):
        read(tmp_path, "a,b\n" + "x" * 2_000_000)


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1), min_size=2, max_size=4),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(",;\t|"),
)
def test_every_cell_that_is_written_is_found_where_it_stands(rows: list[list[str]], delimiter: str) -> None:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    page, _ = read_delimited(f"sep={delimiter}\n{written.getvalue()}", "table.csv")
    found = {(row, column): page.text[start:end] for start, end, _, row, column, *_ in page.cells.tolist()}
    assert found == {
        (row, column): cell for row, cells in enumerate(rows, start=1) for column, cell in enumerate(cells, start=1)
    }
