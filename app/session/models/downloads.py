"""Models from a hub: recommended or named, on their way, paused, and arrived."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import Signal

from app.lanes import Batches
from app.session.models.asking import AskedHub, Row, first_rows, guess_fit
from app.session.models.fetching import Arrived, Broken, Fetch, Moved
from engine.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.hub import Download, DownloadProgress, HubFile, Paused
    from engine.library.removing import Removed
    from engine.model.fit import Fit
    from engine.store import Store

MOST_AT_ONCE: Final = 2
_JOIN_S: Final = 2.0

ItemState = Literal["waiting", "asking", "running", "paused", "failed", "done"]
"""What a download does: waits for another to end, asks its server, fetches or checks, or none of it."""


@dataclass(frozen=True)
class Item:
    """One model that is or was on its way. `id` is the path that it will have; `progress` is None until known."""

    id: str
    name: str
    files: tuple[HubFile, ...]
    folder: Path
    state: ItemState
    total: int
    done: int = 0
    progress: DownloadProgress | None = None
    error: EngineError | None = None
    fit: Fit | None = None
    """What it would take of the memory, guessed from its size."""

    @property
    def key(self) -> str | None:
        """The model's key in the list of models, once it has arrived."""
        return self.id if self.state == "done" else None

    @property
    def moving(self) -> bool:
        """Whether it is being fetched or will be."""
        return self.state in {"waiting", "asking", "running"}


class Downloads(AskedHub):
    """Every download of a profile, `MOST_AT_ONCE` of them under way, and what is recommended.

    `changed` tells of other items or rows, `progressed` of one that is further, `ended` of one that has arrived (None)
    or failed, `arrived` of a model that is to be listed. Nothing is asked of any server unless somebody says so here.
    """

    progressed = Signal(str)
    ended = Signal(str, object)
    arrived = Signal()

    def __init__(self, bridge: Bridge, folder: Callable[[], Path]) -> None:
        """Read what waits; `folder` tells where models are downloaded to now."""
        super().__init__(bridge)
        self.removed: tuple[Removed, ...] = ()
        self._folder = folder
        self._items: dict[str, Item] = {}
        self._fetches: dict[str, Fetch] = {}
        self._told = Batches(self)
        self._told.arrived.connect(self._take)

    @property
    def items(self) -> list[Item]:
        """The downloads, in the order in which they were begun."""
        return list(self._items.values())

    def item(self, name: str) -> Item | None:
        """Return a download, by its id."""
        return self._items.get(name)

    @property
    def folder(self) -> Path:
        """The folder that models are downloaded into."""
        return self._folder()

    def refresh(self) -> None:
        """Read what is recommended, and which downloads were interrupted; nothing is asked of any server."""
        folder = self.folder

        def read() -> tuple[list[tuple[Paused, Fit]], tuple[Row, ...]]:
            from engine.hub import waiting

            return [(each, guess_fit(each.total)) for each in waiting(folder)], first_rows()

        def take(found: tuple[list[tuple[Paused, Fit]], tuple[Row, ...]]) -> None:
            paused, rows = found
            self.rows = self.rows or rows
            for each, fit in paused:
                name = str(each.folder / Path(each.files[0].name).name)
                if name not in self._items:
                    self._items[name] = Item(
                        name, each.name, each.files, each.folder, "paused", each.total, each.done, fit=fit
                    )
            self._relate()
            self.changed.emit()

        self._bridge.check(read, take, self.failed.emit)

    # The bin

    def read_bin(self) -> None:
        """Find out what removed models still take of the disk, and say so by `changed`."""
        folder = self.folder

        def look() -> tuple[Removed, ...]:
            from engine.library.removing import in_bin

            return tuple(in_bin(folder))

        self._bridge.check(look, self._take_bin, self.failed.emit)

    def empty_bin(self) -> None:
        """Delete removed models for good."""
        folder = self.folder

        def empty() -> tuple[Removed, ...]:
            from engine.library.removing import empty_bin, in_bin

            empty_bin(folder)
            return tuple(in_bin(folder))

        self._bridge.prepare(empty, self._take_bin, self.failed.emit)

    def _take_bin(self, removed: tuple[Removed, ...]) -> None:
        self.removed = removed
        self.changed.emit()

    # Downloading

    def start(self, files: Sequence[HubFile]) -> None:
        """Download one model, all of its files; one that was begun before goes on where it was."""
        wanted, models = tuple(files), self.folder

        def prepare() -> tuple[Download, Fit]:
            from engine.hub import folder_of

            download = self._download(wanted, folder_of(models, wanted))
            return download, guess_fit(download.total)

        def begin(prepared: tuple[Download, Fit]) -> None:
            download, fit = prepared
            name = str(download.paths[0])
            known = self._items.get(name)
            if known is None or not known.moving:
                done = known.done if known is not None else 0
                total = download.total
                self._put(Item(name, download.name, wanted, download.folder, "waiting", total, done, fit=fit))
                self._start_waiting()
            self.changed.emit()

        self._bridge.check(prepare, begin, self.failed.emit)

    def start_recommended(self, index: int) -> None:
        """Download a recommended model, by its place; the hub is asked for it first, if it was not."""
        files = self.rows[index].files
        if files is not None:
            self.start(files)
        else:
            self._ask_row(index, self.start)

    def pause(self, name: str) -> None:
        """Stop fetching; what has arrived stays, and `resume` goes on with it."""
        item, fetch = self._items.get(name), self._fetches.get(name)
        if item is None or not item.moving:
            return
        if fetch is not None:
            fetch.stop()
        else:
            self._put(replace(item, state="paused"))
            self.changed.emit()

    def resume(self, name: str) -> None:
        """Go on with a download that was paused or has failed."""
        item = self._items.get(name)
        if item is not None and item.state in {"paused", "failed"} and name not in self._fetches:
            self._put(replace(item, state="waiting", error=None))
            self._start_waiting()
            self.changed.emit()

    def throw_away(self, name: str) -> None:
        """End a download and remove what has arrived of it; one that is done only leaves this list."""
        item, fetch = self._items.get(name), self._fetches.get(name)
        if item is None:
            return
        if fetch is not None:
            fetch.thrown_away = True
            fetch.stop()
            return
        del self._items[name]
        if item.state != "done":
            self._bridge.check(lambda: _throw_away(item), _nothing, self.failed.emit)
        self._relate()
        self.changed.emit()

    def _download(self, files: tuple[HubFile, ...], folder: Path) -> Download:
        from engine.hub import Download

        return Download(files, folder, self._bridge.network(), self._token)

    def _start_waiting(self) -> None:
        for item in self._items.values():
            if item.state == "waiting" and item.id not in self._fetches and len(self._fetches) < MOST_AT_ONCE:
                self._fetches[item.id] = fetch = Fetch(item.id, self._maker(item), self.folder, self._told.put)
                self._items[item.id] = replace(item, state="asking")
                fetch.start()

    def _maker(self, item: Item) -> Callable[[], Download]:
        return lambda: self._download(item.files, item.folder)

    def _take(self, batch: list[object]) -> None:
        newest = {told.id: told for told in batch if isinstance(told, Moved)}
        for moved in newest.values():
            self._move(moved)
        for told in batch:
            if isinstance(told, Arrived):
                self._take_arrival(told)
            elif isinstance(told, Broken):
                self._take_end(told)

    def _move(self, moved: Moved) -> None:
        item, progress = self._items.get(moved.id), moved.progress
        if item is None:
            return
        state: ItemState = "asking" if progress.stage == "asking" else "running"
        done = progress.done if progress.stage != "checking" else item.done
        self._put(replace(item, state=state, progress=progress, done=done))
        if state != item.state:
            self.changed.emit()
        self.progressed.emit(moved.id)

    def _take_arrival(self, told: Arrived) -> None:
        path = str(told.path)
        self._fetches.pop(told.id, None)

        def keep(_: object) -> None:
            item = self._items.get(told.id)
            if item is not None:
                self._put(replace(item, state="done", progress=None, done=item.total))
            self.changed.emit()
            self.arrived.emit()
            self.ended.emit(told.id, None)

        def write(store: Store) -> None:
            store.models.keep(path, origin="downloaded", source=told.source)
            store.models.put_hash(path, told.size, told.changed_ns, told.sha256)

        self._bridge.ask_store(write, keep)
        self._start_waiting()

    def _take_end(self, told: Broken) -> None:
        fetch, item = self._fetches.pop(told.id, None), self._items.get(told.id)
        if item is not None:
            stopped = isinstance(told.error, Cancelled)
            state: ItemState = "paused" if stopped else "failed"
            error = None if stopped else told.error
            self._put(replace(item, state=state, progress=None, done=told.done, error=error))
            if fetch is not None and fetch.thrown_away:
                self.throw_away(told.id)
            elif not stopped:
                self.ended.emit(told.id, told.error)
        self._start_waiting()
        self.changed.emit()
        if told.bug is not None:
            raise told.bug

    def _put(self, item: Item) -> None:
        self._items[item.id] = item
        self._relate()

    def _relate(self) -> None:
        """Tell each recommended model which download is its own."""
        own = {(item.files[0].repository, item.files[0].name): item.id for item in self._items.values()}

        def first(row: Row) -> str:
            return row.files[0].name if row.files else row.recommended.pattern

        self.rows = tuple(replace(row, item=own.get((row.recommended.repository, first(row)))) for row in self.rows)

    def close(self) -> None:
        """Pause everything; the next start finds it."""
        for fetch in self._fetches.values():
            fetch.stop()
        for fetch in self._fetches.values():
            fetch.join(_JOIN_S)


def _throw_away(item: Item) -> None:
    from engine.hub import Paused

    Paused(item.files, item.folder, item.done, item.total).throw_away()


def _nothing(_: None) -> None:
    """Do nothing once something is done."""
