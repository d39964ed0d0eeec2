"""The jobs of a profile as a list shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from engine.extraction import Progress
    from engine.store import Coverage, Store

JobState = Literal["new", "ready", "running", "pausing", "paused", "stopping", "done"]
"""What a job is doing. `new` lacks sources or a schema, `ready` was never run as it is set up now, `paused` has
documents to do and nobody does them."""


@dataclass(frozen=True)
class JobEntry:
    """A job in the list; `created` is ISO 8601, `progress` how the run of it goes, where it runs."""

    id: int
    name: str
    created: str
    coverage: Coverage
    state: JobState
    progress: Progress | None = None


def read_entries(store: Store) -> list[JobEntry]:
    """Return every job that is not in the bin, the newest first."""
    return [
        JobEntry(job.id, job.name, job.created, coverage := store.jobs.coverage(job), rest(coverage))
        for job in store.jobs.all()
    ]


def rest(coverage: Coverage) -> JobState:
    """Return the state of a job that nobody runs."""
    if not coverage.total:
        return "ready"
    return "paused" if coverage.pending or coverage.running else "done"
