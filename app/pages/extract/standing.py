"""How far the open job is, as the bar and the window's title tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.pages.extract.coverage_bar import Reach

if TYPE_CHECKING:
    from app.session.extraction import Extractions


def reach_of(session: Extractions) -> Reach:
    """Return how many documents are in which state, and how many values are to be looked at."""
    coverage, progress = session.coverage, session.progress
    running = session.state in {"running", "pausing"}
    return Reach(
        total=coverage.total,
        read=coverage.done + coverage.incomplete,
        failed=coverage.failed,
        empty=coverage.empty,
        running=coverage.running,
        to_review=len(session.to_review),
        cells=session.cells,
        share_right=session.share_right,
        waits=session.waits,
        seconds_left=progress.seconds_left if progress is not None and running else None,
        documents_per_minute=progress.documents_per_minute if progress is not None and running else None,
    )
