"""How far a job is: counted as rows end, since the store would have to look at all of them each time."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.store import Coverage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.store import RowState


@dataclass(frozen=True)
class Progress:
    """Where a job stands. `reading` names the documents in flight.

    `seconds_left` and `documents_per_minute` are of this run; None before its first document has ended.
    """

    coverage: Coverage
    reading: tuple[str, ...]
    seconds_left: float | None
    documents_per_minute: float | None = None


class Tally:
    """Counts documents by state, and how quickly they end."""

    def __init__(self, coverage: Coverage, to_do: int) -> None:
        """Begin with what the store has; `to_do` documents are this run's."""
        self._counts = Counter[str]({state: getattr(coverage, state) for state in Coverage.__dataclass_fields__})
        self._left = to_do
        self._ended = 0
        self._begun = time.monotonic()

    def move(self, before: RowState, after: RowState) -> None:
        """Take note of a document that changes its state."""
        self._counts[before] -= 1
        self._counts[after] += 1

    def end(self) -> None:
        """Take note of a document of this run that has ended."""
        self._ended += 1
        self._left -= 1

    def progress(self, reading: Iterable[str]) -> Progress:
        """Return where the job stands."""
        coverage = Coverage(**self._counts)
        if not self._ended:
            return Progress(coverage, tuple(reading), None)
        each = (time.monotonic() - self._begun) / self._ended
        return Progress(coverage, tuple(reading), each * self._left, 60 / each if each else None)
