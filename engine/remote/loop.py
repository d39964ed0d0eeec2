"""A worker thread with an asyncio loop, for what waits for many servers' answers at once."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_NAMES_LOOKED_UP = 4
"""Names of servers that are looked up at once, each on a worker of its own."""


class Loop:
    """One worker, running from when it is made until `end`. Safe to use from any OS thread."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._names = ThreadPoolExecutor(_NAMES_LOOKED_UP, thread_name_prefix=f"{name}: addresses")
        self._loop.set_default_executor(self._names)
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def call(self, what: Callable[[], None]) -> None:
        """Call something on the loop's thread."""
        self._loop.call_soon_threadsafe(what)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin a task."""

        def begin() -> None:
            task = self._loop.create_task(work)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        self.call(begin)

    def end(self, last: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something as the last thing, then end; returns when the thread has."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a backend cannot be closed by one of its own listeners")
        asyncio.run_coroutine_threadsafe(last(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        finally:
            # Looking up a name cannot be interrupted; the worker that does ends with it.
            self._names.shutdown(wait=False, cancel_futures=True)
            self._loop.close()


def look_at(task: asyncio.Task[Any]) -> None:
    """Take note of how a task ended that several wait for: all of them may have gone."""
    if not task.cancelled():
        task.exception()
