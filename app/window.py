"""The frame: rail, pages, status bar, command palette."""

from __future__ import annotations

import base64
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.exchange import FORMATS
from app.models.commands import Command
from app.pages.playground import PlaygroundPage
from app.style.plain_text import one_line
from app.widgets.command_palette import CommandPalette
from app.widgets.rail import Rail
from app.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.job_notice import JobNotice
    from app.pages.extract import ExtractPage
    from app.pages.interface import InterfacePage
    from app.pages.schemas import SchemasPage
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
        self.setWindowTitle("Espalier")
        self.setMinimumSize(960, 600)
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
        self._bind()

    def _bind(self) -> None:
        for number, (name, _) in enumerate(PAGES, 1):
            self._shortcut(f"Ctrl+{number}", partial(self.show_page, name))
        self._shortcut("Ctrl+,", lambda: self.show_page("Settings"))
        self._shortcut("Ctrl+K", self.open_palette)
        self._shortcut("Ctrl+Q", self.close)

    def _shortcut(self, keys: str, intent: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self)
        shortcut.activated.connect(intent)

    # Pages

    def show_page(self, name: str) -> None:
        """Bring a page to the front."""
        page = self._made.get(name) or self._make(name)
        self.pages.setCurrentWidget(page)
        self.rail.choose(name)
        # Not whatever comes next: a ring on a button that nobody chose is noise.
        (self.playground.composer.text if page is self.playground else page).setFocus()
        self._session.put_setting(_PAGE, name)

    def page(self, name: str) -> QWidget:
        """Return a page, made if need be."""
        return self._made.get(name) or self._make(name)

    def _make(self, name: str) -> QWidget:
        page: QWidget
        match name:
            case "Schemas":
                from app.pages.schemas import SchemasPage

                page = SchemasPage(self._theme, self._session)
                page.use_asked.connect(self._use_schema)
            case "Extract":
                from app.job_notice import JobNotice
                from app.pages.extract import ExtractPage

                page = ExtractPage(self._theme, self._session)
                page.schema_wanted.connect(self._show_schema)
                page.models_wanted.connect(lambda: self.show_page("Models"))
                self._job_notice = JobNotice(self, self._theme, self._session.extractions)
                self._job_notice.reading.connect(self.status.show_reading)
                self._job_notice.page_asked.connect(lambda: self.show_page("Extract"))
            case "Interface":
                from app.pages.interface import InterfacePage

                page = InterfacePage(self._theme, self._session)
            case "Models":
                from app.pages.models import ModelsPage

                page = ModelsPage(self._theme, self._session)
            case _:
                from app.pages.settings import SettingsPage

                page = SettingsPage(self._theme, self._session)
        self._made[name] = page
        self.pages.addWidget(page)
        return page

    def _use_schema(self, text: str) -> None:
        """Hold what is asked next in the Playground to a schema of the editor."""
        self.show_page("Playground")
        self.playground.use_schema(text)

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
        editing, row = self._session.schema_editing, self._session.schemas.desk.row
        text, name = editing.document.text, editing.name
        self.show_page("Extract")
        self._extract().extract_with(text, name, row.id if row is not None and editing.editable else None)

    def _schemas(self) -> SchemasPage:
        from app.pages.schemas import SchemasPage

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
        playground, session, here = self.playground, self._session, self._on_playground
        comparison = session.comparison

        def running() -> bool:
            return session.chat.running is not None

        def idle() -> bool:
            return not running()

        def several() -> bool:
            message, conversation = session.chat.focus.message, session.chat.conversation
            known = message is not None and message in conversation
            return message is not None and known and len(conversation.alternatives(message).ids) > 1

        def runnable() -> bool:
            return comparison.can_run if comparing() else playground.composer.can_run

        def composed() -> bool:
            return playground.composer.can_run and not comparing()

        def comparing() -> bool:
            return comparison.active

        def ended() -> bool:
            return session.chat.answer is not None and not running() and not comparing()

        def theme_command(name: str, choice: ThemeChoice) -> Command:
            return Command(name, lambda: self.choose_theme(choice), "", "theme colours appearance mode")

        pages = [
            Command(f"Go to {name}", partial(self.show_page, name), f"Ctrl+{number}", "page")
            for number, (name, _) in enumerate(PAGES, 1)
        ]
        formats = [
            Command(f"Response format: {shape.words}", partial(self._choose_format, name))
            for name, shape in FORMATS.items()
        ]
        return [
            Command("Run", here(playground.run), "Ctrl+Enter", able=runnable),
            Command("Stop", playground.stop, "Esc", able=running),
            Command("Run again", here(playground.run_again), "Ctrl+R", able=ended),
            Command("Edit and ask again", here(playground.edit_message), "Ctrl+E", able=ended),
            Command("Continue the answer", here(playground.continue_answer), able=ended),
            Command("Compare with other settings", here(comparison.compare_settings), able=ended, words="columns"),
            Command("Compare answers", here(comparison.compare_answers), able=several, words="alternatives columns"),
            Command("Compare the prompt under several settings", here(playground.compare_draft), able=composed),
            Command("Next difference", partial(playground.step_difference, 1), "F7", able=comparing),
            Command("The difference before", partial(playground.step_difference, -1), "Shift+F7", able=comparing),
            Command("New thread", here(playground.new_thread), "Ctrl+N", words="chat conversation afresh"),
            Command("Attach files", here(playground.attach), "Ctrl+Shift+A", words="image document"),
            Command("Run the worked example", here(playground.run_example), able=idle),
            Command("Load the worked example", here(playground.load_example), able=idle),
            Command("Show the exact prompt", here(playground.show_exact_prompt)),
            Command("Search all threads", here(playground.search_threads), "Ctrl+F", words="find"),
            Command("Show or hide the threads", here(playground.toggle_threads), "Ctrl+B", words="conversations list"),
            Command("Export this thread", here(lambda: playground.export([session.chat.id])), words="save markdown"),
            Command("Import threads", here(playground.import_files), words="chatgpt openai conversations"),
            Command("Rename this thread", here(playground.rename_thread), words="title"),
            Command("Show or hide the inspector", here(playground.toggle_inspector), "Ctrl+I"),
            Command("Fold or show the sampling", here(playground.toggle_sampling), words="schema room seed"),
            *(
                Command(f"Show the answer as {name}", here(partial(playground.answer.choose, name)))
                for name in ("Read", "JSON", "Tokens", "Receipt")
            ),
            *formats,
            *self._schema_commands(),
            *self._interface_commands(),
            *self._extract_commands(),
            *pages,
            Command("Go to Settings", lambda: self.show_page("Settings"), "Ctrl+,", "preferences options"),
            theme_command("Theme: as the system", "system"),
            theme_command("Theme: light", "light"),
            theme_command("Theme: dark", "dark"),
            Command("Restart the model", session.restart_model, words="host crash load"),
            Command("Quit Espalier", self._quit, "Ctrl+Q", "exit close"),
        ]

    def _schema_commands(self) -> list[Command]:
        """Return what the palette can do with schemas: commands that make the editor first, and schemas by name."""
        session = self._session

        def on_schemas(intent: Callable[[SchemasPage], object]) -> Callable[[], None]:
            def do() -> None:
                self.show_page("Schemas")
                intent(self._schemas())

            return do

        def open_schema(schema: int) -> Callable[[], None]:
            return on_schemas(lambda _: session.schemas.open(schema))

        def editable() -> bool:
            return "Schemas" in self._made and session.schema_editing.editable

        commands = (
            ("New schema", lambda page: page.ways.new_schema(), "json empty", None),
            ("Describe a schema", lambda page: page.describe(), "write model sentence", None),
            ("Import a schema", lambda page: page.ways.open_files(), "file example pydantic tool", None),
            ("Schema from the clipboard", lambda page: page.ways.paste(), "import paste", None),
            ("Save a version of the schema", lambda page: page.save_version(), "keep note", editable),
            ("Versions of the schema", lambda page: page.show_versions(), "history diff compare", editable),
            ("Make the schema strict", lambda page: page.rewrite("strict"), "openai profile", editable),
            ("Make the schema lenient", lambda page: page.rewrite("lenient"), "loosen", editable),
            ("Upgrade the schema to 2020-12", lambda page: page.rewrite("upgrade"), "draft", editable),
            ("Fill in a form of the schema", lambda page: page.fill_in(), "type value", editable),
            ("Generate ten samples of the schema", lambda page: page.trial.vary(), "try variety", editable),
        )
        return [
            *(
                Command(name, on_schemas(intent), words=f"schema {words}", able=able or (lambda: True))
                for name, intent, words, able in commands
            ),
            *(
                Command(f"Open schema: {one_line(row.name, 60)}", open_schema(row.id), words=" ".join(row.tags))
                for row in session.schemas.rows
            ),
        ]

    def _interface_commands(self) -> list[Command]:
        """Return what the palette can do with interfaces, which makes their page first, and the open one's parts."""

        def on_interface(intent: Callable[[InterfacePage], object]) -> Callable[[], None]:
            def do() -> None:
                self.show_page("Interface")
                intent(self._interface())

            return do

        def made() -> bool:
            return "Interface" in self._made

        def shown() -> bool:
            return made() and self._interface().session.tree is not None

        def running() -> bool:
            return made() and self._interface().session.running is not None

        def idle() -> bool:
            return shown() and not running()

        commands = (
            ("New interface", lambda page: page.new(), "describe screen ui", None),
            ("All interfaces", lambda page: page.search(), "gallery pictures examples", None),
            ("Import an interface", lambda page: page.ways.import_files(), "a2ui openai json tree", None),
            ("Stop writing the interface", lambda page: page.stop(), "cancel", running),
            ("Attach data to the interface", lambda page: page.ways.attach_data(), "csv json table source", None),
            ("Attach a picture to the interface", lambda page: page.ways.attach_picture(), "image", None),
            ("Rename the interface", lambda page: page.rename(), "title", shown),
            ("Duplicate the interface", lambda page: page.duplicate(), "copy", shown),
            ("Delete the interface", lambda page: page.delete(), "bin remove", shown),
            ("Choose parts by clicking them", lambda page: page.preview.inspect.toggle(), "inspect select", shown),
            ("Preview: phone", lambda page: page.show_device("phone"), "width 390 mobile", shown),
            ("Preview: tablet", lambda page: page.show_device("tablet"), "width 768", shown),
            ("Preview: desktop", lambda page: page.show_device("desktop"), "width whole", shown),
            ("Preview: alone on the screen", lambda page: page.toggle_full(), "full f11", shown),
            ("Preview: in the other theme", lambda page: page.preview.other_theme.toggle(), "dark light", shown),
            ("Preview: forget what was typed", lambda page: page.reset(), "reset state", shown),
            ("Play how the interface was written", lambda page: page.preview.scrubber.toggle(), "scrub stream", idle),
            ("Export the interface as JSON", lambda page: page.ways.export("json", "save"), "save tree", idle),
            ("Export the interface as PySide6 source", lambda page: page.ways.export("pyside", "save"), "qt", idle),
            ("Export the interface as HTML", lambda page: page.ways.export("html", "save"), "page web", idle),
            ("Export the interface as a picture", lambda page: page.ways.export("png", "save"), "save png", idle),
        )
        return [
            Command(name, on_interface(intent), words=f"interface {words}", able=able or (lambda: True))
            for name, intent, words, able in commands
        ]

    def _extract_commands(self) -> list[Command]:
        """Return what the palette can do with extractions, which makes their page first, and each of them by name."""

        def on_extract(intent: Callable[[ExtractPage], object]) -> Callable[[], None]:
            def do() -> None:
                self.show_page("Extract")
                intent(self._extract())

            return do

        def made() -> bool:
            return "Extract" in self._made

        def going(*states: str) -> bool:
            return made() and self._session.extractions.state in states

        def running() -> bool:
            return going("running", "pausing")

        def rested() -> bool:
            return made() and self._session.extractions.id is not None and not going("running", "pausing", "stopping")

        def filled() -> bool:
            return made() and bool(self._session.extractions.rows)

        def failed() -> bool:
            return rested() and self._session.extractions.coverage.failed > 0

        def has_schema() -> bool:
            return "Schemas" in self._made and bool(self._session.schema_editing.name)

        def open_job(job: int) -> Callable[[], None]:
            return on_extract(lambda page: page.session.open(job))

        commands = (
            ("Run the extraction", lambda page: page.run(), "read documents resume go on", lambda: not running()),
            ("Pause the extraction", lambda page: page.escape(), "hold", lambda: going("running")),
            ("Stop the extraction", lambda page: page.stop(), "cancel at once", running),
            ("New extraction", lambda page: page.new(), "job folder documents table", None),
            ("All extractions", lambda page: page.ways.show_jobs(), "jobs list", None),
            ("Extract: choose a folder", lambda page: page.setting_up.choose_folder(), "sources documents", None),
            ("Extract: choose files", lambda page: page.setting_up.choose_files(), "sources documents", None),
            ("Extract: choose a schema", lambda page: page.setting_up.offer_schemas(), "fields columns", None),
            ("Extract: edit the instructions", lambda page: page.setting_up.edit_instructions(), "prompt", None),
            (
                "Extract: how documents are read",
                lambda page: page.setting_up.offer_options(),
                "grounding options",
                None,
            ),
            ("Extract: set up the sample invoices", lambda page: page.setting_up.set_example(), "worked example", None),
            ("Next value to review", lambda page: page.next_to_review(), "doubtful worst first f8", filled),
            ("Export the table", lambda page: page.ways.offer_export(), "csv jsonl xlsx excel save", filled),
            ("Read failed documents again", lambda page: page.session.run_failed(), "retry", failed),
            ("Compare with known values", lambda page: page.show_accuracy(shown=True), "accuracy truth", filled),
            ("Save as evaluation set", lambda page: page.ways.save_evaluation(), "truth corrections", filled),
            ("Undo the correction", lambda page: page.undo(), "take back", lambda: filled() and rested()),
            ("Rename the extraction", lambda page: page.head.name.setFocus(), "title job", rested),
            ("Delete the extraction", lambda page: page.ways.delete_open(), "bin remove job", rested),
        )
        jobs = self._session.extractions.jobs if made() else ()
        return [
            *(
                Command(name, on_extract(intent), words=f"extract {words}", able=able or (lambda: True))
                for name, intent, words, able in commands
            ),
            Command("Extract with this schema", self._extract_with_schema, words="job folder", able=has_schema),
            *(Command(f"Open extraction: {one_line(job.name, 60)}", open_job(job.id)) for job in jobs),
        ]

    def _extract(self) -> ExtractPage:
        from app.pages.extract import ExtractPage

        page = self.page("Extract")
        assert isinstance(page, ExtractPage), "the page of extractions is the page of extractions"
        return page

    def _interface(self) -> InterfacePage:
        from app.pages.interface import InterfacePage

        page = self.page("Interface")
        assert isinstance(page, InterfacePage), "the page of interfaces is the page of interfaces"
        return page

    def _on_playground(self, intent: Callable[[], None]) -> Callable[[], None]:
        """Return an intent that shows the Playground first."""

        def do() -> None:
            self.show_page("Playground")
            intent()

        return do

    def _choose_format(self, name: str) -> None:
        self.show_page("Playground")
        box = self.playground.inspector.response.format
        box.setCurrentIndex(box.findData(name))

    def choose_theme(self, choice: ThemeChoice) -> None:
        """Switch the theme and remember it."""
        from app.pages.settings import SettingsPage

        page = self.page("Settings")
        assert isinstance(page, SettingsPage), "the settings page is the settings page"
        page.choose(choice)

    def _quit(self) -> None:
        self.close()

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

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the layout, end the model's host, save what is unsaved."""
        geometry = base64.b64encode(self.saveGeometry().data()).decode()
        self._session.put_setting(_GEOMETRY, geometry)
        if "Extract" in self._made:
            self._extract().keep_state()
        self.hide()
        self._session.close()
        self.closed.emit()
        event.accept()
