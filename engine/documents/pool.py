"""Documents read in processes of their own: a file that crashes or hangs its reader costs only itself."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pickle
import queue
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from engine.documents.document import Document
from engine.documents.frames import read_frame, write_frame
from engine.errors import DocumentError, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from engine.documents.document import Progress

TIMEOUT = 60.0
"""Seconds that a file may take, or a page of a PDF."""

_Job = tuple[Path, "Future[Document]", "Progress | None"]


class DocumentPool:
    """A few worker processes that read documents.

    Workers start when they are first needed and live until `close`. One that crashes, or is silent for more than
    `timeout` seconds over a file or over one page of a PDF, is replaced; that file's future fails with
    DocumentError. Workers end when their parent does, however it ends. Use it as a context manager, or call `close`.
    """

    def __init__(self, workers: int = 2, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._limit = max(workers, 1)
        self._lanes: list[_Lane] = []
        self._pending = 0
        self._closed = False

    def submit(self, path: Path, progress: Progress | None = None) -> Future[Document]:
        """Queue a file; the future gives its document or raises DocumentError.

        `progress` is called from another OS thread, a few times a second while a PDF is read. A future that has not
        begun can be cancelled. Raises RuntimeError when the pool is closed.
        """
        future: Future[Document] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._pending += 1
            if len(self._lanes) < min(self._limit, self._pending):
                self._lanes.append(_Lane(self._jobs, self._timeout, self._done))
            self._jobs.put((path, future, progress))
        return future

    def close(self) -> None:
        """Stop at once: futures not done are cancelled or raise CancelledError; every worker has ended."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            lanes = tuple(self._lanes)
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is not None:
                job[1].cancel()
        for lane in lanes:
            self._jobs.put(None)
            lane.stop()
        for lane in lanes:
            lane.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _done(self) -> None:
        with self._lock:
            self._pending -= 1


class _Lane:
    """One worker process, and the OS thread that talks to it."""

    def __init__(self, jobs: queue.SimpleQueue[_Job | None], timeout: float, done: Callable[[], None]) -> None:
        self._jobs = jobs
        self._timeout = timeout
        self._done = done
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="document lane", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the worker now; the thread ends when it next asks for a job."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                self._process.kill()

    def join(self) -> None:
        """Wait for the thread to end."""
        self._thread.join()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            path, future, progress = job
            if future.set_running_or_notify_cancel():
                try:
                    document = self._read(path, progress)
                except BaseException as error:  # noqa: BLE001  # whatever it is, it belongs to the future
                    self._done()
                    future.set_exception(error)
                else:
                    self._done()
                    future.set_result(document)
            else:
                self._done()
        self._discard()

    def _read(self, path: Path, progress: Progress | None) -> Document:
        if self._process is not None and self._process.poll() is not None:
            self._discard()  # it died idle, for want of memory perhaps: no file's fault
        process = self._worker()
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            write_frame(process.stdin, os.fsencode(path.absolute()))
        while True:
            kind, value = self._answer(process, path)
            if kind == "progress":
                try:
                    if progress is not None:
                        progress(*value)
                except BaseException:
                    self._discard()  # what it still has to say belongs to no later file
                    raise
            elif kind == "error":
                raise EngineError.from_json(value)
            elif kind == "bug":
                raise RuntimeError(f"reading {path} failed:\n{value}")
            else:
                assert isinstance(value, Document)
                return dataclasses.replace(value, path=path)

    def _answer(self, process: subprocess.Popen[bytes], path: Path) -> tuple[str, Any]:
        """Return the worker's next answer, or end the worker where none comes in time."""
        assert process.stdout is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._timeout, give_up)
        timer.daemon = True
        timer.start()
        try:
            answer = read_frame(process.stdout)
        finally:
            timer.cancel()
        if answer is None:
            self._discard()
            raise self._failure(path, late=late.is_set())
        kind, value = pickle.loads(answer)  # noqa: S301  # our own worker wrote it
        return kind, value

    def _failure(self, path: Path, *, late: bool) -> BaseException:
        if self._stopped:
            return CancelledError()
        if late:
            return DocumentError(
                f"Reading was stopped after {self._timeout:g} seconds without progress.",
                where=str(path),
                advice="The file may be damaged or far too complex: export it again, or split it.",
            )
        return DocumentError(
            "The reader crashed on this file.",
            where=str(path),
            advice="It is probably damaged: export it again.",
        )

    def _worker(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._stopped:
                raise CancelledError
            if self._process is None:
                self._process = _start()
            return self._process

    def _discard(self) -> None:
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


def _start() -> subprocess.Popen[bytes]:
    """Start a worker with this interpreter; unlike multiprocessing's spawn it never imports the main one."""
    root = str(Path(__file__).parents[2])
    inherited = os.environ.get("PYTHONPATH")
    return subprocess.Popen(
        # -P: a folder of documents may be the working directory, and nothing may be imported from there.
        [sys.executable, "-P", "-m", "engine.documents.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={
            **os.environ,
            "PYTHONPATH": root + os.pathsep + inherited if inherited else root,
            "OPENBLAS_NUM_THREADS": "1",  # numpy reserves memory for each thread that it might use
        },
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
