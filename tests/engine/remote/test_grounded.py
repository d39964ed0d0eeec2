"""An answer from elsewhere quotes the document: in its spelling, or not at all."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.constraint.spec import MatchesSchema
from engine.errors import InvalidRequest
from engine.model.protocol import ChatMessage, GenerateRequest, Grounding, ShrinkableSpan
from engine.remote.grounded import Quotes

TEXT = 'INVOICE\nBlue  Harbour\nCafé Ltd.\n\nTotal due: GBP 1,252.00 (VAT 208.67)\nContact "Maria O\'Neil", Werk-\nzeug'
QUOTE = {"type": ["string", "null"]}


def record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def ask(schema: Any, text: str = TEXT, **fields: Any) -> GenerateRequest:
    grounding = Grounding(message=0, pieces=fields.pop("pieces", ((0, len(text)),)), lists=fields.pop("lists", {}))
    return GenerateRequest(
        id="one",
        messages=(ChatMessage(role="user", content=text),),
        constraint=MatchesSchema(schema_text=json.dumps(schema)),
        grounding=grounding,
        **fields,
    )


def spans_of(*words: str) -> tuple[tuple[int, int], ...]:
    return tuple((TEXT.index(word), TEXT.index(word) + len(word)) for word in words)


NUMBER = {"type": ["string", "null"], "x-grounding": "number /total"}
NUMBERS = {"number /total": spans_of("1,252.00", "208.67")}


@pytest.mark.parametrize(
    ("written", "spelled", "stands"),
    [
        ("Blue Harbour Café Ltd.", "Blue Harbour Café Ltd.", "Blue  Harbour\nCafé Ltd."),
        ("Blue\nHarbour", "Blue Harbour", "Blue  Harbour"),
        ("Blue\u00a0Harbour\u200b", "Blue Harbour", "Blue  Harbour"),
        ("Cafe\u0301 Ltd", "Café Ltd", "Café Ltd"),
        ("blue harbour", "Blue Harbour", "Blue  Harbour"),
        ('"Maria O\'Neil",', "Maria O'Neil", "Maria O'Neil"),
        ("Werkzeug", "Werkzeug", "Werk-\nzeug"),
        ("GBP 1,252.00", "GBP 1,252.00", "GBP 1,252.00"),
    ],
)
def test_a_quote_is_brought_to_the_spelling_of_the_document_and_its_place_is_known(
    written: str, spelled: str, stands: str
) -> None:
    quotes = Quotes(ask(record(name=QUOTE)))
    read = quotes.read(json.dumps({"name": written}))
    assert not read.problems
    assert read.withdrawn == read.text
    assert json.loads(read.text) == {"name": spelled}
    assert quotes.spans(("name",), spelled) == spans_of(stands)


def test_an_answer_that_is_spelled_as_the_document_is_left_as_it_was_written() -> None:
    text = '{ "name" :"Café Ltd." }'
    assert Quotes(ask(record(name=QUOTE))).read(text).text == text


@pytest.mark.parametrize("written", ["Red Harbour", "arbour", "Café Ltd. Total due", "", "Maria Neil"])
def test_what_does_not_stand_in_the_document_is_told_and_withdrawn(written: str) -> None:
    read = Quotes(ask(record(name=QUOTE, also=QUOTE))).read(json.dumps({"name": written, "also": "Maria O'Neil"}))
    (problem,) = read.problems
    assert problem.pointer == "/name"
    assert problem.message.startswith(f'"{written}" does not stand in the document')
    assert read.withdrawn is not None
    assert json.loads(read.withdrawn) == {"name": None, "also": "Maria O'Neil"}


def test_an_invented_item_is_taken_out_of_its_list() -> None:
    schema = record(names={"type": "array", "items": {"type": "string"}})
    read = Quotes(ask(schema)).read('{"names": ["Blue Harbour", "Sir Nobody", "Maria O\'Neil"]}')
    assert [each.pointer for each in read.problems] == ["/names/1"]
    assert json.loads(read.withdrawn or "") == {"names": ["Blue Harbour", "Maria O'Neil"]}


def test_where_items_have_their_places_none_is_taken_out() -> None:
    pair = {"type": "array", "prefixItems": [{"type": "string"}, {"type": "string"}]}
    assert Quotes(ask(record(pair=pair))).read('{"pair": ["Sir Nobody", "Blue Harbour"]}').withdrawn is None


@pytest.mark.parametrize(
    "name", [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}], ids=["text", "list"]
)
def test_what_the_schema_cannot_do_without_is_not_withdrawn_and_nothing_passes(name: dict[str, Any]) -> None:
    answer = {"name": "Sir Nobody" if name["type"] == "string" else ["Sir Nobody"]}
    read = Quotes(ask(record(name=name))).read(json.dumps(answer))
    assert read.problems
    assert read.withdrawn is None


def test_a_number_is_one_of_those_that_the_document_has() -> None:
    quotes = Quotes(ask(record(total=NUMBER), lists=NUMBERS))
    assert json.loads(quotes.read('{"total": "1,252.00"}').text) == {"total": "1,252.00"}
    assert quotes.spans(("total",), "1,252.00") == spans_of("1,252.00")
    read = quotes.read('{"total": "1252"}')
    assert json.loads(read.withdrawn or "") == {"total": None}
    assert 'copy one of "1,252.00", "208.67" exactly' in read.problems[0].message


def test_more_than_the_number_is_that_number_where_it_holds_no_other() -> None:
    quotes = Quotes(ask(record(total=NUMBER), lists=NUMBERS))
    assert json.loads(quotes.read('{"total": "GBP 1,252.00"}').text) == {"total": "1,252.00"}
    assert quotes.read('{"total": "GBP 1,252.00 (VAT 208.67"}').problems


def test_words_of_the_schema_and_free_text_need_not_stand_anywhere() -> None:
    schema = record(
        kind={"enum": ["bill", "letter"]}, note={"type": "string", "x-grounding": "free"}, paid={"type": "boolean"}
    )
    text = '{"kind": "letter", "note": "Nothing of this is there.", "paid": false}'
    read = Quotes(ask(schema)).read(text)
    assert (read.text, read.problems) == (text, ())


def test_what_was_not_sent_cannot_be_quoted() -> None:
    request = ask(record(name=QUOTE), shrink=ShrinkableSpan(message=0, start=0, end=len(TEXT)))
    sent = TEXT.index("Contact")
    assert not Quotes(request).read('{"name": "Maria O\'Neil"}').problems
    assert Quotes(request, len(TEXT) - sent).read('{"name": "Maria O\'Neil"}').problems


def test_no_quote_goes_from_one_piece_into_the_next() -> None:
    cut = TEXT.index("Harbour")
    quotes = Quotes(ask(record(name=QUOTE), pieces=((0, cut), (cut, len(TEXT)))))
    assert not quotes.read('{"name": "Harbour"}').problems
    assert quotes.read('{"name": "Blue Harbour"}').problems


def test_a_request_without_a_document_has_no_quotes() -> None:
    request = ask(record(name=QUOTE))
    assert Quotes.of(request.model_copy(update={"grounding": None})) is None
    with pytest.raises(InvalidRequest):
        Quotes(request.model_copy(update={"grounding": Grounding(message=4, pieces=())}))


@settings(max_examples=150)
@given(st.text(alphabet=' \n\t,.;"\\aBé-\u200b1'), st.text(alphabet=' \n,.;"\\abé-1', min_size=1, max_size=12))
def test_whatever_passes_stands_in_the_document(document: str, written: str) -> None:
    quotes = Quotes(ask(record(name=QUOTE), document))
    read = quotes.read(json.dumps({"name": written}))
    assert read.withdrawn is not None
    value = json.loads(read.withdrawn)["name"]
    assert (value is None) == bool(read.problems)
    if value is not None:
        assert quotes.spans(("name",), value)


def test_a_server_is_given_the_numbers_of_the_document_to_choose_from() -> None:
    lines = {"type": "array", "items": {"anyOf": [NUMBER, {"type": "boolean"}]}}
    schema = record(total=NUMBER, name=QUOTE, kind={"enum": ["bill"]}, lines=lines)
    offered = Quotes(ask(schema, lists=NUMBERS)).offered(schema)["properties"]
    # Beside a list of types, the converters of llama.cpp read no enum.
    choice = {"anyOf": [{"type": "string", "enum": ["1,252.00", "208.67"]}, {"type": "null"}]}
    assert offered["total"] == choice
    assert offered["lines"]["items"]["anyOf"] == [choice, {"type": "boolean"}]
    assert (offered["name"], offered["kind"]) == (QUOTE, {"enum": ["bill"]})


def test_what_the_document_has_none_of_can_only_be_null_and_too_many_are_not_offered() -> None:
    schema = record(total=NUMBER)
    assert Quotes(ask(schema, lists={"number /total": ()})).offered(schema)["properties"]["total"] == {"type": "null"}
    text = " ".join(str(number) for number in range(200))
    places = tuple((match.start(), match.end()) for match in re.finditer(r"\d+", text))
    many = Quotes(ask(schema, text, lists={"number /total": places}))
    assert many.offered(schema) == schema
