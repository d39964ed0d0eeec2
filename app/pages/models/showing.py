"""What is shown of the model that is loaded and of the one that is chosen, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.models.load_choices import asked_of
from app.models.model_words import name_of
from app.pages.models.loaded import Coming

if TYPE_CHECKING:
    from app.pages.models.page import ModelsPage
    from app.session import Session
    from app.session.models import Entry
    from engine.model.protocol import LoadOptions, ModelInfo


class Showing(QObject):
    """Brings the page in step with the session."""

    def __init__(self, session: Session, page: ModelsPage) -> None:
        super().__init__(page)
        self._session = session
        self._models = session.models
        self._page = page
        self._key = ""
        panel = page.side.model
        page.list.chosen.connect(self.choose)
        page.list.deed_asked.connect(self.do)
        page.loaded.restart_asked.connect(session.restart_model)
        page.trouble.way_asked.connect(self._take_way)
        page.side.reset.clicked.connect(self.reset)
        panel.load_asked.connect(self.load)
        panel.load_with.changed.connect(self._put_options)
        panel.load_with.adapter_asked.connect(self._add_adapter)
        panel.file.show_asked.connect(self._show_file)
        session.model_changed.connect(lambda _: self.show_loaded())
        session.memory_changed.connect(lambda measured: page.headings.show_memory(measured[1]))
        self._models.loading_changed.connect(self._loading_changed)
        self._models.changed.connect(self.show_all)
        self._models.entry_changed.connect(self._entry_changed)
        page.listing.shown.connect(self._choose_first)
        if session.memory is not None:
            page.headings.show_memory(session.memory[1])

    # The page

    def show_all(self) -> None:
        """Show everything anew."""
        self._page.listing.show()
        self.show_loaded()
        self._show_chosen()

    def _entry_changed(self, key: str) -> None:
        if key == self._key:
            self._show_chosen()
        if key == self._models.loaded_key:
            self.show_loaded()

    def _loading_changed(self) -> None:
        self.show_loaded()
        self._show_chosen()
        failure = self._models.load_failure
        if failure is not None:
            still = f"{self._page.loaded.name.line} is still loaded and answers." if self._models.loaded_key else ""
            known = self._models.entry(failure.key) is not None
            self._page.trouble.show_error(failure.error, "Show the model" if known else "", still)
        elif self._models.loading_key is not None:
            self._page.trouble.withdraw()

    def show_loaded(self) -> None:
        """Show what is loaded, and what is coming beside it."""
        state, info = self._session.model, self._session.known_model
        self._page.loaded.show_state(state, info, self._models.entry(info.path) if info is not None else None)
        coming = self._models.loading_key
        if coming is None or self._models.loaded_key is None:
            self._page.loaded.show_coming(None)
            return
        entry = self._models.entry(coming)
        name = name_of(entry.file) if entry is not None else coming
        self._page.loaded.show_coming(Coming(name, *self._models.load_stage))

    # The chosen model

    @property
    def key(self) -> str:
        """The key of the row that is shown."""
        return self._key

    def choose(self, key: str) -> None:
        """Show another row."""
        self._key = key
        self._show_chosen()

    def _choose_first(self) -> None:
        """Choose the loaded model where nothing is chosen, or what was is gone; else leave it."""
        rows = self._page.listing.rows
        if self._key and rows.index_of_key(self._key).isValid():
            self._page.list.choose(self._key)
            return
        loaded = self._models.loaded_key
        if loaded is not None and rows.index_of_key(loaded).isValid():
            self._page.list.choose(loaded)

    def _show_chosen(self) -> None:
        entry = self._models.entry(self._key)
        side = self._page.side
        if entry is None:
            side.show_panel(side.nothing, "")
            return
        side.show_panel(side.model, name_of(entry.file))
        side.reset.setEnabled(entry.own_options)
        info = self._loaded_info(entry)
        panel = side.model
        panel.load_with.setVisible(entry.loadable)
        panel.fit.setVisible(False)
        panel.benchmark.setVisible(False)
        panel.load_with.show_options(entry.options, entry.file.facts, None)
        panel.file.show_entry(entry, entry.sha256 or (info.sha256 if info is not None else None))
        self._show_deed(entry, info)

    def _loaded_info(self, entry: Entry) -> ModelInfo | None:
        state = self._session.model
        info = state.model if state is not None else None
        return info if info is not None and info.path == entry.key else None

    def _show_deed(self, entry: Entry, info: ModelInfo | None) -> None:
        panel = self._page.side.model
        if not entry.loadable:
            panel.show_deed("", "")
        elif self._models.loading_key == entry.key:
            panel.show_deed("Loading…", "", able=False)
        elif info is not None:
            same = asked_of(info, entry.options)
            panel.show_deed("" if same else "Load again", "The settings hold once it is loaded again")
        else:
            now = self._session.known_model if self._models.loaded_key is not None else None
            panel.show_deed("Load", f"In the place of {now.name}" if now is not None else "")

    def _put_options(self, options: LoadOptions) -> None:
        if self._models.entry(self._key) is not None:
            self._models.put_options(self._key, options)

    def _add_adapter(self) -> None:
        path = self._page.ways.choose_adapter()
        if path is not None:
            self._page.side.model.load_with.add_adapter(path)

    def _show_file(self) -> None:
        entry = self._models.entry(self._key)
        if entry is not None:
            self._page.ways.show_file(entry.file.path)

    # Deeds

    @property
    def can_load(self) -> bool:
        """Whether the chosen row is a model that can be loaded."""
        entry = self._models.entry(self._key)
        return entry is not None and entry.loadable and self._models.loading_key != self._key

    def load(self) -> None:
        """Load the chosen model."""
        if self.can_load:
            self._models.load(self._key)

    @property
    def can_reset(self) -> bool:
        """Whether the chosen model is loaded otherwise than its file says."""
        entry = self._models.entry(self._key)
        return entry is not None and entry.own_options

    def reset(self) -> None:
        """Load the chosen model as its file says, from the next time on."""
        self._models.reset_options(self._key)

    def do(self, key: str) -> None:
        """Do what the button of a row says."""
        line = self._page.listing.rows.row_of(self._page.listing.rows.index_of_key(key))
        if line is None:
            return
        match line.deed:
            case "load":
                self._page.list.choose(key)
                self._models.load(key)
            case "show_file":
                entry = self._models.entry(key)
                if entry is not None:
                    self._page.ways.show_file(entry.file.path)

    def _take_way(self) -> None:
        failure = self._models.load_failure
        self._page.trouble.withdraw()
        if failure is not None:
            self._page.list.choose(failure.key)
            self._page.list.enter()
