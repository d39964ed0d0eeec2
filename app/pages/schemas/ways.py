"""How schemas come into the library and go out of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app.pages.schemas.files import PasteDialog, TextDialog, ask_what_to_open, ask_where_to_save
from app.session.schema_exchange import OUTGOING, Target

if TYPE_CHECKING:
    from pathlib import Path

    from app.session import Session
    from app.style.theme import Theme
    from engine.schema.interchange import Incoming

_NOTES: Final = 3
_GAP: Final = 4


class Ways(QObject):
    """Menus and dialogs over the session's intents. What cannot be read is told by `failed`, and nothing is lost."""

    failed = Signal(object)
    told = Signal(str)
    describe_asked = Signal()
    use_asked = Signal(str)

    def __init__(self, theme: Theme, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._theme = theme
        self._page = page
        self._library = session.schemas
        self._editing = session.schema_editing
        self._exchange = session.schema_exchange

    # In

    def new_schema(self) -> None:
        """Make an empty schema and open it."""
        self._editing.make("Untitled")

    def take_text(self, text: str) -> None:
        """Edit a schema that comes from elsewhere: the one of the library that says just this, or a new one."""

        def found(schema: int | None) -> None:
            if schema is not None:
                self._library.open(schema)
            else:
                self._bring(text)

        self._library.find_text(text, found)

    def open_files(self) -> None:
        """Ask for files of schemas, examples or classes, and make schemas of them."""
        ask_what_to_open(self._page, self.take_files)

    def take_files(self, paths: list[Path]) -> None:
        """Make a schema of each file; a library of schemas is imported whole."""
        for path in paths:
            if path.suffix.lower() == ".zip":
                self._library.import_files([path])
            else:
                self._exchange.read_file(
                    path, self._take, self.failed.emit, partial(self._library.import_files, [path])
                )

    def paste(self) -> None:
        """Make a schema of what is on the clipboard."""
        self._bring(QGuiApplication.clipboard().text())

    def _bring(self, text: str) -> None:
        self._exchange.read_text(text, "", self._take, self.failed.emit)

    def _take(self, incoming: Incoming) -> None:
        self._editing.make(incoming.name or "Untitled", incoming.text)
        if incoming.notes:
            self.told.emit(" ".join(incoming.notes[:_NOTES]))

    # Out

    def export(self, target: Target) -> None:
        """Show the open schema as something else, to be copied or saved."""
        form, name = OUTGOING[target], self._editing.name

        def show(text: str) -> None:
            def save(path: Path) -> None:
                self._exchange.save(path, text, self.failed.emit)

            ask = partial(ask_where_to_save, self._page, name, form.ending, save)
            TextDialog(self._theme, self._page, form.words, text, ask).open()

        self._exchange.write(self._editing.document.text, name, target, show, self.failed.emit)

    def export_library(self, schemas: list[int]) -> None:
        """Ask where to, and write schemas with all their versions."""
        ask_where_to_save(self._page, "schemas", "json", lambda path: self._library.export(schemas, path, "library"))

    # Menus

    def offer_new(self, at: QPoint) -> None:
        """Offer the ways to a new schema, at a place of the screen."""
        menu = self._menu()
        menu.addAction("Empty schema\tCtrl+N", self.new_schema)
        menu.addAction("From a description…", lambda: self._editing.make("Untitled", then=self.describe_asked.emit))
        self._add_ways_in(menu)
        menu.popup(at)

    def offer_in(self, below: QPushButton) -> None:
        """Offer the ways in, below a button."""
        menu = self._menu()
        self._add_ways_in(menu)
        menu.popup(below.mapToGlobal(QPoint(0, below.height() + _GAP)))

    def offer_out(self, below: QPushButton) -> None:
        """Offer the ways out, below a button."""
        menu = self._menu()
        for target, form in OUTGOING.items():
            menu.addAction(f"{form.words}…", partial(self.export, target))
        menu.addSeparator()
        menu.addAction("Use in the Playground", lambda: self.use_asked.emit(self._editing.document.text))
        menu.popup(below.mapToGlobal(QPoint(0, below.height() + _GAP)))

    def _add_ways_in(self, menu: QMenu) -> None:
        menu.addAction("From files…\tCtrl+O", self.open_files)
        menu.addAction("From the clipboard", self.paste)
        menu.addAction("From text…", lambda: PasteDialog(self._theme, self._page, self._bring).open())

    def _menu(self) -> QMenu:
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu
