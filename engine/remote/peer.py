"""A server as the requests of one backend know it: what it understands, what it has refused, whose turn it is."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from engine.constraint.planner import Planner
from engine.errors import EndpointRefused, EngineError
from engine.model.protocol import ModelInfo
from engine.remote.address import root
from engine.remote.endpoint import Capabilities
from engine.remote.faults import ConnectionFault, Fault
from engine.remote.lengths import Lengths
from engine.remote.loop import look_at
from engine.remote.transport import Transport
from engine.remote.turns import Turns

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from engine.constraint.planner import Compiled
    from engine.constraint.spec import ConstraintSpec
    from engine.network import Network
    from engine.remote.endpoint import Endpoint
    from engine.remote.transport import Limits

USUAL_CONTEXT = 8192
"""Tokens that a context is taken to have where nobody tells."""
_MOST_BROKEN = 2
_LONGEST_DELAY = 16.0
_MOST_KEPT = 64
_T = TypeVar("_T")


class Peer:
    """One server and what was learned of it. Belongs to one asyncio loop; `close` it there."""

    def __init__(self, endpoint: Endpoint, network: Network, key: Callable[[], str | None], limits: Limits) -> None:
        self.endpoint = endpoint
        self.limits = limits
        self.capabilities = endpoint.capabilities or Capabilities()
        self.transport = Transport(endpoint.url, network, limits, connections=endpoint.concurrency)
        self.network = network
        self.turns = Turns(lanes(endpoint, self.capabilities))
        self.without: frozenset[str] = frozenset()
        self.weakest: dict[ConstraintSpec, int] = {}
        """How many forms of a constraint were refused."""
        self._told_context: int | None = None
        self._key = key
        self._planner = Planner()
        self._compiled: dict[ConstraintSpec, asyncio.Task[Compiled]] = {}
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="endpoint aside")

    @property
    def context(self) -> int | None:
        """Tokens that a prompt and its answer may take; None where nobody has told."""
        return self.endpoint.context or self._told_context or self.capabilities.context

    @property
    def tells_usage(self) -> bool:
        """Whether a stream ends with the number of its tokens."""
        return self.capabilities.server != "llama-cpp-python"

    @asynccontextmanager
    async def beside_answers(self) -> AsyncIterator[None]:
        """Ask something about the server itself: beside its answers, or between two where they do not bear it."""
        if not breaks_off(self.capabilities):
            yield
            return
        async with self.turns.turn("interactive"):
            yield

    def learn_context(self, tokens: int | None) -> bool:
        """Take it from a server's error how long its context is; tells whether that is news."""
        if tokens is None or tokens < 64 or (self.context is not None and self.context <= tokens):
            return False
        self._told_context = tokens
        return self.endpoint.context is None

    def know(self, endpoint: Endpoint) -> None:
        """Take what was found out of the server, before it is asked for an answer."""
        self.endpoint = endpoint
        self.capabilities = endpoint.capabilities or Capabilities()
        self.turns = Turns(lanes(endpoint, self.capabilities))

    @property
    def model(self) -> str:
        """The model's name, as the server is told it: the one chosen, else its first; empty where it names none."""
        return self.endpoint.model or next(iter(self.capabilities.models), "")

    async def close(self) -> None:
        """Close connections, and end what runs aside."""
        await self.transport.close()
        self._planner.close()
        # A keyring may be waiting for a person; nothing here waits for both.
        self._aside.shutdown(wait=False, cancel_futures=True)

    async def key(self) -> str | None:
        """Return the key, which may take its time to be fetched. Raises `EndpointRefused` for one that is none."""
        key = await self.aside(self._key)
        if key is None or not key.strip():
            return None
        key = key.strip()
        if not key.isascii() or not key.isprintable() or " " in key:
            raise EndpointRefused(
                "The key of this endpoint cannot be sent: keys are one word of letters, digits and signs.",
                where=self.endpoint.url,
                advice="Give it again.",
            )
        return key

    async def aside(self, work: Callable[..., _T], *arguments: Any) -> _T:
        """Do what takes a while, on a worker of this server's own."""
        return await asyncio.get_running_loop().run_in_executor(self._aside, lambda: work(*arguments))

    async def compile(self, spec: ConstraintSpec) -> Compiled:
        """Compile a constraint, once for all requests. Raises as `engine.constraint.planner.Planner` does."""
        compiling = self._compiled.get(spec)
        if compiling is None:
            if len(self._compiled) >= _MOST_KEPT:
                del self._compiled[next(iter(self._compiled))]
            compiling = self._compiled[spec] = asyncio.create_task(self._compile(spec))
            compiling.add_done_callback(look_at)
        try:
            return await asyncio.shield(compiling)
        except EngineError:
            self._compiled.pop(spec, None)
            raise

    async def _compile(self, spec: ConstraintSpec) -> Compiled:
        begun = await self.aside(self._planner.begin, spec)
        return await asyncio.wrap_future(begun) if isinstance(begun, Future) else begun

    def lengths(self, key: str | None) -> Lengths:
        """Return what counts tokens."""

        async def ask(path: str, body: dict[str, Any]) -> Any:
            url = f"{root(self.endpoint.url)}{path}"
            return await self.transport.ask("POST", url, body, key=key, seconds=self.limits.question)

        return Lengths(self.capabilities, self.model, ask)

    async def send(
        self,
        body: Any,
        take: Callable[[Any], None],
        *,
        key: str | None,
        patient: bool,
        postponed: Callable[[float, Fault], None],
    ) -> None:
        """Stream a completion, again where the server was busy, had failed or hung up before it began.

        A `patient` request is also sent again where nobody answered. `postponed` hears of each wait, in seconds, and
        that it is over, with 0. Raises the last `Fault`, or `EndpointError`s.
        """
        waited, goes = 0.0, 0
        began = False

        def hear(chunk: Any) -> None:
            nonlocal began
            began = True
            take(chunk)

        while True:
            try:
                await self.transport.stream(body, hear, key=key, seconds=self.endpoint.seconds)
            except Fault as fault:
                delay = self._delay(fault, goes, patient=patient)
                if began or delay is None or waited + delay > self.limits.patience:
                    raise
                waited, goes = waited + delay, goes + 1
                if delay:
                    postponed(delay, fault)
                    await asyncio.sleep(delay)
                    postponed(0.0, fault)
            else:
                return

    def _delay(self, fault: Fault, goes: int, *, patient: bool) -> float | None:
        """Return how long to wait before the same request is sent again; None where that helps nobody."""
        if isinstance(fault, ConnectionFault) and fault.was_open and goes == 0:
            return 0.0
        if fault.is_broken and goes >= _MOST_BROKEN:
            return None
        if not (fault.is_busy or fault.is_broken or (isinstance(fault, ConnectionFault) and patient)):
            return None
        if fault.retry_after is not None:
            return fault.retry_after + random.uniform(0, self.limits.backoff)  # noqa: S311
        longest = min(self.limits.backoff * 2**goes, _LONGEST_DELAY)
        return random.uniform(longest / 2, longest)  # noqa: S311


def lanes(endpoint: Endpoint, capabilities: Capabilities) -> int:
    """Return how many requests may be in flight."""
    return 1 if breaks_off(capabilities) else endpoint.concurrency


def breaks_off(capabilities: Capabilities) -> bool:
    """Tell whether a server breaks off the answer that streams when another request arrives.

    llama-cpp-python's does, unless it was started otherwise; it answers one at a time in any case.
    """
    return capabilities.server == "llama-cpp-python"


def model_info(endpoint: Endpoint, capabilities: Capabilities, context: int | None = None) -> ModelInfo:
    """Return an endpoint as receipts and the status bar name it."""
    tokens = endpoint.context or context or capabilities.context or USUAL_CONTEXT
    return ModelInfo(
        name=endpoint.model or endpoint.name,
        path="",
        size_bytes=0,
        sha256="",
        parameters=0,
        quantization="",
        layout="server",
        lossless=True,
        trained_context=tokens,
        context=tokens,
        lanes=lanes(endpoint, capabilities),
        threads=0,
        template="server",
        vocabulary=0,
        device="server",
        endpoint=endpoint.url,
    )
