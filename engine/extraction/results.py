"""The rows of a job as they count now: with what a person said of them, and how sure each value is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.extraction.review import ReviewedRow, by_document, review

if TYPE_CHECKING:
    from engine.store import Job, Jobs


def results(jobs: Jobs, job: Job) -> list[ReviewedRow]:
    """Return the rows of a job in document order. Raises StoreError where the profile cannot be read."""
    said = by_document(jobs.corrections(job))
    schema_text = job.plan["schema"]
    return [review(row, said.get(row.document, {}), None, schema_text) for piece in jobs.pieces(job) for row in piece]
