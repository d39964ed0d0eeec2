"""How far cells can be trusted, by what was corrected before, and which of them are to be looked at."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.errors import RecordIncomplete
from engine.store import Coverage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from engine.extraction.confidence import Calibration
    from engine.extraction.review import Judged, ReviewedCell, ReviewedRow
    from engine.store import Store

_MOST_JUDGED: Final = 3_000
"""Corrected cells that are learned from; more make no difference, and cost time."""
_ASKED: Final = frozenset({"doubtful", "failed"})


class CellPlace(NamedTuple):
    """A cell, by its document's name and its JSON Pointer in the record."""

    document: str
    pointer: str


@dataclass(frozen=True)
class Ranked:
    """The cells to look at, worst first, the confidence below which they are, and how many cells there are in all.

    `coverage` counts the rows as they are with what was corrected of them.
    """

    places: list[CellPlace] = field(default_factory=list)
    threshold: float = 0.0
    cells: int = 0
    coverage: Coverage = field(default_factory=Coverage)


def learn(store: Store, schema_text: str, jobs: Collection[int]) -> Calibration:
    """Return what was learned from corrections under a schema, in these jobs and in others that have the same text.

    Slow: for a worker.
    """
    from engine.extraction.confidence import Calibration
    from engine.extraction.review import judged

    found: list[Judged] = []
    for job in [*store.jobs.all(), *store.jobs.all(deleted=True)]:
        if len(found) >= _MOST_JUDGED:
            break
        if job.id not in jobs and job.plan.get("schema") != schema_text:
            continue
        corrections = store.jobs.corrections(job)[-_MOST_JUDGED:]
        if corrections:
            rows = store.jobs.some(job, sorted({said.document for said in corrections}))
            found += judged(rows, corrections)
    return Calibration.fit(found[:_MOST_JUDGED])


def rank(rows: Iterable[ReviewedRow], share_right: float) -> Ranked:
    """Return the cells that a person should look at, so that the rest is expected to be right in a share of cases.

    Those that are doubtful, failed or missing come first whatever their confidence, those of which nothing is known
    last. Slow with very many rows.
    """
    from engine.extraction.confidence import to_review

    cells = 0
    states: Counter[str] = Counter()
    confidences: list[float] = []
    open_cells: list[tuple[bool, float, int, str, str]] = []
    for index, row in enumerate(rows):
        missing = missing_of(row)
        states[row.row.state] += 1
        cells += len(row.cells.keys() | missing)
        name = row.row.document
        open_cells += [(True, 0.0, index, name, pointer) for pointer in missing - row.cells.keys()]
        for pointer, cell in row.cells.items():
            if cell.confidence is not None:
                confidences.append(cell.confidence)
            if not cell.reviewed:
                asked = cell.state in _ASKED or pointer in missing
                open_cells.append((asked, _confidence(cell), index, name, pointer))
    threshold = to_review(confidences, share_right)
    wanted = [each for each in open_cells if each[0] or each[1] < threshold or each[1] == math.inf]
    wanted.sort(key=lambda each: (not each[0], each[1], each[2]))
    return Ranked(
        [CellPlace(document, pointer) for _, _, _, document, pointer in wanted], threshold, cells, Coverage(**states)
    )


def missing_of(row: ReviewedRow) -> set[str]:
    """Return the pointers of what the schema asks for and the document does not have."""
    if row.row.state != "incomplete" or not isinstance(row.error, RecordIncomplete):
        return set()
    return set(row.error.lacks)


def _confidence(cell: ReviewedCell) -> float:
    return math.inf if cell.confidence is None else cell.confidence
