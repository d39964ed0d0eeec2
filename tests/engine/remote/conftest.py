"""Backends of scripted servers, closed at the end of each test, with no thread left behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from engine.network import Network
from engine.remote.backend import RemoteBackend
from engine.remote.endpoint import Endpoint
from tests.engine.remote.asking import KNOWN, QUICK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.remote.transport import Limits


@pytest.fixture
def open_backend() -> Iterator[Callable[..., RemoteBackend]]:
    """Return a way to make a backend of an address; all of them are closed afterwards."""
    opened: list[RemoteBackend] = []

    def make(url: str, *, key: str | None = None, limits: Limits = QUICK, **given: Any) -> RemoteBackend:
        network = given.pop("network", None) or Network()
        settings = {"id": "e", "name": "Peer", "model": "m", "seconds": 5.0, "capabilities": KNOWN} | given
        backend = RemoteBackend(Endpoint(url=url, **settings), network, lambda: key, limits=limits)
        opened.append(backend)
        return backend

    yield make
    for backend in opened:
        backend.close()
    for thread in threading.enumerate():
        if thread.name.startswith(("endpoint", "planner")):
            thread.join(5)
            assert not thread.is_alive(), f"{thread.name} is left"
