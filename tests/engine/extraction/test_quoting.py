"""A schema as it is filled with quotes, and what the quotes come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.constraint.grounding import Grounds, QuotableText
from engine.documents import Document, Page
from engine.extraction.cells import Assembled, check, read_answer
from engine.extraction.excerpts import Excerpts, Part, Source
from engine.extraction.quoting import DecodeSchema
from engine.model.protocol import ValueClosed
from engine.schema.document import read_schema
from engine.schema.pointer import to_pointer

TEXT = (
    "ACME Tools Ltd\nInvoice No: 17\n\nDate: 3 March 2025    Due: 2 April 2025\nNet 210.00\nTotal 1.252,00\nPaid 210.00"
)


def record(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def read(schema: Any, answer: Any, text: str = TEXT) -> Assembled:
    """Assemble an answer that was written over a document, with the spans that the mask would know."""
    document = Document(Path("a.txt"), "0" * 64, "txt", (Page(1, text),))
    decode = DecodeSchema(json.dumps(schema))
    part = Part(json.dumps(schema), decode, Excerpts.beginning(Source(document)))
    found = decode.readings(part.excerpts)
    lists = {name: [(each.start, each.end) for each in readings] for name, readings in found.items()}
    grounds = Grounds(read_schema(decode.text), QuotableText(text), lists)
    closed = {}

    def tell(value: Any, path: tuple[str | int, ...]) -> None:
        for step, each in (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        ):
            tell(each, (*path, step))
        spans = grounds.spans(path, value) or () if isinstance(value, str) else ()
        closed[to_pointer(path)] = ValueClosed(
            id="1", pointer=to_pointer(path), value=value, start=0, end=0,
            mean_probability=0.5, min_probability=0.25, removed_mass=0.1, spans=spans,
        )  # fmt: skip

    tell(answer, ())
    return check(read_answer(part, answer, closed), part.schema_text)


def decoded(schema: Any) -> Any:
    return json.loads(DecodeSchema(json.dumps(schema)).text)


def test_numbers_and_dates_become_quotes_of_what_their_field_allows() -> None:
    schema = record(total={"type": "number", "minimum": 1000}, date={"type": "string", "format": "date"})
    decode = DecodeSchema(json.dumps(schema))
    readings = decode.readings(Excerpts.beginning(Source(Document(Path("a.txt"), "", "txt", (Page(1, TEXT),)))))
    assert [reading.value for reading in readings["number /properties/total"]] == [2025, 2025, 1252.0]
    assert [reading.value for reading in readings["date /properties/date"]] == ["2025-03-03", "2025-04-02"]
    assert "minimum" not in decode.text


def test_every_quoted_field_may_be_null_and_the_model_is_told_only_what_the_person_allows() -> None:
    decode = DecodeSchema(json.dumps(record(name={"type": "string"}, total={"type": ["number", "null"]})))
    fields, told = (json.loads(text)["properties"] for text in (decode.text, decode.told))
    assert fields["name"]["type"] == fields["total"]["type"] == ["string", "null"]
    assert told["name"]["type"] == "string"
    assert told["total"]["type"] == ["string", "null"]


def test_choices_conditions_and_free_fields_stay_as_they_are() -> None:
    free = {"type": "string", "x-grounding": "free"}
    conditional = {"type": "object", "if": {"required": ["a"]}, "properties": {"a": {"type": "number"}}}
    schema = record(kind={"enum": ["a", 1]}, flag={"type": "boolean"}, why=free, either=conditional)
    assert decoded(schema) == schema


def test_numbers_are_read_where_they_stand() -> None:
    made = read(record(total={"type": "number"}, day={"type": "string", "format": "date"}),
                {"total": "1.252,00", "day": "2 April 2025"})  # fmt: skip
    assert made.record == {"total": 1252.0, "day": "2025-04-02"}
    assert made.error is None
    total, day = made.cells["/total"], made.cells["/day"]
    assert (total.state, total.quote) == (day.state, "1.252,00") == ("normalised", "1.252,00")
    assert [TEXT[start:end] for start, end in [*total.spans, *day.spans]] == ["1.252,00", "2 April 2025"]
    assert total.probability["mean"] == 0.5


def test_a_text_that_stands_twice_is_the_one_behind_its_label() -> None:
    made = read(record(paid={"type": "number"}), {"paid": "210.00"})
    first, *others = made.cells["/paid"].spans
    assert TEXT[: first[0]].endswith("Paid ")
    assert len(others) == 1
    assert TEXT[: read(record(net={"type": "number"}), {"net": "210.00"}).cells["/net"].spans[0][0]].endswith("Net ")


def test_an_ambiguous_number_is_doubtful_and_says_why() -> None:
    made = read(record(pieces={"type": "number"}), {"pieces": "1.234"}, "Pieces 1.234")
    assert made.record == {"pieces": 1234}
    assert made.cells["/pieces"].state == "doubtful"
    assert "1.234" in made.cells["/pieces"].note


def test_a_field_that_allows_one_meaning_only_settles_it() -> None:
    made = read(record(pieces={"type": "number", "maximum": 10}), {"pieces": "1.234"}, "Pieces 1.234")
    assert made.record == {"pieces": 1.234}
    assert made.cells["/pieces"].state == "normalised"


def test_what_the_document_does_not_have_makes_the_row_incomplete_and_names_it() -> None:
    made = read(record(name={"type": "string"}, total={"type": "number"}), {"name": "ACME Tools Ltd", "total": None})
    assert made.record == {"name": "ACME Tools Ltd", "total": None}
    assert made.error is not None
    assert made.error.where == "/total"
    assert made.cells["/total"].state == "absent"
    assert made.cells["/name"].state == "exact"


def test_what_may_be_left_out_is_left_out() -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "note": {"type": "string"}},
        "required": ["name"],
    }
    made = read(schema, {"name": "ACME", "note": None})
    assert made.record == {"name": "ACME"}
    assert made.error is None


def test_what_is_required_in_the_document_is_doubtful_where_it_is_absent() -> None:
    field = {"type": ["string", "null"], "x-required-in-document": True}
    made = read(record(name=field), {"name": None})
    assert made.error is None
    assert made.cells["/name"].state == "doubtful"


def test_a_choice_has_the_places_that_say_it_or_none() -> None:
    choice = {"enum": ["tools", "food"]}
    assert read(record(kind=choice), {"kind": "tools"}).cells["/kind"].quote == "Tools"
    assert read(record(kind=choice), {"kind": "food"}).cells["/kind"].spans == []


def test_items_have_cells_of_their_own() -> None:
    schema = record(
        words={"type": "array", "items": {"type": "string"}}, sums={"type": "array", "items": {"type": "number"}}
    )
    made = read(schema, {"words": ["ACME", "Total"], "sums": ["210.00"]})
    assert made.record == {"words": ["ACME", "Total"], "sums": [210.0]}
    assert list(made.cells) == ["/words/0", "/words/1", "/sums/0"]


def test_a_cell_tells_the_page_where_a_file_knows_no_boxes() -> None:
    document = Document(Path("a.txt"), "0" * 64, "txt", (Page(1, TEXT),))
    cell = read(record(name={"type": "string"}), {"name": "ACME Tools Ltd"}).cells["/name"].to_json(document)
    assert cell["spans"] == [[0, 14]]
    assert cell["places"] == [{"page": 1}]
