"""What answers requests: a model in a host process on this machine, or one behind an endpoint elsewhere."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Protocol

from engine.model.protocol import Failed, Finished

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.model.client import ClientState
    from engine.model.protocol import GenerateRequest, ModelInfo, RequestEvent


class Backend(Protocol):
    """Takes requests and tells their events. `stream` is made of the others for whoever is declared as one.

    Every method is safe to call from any OS thread and returns at once, but for those named `wait…`, `stream`, and
    `close`. Listeners are called on a thread of the backend's own, in the order of the events, and must not block it.
    """

    @property
    def state(self) -> ClientState:
        """Whether there is a model that answers, and which."""

    @property
    def identity(self) -> str | None:
        """That of `ModelInfo`, as soon as it is known: of an endpoint at once, of a file when it is loaded."""

    def start(self) -> None:
        """Begin to get ready; does nothing where that was begun."""

    def wait_until_ready(self, timeout: float | None = None) -> ModelInfo:
        """Wait for the model. Raises the `EngineError` that says why there is none, or TimeoutError."""

    def submit(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        """Send a request; `listener` hears its events up to `Finished` or `Failed`."""

    def render(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        """Ask for what the model would read; `listener` hears one `Rendered` or `Failed`."""

    def measure(self, request: GenerateRequest, texts: Sequence[str], listener: Callable[[RequestEvent], None]) -> None:
        """Ask for the lengths of texts in tokens; `listener` hears one `Measured` or `Failed`."""

    def cancel(self, request_id: str) -> None:
        """Stop a request; its listener hears `Failed` with `Cancelled`. One that is not known is none of its own."""

    def stream(self, request: GenerateRequest) -> Iterator[RequestEvent]:
        """Send a request and yield its events. Leaving the loop early cancels the request."""
        events: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
        self.submit(request, events.put)
        ended = False
        try:
            while not ended:
                event = events.get()
                ended = isinstance(event, Finished | Failed)
                yield event
        finally:
            if not ended:
                self.cancel(request.id)

    def close(self) -> None:
        """End; running requests fail."""
