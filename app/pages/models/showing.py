"""What is shown of the model that is loaded and of the row that is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from app.model_names import name_of
from app.models.hub_lines import foot_words
from app.models.model_words import name_and_quantization
from app.pages.models.loaded import Coming
from app.pages.models.measuring import Measuring
from app.pages.models.model_side import ModelSide

if TYPE_CHECKING:
    from app.pages.models.page import ModelsPage
    from app.session import Session
    from app.session.models import Entry
    from engine.errors import EngineError

OFF: Final = "The network is off: nothing is looked up, downloaded or asked elsewhere."


class Showing(QObject):
    """Brings the page in step with the session."""

    def __init__(self, session: Session, page: ModelsPage) -> None:
        super().__init__(page)
        self._session = session
        self._models = session.models
        self._page = page
        self._key = ""
        self._coming = ""
        self._told: object = None
        self.side = ModelSide(page.theme, session, page.side.model, page.ways, self)
        self._afar = Measuring(session, page.side.endpoint.benchmark, self)
        page.list.chosen.connect(self.choose)
        page.listing.shown.connect(self._choose_again)
        page.listing.shown.connect(self._show_others)
        page.loaded.restart_asked.connect(session.restart_model)
        page.loaded.pin_asked.connect(self._pin_loaded)
        page.trouble.way_asked.connect(self._take_way)
        page.side.reset.clicked.connect(self.side.reset)
        session.model_changed.connect(self.show_loaded)
        session.memory_changed.connect(self._show_memory)
        self._models.loading_changed.connect(self._loading_changed)
        self._models.entry_changed.connect(self._entry_changed)
        self._models.changed.connect(self.show_loaded)
        self._models.changed.connect(self.show_chosen)
        self._models.brought.connect(self.bring)
        session.downloads.ended.connect(self._download_ended)
        page.fetching.looked_up.connect(self._show_found)
        page.elsewhere.kept.connect(self.bring)
        page.listing.shown.connect(self._show_foot)
        session.preferences.changed.connect(self.show_network)
        self.side.told.connect(page.tell)
        if session.memory is not None:
            self._show_memory(session.memory)

    # The page

    def show_all(self) -> None:
        """Show everything anew."""
        self._page.listing.show()
        self.show_loaded()
        self.show_chosen()
        self._show_foot()
        self.show_network()

    def _show_memory(self, measured: tuple[int, int]) -> None:
        self._page.headings.show_memory(measured[1])

    def _show_foot(self) -> None:
        self._page.foot.show_words(foot_words(self._session.downloads.items))

    def _entry_changed(self, key: str) -> None:
        if key == self._key:
            self.show_chosen()
        if key == self._models.loaded_key:
            self.show_loaded()

    def _loading_changed(self) -> None:
        self.show_loaded()
        self.show_chosen()
        failure, trouble = self._models.load_failure, self._page.trouble
        if failure is not None and failure is not self._told:
            still = f"{self._page.loaded.name.line} is still loaded and answers." if self._models.loaded_key else ""
            known = self._models.entry(failure.key) is not None
            trouble.show_error(failure.error, "Show the model" if known else "", still)
        elif failure is None and self._told is not None:
            trouble.withdraw()
        self._told = failure

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

    def _pin_loaded(self, pinned: bool) -> None:
        key = self._models.loaded_key
        if key is not None:
            self._page.deeds.pin(key, pinned=pinned)

    # The chosen row

    @property
    def key(self) -> str:
        """The key of the row that is shown."""
        return self._key

    def choose(self, key: str) -> None:
        """Show another row."""
        self._key = key
        self.show_chosen()

    def bring(self, key: str) -> None:
        """Choose a row as soon as it is there, which may be a moment from now."""
        self._coming = key
        self._page.listing.show()

    def _show_found(self, key: str) -> None:
        """Bring in sight what came of an address: it stands above everything else."""
        self._page.filter.clear()
        if key:
            self.bring(key)
        self._page.list.scrollToTop()

    def _download_ended(self, item: str, error: EngineError | None) -> None:
        """Say that a model has arrived; whoever was looking at its download sees the model now."""
        told = self._session.downloads.item(item)
        if error is not None or told is None:
            return
        name, _ = name_and_quantization(told.files[0].name)
        self._page.tell(f"{name} is downloaded", None)
        subject = self._page.fetching.subject(self._key)
        if subject is not None and subject.item is not None and subject.item.id == item:
            self.bring(item)

    def show_network(self) -> None:
        """Say where nothing can be fetched or asked elsewhere."""
        page, allowed = self._page, self._session.network_allowed
        page.off.say("" if allowed else OFF)
        page.tools.show_network(allowed=allowed)
        page.fit_head()
        page.listing.show()
        self.show_chosen()

    def _choose_again(self) -> None:
        """Keep the choice; where there is none, or what was chosen is gone, choose the loaded model."""
        rows = self._page.listing.rows
        if self._coming and rows.index_of_key(self._coming).isValid():
            key, self._coming = self._coming, ""
            self._page.list.choose(key)
            return
        if self._key and rows.index_of_key(self._key).isValid():
            self._page.list.choose(self._key)
            return
        loaded = self._models.loaded_key
        if not self._coming and loaded is not None and rows.index_of_key(loaded).isValid():
            self._page.list.choose(loaded)

    def _show_others(self) -> None:
        """Show what is known now of a chosen row that is no model of this machine."""
        if self._models.entry(self._key) is None:
            self.show_chosen()

    def show_chosen(self) -> None:
        """Show the chosen row at the right."""
        side, entry = self._page.side, self._models.entry(self._key)
        if entry is not None:
            self._show_entry(entry)
        elif not (self._show_endpoint() or self._show_hub()):
            side.show_panel(side.nothing, "")

    def _show_entry(self, entry: Entry) -> None:
        side = self._page.side
        side.show_panel(side.model, entry.name)
        side.reset.setEnabled(entry.own_options)
        self.side.show_entry(entry)

    def _show_endpoint(self) -> bool:
        page = self._page
        endpoint = page.elsewhere.endpoint(self._key)
        if endpoint is None:
            return False
        page.side.show_panel(page.side.endpoint, endpoint.name)
        self._afar.show_endpoint(endpoint.name, endpoint.id)
        page.side.endpoint.show_endpoint(
            endpoint,
            has_key=page.elsewhere.has_key(endpoint),
            probing=endpoint.id in page.listing.probing,
            error=page.listing.refused.get(endpoint.id),
            able=self._session.network_allowed,
        )
        return True

    def _show_hub(self) -> bool:
        page = self._page
        able = self._session.network_allowed
        wrong = page.fetching.shown_error() if self._key == "found:error" else None
        if wrong is not None:
            page.side.show_panel(page.side.hub, "Could not be looked up")
            page.side.hub.show_model(wrong, can_look_up=False, able=able, known=False)
            return True
        subject = page.fetching.subject(self._key)
        if subject is None:
            return False
        line = page.listing.rows.row_of(page.listing.rows.index_of_key(self._key))
        button = line.button if line is not None else ""
        page.side.show_panel(page.side.hub, page.fetching.name_of(subject))
        page.side.hub.show_model(
            page.fetching.shown(subject, button=button),
            can_look_up=subject.index is not None and subject.files is None,
            able=able,
        )
        return True

    def _take_way(self) -> None:
        failure = self._models.load_failure
        self._page.trouble.withdraw()
        if failure is not None:
            self._page.list.choose(failure.key)
            self._page.list.enter()
