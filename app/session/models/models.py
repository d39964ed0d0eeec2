"""The models of this machine as pages know them: the list, what is loaded, and changing it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal

from app.bridge import Batches, Lane
from app.session.models.entry import Entry, LoadFailure
from app.session.models.searching import Found, Headers, Search, Searched, Wanted, read_wanted
from engine.errors import InvalidRequest, ModelFileInvalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.model.client import ClientState
    from engine.model.protocol import LoadOptions
    from engine.store import Store

USUAL: Final = "models.usual"
"""The setting that says whether other programs' folders may be looked into; None before somebody was asked."""
LAST: Final = "models.last"
"""The setting that holds the path of the model that was loaded last."""


class Models(QObject):
    """Every model of this machine, and the one that is loaded.

    `changed` tells of other entries, `entry_changed` of one, by its key, `loading_changed` of what is loaded, is being
    loaded or could not be, `told` something in words with what takes it back or None, `failed` an error.
    """

    changed = Signal()
    entry_changed = Signal(str)
    loading_changed = Signal()
    told = Signal(str, object)
    failed = Signal(object)

    def __init__(self, bridge: Bridge, setting: Callable[[str], Any], put_setting: Callable[[str, Any], None]) -> None:
        super().__init__()
        self.known = False
        self.folders: tuple[Path, ...] = ()
        self.load_failure: LoadFailure | None = None
        self._bridge = bridge
        self._setting = setting
        self._put_setting = put_setting
        self._entries: dict[str, Entry] = {}
        self._stamps: dict[str, tuple[int, int]] = {}
        self._state: ClientState | None = None
        self._asked: str | None = None
        self._headers = Headers()
        self._search: Search | None = None
        self._seen: list[str] = []
        self._lane = Lane("library", self)
        self._lane.failed.connect(self.failed)
        self._finds = Batches(self)
        self._finds.arrived.connect(self._take_finds)

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

    def refresh(self) -> None:
        """Look for models anew; files that have not changed since are not read again."""
        self.stop_search()
        search = self._search = Search()
        self._seen = []

        def begin(wanted: Wanted | None) -> None:
            if search is not self._search:
                return
            asked = replace(wanted or Wanted({}), usual=bool(self.usual_allowed))
            self.folders = asked.folders
            self._lane.submit(partial(search.run, asked, self._headers, self._finds.put))

        self._bridge.ask_store(read_wanted, begin)
        self.changed.emit()

    def stop_search(self) -> None:
        """Find no more models than have been found."""
        if self._search is not None:
            self._search.stop()
            self._search = None
            self.changed.emit()

    def add_folder(self, folder: Path) -> None:
        """Look into a folder, too, now and at every start."""
        path = str(folder.absolute())
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
            kept = self._entries.get(path)
            if kept is None:
                self._write(lambda store: store.models.keep(path, origin="added"))
            else:
                self.entry_changed.emit(path)

        self._lane.submit(first, keep)

    def _write(self, write: Callable[[Store], object]) -> None:
        """Tell the store, then look anew."""
        self._bridge.ask_store(write, lambda _: self.refresh())

    def _take_finds(self, batch: list[object]) -> None:
        moved = False
        for told in batch:
            if isinstance(told, Found) and told.search is self._search:
                key = told.entry.key
                self._entries[key] = told.entry
                if told.stamp is not None:
                    self._stamps[key] = told.stamp
                self._seen.append(key)
                moved = True
            elif isinstance(told, Searched) and told.search is self._search:
                self._entries = {key: self._entries[key] for key in self._seen}
                self._search = None
                self.known = moved = True
        if moved:
            self.changed.emit()

    # Loading

    @property
    def loaded_key(self) -> str | None:
        """The model that answers; None where none does."""
        model = self._state.model if self._state is not None else None
        return model.path if model is not None else None

    @property
    def loading_key(self) -> str | None:
        """The model that is being loaded, while the one before, if there is one, still answers."""
        return self._asked

    @property
    def load_stage(self) -> tuple[str, float | None]:
        """What is done of loading in words, and its share (0..1) where that is known."""
        return (self._state.stage, self._state.fraction) if self._state is not None else ("", None)

    def load(self, key: str) -> None:
        """Load a model with its options; the one that answers does so until then, and stays where this fails."""
        entry = self._entries.get(key)
        refusal = _refusal(entry)
        if entry is None or refusal is not None:
            self.load_failure = LoadFailure(key, refusal or InvalidRequest("This model is not on the list any more."))
            self.loading_changed.emit()
            return
        self.load_failure = None
        self._asked = key
        path, options = entry.file.path, entry.options
        self._bridge.ask_model(lambda client: client.load(path, options))
        self.loading_changed.emit()

    def take_state(self, state: ClientState) -> None:
        """Take in how the model is."""
        before, self._state = self._state, state
        if state.phase != "loading" and self._asked is not None:
            asked, self._asked = self._asked, None
            if state.error is not None:
                self.load_failure = LoadFailure(asked, state.error)
            elif state.model is not None:
                self._put_setting(LAST, state.model.path)
        if before is None or (before.phase, before.model, before.stage, before.fraction, before.error) != (
            state.phase,
            state.model,
            state.stage,
            state.fraction,
            state.error,
        ):
            self.loading_changed.emit()

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
        self._change(replace(entry, options=options, own_options=kept is not None))
        self._bridge.ask_store(lambda store: store.models.put_options(key, kept))
        self._look_again()

    def _change(self, entry: Entry) -> None:
        self._entries[entry.key] = entry
        self.entry_changed.emit(entry.key)

    def _look_again(self) -> None:
        """Begin a search that is under way anew: what it has read of the store is older than what is shown."""
        if self._search is not None:
            self.refresh()

    # The end

    def close(self) -> None:
        """End what looks for models."""
        self.stop_search()
        self._lane.close()


def _refusal(entry: Entry | None) -> EngineError | None:
    """Return why a model is not even tried to be loaded; None where it can be."""
    if entry is None:
        return InvalidRequest("This model is not on the list any more.")
    if entry.file.error is not None:
        return entry.file.error
    if not entry.loadable:
        what = "an adapter, which is applied to a model" if entry.file.kind == "adapter" else "a part for pictures"
        return InvalidRequest(f"{entry.name} is {what}, not a model by itself.", where=entry.key)
    return None
