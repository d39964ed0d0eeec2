"""Where fields are looked for, and what is read of a long document."""

import json
from typing import Any

import numpy as np
import pytest

from engine.extraction.long.choosing import choose_for_lists, choose_for_record
from engine.extraction.long.chunks import Chunks, cut_document
from engine.extraction.long.division import Division
from engine.extraction.long.fields import list_field, record_fields
from engine.extraction.long.search import Search
from tests.engine.extraction.long.made import contract, count_tokens, make_source, price_table

FACTS = {
    1: "This agreement is made between Nordlicht GmbH, the supplier, and Applegate Ltd, the customer.",
    17: "The monthly fee that the customer pays is 4,250.00 EUR.",
    39: "The agreement ends on 31 March 2027.",
}


def cut(*pages: str) -> Chunks:
    return cut_document(make_source(*pages), 85, 300, count_tokens)


def best(chunks: Chunks, name: str, schema: dict[str, Any]) -> str:
    """Return the chunk in which a field is likeliest to stand."""
    scores = Search(chunks).scores(record_fields({"properties": {name: schema}}))
    return chunks.text(chunks.chunks[int(scores[0].argmax())])


@pytest.mark.parametrize(
    ("name", "schema", "page"),
    [
        ("supplier", {"type": "string"}, 1),
        ("monthlyFee", {"type": "number"}, 17),
        ("monthly_fee", {"type": "string", "description": "What the customer pays."}, 17),
        ("x", {"type": "string", "title": "Monthly fee"}, 17),
        ("ending", {"type": "string", "format": "date"}, 39),
        ("x", {"type": "string", "examples": ["31 March 2027"]}, 39),
        ("x", {"enum": ["monthly", "yearly"]}, 17),
    ],
)
def test_a_field_is_found_by_what_the_schema_says_of_it(name: str, schema: dict[str, Any], page: int) -> None:
    assert FACTS[page] in best(cut(*contract(FACTS)), name, schema)


@pytest.mark.parametrize(
    ("fact", "name", "schema"),
    [
        ("Die Kündigungsfrist beträgt drei Monate.", "kuendigung", {"title": "Kundigungsfrist", "type": "string"}),
        ("Le délai de résiliation est de trois mois.", "delai_resiliation", {"type": "string"}),
        ("解約の予告期間は三か月とする。", "x", {"title": "予告期間", "type": "string"}),
        ("Questions go to legal@applegate.example at any time.", "contact", {"type": "string", "format": "email"}),
    ],
)
def test_accents_languages_and_signs_do_not_hide_a_field(fact: str, name: str, schema: dict[str, Any]) -> None:
    assert fact in best(cut(*contract({23: fact})), name, schema)


def test_a_field_that_nothing_points_to_is_looked_for_at_the_beginning() -> None:
    assert "1. General provisions" in best(cut(*contract({})), "zzz", {"type": "string"})


def test_the_record_is_read_where_each_of_its_fields_stands() -> None:
    chunks = cut(*contract(FACTS))
    properties = {"supplier": {"type": "string"}, "monthly_fee": {"type": "number"}, "end": {"format": "date"}}
    scores = Search(chunks).scores(record_fields({"properties": properties}))
    chosen = choose_for_record(chunks, scores, 500)
    assert {1, 17, 39} <= {chunk.page + 1 for chunk in chosen}
    assert chosen == sorted(chosen, key=lambda chunk: chunk.start)
    assert chunks.tokens(chosen) <= 500
    assert choose_for_record(chunks, scores, 10) == []


def groups_for(chunks: Chunks, items: dict[str, Any], room: int = 300, most: int = 24) -> list[list[int]]:
    """Return the pages, by index, of each group of chunks that is read for a list."""
    division = Division(json.dumps({"type": "object", "properties": {"lines": {"type": "array", "items": items}}}))
    search = Search(chunks)
    fields = [list_field(each, {}) for each in division.lists]
    groups = choose_for_lists(chunks, search, fields, search.scores(fields), room, most)
    for group in groups:
        assert len(group) == 1 or chunks.tokens(group) <= room
    order = [chunk.start for group in groups for chunk in group]
    assert order == sorted(set(order))
    return [[chunk.page for chunk in group] for group in groups]


PART = {"type": "object", "properties": {"name": {"type": "string"}, "price": {"type": "number"}}}


def test_items_are_gathered_from_every_row_of_a_table() -> None:
    chunks = cut(price_table(200))
    division = Division(json.dumps({"type": "array", "items": PART}))
    search = Search(chunks)
    fields = [list_field(division.lists[0], {})]
    groups = choose_for_lists(chunks, search, fields, search.scores(fields), 300, 24)
    read = "".join(chunks.text(chunk) for group in groups for chunk in group)
    assert all(f"P-{number:03d} " in read for number in range(1, 201))


def test_pages_without_numbers_are_not_asked_for_prices() -> None:
    pages = contract({}, pages=30)
    pages = [page.split("\n\n", 1)[1] for page in pages]
    pages[20] = price_table(20)
    assert {page for group in groups_for(cut(*pages), PART) for page in group} == {20}


def test_items_without_any_sign_are_looked_for_everywhere() -> None:
    pages = contract({}, pages=12)
    read = groups_for(cut(*pages), {"type": "string"})
    assert {page for group in read for page in group} == set(range(12))


def test_there_is_a_bound_to_what_is_read_for_lists() -> None:
    pages = [price_table(60) for _ in range(60)]
    assert 12 <= len(groups_for(cut(*pages), PART, most=16)) <= 16


def test_a_large_document_is_searched_in_memory_that_it_can_have() -> None:
    chunks = cut(*contract(FACTS, pages=1_500))
    scores = Search(chunks).scores(record_fields({"properties": {"monthly_fee": {"type": "number"}}}))
    assert scores.shape == (1, len(chunks))
    assert chunks.chunks[int(np.argmax(scores))].page == 16
