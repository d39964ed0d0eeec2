"""The frame: rail, pages, status bar, command palette."""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app import figures
from app.models.commands import Command
from app.pages.playground.page import PlaygroundPage
from app.scale import LEAST
from app.shortcuts import BY_ID, show_keys
from app.widgets.command_palette import CommandPalette
from app.widgets.rail import Rail
from app.widgets.saving import EXPORTS
from app.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent

    from app.job_notice import JobNotice
    from app.pages.extract.page import ExtractPage
    from app.pages.schemas.page import SchemasPage
    from app.session import Session
    from app.style.theme import Theme, ThemeChoice

PAGES = (
    ("Playground", "chat-teardrop-text"),
    ("Schemas", "tree-structure"),
    ("Extract", "table"),
    ("Interface", "layout"),
    ("Models", "cpu"),
)
SETTINGS = ("Settings", "gear-six")
_GEOMETRY = "window.geometry"
_PAGE = "window.page"


class Window(QMainWindow):
    """The one window. Pages other than the Playground are made when they are first shown."""

    closed = Signal()

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self._session = session
        self._locale = session.preferences.now.locale
        self.setProperty(EXPORTS, session.preferences.now.folders.exports)
        self.setWindowTitle("Espalier")
        self.setMinimumSize(*LEAST)
        self.playground = PlaygroundPage(theme, session)
        self.pages = QStackedWidget()
        self._made: dict[str, QWidget] = {"Playground": self.playground}
        self._job_notice: JobNotice | None = None
        self.pages.addWidget(self.playground)
        items = [(name, icon, f"Ctrl+{number}") for number, (name, icon) in enumerate(PAGES, 1)]
        self.rail = Rail(theme, items, (*SETTINGS, "Ctrl+,"))
        self.status = StatusBar(theme, session)
        body = QWidget()
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self.pages, 1)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self.status)
        self.setCentralWidget(body)
        self.palette_view = CommandPalette(theme, body)
        self.rail.chosen.connect(self.show_page)
        self.playground.edit_schema_asked.connect(self._edit_schema)
        self.status.models_asked.connect(lambda: self.show_page("Models"))
        self.status.palette_asked.connect(self.open_palette)
        session.preferences.changed.connect(self._follow_settings)
        self._bind()

    def _bind(self) -> None:
        intents = {**self._intents(), "window.palette": self.open_palette}
        keys = self._session.shortcuts
        keys.bind(self, intents, Qt.ShortcutContext.WindowShortcut)
        show_keys(keys, {f"window.{name.lower()}": item for name, item in self.rail.items.items()})
        keys.changed.connect(self._show_keys)
        self._show_keys()

    def _show_keys(self) -> None:
        self.status.show_palette_keys(self._session.shortcuts.shown("window.palette"))

    # Pages

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        page = self._made.get(name) or self._make(name)
        self.pages.setCurrentWidget(page)
        self.rail.choose(name)
        # Not whatever comes next: a ring on a button that nobody chose is noise.
        (self.playground.composer.text if page is self.playground else page).setFocus()
        self._session.put_setting(_PAGE, name)

    @property
    def session(self) -> Session:
        """What pages ask."""
        return self._session

    def page(self, name: str) -> QWidget:
        """Return a page, made if need be."""
        return self._made.get(name) or self._make(name)

    def is_made(self, name: str) -> bool:
        """Whether a page was shown already."""
        return name in self._made

    def _make(self, name: str) -> QWidget:
        page: QWidget
        match name:
            case "Schemas":
                from app.pages.schemas.page import SchemasPage

                page = SchemasPage(self._theme, self._session)
                page.use_asked.connect(self._use_schema)
            case "Extract":
                from app.job_notice import JobNotice
                from app.pages.extract.page import ExtractPage

                page = ExtractPage(self._theme, self._session)
                page.schema_wanted.connect(self._show_schema)
                page.models_wanted.connect(lambda: self.show_page("Models"))
                self._job_notice = JobNotice(self, self._theme, self._session.extractions)
                self._job_notice.reading.connect(self.status.show_reading)
                self._job_notice.page_asked.connect(lambda: self.show_page("Extract"))
            case "Interface":
                from app.pages.interface.page import InterfacePage

                page = InterfacePage(self._theme, self._session)
            case "Models":
                from app.pages.models.page import ModelsPage

                page = ModelsPage(self._theme, self._session)
                page.settings_asked.connect(lambda: self.show_page(SETTINGS[0]))
                page.use_asked.connect(self._use_model)
            case _:
                from app.pages.settings.page import SettingsPage

                page = SettingsPage(self._theme, self._session)
                page.models_asked.connect(lambda: self.show_page("Models"))
        self._made[name] = page
        self.pages.addWidget(page)
        return page

    def _use_schema(self, text: str) -> None:
        """Hold what is asked next in the Playground to a schema of the editor."""
        self.show_page("Playground")
        self.playground.use_schema(text)

    def _use_model(self, choice: str) -> None:
        """Ask a model of the list in the thread that is open."""
        self.show_page("Playground")
        self.playground.use_model(choice)

    def _edit_schema(self, text: str) -> None:
        """Take a schema of the Playground into the editor."""
        self.show_page("Schemas")
        self._schemas().ways.take_text(text)

    def _show_schema(self, schema: int | None, text: str) -> None:
        """Show a schema in the editor: the one of the library, one that says this, or where one can be written."""
        self.show_page("Schemas")
        if schema is not None:
            self._session.schemas.open(schema)
        elif text:
            self._schemas().ways.take_text(text)
        else:
            self._session.schema_editing.make("Untitled", then=self._schemas().describe)

    def _extract_with_schema(self) -> None:
        """Set up an extraction with the schema of the editor."""
        if not self._has_schema():
            return
        editing, row = self._session.schema_editing, self._session.schemas.desk.row
        text, name = editing.document.text, editing.name
        self.show_page("Extract")
        self._extract().extract_with(text, name, row.id if row is not None and editing.editable else None)

    def _has_schema(self) -> bool:
        return "Schemas" in self._made and bool(self._session.schema_editing.name)

    def _extract(self) -> ExtractPage:
        from app.pages.extract.page import ExtractPage

        page = self.page("Extract")
        assert isinstance(page, ExtractPage), "the page of extractions is the page of extractions"
        return page

    def _schemas(self) -> SchemasPage:
        from app.pages.schemas.page import SchemasPage

        page = self.page("Schemas")
        assert isinstance(page, SchemasPage), "the page of schemas is the page of schemas"
        return page

    # The palette

    def open_palette(self) -> None:
        """Show every command there is; once more closes it."""
        if self.palette_view.isVisible():
            self.palette_view.close_palette()
        else:
            self.palette_view.open(self.commands())

    def commands(self) -> list[Command]:
        """Return what the palette can do."""
        from app.pages.extract import commands as extract
        from app.pages.interface import commands as interface
        from app.pages.models import commands as models
        from app.pages.playground import commands as playground
        from app.pages.schemas import commands as schemas
        from app.pages.settings import commands as settings

        pages = (playground, schemas, interface, extract, models, settings)
        return [
            *(command for page in pages for command in page.commands(self)),
            *(self._command(action, intent) for action, intent in self._intents().items()),
        ]

    def _command(self, action: str, intent: Callable[[], object]) -> Command:
        entry = BY_ID[action]
        able = self._has_schema if action == "window.use_schema" else lambda: True
        return Command(entry.name, intent, self._session.shortcuts.shown(action), entry.words, able, action)

    def _intents(self) -> dict[str, Callable[[], object]]:
        """Return what the window itself does for its commands."""
        pages = (*(name for name, _ in PAGES), SETTINGS[0])
        choices: tuple[ThemeChoice, ...] = ("system", "light", "dark")
        return {
            **{f"window.{name.lower()}": partial(self.show_page, name) for name in pages},
            **{f"window.theme_{choice}": partial(self.choose_theme, choice) for choice in choices},
            "window.use_schema": self._extract_with_schema,
            "window.restart_model": self._session.restart_model,
            "window.quit": self.close,
        }

    def choose_theme(self, choice: ThemeChoice) -> None:
        """Switch the theme and remember it."""
        self._session.preferences.put("appearance", theme=choice)

    def _follow_settings(self) -> None:
        now = self._session.preferences.now
        self.setProperty(EXPORTS, now.folders.exports)
        self._theme.choose(now.appearance.theme)
        if now.locale != self._locale:
            self._locale = now.locale
            figures.use(now.locale.language)
            for widget in QApplication.allWidgets():
                widget.update()  # what is painted follows at once; words that stand in labels when they are said again

    # Life

    def restore(self) -> None:
        """Come back as the window was left."""
        geometry = self._session.setting(_GEOMETRY)
        if not geometry or not self.restoreGeometry(QByteArray(base64.b64decode(geometry))):
            self.resize(1280, 800)
        name = self._session.setting(_PAGE, "Playground")
        known = {page for page, _ in PAGES} | {SETTINGS[0]}
        self.playground.restore()
        self.show_page(name if name in known else "Playground")

    def keep_layout(self) -> None:
        """Remember where the window and its parts stand."""
        geometry = base64.b64encode(self.saveGeometry().data()).decode()
        self._session.put_setting(_GEOMETRY, geometry)
        if "Extract" in self._made:
            self._extract().keep_state()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, end the model's host, save what is unsaved."""
        self.keep_layout()
        self.hide()
        self._session.close()
        self.closed.emit()
        event.accept()
