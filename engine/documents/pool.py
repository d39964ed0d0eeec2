"""Documents read in processes of their own: a file that crashes or hangs its reader costs only itself."""

from __future__ import annotations

import dataclasses
import itertools
import pickle
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from engine.documents.pictures import PagePicture, PageSize
from engine.errors import DocumentError
from engine.workers.process import Worker, WorkerCrashed, WorkerLate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from engine.documents.document import Document, Progress

TIMEOUT = 60.0
"""Seconds that a file may take, or a page of a PDF."""
PICTURE_TIMEOUT = 20.0
"""Seconds that the picture of a page may take: somebody waits for it."""


@dataclass(frozen=True)
class _Job:
    """What is asked of a worker: `make` turns its answer into what the future gives."""

    what: str
    path: Path
    arguments: tuple[object, ...]
    future: Future[Any]
    make: Callable[[Any], object]
    timeout: float
    progress: Progress | None = None


_Queue = queue.PriorityQueue[tuple[int, int, _Job | None]]
"""Pictures first, then files, then the end; in the order in which they came."""
_PICTURE, _FILE, _END = 0, 1, 2


class DocumentPool:
    """A few worker processes that read documents and draw their pages.

    Workers start when they are first needed and live until `close`. One that crashes, or is silent for more than
    `timeout` seconds over a file or over one page of a PDF, is replaced; that file's future fails with
    DocumentError. Workers end when their parent does, however it ends. Use it as a context manager, or call `close`.
    `cache` is a folder where what was read is kept by the hash of the file.
    """

    def __init__(self, workers: int = 2, timeout: float = TIMEOUT, cache: Path | None = None) -> None:
        self._timeout = timeout
        self._cache = cache.absolute() if cache else None
        self._jobs: _Queue = queue.PriorityQueue()
        self._order = itertools.count()
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

        def make(document: Document) -> Document:
            return dataclasses.replace(document, path=path)

        future: Future[Document] = Future()
        self._put(_FILE, _Job("read", path, (self._cache,), future, make, self._timeout, progress))
        return future

    def picture(self, path: Path, page: int, width: int) -> Future[PagePicture]:
        """Draw a page (from 1) of a PDF or an image, `width` pixels wide, before any file that waits to be read.

        The future raises DocumentError for what has no pictures or cannot be drawn. A picture has at most
        `engine.documents.pictures.MOST_PIXELS`. Raises RuntimeError when the pool is closed.
        """
        future: Future[PagePicture] = Future()
        timeout = min(self._timeout, PICTURE_TIMEOUT)
        self._put(_PICTURE, _Job("picture", path, (page, width), future, lambda made: PagePicture(*made), timeout))
        return future

    def page_sizes(self, path: Path) -> Future[tuple[PageSize, ...]]:
        """Measure the pages of a PDF or an image, also of one without text; as `picture` does."""
        future: Future[tuple[PageSize, ...]] = Future()
        self._put(_PICTURE, _Job("sizes", path, (), future, _sizes, min(self._timeout, PICTURE_TIMEOUT)))
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
                _, _, job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is not None:
                job.future.cancel()
        for lane in lanes:
            self._jobs.put((_END, next(self._order), None))
            lane.stop()
        for lane in lanes:
            lane.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _put(self, rank: int, job: _Job) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._pending += 1
            if len(self._lanes) < min(self._limit, self._pending):
                self._lanes.append(_Lane(self._jobs, self._done))
            self._jobs.put((rank, next(self._order), job))

    def _done(self) -> None:
        with self._lock:
            self._pending -= 1


def _sizes(measured: list[tuple[float, float]]) -> tuple[PageSize, ...]:
    return tuple(PageSize(*size) for size in measured)


class _Lane:
    """One worker process, and the OS thread that talks to it."""

    def __init__(self, jobs: _Queue, done: Callable[[], None]) -> None:
        self._jobs = jobs
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
        while (job := self._jobs.get()[2]) is not None:
            if job.future.set_running_or_notify_cancel():
                try:
                    result = self._ask(job)
                except BaseException as error:  # noqa: BLE001  # whatever it is, it belongs to the future
                    self._done()
                    job.future.set_exception(error)
                else:
                    self._done()
                    job.future.set_result(result)
            else:
                self._done()
        self._worker.discard()

    def _ask(self, job: _Job) -> object:
        try:
            request = pickle.dumps((job.what, job.path.absolute(), job.arguments))
            return job.make(self._worker.ask(request, job.timeout, job.progress))
        except WorkerLate:
            reading = "Reading" if job.what == "read" else "Drawing the page"
            raise DocumentError(
                f"{reading} was stopped after {job.timeout:g} seconds without progress.",
                where=str(job.path),
                advice="The file may be damaged or far too complex: export it again, or split it.",
            ) from None
        except WorkerCrashed:
            raise DocumentError(
                "The reader crashed on this file.",
                where=str(job.path),
                advice="It is probably damaged: export it again.",
            ) from None
