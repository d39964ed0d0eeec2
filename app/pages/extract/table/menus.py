"""The menus of the table: of a cell, of a column, and of what is seen of all rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu

from app.models.extract_cells import is_read
from app.models.extract_order import Sorting
from app.models.extract_words import way_on
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from app.pages.extract.table.view import ExtractTableView

_LONGEST = 40


def _named(text: str) -> str:
    """Return a name for a menu, in which an ampersand would be taken for the mark of a key."""
    return one_line(text, _LONGEST).replace("&", "&&")


def _opened(parent: ExtractTableView) -> QMenu:
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    return menu


def _add(menu: QMenu, words: str, keys: str = "", *, enabled: bool = True) -> QAction:
    """Add an action; its key is shown, and taken by the table itself."""
    action = menu.addAction(words)
    if keys:
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.setEnabled(enabled)
    return action


def cell_menu(view: ExtractTableView) -> QMenu:
    """Return what can be done with the current cell and its document."""
    cells, table = view.cells, view.table
    menu = _opened(view)
    index = cells.currentIndex()
    line = table.line(index.row())
    if line is None:
        return menu
    document, pointer = cells.current_place()
    way = way_on(line)
    if way is not None:
        _add(menu, way.words, "Return").triggered.connect(lambda: cells.way_on_asked.emit(way.deed, document))
    if is_read(line.reviewed):
        has_place = bool(pointer) or table.fields.pointers(line.item)[index.column()] is not None
        _add(menu, "Accept", "Return", enabled=has_place).triggered.connect(view.accept_asked)
        can_edit = table.is_edited(index)
        _add(menu, "Edit", "F2", enabled=can_edit).triggered.connect(cells.edit_current)
        _add(menu, "Not in the document", "Del", enabled=has_place).triggered.connect(view.absent_asked)
        _add_choices(menu, view)
    menu.addSeparator()
    _add(menu, "Copy", "Ctrl+C").triggered.connect(cells.copy)
    if is_read(line.reviewed):
        _add(menu, "Show in document").triggered.connect(lambda: view.show_asked.emit(document, pointer))
    menu.addSeparator()
    field = table.fields.columns[index.column()].path[:1]
    if field:
        again = _add(menu, f"Run {_named(field[0])} again\N{HORIZONTAL ELLIPSIS}")
        again.setToolTip("Extracts this field anew from all documents; the others stay")
        again.triggered.connect(lambda: view.run_field_asked.emit(field[0]))
    _add(menu, "Open the file's folder").triggered.connect(lambda: view.folder_asked.emit(document))
    return menu


def _add_choices(menu: QMenu, view: ExtractTableView) -> None:
    texts = view.choices()
    if not texts:
        return
    choices = menu.addMenu("Choose instead")
    for at, text in enumerate(texts):
        _add(choices, _named(text), str(at + 1)).triggered.connect(
            lambda _=False, asked=at: view.choice_asked.emit(asked)
        )


def column_menu(view: ExtractTableView, section: int) -> QMenu:
    """Return what can be done with a column; with -1 for that of the documents."""
    table, widths = view.table, view.cells.widths
    menu = _opened(view)
    by = Sorting("document") if section < 0 else Sorting("column", section)
    for words, sorting in (
        ("Sort upwards", by),
        ("Sort downwards", replace(by, descending=True)),
        ("As the documents come", Sorting()),
    ):
        action = _add(menu, words)
        action.setCheckable(True)
        action.setChecked(table.wanted.sorting == sorting)
        action.triggered.connect(lambda _=False, asked=sorting: view.sort_by(asked))
    menu.addSeparator()
    if section >= 0:
        column = table.fields.columns[section]
        grouped = table.wanted.grouped == section
        words = "Do not group" if grouped else f"Group by {_named(table.fields.titles[section])}"
        _add(menu, words).triggered.connect(lambda: view.group_by(None if grouped else section))
        menu.addSeparator()
        _add(menu, "Fit its width").triggered.connect(lambda: view.fit_column(section))
        shown = sum(not widths.is_hidden(at) for at in range(table.columnCount()))
        hide = _add(menu, f"Hide {_named(table.fields.titles[section])}", enabled=shown > 1)
        hide.triggered.connect(lambda: view.show_column(section, shown=False))
        field = column.path[:1]
        if field:
            again = _add(menu, f"Run {_named(field[0])} again\N{HORIZONTAL ELLIPSIS}")
            again.triggered.connect(lambda: view.run_field_asked.emit(field[0]))
    _add_columns(menu, view)
    return menu


def _add_columns(menu: QMenu, view: ExtractTableView) -> None:
    table, widths = view.table, view.cells.widths
    columns = menu.addMenu("Columns")
    for at, title in enumerate(table.fields.titles):
        action = _add(columns, _named(title))
        action.setCheckable(True)
        action.setChecked(not widths.is_hidden(at))
        action.triggered.connect(lambda shown, section=at: view.show_column(section, shown=shown))
    columns.addSeparator()
    _add(columns, "Show all").triggered.connect(view.show_all_columns)
    _add(columns, "Fit all widths").triggered.connect(view.fit_all)


def view_menu(view: ExtractTableView) -> QMenu:
    """Return in which order rows can stand, how they can be grouped, and which columns are seen."""
    table = view.table
    menu = _opened(view)
    worst = _add(menu, "Worst first")
    worst.setCheckable(True)
    worst.setChecked(table.wanted.sorting.by == "worst")
    worst.triggered.connect(view.show_worst_first)
    sort, group = menu.addMenu("Sort by"), menu.addMenu("Group by")
    sorting, grouping = QActionGroup(sort), QActionGroup(group)
    orders = [("As the documents come", Sorting()), ("Document", Sorting("document"))]
    orders += [(title, Sorting("column", at)) for at, title in enumerate(table.fields.titles)]
    for words, asked in orders:
        now = table.wanted.sorting
        action = sorting.addAction(_add(sort, _named(words)))
        action.setCheckable(True)
        action.setChecked((now.by, now.column) == (asked.by, asked.column))
        action.triggered.connect(lambda _=False, wanted=asked: view.sort_by(wanted))
    columns = [("Nothing", None), *((title, at) for at, title in enumerate(table.fields.titles))]
    for words, section in columns:
        action = grouping.addAction(_add(group, _named(words)))
        action.setCheckable(True)
        action.setChecked(table.wanted.grouped == section)
        action.triggered.connect(lambda _=False, wanted=section: view.group_by(wanted))
    _add_columns(menu, view)
    return menu


def unit_menu(view: ExtractTableView) -> QMenu:
    """Return what a row can be."""
    menu = _opened(view)
    group = QActionGroup(menu)
    for unit in view.units():
        action = group.addAction(_add(menu, _named(unit.title)))
        action.setCheckable(True)
        action.setChecked(unit == view.table.fields.unit)
        action.triggered.connect(lambda _=False, wanted=unit: view.set_unit(wanted))
    return menu
