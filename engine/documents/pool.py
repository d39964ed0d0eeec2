"""Documents read in processes of their own: a file that crashes or hangs its reader costs only itself."""

from __future__ import annotations

import dataclasses
import pickle
import queue
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Self

from engine.documents.document import Document
from engine.errors import DocumentError
from engine.workers.process import Worker, WorkerCrashed, WorkerLate

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
    `cache` is a folder where what was read is kept by the hash of the file.
    """

    def __init__(self, workers: int = 2, timeout: float = TIMEOUT, cache: Path | None = None) -> None:
        self._timeout = timeout
        self._cache = cache.absolute() if cache else None
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
                self._lanes.append(_Lane(self._jobs, self._timeout, self._cache, self._done))
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

    def __init__(
        self, jobs: queue.SimpleQueue[_Job | None], timeout: float, cache: Path | None, done: Callable[[], None]
    ) -> None:
        self._jobs = jobs
        self._timeout = timeout
        self._cache = cache
        self._done = done
        self._worker = Worker("engine.documents.worker")
        self._thread = threading.Thread(target=self._run, name="document lane", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the worker now; the thread ends when it next asks for a job."""
        self._worker.stop()

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
        self._worker.discard()

    def _read(self, path: Path, progress: Progress | None) -> Document:
        try:
            request = pickle.dumps((path.absolute(), self._cache))
            document = self._worker.ask(request, self._timeout, progress)
        except WorkerLate:
            raise DocumentError(
                f"Reading was stopped after {self._timeout:g} seconds without progress.",
                where=str(path),
                advice="The file may be damaged or far too complex: export it again, or split it.",
            ) from None
        except WorkerCrashed:
            raise DocumentError(
                "The reader crashed on this file.",
                where=str(path),
                advice="It is probably damaged: export it again.",
            ) from None
        assert isinstance(document, Document)
        return dataclasses.replace(document, path=path)
