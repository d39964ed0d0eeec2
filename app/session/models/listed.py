"""The list of models: found, added, pinned, taken off, with what is remembered of each."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.lanes import Batches, Lane
from app.session.models.hashing import Hashed, Hashing
from app.session.models.searching import Found, Headers, Search, Searched, Wanted, read_wanted, weigh
from engine.errors import InvalidRequest, ModelFileInvalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from app.session.models.entry import Entry
    from engine.errors import EngineError
    from engine.library.removing import Removed
    from engine.model.client import ClientState
    from engine.model.fit import Fit
    from engine.model.protocol import LoadOptions, ModelInfo
    from engine.store import Store

USUAL: Final = "models.usual"
"""The setting that says whether other programs' folders may be looked into; None before somebody was asked."""


class ListedModels(QObject):
    """Every model of this machine.

    `changed` tells of other entries, `entry_changed` of one, by its key, `loading_changed` of what is loaded, is being
    loaded or could not be, `told` something in words with what takes it back or None, `failed` an error. `brought`
    names a model that somebody has put on the list, or back on it: it may be found a moment later.
    """

    changed = Signal()
    entry_changed = Signal(str)
    loading_changed = Signal()
    told = Signal(str, object)
    brought = Signal(str)
    failed = Signal(object)

    def __init__(self, bridge: Bridge, setting: Callable[[str], Any], put_setting: Callable[[str, Any], None]) -> None:
        super().__init__()
        self.known = False
        self.folders: tuple[Path, ...] = ()
        self._bridge = bridge
        self._setting = setting
        self._put_setting = put_setting
        self._entries: dict[str, Entry] = {}
        self._state: ClientState | None = None
        self._headers = Headers()
        self._search: Search | None = None
        self._seen: list[str] = []
        self._to_pin: set[str] = set()
        self._added: set[str] = set()
        self._folders_added: set[Path] = set()
        self._lane = Lane("library", self)
        self._lane.failed.connect(self.failed)
        self._finds = Batches(self)
        self._finds.arrived.connect(self._take_finds)
        self._hashing = Hashing()
        self._hashing.told.connect(self._take_hashes)

    # The list

    @property
    def entries(self) -> list[Entry]:
        """The models, those of one group together; what is not found any more stays until a search has ended."""
        return list(self._entries.values())

    @property
    def searching(self) -> bool:
        """Whether a search is under way; `known` says whether one has ever come to its end."""
        return self._search is not None

    def entry(self, key: str) -> Entry | None:
        """Return a model of the list, by its key."""
        return self._entries.get(key)

    @property
    def usual_allowed(self) -> bool | None:
        """Whether other programs' folders may be looked into; None before somebody was asked."""
        allowed = self._setting(USUAL)
        return allowed if isinstance(allowed, bool) else None

    def allow_usual(self, allowed: bool) -> None:
        """Look into other programs' folders from now on, or not; they are never written to."""
        self._put_setting(USUAL, allowed)
        self.refresh()

    def find_usual(self, done: Callable[[list[str]], None]) -> None:
        """Find out which other programs keep models here; nothing in their folders is looked at."""

        def look() -> list[str]:
            from engine.library import usual_places

            return [place.program for place in usual_places()]

        self._bridge.check(look, done)

    def refresh(self) -> None:
        """Look for models anew; files that have not changed since are not read again."""
        self.stop_search()
        search = self._search = Search()
        self._seen = []

        def begin(wanted: Wanted | None) -> None:
            if search is not self._search:
                return
            asked = replace(wanted or Wanted({}), usual=bool(self.usual_allowed), loaded=self._loaded)
            self.folders = asked.folders
            job = partial(search.run, asked, self._headers, self._finds.put)
            self._lane.submit(job, None, partial(self._search_failed, search))

        self._bridge.ask_store(read_wanted, begin)
        self.changed.emit()

    def _search_failed(self, search: Search, error: EngineError) -> None:
        if search is self._search:
            self.stop_search()
            self.failed.emit(error)

    def stop_search(self) -> None:
        """Find no more models than have been found."""
        if self._search is not None:
            self._search.stop()
            self._search = None
            self.changed.emit()

    def add_folder(self, folder: Path) -> None:
        """Look into a folder, too, now and at every start."""
        path = str(folder.absolute())
        self._folders_added.add(Path(path))
        self._write(lambda store: store.models.add_folder(path))

    def remove_folder(self, folder: Path) -> None:
        """Look no more into a folder; nothing in it is touched. `told` brings what takes this back."""
        path = str(folder)
        self._write(lambda store: store.models.remove_folder(path))
        self.told.emit(f"{folder.name} is no longer looked into", partial(self.add_folder, folder))

    def add_file(self, file: Path) -> None:
        """Put one file on the list, wherever it lies; of a split model any part will do."""

        def first() -> str:
            from engine.library import parts_of

            if not file.is_file():
                raise ModelFileInvalid("There is no such file.", where=str(file))
            return str(parts_of(file.absolute())[0][0])

        def keep(path: str) -> None:
            known = self._entries.get(path)
            if known is not None:
                self.told.emit(f"{known.name} is on the list already", None)
            else:
                self._added.add(path)
                self._write(lambda store: store.models.keep(path, origin="added"))
            self.brought.emit(path)

        self._lane.submit(first, keep)

    def _write(self, write: Callable[[Store], object]) -> None:
        """Tell the store, then look anew."""
        self._bridge.ask_store(write, lambda _: self.refresh())

    def _take_finds(self, batch: list[object]) -> None:
        moved = False
        for told in batch:
            if isinstance(told, Found) and told.search is self._search:
                self._take_find(told.entry)
                moved = True
            elif isinstance(told, Searched) and told.search is self._search:
                self._entries = {key: self._entries[key] for key in self._seen}
                self._search = None
                self.known = moved = True
                self._search_ended()
                self._tell_added()
        if moved:
            self.changed.emit()

    def _tell_added(self) -> None:
        """Say what came of adding files and folders, now that they were looked for."""
        files = [entry for key in self._added if (entry := self._entries.get(key)) is not None]
        self._added.clear()
        if len(files) == 1:
            self.told.emit(f"{files[0].name} added", partial(self.remove, files[0].key))
        elif files:
            self.told.emit(f"{len(files)} models added", None)
        for folder in self._folders_added & set(self.folders):
            count = sum(entry.file.path.is_relative_to(folder) for entry in self._entries.values())
            words = f"{count} model{'' if count == 1 else 's'}" if count else "No models"
            self.told.emit(f"{words} in {folder.name}", partial(self.remove_folder, folder))
        self._folders_added -= set(self.folders)

    def _search_ended(self) -> None:
        """Do what has waited for the list."""

    def _take_find(self, entry: Entry) -> None:
        key, before = entry.key, self._entries.get(entry.key)
        if before is not None and before.stamp == entry.stamp:
            entry = replace(entry, sha256=entry.sha256 or before.sha256, hashing=before.hashing)
        self._entries[key] = entry
        self._seen.append(key)
        # Other programs may keep hundreds of gigabytes: theirs are read when one is loaded or pinned.
        if entry.sha256 is None and entry.origin != "usual" and entry.file.error is None:
            self._hashing.add(entry.file.parts, entry.stamp)

    # Taking off

    def remove(self, key: str) -> None:
        """Take a model off the list. `told` brings what puts it back.

        A file that this program has downloaded goes into a bin; any other stays where it is.
        """
        entry = self._entries.get(key)
        if entry is None:
            return
        if not entry.removable or key in {self.loaded_key, self.loading_key}:
            why = "is the model that answers now." if entry.removable else "came with the program, and stays."
            self.failed.emit(InvalidRequest(f"{entry.name} {why}", where=key, advice="Load another model first."))
        elif entry.origin == "downloaded":
            parts, folder = entry.file.parts, self._folder_of(entry)
            self._bridge.check(lambda: _move_to_bin(parts, folder), partial(self._taken_off, entry), self.failed.emit)
        else:
            self._taken_off(entry, None)

    def _folder_of(self, entry: Entry) -> Path:
        """Return the folder that held all downloads when this model was one of them."""
        kept = (entry.source or {}).get("folder")
        return Path(kept) if isinstance(kept, str) else entry.file.path.parent

    def _taken_off(self, entry: Entry, removed: Removed | None) -> None:
        self._hashing.forget(entry.key)
        self._write(lambda store: store.models.forget(entry.key))
        how = "moved to the bin" if removed is not None else "taken off the list; its file stays where it is"
        self.told.emit(f"{entry.name} {how}", partial(self._put_back, entry.key, removed))

    def _put_back(self, key: str, removed: Removed | None) -> None:
        def back(_: None = None) -> None:
            self._write(lambda store: store.models.restore(key))
            self.brought.emit(key)

        if removed is None:
            back()
        else:
            self._bridge.check(lambda: _restore(removed), back, self.failed.emit)

    @property
    def loaded_key(self) -> str | None:
        """The key of the model that answers."""
        return self._loaded.path if self._loaded is not None else None

    @property
    def loading_key(self) -> str | None:
        """The key of the model that is being loaded."""
        return self._state.candidate if self._state is not None else None

    # Hashes and pins

    def pin(self, key: str) -> None:
        """Remember the hash that a model has now: it is not loaded once its file has another one."""
        entry = self._entries.get(key)
        if entry is None:
            return
        if entry.sha256 is not None:
            self._put_pin(entry, entry.sha256)
        else:
            self._to_pin.add(key)
            self._hashing.add(entry.file.parts, entry.stamp, first=True)

    def unpin(self, key: str) -> None:
        """Let a model's file be whatever it is."""
        self._to_pin.discard(key)
        entry = self._entries.get(key)
        if entry is not None and entry.pinned is not None:
            self._put_pin(entry, None)

    def _put_pin(self, entry: Entry, sha256: str | None) -> None:
        self._change(replace(entry, pinned=sha256), lambda store: store.models.pin(entry.key, sha256))
        if sha256 is not None:
            words = f"{entry.name} is pinned: another file in its place is refused"
            self.told.emit(words, partial(self.unpin, entry.key))
        else:
            self.told.emit(f"{entry.name} is no longer pinned", partial(self._pin_again, entry.key, entry.pinned))

    def _pin_again(self, key: str, sha256: str | None) -> None:
        entry = self._entries.get(key)
        if entry is not None:
            self._put_pin(entry, sha256)

    def _take_hashes(self, batch: list[Hashed]) -> None:
        newest = {told.key: told for told in batch}
        for told in newest.values():
            entry = self._entries.get(told.key)
            if entry is None:
                continue
            if told.share is not None:
                self._change(replace(entry, hashing=told.share))
            elif told.sha256 is not None and told.stamp == entry.stamp:
                self._put_hash(entry, told.sha256)
                self._hash_ended(self._entries[told.key], None)
            else:
                self._change(replace(entry, hashing=None))
                changed = ModelFileInvalid("The file has changed.", where=told.key, advice="Look for models anew.")
                self._hash_ended(self._entries[told.key], told.error or changed)

    def _put_hash(self, entry: Entry, sha256: str) -> None:
        # No search that is under way has to begin anew: it keeps the hashes that it does not know of.
        self._change(replace(entry, hashing=None, sha256=sha256))
        self._bridge.ask_store(lambda store: store.models.put_hash(entry.key, *entry.stamp, sha256))

    def _hash_ended(self, entry: Entry, error: EngineError | None) -> None:
        """Do what has waited for a hash, which is known now, or not for a reason."""
        if entry.key in self._to_pin:
            self._to_pin.discard(entry.key)
            if entry.sha256 is not None:
                self._put_pin(entry, entry.sha256)
            elif error is not None:
                self.failed.emit(error)

    # How a model is loaded

    def put_options(self, key: str, options: LoadOptions) -> None:
        """Remember how a model is to be loaded; it is loaded so the next time."""
        self._set_options(key, options, options.model_dump(mode="json", exclude_defaults=True))

    def reset_options(self, key: str) -> None:
        """Go back to the file's defaults; `told` brings what takes this back."""
        from engine.model.protocol import LoadOptions

        entry = self._entries.get(key)
        if entry is None or not entry.own_options:
            return
        self._set_options(key, LoadOptions(), None)
        self.told.emit(f"{entry.name} has its defaults again", partial(self.put_options, key, entry.options))

    def _set_options(self, key: str, options: LoadOptions, kept: dict[str, Any] | None) -> None:
        entry = self._entries.get(key)
        if entry is None or (entry.options == options and entry.own_options == (kept is not None)):
            return
        changed = replace(entry, options=options, own_options=kept is not None)
        self._change(changed, lambda store: store.models.put_options(key, kept))
        self._weigh(key)

    def estimate(self, key: str, options: LoadOptions, done: Callable[[Fit | None], None]) -> None:
        """Estimate the memory that a model would take with some options; None for a file that is no model."""
        entry, loaded = self._entries.get(key), self._loaded
        if entry is not None:
            file = entry.file
            self._bridge.check(lambda: weigh(file, options, loaded), done)

    def _weigh(self, *keys: str) -> None:
        """Estimate anew what some models would take, with their own options."""
        loaded = self._loaded
        asked = [(key, entry.file, entry.options) for key in keys if (entry := self._entries.get(key)) is not None]

        def take(fits: list[tuple[str, LoadOptions, Fit | None]]) -> None:
            for key, options, fit in fits:
                entry = self._entries.get(key)
                if entry is not None and entry.options == options and entry.fit != fit:
                    self._entries[key] = replace(entry, fit=fit)
                    self.entry_changed.emit(key)

        self._bridge.check(lambda: [(key, options, weigh(file, options, loaded)) for key, file, options in asked], take)

    @property
    def _loaded(self) -> ModelInfo | None:
        return self._state.model if self._state is not None else None

    # Parts

    def _change(self, entry: Entry, write: Callable[[Store], object] | None = None) -> None:
        """Show an entry that has changed, and let the store know."""
        self._entries[entry.key] = entry
        self.entry_changed.emit(entry.key)
        if write is None:
            return
        self._bridge.ask_store(write)
        if self._search is not None:
            self.refresh()  # what the search has read of the store is older than what is shown

    def close(self) -> None:
        """End what looks for models and reads them."""
        self.stop_search()
        self._hashing.close()
        self._lane.close()


def _move_to_bin(parts: tuple[Path, ...], folder: Path) -> Removed:
    from engine.library.removing import move_to_bin

    return move_to_bin(parts, folder)


def _restore(removed: Removed) -> None:
    from engine.library.removing import restore

    restore(removed)


def gone() -> EngineError:
    """Return what is said of a model that is not there any more."""
    return InvalidRequest("This model is not on the list any more.", advice="Look for models anew.")
