"""The rows of a job as they are held in memory: little of each, and the whole of one made when it is asked for.

What a cell could be instead and where it stands on its page take ten times the room of the rest. Of 10,000 documents
they are kept packed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, overload

from engine.extraction.review import ReviewedRow, review
from engine.store.jobs import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.extraction.confidence import Calibration
    from engine.store.jobs import Correction, RowState


@dataclass
class Looking:
    """What rows are looked at with: the schema they were made under, what was corrected, what confidence comes to.

    Read by workers too: what is within `corrections` is replaced, never changed.
    """

    schema_text: str
    calibration: Calibration | None = None
    corrections: dict[str, Mapping[str, Correction]] = field(default_factory=dict)

    def review(self, row: Row) -> ReviewedRow:
        """Return a row with what was corrected of it."""
        confidence = self.calibration.confidence if self.calibration is not None else None
        return review(row, self.corrections.get(row.document, {}), confidence, self.schema_text)

    def glance(self, row: Row) -> ReviewedRow:
        """Return a row as it is held in memory: without alternatives, places and receipt."""
        return lightened(self.review(row))

    def put(self, correction: Correction) -> Correction | None:
        """Let a correction count; return the one that counted before."""
        said = self.corrections.get(correction.document, {})
        self.corrections[correction.document] = {**said, correction.pointer: correction}
        return said.get(correction.pointer)

    def drop(self, document: str, pointer: str) -> None:
        """Let nothing be corrected of a cell."""
        said = self.corrections.get(document, {})
        self.corrections[document] = {at: each for at, each in said.items() if at != pointer}


def lightened(reviewed: ReviewedRow) -> ReviewedRow:
    """Return a row without what is asked of few."""
    cells = {
        pointer: replace(cell, alternatives=(), places=()) if cell.alternatives or cell.places else cell
        for pointer, cell in reviewed.cells.items()
    }
    row = replace(reviewed.row, cells=None, receipt=None, record=None)
    return replace(reviewed, row=row, cells=cells)


def pack(row: Row) -> bytes:
    """Return a row in little room."""
    return zlib.compress(json.dumps(row.__dict__, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)


def unpack(packed: bytes) -> Row:
    """Return the row that was packed."""
    said: dict[str, Any] = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    return Row(**said | {"notes": tuple(said["notes"])})


@dataclass(frozen=True, slots=True)
class Held:
    """A row as it is held: what is shown of all, and the packed whole; nothing is packed before it has been read."""

    shown: ReviewedRow
    packed: bytes = b""


def blank(document: str, state: RowState) -> Held:
    """Return a row of which no more is known than what became of its document."""
    return Held(ReviewedRow(Row(document, state), None, {}, None))


def hold(row: Row, looking: Looking) -> Held:
    """Return a row as it is held. Takes a part of a millisecond, more with many cells."""
    return Held(looking.glance(row), pack(row))


class Wholes(Sequence[ReviewedRow]):
    """Held rows as wholes, each made when it is asked for and forgotten again."""

    def __init__(self, rows: Sequence[Held], looking: Looking) -> None:
        self._rows = rows
        self._looking = looking

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> ReviewedRow: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ReviewedRow]: ...
    def __getitem__(self, index: int | slice) -> ReviewedRow | Sequence[ReviewedRow]:
        if isinstance(index, slice):
            return Wholes(self._rows[index], self._looking)
        held = self._rows[index]
        return self._looking.review(unpack(held.packed)) if held.packed else held.shown
