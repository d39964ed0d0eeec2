"""One answer of a server, read on a thread of its own.

`huggingface_hub.file_download.http_get` is not used for the bytes themselves: it waits for whatever `Retry-After` says
and for every silence without being interruptible, hands 10 MB at a time to its caller, refuses files above 50 GB, and
takes any redirect. A read that waits for a server cannot be interrupted from outside at all, except by shutting its
socket down, which is what `close` does.
"""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import httpx2

from engine.errors import DownloadError, DownloadRefused, InvalidRequest
from engine.hub.addresses import check_reachable, is_private, origin, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.network import Network

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 8
_BUFFERED = 16
_LINKED_TAG, _LINKED_SIZE = "X-Linked-Etag", "X-Linked-Size"
_CONNECT_S, _SILENCE_S = 15.0, 30.0


@dataclass(frozen=True)
class Head:
    """What precedes an answer's bytes.

    `with_token` tells whether the server that answered was given the token. `tag` and `linked_size` are what the hub
    itself says of the file before it redirects to where the bytes are; without a hub, `tag` is the server's own.
    """

    status: int
    headers: Mapping[str, str]
    with_token: bool
    tag: str | None
    linked_size: int | None


class Stream(threading.Thread):
    """A file from a byte on: first `Head`, then bytes, then None; or an exception at any point."""

    def __init__(self, network: Network, url: str, offset: int, token: str | None, endpoint: str) -> None:
        super().__init__(name="download", daemon=True)
        self._client = network.client(timeout=httpx2.Timeout(_SILENCE_S, connect=_CONNECT_S))
        self._url = url
        self._token = token
        self._endpoint = endpoint
        self._headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={offset}-"} if offset else {})
        self._items: queue.Queue[Head | bytes | Exception | None] = queue.Queue(_BUFFERED)
        self._closed = threading.Event()
        self._socket: socket.socket | None = None

    def next(self, timeout: float) -> Head | bytes | Exception | None:
        """Return what comes next; raises `queue.Empty` where nothing does in time."""
        return self._items.get(timeout=timeout)

    def close(self) -> None:
        """Stop reading; the thread ends at once, or once a connection that is just being made is there or is not."""
        self._closed.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it is closed already
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def run(self) -> None:
        """Follow redirects and read the answer; `start` this, do not call it."""
        try:
            with self._client:
                self._read()
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to whoever waits for the bytes
            self._give(error)

    def _read(self) -> None:
        url, before = self._url, None
        tag = linked_size = None
        for _ in range(_MOST_REDIRECTS):
            self._check(url, before)
            # Only the hub's own server gets the token, and only where nobody can read it on the way.
            with_token = self._token is not None and origin(url) == origin(self._endpoint) and is_private(url)
            headers = self._headers | ({"Authorization": f"Bearer {self._token}"} if with_token else {})
            with self._client.stream("GET", url, headers=headers, extensions={"trace": self._watch}) as response:
                said = response.headers
                tag = tag or said.get(_LINKED_TAG)
                linked_size = linked_size if linked_size is not None else _number(said.get(_LINKED_SIZE))
                if response.status_code not in _REDIRECTS or "Location" not in said:
                    tag = tag or said.get("ETag") or said.get("Last-Modified")
                    self._give(Head(response.status_code, said, with_token, tag, linked_size))
                    if response.status_code in {200, 206}:
                        for chunk in response.iter_raw():
                            self._give(chunk)
                            if self._closed.is_set():
                                return
                    self._give(None)
                    return
                before, url = url, urljoin(url, said["Location"])
        raise DownloadError("The server redirects in a circle.", where=shown(self._url))

    def _check(self, url: str, before: str | None) -> None:
        try:
            check_reachable(url, before, self._endpoint)
        except InvalidRequest:
            raise DownloadRefused(
                "The server redirects to an address that cannot be followed.", where=shown(url)
            ) from None

    def _give(self, item: Head | bytes | Exception | None) -> None:
        while not self._closed.is_set():
            try:
                self._items.put(item, timeout=0.1)
            except queue.Full:
                continue
            return

    def _watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the newest socket, so that `close` can wake whoever waits for it."""
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._closed.is_set():
                self.close()


def _number(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdigit() else None
