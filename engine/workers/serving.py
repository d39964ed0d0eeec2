"""The worker's side: requests on stdin, pickled answers on stdout, both as frames.

An answer is a pair of "answer", "error" or "bug" and its value. Before it may come pairs of "told" and what the work
tells on the way, as a tuple.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import IO

from engine.errors import EngineError
from engine.workers.frames import read_frame, write_frame

MEMORY_LIMIT = 4 << 30
"""Bytes of address space a worker may take, where the system can limit it."""

Tell = Callable[..., None]
Work = Callable[[bytes, Tell], object]
"""What a worker does with one request; it may tell of its progress."""


def run(work: Work) -> None:
    """Serve on the process's own stdin and stdout until the parent is gone; whatever else prints goes to stderr."""
    # Ctrl+C in a terminal reaches the whole process group: it is the parent that decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit_memory()
    _serve(work, sys.stdin.buffer, answers)


def _serve(work: Work, requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests one by one until the parent closes its end.

    A watcher ends the process as soon as the parent is gone, even in the middle of its work: no orphan is left.
    """
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def watch() -> None:
        while (request := read_frame(requests)) is not None:
            waiting.put(request)
        os._exit(0)

    def tell(*told: object) -> None:
        write_frame(answers, pickle.dumps(("told", told)))

    threading.Thread(target=watch, name="parent watcher", daemon=True).start()
    while True:
        write_frame(answers, _answer(work, waiting.get(), tell))


def _answer(work: Work, request: bytes, tell: Tell) -> bytes:
    try:
        return pickle.dumps(("answer", work(request, tell)), protocol=pickle.HIGHEST_PROTOCOL)
    except EngineError as error:
        return pickle.dumps(("error", error.to_json()))
    except Exception:  # noqa: BLE001  # a bug is raised again in the parent, with this traceback
        return pickle.dumps(("bug", traceback.format_exc()))


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
