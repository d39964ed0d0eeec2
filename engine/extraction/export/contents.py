"""What a file of rows holds, whatever its format: columns, a line for each row of the table, and what cells rest on."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from engine.extraction.ranking import cells_to_review
from engine.extraction.table import (
    DOCUMENTS,
    Column,
    Unit,
    cell_of,
    cells_below,
    columns,
    pointer_of,
    table_rows,
    value_of,
)
from engine.schema.pointer import unescape, value_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.extraction.review import ReviewedCell, ReviewedRow
    from engine.store import Job, Row

FIXED: Final = ("document", "item", "status", "error", "notes", "review")
"""Names of columns that are no fields."""

STATES: Final[dict[str, str]] = {
    "exact": "stands in the document as it is written here",
    "normalised": "read by rule from what stands in the document",
    "found": "written by the model; the document holds it too where a quote is given",
    "absent": "not in the document",
    "doubtful": "to be looked at",
    "edited": "corrected by a person",
    "failed": "could not be read, or is not what the schema allows",
}
"""What the states of cells mean; those further down weigh more where one cell stands for several."""

_GRAVITY = {state: place for place, state in enumerate(("exact", "normalised", "found", *list(STATES)[3:]))}


@dataclass(frozen=True)
class Told:
    """What is told of one field of a row: the worst state, and quote, place and confidence where it is one value."""

    state: str
    quote: str | None
    place: str
    confidence: float | None


@dataclass(frozen=True)
class Line:
    """One row of the table: a value for each column, and what is told of it; None where nothing is known."""

    row: ReviewedRow
    item: int | None
    values: list[Any]
    told: list[Told | None]
    review: list[str]


@dataclass(frozen=True)
class Evidence:
    """One value of a record and what it rests on: a line of the sheet "Provenance"."""

    row: ReviewedRow
    field: str
    cell: ReviewedCell
    original: Any
    """What the extraction had found, where a person changed it."""


@dataclass(frozen=True)
class Contents:
    """Rows as they are to be written.

    `unit` says what a row is, `sources` and `confidence` whether these are told of each value. Cells below
    `review_below` that nobody has judged are named, if one is given. `job` is the one that the rows are from.
    """

    rows: Sequence[ReviewedRow]
    schema_text: str
    unit: Unit = DOCUMENTS
    sources: bool = False
    confidence: bool = False
    review_below: float | None = None
    job: Job | None = None

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The fields, those that only records have at the end."""
        return columns(self.schema_text, self.unit, [row.record for row in self.rows])

    @cached_property
    def titles(self) -> list[str]:
        """The names of the columns; one that is called like a fixed column begins with "record."."""
        return [f"record.{each.title}" if each.title in FIXED else each.title for each in self.columns]

    @cached_property
    def schema_sha256(self) -> str:
        """The hash of the schema's text."""
        return hashlib.sha256(self.schema_text.encode()).hexdigest()

    @cached_property
    def to_review(self) -> dict[int, list[str]]:
        """The pointers of the cells to look at, worst first, by the index of their row."""
        found: dict[int, list[str]] = defaultdict(list)
        if self.review_below is not None:
            for each in cells_to_review(self.rows, self.review_below):
                found[each.row].append(each.pointer)
        return dict(found)

    @property
    def count(self) -> int:
        """How many rows the table has."""
        return len(table_rows(self.rows, self.unit))

    def lines(self) -> Iterator[Line]:
        """Yield the rows of the table."""
        for place in table_rows(self.rows, self.unit):
            row = self.rows[place.row]
            pointers = [pointer_of(column, self.unit, place.item) for column in self.columns]
            values = [value_of(row, pointer) for pointer in pointers]
            told = [_told(row, column, pointer) for column, pointer in zip(self.columns, pointers, strict=True)]
            shown = [pointer for pointer in pointers if pointer is not None]
            review = [each for each in self.to_review.get(place.row, []) if _is_within(each, shown)]
            yield Line(row, place.item, values, told, review)

    def evidence(self) -> Iterator[Evidence]:
        """Yield every value of which something is known, document by document."""
        for row in self.rows:
            before = row.row.cells or {}
            for pointer, cell in row.cells.items():
                found = before.get(pointer, {}).get("value")
                changed = cell.reviewed and found != cell.value
                yield Evidence(row, field_name(pointer, row.record), cell, found if changed else None)


def model_of(row: Row, job: Job | None) -> dict[str, Any] | None:
    """Return name and hash of the model that read a document, or the address of one elsewhere, as far as known."""
    told = value_at(row.receipt, "/model")
    if isinstance(told, dict):
        elsewhere = {"endpoint": told["endpoint"]} if told.get("endpoint") else {}
        return {"name": told.get("name"), "sha256": told.get("sha256") or None, **elsewhere}
    identity = job.plan.get("model") if job else None
    if not isinstance(identity, str):
        return None
    first, _, rest = identity.partition(" ")
    if first.startswith(("http://", "https://")):
        return {"name": rest, "sha256": None, "endpoint": first}
    return {"name": None, "sha256": first}


def field_name(pointer: str, record: Any) -> str:
    """Return how a person reads a pointer into a record: "line_items #1.amount", counted as the rows of items are."""
    name = ""
    for token in pointer.split("/")[1:]:
        step = unescape(token)
        if isinstance(record, list) and step.isdecimal():
            index = int(step)
            name += f" #{index + 1}"
            record = record[index] if index < len(record) else None
        else:
            name += f".{step}" if name else step
            record = record.get(step) if isinstance(record, dict) else None
    return name.strip() or "record"


def spell_place(places: Sequence[Any]) -> str:
    """Say on which page, or in which cell of it, a value stands."""
    if not places:
        return ""
    first = places[0]
    page = f"page {first['page']}" if first.get("page") is not None else ""
    return f"{page}, {first['cell']}" if first.get("cell") else page


def _told(row: ReviewedRow, column: Column, pointer: str | None) -> Told | None:
    if pointer is None:
        return None
    if column.kind in {"list", "other"} and (below := cells_below(row.cells, pointer)):
        cells = list(below.values())
        worst = max(cells, key=lambda each: _GRAVITY.get(each.state, 0))
        known = [cell.confidence for cell in cells if cell.confidence is not None]
        if len(cells) > 1 or pointer not in below:
            return Told(worst.state, None, "", min(known, default=None))
    found = cell_of(row.cells, pointer)
    if found is None:
        return None
    cell = found[1]
    return Told(cell.state, cell.quote, spell_place(cell.places), cell.confidence)


def _is_within(pointer: str, shown: list[str]) -> bool:
    """Tell whether one of the columns shows a cell, as its own, in a list, or as that of an object around it."""
    return any(pointer == each or pointer.startswith(f"{each}/") or each.startswith(f"{pointer}/") for each in shown)
