"""Threads into files and out of them, and copies of the database: work that takes its time on a lane of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app import figures

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.bridge import Bridge
    from app.session.library import Library
    from engine.store import Store
    from engine.store.transfer import Format, Imported

_BACKUP_AGE_S = 24 * 3600


class Transfer(QObject):
    """Exports and imports. `told` says in words how it went; what was imported can be undone in the library."""

    told = Signal(str)
    faults_found = Signal(object)

    def __init__(self, bridge: Bridge, library: Library) -> None:
        super().__init__()
        self._bridge = bridge
        self._library = library

    def export(self, threads: Sequence[int], target: Path, form: Format) -> None:
        """Write threads to a file; one that is there is replaced when the new one is whole."""
        wanted = list(threads)

        def write(store: Store) -> None:
            from engine.store.transfer import export_threads

            export_threads(store.trees, wanted, target, form)

        words = f"{_count(len(wanted))} exported to {target.name}"
        self._bridge.ask_store_apart(write, lambda _: self.told.emit(words))

    def import_files(self, paths: Sequence[Path]) -> None:
        """Save the conversations of files, one file after another; bad ones do not hold up the others."""
        for path in paths:
            self._bridge.ask_store_apart(partial(_import, path), partial(self._imported, path))

    def _imported(self, path: Path, told: Imported | None) -> None:
        if told is None:
            return
        words = f"{_count(len(told.threads))} imported from {path.name}"
        if told.known:
            words += f", {figures.number(told.known)} known already"
        if told.failed:
            words += f", {figures.number(told.failed)} unreadable"
            self.faults_found.emit((path, told))

        def listed() -> None:
            if told.threads:
                self._library.remember_made(words, told.threads)
            self.told.emit(words)

        self._library.refresh(listed)  # before the threads are listed, nobody could take them away again

    def back_up_if_due(self) -> None:
        """Copy the database where the newest copy is older than a day."""

        def copy(store: Store) -> None:
            from datetime import UTC, datetime

            from engine.store.backup import back_up, newest_backup

            newest = newest_backup(store.profile)
            age = (datetime.now(UTC) - newest.made).total_seconds() if newest else None
            if age is None or age > _BACKUP_AGE_S:
                back_up(store.profile)

        self._bridge.ask_store_apart(copy)


def _import(path: Path, store: Store) -> Imported:
    from engine.store.transfer import import_threads

    return import_threads(store.trees, path)


def _count(threads: int) -> str:
    return {0: "No thread", 1: "One thread"}.get(threads, f"{figures.number(threads)} threads")
