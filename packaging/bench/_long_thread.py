"""The window on a profile with a very long thread, walked through what a person does in it, with a timer beside it.

Run as a process of its own by `bench threads`: `_long_thread.py PROFILE THREAD MESSAGES`; prints one JSON line:

* `gaps_ms`: by phase, how much later than it should each tick of the timer came
* `open_ms`: from asking for the long thread until its conversation was painted
* `search_ms`: from each letter typed until its hits were there
* `append_ms`: what `Messages.append` took on the store's lane, each time that it saved what had been streamed
* `faults`: what was not as it has to be for these figures to mean anything
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
import traceback
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
from engine.errors import GenerationError
from engine.store.messages import Messages

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

    from app.session.library import Found

_TICK_MS = 5
_OPENS = 7
_SCROLLS = 120
_TYPED = ("invoice", "garden wall", "müller", "the pear", "kalofa", "payment tax")
_KNOWN = ("invoice", "müller")
"""Words that stand in many messages of the profile, of whatever size it is."""
_PATIENCE_S = 240.0
_ARRIVES_S = 10.0
"""After this long a text that is in sight, and is not there, is missing."""


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

    def __init__(self, window: Window, session: Session, thread: int, messages: int) -> None:
        self._window = window
        self._session = session
        self._thread = thread
        self._messages = messages
        self._painted = Painted(window.playground.conversation.viewport())
        self._painted_at_open = 0
        self.gaps: dict[str, list[float]] = {}
        self.opens: list[float] = []
        self.searches: list[float] = []
        self.appends: list[float] = []
        self.faults: list[str] = []
        self._phase = "starting"
        self._last = self._since = time.monotonic()
        self._until: Callable[[], bool] = lambda: True
        self._steps = self._walk()
        session.chat.opened.connect(self._opened)
        session.failed.connect(lambda error: self.faults.append(str(error)))
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
            self._since = now
            try:
                self._until = next(self._steps)
            except StopIteration:
                self._end()
        elif now - self._since > _PATIENCE_S:
            self._fault(f"nothing happened for {_PATIENCE_S:.0f} s while {self._phase}")
            self._end()

    def _walk(self) -> Iterator[Callable[[], bool]]:
        self._phase = "opening the long thread"
        yield from self._open()
        self._phase = "scrolling"
        yield from self._scroll()
        self._phase = "searching"
        yield from self._search()
        session = self._session
        yield lambda: session.model is not None and session.model.phase == "ready"
        self._phase = "streaming at its end"
        yield from self._stream()

    def _open(self) -> Iterator[Callable[[], bool]]:
        chat, chance = self._session.chat, random.Random(3)
        others = [row.id for row in self._session.library.threads if row.id != self._thread]
        for _ in range(_OPENS):
            other = chance.choice(others)
            chat.open(other)
            rested = self._passed(0.3)
            yield lambda other=other, rested=rested: chat.id == other and rested()  # type: ignore[misc]
            began = time.monotonic()
            chat.open(self._thread)
            yield lambda: chat.id == self._thread and self._painted.count > self._painted_at_open
            self.opens.append((time.monotonic() - began) * 1e3)
            self._check_opened()
            yield self._passed(0.2)

    def _opened(self) -> None:
        self._painted_at_open = self._painted.count

    def _check_opened(self) -> None:
        """See that what was painted is the thread: all of its messages, and the last exchange with its texts."""
        chat = self._session.chat
        if len(chat.conversation) != self._messages or len(chat.conversation.path) < self._messages / 2:
            shown = f"{len(chat.conversation)} messages, {len(chat.conversation.path)} of them on the shown branch"
            self._fault(f"the thread of {self._messages} messages was opened with {shown}")
        if not chat.focus.prompt or chat.answer is None or not chat.answer.text:
            self._fault("the thread was opened without its last question or answer")

    def _scroll(self) -> Iterator[Callable[[], bool]]:
        chance, bar = random.Random(3), self._window.playground.conversation.verticalScrollBar()
        for number in range(_SCROLLS):
            bar.setValue(bar.value() - 300 if number % 10 else chance.randrange(bar.maximum()))
            yield self._passed(0.02)
        bar.setValue(bar.maximum() // 2)
        late = self._passed(_ARRIVES_S)
        yield lambda: late() or all(self._in_sight().values())
        shown, kept = self._in_sight(), list[dict[int, str]]()
        self._session._bridge.ask_store(lambda store: store.messages.texts(shown), kept.append)  # noqa: SLF001
        yield lambda: bool(kept)
        missing = sum(not text or text != kept[0].get(message) for message, text in shown.items())
        if missing or not shown:
            self._fault(f"of {len(shown)} messages in sight {missing} have not the text that is saved")

    def _in_sight(self) -> dict[int, str]:
        """Return the texts of the messages that are laid out in the middle of the conversation, as far as known."""
        view, texts = self._window.playground.conversation, self._session.chat.texts
        entries = [view._entries[place] for place in view._visible()]  # noqa: SLF001
        return {entry: texts.get(entry, "") if entry in view._rows else "" for entry in entries if entry}  # noqa: SLF001

    def _search(self) -> Iterator[Callable[[], bool]]:
        library, found = self._session.library, list[Any]()
        library.found.connect(found.append)
        for words in _TYPED:
            for end in range(1, len(words) + 1):
                began, typed = time.monotonic(), words[:end]
                library.search(typed)
                yield lambda typed=typed: any(result.query.strip() == typed.strip() for result in found)  # type: ignore[misc]
                self.searches.append((time.monotonic() - began) * 1e3)
                if typed in _KNOWN:
                    self._check_found(typed, found[-1])
                found.clear()
                yield self._passed(0.03)
        library.search("")

    def _check_found(self, word: str, found: Found) -> None:
        marked = [hit.excerpt[start:end].casefold() for hit in found.hits for start, end in hit.marks]
        if word not in marked:
            self._fault(f"{word!r} stands in many messages, and the search found {len(found.hits)} without it")

    def _stream(self) -> Iterator[Callable[[], bool]]:
        chat, timed, ended = self._session.chat, Messages.append, list[Any]()

        def append(messages: Messages, message: int, text: str, keep: int | None = None) -> None:
            began = time.perf_counter()
            timed(messages, message, text, keep)
            self.appends.append((time.perf_counter() - began) * 1e3)

        Messages.append = append  # type: ignore[method-assign]
        self._session.runs.ended.connect(ended.append)
        chat.ask(replace(EXAMPLE, format="text", prompt="Tell a story about a garden wall.", max_tokens=160))
        tokens = 0
        while not ended:
            yield lambda before=tokens: bool(ended) or (chat.answer is not None and chat.answer.tokens > before)  # type: ignore[misc]
            tokens = chat.answer.tokens if chat.answer is not None else 0
        answer = ended[0]
        kept: list[dict[int, str]] = []
        asked = [answer.message or 0]
        self._session._bridge.ask_store(lambda store: store.messages.texts(asked), kept.append)  # noqa: SLF001
        yield lambda: bool(kept)
        if not answer.text or kept[0].get(asked[0]) != answer.text:
            self._fault(f"{len(answer.text)} characters were streamed, and {len(kept[0].get(asked[0], ''))} saved")
        if answer.error is not None and not isinstance(answer.error, GenerationError):
            self._fault(f"the answer failed: {answer.error}")
        yield self._passed(0.3)

    def _fault(self, words: str) -> None:
        if words not in self.faults:
            self.faults.append(words)

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


def fail(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """End the program: a walk that goes on after an error would leave out a phase."""
    traceback.print_exception(kind, error, where)
    sys.stderr.flush()
    os._exit(70)


def main() -> int:
    """Show the window and walk."""
    sys.excepthook = fail
    profile, thread, messages = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
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
            walks.append(Walk(window, session, thread, messages))

    session.library.listed.connect(listed)
    session.library.refresh()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
