"""The panel at the left of the editor: search, one's own schemas and the examples, what can be undone, the bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QStackedWidget,
    QVBoxLayout,
)

from app import figures
from app.models.schema_list import SchemaList
from app.pages.schemas.library.view import LibraryView
from app.session.searching import Found
from app.style import tokens
from app.widgets.controls import icon_button, label
from app.widgets.rows import BinRow
from app.widgets.search_field import SearchField
from app.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.schema_list import SchemaEntry
    from app.session import SchemaHit, SchemaLibrary, Undo
    from app.style.theme import Theme


class LibraryPanel(QFrame):
    """All schemas. It asks the page to open and to make some, and to export and import."""

    open_asked = Signal(int)
    example_asked = Signal(object)
    new_asked = Signal(QPoint)
    """Where on the screen a menu of ways to begin may open."""
    export_asked = Signal(list)
    import_asked = Signal()
    uses_asked = Signal(int)

    def __init__(self, theme: Theme, library: SchemaLibrary) -> None:
        super().__init__()
        self._theme = theme
        self._library = library
        self._found: Found[SchemaHit] = Found("")
        self._in_bin = False
        self._shown: tuple[int | None, str | None] = (None, None)
        self.setProperty("ground", "canvas")
        self.setProperty("rule", "right")
        self.setAccessibleName("Schemas")
        self.setFixedWidth(tokens.SCHEMAS)
        self._build()
        library.listed.connect(self._arrange)
        library.started.connect(self._arrange)
        library.found.connect(self._take_found)
        library.undoable.connect(self._show_undo)
        self.search.textChanged.connect(library.search)
        self.search.down_asked.connect(self.view.enter)
        self.search.enter_asked.connect(self._open_first)
        self.view.opened.connect(self._open)
        self.view.rested.connect(self._open)
        self.view.menu_asked.connect(self._show_menu)
        self.view.rename_asked.connect(self._rename)
        self.view.delete_asked.connect(self.delete_chosen)
        self.view.undo_asked.connect(library.undo)
        self.undo_bar.undo_asked.connect(library.undo)
        self.bin_row.clicked.connect(self._toggle_bin)
        self._arrange()

    def _build(self) -> None:
        theme = self._theme
        self.search = SearchField(theme, "Search schemas")
        self.new = icon_button(theme, "plus", "New schema", "Ctrl+N")
        self.new.clicked.connect(lambda: self.new_asked.emit(self.new.mapToGlobal(QPoint(0, self.new.height() + 4))))
        head = QFrame()
        head.setProperty("rule", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.search, 1)
        row.addWidget(self.new)
        self.model = SchemaList(self)
        self.view = LibraryView(theme, self.model, "Schemas")
        self.none = label(theme, "", 13, ink="text3")
        self.none.setWordWrap(True)
        self.none.setContentsMargins(tokens.PANEL_MARGIN, 12, tokens.PANEL_MARGIN, 0)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.middle = QStackedWidget()
        self.middle.addWidget(self.view)
        self.middle.addWidget(self.none)
        self.undo_bar = UndoBar(theme)
        self.bin_row = BinRow(theme, "schema")
        self.foot = QFrame()
        self.foot.setProperty("rule", "above")
        self.foot.hide()
        below = QVBoxLayout(self.foot)
        below.setContentsMargins(0, 4, 0, 4)
        below.addWidget(self.bin_row)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.middle, 1)
        column.addWidget(self.undo_bar)
        column.addWidget(self.foot)

    # What the page may ask for

    def show_open(self, schema: int | None, example: str | None) -> None:
        """Say what the page shows: a schema by its id, an example by its key, or neither."""
        self._shown = schema, example
        self._mark_open()

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def delete_chosen(self) -> None:
        """Put the chosen schemas into the bin; of what is in it already nothing more is done here."""
        chosen = self._chosen_ids()
        if chosen and not self._in_bin:
            self._library.delete(chosen)

    # What the library says

    def _arrange(self) -> None:
        library = self._library
        self._in_bin = self._in_bin and bool(library.binned) and not self._found.query
        if self._found.query:
            self.model.show_found(self._found.hits, {row.id: row for row in library.rows})
        elif self._in_bin:
            self.model.show_bin(library.binned)
        else:
            self.model.show_library(library.rows, library.examples)
        empty = not self.model.rowCount()
        self.none.setText("No schema has these words." if self._found.query else "No schemas yet.")
        self.middle.setCurrentWidget(self.none if empty and (library.known or self._found.query) else self.view)
        self.bin_row.show_count(len(library.binned))
        self.bin_row.setChecked(self._in_bin)
        self.foot.setVisible(bool(library.binned))
        self._mark_open()

    def _mark_open(self) -> None:
        if not self._in_bin:
            self.view.show_open(self.model.index_of(*self._shown))

    def _take_found(self, found: Found[SchemaHit]) -> None:
        self._found = found
        self._arrange()

    def _show_undo(self, undo: Undo | None) -> None:
        if undo is not None and undo.words:
            self.undo_bar.offer(undo.words)
        else:
            self.undo_bar.withdraw()

    def _toggle_bin(self) -> None:
        self._in_bin = not self._in_bin
        self.search.clear()
        self._arrange()

    # Rows

    def _open(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is None or self._in_bin:
            return
        if entry.example is not None:
            self.example_asked.emit(entry.example)
        elif entry.schema is not None:
            self.open_asked.emit(entry.schema.id)

    def _open_first(self) -> None:
        if self.middle.currentWidget() is self.view:
            self.view.select_row(self.view.first_row())
            self._open(self.view.currentIndex())

    def _chosen_ids(self) -> list[int]:
        return [entry.schema.id for entry in self.view.chosen() if entry.schema is not None]

    def _rename(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None and entry.schema is not None and not self._in_bin:
            self.rename(entry)

    def rename(self, entry: SchemaEntry) -> None:
        """Ask for another name of a schema."""
        schema = entry.schema
        assert schema is not None, "an example keeps its name"
        self._ask("Rename", "Name", schema.name, lambda name: self._library.rename(schema.id, name))

    def _tag(self, entry: SchemaEntry) -> None:
        schema = entry.schema
        assert schema is not None, "an example has no tags"
        self._ask(
            "Tags",
            "Tags, separated by commas",
            ", ".join(schema.tags),
            lambda tags: self._library.set_tags(schema.id, tags.split(",")),
        )

    def _ask(self, title: str, words: str, before: str, done: Callable[[str], object]) -> None:
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(title)
        dialog.setLabelText(words)
        dialog.setTextValue(before)
        dialog.resize(360, dialog.height())
        line = dialog.findChild(QLineEdit)
        if line is not None:
            line.setMaxLength(200)
            line.selectAll()
        dialog.textValueSelected.connect(done)
        dialog.open()

    # Menus

    def _show_menu(self, at: QPoint) -> None:
        chosen = self.view.chosen()
        if not chosen:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._in_bin:
            ids = self._chosen_ids()
            menu.addAction("Restore", lambda: self._library.restore(ids))
            menu.addSeparator()
            menu.addAction("Empty the bin…", self._ask_to_empty)
        elif chosen[0].example is not None:
            example = chosen[0].example
            menu.addAction("Open\tEnter", lambda: self.example_asked.emit(example))
            menu.addAction("Copy to yours", lambda: self._library.make(example.name, example.text))
        else:
            self._offer(menu, chosen)
        menu.popup(at)

    def _offer(self, menu: QMenu, chosen: list[SchemaEntry]) -> None:
        library, ids = self._library, self._chosen_ids()
        pinned = all(entry.schema is not None and entry.schema.pinned for entry in chosen)
        if len(chosen) == 1:
            entry = chosen[0]
            menu.addAction("Open\tEnter", lambda: self.open_asked.emit(ids[0]))
            menu.addAction("Rename…\tF2", lambda: self._soon(lambda: self.rename(entry)))
            menu.addAction("Tags…", lambda: self._soon(lambda: self._tag(entry)))
        menu.addAction("Unpin" if pinned else "Pin", lambda: library.pin(ids, pinned=not pinned))
        if len(chosen) == 1:
            menu.addAction("Duplicate", lambda: library.duplicate(ids[0], lambda row: self.open_asked.emit(row.id)))
            menu.addAction("Where it is used", lambda: self.uses_asked.emit(ids[0]))
        menu.addSeparator()
        menu.addAction("Export…", lambda: self.export_asked.emit(ids))
        menu.addSeparator()
        menu.addAction("Delete\tDel", self.delete_chosen)

    def _soon(self, do: Callable[[], None]) -> None:
        """Do something once the menu has closed: it gives the focus back, which would close a new editor."""
        QTimer.singleShot(0, self, do)

    def _ask_to_empty(self) -> None:
        count = len(self._library.binned)
        box = QMessageBox(
            QMessageBox.Icon.Question,
            "Espalier",
            f"Remove {'one schema' if count == 1 else f'{figures.number(count)} schemas'} for good, with all versions?",
            QMessageBox.StandardButton.Cancel,
            self,
        )
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.addButton("Empty the bin", QMessageBox.ButtonRole.DestructiveRole).clicked.connect(self._library.empty_bin)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.open()
