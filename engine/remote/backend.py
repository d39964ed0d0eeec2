"""A model behind an endpoint, as a backend: the same requests, the same events, and answers that were checked here."""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from engine.errors import Cancelled, EngineError, ModelError
from engine.model.backend import Backend
from engine.model.client import ClientState
from engine.model.protocol import ErrorPayload, Failed, Finished, Measured, Rendered
from engine.remote.asking import Asking, enforcement
from engine.remote.endpoint import Capabilities
from engine.remote.faults import Fault
from engine.remote.fitting import fit, room
from engine.remote.forms import form, steps
from engine.remote.loop import Loop, look_at
from engine.remote.peer import USUAL_CONTEXT, Peer, model_info
from engine.remote.probing import probe_async
from engine.remote.transport import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from engine.constraint.planner import Compiled
    from engine.model.protocol import GenerateRequest, ModelInfo, RequestEvent
    from engine.network import Network
    from engine.remote.endpoint import Endpoint
    from engine.remote.forms import Form

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Running:
    """A request on its way; `task` is None until the loop has taken it."""

    listener: Callable[[RequestEvent], None]
    asking: Asking | None = None
    task: asyncio.Task[None] | None = None
    cancelled: bool = False


class RemoteBackend(Backend):
    """A `Backend` over HTTP: one worker thread with one asyncio loop, begun with the first request.

    Nothing is asked of the server before `start`, and then only where its capabilities are not known. Listeners are
    called on that worker.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        network: Network,
        key: Callable[[], str | None],
        listener: Callable[[ClientState], None] | None = None,
        *,
        limits: Limits | None = None,
    ) -> None:
        """`key` is called on a worker for each request."""
        self._endpoint = endpoint
        self._network = network
        self._key = key
        self._listener = listener
        self._limits = limits or Limits()
        self._lock = threading.RLock()
        self._settled = threading.Condition(self._lock)
        self._state = ClientState()
        self._running: dict[str, _Running] = {}
        self._loop: Loop | None = None
        self._peer: Peer | None = None
        self._getting_ready: asyncio.Task[None] | None = None
        self._closed = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"RemoteBackend({self._endpoint.name!r}, {self._endpoint.url!r})"

    @property
    def endpoint(self) -> Endpoint:
        """The endpoint, with what its server was found to understand."""
        return self._endpoint

    @property
    def identity(self) -> str:
        """That of its `ModelInfo`, known before anything is asked."""
        return model_info(self._endpoint, self._endpoint.capabilities or Capabilities()).identity

    @property
    def state(self) -> ClientState:
        """Whether there is a model that answers, and which."""
        return self._state

    def start(self) -> None:
        """Get ready: at once where the server's capabilities are known, else by asking for them."""
        with self._lock:
            if self._closed or self._state.phase in {"ready", "loading"}:
                return
            if self._endpoint.capabilities is not None:
                self._set_state(ClientState("ready", model=model_info(self._endpoint, self._endpoint.capabilities)))
                return
            self._set_state(ClientState("loading", stage="Asking the server what it can do"))
            self._on_loop(self._get_ready())

    def wait_until_ready(self, timeout: float | None = None) -> ModelInfo:
        """Wait for the model. Raises the `EngineError` that says why there is none, or TimeoutError."""
        self.start()
        with self._settled:
            if not self._settled.wait_for(lambda: self._state.phase != "loading", timeout):
                raise TimeoutError(f"the endpoint was not ready after {timeout} s")
            if self._state.model is None:
                raise self._state.error or _closed()
            return self._state.model

    def submit(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        """Send a request; `listener` hears its events up to `Finished` or `Failed`."""
        self._take(request, listener, self._submit)

    def render(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        """Ask for the messages as they would be sent, each behind its role; one `Rendered` or `Failed` is heard."""
        self._take(request, listener, self._render)

    def measure(self, request: GenerateRequest, texts: Sequence[str], listener: Callable[[RequestEvent], None]) -> None:
        """Ask for the lengths of texts in tokens: the server's own, or estimates from above."""

        async def measured(asked: GenerateRequest, running: _Running) -> None:
            await self._measure(asked, texts, running)

        self._take(request, listener, measured)

    def cancel(self, request_id: str) -> None:
        """Stop a request at once: its connection is closed, and its listener hears `Failed` with `Cancelled`."""
        with self._lock:
            running = self._running.get(request_id)
            if running is None or self._loop is None:
                return
            running.cancelled = True
            self._loop.call(lambda: self._cancel_task(running))

    def close(self) -> None:
        """End: running requests fail, connections are closed, no thread is left."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            loop = self._loop
        if loop is not None:
            loop.end(self._shut_down)
        with self._lock:
            never_begun, self._running = self._running, {}
            self._set_state(ClientState("stopped"))
        for request_id, running in never_begun.items():
            running.listener(Failed(id=request_id, error=ErrorPayload.of(_closed())))

    def _take(
        self,
        request: GenerateRequest,
        listener: Callable[[RequestEvent], None],
        work: Callable[[GenerateRequest, _Running], Coroutine[Any, Any, None]],
    ) -> None:
        with self._lock:
            if request.id in self._running:
                raise ValueError(f"a request with the id {request.id} is already running")
            if not self._closed:
                running = self._running[request.id] = _Running(listener)
                self._on_loop(self._begin(request, running, work))
                return
        listener(Failed(id=request.id, error=ErrorPayload.of(_closed())))

    async def _begin(
        self,
        request: GenerateRequest,
        running: _Running,
        work: Callable[[GenerateRequest, _Running], Coroutine[Any, Any, None]],
    ) -> None:
        """Run a request to its end, on the loop; whatever happens, its listener hears how it ended."""
        running.task = asyncio.current_task()
        try:
            if running.cancelled:
                raise asyncio.CancelledError  # noqa: TRY301
            await self._ready()
            await work(request, running)
        except asyncio.CancelledError:
            stopped = Cancelled("Stopped.", advice="What had been written is kept.")
            self._fail(request, _closed() if self._closed else stopped)
        except Fault as fault:
            self._fail(request, fault.error())
        except EngineError as error:
            self._fail(request, error)
        except Exception:
            log.exception("a request to %s has ended by a fault of this program", self._endpoint.url)
            self._fail(request, _fault())

    async def _submit(self, request: GenerateRequest, running: _Running) -> None:
        running.asking = Asking(request, self._connected(), lambda event: self._pass_on(request, event))
        await running.asking.run()

    async def _render(self, request: GenerateRequest, _running: _Running) -> None:
        peer = self._connected()
        compiled, said = await self._said(peer, request)
        lengths = peer.lengths(await peer.key())
        async with peer.beside_answers():
            fitted = await fit(request, said.words, lengths, peer.context)
            contents = [message.content for message in fitted.messages]
            tokens = sum(await lengths.of(contents)) if fitted.tokens is None else fitted.tokens
        self._end(
            request,
            Rendered(
                id=request.id,
                prompt="\n\n".join(f"{message.role}:\n{message.content}" for message in fitted.messages),
                prompt_tokens=tokens,
                dropped_messages=fitted.dropped_messages,
                enforcement=enforcement(compiled),
            ),
        )

    async def _measure(self, request: GenerateRequest, texts: Sequence[str], _running: _Running) -> None:
        peer = self._connected()
        _, said = await self._said(peer, request)
        lengths = peer.lengths(await peer.key())
        async with peer.beside_answers():
            left = await room(request, said.words, lengths, peer.context or USUAL_CONTEXT)
            tokens = await lengths.of(texts)
        self._end(request, Measured(id=request.id, room=left, tokens=tuple(tokens)))

    async def _said(self, peer: Peer, request: GenerateRequest) -> tuple[Compiled, Form]:
        """Return a request's constraint, and what a server is told of it at first."""
        spec = request.constraint
        compiled = await peer.compile(spec)
        first = steps(spec, compiled, peer.capabilities)[0]
        return compiled, form(spec, compiled, peer.capabilities, first)

    async def _ready(self) -> None:
        """Know what the server understands before it is asked; whoever comes first asks for all."""
        if self._endpoint.capabilities is not None:
            self._set_ready()
            return
        if self._getting_ready is None or self._getting_ready.done():
            self._getting_ready = asyncio.create_task(self._learn())
            self._getting_ready.add_done_callback(look_at)
        await asyncio.shield(self._getting_ready)

    async def _get_ready(self) -> None:
        try:
            await self._ready()
        except EngineError:
            pass  # the state says it
        except asyncio.CancelledError:
            if not self._closed:
                raise

    async def _learn(self) -> None:
        try:
            peer = self._connected()
            with self._network.using(f"Asking {self._endpoint.name} what it can do"):
                capabilities = await probe_async(self._endpoint, peer.transport, await peer.key())
        except Fault as fault:
            raise self._not_ready(fault.error()) from None
        except EngineError as error:
            raise self._not_ready(error) from None
        except Exception:
            log.exception("asking %s what it can do has ended by a fault of this program", self._endpoint.url)
            raise self._not_ready(_fault()) from None
        self._know(capabilities)

    def _not_ready(self, error: EngineError) -> EngineError:
        self._set_state(ClientState("failed", error=error))
        return error

    def _know(self, capabilities: Capabilities) -> None:
        self._endpoint = self._endpoint.model_copy(update={"capabilities": capabilities})
        if self._peer is not None:
            self._peer.know(self._endpoint)
        self._set_ready()

    def _set_ready(self) -> None:
        if self._state.phase != "ready" and not self._closed and self._endpoint.capabilities is not None:
            self._set_state(ClientState("ready", model=model_info(self._endpoint, self._endpoint.capabilities)))

    def _connected(self) -> Peer:
        if self._peer is None:
            self._peer = Peer(self._endpoint, self._network, self._key, self._limits)
        return self._peer

    def _pass_on(self, request: GenerateRequest, event: RequestEvent) -> None:
        if isinstance(event, Finished | Failed):
            self._end(request, event)
            return
        running = self._running.get(request.id)
        if running is not None:
            running.listener(event)

    def _end(self, request: GenerateRequest, event: RequestEvent) -> None:
        with self._lock:
            running = self._running.pop(request.id, None)
        if running is not None:
            running.listener(event)

    def _fail(self, request: GenerateRequest, error: EngineError) -> None:
        self._end(request, Failed(id=request.id, error=ErrorPayload.of(error)))

    def _cancel_task(self, running: _Running) -> None:
        if running.task is not None:
            running.task.cancel()

    async def _shut_down(self) -> None:
        """End what runs, on the loop."""
        for running in list(self._running.values()):
            if running.asking is not None:
                running.asking.stopped = _closed()
            self._cancel_task(running)
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._peer is not None:
            await self._peer.close()

    def _on_loop(self, work: Coroutine[Any, Any, None]) -> None:
        if self._loop is None:
            self._loop = Loop(f"endpoint {self._endpoint.name}")
        self._loop.start(work)

    def _set_state(self, state: ClientState) -> None:
        with self._settled:
            self._state = state
            self._settled.notify_all()
            if self._listener is not None:
                self._listener(state)


def _closed() -> EngineError:
    return Cancelled("The endpoint was closed.", advice="Ask again.")


def _fault() -> EngineError:
    return ModelError("This has ended by a fault of Espalier, which its log describes.")
