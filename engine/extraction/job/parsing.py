"""A file on its way to a document, with an eye on the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from engine.errors import DocumentError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from engine.documents import Document
    from engine.extraction.job.preparing import Todo


class Parsing:
    """One file with the pool. Its time counts from when a worker has it, not while it waits for one."""

    future: Future[Document]

    def __init__(self, todo: Todo, limit: float | None) -> None:
        """Begin to watch; `limit` is in seconds."""
        self.todo = todo
        self._limit = limit
        self._begun: float | None = None
        self._given_up = False

    def hear(self, _done: int, _total: int) -> None:
        """Take note of a page that was read; runs on the pool's thread. Ends the worker where nobody waits for it."""
        if self._given_up:
            raise DocumentError("Nobody waits for this file any more.")

    def is_late(self) -> bool:
        """Tell whether reading takes longer than it may."""
        if self._begun is None and self.future.running():
            self._begun = time.monotonic()
        return self._limit is not None and self.seconds() > self._limit and not self.future.done()

    def seconds(self) -> float:
        """Return the seconds since a worker has it."""
        return 0.0 if self._begun is None else time.monotonic() - self._begun

    def result(self) -> Document:
        """Return the document, or raise what became of it; it has to be done."""
        return self.future.result()

    def give_up(self) -> None:
        """Wait no longer: it does not begin, or ends at its next page."""
        self._given_up = True
        self.future.cancel()
