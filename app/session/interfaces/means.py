"""What the model may use in the interface that is shown: a profile, a catalogue, and what is attached."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import Signal

from app.session.interfaces.attached import Attached, picture_of, read_attached, read_file, source_of
from app.session.interfaces.importing import read_example
from app.session.interfaces.shown import ShownInterface, keep_draft
from engine.errors import EngineError
from engine.store import INTERFACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from app.bridge import Bridge
    from app.session.library import Library
    from app.session.runs import Runs
    from engine.interface.asking import Means
    from engine.interface.catalogue import Catalogue
    from engine.store import Attachment, Store, Thread

Profile = Literal["core", "full"]


class FurnishedInterface(ShownInterface):
    """The interface that is shown, with what the model may use in it.

    `profile_changed` tells of other components that it may use.
    """

    profile_changed = Signal(str)

    def __init__(self, bridge: Bridge, runs: Runs, library: Library, profile: object = "core") -> None:
        super().__init__(bridge, runs, library)
        self._last_profile: Profile = "full" if profile == "full" else "core"
        self._catalogues: dict[str, Catalogue] = {}

    # What the model may use

    @property
    def profile(self) -> Profile:
        """How many components the model may use: the core ones, or all."""
        profiles: dict[object, Profile] = {"core": "core", "full": "full"}
        kept = self._settings.get("profile")
        return profiles.get(kept, self._last_profile) if isinstance(kept, str) else self._last_profile

    def set_profile(self, profile: Profile) -> None:
        """Let the model use the core components, or all."""
        self._last_profile = profile
        self._set("profile", profile)
        self.profile_changed.emit(profile)

    @property
    def catalogue(self) -> Catalogue:
        """The components that there are: those that ship, or those of the schema that was chosen."""
        from engine.interface.catalogue import bundled, from_schema

        text = self._settings.get("catalogue")
        if not isinstance(text, str):
            return bundled()
        if text not in self._catalogues:
            try:
                self._catalogues[text] = from_schema(text)
            except EngineError:  # refused when it was chosen; an imported interface may hold anything
                self._catalogues[text] = bundled()
        return self._catalogues[text]

    def choose_catalogue(self, schema_text: str | None) -> bool:
        """Use the components of a schema, kept with the interface as it stands; None for those that ship.

        Returns whether it could be: where the schema describes none, `failed` tells why.
        """
        from engine.interface.catalogue import from_schema

        if schema_text is not None:
            try:
                self._catalogues[schema_text] = from_schema(schema_text)
            except EngineError as error:
                self.failed.emit(error)
                return False
        self._set("catalogue", schema_text)
        self.profile_changed.emit(self.profile)
        return True

    def _set(self, key: str, value: Any) -> None:
        self._settings = {**self._settings, key: value}
        thread, settings = self.id, self._settings_now()
        if thread:
            self._bridge.ask_store(lambda store: store.threads.keep_settings(thread, settings, kind=INTERFACE))

    def _settings_now(self) -> dict[str, Any]:
        return {**self._settings, "profile": self.profile}

    def _means(self) -> Means:
        from engine.interface.asking import Means

        return Means(self.catalogue, self.profile, self.sources, tuple(self.images))

    # What is attached

    def attach_source(self, path: Path) -> None:
        """Attach a CSV or JSON file; the model may then show its rows. One of the same name is replaced."""
        self._attach(path, source_of)

    def attach_image(self, path: Path) -> None:
        """Attach a picture; the model may then show it. One of the same name is replaced."""
        self._attach(path, picture_of)

    def attached_to(self, interface: int, done: Callable[[Attached], None]) -> None:
        """Read what is attached to any interface; `done` is given that, or nothing where it cannot be read."""

        def nothing(_error: object = None) -> None:
            done(Attached())

        def read(files: list[Attachment] | None) -> None:
            self._bridge.check(partial(read_attached, files or ()), done, nothing)

        if interface == self.id:
            done(self._attached)
        else:
            self._bridge.ask_store(lambda store: store.messages.attachments(interface), read, nothing)

    def attached_to_example(self, key: str, done: Callable[[Attached], None]) -> None:
        """Read what a worked example shows."""
        self._bridge.check(lambda: read_attached(read_example(key).files), done)

    def detach(self, name: str) -> None:
        """Take off a data source or a picture, by its name."""
        wanted = self._attached.files.get(name, name)
        gone = [file.id for file in self._files if file.name == wanted]
        self._change_files(lambda store, _: _detach(store, gone))

    def _attach(self, path: Path, read: Callable[[Attachment], object]) -> None:
        look = self._look

        def job() -> Attachment:
            file = read_file(path)
            read(file)  # refused before it is kept
            return file

        def put(file: Attachment) -> None:
            if look != self._look:
                return
            gone = [known.id for known in self._files if known.name == file.name]

            def change(store: Store, thread: int) -> None:
                _detach(store, gone)
                store.messages.attach(thread, file)

            self._change_files(change)

        self._bridge.check(job, put, self.failed.emit)

    def _change_files(self, change: Callable[[Store, int], object]) -> None:
        """Change what is attached in the store, in a thread that is made where there is none; then show it."""
        self._keep_draft()
        thread, look, settings, draft = self.id, self._look, self._settings_now(), self.draft

        def put(store: Store) -> tuple[Thread | None, list[Attachment]]:
            holder = thread or store.threads.create(settings, kind=INTERFACE).id
            if not thread:  # what was typed before there was an interface goes with it
                keep_draft(store, holder, draft)
                keep_draft(store, 0, "")
            change(store, holder)
            return store.threads.get(holder), store.messages.attachments(holder)

        def back(found: tuple[Thread | None, list[Attachment]] | None) -> None:
            if found is None or look != self._look:
                return
            row, files = found
            self._row = row
            self._files = tuple(files)
            self._bridge.check(partial(read_attached, files), show)
            self.gallery.refresh()

        def show(attached: Attached) -> None:
            if look == self._look:
                self._attached = attached
                self.attached.emit()

        self._bridge.ask_store(put, back, self.failed.emit)


def _detach(store: Store, attachments: Iterable[int]) -> None:
    for each in attachments:
        store.messages.detach(each)
