"""The model that the program starts with: the last one, or the bundled one where that cannot be."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.loading import LoadFailure

if TYPE_CHECKING:
    from pathlib import Path

    from app.bridge import Bridge
    from app.loading import First
    from engine.errors import EngineError
    from engine.model.client import ClientState
    from engine.store import Store
    from engine.store.models import KeptFile

    Kept = tuple[KeptFile | None, KeptFile | None]


class FirstModel(QObject):
    """Begins with a model, and says so (`failed`) where it has to be the bundled one instead of the last."""

    failed = Signal(object)

    def __init__(self, bridge: Bridge, given: Path | None) -> None:
        """Take the file that the program was started with, if it was with one."""
        super().__init__()
        self.failure: LoadFailure | None = None
        self._bridge = bridge
        self._given = given
        self._first: First | None = None

    @property
    def notice(self) -> str:
        """What is to be said of the last model, in a sentence; empty where there is nothing."""
        return f"{self.failure.error} The bundled model is loaded instead." if self.failure is not None else ""

    def start(self, last: str) -> None:
        """Start the host with the file that was given, or else with the last one, by its path."""
        given = self._given
        last = last if given is None else ""

        def read(store: Store) -> Kept:
            from app.loading import read_kept

            return read_kept(store, str(given.absolute()) if given is not None else last)

        def begin(kept: Kept | None) -> None:
            from app.loading import choose_first

            self._bridge.start_model(partial(choose_first, last, *(kept or (None, None))), begun)

        def begun(first: First | None) -> None:
            if first is not None and first.error is not None:
                self._fail(last, first.error)
            elif last:
                self._first = first

        self._bridge.ask_store(read, begin, lambda _: begin(None))

    def takes(self, state: ClientState) -> bool:
        """Tell whether a state of the model is only that the last one could not be loaded; the bundled one is then."""
        first = self._first
        if first is None or (state.model is None and state.phase != "failed"):
            return False
        self._first = None
        if state.model is not None or state.error is None:
            return False
        self._fail(str(first.path), state.error)
        bundled = first.bundled
        self._bridge.ask_model(lambda client: client.load(None, bundled))
        return True

    def forget(self) -> None:
        """Say nothing of it any more: somebody has chosen a model since."""
        self.failure = None

    def _fail(self, path: str, error: EngineError) -> None:
        self.failure = LoadFailure(path, error)
        self.failed.emit(self.failure)
