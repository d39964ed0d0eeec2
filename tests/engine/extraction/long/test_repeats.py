"""A list of one answer holds each item as often as the document does, however often a model tells it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from engine.extraction.cells import Assembled
from engine.extraction.excerpts import Excerpts, Part, Source
from engine.extraction.job.reading import Answer, look_again
from engine.extraction.long import Answered, Arrangement
from engine.extraction.plan import ExtractionPlan
from engine.extraction.quoting import DecodeSchema
from tests.engine.extraction.long.made import answer, make_document
from tests.engine.extraction.long.test_arranging import MODEL

ROW = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "qty": {"type": "number"}, "price": {"type": "number"}},
    "required": ["name", "qty", "price"],
}
INVOICE = """Müller & Söhne GmbH
Invoice of 3 May 2025

Article     Pieces     Price
Screw     12     0.50
Bolt     3     1.25
Nut     40     0.10

Total 13.75, to be paid within 12 days to Müller & Söhne GmbH
"""
VENDOR = {"name": "Müller & Söhne GmbH", "qty": "12", "price": "12"}
SCREW, BOLT = {"name": "Screw", "qty": "12", "price": "0.50"}, {"name": "Bolt", "qty": "3", "price": "1.25"}


def listed(name: str = "parts", items: Any = ROW, **limits: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"type": "array", "items": items, **limits}}, "required": [name]}


def whole(schema: Any, text: str) -> Part:
    return Part(json.dumps(schema), DecodeSchema(json.dumps(schema)), Excerpts.beginning(Source(make_document(text))))


def read(schema: Any, value: Any, text: str = INVOICE) -> Assembled:
    """Return what a document that fits comes to where a model answers this."""
    part = whole(schema, text)
    return Arrangement(part.excerpts.source, part).assemble([(part, answer(part, value))])


def names(made: Assembled, name: str = "parts") -> list[str]:
    return [each["name"] for each in made.record[name]]


def test_an_item_that_a_model_tells_ten_times_is_kept_once_and_that_is_said() -> None:
    made = read(listed(maxItems=10), {"parts": [VENDOR] * 10})
    assert names(made) == ["Müller & Söhne GmbH"]
    assert set(made.cells) == {"/parts/0/name", "/parts/0/qty", "/parts/0/price"}
    assert made.cells["/parts/0/name"].signals["repeats"] == 0
    assert made.notes == ("9 items of parts were found again at the same places and left out.",)
    assert made.error is None


def test_what_is_left_keeps_its_order_and_its_cells() -> None:
    made = read(listed("items"), {"items": [SCREW, SCREW, BOLT, SCREW, {**VENDOR, "qty": None}, BOLT]})
    assert made.record["items"] == [
        {"name": "Screw", "qty": 12, "price": 0.5},
        {"name": "Bolt", "qty": 3, "price": 1.25},
        {"name": "Müller & Söhne GmbH", "qty": None, "price": 12},
    ]
    assert len(made.cells) == 9
    for number, item in enumerate(made.record["items"]):
        for key, value in item.items():
            cell = made.cells[f"/items/{number}/{key}"]
            assert cell.value == value
            assert [INVOICE[start:end] for start, end in cell.spans[:1]] == ([cell.quote] if value else [])
    assert made.notes == ("3 items were found again at the same places and left out.",)


def test_equal_rows_stay_as_many_as_the_table_has() -> None:
    row = "Screw     12     0.50\n"
    text = INVOICE.replace(row, row * 2).replace("Nut", row + "Nut") + "\nThe Screw is a new one, and 12 fit a box.\n"
    made = read(listed(), {"parts": [SCREW, SCREW, BOLT, SCREW, SCREW]}, text)
    assert names(made) == ["Screw", "Screw", "Bolt", "Screw"]
    assert made.notes == ("An item of parts was found again at the same place and left out.",)


def test_forty_equal_rows_are_forty_items() -> None:
    text = "Article     Pieces     Price\n" + "Screw     12     0.50\n" * 40
    made = read(listed(), {"parts": [SCREW] * 60}, text)
    assert names(made) == ["Screw"] * 40


def test_a_row_that_goes_on_in_the_next_line_is_one() -> None:
    text = "Article     Pieces     Price\n" + "Screw     12     0.50\nstainless steel, M4\n" * 3
    item = {"name": "stainless steel, M4", "qty": "12", "price": "0.50"}
    assert len(read(listed(), {"parts": [item] * 5}, text).record["parts"]) == 3


def test_a_date_over_several_rows_stands_there_once_for_all_of_them() -> None:
    text = "3 May 2025\n\nCleaning     8\n\nCleaning     8\n\nCooking     4\n"
    day = {"type": "object", "properties": {"date": {"type": "string", "format": "date"}, "task": {"type": "string"}}}
    items = [{"date": "3 May 2025", "task": task} for task in ("Cleaning", "Cleaning", "Cooking", "Cooking")]
    made = read(listed(items=day), {"parts": items}, text)
    assert [each["task"] for each in made.record["parts"]] == ["Cleaning", "Cleaning", "Cooking"]


def test_what_stands_in_the_first_of_several_rows_alone_does_not_cost_the_others() -> None:
    text = "Day     Task     Hours\n3 May 2025     Cleaning     8\n          Cleaning     8\n          Cooking     4\n"
    fields = {"date": {"type": "string", "format": "date"}, "task": {"type": "string"}, "hours": {"type": "number"}}
    told = (("Cleaning", "8"), ("Cleaning", "8"), ("Cooking", "4"), ("Cooking", "4"))
    items = [{"date": "3 May 2025", "task": task, "hours": hours} for task, hours in told]
    made = read(listed(items={"type": "object", "properties": fields}), {"parts": items}, text)
    assert [each["task"] for each in made.record["parts"]] == ["Cleaning", "Cleaning", "Cooking"]


def test_a_list_keeps_as_many_as_it_has_to_have() -> None:
    made = read(listed(minItems=3), {"parts": [SCREW, SCREW, SCREW, BOLT, SCREW]})
    assert names(made) == ["Screw", "Screw", "Bolt"]
    assert made.error is None


def test_of_items_of_which_nothing_was_found_one_is_kept() -> None:
    nothing = dict.fromkeys(ROW["properties"])
    assert read(listed(), {"parts": [nothing] * 4}).record["parts"] == [nothing]


def test_texts_are_items_too_and_labels_and_pairs_are_what_the_model_says() -> None:
    assert read(listed(items={"type": "string"}), {"parts": ["Bolt"] * 3}).record["parts"] == ["Bolt"]
    labels = {"enum": ["good", "bad"]}
    assert read(listed(items=labels), {"parts": ["good"] * 3}).record["parts"] == ["good"] * 3
    pair = listed(prefixItems=[{"type": "string"}, {"type": "string"}])
    assert read(pair, {"parts": ["Bolt", "Bolt"]}).record["parts"] == ["Bolt", "Bolt"]


def test_a_list_within_an_item_and_a_root_that_is_a_list_are_lists_as_well() -> None:
    orders = listed("lines") | {"required": []}
    made = read(listed("orders", orders), {"orders": [{"lines": [SCREW, SCREW]}, {"lines": [BOLT, BOLT, SCREW]}]})
    assert [names(each, "lines") for each in map(_as_made, made.record["orders"])] == [["Screw"], ["Bolt", "Screw"]]
    assert made.cells["/orders/1/lines/1/name"].value == "Screw"
    assert "/orders/1/lines/2/name" not in made.cells
    assert made.notes == ("2 items of lines were found again at the same places and left out.",)
    root = read({"type": "array", "items": ROW}, [BOLT, BOLT])
    assert root.record == [{"name": "Bolt", "qty": 3, "price": 1.25}]
    assert root.notes == ("An item was found again at the same place and left out.",)


def _as_made(record: Any) -> Assembled:
    return Assembled(record, {})


def test_without_grounding_a_list_is_what_the_model_says() -> None:
    part = Part(json.dumps(listed()), None, whole(listed(), INVOICE).excerpts)
    made = Arrangement(part.excerpts.source, part).assemble([(part, Answered({"parts": [SCREW, SCREW]}))])
    assert names(made) == ["Screw", "Screw"]


@pytest.mark.parametrize("again", [1, 5])
def test_a_second_look_is_compared_without_its_repeats(again: int) -> None:
    schema = listed()
    plan = ExtractionPlan((Path(),), json.dumps(schema), second_look=True)
    part = whole(schema, INVOICE)
    made = read(schema, {"parts": [SCREW, SCREW, SCREW, BOLT]})
    looking = look_again(plan, part, made.cells, MODEL)
    question = next(looking)
    other = {"parts": [*[SCREW] * again, BOLT]}
    with pytest.raises(StopIteration):
        looking.send(Answer(question, json.dumps(other), dict(answer(question.part, other).closed)))
    assert len(made.cells) == 6
    assert all(cell.agrees for cell in made.cells.values())
