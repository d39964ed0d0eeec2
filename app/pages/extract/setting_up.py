"""What an extraction reads, into which schema, and how: shown in the setup bar, changed through menus and dialogs."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.pages.extract.files import ask_for_documents, ask_for_file, ask_for_folder
from app.pages.extract.instructions_dialog import InstructionsDialog
from app.pages.extract.options_popover import OptionsPopover, options_words
from app.pages.extract.words import count
from app.session.extraction import INSTRUCTIONS
from app.style.plain_text import one_line
from engine.resources import resource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.pages.extract.setup_bar import SetupBar
    from app.session import SchemaRow, Session
    from app.session.extraction import Extractions
    from app.style.theme import Theme
    from engine.errors import EngineError
    from engine.resources import ExampleSchema
    from engine.schema.interchange import Incoming

_MOST: Final = 10
_LONGEST: Final = 60
_SAMPLE: Final = "invoices"
SCHEMA_FILES: Final = ("Schemas and classes (*.json *.py)",)
_KEPT: Final = "What is read already stays as it was read; Run reads all documents anew."


class SettingUp(QObject):
    """The session's setup as the bar shows it. `schema_wanted` asks for the schema in the editor, by id or text.

    `schema_set` tells that a schema was chosen, the same one again perhaps, `failed` that a file holds none.
    """

    schema_wanted = Signal(object, str)
    schema_set = Signal()
    failed = Signal(object)

    def __init__(self, theme: Theme, session: Session, bar: SetupBar, page: QWidget) -> None:
        super().__init__(page)
        self._theme = theme
        self._page = page
        self._bar = bar
        self._whole = session
        self._session: Extractions = session.extractions
        self.options = OptionsPopover(theme, session, page)
        bar.sources.clicked.connect(self.offer_sources)
        bar.schema.clicked.connect(self.offer_schemas)
        bar.instructions.clicked.connect(self.edit_instructions)
        bar.options.clicked.connect(self.offer_options)
        self.options.changed.connect(self._take_options)
        self.options.model_chosen.connect(lambda model: self._session.set_options(model=model))
        self._session.setup_changed.connect(self.show)
        self._session.sources_changed.connect(self.show)
        self._session.opened.connect(self.show)
        self._session.unit_changed.connect(self.show)
        session.endpoints_changed.connect(self.show)
        session.model_changed.connect(self.show)

    # What is shown

    def show(self) -> None:
        """Show what is set up."""
        setup, found, bar = self._session.setup, self._session.sources_found, self._bar
        if not setup.sources:
            bar.sources.say("Choose a folder", ink="text3", tip="Choose a folder or files, or drop them on this page")
        elif found.error is not None:
            said = f"{found.error.message} {found.error.advice or ''}".strip()
            bar.sources.say(named(setup.sources), ink="brick", tip=said)
        else:
            tip = "\n".join(str(each) for each in setup.sources[:20])
            bar.sources.say(named(setup.sources), count(found.count, "file") if found.count else "", tip=tip)
        if setup.schema_text:
            fields = count(len(self._session.columns), "field") if self._session.columns else ""
            bar.schema.say(setup.schema_name or "Unnamed", fields)
        else:
            bar.schema.say("Choose a schema", ink="text3")
        words = " ".join(setup.instructions.split())
        if words:
            bar.instructions.say(words, tip=setup.instructions[:1_000])
        else:
            bar.instructions.say("None beyond the schema", ink="text3", tip="Tell the model how to read the documents")
        bar.options.say(
            options_words(
                model=dict(self._whole.model_choices()).get(setup.model, "a model that is no longer in the list"),
                grounding=setup.grounding,
                second_look=setup.second_look,
                seconds_per_document=setup.seconds_per_document,
            )
        )

    @property
    def changes_matter(self) -> bool:
        """Whether rows were read with the setup as it stands, so that another one means reading anew."""
        return any(row.row.state not in {"pending", "running"} for row in self._session.rows)

    # Sources

    def offer_sources(self) -> None:
        """Offer the ways to documents, below what is chosen."""
        menu = self._menu()
        menu.addAction("Choose a folder…\tCtrl+O", self.choose_folder)
        menu.addAction("Choose files…", self.choose_files)
        if self._session.setup.sources:
            menu.addAction("Add a folder…", partial(self.choose_folder, add=True))
            menu.addAction("Add files…", partial(self.choose_files, add=True))
            menu.addSeparator()
            for path in self._session.setup.sources[:_MOST]:
                words = f"Leave out {one_line(short_path(path), _LONGEST)}"
                menu.addAction(words.replace("&", "&&"), partial(self._leave_out, path))
            menu.addAction("Look for new files", lambda: self._session.set_sources(self._session.setup.sources))
        menu.addSeparator()
        menu.addAction("The sample invoices", self.set_example)
        self._below(menu, self._bar.sources)

    def choose_folder(self, *, add: bool = False) -> None:
        """Ask for a folder."""
        ask_for_folder(self._page, self._near(), self.take if add else self._session.set_sources)

    def choose_files(self, *, add: bool = False) -> None:
        """Ask for documents."""
        ask_for_documents(self._page, self._near(), self.take if add else self._session.set_sources)

    def take(self, paths: Sequence[Path]) -> None:
        """Add folders and files to the sources; those of the example give way to them."""
        if self._session.setup.sources == (sample_folder(),):
            self._session.set_sources(paths)
        else:
            self._session.add_sources(paths)

    def take_dropped(self, paths: Sequence[Path]) -> None:
        """Add what was dropped to the sources; a file that can only be a schema becomes the schema."""
        if len(paths) == 1 and paths[0].suffix.lower() in {".json", ".py"}:
            self.take_schema_file(paths[0])
        elif paths:
            self.take(paths)

    def _leave_out(self, path: Path) -> None:
        self._session.set_sources([each for each in self._session.setup.sources if each != path])

    def _near(self) -> Path | None:
        sources = self._session.setup.sources
        first = next((each for each in sources if each != sample_folder()), None)
        return None if first is None else first.parent

    def set_example(self) -> None:
        """Set up the worked example: the sample invoices and their schema."""
        self._session.set_sources([sample_folder()])
        self.set_schema(sample_schema(), "Invoice", None)

    # Schema

    def offer_schemas(self) -> None:
        """Offer every schema there is, below the one that is chosen."""
        library, setup = self._whole.schemas, self._session.setup
        menu = self._menu()
        recent, more = library.rows[:_MOST], library.rows[_MOST:]
        for row in recent:
            self._add_row(menu, row)
        if more:
            rest = menu.addMenu("More of yours")
            for row in more:
                self._add_row(rest, row)
        if not recent:
            menu.addAction("No schema of yours yet").setEnabled(False)
        examples = menu.addMenu("Examples")
        for example in library.examples:
            examples.addAction(
                one_line(example.name, _LONGEST).replace("&", "&&"), partial(self._take_example, example)
            )
        menu.addSeparator()
        menu.addAction("From a file…", self.choose_schema_file)
        opening = menu.addAction("Open it in Schemas", self.open_schema)
        opening.setEnabled(bool(setup.schema_text))
        menu.addAction("Have one written in Schemas…", lambda: self.schema_wanted.emit(None, ""))
        self._below(menu, self._bar.schema)

    def _add_row(self, menu: QMenu, row: SchemaRow) -> None:
        action = menu.addAction(one_line(row.name, _LONGEST).replace("&", "&&"), partial(self.use_row, row))
        action.setCheckable(True)
        action.setChecked(row.id == self._session.setup.schema_id)

    def set_schema(self, text: str, name: str, schema: int | None) -> None:
        """Extract with a schema, by its text; its id where it is one of the library."""
        self._session.set_schema(text, name, schema)
        self.schema_set.emit()

    def use_row(self, row: SchemaRow) -> None:
        """Extract with a schema of the library, as it was typed last."""
        self._whole.schemas.text_of(row.id, lambda text: self.set_schema(text, row.name, row.id))

    def _take_example(self, example: ExampleSchema) -> None:
        self.set_schema(example.text, example.name, None)

    def choose_schema_file(self) -> None:
        """Ask for a file that holds a schema."""
        ask_for_file(self._page, "Choose a schema", SCHEMA_FILES, self.take_schema_file)

    def take_schema_file(self, path: Path) -> None:
        """Extract with the schema that a file holds, whatever it is written as."""

        def take(incoming: Incoming) -> None:
            self.set_schema(incoming.text, incoming.name or path.stem, None)

        def refuse(error: EngineError) -> None:
            self.failed.emit(error)

        def library() -> None:
            self._whole.schemas.import_files([path])

        self._whole.schema_exchange.read_file(path, take, refuse, library)

    def open_schema(self) -> None:
        """Show the schema in the editor."""
        setup = self._session.setup
        if setup.schema_text:
            self.schema_wanted.emit(setup.schema_id, setup.schema_text)

    # Instructions and options

    def edit_instructions(self) -> None:
        """Let the instructions be typed."""
        note = _KEPT if self.changes_matter else ""
        dialog = InstructionsDialog(self._theme, self._page, self._session.setup.instructions, INSTRUCTIONS, note)
        dialog.kept.connect(self._session.set_instructions)
        dialog.open()

    def offer_options(self) -> None:
        """Show how documents are read."""
        setup = self._session.setup
        self.options.show_options(
            model=setup.model,
            grounding=setup.grounding,
            second_look=setup.second_look,
            seconds_per_document=setup.seconds_per_document,
            note=_KEPT if self.changes_matter else "",
        )
        self.options.open_below(self._bar.options, "right", inset=12)

    def _take_options(self, grounding: bool, second_look: bool, seconds: float | None) -> None:
        self._session.set_options(grounding=grounding, second_look=second_look, seconds_per_document=seconds or 0.0)

    def _menu(self) -> QMenu:
        return QMenu(self._page)

    def _below(self, menu: QMenu, anchor: QWidget) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(anchor.mapToGlobal(QPoint(8, anchor.height() - 4)))


def sample_folder() -> Path:
    """Return the folder of the worked example's documents."""
    return resource("samples", _SAMPLE, "documents")


def sample_schema() -> str:
    """Return the text of the worked example's schema."""
    return resource("samples", _SAMPLE, "schema.json").read_text("utf-8")


def short_path(path: Path) -> str:
    """Return a path with the home folder as people write it."""
    try:
        inside = path.relative_to(Path.home())
    except ValueError:
        return str(path)
    return f"~/{inside.as_posix()}" if inside.parts else "~"


def named(sources: Sequence[Path]) -> str:
    """Return sources in a line: a path, or the first name and how many more there are."""
    if sources == (sample_folder(),):
        return "Sample invoices"
    if len(sources) == 1:
        return short_path(sources[0])
    return f"{sources[0].name} and {len(sources) - 1} more"
