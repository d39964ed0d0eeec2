"""A row as it counts with what a person said of its cells."""

import json
from typing import Any

import pytest

from engine.errors import DocumentError, RecordIncomplete
from engine.extraction.review import by_document, judged, review
from engine.store import Correction, Row

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "vendor": {"type": "string"},
            "total": {"type": "number"},
            "paid": {"type": ["string", "null"]},
            "items": {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "number"}}}},
            "note": {"type": "string"},
        },
        "required": ["vendor", "total"],
        "additionalProperties": False,
    }
)


def cell(value: Any, state: str = "exact", *spans: tuple[int, int], **others: Any) -> dict[str, Any]:
    return {
        "value": value,
        "state": state,
        "quote": None,
        "spans": [list(span) for span in spans],
        "places": [],
    } | others


def make_row(**changes: Any) -> Row:
    cells = {
        "/vendor": cell("Nordlicht", "exact", (8, 17), places=[{"page": 1}]),
        "/total": cell(None, "absent"),
        "/paid": cell(None, "absent"),
        "/items/0/price": cell(3.5, "normalised", (30, 34)),
        "/note": cell(None, "absent"),
    }
    record = {"vendor": "Nordlicht", "total": None, "paid": None, "items": [{"price": 3.5}]}
    error = RecordIncomplete("The document does not have total, which the schema asks for.", where="/total").to_json()
    fields: dict[str, Any] = {"record": record, "cells": cells, "error": error, "sha256": "x"}
    return Row(**{"document": "a.txt", "state": "incomplete"} | fields | changes)


def said(pointer: str, kind: Any, value: Any = None, **others: Any) -> dict[str, Correction]:
    return {pointer: Correction("a.txt", pointer, kind, value, **others)}


def test_a_row_nobody_has_looked_at_is_as_the_model_left_it() -> None:
    row = make_row()
    reviewed = review(row, {}, lambda pointer, _: 0.25 if pointer == "/vendor" else None, SCHEMA)
    assert reviewed.row is row
    assert reviewed.record == row.record
    assert isinstance(reviewed.error, RecordIncomplete)
    assert (reviewed.cells["/vendor"].value, reviewed.cells["/vendor"].state) == ("Nordlicht", "exact")
    assert reviewed.cells["/vendor"].confidence == 0.25
    assert reviewed.cells["/vendor"].spans == ((8, 17),)
    assert not reviewed.cells["/vendor"].reviewed
    assert reviewed.cells["/total"].confidence is None


def test_an_incomplete_row_is_done_once_what_it_lacked_is_there() -> None:
    row = make_row()
    reviewed = review(row, said("/total", "edited", 12.5, quote="12,50", spans=((40, 45),)), None, SCHEMA)
    assert (reviewed.state, reviewed.error, reviewed.row.error) == ("done", None, None)
    assert reviewed.record == {"vendor": "Nordlicht", "total": 12.5, "paid": None, "items": [{"price": 3.5}]}
    total = reviewed.cells["/total"]
    assert (total.value, total.state, total.quote, total.spans) == (12.5, "edited", "12,50", ((40, 45),))
    assert total.reviewed
    assert total.confidence == 1.0
    assert row.record["total"] is None


def test_a_value_that_is_not_in_the_document_after_all_makes_the_row_incomplete() -> None:
    done = make_row(state="done", error=None, record={"vendor": "Nordlicht", "total": 1, "paid": None})
    reviewed = review(done, said("/vendor", "absent"), None, SCHEMA)
    assert reviewed.state == "incomplete"
    assert reviewed.error
    assert reviewed.error.where == "/vendor"
    assert reviewed.cells["/vendor"].state == "absent"
    assert reviewed.record["vendor"] is None


def test_an_optional_value_comes_and_goes_in_the_schemas_order() -> None:
    filled = make_row(record={"vendor": "N", "total": 1.0}, error=None)
    reviewed = review(filled, said("/note", "edited", "late") | said("/items/0/price", "edited", 2), None, SCHEMA)
    assert list(reviewed.record) == ["vendor", "total", "items", "note"]
    assert reviewed.record["items"] == [{"price": 2}]
    again = review(make_row(record=reviewed.record), said("/note", "absent"), None, SCHEMA)
    assert "note" not in again.record


def test_what_the_schema_does_not_allow_is_a_failed_cell_that_says_why() -> None:
    reviewed = review(make_row(), said("/total", "edited", "much"), None, SCHEMA)
    assert reviewed.state == "incomplete"
    assert reviewed.cells["/total"].state == "failed"
    assert "number" in reviewed.cells["/total"].note


def test_what_was_accepted_stays_where_the_field_is_read_anew() -> None:
    accepted = said("/vendor", "accepted", "Nordlicht", quote="Nordlicht", spans=((8, 17),))
    same = review(make_row(), accepted, None, SCHEMA)
    assert (same.cells["/vendor"].state, same.cells["/vendor"].reviewed) == ("exact", True)
    changed = make_row(cells=(make_row().cells or {}) | {"/vendor": cell("Other")})
    kept = review(changed, accepted, None, SCHEMA)
    assert (kept.cells["/vendor"].value, kept.cells["/vendor"].state) == ("Nordlicht", "edited")
    assert kept.record["vendor"] == "Nordlicht"


def test_a_choice_stands_where_its_alternative_stood() -> None:
    other = {"value": "Süd", "quote": "Süd", "spans": [[50, 53]], "places": [{"page": 2}], "probability": 0.2}
    row = make_row(cells=(make_row().cells or {}) | {"/vendor": cell("Nord", "exact", (8, 12), alternatives=[other])})
    chosen = review(row, said("/vendor", "edited", "Süd", quote="Süd", spans=((50, 53),)), None, SCHEMA)
    assert chosen.cells["/vendor"].places == ({"page": 2},)
    assert chosen.cells["/vendor"].alternatives == (other,)


def test_a_list_that_is_written_as_a_whole_takes_the_place_of_its_items() -> None:
    reviewed = review(make_row(), said("/items", "edited", [{"price": 1}, {"price": 2}]), None, SCHEMA)
    assert reviewed.record["items"] == [{"price": 1}, {"price": 2}]
    assert "/items/0/price" not in reviewed.cells
    assert reviewed.cells["/items"].state == "edited"


def test_items_are_added_one_after_the_other() -> None:
    more = said("/items/10/price", "edited", 9) | said("/items/1/price", "edited", 4) | said("/items/2", "edited", {})
    assert review(make_row(), more, None, SCHEMA).record["items"] == [{"price": 3.5}, {"price": 4}, {}]


def test_a_document_that_failed_can_be_filled_in_by_hand() -> None:
    failed = Row("a.txt", "failed", error=DocumentError("It is damaged.").to_json())
    half = review(failed, said("/vendor", "edited", "Nord"), None, SCHEMA)
    assert half.state == "failed"
    assert str(half.error) == "It is damaged."
    assert half.cells["/vendor"].value == "Nord"
    whole = review(failed, said("/vendor", "edited", "Nord") | said("/total", "edited", 1), None, SCHEMA)
    assert (whole.state, whole.record) == ("done", {"vendor": "Nord", "total": 1})


def test_a_record_without_cells_has_one_for_each_of_its_values() -> None:
    row = make_row(cells=None, record={"vendor": "N", "total": 1, "paid": None, "items": [{"price": 2}, {}]})
    cells = review(row, {}, None, SCHEMA).cells
    assert {pointer: each.state for pointer, each in cells.items()} == {
        "/vendor": "found",
        "/total": "found",
        "/paid": "absent",
        "/items/0/price": "found",
        "/items/1": "absent",
    }


@pytest.mark.parametrize(
    ("kind", "value", "right"),
    [
        ("accepted", "Nordlicht", True),
        ("edited", "Nordlicht", True),
        ("edited", "Other", False),
        ("absent", None, False),
    ],
)
def test_a_correction_tells_whether_the_model_was_right(kind: Any, value: Any, right: bool) -> None:
    (found,) = judged([make_row()], said("/vendor", kind, value).values())
    assert (found.pointer, found.right) == ("/vendor", right)
    assert found.cell["value"] == "Nordlicht"


def test_what_was_absent_and_is_confirmed_to_be_was_right() -> None:
    (found,) = judged([make_row()], said("/paid", "absent").values())
    assert found.right
    assert judged([make_row()], [Correction("another.txt", "/paid", "absent")]) == []


def test_corrections_are_sorted_by_document_and_cell() -> None:
    one, two = Correction("a", "/x", "absent"), Correction("b", "/x", "edited", 1)
    assert by_document([one, two]) == {"a": {"/x": one}, "b": {"/x": two}}
