"""Finding in a text while it is edited: plain letters here, in slices; expressions in a process of their own."""

from __future__ import annotations

import bisect
import re
import time
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.lanes import Lane
from engine.schema.editing import Edit
from engine.workers.text_search import Found, TextSearch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.errors import EngineError
    from engine.schema.editing import Step

_SLICE_S = 0.008
_WINDOW = 100_000


@dataclass(frozen=True)
class Query:
    """What is looked for, and how."""

    text: str = ""
    match_case: bool = False
    whole_word: bool = False
    expression: bool = False

    @property
    def pattern(self) -> str:
        """The query as a regular expression."""
        plain = self.text if self.expression else re.escape(self.text)
        return rf"(?<!\w)(?:{plain})(?!\w)" if self.whole_word else plain


class Search(QObject):
    """What a query finds in a text; `changed` tells that more is found, or all, or why nothing can be."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.running = False
        self.problem = ""
        self._query = Query()
        self._text = ""
        self._asked = 0
        self._lane: Lane | None = None
        self._worker: TextSearch | None = None
        self._slices: Iterator[None] = iter(())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)

    def __len__(self) -> int:
        return len(self.starts)

    def look(self, text: str, query: Query) -> None:
        """Look for something from now on."""
        self._stop()
        self._text, self._query = text, query
        if not query.text:
            self._found([], [])
        elif query.expression:
            self.starts, self.ends, self.problem = [], [], ""
            self._ask(None, lambda found: self._found([each.start for each in found], [each.end for each in found]))
        else:
            self.starts, self.ends, self.problem, self.running = [], [], "", True
            self._slices = self._look_through(text, re.compile(query.pattern, 0 if query.match_case else re.IGNORECASE))
            self._go_on()

    def forget(self) -> None:
        """Look for nothing any more, and end the process, if there was one."""
        self._stop()
        self.starts, self.ends = [], []
        if self._worker is not None and self._lane is not None:
            self._worker.stop()
            self._lane.close()
            self._worker = self._lane = None

    def between(self, start: int, end: int) -> list[tuple[int, int]]:
        """Return what was found in a span of the text."""
        first = bisect.bisect_left(self.ends, start)
        last = bisect.bisect_right(self.starts, end)
        return list(zip(self.starts[first:last], self.ends[first:last], strict=True))

    def number(self, start: int, end: int) -> int | None:
        """Return the number, from 0, of what was found just there."""
        index = bisect.bisect_left(self.starts, start)
        here = index < len(self.starts) and (self.starts[index], self.ends[index]) == (start, end)
        return index if here else None

    def step(self, start: int, end: int, by: int) -> int | None:
        """Return the number of what follows (1) or precedes (-1) a span, around the ends; None for nothing."""
        if not self.starts:
            return None
        if by > 0:
            index = bisect.bisect_left(self.starts, max(start, end))
        else:
            index = bisect.bisect_left(self.starts, start) - 1
        return index % len(self.starts)

    def replace(self, template: str, done: Callable[[str, Step], None]) -> None:
        """Call `done` with the text that was searched, and the edits that put something in place of what was found.

        Beside an expression the template may name its groups. Nothing is done where they cannot be filled in.
        """

        def fill(found: list[Found]) -> None:
            done(self._text, tuple(Edit(each.start, each.end, each.replacement) for each in found))

        if self._query.expression and "\\" in template:
            self._ask(template, fill)
        else:
            fill([Found(start, end, template) for start, end in zip(self.starts, self.ends, strict=True)])

    def _look_through(self, text: str, pattern: re.Pattern[str]) -> Iterator[None]:
        """Find the query's letters, stopping now and then."""
        at, until = 0, time.monotonic() + _SLICE_S
        overlap = 2 * len(self._query.text) + 2
        while at < len(text):
            stop = min(at + _WINDOW, len(text))
            # What lies across the end of a window is found in the next one, which begins before it.
            for match in pattern.finditer(text, at, min(stop + overlap, len(text))):
                if match.start() >= stop:
                    break
                self.starts.append(match.start())
                self.ends.append(match.end())
                at = match.end()
            at = max(at, stop)
            if time.monotonic() > until:
                yield
                until = time.monotonic() + _SLICE_S

    def _go_on(self) -> None:
        self.running = next(self._slices, self) is not self
        if self.running:
            self._timer.start(0)
        else:
            self._timer.stop()
        self.changed.emit()

    def _ask(self, template: str | None, done: Callable[[list[Found]], None]) -> None:
        """Have an expression searched for elsewhere."""
        if self._lane is None or self._worker is None:
            self._lane, self._worker = Lane("search", self), TextSearch()
        worker, text, query, number = self._worker, self._text, self._query, self._asked
        self.running = True

        def find() -> list[Found]:
            if number != self._asked:
                return []
            try:
                return worker.find(text, query.pattern, match_case=query.match_case, template=template)
            except CancelledError:
                return []

        def found(all_: list[Found]) -> None:
            if number == self._asked:
                self.running = False
                done(all_)

        def failed(error: EngineError) -> None:
            if number == self._asked:
                self._found([], [], error.message)

        self._lane.submit(find, found, failed)
        self.changed.emit()

    def _found(self, starts: list[int], ends: list[int], problem: str = "") -> None:
        self.running = False
        self.starts, self.ends, self.problem = starts, ends, problem
        self.changed.emit()

    def _stop(self) -> None:
        self._asked += 1
        self._timer.stop()
        self.running = False
