"""The one door to the network: what goes through it was asked for, and can be seen and forbidden."""

from __future__ import annotations

import functools
import logging
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

import httpx2

from engine._version import __version__
from engine.errors import NetworkOff

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping

_USER_AGENT = f"espalier/{__version__}"
_HERE = ("all://localhost", "all://127.0.0.1", "all://[::1]")
_A_DAY = 86_400

# Their lines name the status and headers of an answer, and a server may send a key back in them.
for _name in ("httpcore2", "httpx2"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class Network:
    """Makes HTTP clients while the network is allowed, and knows what it is used for at the moment.

    Proxies and certificates are those of the environment (`HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`); what is on
    this machine is asked without a proxy. Safe to use from several OS threads; `listener` hears, on whatever thread,
    what `uses` has become.
    """

    def __init__(self, *, allowed: bool = True, listener: Callable[[tuple[str, ...]], None] | None = None) -> None:
        self.allowed = allowed
        self.listener = listener
        self._lock = threading.Lock()
        self._uses: list[str] = []

    @property
    def uses(self) -> tuple[str, ...]:
        """What is being fetched or asked, each as one plain phrase."""
        with self._lock:
            return tuple(self._uses)

    def client(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: httpx2.Timeout | float = 30.0,
        limits: httpx2.Limits | None = None,
    ) -> httpx2.Client:
        """Return an HTTP client, to be closed by the caller. Redirects are not followed. Raises `NetworkOff`."""
        self.check()
        return httpx2.Client(
            timeout=timeout, limits=limits or httpx2.Limits(), mounts=dict.fromkeys(_HERE), **_manners(headers)
        )

    def async_client(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: httpx2.Timeout | float = 30.0,
        limits: httpx2.Limits | None = None,
    ) -> httpx2.AsyncClient:
        """Return a client for an asyncio loop, as `client` does for a worker. Raises `NetworkOff`."""
        self.check()
        return httpx2.AsyncClient(
            timeout=timeout, limits=limits or httpx2.Limits(), mounts=dict.fromkeys(_HERE), **_manners(headers)
        )

    def check(self) -> None:
        """Raise `NetworkOff` where the settings forbid the network."""
        if not self.allowed:
            raise NetworkOff(
                "The network is off, so nothing is fetched or sent.",
                advice="Allow it on the page Settings, under Network.",
            )

    @contextmanager
    def using(self, purpose: str) -> Iterator[None]:
        """Let it be known for the length of the block what the network is used for, e.g. "Downloading Qwen3-4B"."""
        self._tell(lambda: self._uses.append(purpose))
        try:
            yield
        finally:
            self._tell(lambda: self._uses.remove(purpose))

    def _tell(self, change: Callable[[], None]) -> None:
        with self._lock:
            change()
            uses = tuple(self._uses)
        if self.listener is not None:
            self.listener(uses)


class _Manners(TypedDict):
    headers: dict[str, str]
    follow_redirects: bool
    verify: ssl.SSLContext


def _manners(headers: Mapping[str, str] | None) -> _Manners:
    """Return what every client keeps to, whichever way it waits."""
    return {
        "headers": {"User-Agent": _USER_AGENT, **(headers or {})},
        "follow_redirects": False,
        "verify": _certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
    }


def when_again(seconds: float | None) -> str:
    """Return when a server asks to be asked again, as the end of a sentence: "in 40 seconds", "in 2 hours", "later".

    None is where it does not say when, and a wait of more than a day is none that anybody waits for.
    """
    if not seconds or seconds > _A_DAY:
        return "later"
    length, unit = (1, "second") if seconds < 100 else (60, "minute") if seconds < 5400 else (3600, "hour")
    count = max(round(seconds / length), 1)
    return f"in {count} {unit}" if count == 1 else f"in {count} {unit}s"


@functools.cache
def _certificates(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """Return which certificates are trusted, read once: it takes longer than a request to a server nearby."""
    return httpx2.create_ssl_context()
