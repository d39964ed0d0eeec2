"""One worker process, seen from its parent: asked for one thing at a time, and ended where no answer comes in time."""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import EngineError
from engine.workers.frames import read_frame, write_frame

if TYPE_CHECKING:
    from collections.abc import Callable


class WorkerLate(Exception):
    """The worker said nothing for as long as it may; it has been ended."""


class WorkerCrashed(Exception):
    """The worker ended before it answered."""


class Worker:
    """A process that runs a module of `engine.workers.serving`.

    It starts when it is first needed, a new one after each that ended, and ends with its parent, however that ends.
    `ask` belongs to one OS thread; `stop` may come from any.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def ask(self, request: bytes, timeout: float, hear: Callable[..., None] | None = None) -> Any:
        """Return the worker's answer to a request. `hear` is called with what it tells on the way.

        `timeout` is in seconds, from one word of the worker to the next. Raises the `EngineError` that it answers
        with, `WorkerLate`, `WorkerCrashed`, CancelledError where it was stopped, RuntimeError where it has a bug.
        """
        if self._process is not None and self._process.poll() is not None:
            self.discard()  # it died idle, for want of memory perhaps: no fault of this request
        process = self._start()
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            write_frame(process.stdin, request)
        while True:
            kind, value = self._answer(process, timeout)
            if kind == "told":
                try:
                    if hear is not None:
                        hear(*value)
                except BaseException:
                    self.discard()  # what it still has to say belongs to no later request
                    raise
            elif kind == "error":
                raise EngineError.from_json(value)
            elif kind == "bug":
                raise RuntimeError(f"{self._module} failed:\n{value}")
            else:
                return value

    def stop(self) -> None:
        """End the process now, and start no other."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def discard(self) -> None:
        """End the process and wait until it has ended."""
        with self._lock:
            process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()

    def _answer(self, process: subprocess.Popen[bytes], timeout: float) -> tuple[str, Any]:
        """Return the worker's next word, or end the worker where none comes in time."""
        assert process.stdout is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(timeout, give_up)
        timer.daemon = True
        timer.start()
        try:
            answer = read_frame(process.stdout)
        finally:
            timer.cancel()
        if answer is None:
            self.discard()
            if self._stopped:
                raise CancelledError
            raise WorkerLate if late.is_set() else WorkerCrashed
        kind, value = pickle.loads(answer)  # noqa: S301  # our own worker wrote it
        return kind, value

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise CancelledError
            if self._process is None:
                self._process = _run(self._module)
            return self._process


def _run(module: str) -> subprocess.Popen[bytes]:
    """Start a module with this interpreter; unlike multiprocessing's spawn it never imports the main one."""
    root = str(Path(__file__).parents[2])
    inherited = os.environ.get("PYTHONPATH")
    return subprocess.Popen(
        # -P: a folder of documents may be the working directory, and nothing may be imported from there.
        [sys.executable, "-P", "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": root + os.pathsep + inherited if inherited else root,
            "OPENBLAS_NUM_THREADS": "1",  # numpy reserves memory for each thread that it might use
        },
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
