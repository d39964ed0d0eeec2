"""Text that a person types or chooses, read as values of the field it is meant for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.session.extraction.typed import Read, read_chosen, read_typed
from engine.errors import InvalidRequest

SCHEMA = json.dumps(
    {
        "$defs": {"money": {"type": ["number", "null"], "minimum": 0}},
        "type": "object",
        "properties": {
            "vendor": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 20}}},
            "total": {"$ref": "#/$defs/money"},
            "count": {"type": "integer"},
            "due": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
            "paid": {"type": "boolean"},
            "kind": {"enum": ["Invoice", "Credit note", 3]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "items": {"type": "array", "items": {"type": "object", "properties": {"price": {"type": "number"}}}},
            "any": {"type": ["string", "number"]},
        },
    }
)


@pytest.mark.parametrize(
    ("pointer", "text", "value"),
    [
        ("/vendor/name", "  Nordlicht ", "Nordlicht"),
        ("/total", "1.284,00", 1284.0),
        ("/total", "1,284.00", 1284.0),
        ("/total", "€ 12,50", 12.5),
        ("/total", "1 284", 1284),
        ("/count", "7", 7),
        ("/due", "11th March 2024", "2024-03-11"),
        ("/due", "11.03.2024", "2024-03-11"),
        ("/due", "2024-03-11", "2024-03-11"),
        ("/paid", "Ja", True),
        ("/paid", "no", False),
        ("/kind", "credit note", "Credit note"),
        ("/kind", "3", 3),
        ("/tags", "blue, green", ["blue", "green"]),
        ("/tags", '["a, b"]', ["a, b"]),
        ("/items/1/price", "3,20", 3.2),
        ("/any", "12", 12),
        ("/any", "twelve", "twelve"),
    ],
)
def test_what_is_typed_is_read_by_the_type_of_its_field(pointer: str, text: str, value: Any) -> None:
    found = read_typed(SCHEMA, {"items": [{}, {}]}, pointer, text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("pointer", "text", "words"),
    [
        ("/total", "a lot", "is no number"),
        ("/total", "12 or 14", "is no number"),
        ("/total", "-3,00", "total cannot be"),
        ("/count", "7.5", "count cannot be"),
        ("/due", "soon", "is no date"),
        ("/due", "31 February 2024", "is no date"),
        ("/paid", "perhaps", "neither yes nor no"),
        ("/kind", "letter", "none of the choices"),
        ("/vendor/name", "x" * 21, "name cannot be"),
        ("/items", "[1,", "cannot be read"),
    ],
)
def test_what_is_no_value_of_the_field_is_refused_with_its_name(pointer: str, text: str, words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_typed(SCHEMA, {}, pointer, text)
    assert words in refused.value.message
    assert refused.value.advice


def test_a_number_of_two_meanings_is_read_as_the_document_writes_its_others() -> None:
    assert read_typed(SCHEMA, {}, "/total", "1.284", ["0,50", "12,99"]) == 1284
    assert read_typed(SCHEMA, {}, "/total", "1.284", ["0.50", "12.99"]) == 1.284


@pytest.mark.parametrize(
    ("pointer", "chosen", "value", "quote"),
    [
        ("/vendor/name", "Nordlicht\nLtd", "Nordlicht Ltd", "Nordlicht\nLtd"),
        ("/total", " EUR 1.284,00 ", 1284.0, "1.284,00"),
        ("/due", "by 11 March 2024.", "2024-03-11", "11 March 2024"),
        ("/kind", "INVOICE", "Invoice", "INVOICE"),
    ],
)
def test_what_is_chosen_in_a_document_keeps_the_place_that_says_it(
    pointer: str, chosen: str, value: Any, quote: str
) -> None:
    document = "INVOICE\nNordlicht\nLtd\nTotal: EUR 1.284,00 of 12,50\nDue by 11 March 2024.\n"
    start = document.index(chosen)
    found = read_chosen(SCHEMA, {}, pointer, document, start, start + len(chosen))
    assert found == Read(value, document.index(quote), document.index(quote) + len(quote))


def test_a_number_that_is_chosen_in_part_is_read_by_itself() -> None:
    document = "Total: 1.284,00 EUR"
    assert read_chosen(SCHEMA, {}, "/total", document, 9, 12) == Read(284, 9, 12)


def test_blanks_alone_are_nothing_to_choose() -> None:
    with pytest.raises(InvalidRequest, match="Nothing was chosen"):
        read_chosen(SCHEMA, {}, "/total", "a   b", 1, 4)
