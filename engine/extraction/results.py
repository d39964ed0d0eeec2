"""The rows of a job as they count now: with what a person said of them, and how sure each value is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.extraction.confidence import Calibration
from engine.extraction.review import ReviewedRow, by_document, judged, review

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.store import Correction, Job, Jobs


def results(jobs: Jobs, job: Job) -> list[ReviewedRow]:
    """Return the rows of a job in document order. Raises StoreError where the profile cannot be read."""
    said = jobs.corrections(job)
    sure = calibration(jobs, job, said).confidence
    by_name = by_document(said)
    schema_text = job.plan["schema"]
    return [review(row, by_name.get(row.document, {}), sure, schema_text) for each in jobs.pieces(job) for row in each]


def calibration(jobs: Jobs, job: Job, corrections: Sequence[Correction]) -> Calibration:
    """Return how sure values are, given what a person said of some of them."""
    rows = jobs.some(job, sorted({each.document for each in corrections}))
    return Calibration.fit(judged(rows, corrections))
