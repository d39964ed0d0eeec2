"""What becomes of a document, as the row that is kept of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from engine.errors import DocumentEmpty, RecordIncomplete
from engine.extraction.completeness import hold, in_order
from engine.extraction.job.receipts import receipt_of
from engine.schema.pointer import unescape
from engine.store import Row

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from engine.documents import Document
    from engine.errors import EngineError
    from engine.extraction.job.reading import Outcome
    from engine.extraction.plan import ExtractionPlan
    from engine.store import RowState


def finished_row(
    plan: ExtractionPlan,
    document: Document,
    outcome: Outcome,
    seconds: float,
    before: Row,
    fields: Sequence[str] | None,
) -> Row:
    """Return the row of a document that was read. `before` is its row until now, of which all but `fields` stays."""
    earlier = before if fields is not None else None
    receipt = receipt_of(outcome.answers, plan, fields, earlier.receipt if earlier else None)
    notes = outcome.notes if earlier is None else tuple(dict.fromkeys((*earlier.notes, *outcome.notes)))
    row = Row(
        before.document,
        state_of(outcome.error),
        sha256=document.sha256,
        record=outcome.record,
        cells=outcome.cells,
        notes=notes,
        error=outcome.error.to_json() if outcome.error else None,
        receipt=receipt,
        seconds=seconds,
    )
    if earlier is None or fields is None:
        return row
    if row.state == "failed":
        return dataclasses.replace(row, record=earlier.record, cells=earlier.cells, fields=tuple(fields))
    return joined(
        plan.schema_text, dataclasses.replace(earlier, notes=notes, receipt=receipt, seconds=seconds), row, fields
    )


def refused_row(before: Row, error: EngineError, sha256: str | None) -> Row:
    """Return the row of a document that cannot be read, or not in time; what it had of other fields stays."""
    state: RowState = "empty" if isinstance(error, DocumentEmpty) else "failed"
    if before.fields is not None and before.record is not None:
        return dataclasses.replace(before, state="failed", error=error.to_json())
    return Row(before.document, state, sha256=sha256, error=error.to_json())


def joined(schema_text: str, row: Row, new: Row, fields: Sequence[str]) -> Row:
    """Return a row with some fields as another one has them, held against the whole schema."""
    kept = only_fields(row, [key for key in row.record if key not in fields])
    cells = None
    if row.cells is not None or new.cells is not None:
        others = {pointer: cell for pointer, cell in (row.cells or {}).items() if field_of(pointer) not in fields}
        cells = others | (new.cells or {})
    return settled(schema_text, dataclasses.replace(row, record=kept.record | new.record, cells=cells, fields=None))


def settled(schema_text: str, row: Row) -> Row:
    """Return a row as done or incomplete, as the schema says of its record."""
    record = in_order(row.record, schema_text)
    cells = {pointer: dict(cell) for pointer, cell in row.cells.items()} if row.cells is not None else None
    held = hold(record, schema_text, _absent(cells or {}))
    for pointer, message in held.wrong.items():
        if cells is not None and pointer in cells:
            cells[pointer] |= {"state": "failed", "note": message}
    error = held.error.to_json() if held.error else None
    return dataclasses.replace(row, state=state_of(held.error), record=record, cells=cells, error=error)


def only_fields(row: Row, fields: Collection[str]) -> Row:
    """Return a row with some fields of its record only."""
    record = {key: value for key, value in row.record.items() if key in fields}
    cells = None
    if row.cells is not None:
        cells = {pointer: cell for pointer, cell in row.cells.items() if field_of(pointer) in fields}
    return dataclasses.replace(row, record=record, cells=cells)


def field_of(pointer: str) -> str:
    """Return the key of the record that a cell belongs to; empty for the record as a whole."""
    return unescape(pointer.split("/")[1]) if pointer else ""


def state_of(error: EngineError | None) -> RowState:
    """Return what a row is, given what is wrong with it."""
    if isinstance(error, RecordIncomplete):
        return "incomplete"
    return "failed" if error else "done"


def _absent(cells: Mapping[str, Any]) -> set[str]:
    return {pointer for pointer, cell in cells.items() if cell["value"] is None and cell["state"] != "failed"}
