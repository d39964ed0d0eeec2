"""What the profile holds: measured, backed up, restored, and deleted."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.errors import Cancelled
from engine.store.archive import Contents
from engine.store.erasing import Holding, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from pathlib import Path

    from app.bridge import Bridge
    from engine.errors import EngineError

__all__ = ["Contents", "Holding", "Part", "ProfileData"]

_STEP = 0.01


class ProfileData(QObject):
    """The data of the profile as a whole.

    `measured` tells what there is of it, `working` what is being done and how far it is (None: nothing any more),
    `told` in words what was done, `failed` an error. `leaving_asked` brings what has to be done once the session is
    closed and nothing of the profile is open, by whoever starts the program anew then.
    """

    measured = Signal(list, object)
    working = Signal(object)
    told = Signal(str)
    failed = Signal(object)
    leaving_asked = Signal(object)
    _moved = Signal(float)

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._stop = threading.Event()
        self._doing = ""
        self._share = 0.0
        self._moved.connect(self._show_share)

    @property
    def busy(self) -> bool:
        """Whether a backup is being written or unpacked."""
        return bool(self._doing)

    def measure(self) -> None:
        """Look what there is, and how much of it."""
        profile = self._bridge.profile

        def look() -> tuple[list[Holding], int]:
            from engine.store.erasing import database_size, holdings

            return holdings(profile), database_size(profile)

        self._bridge.prepare(look, lambda found: self.measured.emit(*found))

    # Backup

    def back_up(self, target: Path) -> None:
        """Write everything into one file, while it is used."""
        profile, stopped = self._bridge.profile, self._begin("Writing the backup")

        def write() -> Contents:
            from engine.store.archive import back_up_profile

            return back_up_profile(profile, target, self._report, stopped)

        self._bridge.prepare(write, lambda _: self._end(f"Everything is written to {target.name}"), self._fail)

    def look_into(self, path: Path, done: Callable[[Contents], None], failed: Callable[[EngineError], None]) -> None:
        """Say what a backup holds."""

        def look() -> Contents:
            from engine.store.archive import look_into

            return look_into(path)

        self._bridge.prepare(look, done, failed)

    def restore(self, path: Path) -> None:
        """Unpack and check a backup; what is left to do is asked for by `leaving_asked`."""
        profile, stopped = self._bridge.profile, self._begin("Checking the backup")

        def prepare() -> None:
            from engine.store.archive import prepare_restore

            prepare_restore(profile, path, self._report, stopped)

        def ready(_: None) -> None:
            from engine.store.archive import finish_restore

            self._end("")
            self.leaving_asked.emit(partial(finish_restore, profile))

        self._bridge.prepare(prepare, ready, self._fail)

    def stop(self) -> None:
        """Stop what is being written or unpacked; nothing is left of it."""
        self._stop.set()

    # Deleting

    def clear_caches(self) -> None:
        """Delete what can be made again."""
        self._clear("cache", "The caches are empty")

    def clear_logs(self) -> None:
        """Delete what was logged."""
        self._clear("logs", "The logs are empty")

    def erase_all(self, chosen: Collection[str]) -> None:
        """Delete parts of the profile for good, and with "keys" all keys from the keyring."""
        from engine.secrets import HUB, endpoint
        from engine.store.erasing import PARTS

        keys = [HUB, *map(endpoint, self._bridge.endpoints)] if "keys" in chosen else []
        self._erase({part for part in PARTS if part in chosen}, keys)

    def _erase(self, parts: Collection[Part], secrets: Sequence[str]) -> None:
        profile, bridge = self._bridge.profile, self._bridge

        def forget() -> None:
            held = bridge.secrets()
            for name in secrets:
                held.forget(name)

        def leave(_: None = None) -> None:
            from engine.store.erasing import erase

            self.leaving_asked.emit(partial(erase, profile, frozenset(parts)))

        if secrets:
            bridge.prepare(forget, leave, self._fail)
        else:
            leave()

    def _clear(self, name: str, words: str) -> None:
        folder = self._bridge.profile / name

        def clear() -> None:
            from engine.store.erasing import empty_folder

            empty_folder(folder)

        def cleared(_: None) -> None:
            self.told.emit(words)
            self.measure()

        self._bridge.prepare(clear, cleared, self._fail)

    # Progress

    def _begin(self, words: str) -> Callable[[], bool]:
        self._stop.clear()
        self._doing, self._share = words, 0.0
        self.working.emit((words, 0.0))
        return self._stop.is_set

    def _report(self, share: float) -> None:
        """Hear on the worker how far it is; the Qt thread is told of each hundredth."""
        if share - self._share >= _STEP:
            self._share = share
            self._moved.emit(share)

    def _show_share(self, share: float) -> None:
        if self._doing:
            self.working.emit((self._doing, share))

    def _end(self, words: str) -> None:
        self._doing = ""
        self.working.emit(None)
        if words:
            self.told.emit(words)

    def _fail(self, error: EngineError) -> None:
        self._end("")
        if isinstance(error, Cancelled):
            self.told.emit(error.message)
        else:
            self.failed.emit(error)
