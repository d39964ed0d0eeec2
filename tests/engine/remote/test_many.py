"""Many requests at once: no more in flight than allowed, people before jobs, and each of them ends."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

import pytest

from engine.errors import Cancelled
from engine.model.protocol import Failed, Finished, TextDelta
from engine.remote.endpoint import Capabilities
from tests.engine.remote.asking import ask, quick
from tests.engine.remote.scripted import Asked, ScriptedServer, says

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.model.protocol import RequestEvent
    from engine.remote.backend import RemoteBackend

    Open = Callable[..., RemoteBackend]


def until_open(gate: threading.Event) -> Callable[[Asked], None]:
    """Return the act of an answer that is held back until a gate opens."""

    def act(asked: Asked) -> None:
        asked.head()
        asked.chunk("Hi")
        gate.wait(10)
        asked.chunk(finish="stop")

    return act


def test_sixty_four_at_once_all_end(open_backend: Open) -> None:
    gate = threading.Event()
    ends: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
    begun = threading.Semaphore(0)

    def hear(event: RequestEvent) -> None:
        if isinstance(event, TextDelta):
            begun.release()
        if isinstance(event, Finished | Failed):
            ends.put(event)

    with ScriptedServer([until_open(gate)]) as server:
        backend = open_backend(server.url, concurrency=64, limits=quick(idle=20.0), seconds=30.0)
        for number in range(100):
            backend.submit(ask(id=f"r{number}", priority="job"), hear)
        for _ in range(64):
            assert begun.acquire(timeout=10)
        assert not begun.acquire(blocking=False)
        gate.set()
        told = [ends.get(timeout=20) for _ in range(100)]
        assert server.most_together == 64
    assert all(isinstance(event, Finished) for event in told)
    assert {event.id for event in told} == {f"r{number}" for number in range(100)}  # type: ignore[union-attr]


def test_people_come_before_jobs_and_each_kind_in_order(open_backend: Open) -> None:
    gate = threading.Event()
    ends: queue.SimpleQueue[str] = queue.SimpleQueue()

    def hear(event: RequestEvent) -> None:
        if isinstance(event, Finished | Failed):
            ends.put(event.id)

    with ScriptedServer([until_open(gate)]) as server:
        backend = open_backend(server.url, concurrency=1, limits=quick(idle=20.0), seconds=30.0)
        names = ["job 0", "job 1", "person 0", "job 2", "person 1"]
        for name in names:
            backend.submit(ask(id=name, priority="job" if name.startswith("job") else "interactive"), hear)
        gate.set()
        order = [ends.get(timeout=10) for _ in names]
    assert order == ["job 0", "person 0", "person 1", "job 1", "job 2"]


def test_a_server_that_takes_one_at_a_time_is_asked_so(open_backend: Open) -> None:
    ends: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
    with ScriptedServer([says("Hi")]) as server:
        backend = open_backend(server.url, concurrency=8, capabilities=Capabilities(server="llama-cpp-python"))
        assert backend.wait_until_ready(1).lanes == 1
        for number in range(6):
            backend.submit(ask(id=str(number)), lambda event: ends.put(event) if event.type == "finished" else None)
        for _ in range(6):
            ends.get(timeout=10)
        assert server.most_together == 1


def test_a_request_that_waits_is_stopped_at_once(open_backend: Open) -> None:
    gate = threading.Event()
    ends: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
    with ScriptedServer([until_open(gate)]) as server:
        backend = open_backend(server.url, concurrency=1, limits=quick(idle=20.0), seconds=30.0)
        running = backend.stream(ask(id="running"))
        assert any(isinstance(event, TextDelta) for event in running)
        backend.submit(ask(id="waiting"), ends.put)
        backend.cancel("waiting")
        backend.cancel("nobody")
        stopped = ends.get(timeout=5)
        gate.set()
        assert isinstance(list(running)[-1], Finished)
        assert len(server.chats) == 1
    assert isinstance(stopped, Failed)
    assert isinstance(stopped.error.error(), Cancelled)


def test_closing_ends_everything(open_backend: Open) -> None:
    ends: queue.SimpleQueue[RequestEvent] = queue.SimpleQueue()
    with ScriptedServer([until_open(threading.Event())]) as server:
        backend = open_backend(server.url, concurrency=2, limits=quick(idle=20.0), seconds=30.0)
        for number in range(5):
            backend.submit(ask(id=str(number)), lambda event: ends.put(event) if event.type == "failed" else None)
        backend.close()
        told = [ends.get_nowait() for _ in range(5)]
        assert all(isinstance(event.error.error(), Cancelled) for event in told if isinstance(event, Failed))
        backend.submit(ask(id="late"), ends.put)
        assert isinstance(ends.get_nowait(), Failed)
        server.closing.set()
    assert backend.state.phase == "stopped"
    assert not [thread for thread in threading.enumerate() if thread.name == "endpoint Peer"]


def test_the_same_id_twice_at_once_is_a_mistake(open_backend: Open) -> None:
    gate = threading.Event()
    with ScriptedServer([until_open(gate)]) as server:
        backend = open_backend(server.url, limits=quick(idle=20.0))
        stream = backend.stream(ask())
        next(stream)
        with pytest.raises(ValueError, match="already running"):
            backend.submit(ask(), lambda _: None)
        gate.set()
        assert isinstance(list(stream)[-1], Finished)
