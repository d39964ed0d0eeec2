"""Bounds on what a hub answers to a question, as it comes: httpx2 bounds neither its size nor all of its time.

What httpx2 bounds is each single wait: of a head that comes a byte now and then it waits for ever.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Self, cast

import httpx2

from engine.errors import DownloadDamaged
from engine.hub.addresses import shown
from engine.hub.refusals import unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

_LARGEST = 32 << 20
"""Bytes; a list of ten thousand files takes a few megabytes."""


def bound(response: httpx2.Response, *, seconds: float) -> None:
    """Have an answer, of which only the head is there, end in time and in size: a hook of a client.

    Reading it raises `DownloadError` where it takes longer than about twice so many seconds, and `DownloadDamaged`
    where it is far larger than any list of files, or packed although nobody asked for that.
    """
    where = shown(str(response.url))
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in {"identity", ""}:
        raise _damaged(where, "is packed, which was not asked for")  # a few bytes may unpack to gigabytes
    response.stream = _Bounded(cast("httpx2.SyncByteStream", response.stream), where, seconds)


class Deadline:
    """For the length of a block, ends what goes over the connections it watches once its seconds are over.

    Whoever reads or writes there, on whatever OS thread, gets an error of the connection.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._over = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            for each in self._sockets:
                each.close()
            self._sockets.clear()

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Take a new connection into account: the `trace` of a request's extensions."""
        if event.endswith(".connect_tcp.complete"):
            # A socket of its own for the same connection: the other one is taken over by TLS.
            made = info["return_value"].get_extra_info("socket").dup()
            with self._lock:
                self._sockets.append(made)
            if self._over:
                self._end()

    def _end(self) -> None:
        with self._lock:
            self._over = True
            for each in self._sockets:
                with contextlib.suppress(OSError):  # it is closed already
                    each.shutdown(socket.SHUT_RDWR)


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, where: str, seconds: float) -> None:
        self._stream = stream
        self._where = where
        self._until = time.monotonic() + seconds

    def __iter__(self) -> Iterator[bytes]:
        left = _LARGEST
        for piece in self._stream:
            left -= len(piece)
            if left < 0:
                raise _damaged(self._where, "does not end")
            if time.monotonic() > self._until:
                raise unreachable(self._where)
            yield piece

    def close(self) -> None:
        self._stream.close()


def _damaged(where: str, why: str) -> DownloadDamaged:
    return DownloadDamaged(
        f"What answers there is no hub: its answer {why}.", where=where, advice="Check HF_ENDPOINT, or the proxy."
    )
