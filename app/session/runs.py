"""Answers in flight: held until there is the model that they ask, grown by its events, saved as they grow."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.exchange import Author, Closed, Postponed, build_request
from app.model_choice import LOCAL
from app.session.tracing import token_of
from engine.errors import Cancelled, EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.bridge import Bridge
    from app.exchange import Answer, Turn
    from engine.model.client import ClientState
    from engine.model.protocol import RequestEvent
    from engine.store import Answer as KeptAnswer
    from engine.store import MessageState

_KEEP_MS = 400
_RATE_OVER_S = 1.5
_STATES: dict[str, MessageState] = {"done": "done", "stopped": "stopped", "failed": "failed"}


class Runs(QObject):
    """Every answer that is being written, in whatever thread.

    `changed` tells of an answer that has grown or ended, `ended` of its end alone, `rate_changed` of the tokens a
    second, which `rate_by` writes or wrote, `restart_asked` that an answer waits for a model which is not there.
    """

    changed = Signal(object)
    ended = Signal(object)
    rate_changed = Signal(object)
    restart_asked = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self.rate: float | None = None
        self.rate_by: Author | None = None
        self._bridge = bridge
        self._model: ClientState | None = None
        self._running: dict[str, Answer] = {}
        self._held: list[tuple[Answer, tuple[Turn, ...]]] = []
        self._sent: set[str] = set()
        self._kept: dict[str, str | None] = {}
        self._unsettled: dict[int, tuple[MessageState, str, KeptAnswer]] = {}
        self._rates: list[tuple[float, int]] = []
        self._keep_often = QTimer(self)
        self._keep_often.setInterval(_KEEP_MS)
        self._keep_often.timeout.connect(self._keep)
        bridge.events_arrived.connect(self._events_arrived)

    @property
    def running(self) -> list[Answer]:
        """The answers that are not finished, the oldest first."""
        return list(self._running.values())

    def within(self, thread: int) -> list[Answer]:
        """Return the answers that are being written in a thread, the oldest first."""
        return [answer for answer in self._running.values() if answer.thread == thread]

    # Intents

    def begin(self, answer: Answer) -> None:
        """Take in an answer that is about to be saved."""
        self._running[answer.id] = answer
        self._rates.clear()
        self.changed.emit(answer)

    def send(self, answer: Answer, turns: Sequence[Turn]) -> None:
        """Send an answer that was begun and is saved: to the model here once it is there, to another at once."""
        if answer.id not in self._running:
            self._settle(answer)  # stopped while it was being saved
            self.changed.emit(answer)
            self.ended.emit(answer)
            return
        self._keep_often.start()
        if answer.draft.model != LOCAL:
            self._submit(answer, tuple(turns))
            return
        self._held.append((answer, tuple(turns)))
        self._send_held()

    def stop(self, answer: Answer) -> None:
        """Stop an answer; what there is of it is kept."""
        if answer.id in self._sent:
            self._bridge.cancel(answer.id)
        elif answer.id in self._running:
            self._held = [(held, turns) for held, turns in self._held if held is not answer]
            self.fail(answer, Cancelled("Stopped before the model had begun."))

    def fail(self, answer: Answer, error: EngineError) -> None:
        """End an answer without success."""
        answer.state = "stopped" if isinstance(error, Cancelled) else "failed"
        answer.error = error
        self._end(answer)

    def take_state(self, state: ClientState) -> None:
        """Take in how the model is."""
        self._model = state
        if state.phase == "failed" and state.error is not None:
            held, self._held = self._held, []
            for answer, _ in held:
                self.fail(answer, state.error)
        else:
            self._send_held()

    def close(self) -> None:
        """Save what has grown since it was saved last."""
        if self._keep_often.isActive():
            self._keep_often.stop()
            self._keep()

    # Parts

    def _send_held(self) -> None:
        if not self._held or self._model is None or self._model.phase == "loading":
            return
        if self._model.phase != "ready":
            self.restart_asked.emit()
            return
        held, self._held = self._held, []
        for answer, turns in held:
            self._submit(answer, turns)

    def _submit(self, answer: Answer, turns: tuple[Turn, ...]) -> None:
        self._sent.add(answer.id)
        build = partial(
            build_request,
            answer.id,
            answer.draft,
            turns,
            answer.begin,
            form_told=answer.form_told,
            traced=answer.traced,
        )
        self._bridge.submit(build, partial(self.fail, answer), answer.draft.model)

    def _events_arrived(self, events: list[RequestEvent]) -> None:
        grown: dict[str, Answer] = {}
        for event in events:
            answer = self._running.get(event.id)
            if answer is None:
                continue
            grown[answer.id] = answer
            match event.type:
                case "started":
                    answer.state = "reading"
                    answer.prompt_tokens = event.prompt_tokens
                    answer.dropped = event.dropped_messages
                    model = event.model or (self._model.model if self._model is not None else None)
                    answer.begun_by = Author.of(model.model_dump()) if model is not None else None
                    answer.postponed = None
                case "postponed":
                    answer.postponed = Postponed(event.seconds, event.error.error().kind) if event.seconds else None
                case "text_delta":
                    answer.state = "writing"
                    answer.text = event.onto(answer.text)
                    if event.keep is not None:
                        answer.withdraw(event.keep)
                    answer.tokens += event.tokens
                    answer.forced += event.forced
                    self._note_rate(event.tokens, answer.author)
                case "tokens_written":
                    answer.trace.extend(event.keep, map(token_of, event.tokens))
                case "value_closed":
                    answer.closed[event.pointer] = Closed(event.start, event.end, event.mean_probability)
                case "finished":
                    receipt = event.receipt
                    answer.state = "done"
                    answer.text = event.text
                    answer.receipt = receipt.model_dump(mode="json")
                    answer.tokens = receipt.generated_tokens or answer.tokens
                    answer.forced = receipt.forced_tokens or answer.forced
                    writing = receipt.total_s - (receipt.first_token_s or 0.0)
                    self._say_rate(answer.tokens / writing if writing > 0 else None, answer.author)
                    self._end(answer)
                    del grown[answer.id]
                case "failed":
                    answer.text = event.text or answer.text
                    answer.receipt = event.receipt.model_dump(mode="json") if event.receipt else None
                    self.fail(answer, event.error.error())
                    del grown[answer.id]
        for answer in grown.values():
            self.changed.emit(answer)

    def _end(self, answer: Answer) -> None:
        self._running.pop(answer.id, None)
        self._sent.discard(answer.id)
        self._settle(answer)
        if not self._running and not self._unsettled:
            self._keep_often.stop()
        self.changed.emit(answer)
        self.ended.emit(answer)

    def _settle(self, answer: Answer) -> None:
        """Save how an answer ended; one that was never saved has no row."""
        self._kept.pop(answer.id, None)
        message, state, text = answer.message, _STATES.get(answer.state), answer.text
        if message is not None and state is not None:
            self._put_end(message, (state, text, answer.kept()))

    def _put_end(self, message: int, end: tuple[MessageState, str, KeptAnswer], *, tell: bool = True) -> None:
        """Save an end; where that fails, keep it to be tried again until the program ends."""

        def failed(error: EngineError) -> None:
            self._unsettled[message] = end
            self._keep_often.start()
            if tell:
                self._bridge.failed.emit(error)

        self._bridge.ask_store(lambda store: store.messages.settle(message, *end), None, failed)

    def _keep(self) -> None:
        """Append to the store what has grown since the last time, and try again what failed."""
        unsettled, self._unsettled = self._unsettled, {}
        for unsaved, end in unsettled.items():
            self._put_end(unsaved, end, tell=False)
        if not self._running and not unsettled:
            self._keep_often.stop()
        for answer in self._running.values():
            before, text, message = self._kept.get(answer.id, ""), answer.text, answer.message
            if message is None or text == before:
                continue
            self._kept[answer.id] = text
            if before is None:  # an append has failed: what the store has of it is not known
                self._append(answer, text, 0)
            else:
                same = len(before) if text.startswith(before) else _common(before, text)
                self._append(answer, text[same:], None if same == len(before) else same)

    def _append(self, answer: Answer, text: str, keep: int | None) -> None:
        message = answer.message
        assert message is not None, "an answer is saved before it is sent"

        def failed(error: EngineError) -> None:
            told = self._kept.get(answer.id, "") is None
            if answer.id in self._running:
                self._kept[answer.id] = None
            if not told:
                self._bridge.failed.emit(error)

        self._bridge.ask_store(lambda store: store.messages.append(message, text, keep), None, failed)

    def _note_rate(self, tokens: int, author: Author | None) -> None:
        now = time.monotonic()
        self._rates.append((now, tokens))
        while self._rates and now - self._rates[0][0] > _RATE_OVER_S:
            self._rates.pop(0)
        span = now - self._rates[0][0]
        if span > 0.2:
            self._say_rate(sum(count for _, count in self._rates[1:]) / span, author)

    def _say_rate(self, rate: float | None, author: Author | None) -> None:
        self.rate, self.rate_by = rate, author
        self.rate_changed.emit(rate)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low
