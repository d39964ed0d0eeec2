"""The window on a profile with a very long thread, walked through what a person does in it, with a timer beside it.

Run as a process of its own by `bench threads`: `_long_thread.py PROFILE THREAD`; prints one JSON line.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.pages.playground.example import EXAMPLE
from app.session import Session
from app.style.theme import Theme
from app.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TICK_MS = 5
_OPENS = 7
_SCROLLS = 120
_TYPED = ("invoice", "garden wall", "müller", "the pear", "kalofa", "payment tax")


class Painted(QObject):
    """Tells when a widget was painted."""

    def __init__(self, widget: QObject) -> None:
        super().__init__(widget)
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Count paint events."""
        self.count += event.type() == QEvent.Type.Paint
        return False


class Walk:
    """Goes from one step to the next when its condition holds; measures the gaps between ticks by phase."""

    def __init__(self, window: Window, session: Session, thread: int) -> None:
        self._window = window
        self._session = session
        self._thread = thread
        self._painted = Painted(window.playground.conversation.viewport())
        self.gaps: dict[str, list[float]] = {}
        self.opens: list[float] = []
        self.searches: list[float] = []
        self.appends: list[float] = []
        self.faults: list[str] = []
        self._phase = "starting"
        self._last = time.monotonic()
        self._until: Callable[[], bool] = lambda: True
        self._steps = self._walk()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.monotonic()
        self.gaps.setdefault(self._phase, []).append(max(0.0, (now - self._last) * 1e3 - _TICK_MS))
        self._last = now
        if self._until():
            try:
                self._until = next(self._steps)
            except StopIteration:
                self._end()

    def _walk(self) -> Iterator[Callable[[], bool]]:
        session, chat = self._session, self._session.chat
        others = [row.id for row in session.library.threads if row.id != self._thread]
        chance = random.Random(3)
        self._phase = "opening the long thread"
        for _ in range(_OPENS):
            chat.open(chance.choice(others))
            yield self._passed(0.3)
            began, painted = time.monotonic(), self._painted.count
            chat.open(self._thread)
            yield lambda before=painted: chat.id == self._thread and self._painted.count > before  # type: ignore[misc]
            self.opens.append((time.monotonic() - began) * 1e3)
            yield self._passed(0.2)
        self._phase = "scrolling"
        bar = self._window.playground.conversation.verticalScrollBar()
        for number in range(_SCROLLS):
            bar.setValue(bar.value() - 300 if number % 10 else chance.randrange(bar.maximum()))
            yield self._passed(0.02)
        self._phase = "searching"
        found: list[Any] = []
        session.library.found.connect(found.append)
        for words in _TYPED:
            for end in range(1, len(words) + 1):
                began, typed = time.monotonic(), words[:end]
                session.library.search(typed)
                yield lambda typed=typed: any(result.query.strip() == typed.strip() for result in found)  # type: ignore[misc]
                self.searches.append((time.monotonic() - began) * 1e3)
                found.clear()
                yield self._passed(0.03)
        session.library.search("")
        yield lambda: session.model is not None and session.model.phase == "ready"
        self._phase = "streaming at its end"
        draft = replace(EXAMPLE, format="text", prompt="Tell a story about a garden wall.", max_tokens=160)
        chat.ask(draft)
        yield lambda: chat.running is not None and chat.running.tokens > 0
        answer = chat.running
        while answer is not None and answer.running:
            began = time.monotonic()
            done: list[bool] = []
            session._bridge.ask_store(lambda _store: True, lambda _done, box=done: box.append(True))  # noqa: SLF001
            yield lambda box=done: bool(box)  # type: ignore[misc]
            self.appends.append((time.monotonic() - began) * 1e3)
            yield self._passed(0.1)
        if answer is None or not answer.text:
            self.faults.append("nothing was streamed")
        yield self._passed(0.3)

    def _passed(self, seconds: float) -> Callable[[], bool]:
        until = time.monotonic() + seconds
        return lambda: time.monotonic() >= until

    def _end(self) -> None:
        self._timer.stop()
        self.gaps.pop("starting", None)
        measured = {
            "gaps_ms": self.gaps,
            "open_ms": self.opens,
            "search_ms": self.searches,
            "append_ms": self.appends,
            "faults": self.faults,
        }
        print(json.dumps(measured), flush=True)
        self._window.close()
        QApplication.quit()


def main() -> int:
    """Show the window and walk."""
    profile, thread = Path(sys.argv[1]), int(sys.argv[2])
    app = QApplication([])
    session = Session(profile)
    session.restore(EXAMPLE)
    theme = Theme(app, "light")
    window = Window(theme, session)
    window.restore()
    window.resize(1280, 800)
    window.show()
    session.start()
    walks: list[Walk] = []

    def listed() -> None:
        if session.library.threads and not walks:
            walks.append(Walk(window, session, thread))

    session.library.listed.connect(listed)
    session.library.refresh()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
