"""Cells to look at, worst first: those of which it is least sure that they are right, and that nobody has judged."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.extraction.review import ReviewedCell, ReviewedRow


@dataclass(frozen=True, slots=True)
class RankedCell:
    """A cell and where it is: `row` is the index of its document's row."""

    row: int
    pointer: str
    cell: ReviewedCell


def cells_to_review(rows: Sequence[ReviewedRow], below: float) -> list[RankedCell]:
    """Return the cells whose confidence is below a threshold, worst first; those that were judged are left out.

    Those of which nothing is known come last.
    """
    found = [
        RankedCell(index, pointer, cell)
        for index, row in enumerate(rows)
        for pointer, cell in row.cells.items()
        if not cell.reviewed and (cell.confidence is None or cell.confidence < below)
    ]
    return sorted(found, key=lambda each: math.inf if each.cell.confidence is None else each.cell.confidence)
