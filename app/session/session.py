"""The door between pages and everything that is not Qt."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.bridge import Bridge
from app.model_choice import LAST_LOADED, LOCAL, at_endpoint, endpoints_of, host_of, in_order
from app.model_names import name_of_loaded
from app.session.comparison import Comparison
from app.session.desk import Desk
from app.session.first_model import FirstModel
from app.session.later import later
from app.session.library import Library
from app.session.preferences import Preferences
from app.session.presets import Presets
from app.session.reading import make_thread, read_thread
from app.session.runs import Runs
from app.session.schemas import LAST_SCHEMA, SchemaLibrary
from app.session.thread import OpenThread
from app.session.transfer import Transfer
from app.shortcuts import Shortcuts
from engine.store import INTERFACE

if TYPE_CHECKING:
    from app.exchange import Draft
    from app.loading import LoadFailure
    from app.session.extraction import Extractions
    from app.session.interfaces import Interfaces
    from app.session.interfaces.exporting import InterfaceExport
    from app.session.models import Benchmarks, Downloads, Endpoints, Models
    from app.session.profile_data import ProfileData
    from app.session.reading import Loaded
    from app.session.schema_editing import SchemaEditing
    from app.session.schema_exchange import SchemaExchange
    from engine.model.client import ClientState, ModelClient
    from engine.model.protocol import ModelInfo
    from engine.store import Store
    from engine.store.schemas import SchemaState

    _Restored = tuple[dict[str, Any], dict[str, dict[str, Any]], dict[str, dict[str, Any]], Loaded]

_MEMORY_MS = 2000
_PREPARE_MS = 3000
"""A while after the start, when the window is drawn; before most people have come to another page."""
_BACKUP_MS = 60_000
"""A while after the start, when the model is loaded and the disk quiet."""
_LAST_THREAD = "playground.thread"
_LAST_INTERFACE = "interface.open"
_PROFILE = "interface.profile"


class Session(QObject):
    """What pages may ask for and what they are told.

    `chat` is the open thread, `desk` what stands ready in it, `runs` the answers in flight, `comparison` what is
    compared in it, `presets` the settings saved by name, `library` all threads, `transfer` files of them; `schemas` the
    library of schemas and the one that is open; `interfaces` those that the model makes; `extractions` the jobs over
    folders of documents; `models` those of this machine; `preferences` what was chosen in the settings,
    `shortcuts` the keys of all commands; here are the model, the machine, the network and what pages keep.

    `start_noticed` tells in one sentence why another model than the last one was loaded, `network_changed` what the
    network is used for just now, each as one phrase, `endpoints_changed` that other models elsewhere can be chosen.
    """

    model_changed = Signal(object)
    start_noticed = Signal(str)
    network_changed = Signal(tuple)
    endpoints_changed = Signal()
    memory_changed = Signal(object)
    failed = Signal(object)
    leaving_asked = Signal(object)
    """Brings what is to be done when the session is closed, before the program starts anew."""

    def __init__(self, profile: Path, model_path: Path | None = None) -> None:
        super().__init__()
        self.profile = profile
        self.model: ClientState | None = None
        self.known_model: ModelInfo | None = None
        self.memory: tuple[int, int] | None = None
        self.network_uses: tuple[str, ...] = ()
        self._settings: dict[str, Any] = {}
        self._restored: Loaded | None = None
        self.shortcuts = Shortcuts(self)
        self.preferences = Preferences(self.shortcuts, self.put_setting)
        self._bridge = Bridge(profile, model_path)
        self.preferences.changed.connect(self._follow_preferences)
        self._first = FirstModel(self._bridge, model_path)
        self.desk = Desk(self._bridge)
        self.runs = Runs(self._bridge)
        self.chat = OpenThread(self._bridge, self.desk, self.runs)
        self.comparison = Comparison(self._bridge, self.desk, self.runs, self.chat)
        self.presets = Presets(self._bridge)
        self.library = Library(self._bridge)
        self.transfer = Transfer(self._bridge, self.library)
        self.schemas = SchemaLibrary(self._bridge)
        self.chat.named.connect(self.library.put)
        self.library.listed.connect(self._row_listed)
        self.runs.changed.connect(
            lambda answer: self.library.set_busy(answer.thread, bool(self.runs.within(answer.thread)))
        )
        self.chat.opened.connect(lambda: self.put_setting(_LAST_THREAD, self.chat.id))
        self.schemas.desk.opened.connect(self._schema_opened)
        self.runs.restart_asked.connect(self.restart_model)
        self._bridge.model_changed.connect(self._model_changed)
        self._first.failed.connect(self._first_failed)
        self._bridge.network_changed.connect(self._network_changed)
        self._bridge.failed.connect(self.failed)
        self._back_up_later = later(self, _BACKUP_MS, self.transfer.back_up_if_due)
        self._prepare_later = later(self, _PREPARE_MS, lambda: self._bridge.prepare(_prepare_extraction))
        self._measure_often = QTimer(self)
        self._measure_often.setInterval(_MEMORY_MS)
        self._measure_often.timeout.connect(self._measure_memory)

    # Life

    def restore(self, first: Draft) -> None:
        """Read the settings and the last thread, or make one with the draft `first`.

        Waits for the store, which takes milliseconds. The thread is shown by `show_restored`, once there is a page.
        Where the store takes longer, the thread comes later, and what was typed meanwhile becomes one of its own.
        """

        def ask(store: Store) -> _Restored:
            store.messages.recover()
            settings = store.settings.all()
            endpoints = {each.id: each.data for each in store.endpoints.all()}
            loaded = read_thread(store, int(settings.get(_LAST_THREAD) or 0))
            if loaded is None or loaded.row.deleted is not None or loaded.row.kind == INTERFACE:
                newest = next((row for row in store.threads.all() if row.kind != INTERFACE), None)
                loaded = read_thread(store, newest.id) if newest is not None else None
            return settings, store.presets.all(), endpoints, loaded or make_thread(store, first)

        def late(found: _Restored) -> None:
            typed = self.desk.draft
            self._take(found)
            self.show_restored()
            if typed.prompt.strip() and typed.prompt != first.prompt:
                self.chat.create(typed)

        found = self._bridge.wait_for_store(ask, late)
        if found is None:
            self.desk.edit(first)
        else:
            self._take(found)

    def _take(self, found: _Restored) -> None:
        settings, presets, self._bridge.endpoints, self._restored = found
        self._settings = settings | self._settings
        self.preferences.take(self._settings)
        self.presets.show(presets)

    def show_restored(self) -> None:
        """Show the thread that was restored; where nothing can be saved, only the draft."""
        if self._restored is not None:
            self.chat.show(self._restored)
            self._restored = None
        else:
            self.desk.changed.emit(self.desk.draft)
            self.desk.check_now()

    def _row_listed(self) -> None:
        if self.library.known:
            self.chat.take_row(self.library.thread_of(self.chat.id))

    def _schema_opened(self, state: SchemaState | None) -> None:
        if state is not None:
            self.put_setting(LAST_SCHEMA, state.row.id)

    def start(self) -> None:
        """Start the model behind the window, and the measurements of the status bar."""
        self.library.refresh()
        last = self.setting(LAST_LOADED)
        self._first.start(last if isinstance(last, str) else "")
        self._back_up_later.start()
        self._prepare_later.start()
        self._measure_often.start()
        self._measure_memory()

    def close(self) -> None:
        """Save what is unsaved and end everything that was started."""
        self._measure_often.stop()
        self.desk.close()
        if "schema_editing" in self.__dict__:
            self.schema_editing.close()
        if "interfaces" in self.__dict__:
            self.interfaces.close()
        if "extractions" in self.__dict__:
            self.extractions.close()
        if "downloads" in self.__dict__:
            self.downloads.close()
        if "benchmarks" in self.__dict__:
            self.benchmarks.close()
        if "models" in self.__dict__:
            self.models.close()
        self.schemas.close()
        self.runs.close()
        self._bridge.close()

    # Schemas

    @functools.cached_property
    def schema_editing(self) -> SchemaEditing:
        """The schema in the editor; made when the editor is first shown, since it brings parsers along."""
        from app.session.schema_editing import SchemaEditing

        return SchemaEditing(self._bridge, self.runs, self.schemas)

    @functools.cached_property
    def schema_exchange(self) -> SchemaExchange:
        """Schemas from elsewhere and for elsewhere."""
        from app.session.schema_exchange import SchemaExchange

        return SchemaExchange(self._bridge)

    # Interfaces

    @functools.cached_property
    def interfaces(self) -> Interfaces:
        """The gallery and the interface that is open, at first the one that was open last; made when first shown."""
        from app.session.interfaces import Interfaces

        made = Interfaces(self._bridge, self.runs, self.library, self.setting(_PROFILE))
        for shown in (made.opened, made.turns_changed, made.attached):
            shown.connect(lambda: self.put_setting(_LAST_INTERFACE, made.id))
        made.profile_changed.connect(lambda profile: self.put_setting(_PROFILE, profile))
        made.refresh()
        made.open(int(self.setting(_LAST_INTERFACE) or 0))
        return made

    @functools.cached_property
    def interface_export(self) -> InterfaceExport:
        """Screens written as something else."""
        from app.session.interfaces.exporting import InterfaceExport

        return InterfaceExport(self._bridge)

    # Extractions

    @functools.cached_property
    def extractions(self) -> Extractions:
        """The jobs and the one that is shown, at first the one that was open last; made when first shown."""
        from app.session.extraction import Extractions

        made = Extractions(self._bridge, self.setting, self.put_setting)
        made.state_changed.connect(self._extractions_moved)
        made.start()
        return made

    # Models

    @functools.cached_property
    def downloads(self) -> Downloads:
        """Models on their way here; made when first asked for, which asks nobody elsewhere for anything."""
        from app.session.models import Downloads

        made = Downloads(self._bridge, self._downloads_folder)
        made.arrived.connect(self._model_arrived)
        made.refresh()
        return made

    def _model_arrived(self) -> None:
        self.models.refresh()

    def _downloads_folder(self) -> Path:
        chosen = self.preferences.now.folders.downloads
        return Path(chosen) if chosen else self.profile / "models"

    @functools.cached_property
    def endpoints(self) -> Endpoints:
        """Models elsewhere; made when first asked for."""
        from app.session.models import Endpoints

        made = Endpoints(self._bridge)
        made.changed.connect(self.endpoints_changed)
        made.refresh()
        return made

    @functools.cached_property
    def benchmarks(self) -> Benchmarks:
        """How quick models are here; made when first asked for."""
        from app.session.models import Benchmarks

        made = Benchmarks(self._bridge, self._busy)
        self.runs.changed.connect(made.give_way)
        return made

    def _extractions_moved(self) -> None:
        if "benchmarks" in self.__dict__:
            self.benchmarks.give_way()

    def _busy(self) -> str:
        """Say what the model does just now; nothing where it is idle."""
        if self.runs.running:
            return "An answer is being written."
        job = self.extractions.running if "extractions" in self.__dict__ else None
        return f"{job.name or 'An extraction'} is running." if job is not None else ""

    @functools.cached_property
    def models(self) -> Models:
        """The models of this machine, and the one that is loaded; made when first asked for, and looked for then."""
        from app.session.models import Models

        made = Models(self._bridge, self.setting, self.put_setting)
        if self.model is not None:
            made.take_state(self.model)
        self.model_changed.connect(made.take_state)
        if self._first.failure is not None:
            made.say_failed(self._first.failure)
        made.loading_changed.connect(lambda: self._first.forget() if made.load_failure is None else None)
        made.refresh()
        return made

    # Settings

    @functools.cached_property
    def profile_data(self) -> ProfileData:
        """What the profile holds as a whole; made when the settings are first shown."""
        from app.session.profile_data import ProfileData

        made = ProfileData(self._bridge)
        made.leaving_asked.connect(self.leaving_asked)
        return made

    def restart(self) -> None:
        """Ask to be closed, and the program to be started anew."""
        self.leaving_asked.emit(None)

    def _follow_preferences(self) -> None:
        self.allow_network(self.preferences.now.network.use == "asked")

    def setting(self, key: str, default: Any = None) -> Any:
        """Return a setting as it was restored or last put."""
        return self._settings.get(key, default)

    def put_setting(self, key: str, value: Any) -> None:
        """Save a setting."""
        if self._settings.get(key) == value:
            return
        self._settings[key] = value
        self._bridge.ask_store(lambda store: store.settings.put(key, value))

    # The model and the machine

    def _model_changed(self, state: ClientState) -> None:
        if self._first.takes(state):
            return  # the bundled one is loaded instead
        self.model = state
        self.known_model = state.model or self.known_model
        self.model_changed.emit(state)
        if state.model is not None:
            self.chat.take_context(state.model.context)
        self.desk.take_state(state)
        self.runs.take_state(state)

    @property
    def start_notice(self) -> str:
        """Why another model than the last one was loaded at the start, in a sentence; empty where none was."""
        return self._first.notice

    def _first_failed(self, failure: LoadFailure) -> None:
        if "models" in self.__dict__:
            self.models.say_failed(failure)
        self.start_noticed.emit(self.start_notice)

    def restart_model(self) -> None:
        """Start the host again after it failed."""

        def start(client: ModelClient) -> None:
            client.start()

        self._bridge.ask_model(start)

    # The network, and models elsewhere

    def leaves_machine(self, model: str) -> str | None:
        """Return the names of the machines that a choice of model sends text to; None where it stays on this one."""
        known = (self._bridge.endpoints[each] for each in endpoints_of(model) if each in self._bridge.endpoints)
        return ", ".join(dict.fromkeys(host for each in known if (host := host_of(each)) is not None)) or None

    def model_choices(self) -> list[tuple[str, str]]:
        """Return what may be chosen to answer, and what it is called: the model here, and those elsewhere."""
        here = f"This machine: {name_of_loaded(self.known_model)}" if self.known_model is not None else "This machine"
        choices = [(LOCAL, here)]
        for name, data in self._bridge.endpoints.items():
            there = str(data.get("name") or data.get("model") or host_of(data) or name)
            choices.append((at_endpoint(name), there))
            choices.append((in_order((at_endpoint(name), LOCAL)), f"{there}, or here where it cannot answer"))
        return choices

    def known_choice(self, model: str) -> str:
        """Return a choice of model without those that are not in the list; the one here where none is left."""
        return self._bridge.known_choice(model)

    @property
    def network_allowed(self) -> bool:
        """Whether anything may be fetched or sent."""
        return self._bridge.network_allowed

    def allow_network(self, allowed: bool) -> None:
        """Let things be fetched and sent from now on, or not; what is under way ends by itself."""
        self._bridge.allow_network(allowed)

    def _network_changed(self, uses: tuple[str, ...]) -> None:
        self.network_uses = uses
        self.network_changed.emit(uses)

    @property
    def host_pid(self) -> int | None:
        """The process id of the model's host."""
        return self._bridge.host_pid

    def _measure_memory(self) -> None:
        self._bridge.memory(self._say_memory)

    def _say_memory(self, measured: tuple[int, int]) -> None:
        self.memory = measured
        self.memory_changed.emit(measured)


def _prepare_extraction() -> None:
    """Import what extractions stand on, which takes half a second, before somebody waits for the page."""
    from engine.extraction import confidence, review, truth  # noqa: F401
