"""The process that reads documents for a `DocumentPool`: paths on stdin, pickled documents on stdout.

Both directions are frames. A request is a path, encoded by `os.fsencode`; an answer is a pickled pair of "document",
"error" or "bug" and its value. Before it may come pairs of "progress" and (pages read, pages).
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from engine.documents.frames import read_frame, write_frame
from engine.documents.reading import read_document
from engine.errors import DocumentError

if TYPE_CHECKING:
    from typing import IO

MEMORY_LIMIT = 4 << 30
"""Bytes of address space a worker may take, where the system can limit it."""

_BEAT = 0.1
"""Seconds between two words on progress."""


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests one by one until the parent closes its end.

    A watcher ends the process as soon as the parent is gone, even in the middle of a file: no orphan is left.
    """
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def watch() -> None:
        while (request := read_frame(requests)) is not None:
            waiting.put(request)
        os._exit(0)

    threading.Thread(target=watch, name="parent watcher", daemon=True).start()
    while True:
        path = Path(os.fsdecode(waiting.get()))
        write_frame(answers, _answer(path, answers))


def _answer(path: Path, answers: IO[bytes]) -> bytes:
    told = time.monotonic()

    def tell(done: int, pages: int) -> None:
        nonlocal told
        if (now := time.monotonic()) - told > _BEAT:
            told = now
            write_frame(answers, pickle.dumps(("progress", (done, pages))))

    try:
        return pickle.dumps(("document", read_document(path, tell)), protocol=pickle.HIGHEST_PROTOCOL)
    except DocumentError as error:
        return pickle.dumps(("error", error.to_json()))
    except MemoryError:
        failure = DocumentError(
            "The document needs more memory than a reader may take.", where=str(path), advice="Split it."
        )
        return pickle.dumps(("error", failure.to_json()))
    except Exception:  # noqa: BLE001  # a bug is raised again in the parent, with this traceback
        return pickle.dumps(("bug", traceback.format_exc()))


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY_LIMIT if hard == resource.RLIM_INFINITY else min(MEMORY_LIMIT, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def main() -> None:
    """Serve on the process's own stdin and stdout; whatever else prints goes to stderr."""
    # Ctrl+C in a terminal reaches the whole process group: it is the pool that decides what ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit_memory()
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
