"""A model elsewhere as far as it matters to whoever asks it: it answers as the test says, on a thread of its own."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from engine.constraint.spec import MatchesSchema
from engine.constraint.values import ClosedValue, ValueWatcher
from engine.errors import Cancelled, EndpointUnreachable, EngineError
from engine.model.client import ClientState
from engine.model.protocol import (
    ErrorPayload,
    Failed,
    Finished,
    Measured,
    ModelInfo,
    Receipt,
    Rendered,
    Started,
    TextDelta,
    ValueClosed,
)
from engine.remote.grounded import Quotes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.model.protocol import GenerateRequest, RequestEvent

    Play = Callable[[GenerateRequest], Iterator[RequestEvent]]

CHARACTERS_PER_TOKEN = 4


def info(name: str, **changes: object) -> ModelInfo:
    """Describe a model behind an endpoint."""
    told = ModelInfo(
        name=name,
        path="",
        size_bytes=0,
        sha256="",
        parameters=0,
        quantization="",
        layout="",
        lossless=True,
        trained_context=8192,
        context=8192,
        lanes=4,
        threads=0,
        template="server",
        vocabulary=0,
        device="server",
        endpoint=f"http://{name}.example/v1",
    )
    return told.model_copy(update=changes)


def unreachable(name: str) -> EndpointUnreachable:
    """Return what is said of an endpoint where nobody answers."""
    return EndpointUnreachable("Nobody answers there.", where=f"http://{name}.example/v1")


class Played:
    """A backend whose events come from `play`; `gone` is why it is not there, if it is not."""

    def __init__(self, name: str, play: Play | None = None, *, gone: EngineError | None = None, lanes: int = 4) -> None:
        self.model = info(name, lanes=lanes)
        self.play = play or says("{}", self.model)
        self.gone = gone
        self.asked: list[GenerateRequest] = []
        self.closed = False
        self.most_at_once = 0
        self._running: dict[str, threading.Event] = {}
        self._lock = threading.Lock()
        self._desk = ThreadPoolExecutor(32, f"playing {name}")

    @property
    def state(self) -> ClientState:
        return ClientState("failed", error=self.gone) if self.gone else ClientState("ready", model=self.model)

    @property
    def identity(self) -> str | None:
        return self.model.identity

    def start(self) -> None:
        pass

    def wait_until_ready(self, timeout: float | None = None) -> ModelInfo:
        if self.gone is not None:
            raise self.gone
        return self.model

    def submit(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        with self._lock:
            self.asked.append(request)
            self._running[request.id] = threading.Event()
            self.most_at_once = max(self.most_at_once, len(self._running))
        self._desk.submit(self._play_out, request, listener)

    def render(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        prompt = "\n".join(message.content for message in request.messages)
        self._tell_or_fail(request, listener, Rendered(id=request.id, prompt=prompt, prompt_tokens=len(prompt)))

    def measure(self, request: GenerateRequest, texts: Sequence[str], listener: Callable[[RequestEvent], None]) -> None:
        tokens = tuple(len(text) // CHARACTERS_PER_TOKEN for text in texts)
        self._tell_or_fail(request, listener, Measured(id=request.id, room=6000, tokens=tokens))

    def cancel(self, request_id: str) -> None:
        with self._lock:
            if request_id in self._running:
                self._running[request_id].set()

    def stopped(self, request_id: str, timeout: float | None = None) -> bool:
        """Wait until a request is to be stopped."""
        return self._running[request_id].wait(timeout)

    def stream(self, request: GenerateRequest) -> Iterator[RequestEvent]:
        events: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
        self.submit(request, events.put)
        while True:
            event = events.get()
            yield event
            if isinstance(event, Finished | Failed):
                return

    def close(self) -> None:
        self.closed = True
        for stop in self._running.values():
            stop.set()
        self._desk.shutdown()

    def _play_out(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        try:
            last = self._play(request, listener)
        except Exception as error:  # noqa: BLE001 - whoever waits has to hear of a mistake in the test
            last = failed(request, EngineError(repr(error)))
        with self._lock:
            del self._running[request.id]
        listener(last)

    def _play(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> Finished | Failed:
        last: RequestEvent | None = None
        for event in (failed(request, self.gone),) if self.gone else self.play(request):
            last = event
            if self._running[request.id].is_set() and not isinstance(event, Failed):
                last = failed(request, Cancelled("Stopped."))
            if isinstance(last, Finished | Failed):
                break
            listener(last)
        assert isinstance(last, Finished | Failed), "a play ends"
        return last

    def _tell_or_fail(
        self, request: GenerateRequest, listener: Callable[[RequestEvent], None], event: RequestEvent
    ) -> None:
        told = failed(request, self.gone) if self.gone else event
        self._desk.submit(listener, told)


def says(text: str, model: ModelInfo, *, pieces: int = 3) -> Play:
    """Answer with a text, in pieces."""

    def play(request: GenerateRequest) -> Iterator[RequestEvent]:
        yield from growing(request, text, pieces)
        yield finished(request, text, model)

    return play


def growing(request: GenerateRequest, text: str, pieces: int = 3) -> Iterator[RequestEvent]:
    """Tell the beginning of an answer, its text, and the values that are closed in it."""
    yield Started(id=request.id, prompt_tokens=7, shared_tokens=0)
    size = max(len(text) // pieces, 1)
    for place in range(0, len(text), size):
        yield TextDelta(id=request.id, text=text[place : place + size], tokens=1, forced=0)
    if isinstance(request.constraint, MatchesSchema):
        quotes = Quotes.of(request)
        watcher = ValueWatcher()
        for closed in [*watcher.feed(text), *watcher.finish()]:
            if isinstance(closed, ClosedValue):
                yield ValueClosed(
                    id=request.id,
                    pointer=closed.pointer,
                    value=closed.value,
                    start=closed.start,
                    end=closed.end,
                    mean_probability=None,
                    min_probability=None,
                    removed_mass=None,
                    spans=quotes.spans(closed.path, closed.value) if quotes else (),
                )


def finished(request: GenerateRequest, text: str, model: ModelInfo) -> Finished:
    """End an answer as it should end."""
    return Finished(id=request.id, text=text, receipt=receipt(request, model))


def receipt(request: GenerateRequest, model: ModelInfo) -> Receipt:
    """Write down that a model answered."""
    return Receipt(
        request=request,
        model=model,
        finish_reason="stop",
        seed=0,
        guarantee="checked",
        started_at="2026-01-01T00:00:00+00:00",
        engine_version="0",
    )


def failed(request: GenerateRequest, error: EngineError | None, text: str = "") -> Failed:
    """End an answer with an error."""
    assert error is not None
    return Failed(id=request.id, error=ErrorPayload.of(error), text=text)
