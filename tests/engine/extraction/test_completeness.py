"""What an incomplete record lacks is said in few words, however much it is, and kept pointer by pointer."""

from __future__ import annotations

import json
from typing import Any

from engine.errors import EngineError, RecordIncomplete
from engine.extraction.completeness import Held, hold
from engine.schema.pointer import to_pointer

ROW = {"article": {"type": "string"}, "qty": {"type": "number"}, "unit_price": {"type": "number"}}


def record_of(list_name: str, fields: dict[str, Any] | None = None) -> str:
    row = {"type": "object", "properties": ROW, "required": list(ROW)}
    properties = {**(fields or {}), list_name: {"type": "array", "items": row}}
    return json.dumps({"type": "object", "properties": properties, "required": list(properties)})


def held(record: Any, schema_text: str) -> Held:
    """Hold a record of which every null is not in the document."""
    absent: set[str] = set()

    def collect(value: Any, path: tuple[str | int, ...]) -> None:
        if value is None:
            absent.add(to_pointer(path))
        for step, each in (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        ):
            collect(each, (*path, step))

    collect(record, ())
    return hold(record, schema_text, absent)


def told(found: Held) -> RecordIncomplete:
    assert found.error is not None
    return found.error


def lacking(count: int, *names: str) -> list[dict[str, Any]]:
    return [{name: None if name in names else "A" if name == "article" else 1 for name in ROW} for _ in range(count)]


def test_what_many_items_lack_is_said_once() -> None:
    found = held({"items": lacking(10, "qty", "unit_price")}, record_of("items"))
    error = told(found)
    assert error.message == ("The document does not have qty and unit_price of 10 items, which the schema asks for.")
    assert error.where == "/items/0/qty, /items/0/unit_price, /items/1/qty and 17 more"
    assert len(str(error)) < 300


def test_every_pointer_is_kept_for_the_window_and_through_a_saved_row() -> None:
    found = held({"items": lacking(10, "qty", "unit_price")}, record_of("items"))
    wanted = {f"/items/{number}/{name}" for number in range(10) for name in ("qty", "unit_price")}
    assert set(found.missing) == wanted
    saved = EngineError.from_json(json.loads(json.dumps(told(found).to_json())))
    assert isinstance(saved, RecordIncomplete)
    assert set(saved.lacks) == wanted


def test_a_row_of_an_earlier_version_still_tells_what_it_lacks() -> None:
    saved = {"kind": "RecordIncomplete", "message": "It lacks two.", "where": "/total, /items/0/qty", "advice": None}
    error = EngineError.from_json(saved)
    assert isinstance(error, RecordIncomplete)
    assert error.lacks == ("/total", "/items/0/qty")


def test_fields_and_items_are_told_apart_and_a_list_is_named() -> None:
    schema = record_of("parts", {"vendor": {"type": "string"}, "date": {"type": "string"}})
    rows = [*lacking(1, "qty"), *lacking(1), *lacking(2, "unit_price")]
    error = told(held({"vendor": None, "date": None, "parts": rows}, schema))
    assert error.message == (
        "The document does not have vendor and date, nor qty of item 1 of parts, nor unit_price of 2 items of parts, "
        "which the schema asks for."
    )


def test_of_many_fields_six_are_named() -> None:
    names = [f"field_{number}" for number in range(18)]
    properties = {name: {"type": "string"} for name in names}
    schema = json.dumps({"type": "object", "properties": properties, "required": names})
    error = told(held(dict.fromkeys(names), schema))
    assert error.message == (
        "The document does not have field_0, field_1, field_2, field_3, field_4, field_5 and 12 more, "
        "which the schema asks for."
    )
    both = record_of("items", properties)
    error = told(held({**dict.fromkeys(names), "items": lacking(3, "qty")}, both))
    assert "field_5 and 13 more, which" in error.message


def test_items_that_are_missing_themselves_are_counted() -> None:
    schema = json.dumps({"type": "array", "items": {"type": "string"}})
    assert "does not have 2 items, which" in told(held(["a", None, None], schema)).message


def test_one_reason_is_said_once_for_all_values_that_it_keeps_out() -> None:
    found = hold({"items": lacking(10, "qty")}, record_of("items"), ())
    assert len(found.wrong) == 10
    said = told(found).message
    assert said.startswith("The record does not satisfy the schema: qty of 10 items: null is not")
    assert said.count("null") == 1
    assert told(found).where is None
