"""The models of this machine as pages know them: the list, what is loaded, and changing it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from app.loading import LoadFailure, broken_pin
from app.model_choice import LAST_LOADED
from app.session.models.listed import ListedModels, gone
from app.session.models.templates import TemplateAsked
from engine.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.library import ModelFile
    from engine.model.build import Build
    from engine.model.client import ClientState
    from engine.model.protocol import ModelInfo


class Models(ListedModels):
    """Every model of this machine, and the one that is loaded."""

    def __init__(self, bridge: Bridge, setting: Callable[[str], Any], put_setting: Callable[[str, Any], None]) -> None:
        super().__init__(bridge, setting, put_setting)
        self.build: Build | None = None
        self.load_failure: LoadFailure | None = None
        self._asked: str | None = None
        self._checking: str | None = None
        self._template = TemplateAsked(self)

    def _search_ended(self) -> None:
        """Ask what this machine's llama.cpp was built for, once the list is there: that takes half a second."""

        def ask() -> Build:
            from engine.model.build import describe_build

            return describe_build()

        def take(build: Build) -> None:
            self.build = build
            self.loading_changed.emit()

        if self.build is None:
            self._lane.submit(ask, take)

    # What is loaded

    @property
    def loaded(self) -> ModelInfo | None:
        """The model that answers, as it was loaded; None where none does."""
        return self._loaded

    @property
    def loading_key(self) -> str | None:
        """The model that is being loaded, or checked before; the one before, if there is one, answers meanwhile."""
        candidate = self._state.candidate if self._state is not None else None
        return self._checking or candidate or self._asked

    @property
    def load_stage(self) -> tuple[str, float | None]:
        """What is done of loading in words, and its share (0..1) where that is known."""
        if self._checking is not None:
            return "Reading its header", None
        return (self._state.stage, self._state.fraction) if self._state is not None else ("", None)

    def load(self, key: str) -> None:
        """Load a model with its options; the one that answers does so until then, and stays where this fails.

        One that is pinned is loaded only where its file has that hash still.
        """
        entry = self._entries.get(key)
        if entry is None:
            self._refuse(key, gone())
            return
        self.load_failure, self._checking = None, key
        parts, name = entry.file.parts, entry.file.name
        self._bridge.check(lambda: self._headers.read(parts, name), partial(self._load_read, key))
        self.loading_changed.emit()

    def _load_read(self, key: str, file: ModelFile) -> None:
        """Load a file as it is now, which may be another than when the list was made."""
        entry = self._entries.get(key)
        if self._checking != key or entry is None:
            return
        if file != entry.file:
            same = (file.size, file.changed_ns) == entry.stamp
            entry = replace(entry, file=file, sha256=entry.sha256 if same else None)
            self._change(entry)
        if entry.file.error is not None:
            self._refuse(key, entry.file.error)
        elif not entry.loadable:
            what = "an adapter, which is applied to a model" if entry.file.kind == "adapter" else "a part for pictures"
            self._refuse(key, InvalidRequest(f"{entry.name} is {what}, not a model by itself.", where=key))
        elif entry.breaks_pin:
            self._refuse(key, broken_pin(key))
        else:
            self._checking, self._asked = None, key
            path, options, pinned = entry.file.path, entry.options, entry.pinned
            self._bridge.ask_model(lambda client: client.load(path, options, expected_sha256=pinned))
            self.loading_changed.emit()

    def say_failed(self, failure: LoadFailure) -> None:
        """Take in that a model could not be loaded which nobody has asked for here: the last one, at the start."""
        self.load_failure = failure
        self.loading_changed.emit()

    def _refuse(self, key: str, error: EngineError) -> None:
        self._checking = None
        self.say_failed(LoadFailure(key, error))

    # Chat templates

    def preview_template(
        self, key: str, template: str | None, done: Callable[[str], None], failed: Callable[[EngineError], None]
    ) -> None:
        """Render a short conversation with a template, None being the file's own.

        Of several that are asked for quickly one after the other, only the last is answered.
        """
        entry = self._entries.get(key)
        own = entry.file.facts.template if entry is not None and entry.file.facts is not None else None
        self._template.ask(own if template is None else template, done, failed)

    def close(self) -> None:
        """End what looks for models, reads them and renders."""
        self._template.close()
        super().close()

    def take_state(self, state: ClientState) -> None:
        """Take in how the model is."""
        before, self._state = self._state, state
        if state.model is not None and (before is None or before.model != state.model):
            self._take_loaded(state.model)
        if self._asked is not None and state.candidate is None:
            if state.error is not None:
                self.load_failure, self._asked = LoadFailure(self._asked, state.error), None
            elif state.model is not None and state.model.path == self._asked:
                self._asked = None
        if before != state:
            self.loading_changed.emit()

    def _take_loaded(self, model: ModelInfo) -> None:
        """Take in that another model answers: its hash is known now, and what others would take is another."""
        entry = self._entries.get(model.path)
        if self._asked == model.path:
            self._put_setting(LAST_LOADED, "" if entry is not None and entry.origin == "bundled" else model.path)
        if entry is not None and entry.sha256 is None:
            self._put_hash(entry, model.sha256)
        self._weigh(*self._entries)
