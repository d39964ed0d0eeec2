"""JSONL: one object a line, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.extraction.export.contents import model_of
from engine.extraction.table import table_rows
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from engine.extraction.export.contents import Contents
    from engine.extraction.review import ReviewedCell, ReviewedRow
    from engine.extraction.table import Unit


def to_jsonl(contents: Contents) -> str:
    """Return one line of JSON a row: `document`, `status`, `record`, `error`, `notes`.

    By items, `item` is the item's JSON Pointer, and the record holds that item in the place of the list. With sources
    also `sha256`, the hash of the document's bytes, `model`, `schema_sha256`, and `cells`: for each value, by its JSON
    Pointer in the whole record, `state`, `quote`, `spans` (characters of the document's text, the likeliest first),
    `places` (page and box, or cell), `probability`, `alternatives`, `reviewed`, and `was` where a person changed it.
    With confidence `confidence`, by pointer. `review` names the cells to look at, worst first, where these were asked
    for. What belongs to the whole document stands in its first line only.
    """
    lines = []
    for place in table_rows(contents.rows, contents.unit):
        row = contents.rows[place.row]
        record = row.record if contents.unit.is_document else _unwound(row.record, contents.unit, place.item)
        told: dict[str, Any] = {"document": place.document}
        if not contents.unit.is_document:
            told["item"] = None if place.item is None else to_pointer((*contents.unit.path, place.item))
        told |= {
            "status": row.state,
            "record": record,
            "error": row.error.to_json() if row.error else None,
            "notes": list(row.row.notes),
        }
        if not place.item:
            told |= _about(contents, place.row)
        lines.append(json.dumps(told, ensure_ascii=False) + "\n")
    return "".join(lines)


def _about(contents: Contents, index: int) -> dict[str, Any]:
    row = contents.rows[index]
    told: dict[str, Any] = {}
    if contents.sources:
        told["sha256"] = row.row.sha256
        told["model"] = model_of(row.row, contents.job)
        told["schema_sha256"] = contents.schema_sha256
        told["cells"] = {pointer: _cell(row, pointer, cell) for pointer, cell in row.cells.items()} or None
    if contents.confidence:
        told["confidence"] = {pointer: cell.confidence for pointer, cell in row.cells.items()}
    if contents.review_below is not None:
        told["review"] = contents.to_review.get(index, [])
    return told


def _cell(row: ReviewedRow, pointer: str, cell: ReviewedCell) -> dict[str, Any]:
    before = (row.row.cells or {}).get(pointer, {})
    told: dict[str, Any] = {
        "value": cell.value,
        "state": cell.state,
        "quote": cell.quote,
        "spans": [list(span) for span in cell.spans],
        "places": list(cell.places),
        "probability": before.get("probability"),
        "reviewed": cell.reviewed,
    }
    if cell.alternatives:
        told["alternatives"] = list(cell.alternatives)
    if cell.note:
        told["note"] = cell.note
    if cell.reviewed and before.get("value") != cell.value:
        told["was"] = before.get("value")
    return told


def _unwound(record: Any, unit: Unit, item: int | None) -> Any:
    """Return a record with one item in the place of the unit's list; as it is where it has none."""
    return record if item is None else _replaced(record, unit.path, item)


def _replaced(value: Any, path: tuple[str, ...], item: int) -> Any:
    if not path:
        return value[item]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    return {key: _replaced(each, path[1:], item) if key == path[0] else each for key, each in value.items()}
