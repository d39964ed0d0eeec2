"""What `bench extract` says of records whose true values are known."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.documents import read_document
from engine.store import Row

if TYPE_CHECKING:
    from types import ModuleType

    from engine.documents import Document

SCHEMA = {"properties": {"vendor": {"type": "string"}, "currency": {"enum": ["EUR", "USD"]}, "total": {}, "date": {}}}


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    """Return the module, which imports its neighbours by name."""
    folder = str(Path(__file__).parents[2] / "packaging" / "bench")
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("_extract_scores")
    finally:
        sys.path.remove(folder)


@pytest.fixture
def document(tmp_path: Path) -> Document:
    path = tmp_path / "a.txt"
    path.write_text("Nordlicht Optics\n3 March 2025\nTotal: 1.234,50 EUR\n", "utf-8")
    return read_document(path)


def test_fields_without_a_value_are_right_only_where_there_is_none(bench: ModuleType) -> None:
    score = bench.Score()
    score.add({"vendor": "ACME", "total": None, "date": None}, {"vendor": "Acme", "total": 3, "date": None})
    score.add(None, {"vendor": "Acme"})
    assert (score.share, score.precision, score.share_answered) == (0.5, 1.0, 0.25)


def test_a_value_stands_in_a_document_however_it_is_spelled_there(bench: ModuleType, document: Document) -> None:
    score = bench.Score()
    record = {"vendor": "nordlicht  optics", "currency": "USD", "total": 1234.5, "date": "2025-03-03"}
    score.add_standing(record, document, SCHEMA)
    assert (score.values, score.standing) == (3, 3)
    score.add_standing({"vendor": "Acme", "total": 7, "date": "2025-03-04"}, document, SCHEMA)
    assert (score.values, score.standing) == (6, 3)


def test_a_place_is_right_where_the_true_value_stands_at_it(bench: ModuleType, document: Document) -> None:
    def cell(quote: str) -> dict[str, object]:
        start = document.text.index(quote)
        return {"value": quote, "state": "exact", "quote": quote, "spans": [[start, start + len(quote)]]}

    cells = {"/vendor": cell("Nordlicht"), "/total": cell("1.234,50"), "/date": cell("3 March 2025")}
    spans = bench.Spans()
    truth = {"vendor": "Nordlicht Optics", "total": 1234.5, "date": "2025-03-03", "currency": "EUR"}
    spans.add(Row("a.txt", "done", cells=cells), truth, document)
    assert (spans.right, spans.total) == (2, 3)


def test_a_quote_that_stands_nowhere_is_invented(bench: ModuleType, document: Document) -> None:
    made = {"value": "Acme", "state": "exact", "quote": "Acme"}
    assert bench.is_invented(made, document.text)
    assert bench.is_invented(made | {"quote": None}, document.text)
    assert not bench.is_invented(made | {"quote": "Nord-\nlicht"}, document.text)
    assert not bench.is_invented(made | {"state": "found", "quote": None}, document.text)
    assert not bench.is_invented({"value": None, "state": "absent", "quote": None}, document.text)
