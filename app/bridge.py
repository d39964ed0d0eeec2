"""Where workers and processes meet Qt: nowhere else does one touch the other, but on lanes (`app.lanes`).

The model client calls from a thread of its own; its events are gathered and handed over in batches.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from app.backends import Backends, Doors
from app.imports import take_back_import
from app.lanes import Batches, Lane
from app.loading import First
from app.model_choice import LOCAL, known_part

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from pathlib import Path

    from engine.constraint.examine import Examination
    from engine.constraint.examiner import Examiner
    from engine.documents import Document, DocumentPool
    from engine.errors import EngineError
    from engine.model.backend import Backend
    from engine.model.client import ClientState, ModelClient
    from engine.model.protocol import GenerateRequest
    from engine.network import Network
    from engine.schema.problems import Settings
    from engine.secrets import Secrets
    from engine.store import Store

_LEAVING_S = 0.5
log = logging.getLogger(__name__)
T = TypeVar("T")


class Bridge(QObject):
    """The session's workers: lanes for the store, the model, documents, and one for checks and measurements.

    The client is made on the model's lane too, because importing it costs more than the window may take.
    """

    model_changed = Signal(object)
    events_arrived = Signal(list)
    network_changed = Signal(tuple)
    failed = Signal(object)

    def __init__(self, profile: Path, model_path: Path | None) -> None:
        super().__init__()
        take_back_import()
        self.profile = profile
        self.endpoints: Mapping[str, Mapping[str, Any]] = {}
        self._model_path = model_path
        self._store: Store | None = None
        self._doors = Doors(self._put_uses)
        self._backends = Backends(profile / "cache", self._put_state, self._doors)
        self._store_lane = Lane("store", self)
        self._model_lane = Lane("model", self)
        self._check_lane = Lane("checks", self)
        self._document_lane = Lane("documents", self)
        self._picture_lane = Lane("pictures", self)
        self._long_lane = Lane("long", self)
        self._network_lane = Lane("network", self)
        self._key_lane = Lane("keys", self)
        self._documents: DocumentPool | None = None
        self._job_documents: DocumentPool | None = None
        self._documents_lock = threading.Lock()
        self._examiner: Examiner | None = None
        self._lanes = (
            self._store_lane,
            self._model_lane,
            self._check_lane,
            self._document_lane,
            self._picture_lane,
            self._long_lane,
            self._network_lane,
            self._key_lane,
        )
        for lane in self._lanes:
            lane.failed.connect(self.failed)
        self._events = Batches(self)
        self._events.arrived.connect(self.events_arrived)
        self._examinations = Batches(self)
        self._examinations.arrived.connect(_hand_out)
        self._states = Batches(self)
        self._states.arrived.connect(self._newest_state)
        self._uses = Batches(self)
        self._uses.arrived.connect(self._newest_uses)
        self._store_lane.submit(self._open_store)

    # The store

    def ask_store(
        self,
        ask: Callable[[Store], T],
        done: Callable[[T | None], None] | None = None,
        failed: Callable[[EngineError], None] | None = None,
    ) -> None:
        """Do something with the store, in order; `done` is given None where it could not be opened."""
        self._store_lane.submit(lambda: ask(self._store) if self._store is not None else None, done, failed)

    def ask_store_apart(
        self,
        ask: Callable[[Store], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[EngineError], None] | None = None,
    ) -> None:
        """Do something long with a store of its own, on a lane of its own: nobody waits for it."""

        def job() -> T:
            from engine.store import Store

            with Store(self.profile) as store:
                return ask(store)

        self._long_lane.submit(job, done, failed)

    def prepare(
        self,
        job: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[EngineError], None] | None = None,
    ) -> None:
        """Do something long that nobody waits for, such as an import."""
        self._long_lane.submit(job, done, failed)

    def wait_for_store(
        self, ask: Callable[[Store], T], late: Callable[[T], None] | None = None, seconds: float = 3.0
    ) -> T | None:
        """Ask the store and wait: only for what has to be known before the window can be drawn.

        Where it takes longer, None is returned, and `late`, if there is one, is given the answer when it comes.
        """
        answered = threading.Event()
        box: list[T] = []
        waiting = [True]

        def job() -> T | None:
            try:
                result = ask(self._store) if self._store is not None else None
            finally:
                answered.set()
            if result is not None:
                box.append(result)
            return result

        def back(result: T | None) -> None:
            if result is not None and not waiting[0] and late is not None:
                late(result)

        self._store_lane.submit(job, back)
        answered.wait(seconds)
        found = box[0] if box else None
        waiting[0] = found is not None
        return found

    def _open_store(self) -> None:
        from engine.store import Store

        self._store = Store(self.profile)

    # The model

    def start_model(
        self, choose: Callable[[Path | None], First] | None = None, done: Callable[[First | None], None] | None = None
    ) -> None:
        """Import the client and start its host, behind the window.

        `choose` is asked on the lane which model it is to be, given the one that the program was started with, which
        it is by default; `done` is told.
        """

        def job() -> First | None:
            first = choose(self._model_path) if choose is not None else None
            self._backends.start(first or First(self._model_path))
            return first

        self._model_lane.submit(job, done)

    def ask_model(self, ask: Callable[[ModelClient], T], done: Callable[[T], None] | None = None) -> None:
        """Do something with the client, in order; it has to be started."""

        def job() -> T | None:
            client = self._backends.client
            return ask(client) if client is not None else None

        def back(result: T | None) -> None:
            if done is not None and result is not None:
                done(result)

        self._model_lane.submit(job, back)

    def known_choice(self, model: str) -> str:
        """Return a choice of model without those that are not in the list; the one here where none is left."""
        return known_part(model, self.endpoints)

    def lend(
        self, done: Callable[[Backend, DocumentPool], None], failed: Callable[[EngineError], None], model: str = LOCAL
    ) -> None:
        """Give what answers and a pool of documents to a job that has a worker of its own; both end with the bridge.

        The pool is another than that of `read_document`, so that nobody who looks at a document waits for a job.
        """
        endpoints = self.endpoints

        def job() -> tuple[Backend, DocumentPool]:
            from engine.documents import DocumentPool

            backend = self._backends.of(model, endpoints)
            if self._job_documents is None:
                self._job_documents = DocumentPool(cache=self._document_cache)
            return backend, self._job_documents

        self._model_lane.submit(job, lambda lent: done(*lent), failed)

    def lend_model(
        self,
        done: Callable[[Backend, int | None], None],
        failed: Callable[[EngineError], None],
        model: str = LOCAL,
    ) -> None:
        """Give what answers to somebody with a worker, and its process on this machine; it ends with the bridge."""
        endpoints = self.endpoints

        def job() -> tuple[Backend, int | None]:
            return self._backends.of(model, endpoints), self.host_pid if model == LOCAL else None

        self._model_lane.submit(job, lambda lent: done(*lent), failed)

    def submit(
        self, build: Callable[[], GenerateRequest], failed: Callable[[EngineError], None], model: str = LOCAL
    ) -> None:
        """Build a request on the lane and send it to the model that is chosen; its events arrive in batches."""
        endpoints = self.endpoints
        self._model_lane.submit(
            lambda: self._backends.submit(self._backends.of(model, endpoints), build(), self._events.put),
            failed=failed,
        )

    def render(
        self, build: Callable[[], GenerateRequest], failed: Callable[[EngineError], None], model: str = LOCAL
    ) -> None:
        """Ask for the exact prompt of a request; the answer is an event like the others. Nothing leaves the machine."""
        endpoints = self.endpoints
        self._model_lane.submit(
            lambda: self._backends.previewing(model, endpoints).render(build(), self._events.put), failed=failed
        )

    def cancel(self, request_id: str) -> None:
        """Stop a request, whoever answers it."""
        self._model_lane.submit(lambda: self._backends.cancel(request_id))

    def _put_state(self, state: ClientState) -> None:
        self._states.put(state)

    def _newest_state(self, states: list[ClientState]) -> None:
        self.model_changed.emit(states[-1])

    @property
    def host_pid(self) -> int | None:
        """The process id of the host, where one runs."""
        client = self._backends.client
        return client.pid if client is not None else None

    # The network, and keys

    @property
    def network_allowed(self) -> bool:
        """Whether anything may be fetched or sent."""
        return self._doors.allowed

    def allow_network(self, allowed: bool) -> None:
        """Let things be fetched and sent from now on, or not; what is under way ends by itself."""
        self._doors.allow(allowed)

    def network(self) -> Network:
        """Return the door to the network; for a worker, since it is imported when it is first asked for."""
        return self._doors.network()

    def ask_network(
        self, ask: Callable[[], T], done: Callable[[T], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Ask somebody elsewhere, in order; the lane waits for the answer, the window does not."""
        self._network_lane.submit(ask, done, failed)

    def ask_keys(
        self, ask: Callable[[Secrets], T], done: Callable[[T], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Ask where keys are kept, in order: the system may let a person unlock it first."""
        self._key_lane.submit(lambda: ask(self.secrets()), done, failed)

    def secrets(self) -> Secrets:
        """Return where keys are kept; for a worker, since the system may ask a person first."""
        return self._doors.secrets()

    def _put_uses(self, uses: tuple[str, ...]) -> None:
        self._uses.put(uses)

    def _newest_uses(self, uses: list[tuple[str, ...]]) -> None:
        self.network_changed.emit(uses[-1])

    # Checks and measurements

    def check(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[EngineError], None] | None = None,
    ) -> None:
        """Do a check or measurement that is too slow for the Qt thread."""
        self._check_lane.submit(job, done, failed)

    def examine(self, text: str, settings: Settings, done: Callable[[str, Examination], None]) -> None:
        """Examine a schema's text in a process of its own; of several texts that wait only the newest is.

        `done` is given the text and what is known of it: at first without how it will be held to, then with that.
        """

        def tell(examination: Examination) -> None:
            self._examinations.put((done, text, examination))

        def finish(future: Future[Examination]) -> None:
            if not future.cancelled():
                tell(future.result())

        def job() -> None:
            from engine.constraint.examiner import Examiner

            if self._examiner is None:
                self._examiner = Examiner()
            self._examiner.begin(text, settings, tell).add_done_callback(finish)

        self._check_lane.submit(job)

    def memory(self, done: Callable[[tuple[int, int]], None]) -> None:
        """Measure the resident bytes of this process and its host, and the machine's memory."""
        pid = self.host_pid
        self._check_lane.submit(lambda: _memory(pid), done)

    def read_document(
        self, path: Path, done: Callable[[Document], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Read a file in a process of its own; the lane waits for it, the window does not."""
        self.ask_documents(lambda pool: pool.submit(path).result(), done, failed)

    def ask_documents(
        self, ask: Callable[[DocumentPool], T], done: Callable[[T], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Ask something of the processes that read documents, in order; the lane waits for it, the window does not."""
        self._document_lane.submit(lambda: ask(self._pool()), done, failed)

    def ask_pictures(
        self, ask: Callable[[DocumentPool], T], done: Callable[[T], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Ask for pictures of pages, in order, beside documents that are read."""
        self._picture_lane.submit(lambda: ask(self._pool()), done, failed)

    def _pool(self) -> DocumentPool:
        from engine.documents import DocumentPool

        with self._documents_lock:
            if self._documents is None:
                self._documents = DocumentPool(workers=1, cache=self._document_cache)
            return self._documents

    @property
    def _document_cache(self) -> Path:
        return self.profile / "cache" / "documents"

    # The end

    def close(self) -> None:
        """End the host, write what is still to be written, end the workers. Nothing is left running."""
        self._model_lane.submit(self._backends.close)
        self._store_lane.submit(self._close_store)
        examiner = self._examiner
        if examiner is not None:
            examiner.close()
        for documents in (self._documents, self._job_documents):
            if documents is not None:
                documents.close()
        for lane in self._lanes:
            # Nothing is lost with a question to somebody elsewhere, who may keep one waiting.
            lane.close(_LEAVING_S if lane in {self._network_lane, self._key_lane} else 5.0)

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


def _hand_out(batch: list[tuple[Callable[[str, Examination], None], str, Examination]]) -> None:
    for done, text, examination in batch:
        done(text, examination)


def _memory(host: int | None) -> tuple[int, int]:
    import psutil

    used = psutil.Process().memory_info().rss
    if host is not None:
        try:
            used += psutil.Process(host).memory_info().rss
        except psutil.NoSuchProcess:
            log.info("the host ended while its memory was being measured")
    return used, psutil.virtual_memory().total
