"""Rows to be written: an invoice that was read and corrected, one that failed, one that waits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.errors import DocumentError
from engine.extraction.review import ReviewedCell, ReviewedRow
from engine.store import Row


def _texts(*names: str) -> dict[str, Any]:
    return {name: {"type": ["string", "null"]} for name in names}


_LINE = {"type": "object", "properties": {"name": {"type": "string"}, "price": {"type": "number"}}}
_SCHEMA = {
    "type": "object",
    "properties": {
        "vendor": {"type": "object", "properties": _texts("name", "city")},
        "date": {"type": "string", "format": "date"},
        "paid": {"type": "boolean"},
        "total": {"type": "number"},
        "lines": {"type": "array", "items": _LINE},
    },
}
_BOX = {"page": 1, "box": [1.0, 2.0, 3.5, 4.0]}
_CELLS = {
    "/vendor/name": ReviewedCell("Äpfel & Co", "exact", "Äpfel & Co", ((3, 13),), (_BOX,), confidence=0.95),
    "/vendor/city": ReviewedCell(None, "absent", confidence=0.4),
    "/date": ReviewedCell("2025-03-04", "normalised", "4 March", places=({"page": 2, "cell": "B7"},), confidence=0.7),
    "/paid": ReviewedCell(value=True, state="found", confidence=0.9),
    "/total": ReviewedCell(-1.5, "edited", confidence=1.0, reviewed=True),
    "/lines/0/name": ReviewedCell("=1+1", "exact", "=1+1", confidence=0.2),
    "/lines/0/price": ReviewedCell(2, "normalised", "2", confidence=0.99),
    "/lines/1/name": ReviewedCell("Pears", "exact", "Pears", confidence=0.99),
    "/lines/1/price": ReviewedCell(3.25, "doubtful", "3,25", note="Or 325.", confidence=0.5),
}


@pytest.fixture
def schema_text() -> str:
    return json.dumps(_SCHEMA)


@pytest.fixture
def rows() -> list[ReviewedRow]:
    record = {
        "vendor": {"name": "Äpfel & Co", "city": None},
        "date": "2025-03-04",
        "paid": True,
        "total": -1.5,
        "lines": [{"name": "=1+1", "price": 2}, {"name": "Pears", "price": 3.25}],
    }
    read = Row(
        "a.pdf",
        "done",
        sha256="ab12",
        record=record,
        notes=("Only page 1 was read.",),
        receipt={"model": {"name": "Small", "sha256": "cd34"}},
        cells={"/total": {"value": 15, "state": "exact", "probability": {"mean": 0.5}}},
    )
    failed = Row("b.pdf", "failed", error=DocumentError("It is empty.").to_json())
    return [
        ReviewedRow(read, record, dict(_CELLS)),
        ReviewedRow(failed, None, {}, DocumentError("It is empty.")),
        ReviewedRow(Row("c.pdf", "pending"), None, {}),
    ]
