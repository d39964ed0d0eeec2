"""A second look: the same document with the fields in another order, and what the cells say of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from engine.documents import DocumentPool
from engine.extraction import ExtractionJob, ExtractionPlan
from engine.extraction.alternatives import Alternative
from engine.extraction.cells import Cell
from engine.extraction.quoting import DecodeSchema
from engine.extraction.second_look import compare
from engine.store import Row, Store

if TYPE_CHECKING:
    from pathlib import Path

    from engine.model.client import ModelClient

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "vendor": {"type": "string", "maxLength": 40},
        "total": {"type": "number"},
        "currency": {"enum": ["EUR", "USD"]},
    },
    "required": ["vendor", "total", "currency"],
    "additionalProperties": False,
}


def cell(value: Any, *others: tuple[Any, float], state: Any = "exact", probability: float = 0.8) -> Cell:
    found = [Alternative(value, probability=probability), *(Alternative(other, probability=p) for other, p in others)]
    return Cell(value, state, alternatives=found)


def test_the_same_value_agrees_however_it_is_written() -> None:
    cells = {"/name": cell("ACME  Ltd"), "/total": cell(10), "/due": cell(None, state="absent")}
    compare(cells, {"/name": cell("Acme Ltd"), "/total": cell(10.0), "/due": cell(None)})
    assert all(each.agrees for each in cells.values())
    assert [each.state for each in cells.values()] == ["exact", "exact", "absent"]


def test_another_value_is_named_in_the_note_and_joins_the_alternatives() -> None:
    found = cell("Acme", ("Bolt", 0.1), ("Crane", 0.06), ("Dune", 0.03), ("East", 0.01))
    compare({"/name": found}, {"/name": cell("Fox", ("Acme", 0.3), probability=0.6)})
    assert (found.agrees, found.state, found.note) == (False, "doubtful", "A second look found Fox.")
    shares = {each.value: each.probability for each in found.alternatives}
    assert shares["Acme"] == pytest.approx(0.55)
    assert shares["Fox"] == pytest.approx(0.3)
    assert list(shares) == ["Acme", "Fox", "Bolt", "Crane", "Dune"]


def test_a_value_that_was_not_found_again_is_doubtful_and_what_was_noted_stays() -> None:
    found, item = cell(10, state="doubtful"), cell("Saw")
    found.note = "This can also be read as 10000."
    compare({"/total": found, "/items/3": item}, {"/total": cell(None)})
    assert found.note == "This can also be read as 10000. A second look found nothing here."
    assert (item.state, item.note) == ("doubtful", "A second look found nothing here.")


def test_a_value_that_the_schema_refuses_stays_refused() -> None:
    found = cell(None, state="failed")
    compare({"/total": found}, {"/total": cell(3)})
    assert (found.state, found.agrees) == ("failed", False)


def test_the_fields_are_turned_around_at_every_level_and_nothing_else_is() -> None:
    inner = {"type": "object", "properties": {"properties": {"type": "string"}, "b": {"type": "number"}}}
    decode = DecodeSchema(json.dumps({"type": "object", "properties": {"one": inner, "two": {"enum": ["x", "y"]}}}))
    turned = decode.turned()
    there, back = json.loads(decode.text), json.loads(turned.text)
    assert there == back
    assert list(back["properties"]) == ["two", "one"]
    assert list(back["properties"]["one"]["properties"]) == ["b", "properties"]
    assert turned.told == decode.told
    assert turned.turned().text == decode.text


def extract(folder: Path, schema: Any, client: ModelClient, tmp_path: Path, **settings: Any) -> Row:
    with Store(tmp_path / "profile") as store, DocumentPool() as pool:
        job = ExtractionJob(ExtractionPlan((folder,), json.dumps(schema), **settings), store, client, pool)
        job.run()
        (row,) = job.rows()
    return row


def test_a_document_is_asked_again_over_the_same_prompt_and_the_record_stays(
    tmp_path: Path, model_client: ModelClient
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("INVOICE\nNordlicht Ltd\nTotal: 10.50 EUR\n", "utf-8")
    once = extract(folder, SCHEMA, model_client, tmp_path)
    twice = extract(folder, SCHEMA, model_client, tmp_path, second_look=True)
    assert twice.record == once.record
    assert list(twice.record) == ["vendor", "total", "currency"]
    assert once.cells
    assert twice.cells
    assert all("agrees" not in each for each in once.cells.values())
    assert all(isinstance(each["agrees"], bool) for each in twice.cells.values())
    for each in twice.cells.values():
        assert each["agrees"] == (not each["note"].count("second look") if "note" in each else True)
    assert twice.receipt
    (other,) = twice.receipt["others"]
    assert other["prompt_tokens"] == twice.receipt["prompt_tokens"]
    assert other["shared_tokens"] >= other["prompt_tokens"] - 1


def test_a_single_field_has_no_other_order_and_is_not_asked_again(tmp_path: Path, model_client: ModelClient) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("INVOICE\nTotal: 10.50 EUR\n", "utf-8")
    schema = SCHEMA | {"properties": {"total": {"type": "number"}}, "required": ["total"]}
    row = extract(folder, schema, model_client, tmp_path, second_look=True)
    assert row.cells
    assert "agrees" not in row.cells["/total"]
