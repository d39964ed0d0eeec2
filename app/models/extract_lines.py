"""The lines of the table: one a document, or one an item of its list, and the groups that they are put in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from app.models.extract_cells import (
    LOOKED_AT,
    WAITING,
    TableCell,
    found_in,
    growing_cell,
    is_read,
    key_of,
    lacking,
    place_of,
    read_cell,
    trusted,
    value_at,
)
from app.session.extraction import DOCUMENTS, pointer_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from app.models.extract_cells import Trust
    from app.models.extract_order import Rank
    from app.models.extract_values import SortKey
    from app.session.extraction import CellPlace, Column, ReviewedCell, ReviewedRow, Unit

Kind = Literal["review", "failed", "incomplete", "empty", "edited", "done", "waiting"]
KINDS: Final[tuple[Kind, ...]] = ("review", "failed", "incomplete", "empty", "edited", "done", "waiting")
"""What rows are filtered by; a row can be of several kinds."""

_NOTHING: Final[frozenset[str]] = frozenset()
_UNKNOWN: Final = 0.5
"""The chance of a doubtful cell of which none is known."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of all cells of a line: how far each can be trusted, and how many are to be looked at."""

    trusts: tuple[Trust, ...]
    kinds: frozenset[Kind]
    review: int


class Line:
    """One row of the table: a document, or one of its items."""

    __slots__ = ("document", "facts", "item", "rank", "reviewed", "searched")

    def __init__(self, document: int, item: int | None, reviewed: ReviewedRow) -> None:
        self.document = document
        self.item = item
        self.reviewed = reviewed
        self.facts: Facts | None = None
        self.searched: str | None = None
        self.rank: Rank | None = None

    @property
    def name(self) -> str:
        """The document's name within the job."""
        return self.reviewed.row.document

    @property
    def state(self) -> str:
        """What became of the document."""
        return self.reviewed.row.state

    def follow(self, reviewed: ReviewedRow) -> None:
        """Be of another state of the document."""
        self.reviewed = reviewed
        self.facts = None
        self.searched = None


class Group:
    """The head of lines that have the same value in a column. It stays the same one however often they are grouped."""

    __slots__ = ("count", "folded", "review", "title")

    def __init__(self, title: str) -> None:
        self.title = title
        self.count = 0
        self.review = 0
        self.folded = False


Entry = Line | Group


class Fields:
    """The columns of the table, and where in each document's record their cells stand."""

    def __init__(self, columns: Sequence[Column] = (), unit: Unit = DOCUMENTS) -> None:
        self.columns = tuple(columns)
        self.unit = unit
        self.review: dict[str, set[str]] = {}
        self.growing: dict[int, dict[str, str]] = {}
        self.titles = _titles(self.columns, self.unit)
        """What stands over each column: of fields of items without the name of their list, where that is clear."""
        self._pointers: dict[int | None, tuple[str | None, ...]] = {}

    def set_review(self, places: Iterable[CellPlace]) -> None:
        """Say which cells are to be looked at."""
        self.review = {}
        for place in places:
            self.review.setdefault(place.document, set()).add(place.pointer)

    def pointers(self, item: int | None) -> tuple[str | None, ...]:
        """Return where the cells of a line stand, a JSON Pointer a column; None where it has no such cell."""
        found = self._pointers.get(item)
        if found is None:
            found = tuple(pointer_of(column, self.unit, item) for column in self.columns)
            self._pointers[item] = found
        return found

    def pointer(self, line: Line, column: int) -> str | None:
        """Return where a cell stands in the document's record: of a list, the item that is worst."""
        pointer = self.pointers(line.item)[column]
        if self.columns[column].kind == "list":
            found = place_of(line.reviewed, self.columns[column], pointer)
            return found[0] if found is not None else pointer
        return pointer

    def cell(self, line: Line, column: int) -> TableCell:
        """Return what stands in a cell."""
        reviewed = line.reviewed
        if is_read(reviewed):
            pointer = self.pointers(line.item)[column]
            return read_cell(
                reviewed, self.columns[column], pointer, self.review.get(line.name, _NOTHING), lacking(reviewed)
            )
        if line.state == "running":
            texts = self.growing.get(line.document, {})
            pointer = self.pointers(self._growing_item(texts))[column]
            return growing_cell(self.columns[column], pointer, texts, is_first=column == 0)
        return TableCell("none") if line.state in {"failed", "empty"} else WAITING

    def _growing_item(self, texts: dict[str, str]) -> int | None:
        """Return the item of the unit's list that is being written."""
        if self.unit.is_document or not texts:
            return None
        place = len(self.unit.path)
        steps = next(reversed(texts)).split("/")[1:]
        inside = len(steps) > place and steps[:place] == list(self.unit.path) and steps[place].isdecimal()
        return int(steps[place]) if inside else None

    def reviewed_cell(self, line: Line, column: int) -> ReviewedCell | None:
        """Return the cell behind what is shown; of a list the worst of its items."""
        found = place_of(line.reviewed, self.columns[column], self.pointers(line.item)[column])
        return found[1] if found is not None and is_read(line.reviewed) else None

    def value(self, line: Line, column: int) -> tuple[Any, str | None]:
        """Return a cell's value and its quote."""
        return value_at(line.reviewed, self.columns[column], self.pointers(line.item)[column])

    def key(self, line: Line, column: int) -> SortKey | None:
        """Return what a line is sorted by in a column; None where it has no value there."""
        return key_of(line.reviewed, self.columns[column], self.pointers(line.item)[column])

    def facts(self, line: Line) -> Facts:
        """Return what is known of all cells of a line, kept until it changes."""
        if line.facts is None:
            line.facts = self._facts(line)
        return line.facts

    def _facts(self, line: Line) -> Facts:
        reviewed, state = line.reviewed, line.state
        if not is_read(reviewed):
            kind: Kind = "failed" if state == "failed" else "empty" if state == "empty" else "waiting"
            return Facts((), frozenset((kind,)), 0)
        review, lacks = self.review.get(line.name, _NOTHING), lacking(reviewed)
        cells = reviewed.cells
        trusts: list[Trust] = []
        for column, pointer in zip(self.columns, self.pointers(line.item), strict=True):
            cell = cells.get(pointer) if pointer is not None and not lacks else None
            # Most cells are as the model left them: asked of each, the rest of the questions would take a second.
            if cell is None or cell.reviewed or pointer in review or column.kind == "list":
                trusts.append(trusted(reviewed, column, pointer, review, lacks))
            else:
                trusts.append(cell.state)
        doubtful = 0 if LOOKED_AT.isdisjoint(trusts) else sum(trust in LOOKED_AT for trust in trusts)
        kinds: set[Kind] = {"incomplete" if state == "incomplete" else "done"}
        if doubtful:
            kinds.add("review")
        if "edited" in trusts:
            kinds.add("edited")
        return Facts(tuple(trusts), frozenset(kinds), doubtful)

    def worst(self, line: Line) -> float | None:
        """Return the chance that the least sure cell of a line is right: of those to look at, or where none is, of all.

        None where nothing is known of that.
        """
        trusts = self.facts(line).trusts
        cells = [self.reviewed_cell(line, at) for at, trust in enumerate(trusts) if trust in LOOKED_AT]
        if cells:
            return min(_UNKNOWN if cell is None or cell.confidence is None else cell.confidence for cell in cells)
        own = line.reviewed.cells
        found = [own[pointer].confidence for pointer in self.pointers(line.item) if pointer in own]
        return min((sure for sure in found if sure is not None), default=None)

    def searched(self, line: Line) -> str:
        """Return the words in which a filter looks for its text, kept until the line changes."""
        if line.searched is None:
            line.searched = found_in(line.reviewed, self.columns, self.pointers(line.item))
        return line.searched


def _titles(columns: Sequence[Column], unit: Unit) -> tuple[str, ...]:
    own = [".".join(column.path[len(unit.path) :]) if column.below else "" for column in columns]
    short = [said or column.title for said, column in zip(own, columns, strict=True)]
    return tuple(said if short.count(said) == 1 else column.title for said, column in zip(short, columns, strict=True))
