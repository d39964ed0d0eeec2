"""The cells of the table: what each says, and how far it can be trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from app import figures
from app.models.extract_values import items, sort_key, words
from app.session.extraction import cell_of, cells_below, value_of
from engine.errors import RecordIncomplete

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.models.extract_values import SortKey
    from app.session.extraction import Column, ReviewedCell, ReviewedRow

Trust = Literal[
    "exact",
    "normalised",
    "found",
    "absent",
    "missing",
    "doubtful",
    "edited",
    "accepted",
    "failed",
    "waiting",
    "writing",
    "written",
    "none",
]
"""How far a cell can be trusted: the engine's states, and those that only a table has.

`missing` is not in the document although the schema asks for it, `accepted` was doubtful until a person said that it
is right, `waiting`, `writing` and `written` belong to documents that are not read yet, `none` to cells that a row does
not have.
"""

WORDS: Final[dict[Trust, str]] = {
    "exact": "exact",
    "normalised": "normalised",
    "found": "found",
    "absent": "not in document",
    "missing": "missing",
    "doubtful": "doubtful",
    "edited": "edited",
    "accepted": "accepted",
    "failed": "failed",
    "waiting": "waiting",
    "writing": "being written",
    "written": "being read",
    "none": "",
}
SETTLED: Final[tuple[Trust, ...]] = (
    "exact",
    "normalised",
    "found",
    "accepted",
    "edited",
    "absent",
    "doubtful",
    "missing",
    "failed",
)
"""The states of documents that were read, from those that ask nothing of anybody to those that do."""
LOOKED_AT: Final[frozenset[Trust]] = frozenset(("doubtful", "missing", "failed"))
"""What a person is to look at."""
_LIKELY: Final = 0.5
"""The chance from which a value is more likely right than wrong."""
_WORST: Final[tuple[Trust, ...]] = (
    "failed",
    "missing",
    "doubtful",
    "found",
    "normalised",
    "edited",
    "accepted",
    "exact",
    "absent",
)
_READ: Final = frozenset(("done", "incomplete"))


@dataclass(frozen=True, slots=True)
class TableCell:
    """What stands in a cell, on one line, and how far it can be trusted. `confidence` is 0..1, None where unknown.

    A doubtful cell is `loud` where there is a reason beyond its being among the less sure ones; of one that is not,
    `otherwise` is how far it could be trusted if it were not among them.
    """

    trust: Trust
    text: str = ""
    confidence: float | None = None
    loud: bool = False
    otherwise: Trust = "none"

    @property
    def is_calm(self) -> bool:
        """Whether it is to be looked at for no other reason than that others are surer."""
        return self.trust == "doubtful" and not self.loud

    @property
    def standing(self) -> str:
        """How far it can be trusted, in words."""
        return f"{WORDS[self.otherwise]}, to review" if self.is_calm else WORDS[self.trust]

    def said(self) -> str:
        """Return the cell in words, for somebody who does not see it."""
        sure = f"{figures.number(self.confidence * 100.0)} %" if self.confidence is not None else ""
        return ", ".join(filter(None, [self.text, self.standing, sure if self.trust == "doubtful" else ""]))


_NONE: Final = TableCell("none")
WAITING: Final = TableCell("waiting")


def is_read(reviewed: ReviewedRow) -> bool:
    """Tell whether a document's row has values; those of a job that is being opened come after its names."""
    return reviewed.row.state in _READ and (bool(reviewed.cells) or reviewed.record is not None)


def lacking(reviewed: ReviewedRow) -> frozenset[str]:
    """Return the pointers of what the schema asks for and an incomplete row does not have."""
    error = reviewed.error
    if reviewed.row.state != "incomplete" or not isinstance(error, RecordIncomplete):
        return frozenset()
    return frozenset(error.lacks)


def trust_of(cell: ReviewedCell, pointer: str, review: Collection[str], lacks: Collection[str]) -> Trust:
    """Return how far a cell can be trusted; `review` are the pointers of the document's cells to look at."""
    state = cell.state
    if state in {"failed", "edited"}:
        return state
    if lacks and pointer in lacks:
        return "missing"
    if cell.reviewed:
        return "absent" if cell.value is None else "accepted"
    return "doubtful" if state == "doubtful" or pointer in review else state


def place_of(reviewed: ReviewedRow, column: Column, pointer: str | None) -> tuple[str, ReviewedCell] | None:
    """Return the cell in which a column's value stands with its own pointer; of a list the one that is worst."""
    if pointer is None:
        return None
    if column.kind == "list":
        below = cells_below(reviewed.cells, pointer)
        if below:
            worst = min(below, key=lambda place: _WORST.index(trust_of(below[place], place, (), ())))
            return worst, below[worst]
    return cell_of(reviewed.cells, pointer)


def trusted(
    reviewed: ReviewedRow, column: Column, pointer: str | None, review: Collection[str], lacks: Collection[str]
) -> Trust:
    """Return how far the cell of a column can be trusted, in a row that was read."""
    if pointer is None:
        return "none"
    if column.kind == "list":
        below = cells_below(reviewed.cells, pointer)
        found = {trust_of(cell, place, review, lacks) for place, cell in below.items()}
        return next((each for each in _WORST if each in found), "missing" if pointer in lacks else "absent")
    cell = reviewed.cells.get(pointer)
    if cell is None:
        around = cell_of(reviewed.cells, pointer)
        if around is None or pointer in lacks:
            return "missing" if pointer in lacks else "absent"
        pointer, cell = around
    return trust_of(cell, pointer, review, lacks)


def read_cell(
    reviewed: ReviewedRow, column: Column, pointer: str | None, review: Collection[str], lacks: Collection[str]
) -> TableCell:
    """Return what stands in the cell of a column, in a row that was read."""
    trust = trusted(reviewed, column, pointer, review, lacks)
    if pointer is None:
        return _NONE
    if trust == "missing":
        return TableCell(trust, "missing")
    if column.kind == "list":
        count = _count(reviewed, pointer)
        worst = place_of(reviewed, column, pointer)
        cell = worst[1] if worst is not None else None
        sure = cell.confidence if cell is not None else None
        is_loud = cell is not None and _is_loud(cell)
        otherwise = trusted(reviewed, column, pointer, (), lacks)
        return TableCell(trust, items(count) if count else "", sure, loud=is_loud, otherwise=otherwise)
    found = cell_of(reviewed.cells, pointer)
    if found is None:
        return TableCell(trust)
    cell = found[1]
    text = words(cell.value, cell.quote) if cell.value is not None else ""
    if trust == "failed" and not text:
        text = words(cell.quote)
    otherwise = trusted(reviewed, column, pointer, (), lacks) if trust == "doubtful" else trust
    return TableCell(trust, text, cell.confidence, loud=_is_loud(cell), otherwise=otherwise)


def growing_cell(column: Column, pointer: str | None, texts: dict[str, str], *, is_first: bool) -> TableCell:
    """Return what stands in a cell of a document that is being read; `texts` are by pointer, the last one grows."""
    if not texts:
        return TableCell("writing") if is_first else WAITING
    last = next(reversed(texts))
    if pointer is None:
        return WAITING
    if column.kind == "list":
        inside = [place for place in texts if place.startswith(f"{pointer}/")]
        if not inside:
            return TableCell("writing", texts[pointer]) if pointer == last else WAITING
        count = 1 + int(inside[-1][len(pointer) + 1 :].split("/", 1)[0])
        return TableCell("writing" if inside[-1] == last else "written", items(count))
    if pointer not in texts:
        return WAITING
    return TableCell("writing" if pointer == last else "written", words(texts[pointer]))


def value_at(reviewed: ReviewedRow, column: Column, pointer: str | None) -> tuple[Any, str | None]:
    """Return the value of a cell and its quote; of a list all of it."""
    if pointer is None or not is_read(reviewed):
        return None, None
    if column.kind == "list":
        return value_of(reviewed, pointer), None
    found = cell_of(reviewed.cells, pointer)
    return (found[1].value, found[1].quote) if found is not None else (None, None)


def key_of(reviewed: ReviewedRow, column: Column, pointer: str | None) -> SortKey | None:
    """Return what a cell is sorted by; None where it has no value."""
    if column.kind == "list":
        count = _count(reviewed, pointer) if pointer is not None and is_read(reviewed) else 0
        return (0, count) if count else None
    value, _quote = value_at(reviewed, column, pointer)
    return None if value is None else sort_key(value)


def found_in(reviewed: ReviewedRow, columns: Sequence[Column], pointers: Sequence[str | None]) -> str:
    """Return all words of a row in which a filter looks for its text."""
    said = [reviewed.row.document]
    if is_read(reviewed):
        cells = reviewed.cells
        for column, pointer in zip(columns, pointers, strict=True):
            cell = cells.get(pointer) if pointer is not None else None
            # What is written by the model is searched as it stands: cleaning it would take half of the time.
            if cell is not None and isinstance(cell.value, str):
                said.append(cell.value)
            else:
                said.append(words(*value_at(reviewed, column, pointer)))
    elif reviewed.error is not None:
        said.append(reviewed.error.message)
    return "\n".join(said).casefold()


def _is_loud(cell: ReviewedCell) -> bool:
    return cell.state in LOOKED_AT or (cell.confidence is not None and cell.confidence < _LIKELY)


def _count(reviewed: ReviewedRow, pointer: str) -> int:
    value = value_of(reviewed, pointer)
    return len(value) if isinstance(value, list) else 0
