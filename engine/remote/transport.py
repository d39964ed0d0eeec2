"""Asking a server over HTTP: within bounds of time and size, and with every failure typed.

A request goes where the endpoint's address says: a redirect is followed on the same server only, so that neither the
key nor a text reaches another one.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2

from engine.errors import EndpointGarbled, EndpointRefused, EndpointUnreachable
from engine.remote.address import origin, refuse_open_key
from engine.remote.faults import ConnectionFault, StatusFault, fault_in_stream, status_fault
from engine.remote.sse import EventStream, StreamMalformed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable

    from engine.network import Network

_SAME_METHOD = frozenset({301, 302, 307, 308})
"""Redirects that ask for the same request elsewhere; 301 and 302 of a POST are meant so by servers of APIs."""
_MOST_REDIRECTS = 3
_LARGEST_FAULT = 64 << 10


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what a server sends, in seconds and bytes (decoded)."""

    connect: float = 10.0
    idle: float = 60.0
    """Between two pieces of an answer that has begun."""
    event: int = 1 << 20
    answer: int = 32 << 20
    patience: float = 60.0
    """How long a request waits, in all, for a server that asks to come back later."""
    backoff: float = 0.5
    """The longest first wait before a request is sent again; it doubles."""
    question: float = 15.0
    """How long one question about the server itself may take."""


class Transport:
    """Sends requests to one server. Belongs to one asyncio loop; `close` it there."""

    def __init__(self, url: str, network: Network, limits: Limits, *, connections: int = 16) -> None:
        self.url = url
        self.limits = limits
        self._network = network
        self._connections = connections
        self._client: httpx2.AsyncClient | None = None

    async def close(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def ask(self, method: str, url: str, body: Any = None, *, key: str | None, seconds: float) -> Any:
        """Return the JSON that a server answers with. Raises a `Fault` or an `EndpointError`."""
        async with self._within(seconds), self._open(method, url, body, key, "application/json") as response:
            payload = await self._read(response, self.limits.answer)
        return self._parsed(payload)

    async def stream(self, body: Any, take: Callable[[Any], object], *, key: str | None, seconds: float) -> None:
        """Ask for a chat completion and hand each chunk to `take`, up to the end of the stream.

        A server that does not stream answers with one chunk. Raises a `Fault`, also for one within the stream,
        `EndpointUnreachable` where it takes too long, and `EndpointGarbled` for what is no completion or is cut.
        """
        url = f"{self.url}/chat/completions"
        async with self._within(seconds), self._open("POST", url, body, key, "text/event-stream") as response:
            kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
            if kind == "application/json":
                self._hand(self._parsed(await self._read(response, self.limits.answer)), take, key)
            elif kind == "text/event-stream":
                await self._read_events(response, take, key)
            else:
                raise self._garbled(f"it answers with {kind or 'something unnamed'}, which is no chat completion")

    async def _read_events(self, response: httpx2.Response, take: Callable[[Any], object], key: str | None) -> None:
        events = EventStream(largest_event=self.limits.event, largest=self.limits.answer)
        try:
            async with aclosing(self._pieces(response)) as pieces:
                async for piece in pieces:
                    for data in events.feed(piece):
                        if data.strip() == "[DONE]":
                            return
                        self._hand(self._parsed(data), take, key)
            for data in events.finish():
                if data.strip() != "[DONE]":
                    self._hand(self._parsed(data), take, key)
        except StreamMalformed as fault:
            raise self._garbled(str(fault)) from None

    def _hand(self, chunk: Any, take: Callable[[Any], object], key: str | None) -> None:
        fault = fault_in_stream(chunk, url=self.url, key=key)
        if fault is not None:
            raise fault
        take(chunk)

    def _parsed(self, data: str | bytes) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            raise self._garbled("it is not JSON") from None

    async def _read(self, response: httpx2.Response, largest: int) -> bytes:
        read = bytearray()
        async with aclosing(self._pieces(response)) as pieces:
            async for piece in pieces:
                read += piece
                if len(read) > largest:
                    raise self._garbled("it does not end")
        return bytes(read)

    async def _pieces(self, response: httpx2.Response) -> AsyncGenerator[bytes, None]:
        """Yield what comes, decoded; each piece but the first has to come soon."""
        seconds: float | None = None
        async with aclosing(response.aiter_bytes()) as pieces:
            while True:
                try:
                    async with asyncio.timeout(seconds):
                        piece = await anext(pieces)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    raise EndpointUnreachable(
                        f"The server fell silent in the middle of its answer, for {self.limits.idle:g} seconds.",
                        where=self.url,
                        advice="Try again, or look whether the server still runs.",
                    ) from None
                except httpx2.DecodingError:
                    raise self._garbled("it cannot be unpacked") from None
                except httpx2.TransportError:
                    raise EndpointGarbled("The connection broke in the middle of an answer.", where=self.url) from None
                seconds = self.limits.idle
                yield piece

    @asynccontextmanager
    async def _within(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError:
            raise EndpointUnreachable(
                f"The server took longer than {seconds:g} seconds.",
                where=self.url,
                advice="Allow it more time in the settings of the endpoint, or ask less of it at once.",
            ) from None

    @asynccontextmanager
    async def _open(
        self, method: str, url: str, body: Any, key: str | None, accept: str
    ) -> AsyncIterator[httpx2.Response]:
        """Send a request and yield the answer, which is no error and no redirect."""
        client = self._connected()
        headers = {"Accept": accept, "Accept-Encoding": "identity"}
        content = None if body is None else json.dumps(body).encode()
        if content is not None:
            headers["Content-Type"] = "application/json"
        if key is not None:
            refuse_open_key(self.url)
            headers["Authorization"] = f"Bearer {key}"
        for _ in range(_MOST_REDIRECTS + 1):
            request = client.build_request(method, url, content=content, headers=headers)
            try:
                response = await client.send(request, stream=True)
            except httpx2.TransportError as error:
                raise self._unreachable(error) from None
            try:
                if response.is_redirect:
                    url = self._next(response, url)
                    continue
                if response.status_code >= 400:
                    raise await self._fault(response, key)
                if response.status_code != 200:
                    raise self._garbled(f"its status is {response.status_code}")
                yield response
                return
            finally:
                await response.aclose()
        raise self._garbled("it sends the request on and on")

    def _connected(self) -> httpx2.AsyncClient:
        self._network.check()
        if self._client is None:
            self._client = self._network.async_client(
                timeout=httpx2.Timeout(None, connect=self.limits.connect),
                limits=httpx2.Limits(
                    max_connections=self._connections + 4, max_keepalive_connections=self._connections
                ),
            )
        return self._client

    def _next(self, response: httpx2.Response, url: str) -> str:
        try:
            target = str(httpx2.URL(url).join(response.headers.get("location", "")))
            if httpx2.URL(target).scheme not in {"http", "https"} or not httpx2.URL(target).host:
                raise self._garbled("it redirects to what is no address of a server")
            elsewhere = origin(target) != origin(self.url)
        except (httpx2.InvalidURL, ValueError):
            raise self._garbled("it redirects to what is no address") from None
        if elsewhere:
            raise EndpointRefused(
                f"The server sends requests on to another one, {httpx2.URL(target).host}, and nothing is sent there.",
                where=self.url,
                advice="Use that address itself, if you trust it.",
            )
        if response.status_code not in _SAME_METHOD:
            raise self._garbled(f"it redirects with status {response.status_code}")
        return target

    async def _fault(self, response: httpx2.Response, key: str | None) -> StatusFault:
        body = bytearray()
        async with aclosing(self._pieces(response)) as pieces:
            async for piece in pieces:
                body += piece
                if len(body) > _LARGEST_FAULT:
                    break
        return status_fault(response.status_code, response.headers, bytes(body), url=self.url, key=key)

    def _garbled(self, why: str) -> EndpointGarbled:
        return EndpointGarbled(
            f"What the server sends is not what was agreed on: {why}.",
            where=self.url,
            advice="See that the address is that of an OpenAI-compatible API.",
        )

    def _unreachable(self, error: httpx2.TransportError) -> ConnectionFault:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
            cause = cause.__cause__ or cause.__context__
        never_open = isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError | httpx2.ProxyError)
        if cause is not None:
            sentence = "The server cannot show that it is who it says: its certificate is not trusted."
            advice = "Name the certificate of your own authority in SSL_CERT_FILE."
        elif never_open:
            sentence = "Nobody answers at this address."
            advice = "See that the server runs, and that the address is right."
        else:
            sentence, advice = "The connection broke before an answer began.", "Try again."
        return ConnectionFault(EndpointUnreachable(sentence, where=self.url, advice=advice), was_open=not never_open)
