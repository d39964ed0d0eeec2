"""The client of a model host: starts it, talks to it, survives its death.

Every method is safe to call from any OS thread and returns at once, but for those named `wait…`, `stream`, and
`close`. Listeners are called on the client's reader thread, in the order of the events, and must not block it.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, Self

from engine.errors import Cancelled, EngineError, ModelCrashed, ModelFileInvalid
from engine.model.backend import Backend
from engine.model.bundled import bundled_model
from engine.model.host_process import HostProcess
from engine.model.protocol import (
    Cancel,
    Command,
    ErrorPayload,
    Failed,
    Finished,
    Generate,
    GenerateRequest,
    HostEvent,
    Load,
    LoadFailed,
    LoadOptions,
    LoadProgress,
    Measure,
    Measured,
    ModelInfo,
    Ready,
    Render,
    Rendered,
    RequestEvent,
    TextDelta,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

FINISH_SECONDS = 20.0
"""What a model that was replaced has to finish what it is answering."""


@dataclass(frozen=True, slots=True)
class ClientState:
    """What the status bar shows. `fraction` is 0..1 or None; `model` is the one that answers, if any.

    `candidate` is the path of what is being loaded. `error` is what the last loading ended with, also while the model
    from before answers on.
    """

    phase: Literal["stopped", "loading", "ready", "failed", "crashed"] = "stopped"
    stage: str = ""
    fraction: float | None = None
    model: ModelInfo | None = None
    error: EngineError | None = None
    candidate: str | None = None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be loaded; the bundled model where there is no path."""

    path: Path | None
    options: LoadOptions
    expected_sha256: str | None = None


@dataclass(slots=True)
class _Pending:
    """A request that has not ended; it waits for a model while it has no `host`."""

    request: GenerateRequest
    listener: Callable[[RequestEvent], None]
    command: Command
    host: HostProcess | None
    text: str = ""


class ModelClient(Backend):
    """Keeps one model loaded in a host process, starting a new host when the old one has died."""

    def __init__(
        self,
        path: Path | None = None,
        *,
        options: LoadOptions | None = None,
        cache_dir: Path,
        listener: Callable[[ClientState], None] | None = None,
        expected_sha256: str | None = None,
        memory_limit: int | None = None,
    ) -> None:
        """Prepare to load `path` (the bundled model by default); `start` begins.

        `cache_dir` keeps laid-out weights and the host's log; `listener` hears every change of `state`. A file with
        another hash than `expected_sha256` is refused. `memory_limit` are the bytes that models may take together;
        None: what is free.
        """
        self._wanted = _Wanted(path, options or LoadOptions(), expected_sha256)
        self._cache_dir = cache_dir
        self._listener = listener
        self._memory_limit = memory_limit
        self._lock = threading.RLock()
        self._settled = threading.Condition(self._lock)
        self._state = ClientState()
        self._host: HostProcess | None = None
        self._candidate: HostProcess | None = None
        self._coming: _Wanted | None = None  # what the candidate loads, or what is loaded once the old host has ended
        self._leaving: set[HostProcess] = set()
        self._back: _Wanted | None = None  # what had to end first, and is loaded again where the new one fails
        self._pending: dict[str, _Pending] = {}
        self._closed = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def state(self) -> ClientState:
        """The current state."""
        return self._state

    @property
    def identity(self) -> str | None:
        """The SHA-256 of the file that is loaded; None before it is."""
        model = self._state.model
        return None if model is None else model.identity

    @property
    def pid(self) -> int | None:
        """The process id of the host that answers or is being loaded, or None."""
        host = self._host or self._candidate
        return host.pid if host else None

    def start(self) -> None:
        """Begin loading; does nothing where a host is already there."""
        with self._lock:
            if self._host is None and self._coming is None and not self._closed:
                self._launch(self._wanted)

    def load(
        self, path: Path | None, options: LoadOptions | None = None, *, expected_sha256: str | None = None
    ) -> None:
        """Change to another model. The running one answers until the new one is ready, and stays if it fails.

        What it is answering then, it finishes, for up to `FINISH_SECONDS`; what is asked later waits for the new one.
        Where memory has no room for both, the running one ends first and is loaded again if the new one fails.
        A file whose SHA-256 is not `expected_sha256` is refused.
        """
        wanted = _Wanted(path, options or LoadOptions(), expected_sha256)
        with self._lock:
            if self._closed:
                return
            if self._candidate is not None:
                self._candidate.dismiss()
                self._candidate = None
            elif self._coming is not None:
                self._coming = wanted  # the old host is still ending
                self._set_state(replace(self._state, error=None, candidate=str(path) if path else None))
                return
            self._launch(wanted)

    def wait_until_ready(self, timeout: float | None = None) -> ModelInfo:
        """Wait for the model. Raises the `EngineError` that loading ended with, or TimeoutError."""
        self.start()
        with self._settled:
            settled = self._settled.wait_for(lambda: self._state.phase != "loading", timeout)
            if not settled:
                raise TimeoutError(f"the model was not ready after {timeout} s")
            if self._state.model is None:
                raise self._state.error or ModelCrashed("The model host is not running.")
            return self._state.model

    def submit(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        """Send a request; `listener` hears its events up to `Finished` or `Failed`.

        While the model loads the request waits. After a crash a new host is started for it.
        """
        self._send(Generate(request=request), request, listener)

    def render(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        """Ask for the exact prompt; `listener` hears one `Rendered` or `Failed`."""
        self._send(Render(request=request), request, listener)

    def measure(self, request: GenerateRequest, texts: Sequence[str], listener: Callable[[RequestEvent], None]) -> None:
        """Ask for the lengths of texts in tokens; `listener` hears one `Measured` or `Failed`."""
        self._send(Measure(request=request, texts=tuple(texts)), request, listener)

    def cancel(self, request_id: str) -> None:
        """Stop a request; its listener hears `Failed` with `Cancelled`."""
        with self._lock:
            pending = self._pending.get(request_id)
            if pending is not None and pending.host is not None:
                pending.host.write(Cancel(id=request_id))
            elif pending is not None:
                self._fail([pending], Cancelled("Stopped before the model was ready."))

    def close(self) -> None:
        """End the host; running requests fail with `ModelCrashed`."""
        with self._lock:
            self._closed = True
            hosts = [host for host in (self._host, self._candidate, *self._leaving) if host is not None]
            waiting = [pending for pending in self._pending.values() if pending.host is None]
        for host in hosts:
            host.end()
        with self._lock:
            self._fail([each for each in waiting if each.request.id in self._pending], _closed_while_answering())

    def _send(self, command: Command, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        with self._lock:
            if request.id in self._pending:
                raise ValueError(f"a request with the id {request.id} is already running")
            self._pending[request.id] = _Pending(request, listener, command, self._host)
            if self._host is not None:
                self._host.write(command)
            elif self._coming is None:
                self.start()

    def _launch(self, wanted: _Wanted, *, error: EngineError | None = None) -> None:
        """Start a host for a model. `error` is what the one before it ended with, where this is the way back."""
        starting = replace(self._state, phase="loading", stage="Starting", fraction=None, error=error)
        self._coming = wanted
        try:
            path = wanted.path or bundled_model()
        except ModelFileInvalid as missing:
            self._set_state(starting)
            self._give_up(missing)
            return
        if self._host is None and self._back is None:
            self._wanted = wanted
        self._set_state(replace(starting, candidate=str(path)))
        load = Load(
            path=str(path),
            cache_dir=str(self._cache_dir),
            options=wanted.options,
            expected_sha256=wanted.expected_sha256,
            memory_limit=self._memory_limit,
            given_back=self._held(),
        )
        self._candidate = HostProcess(load, self._cache_dir, self._hear)

    def _held(self) -> int:
        """Return the bytes that would be free if the model that answers were ended."""
        model = self._state.model
        return (model.memory_bytes or 0) if model is not None and self._host is not None else 0

    def _hear(self, host: HostProcess, event: HostEvent | None) -> None:
        """Take an event of a host; None says that its output has ended."""
        with self._lock:
            if host is self._candidate:
                self._hear_candidate(host, event)
                return
            if host is not self._host and host not in self._leaving:
                return
            if event is None:
                self._mourn(host)
                return
        self._pass_on(event)

    def _hear_candidate(self, host: HostProcess, event: HostEvent | None) -> None:
        if isinstance(event, LoadProgress):
            self._set_state(replace(self._state, stage=event.stage, fraction=event.fraction))
        elif isinstance(event, LoadFailed):
            self._candidate = None
            if event.alone and self._host is not None:
                self._take_turns(self._host)
            else:
                self._give_up(event.error.error())
        elif isinstance(event, Ready):
            self._take_over(host, event.model)
        elif event is None:
            self._candidate = None
            crash = ModelCrashed(
                f"The model host ended while loading the model ({host.exit_reason()}).",
                where=host.load.path,
                advice="The file may be damaged, or too large for this machine's memory.",
            )
            self._give_up(crash)

    def _take_over(self, host: HostProcess, model: ModelInfo) -> None:
        old, self._host, self._candidate = self._host, host, None
        assert self._coming is not None
        # The model from before is back where the one that was to follow it has failed, and its error stays to be seen.
        self._wanted, self._coming, self._back = self._coming, None, None
        for pending in self._pending.values():
            if pending.host is None:
                pending.host = host
                host.write(pending.command)
        self._set_state(ClientState("ready", model=model, error=self._state.error))
        if old is not None:
            self._let_finish(old)

    def _take_turns(self, old: HostProcess) -> None:
        """End the running model so that the new one has its memory; it is launched when the old host is gone."""
        self._host, self._back = None, self._wanted
        stage = "Waiting for the model before it to end"
        self._set_state(replace(self._state, stage=stage, fraction=None, model=None))
        self._let_finish(old)

    def _let_finish(self, old: HostProcess) -> None:
        """Let a host that was replaced finish what it runs, and end it then."""
        self._leaving.add(old)
        if self._runs_something(old):
            timer = threading.Timer(FINISH_SECONDS, self._lose_patience, [old])
            timer.daemon = True
            timer.start()
        else:
            old.dismiss()

    def _runs_something(self, host: HostProcess) -> bool:
        return any(pending.host is host for pending in self._pending.values())

    def _lose_patience(self, old: HostProcess) -> None:
        with self._lock:
            orphans = [pending for pending in self._pending.values() if pending.host is old]
            if old not in self._leaving or not orphans:
                return
            self._fail(orphans, ModelCrashed("The model was changed while it answered.", advice="Run it again."))
            old.dismiss()

    def _give_up(self, error: EngineError) -> None:
        """Report that loading failed: the running model stays; without one, waiting requests fail."""
        self._coming = None
        if self._closed:
            self._set_state(ClientState("stopped"))
            return
        if self._host is not None:
            self._set_state(replace(self._state, phase="ready", stage="", fraction=None, error=error, candidate=None))
            return
        if self._back is not None:
            back, self._back = self._back, None
            self._launch(back, error=error)
            return
        self._set_state(ClientState("failed", error=error))
        self._fail([pending for pending in self._pending.values() if pending.host is None], error)

    def _mourn(self, host: HostProcess) -> None:
        """Take leave of a host that has ended: one that was told to, or one that died."""
        orphans = [pending for pending in self._pending.values() if pending.host is host]
        left = host in self._leaving
        self._leaving.discard(host)
        if not left:
            self._host = None
        if self._closed:
            error = _closed_while_answering()
            self._set_state(ClientState("stopped"))
        else:
            error = ModelCrashed(
                f"The model host stopped ({host.exit_reason()}).",
                advice="What had been written is kept; the next request starts it again.",
            )
        if not self._closed and not left:
            log.error("%s", error)
            # Where another model is being loaded, that one is waited for.
            crashed = ClientState("crashed", error=error)
            self._set_state(crashed if self._coming is None else replace(self._state, model=None))
        self._fail(orphans, error)
        if left and self._host is None and self._candidate is None and self._coming is not None and not self._closed:
            self._launch(self._coming)

    def _pass_on(self, event: HostEvent) -> None:
        assert not isinstance(event, LoadProgress | LoadFailed | Ready)
        with self._lock:
            pending = self._pending.get(event.id)
            if pending is None:
                return
            ended = isinstance(event, Finished | Failed | Rendered | Measured)
            if isinstance(event, TextDelta):
                pending.text = event.onto(pending.text)
            elif ended:
                del self._pending[event.id]
        pending.listener(event)
        with self._lock:
            if ended and pending.host in self._leaving and not self._runs_something(pending.host):
                pending.host.dismiss()

    def _fail(self, all_pending: list[_Pending], error: EngineError) -> None:
        for pending in all_pending:
            self._pending.pop(pending.request.id, None)
            pending.listener(Failed(id=pending.request.id, error=ErrorPayload.of(error), text=pending.text))

    def _set_state(self, state: ClientState) -> None:
        with self._settled:
            self._state = state
            self._settled.notify_all()
            if self._listener is not None:
                self._listener(state)


def _closed_while_answering() -> ModelCrashed:
    return ModelCrashed("The model was closed while it answered.")
