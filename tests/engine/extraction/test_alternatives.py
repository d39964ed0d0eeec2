"""What a cell could hold instead, from what the model could have written instead."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from engine.constraint.grounding import Grounds, QuotableText
from engine.documents import Document, DocumentPool, Page
from engine.extraction import ExtractionJob, ExtractionPlan
from engine.extraction.cells import read_answer
from engine.extraction.excerpts import Excerpts, Part, Source
from engine.extraction.quoting import DecodeSchema
from engine.model.protocol import Rival, ValueClosed
from engine.schema.document import read_schema
from engine.store import Store

if TYPE_CHECKING:
    from engine.model.client import ModelClient

TEXT = (
    "Harrow & Finch Bookbinders\n14 Mill Lane\n\nCustomer: Marlowe Library, Ludlow\n"
    "Date: 3 March 2025    Due: 2 April 2025\nHourly rate 1.50\nNet 10.00\nTotal: 12.00\nRef 12"
)


def alternatives(
    schema: Any, value: Any, probability: float, *rivals: tuple[str, float], key: str = "total", **told: Any
) -> list[Any]:
    """Return what the cell of one field has, where the model could have gone on as these rivals do."""
    schema_text = json.dumps({"type": "object", "properties": {key: schema}})
    decode = DecodeSchema(schema_text)
    excerpts = Excerpts.beginning(Source(Document(Path("a.txt"), "0" * 64, "txt", (Page(1, TEXT),))))
    lists = {name: [(each.start, each.end) for each in found] for name, found in decode.readings(excerpts).items()}
    grounds = Grounds(read_schema(decode.text), QuotableText(TEXT), lists)
    closed = ValueClosed(
        id="1", pointer=f"/{key}", value=value, start=0, end=0, mean_probability=0.5, min_probability=0.5,
        removed_mass=0.0, spans=(grounds.spans((key,), value) or ()) if isinstance(value, str) else (),
        probability=probability, rivals=tuple(Rival(text=text, probability=share) for text, share in rivals), **told,
    )  # fmt: skip
    made = read_answer(Part(schema_text, decode, excerpts), {key: value}, {f"/{key}": closed})
    document = excerpts.document
    shown: list[Any] = made.cells[f"/{key}"].to_json(document)["alternatives"]
    return shown


def masses(found: list[Any]) -> dict[Any, float]:
    return {each["value"]: each["probability"] for each in found}


def test_a_number_that_begins_in_the_same_way_gets_what_the_model_gave_its_beginning() -> None:
    found = alternatives({"type": "number"}, "10.00", 0.6, ('"12.', 0.3), ("null", 0.1))
    assert masses(found) == {10.0: 0.6, 12.0: 0.3, None: 0.1}
    twelve = found[1]
    assert (twelve["quote"], [TEXT[start:end] for start, end in twelve["spans"]]) == ("12.00", ["12.00", "12"])
    assert twelve["places"] == [{"page": 1}]


def test_a_number_beside_the_label_gets_more_of_a_beginning_that_several_have() -> None:
    found = masses(alternatives({"type": "number"}, "10.00", 0.6, ('"1', 0.4)))
    assert found[12.0] > found[1.5] > 0
    assert sum(found.values()) == pytest.approx(1, abs=0.01)


def test_the_same_value_written_in_two_ways_is_one_alternative() -> None:
    found = alternatives({"type": "number"}, "12.00", 0.5, ('"12"', 0.3), ('"10', 0.2))
    assert [each["value"] for each in found[:2]] == [12, 10]
    assert masses(found)[12] == pytest.approx(0.8)


def test_labels_of_a_choice_have_one_together_and_each_what_only_it_begins_with() -> None:
    choice = {"enum": ["returned goods", "damaged goods", "price correction", "other"]}
    found = masses(alternatives(choice, "returned goods", 0.6, ('"d', 0.2), ('"dam', 0.05), ('"other"', 0.1)))
    assert found["damaged goods"] == pytest.approx(0.25)
    assert found["other"] == pytest.approx(0.1)
    assert found["price correction"] == pytest.approx(0.05)
    assert sum(found.values()) == pytest.approx(1, abs=0.001)


def test_labels_that_were_not_told_apart_share_evenly_and_a_boolean_is_a_choice() -> None:
    found = masses(alternatives({"enum": ["full-time", "part-time", "part-year"]}, "full-time", 0.8, ('"part', 0.2)))
    assert found["part-time"] == found["part-year"] == pytest.approx(0.1)
    assert masses(alternatives({"type": "boolean"}, True, 0.7, ("f", 0.3))) == {True: 0.7, False: 0.3}


def test_a_beginning_in_running_text_goes_on_to_where_the_phrase_ends() -> None:
    found = alternatives(
        {"type": "string"}, "14 Mill Lane", 0.4, ('"Marl', 0.3), ('"Harrow &', 0.2), ('"14 Mill"', 0.05)
    )
    assert masses(found) == {
        "14 Mill Lane": 0.4,
        "Marlowe Library, Ludlow": 0.3,
        "Harrow & Finch Bookbinders": 0.2,
        "14 Mill": 0.05,
    }
    for each in found:
        assert [TEXT[start:end] for start, end in each["spans"]] == [each["quote"]]


def test_a_phrase_ends_earlier_where_the_schema_has_no_room_for_it() -> None:
    found = alternatives({"type": "string", "maxLength": 15}, "14 Mill Lane", 0.4, ('"Mar', 0.3))
    assert "Marlowe Library" in masses(found)


def test_a_value_that_was_not_found_still_offers_what_stands_behind_the_label() -> None:
    found = alternatives({"type": "string"}, None, 0.7, ('"', 0.3), key="customer", absence=0.7)
    assert masses(found) == {None: 0.7, "Marlowe Library, Ludlow": 0.3}
    assert found[0]["spans"] == found[0]["places"] == []


def test_there_are_five_at_most_and_the_chosen_one_is_among_them() -> None:
    rivals = [(f'"{word}', 0.15) for word in ("Mar", "Har", "Cust", "Bookb", "Fin", "Lud")]
    found = alternatives({"type": "string"}, "14 Mill Lane", 0.01, *rivals)
    assert len(found) == 5
    assert "14 Mill Lane" in masses(found)
    assert found[-1]["value"] == "14 Mill Lane"


def test_nothing_that_the_document_says_makes_an_alternative_that_stands_nowhere() -> None:
    found = alternatives({"type": "string"}, "14 Mill Lane", 0.4, ('"Zzz', 0.3), ('"\\ud8', 0.2), ("", 0.1), key="kind")
    assert masses(found) == {"14 Mill Lane": 0.4}


def test_the_truth_is_among_the_alternatives_of_what_the_model_got_wrong(
    tmp_path: Path, model_client: ModelClient
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("INVOICE\nNordlicht Ltd\nTotal: 10.50 EUR\nPaid by card\n", "utf-8")
    schema = {
        "type": "object",
        "properties": {
            "total": {"type": "number"},
            "currency": {"enum": ["EUR", "USD", "GBP"]},
            "payment": {"enum": ["cash", "card"]},
            "vendor": {"type": "string", "maxLength": 40},
        },
        "required": ["total", "currency", "payment", "vendor"],
        "additionalProperties": False,
    }
    truth = {"total": 10.5, "currency": "EUR", "payment": "card", "vendor": "Nordlicht Ltd"}
    with Store(tmp_path / "profile") as store, DocumentPool() as pool:
        job = ExtractionJob(ExtractionPlan((folder,), json.dumps(schema)), store, model_client, pool)
        job.run()
        (row,) = job.rows()
    assert row.cells
    for name, value in truth.items():
        found = row.cells[f"/{name}"]["alternatives"]
        assert 1 <= len(found) <= 5
        assert value in [each["value"] for each in found]
        assert row.cells[f"/{name}"]["value"] in [each["value"] for each in found]
    for name in ("currency", "payment"):
        assert sum(each["probability"] for each in row.cells[f"/{name}"]["alternatives"]) == pytest.approx(1, abs=0.001)
