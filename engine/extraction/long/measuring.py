"""How long texts are to the model that reads them, as its host counts."""

from __future__ import annotations

import queue
import uuid
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.errors import Cancelled, ModelCrashed
from engine.model.protocol import Failed, GenerateRequest, Measured

if TYPE_CHECKING:
    from engine.model.backend import Backend
    from engine.model.protocol import RequestEvent

_TICK_S = 0.2

Measure = Callable[[GenerateRequest, Sequence[str]], Measured]
"""Tells how many tokens texts take, and how many a request leaves for its shrinkable span. It may block."""


def measure_with(client: Backend, is_over: Callable[[], bool] | None = None) -> Measure:
    """Return what asks the host and waits for it; a host that dies meanwhile is asked once more.

    Raises the `EngineError` that the host answers with, and `Cancelled` once `is_over` answers True.
    """

    def ask(request: GenerateRequest, texts: Sequence[str]) -> Measured:
        heard: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
        client.measure(request.model_copy(update={"id": uuid.uuid4().hex}), texts, heard.put)
        while True:
            if is_over is not None and is_over():
                raise Cancelled("Nobody waits for this any more.")
            try:
                event = heard.get(timeout=_TICK_S)
            except queue.Empty:
                continue
            if isinstance(event, Failed):
                raise event.error.error()
            assert isinstance(event, Measured)
            return event

    def measure(request: GenerateRequest, texts: Sequence[str]) -> Measured:
        try:
            return ask(request, texts)
        except ModelCrashed:
            return ask(request, texts)

    return measure
