"""Known values: how they are read, and what is right when records are held against them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidRequest
from engine.extraction.export import write_table
from engine.extraction.review import ReviewedCell, ReviewedRow
from engine.extraction.table import DOCUMENTS, units
from engine.extraction.truth import Truth, accuracy, agrees, read_truth, write_evaluation
from engine.extraction.truth.accuracy import pair_items
from engine.store import Row

if TYPE_CHECKING:
    from pathlib import Path

    from engine.store import RowState

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "vendor": {"type": "object", "properties": {"name": {"type": ["string", "null"]}}},
            "date": {"type": ["string", "null"], "format": "date"},
            "total": {"type": ["number", "null"]},
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"name": {"type": "string"}, "price": {"type": ["number", "null"]}},
                },
            },
        },
    }
)
KNOWN = {"vendor": {"name": "Acme"}, "date": "2025-04-03", "total": 1234.5, "lines": [{"name": "a", "price": 1}]}


def row(
    document: str, record: Any, state: RowState = "done", cells: dict[str, ReviewedCell] | None = None
) -> ReviewedRow:
    return ReviewedRow(Row(document, state, record=record), record, cells or {})


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


# Comparing


@pytest.mark.parametrize(
    ("found", "known"),
    [
        ("ACME  Ltd.", "acme ltd"),
        ("Acme\u00a0Ltd", "Acme Ltd"),
        ("INV/2023/0008", "inv/2023/0008"),
        (1234.5, "1.234,50"),
        (1234.5, "1,234.50 EUR"),
        (1, 1.0),
        (0.1 + 0.2, 0.3),
        ("42183017", 42183017),
        ("2025-04-03", "3 April 2025"),
        ("2025-04-03", "03.04.2025"),
        (True, "yes"),
        (False, "false"),
        (["b", "a"], ["A", "b"]),
        ({"x": "1", "more": 2}, {"x": "1"}),
        (None, None),
    ],
)
def test_values_agree_however_they_are_spelled(found: Any, known: Any) -> None:
    assert agrees(found, known)


@pytest.mark.parametrize(
    ("found", "known"),
    [
        ("Acme", "Acme Inc"),
        ("€", "$"),
        ("5", "-5 kg"),
        (1234.5, "1234.6"),
        (1, True),
        (1, None),
        (None, 0),
        (None, ""),
        ("2025-04-03", "2025-04-04"),
        ("2025-04-03", "paid on 3 April 2025"),
        (["a", "a"], ["a", "b"]),
        (["a"], ["a", "a"]),
        ({"x": 1}, {"x": 1, "y": 2}),
        ([1], 1),
    ],
)
def test_values_that_differ_do_not_agree(found: Any, known: Any) -> None:
    assert not agrees(found, known)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda below: st.lists(below, max_size=3)))
def test_every_value_agrees_with_itself(value: Any) -> None:
    assert agrees(value, value)


# Reading


def test_lines_of_json_hold_a_record_with_its_documents_name(tmp_path: Path) -> None:
    truth = read_truth(write(tmp_path / "t.jsonl", '{"document": "a.pdf", "total": 1}\n\n{"file": "b.pdf"}\n'))
    assert truth.records == {"a.pdf": {"total": 1}, "b.pdf": {}}


@pytest.mark.parametrize(
    "text",
    [
        '[{"document": "a.pdf", "total": 1}]',
        '{"a.pdf": {"total": 1}}',
        '{"document": "a.pdf", "total": 1}',
        '[{"document": "a.pdf", "record": {"total": 1}}]',
    ],
)
def test_json_is_a_list_or_an_object_by_document(tmp_path: Path, text: str) -> None:
    assert read_truth(write(tmp_path / "t.json", text)).records == {"a.pdf": {"total": 1}}


def test_a_table_has_a_column_a_field_and_empty_cells_are_absent(tmp_path: Path) -> None:
    text = "File;vendor.name;total\na.pdf;Acme;1.234,50\nb.pdf;;\n"
    truth = read_truth(write(tmp_path / "t.csv", text))
    assert truth.records == {
        "a.pdf": {"vendor": {"name": "Acme"}, "total": "1.234,50"},
        "b.pdf": {"vendor": {"name": None}, "total": None},
    }


def test_a_folder_holds_a_file_for_each_document(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    write(tmp_path / "a.pdf.json", '{"total": 1}')
    write(tmp_path / "below" / "b.json", '{"total": 2}')
    write(tmp_path / "notes.txt", "no record")
    truth = read_truth(tmp_path)
    assert truth.records == {"a.pdf": {"total": 1}, "below/b": {"total": 2}}
    assert truth.matching(["a.pdf", "below/b.docx"]) == {"a.pdf": "a.pdf", "below/b.docx": "below/b"}


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx"])
@pytest.mark.parametrize("by_items", [False, True])
def test_what_was_exported_is_read_back(tmp_path: Path, ending: str, *, by_items: bool) -> None:
    records = {
        "a.pdf": KNOWN | {"vendor": {"name": "=Acme _x0041_"}, "total": -1.5},
        "b.pdf": {"vendor": {"name": None}, "date": None, "total": 2, "lines": [{"name": "b", "price": 2}] * 2},
        "c.pdf": {"vendor": {"name": "C"}, "date": None, "total": None, "lines": []},
    }
    rows = [row(name, record) for name, record in records.items()]
    unit = units(SCHEMA)[1] if by_items else DOCUMENTS
    path = tmp_path / f"rows.{ending}"
    write_table(path, [*rows, row("d.pdf", None, "failed")], SCHEMA, unit=unit, sources=True, confidence=True)
    truth = read_truth(path, SCHEMA)
    assert list(truth.records) == list(records)
    made = accuracy(rows, truth, SCHEMA)
    assert (made.differences, made.documents, made.all.unknown) == ([], 3, 0)
    assert made.fields["lines.price"].total == 3


def test_items_of_an_exported_list_of_records_are_read_back(tmp_path: Path) -> None:
    schema = json.dumps({"type": "array", "items": {"type": "object", "properties": {"x": {"type": "string"}}}})
    rows = [row("a", [{"x": "1"}, {"x": "2"}]), row("b", [{"x": "3"}])]
    for ending in ("csv", "jsonl", "xlsx"):
        write_table(tmp_path / f"rows.{ending}", rows, schema, unit=units(schema)[0])
        made = accuracy(rows, read_truth(tmp_path / f"rows.{ending}", schema), schema)
        assert (made.fields["x"].right, made.differences) == (3, [])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("t.jsonl", '{"document": "a"}\n{"document": }', "no JSON.*line 2, column 14"),
        ("t.jsonl", '{"document": "a"}\n\n[1]', "no object.*line 3"),
        ("t.jsonl", '{"total": 1}', "No document is named.*line 1"),
        ("t.jsonl", '{"document": "a"}\n{"document": "a"}', "second record of a; the first is line 1.*line 2"),
        ("t.json", "{\n]", "no JSON.*line 2"),
        ("t.json", "3", "no list of objects"),
        ("t.json", "{}", "no known values"),
        ("t.jsonl", "", "no known values"),
        ("t.csv", "vendor,total\nAcme,1\n", "No column holds the names.*line 1"),
        ("t.csv", "document,a\nx,1\n,2\n", "No document is named.*line 3"),
        ("t.csv", "document,a\nx,1,2\n", "3 cells, but there are 2 columns.*line 2"),
        ("t.csv", "document,a,a\nx,1,2\n", "Two columns are called “a”"),
        ("t.csv", "", "empty"),
        ("t.csv", 'document,a\nx,"1\n2"\nx,2\n', "second record of x; the first is line 2.*line 4"),
        ("t.xlsx", "no workbook", "damaged"),
        ("t.txt", "", r"not from \.txt"),
    ],
)
def test_what_cannot_be_read_is_a_sentence_with_its_line(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = write(tmp_path / name, text)
    with pytest.raises(InvalidRequest) as caught:
        read_truth(path)
    assert str(path) in str(caught.value)
    assert re.search(said, str(caught.value).replace("\n", " ")), str(caught.value)


def test_a_file_that_is_gone_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be read"):
        read_truth(tmp_path / "gone.jsonl")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidRequest, match=r"no \.json file"):
        read_truth(tmp_path / "empty")


# Matching


def test_names_match_but_for_folders_case_and_endings_where_that_leaves_no_choice() -> None:
    truth = Truth({"A.PDF": 1, "below/b.json": 2, "c.txt": 3, "c.pdf": 4, "d": 5})
    found = truth.matching(["a.pdf", "other/b.docx", "c.md", "x/d.pdf", "y/d.txt"])
    assert found == {"a.pdf": "A.PDF", "other/b.docx": "below/b.json"}


# Accuracy


def test_each_field_counts_what_is_right_wrong_and_missing() -> None:
    rows = [
        row("a", {"vendor": {"name": "acme."}, "date": "2025-04-03", "total": 7, "lines": []}),
        row("b", {"vendor": {"name": None}, "date": None, "total": None, "lines": []}),
        row("c", None, "failed"),
        row("d", None, "pending"),
    ]
    truth = Truth(
        {
            "a": {"vendor": {"name": "Acme"}, "date": "2025-04-03", "total": 8},
            "b": {"vendor": {"name": "B"}, "date": None},
            "c": {"total": 1},
            "d": {"total": 1},
            "z": {"total": 1},
        }
    )
    made = accuracy(rows, truth, SCHEMA)
    counted = {name: (each.right, each.wrong, each.missing, each.unknown) for name, each in made.fields.items()}
    assert counted == {
        "vendor.name": (1, 0, 1, 1),
        "date": (2, 0, 0, 1),
        "total": (0, 1, 1, 1),
        "lines.name": (0, 0, 0, 3),
        "lines.price": (0, 0, 0, 3),
    }
    assert (made.documents, made.strangers) == (3, ("z",))
    assert [(each.document, each.pointer, each.found, each.known) for each in made.differences] == [
        ("a", "/total", 7, 8),
        ("b", "/vendor/name", None, "B"),
        ("c", "/total", None, 1),
    ]
    assert (made.verdicts["a", "/vendor/name"], made.verdicts["a", "/total"]) == (True, False)
    assert ("b", "/total") not in made.verdicts
    date = made.fields["date"]
    assert (date.share, date.precision, date.share_answered) == (1.0, 1.0, 0.5)
    assert (made.all.right, made.all.total, made.all.answered) == (3, 6, 3)
    assert made.fields["lines.name"].share is None


def test_a_value_where_there_is_none_is_wrong() -> None:
    made = accuracy([row("a", {"total": 3})], Truth({"a": {"total": None}}), SCHEMA)
    assert (made.fields["total"].wrong, made.fields["total"].precision) == (1, 0.0)


def test_items_are_paired_by_what_they_say_whatever_their_order() -> None:
    lines = [{"name": "b", "price": 2}, {"name": "invented", "price": 9}, {"name": "a", "price": 7}]
    known = [{"name": "a", "price": 1}, {"name": "b", "price": 2}]
    made = accuracy([row("x", {"lines": lines})], Truth({"x": {"lines": known}}), SCHEMA)
    names, prices = made.fields["lines.name"], made.fields["lines.price"]
    assert (names.right, names.wrong, prices.right, prices.wrong) == (2, 1, 1, 2)
    assert {each.pointer for each in made.differences} == {"/lines/1/name", "/lines/1/price", "/lines/2/price"}


def test_items_that_are_missing_miss_their_fields() -> None:
    made = accuracy([row("x", {"lines": []})], Truth({"x": {"lines": [{"name": "a", "price": None}]}}), SCHEMA)
    assert (made.fields["lines.name"].missing, made.fields["lines.price"].absent) == (1, 1)
    (difference,) = made.differences
    assert difference.pointer is None


def test_very_long_lists_are_taken_in_their_order() -> None:
    assert pair_items(["x"] * 1_000, ["x"] * 999)[-2:] == [(998, 998), (999, None)]


@given(st.lists(st.integers(0, 3), max_size=5), st.lists(st.integers(0, 3), max_size=5))
def test_every_item_is_paired_once(found: list[int], known: list[int]) -> None:
    pairs = pair_items(found, known)
    assert sorted(ours for ours, _ in pairs if ours is not None) == list(range(len(found)))
    assert [theirs for _, theirs in pairs if theirs is not None] == list(range(len(known)))


# Evaluation sets


def reviewed() -> list[ReviewedRow]:
    def cell(value: Any, *, judged: bool) -> ReviewedCell:
        return ReviewedCell(value, "edited" if judged else "exact", reviewed=judged)

    lines = [{"name": "a", "price": 1}, {"name": "b", "price": 2}]
    first = {
        "/vendor/name": cell("Acme", judged=True),
        "/date": cell(None, judged=True),
        "/total": cell(5, judged=False),
        **{f"/lines/{n}/{key}": cell(lines[n][key], judged=n == 0) for n in (0, 1) for key in ("name", "price")},
    }
    return [
        row("a.pdf", {"vendor": {"name": "Acme"}, "date": None, "total": 5, "lines": lines}, cells=first),
        row("b.pdf", {"total": 1}, cells={"/total": cell(1, judged=False)}),
        row(
            "c.pdf", {"lines": lines[:1]}, cells={f"/lines/0/{key}": cell(1, judged=True) for key in ("name", "price")}
        ),
    ]


def test_what_was_judged_is_an_evaluation_set_that_is_read_back(tmp_path: Path) -> None:
    assert write_evaluation(tmp_path / "set.jsonl", reviewed()) == 2
    truth = read_truth(tmp_path / "set.jsonl")
    assert truth.records == {
        "a.pdf": {"vendor": {"name": "Acme"}, "date": None},
        "c.pdf": {"lines": [{"name": "a", "price": 1}]},
    }
    made = accuracy(reviewed(), truth, SCHEMA)
    assert (made.differences, made.all.right) == ([], 4)


def test_whole_rows_are_saved_where_that_is_asked_for(tmp_path: Path) -> None:
    assert write_evaluation(tmp_path, reviewed(), unjudged=True) == 2
    assert read_truth(tmp_path / "truth.jsonl").records["a.pdf"]["total"] == 5


def test_a_record_with_a_field_called_document_is_read_back(tmp_path: Path) -> None:
    record = {"document": "letter"}
    judged = row("a.pdf", record, cells={"/document": ReviewedCell("letter", "edited", reviewed=True)})
    write_evaluation(tmp_path / "set.jsonl", [judged])
    assert read_truth(tmp_path / "set.jsonl").records == {"a.pdf": record}


def test_nothing_judged_is_no_evaluation_set(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="No value was accepted"):
        write_evaluation(tmp_path / "set.jsonl", reviewed()[1:2])
    assert not list(tmp_path.iterdir())
