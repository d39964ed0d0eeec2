"""Rows as files."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidRequest, StoreError
from engine.extraction.export import to_csv, to_jsonl, write_rows
from engine.store import Row

SCHEMA = json.dumps({"properties": {"total": {"type": "number"}, "vendor": {"type": "string"}, "lines": {}}})

ROWS = [
    Row(
        "a.txt",
        "done",
        record={"total": -1.5, "vendor": "Äpfel & Co", "lines": [{"n": 1}]},
        notes=("Only page 1.",),
    ),
    Row(
        "b.txt",
        "failed",
        error={"kind": "DocumentError", "message": "It is empty.", "where": None, "advice": None},
    ),
    Row("c.txt", "pending"),
]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def test_jsonl_has_one_object_a_document_in_order() -> None:
    lines = [json.loads(line) for line in to_jsonl(ROWS).splitlines()]
    assert [line["document"] for line in lines] == ["a.txt", "b.txt", "c.txt"]
    assert lines[0] == {
        "document": "a.txt",
        "status": "done",
        "record": {"total": -1.5, "vendor": "Äpfel & Co", "lines": [{"n": 1}]},
        "error": None,
        "notes": ["Only page 1."],
    }
    assert lines[1]["record"] is None
    assert lines[1]["error"]["message"] == "It is empty."


def test_provenance_is_told_where_it_is_asked_for_and_has_no_place_in_a_table(tmp_path: Path) -> None:
    cells = {"/total": {"value": 1, "state": "exact", "quote": "1", "spans": [[0, 1]]}}
    row = Row("a.txt", "incomplete", sha256="ab", record={"total": 1}, cells=cells)
    assert "cells" not in json.loads(to_jsonl([row]))
    line = json.loads(to_jsonl([row], provenance=True))
    assert (line["sha256"], line["cells"], line["record"]) == ("ab", cells, {"total": 1})
    with pytest.raises(InvalidRequest):
        write_rows(tmp_path / "rows.csv", [row], SCHEMA, provenance=True)


def test_csv_has_the_schemas_fields_as_columns() -> None:
    assert read(to_csv(ROWS, SCHEMA)) == [
        ["document", "status", "total", "vendor", "lines", "error", "notes"],
        ["a.txt", "done", "-1.5", "Äpfel & Co", '[{"n": 1}]', "", "Only page 1."],
        ["b.txt", "failed", "", "", "", "It is empty.", ""],
        ["c.txt", "pending", "", "", "", "", ""],
    ]


def test_a_field_that_the_schema_does_not_name_gets_a_column() -> None:
    assert read(to_csv([Row("a", "done", record={"extra": True, "none": None})], "{}")) == [
        ["document", "status", "extra", "none", "error", "notes"],
        ["a", "done", "true", "", "", ""],
    ]


def test_a_field_called_like_a_fixed_column_is_told_apart() -> None:
    assert read(to_csv([Row("a", "done", record={"status": "paid"})], "{}")) == [
        ["document", "status", "record.status", "error", "notes"],
        ["a", "done", "paid", "", ""],
    ]


def test_a_record_that_is_no_object_is_one_column() -> None:
    rows = [Row("a", "done", record=[1, 2]), Row("b", "done", record={"x": 1}), Row("c", "done", record="=1")]
    assert read(to_csv(rows, '{"properties": {"x": {}}}')) == [
        ["document", "status", "record", "error", "notes"],
        ["a", "done", "[1, 2]", "", ""],
        ["b", "done", '{"x": 1}', "", ""],
        ["c", "done", "'=1", "", ""],
    ]


@given(st.text(st.characters(codec="utf-8"), max_size=20))
def test_no_text_reaches_a_spreadsheet_as_a_formula(text: str) -> None:
    rows = [Row("@" + text, "done", record={"=" + text: text}, notes=("-" + text,))]
    for line in read(to_csv(rows, "{}")):
        for cell in line:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_a_csv_file_says_that_it_is_utf_8(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.csv", ROWS, SCHEMA)
    assert (tmp_path / "rows.csv").read_bytes().startswith(b"\xef\xbb\xbfdocument,")
    write_rows(tmp_path / "below" / "rows.jsonl", ROWS, SCHEMA)
    assert (tmp_path / "below" / "rows.jsonl").read_text("utf-8") == to_jsonl(ROWS)


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    target = tmp_path / "rows.jsonl"
    target.write_text("before")
    write_rows(target, ROWS, SCHEMA)
    assert target.read_text("utf-8") == to_jsonl(ROWS)
    assert list(tmp_path.iterdir()) == [target]


def test_what_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match=r"written as \.jsonl or \.csv, not as \.xlsx"):
        write_rows(tmp_path / "rows.xlsx", ROWS, SCHEMA)
    with pytest.raises(InvalidRequest, match="no ending"):
        write_rows(tmp_path / "rows", ROWS, SCHEMA)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        write_rows(tmp_path / "file" / "rows.csv", ROWS, SCHEMA)
