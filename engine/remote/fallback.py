"""Several models in an order: where one is not there, the next one answers, and the receipt says so."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from engine.errors import (
    Cancelled,
    EndpointBusy,
    EndpointGarbled,
    EndpointRefused,
    EndpointUnreachable,
    EngineError,
    ModelCrashed,
    ModelFileInvalid,
    ModelTooLarge,
    NetworkOff,
)
from engine.model.backend import Backend
from engine.model.protocol import (
    Attempt,
    ErrorPayload,
    Failed,
    Finished,
    Measured,
    Postponed,
    Rendered,
    Started,
    TextDelta,
    TokensWritten,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.model.client import ClientState
    from engine.model.protocol import GenerateRequest, ModelInfo, Receipt, RequestEvent

    Hear = Callable[[RequestEvent], None]
    Ask = Callable[[Backend, Hear], None]

NOT_THERE: Final = (
    EndpointUnreachable,
    EndpointRefused,
    EndpointBusy,
    EndpointGarbled,
    ModelCrashed,
    ModelFileInvalid,
    ModelTooLarge,
    NetworkOff,
)
"""How a model is not there. An answer that is wrong or too long would be so from the next one as well."""

PATIENCE_S = 3.0
"""How long a busy server is waited for, in all, while another model stands ready."""

REST_S = 30.0
"""How long a model that was not there is not asked again, while another one is."""


@dataclass
class _Errand:
    """A request on its way from model to model. `begun` is when the one at `index` was asked, monotonic.

    `busy_since` is when it first asked to come back, by the clock of the backend, and `given_up` what it said when it
    was waited for no longer.
    """

    request: GenerateRequest
    listener: Hear
    ask: Ask
    left: list[int]
    index: int = -1
    begun: float = 0.0
    attempts: list[Attempt] = field(default_factory=list)
    text: bool = False
    tokens: bool = False
    stale_text: bool = False
    stale_tokens: bool = False
    cancelled: bool = False
    busy_since: float | None = None
    given_up: EngineError | None = None


class FallbackBackend(Backend):
    """Asks the first of some models, and those behind it where it is not there (`NOT_THERE`), for each request.

    What the first one had written is withdrawn then. A busy server is waited for, within its own limits, as long as no
    other model stands ready; else for `PATIENCE_S` seconds. An answer that is not valid, too long or stopped is no
    reason to ask another model. One that was not there rests for `REST_S` seconds, as long as there are others: then
    one request finds out whether it is there again. A model is begun with when it is needed.
    """

    def __init__(self, backends: Sequence[Backend], *, now: Callable[[], float] = time.monotonic) -> None:
        """Take models in the order in which they are asked, at least one; `close` closes all of them.

        `now` tells the time in seconds, by which models rest.
        """
        if not backends:
            raise ValueError("a fallback order has at least one model")
        self._backends = tuple(backends)
        self._now = now
        self._lock = threading.Lock()
        self._errands: dict[str, _Errand] = {}
        self._resting: dict[int, tuple[float, EngineError]] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def state(self) -> ClientState:
        """That of the first model that is ready, else of the first that is getting ready, else of the first."""
        states = [backend.state for backend in self._backends]
        ready = (state for state in states if state.model is not None)
        loading = (state for state in states if state.phase == "loading")
        return next(ready, next(loading, states[0]))

    @property
    def identity(self) -> str | None:
        """That of the first model: what was asked for decides a job, whoever stands in."""
        return self._backends[0].identity

    def start(self) -> None:
        """Begin to get the first model ready."""
        self._backends[0].start()

    def wait_until_ready(self, timeout: float | None = None) -> ModelInfo:
        """Wait for the first model that is there. Raises the last one's error, with what the others said."""
        attempts: list[Attempt] = []
        for index, backend in enumerate(self._backends):
            begun = time.monotonic()
            try:
                model = backend.wait_until_ready(timeout)
            except NOT_THERE as error:
                attempts.append(self._attempt(index, error, begun))
                self._let_rest(index, error)
            else:
                with self._lock:
                    self._resting.pop(index, None)
                return self._standing_in(index, model)
        raise _with_all_said(attempts)

    def submit(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        """Send a request; `listener` hears its events up to `Finished` or `Failed`."""
        self._send(request, listener, lambda backend, hear: backend.submit(request, hear))

    def render(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        """Ask for what the first model that is there would read; `listener` hears one `Rendered` or `Failed`."""
        self._send(request, listener, lambda backend, hear: backend.render(request, hear))

    def measure(self, request: GenerateRequest, texts: Sequence[str], listener: Callable[[RequestEvent], None]) -> None:
        """Ask for the lengths of texts in tokens of the first model that is there."""
        self._send(request, listener, lambda backend, hear: backend.measure(request, texts, hear))

    def cancel(self, request_id: str) -> None:
        """Stop a request; its listener hears `Failed` with `Cancelled`."""
        with self._lock:
            errand = self._errands.get(request_id)
            if errand is None:
                return
            errand.cancelled = True
            backend = self._backends[errand.index]
        backend.cancel(request_id)

    def close(self) -> None:
        """End all models; running requests fail."""
        with self._lock:
            for errand in self._errands.values():
                errand.left.clear()
        for backend in self._backends:
            backend.close()

    # Going from one to the next

    def _send(self, request: GenerateRequest, listener: Hear, ask: Ask) -> None:
        now = self._now()
        with self._lock:
            if request.id in self._errands:
                raise ValueError(f"a request with the id {request.id} is already running")
            resting = {index: error for index, (until, error) in self._resting.items() if until > now}
            # This request finds out whether those that have rested are there again; others go on without them.
            self._resting |= {
                index: (now + REST_S, error) for index, (until, error) in self._resting.items() if index not in resting
            }
            every = range(len(self._backends))
            order = [*(i for i in every if i not in resting), *(i for i in every if i in resting)]
            errand = self._errands[request.id] = _Errand(request, listener, ask, order)
            self._step(errand)
        # Those that rest are asked last, and that they were passed over is told.
        passed = [index for index in resting if index < errand.index]
        errand.attempts = [self._attempt(index, resting[index]) for index in sorted(passed)]
        self._ask(errand)

    def _step(self, errand: _Errand) -> None:
        errand.index, errand.begun = errand.left.pop(0), time.monotonic()
        errand.stale_text, errand.stale_tokens = errand.text, errand.tokens
        errand.busy_since = errand.given_up = None

    def _ask(self, errand: _Errand) -> None:
        index = errand.index
        backend = self._backends[index]
        errand.ask(backend, lambda event: self._hear(errand, index, event))
        if errand.cancelled:  # while it was on its way
            backend.cancel(errand.request.id)

    def _hear(self, errand: _Errand, index: int, event: RequestEvent) -> None:
        """Pass an event on, or ask the next model; runs on the thread of the model that was asked."""
        if errand.given_up is not None and not isinstance(event, Finished | Failed):
            return
        if isinstance(event, Postponed):
            if self._gives_up(errand, event):
                self._backends[index].cancel(errand.request.id)
                return
        elif isinstance(event, Started):
            event = event.model_copy(update={"provisional": event.provisional or bool(errand.left)})
        elif isinstance(event, TextDelta):
            event = event.model_copy(update={"keep": 0}) if errand.stale_text else event
            errand.text, errand.stale_text = True, False
        elif isinstance(event, TokensWritten):
            event = event.model_copy(update={"keep": 0}) if errand.stale_tokens else event
            errand.tokens, errand.stale_tokens = True, False
        elif isinstance(event, Failed):
            failed = self._go_on(errand, index, event)
            if failed is None:
                self._ask(errand)
                return
            event = failed
        elif isinstance(event, Finished):
            with self._lock:
                self._resting.pop(index, None)
            event = event.model_copy(update={"receipt": self._receipt(errand, index, event.receipt)})
        if isinstance(event, Finished | Failed | Rendered | Measured):
            with self._lock:
                self._errands.pop(errand.request.id, None)
        errand.listener(event)

    def _go_on(self, errand: _Errand, index: int, failed: Failed) -> Failed | None:
        """Return how a request failed in the end, or None where the next model is to be asked."""
        error = failed.error.error() if errand.given_up is None else errand.given_up
        if isinstance(error, NOT_THERE):
            attempt = self._attempt(index, error, errand.begun)
            self._let_rest(index, error)
            with self._lock:
                if errand.left and not errand.cancelled:
                    errand.attempts.append(attempt)
                    self._step(errand)
                    return None
            error = Cancelled("Stopped.") if errand.cancelled else _with_all_said([*errand.attempts, attempt])
        receipt = None if failed.receipt is None else self._receipt(errand, index, failed.receipt)
        return failed.model_copy(update={"error": ErrorPayload.of(error), "receipt": receipt})

    def _gives_up(self, errand: _Errand, postponed: Postponed) -> bool:
        """Tell whether a busy server has been waited for long enough, since another model stands ready."""
        now = self._now()
        with self._lock:
            if errand.busy_since is None:
                errand.busy_since = now
            if now + postponed.seconds - errand.busy_since <= PATIENCE_S or not any(map(self._is_ready, errand.left)):
                return False
            errand.given_up = postponed.error.error()
            return True

    def _is_ready(self, index: int) -> bool:
        until, _ = self._resting.get(index, (0.0, None))
        return until <= self._now() and self._backends[index].state.phase not in {"failed", "loading"}

    def _let_rest(self, index: int, error: EngineError) -> None:
        # A host that ended is started again by the next request, and it may have been the request that ended it.
        # That the network is off costs nothing to find out, and a person may turn it on at any time.
        if not isinstance(error, ModelCrashed | NetworkOff):
            with self._lock:
                self._resting[index] = self._now() + REST_S, error

    def _attempt(self, index: int, error: EngineError, begun: float | None = None) -> Attempt:
        backend = self._backends[index]
        model = backend.state.model
        at = model.endpoint if model is not None else None
        if at is None and isinstance(error, EndpointUnreachable | EndpointRefused | EndpointBusy | EndpointGarbled):
            at = error.where
        return Attempt(
            model=model.name if model is not None else backend.identity or "the model on this machine",
            endpoint=at,
            error=ErrorPayload.of(error),
            seconds=0.0 if begun is None else time.monotonic() - begun,
        )

    def _standing_in(self, index: int, model: ModelInfo) -> ModelInfo:
        if index == 0 or self.identity is None:
            return model
        return model.model_copy(update={"stands_for": self.identity})

    def _receipt(self, errand: _Errand, index: int, receipt: Receipt) -> Receipt:
        model = self._standing_in(index, receipt.model)
        return receipt.model_copy(update={"attempts": (*errand.attempts, *receipt.attempts), "model": model})


def _with_all_said(attempts: Sequence[Attempt]) -> EngineError:
    """Return the last error, with what was said before it."""
    error = attempts[-1].error.error()
    before = [f"{each.model}: {each.error.error().message}" for each in attempts[:-1]]
    if before:
        error.message = f"No model is there. {' '.join(before)} {attempts[-1].model}: {error.message}"
    return error
