"""Rows as CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from engine.extraction.export import Contents, to_csv
from engine.extraction.export.contents import field_name
from engine.extraction.review import ReviewedRow
from engine.extraction.table import Unit
from engine.store import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
LINES = Unit(("lines",), "lines")


def table(rows: Sequence[ReviewedRow], schema_text: str, **how: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(Contents(rows, schema_text, **how)), newline="")))


def read(document: str, record: Any, **more: Any) -> ReviewedRow:
    return ReviewedRow(Row(document, "done", record=record, **more), record, {})


def test_a_document_is_a_row_and_objects_are_flattened(rows: list[ReviewedRow], schema_text: str) -> None:
    lines = '[{"name": "=1+1", "price": 2}, {"name": "Pears", "price": 3.25}]'
    assert table(rows, schema_text) == [
        ["document", "status", "vendor.name", "vendor.city", "date", "paid", "total", "lines", "error", "notes"],
        ["a.pdf", "done", "Äpfel & Co", "", "2025-03-04", "true", "-1.5", lines, "", "Only page 1 was read."],
        ["b.pdf", "failed", "", "", "", "", "", "", "It is empty.", ""],
        ["c.pdf", "pending", "", "", "", "", "", "", "", ""],
    ]


def test_an_item_is_a_row_in_which_the_document_stands_again(rows: list[ReviewedRow], schema_text: str) -> None:
    made = table(rows, schema_text, unit=LINES)
    assert made[0][:2] == ["document", "item"]
    shown = [[line[0], line[1], line[3], line[-4], line[-3]] for line in made[1:]]
    assert shown == [
        ["a.pdf", "1", "Äpfel & Co", "'=1+1", "2"],
        ["a.pdf", "2", "Äpfel & Co", "Pears", "3.25"],
        ["b.pdf", "", "", "", ""],
        ["c.pdf", "", "", "", ""],
    ]


def test_sources_and_confidence_stand_behind_the_fields(rows: list[ReviewedRow], schema_text: str) -> None:
    head, first, second, _ = table(rows, schema_text, sources=True, confidence=True)
    plain = table(rows, schema_text)
    assert head[: len(plain[0])] == plain[0]
    told = dict(zip(head, first, strict=True))
    assert [told[f"vendor.name ({kind})"] for kind in ("state", "quote", "place", "confidence")] == [
        "exact",
        "Äpfel & Co",
        "page 1",
        "0.950",
    ]
    assert told["date (place)"] == "page 2, B7"
    assert told["vendor.city (state)"] == "absent"
    # A list is as good as its worst value.
    assert (told["lines (state)"], told["lines (confidence)"]) == ("doubtful", "0.200")
    assert set(second[len(plain[0]) :]) == {""}


def test_cells_of_little_confidence_are_named_worst_first(rows: list[ReviewedRow], schema_text: str) -> None:
    head, first, *_ = table(rows, schema_text, review_below=0.6)
    assert dict(zip(head, first, strict=True))["review"] == "lines #1.name, vendor.city, lines #2.price"
    items = table(rows, schema_text, review_below=0.6, unit=LINES)
    assert [line[-1] for line in items[:3]] == ["review", "lines #1.name, vendor.city", "vendor.city, lines #2.price"]


def test_items_are_counted_from_one_and_keys_that_are_numbers_are_keys() -> None:
    record = {"2024": [{"x": 1}], "a": {"7": None}}
    assert [field_name(pointer, record) for pointer in ("/2024/0/x", "/a/7", "", "/a")] == [
        "2024 #1.x",
        "a.7",
        "record",
        "a",
    ]


def test_a_field_called_like_a_fixed_column_is_told_apart() -> None:
    assert table([read("a", {"status": "paid"})], "{}") == [
        ["document", "status", "record.status", "error", "notes"],
        ["a", "done", "paid", "", ""],
    ]


def test_a_record_that_is_no_object_is_one_column() -> None:
    rows = [read("a", [1, 2]), read("b", {"x": 1}), read("c", "=1")]
    assert table(rows, "{}") == [
        ["document", "status", "record", "error", "notes"],
        ["a", "done", "[1, 2]", "", ""],
        ["b", "done", '{"x": 1}', "", ""],
        ["c", "done", "'=1", "", ""],
    ]


@given(
    st.text(st.characters(codec="utf-8"), max_size=20),
    st.sampled_from(SIGNS + "\t\r\n"),
    st.text(" \u3000", max_size=2),
)
def test_no_text_reaches_a_spreadsheet_as_a_formula(text: str, sign: str, blank: str) -> None:
    rows = [read(sign + text, {blank + sign + text: blank + sign + text, "n": -1}, notes=(blank + sign,))]
    for line in table(rows, "{}"):
        for cell in line:
            assert cell == "-1" or not cell.lstrip().startswith(tuple(SIGNS))
            assert not cell.startswith(("\t", "\r", "\n"))
