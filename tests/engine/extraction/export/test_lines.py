"""Rows as JSONL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.extraction.export import Contents, to_jsonl
from engine.extraction.table import Unit, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.extraction.review import ReviewedRow


def lines(rows: Sequence[ReviewedRow], schema_text: str, **how: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in to_jsonl(Contents(rows, schema_text, **how)).splitlines()]


def test_there_is_one_object_a_document_in_order(rows: list[ReviewedRow], schema_text: str) -> None:
    first, second, third = lines(rows, schema_text)
    assert first == {
        "document": "a.pdf",
        "status": "done",
        "record": rows[0].record,
        "error": None,
        "notes": ["Only page 1 was read."],
    }
    assert second["error"]["message"] == "It is empty."
    assert (third["status"], third["record"]) == ("pending", None)


def test_an_item_stands_in_the_place_of_its_list(rows: list[ReviewedRow], schema_text: str) -> None:
    one, two, failed, _ = lines(rows, schema_text, unit=Unit(("lines",), "lines"), confidence=True)
    assert (one["item"], two["item"], failed["item"]) == ("/lines/0", "/lines/1", None)
    assert two["record"] == rows[0].record | {"lines": {"name": "Pears", "price": 3.25}}
    assert ("confidence" in one, "confidence" in two) == (True, False)


def test_items_of_a_list_at_the_root_are_records(rows: list[ReviewedRow]) -> None:
    schema = json.dumps({"type": "array", "items": {"type": "object", "properties": {"x": {}}}})
    row = type(rows[0])(rows[0].row, [{"x": 1}, {"x": 2}], {})
    assert [line["record"] for line in lines([row], schema, unit=units(schema)[0])] == [{"x": 1}, {"x": 2}]


def test_sources_tell_where_values_stand_and_what_a_person_changed(rows: list[ReviewedRow], schema_text: str) -> None:
    first = lines(rows, schema_text, sources=True)[0]
    assert first["sha256"] == "ab12"
    assert first["model"] == {"name": "Small", "sha256": "cd34"}
    assert len(first["schema_sha256"]) == 64
    assert first["cells"]["/vendor/name"]["places"] == [{"page": 1, "box": [1.0, 2.0, 3.5, 4.0]}]
    total = first["cells"]["/total"]
    assert (total["value"], total["was"], total["reviewed"], total["state"]) == (-1.5, 15, True, "edited")
    assert total["probability"] == {"mean": 0.5}
    assert "was" not in first["cells"]["/date"]
    assert "cells" not in lines(rows, schema_text)[0]


def test_confidence_and_what_to_review_are_told_where_they_are_asked_for(
    rows: list[ReviewedRow], schema_text: str
) -> None:
    first, second, _ = lines(rows, schema_text, confidence=True, review_below=0.6)
    assert first["confidence"]["/date"] == 0.7
    assert first["review"] == ["/lines/0/name", "/vendor/city", "/lines/1/price"]
    assert second["review"] == []
