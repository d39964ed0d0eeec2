"""A file that a person attaches becomes named columns and rows, or a sentence that says where it is wrong."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import DocumentError, EngineError
from engine.interface.columns import Column, kind_of, numbers
from engine.interface.export.outline import outline
from engine.interface.sources import Source, read_source


def columns(source: Source) -> dict[str, str]:
    return {column.name: column.kind for column in source.columns}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_csv_file_is_read_whatever_divides_its_cells(delimiter: str) -> None:
    lines = ["Month,Amount,Day,Paid", 'May,"1.5",2024-05-01,yes', "June,2,2024-06-01,no", ""]
    source = read_source("folder/sales.csv", "\r\n".join(lines).replace(",", delimiter).encode())
    assert source.name == "sales"
    assert columns(source) == {"Month": "text", "Amount": "number", "Day": "date", "Paid": "boolean"}
    assert source.rows == (("May", "1.5", "2024-05-01", "yes"), ("June", "2", "2024-06-01", "no"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_whatever_its_encoding(encoding: str) -> None:
    source = read_source("a.csv", "Größe;Straße\n5;Müllerweg\n7;Bäckergasse\n".encode(encoding))
    assert columns(source) == {"Größe": "number", "Straße": "text"}
    assert source.rows[1] == ("7", "Bäckergasse")


def test_commas_within_quotes_and_lines_within_cells_divide_nothing() -> None:
    source = read_source("a.csv", b'name,said\n"Doe, Ann","one\ntwo"\n')
    assert source.rows == (("Doe, Ann", "one\ntwo"),)


def test_a_file_without_names_for_its_columns_gets_some() -> None:
    assert columns(read_source("a.csv", b"1,2024-05-01\n2,2024-06-01\n")) == {"Column 1": "number", "Column 2": "date"}
    assert list(columns(read_source("a.csv", b"a,,a, a\n1,2,3,4\n"))) == ["a", "Column 2", "a 2", "a 3"]


def test_short_rows_are_filled_and_empty_ones_left_out() -> None:
    assert read_source("a.csv", b"a,b\n1\n\n,\n2,3,\n").rows == (("1", ""), ("2", "3"))


@pytest.mark.parametrize(
    "value",
    [
        [{"a": 1, "b": None}, {"b": "x", "c": [1, {"d": True}]}],
        {"count": 2, "rows": [{"a": 1, "b": None}, {"b": "x", "c": [1, {"d": True}]}]},
    ],
)
def test_a_json_file_is_a_list_of_objects_or_holds_one(value: object) -> None:
    source = read_source("a.json", json.dumps(value).encode())
    assert columns(source) == {"a": "number", "b": "text", "c": "text"}
    assert source.rows == (("1", "", ""), ("", "x", '[1, {"d": true}]'))


def test_numbers_of_json_stay_as_they_are_written() -> None:
    digits = "9" * 5_000
    source = read_source("a.json", f'[{{"a": 1.50, "b": 1E3, "c": {digits}}}]'.encode())
    assert source.rows == (("1.50", "1E3", digits),)


def test_an_object_a_line_is_read_too() -> None:
    assert read_source("a.jsonl", b'{"a": 1}\n\n{"a": 2}\n').rows == (("1",), ("2",))


@pytest.mark.parametrize(
    ("file", "data", "where"),
    [
        ("a.csv", b"a,b\n1,2\n1,2,3\n", "a.csv, line 3"),
        ("a.csv", b"", "a.csv"),
        ("a.csv", b"\n\n", "a.csv"),
        ("a.csv", b'a,b\n"' + b"x" * 200_000, "a.csv, line 2"),
        ("a.csv", b"a\n" + b"1\n" * 20_001, "a.csv"),
        ("a.csv", b",".join([b"a"] * 201), "a.csv"),
        ("a.csv", b"\x00\x00\x00\x01" * 100, "a.csv"),
        ("a.csv", b"a" * 20_000_001, "a.csv"),
        ("a.json", b'[{"a": 1},\n {]', "a.json, line 2, column 3"),
        ("a.json", b"[" * 100_000, "a.json"),
        ("a.json", b'[{"a": 1}, 5]', "a.json, /1"),
        ("a.json", b'{"rows": [5]}', "a.json, /rows/0"),
        ("a.json", b'{"a": [{}], "b": [{}]}', "a.json"),
        ("a.json", b'{"a": 1}', "a.json"),
        ("a.json", b"[{}]", "a.json"),
        ("a.json", b'"text"', "a.json"),
        ("a.jsonl", b'{"a": 1}\n{"a"\n', "a.jsonl, line 2"),
        ("a.jsonl", b'{"a": 1}\n[]\n', "a.jsonl, line 2"),
    ],
)
def test_what_cannot_be_attached_is_refused_with_its_place(file: str, data: bytes, where: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_source(file, data)
    assert refused.value.where == where
    assert refused.value.advice


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-2.5", "", "1e3"], "number"),
        (["1,234", "1 234.5", "1.234,5", "+3", ".5"], "number"),
        (["0123", "4567"], "text"),
        (["1-2", "3"], "text"),
        (["2024-05-01", "1.5.2024", "2024-05-01T10:30:00Z"], "date"),
        (["yes", "No"], "boolean"),
        (["1", "x"], "text"),
        (["", " "], "text"),
        (["9" * 100], "text"),
    ],
)
def test_a_column_is_of_the_kind_of_all_its_cells(cells: list[str], kind: str) -> None:
    assert kind_of(cells) == kind


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.5", "2", ""], (1.5, 2, None)),
        (["1,5", "1,234"], (1.5, 1.234)),
        (["1,234", "2"], (1234, 2)),
        (["1.234,50", "3"], (1234.5, 3)),
        (["1,234.50"], (1234.5,)),
        (["1.234.567"], (1_234_567,)),
        (["1 234", "\u22123", "x"], (1234, -3, None)),
    ],
)
def test_a_comma_is_what_the_whole_column_says(cells: list[str], expected: tuple[float | None, ...]) -> None:
    assert numbers(cells) == expected


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.json", "a.jsonl", "a"]))
def test_any_bytes_become_a_table_or_a_sentence(data: bytes, file: str) -> None:
    try:
        source = read_source(file, data)
    except EngineError:
        return
    names = [column.name for column in source.columns]
    assert all(names)
    assert len(set(names)) == len(names)
    assert all(len(row) == len(names) for row in source.rows)
    json.dumps([names, source.rows]).encode()


YIELD = Source(
    "yield",
    (Column("bed", "text"), Column("grams", "number"), Column("euro", "number")),
    (("North", "1,250", "2.1"), ("South", "980", ""), ("Frame", "12,400", "3")),
)


def test_a_source_gives_its_columns_and_rows_and_names_what_it_has_not() -> None:
    assert YIELD.cells("grams") == ["1,250", "980", "12,400"]
    assert YIELD.cells("grams", 1) == ["1,250"]
    assert YIELD.table(["euro", "weight", "bed"], 2) == [["2.1", "", "North"], ["", "", "South"]]
    assert YIELD.records(1) == [{"bed": "North", "grams": "1,250", "euro": "2.1"}]
    assert YIELD.missing(["bed", "weight", "price"]) == "weight"
    assert YIELD.missing(["bed", "euro"]) is None


def test_numbers_that_are_written_for_people_are_drawn_as_numbers() -> None:
    chart = {"type": "chart", "source": "yield", "labels": ["bed"], "series": [{"name": "grams"}, {"name": "euro"}]}
    labels, series = outline({"type": "root", "children": [chart]}, [YIELD]).points_of(chart)
    assert labels == ["North", "South", "Frame"]
    assert series == [("grams", [1250.0, 980.0, 12400.0]), ("euro", [2.1, 0.0, 3.0])]
