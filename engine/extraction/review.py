"""What a person makes of a row: its cells with their corrections, and the record that comes of them.

A row as the model left it is never changed: corrections lie beside it (`engine.store.Correction`), and everything here
is computed from both.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import EngineError
from engine.extraction.completeness import hold, in_order
from engine.schema.pointer import to_pointer, unescape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.store import Correction, Row, RowState

CellState = Literal["exact", "normalised", "found", "absent", "doubtful", "edited", "failed"]
Confidence = Callable[[str, Mapping[str, Any]], float | None]
"""The chance that a cell's value is right, given its pointer and the cell as the row has it; None where unknown.

It is not asked of a cell whose model told no probabilities: how sure that is, nobody knows."""


@dataclass(frozen=True, slots=True)
class ReviewedCell:
    """A value as it counts now, and where it stands. `spans` are places in the document's text, the likeliest first.

    `places` and `alternatives` are plain JSON, as a row's cells have them. `reviewed` tells that a person has said
    something of the cell; its `confidence` is 1 then.
    """

    value: Any
    state: CellState
    quote: str | None = None
    spans: tuple[tuple[int, int], ...] = ()
    places: tuple[dict[str, Any], ...] = ()
    note: str = ""
    alternatives: tuple[dict[str, Any], ...] = ()
    confidence: float | None = None
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class ReviewedRow:
    """A row with its corrections. `row` has the state, record and error that come of them, `cells` are by pointer."""

    row: Row
    record: Any
    cells: dict[str, ReviewedCell]
    error: EngineError | None = None

    @property
    def document(self) -> str:
        """The document's name within the job."""
        return self.row.document

    @property
    def state(self) -> RowState:
        """What became of the document."""
        return self.row.state


@dataclass(frozen=True)
class Judged:
    """A cell as the model left it, and whether a person found it right."""

    pointer: str
    cell: Mapping[str, Any]
    right: bool


def review(
    row: Row, corrections: Mapping[str, Correction], confidence: Confidence | None, schema_text: str
) -> ReviewedRow:
    """Return a row as it counts with the corrections of its cells, by pointer.

    A row that was incomplete is done once its record satisfies the schema, and incomplete where a correction ends that.
    """
    cells = {pointer: _untouched(pointer, cell, confidence) for pointer, cell in cells_of(row).items()}
    if not corrections or row.state in {"pending", "running"}:
        return ReviewedRow(row, row.record, cells, EngineError.from_json(row.error) if row.error else None)
    record = copy.deepcopy(row.record)
    for pointer, said in sorted(corrections.items(), key=lambda each: _natural(each[0])):
        for below in [other for other in cells if other.startswith(f"{pointer}/")]:
            del cells[below]
        cells[pointer] = _corrected(cells.get(pointer), said)
        record = _put(record, [unescape(token) for token in pointer.split("/")[1:]], cells[pointer].value)
    record = in_order(record, schema_text)
    held = hold(record, schema_text, {pointer for pointer, cell in cells.items() if cell.value is None})
    for pointer, message in held.wrong.items():
        if pointer in cells:
            cells[pointer] = dataclasses.replace(cells[pointer], state="failed", note=message)
    if held.error is not None and row.state in {"failed", "empty"}:
        error = EngineError.from_json(row.error) if row.error else None
        return ReviewedRow(row, record, cells, error)
    counted = dataclasses.replace(
        row,
        state="incomplete" if held.error else "done",
        record=record,
        error=held.error.to_json() if held.error else None,
    )
    return ReviewedRow(counted, record, cells, held.error)


def by_document(corrections: Iterable[Correction]) -> dict[str, dict[str, Correction]]:
    """Return corrections by document and pointer, as `review` takes those of one row."""
    found: dict[str, dict[str, Correction]] = {}
    for said in corrections:
        found.setdefault(said.document, {})[said.pointer] = said
    return found


def judged(rows: Iterable[Row], corrections: Iterable[Correction]) -> list[Judged]:
    """Return the cells of which a person has said whether they are right, as the model left them.

    One that was accepted is right, and so is one that was given the value it had.
    """
    said_of = by_document(corrections)
    found = []
    for row in rows:
        cells = row.cells or {}
        for pointer, said in said_of.get(row.document, {}).items():
            if pointer in cells:
                value = None if said.kind == "absent" else said.value
                found.append(Judged(pointer, cells[pointer], same(cells[pointer]["value"], value)))
    return found


def same(one: Any, other: Any) -> bool:
    """Tell whether two JSON values are equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def cells_of(row: Row) -> dict[str, dict[str, Any]]:
    """Return a row's cells; where it does not tell of any, one for each value of its record, with no source."""
    if row.cells is not None or row.record is None:
        return row.cells or {}
    cells: dict[str, dict[str, Any]] = {}

    def search(value: Any, path: tuple[str | int, ...]) -> None:
        if isinstance(value, dict | list) and value:
            for key, below in value.items() if isinstance(value, dict) else enumerate(value):
                search(below, (*path, key))
        else:
            state = "absent" if value is None or value in ([], {}) else "found"
            cells[to_pointer(path)] = {"value": value, "state": state}

    search(row.record, ())
    return cells


def _untouched(pointer: str, cell: Mapping[str, Any], confidence: Confidence | None) -> ReviewedCell:
    # A value that the schema does not allow is not right, whoever wrote it.
    unknown = cell.get("probability", ()) is None and cell["state"] != "failed"
    return ReviewedCell(
        value=cell["value"],
        state=cell["state"],
        quote=cell.get("quote"),
        spans=tuple((start, end) for start, end in cell.get("spans", ())),
        places=tuple(cell.get("places", ())),
        note=cell.get("note", ""),
        alternatives=tuple(cell.get("alternatives", ())),
        confidence=None if confidence is None or unknown else confidence(pointer, cell),
    )


def _corrected(cell: ReviewedCell | None, said: Correction) -> ReviewedCell:
    """Return a cell as it counts with what a person said of it."""
    if cell is not None and said.kind == "accepted" and same(cell.value, said.value):
        return dataclasses.replace(cell, confidence=1.0, reviewed=True)
    alternatives = cell.alternatives if cell is not None else ()
    if said.kind == "absent":
        return ReviewedCell(None, "absent", alternatives=alternatives, confidence=1.0, reviewed=True)
    return ReviewedCell(
        value=said.value,
        state="edited",
        quote=said.quote,
        spans=said.spans,
        places=_places(cell, said),
        alternatives=alternatives,
        confidence=1.0,
        reviewed=True,
    )


def _places(cell: ReviewedCell | None, said: Correction) -> tuple[dict[str, Any], ...]:
    """Return the places of a corrected value, where the cell or one of its alternatives stood there too."""
    if cell is None or not said.spans:
        return ()
    known = [(cell.spans, cell.places), *((each.get("spans"), each.get("places")) for each in cell.alternatives)]
    for spans, places in known:
        if spans and tuple(spans[0]) == said.spans[0]:
            return tuple(places or ())
    return ()


def _put(record: Any, path: list[str], value: Any) -> Any:
    """Return a record with a value at a path; what is missing on the way is made, items of lists one at a time."""
    if not path:
        return value
    step, *rest = path
    if isinstance(record, list) and step.isdecimal():
        place = int(step)
        if place < len(record):
            record[place] = _put(record[place], rest, value)
        elif place == len(record):
            record.append(_put(None, rest, value))
        return record
    if record is None and step == "0":
        return [_put(None, rest, value)]
    made = record if isinstance(record, dict) else {}
    made[step] = _put(made.get(step), rest, value)
    return made


def _natural(pointer: str) -> list[tuple[int, str]]:
    """Return what sorts pointers by the numbers in them, so that items are appended in their order."""
    return [(int(token), "") if token.isdecimal() else (-1, token) for token in pointer.split("/")]
