"""The table of an extraction with the line above it, in step with the session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout

from app.models.extract_order import Sorting
from app.models.extract_table import ExtractTable
from app.models.extract_values import words
from app.pages.extract.table.cells import CellsView
from app.pages.extract.table.filter_bar import FilterBar
from app.pages.extract.table.headings import next_sorting
from app.pages.extract.table.menus import cell_menu, column_menu, unit_menu, view_menu
from app.style import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.models.extract_lines import Kind
    from app.session.extraction import Extractions, Unit
    from app.shortcuts import Shortcuts
    from app.style.theme import Theme

_MEASURED_AT: Final = (1, 5, 20, 80)
"""How many documents were read when the columns are measured anew: later they stay as they are."""
NOT_THERE: Final = "not in document"


class ExtractTableView(QFrame):
    """Rows of documents or of their items. What a person asks for leaves as signals, about the current cell.

    What the session tells is shown in batches of a thirtieth of a second, and moves neither the choice nor the rows.
    """

    cell_chosen = Signal(str, str)
    """Another cell is the current one: its document and pointer, the pointer empty where the row has no cells."""
    accept_asked = Signal()
    choice_asked = Signal(int)
    """An alternative of the current cell, counted from 0."""
    absent_asked = Signal()
    edit_asked = Signal(str)
    undo_asked = Signal()
    redo_asked = Signal()
    again_asked = Signal(str)
    """A document that failed is to be tried again,"""
    recognise_asked = Signal(str)
    """or its text to be recognised."""
    show_asked = Signal(str, str)
    run_field_asked = Signal(str)
    folder_asked = Signal(str)
    bar_shown = Signal(bool)
    """The line above the rows is there, or no longer."""
    layout_changed = Signal()
    """Widths or hidden columns are others: `save_state` is to be kept."""

    def __init__(self, theme: Theme, shortcuts: Shortcuts) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self._session: Extractions | None = None
        self._rows: set[int] = set()
        self._growing: dict[int, dict[str, str]] = {}
        self._reviewed = False
        self._rank = 0
        self._told = ("", "")
        self._measured = 0
        self._bar_wanted = False
        self.table = ExtractTable(self)
        self.bar = FilterBar(theme)
        self.cells = CellsView(theme, self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.cells, 1)
        self.setFocusProxy(self.cells)
        self.bar.hide()
        self._batch = QTimer(self)
        self._batch.setSingleShot(True)
        self._batch.setInterval(tokens.FRAME_MS)
        self._batch.timeout.connect(self._show_batch)
        self._connect_cells()
        self._connect_bar()
        shortcuts.bind(self, {"table.filter": self.focus_filter})

    def _connect_cells(self) -> None:
        cells = self.cells
        cells.moved.connect(self._tell_place)
        cells.accept_asked.connect(self.accept_asked)
        cells.choice_asked.connect(self.choice_asked)
        cells.absent_asked.connect(self.absent_asked)
        cells.typed.connect(self.edit_asked)
        cells.undo_asked.connect(self.undo_asked)
        cells.redo_asked.connect(self.redo_asked)
        cells.next_asked.connect(self.go_next)
        cells.way_on_asked.connect(self._ask_way_on)
        cells.open_list_asked.connect(self._open_list)
        cells.menu_asked.connect(lambda at: cell_menu(self).popup(at))
        cells.names.menu_asked.connect(self._ask_document_menu)
        cells.layout_changed.connect(self.layout_changed)
        for heading in (cells.headings, cells.corner):
            heading.sort_asked.connect(lambda asked: self.sort_by(next_sorting(self.table.wanted.sorting, asked)))
            heading.menu_asked.connect(lambda section, at: column_menu(self, section).popup(at))

    def _connect_bar(self) -> None:
        bar, table = self.bar, self.table
        bar.kind_asked.connect(self.filter_by)
        bar.text_asked.connect(self.filter_by_text)
        bar.all_asked.connect(lambda: self.show_only(""))
        bar.worst_asked.connect(self.show_worst_first)
        bar.again_asked.connect(table.arrange_again)
        bar.view_menu_asked.connect(lambda at: self._popup(view_menu(self), at))
        bar.unit_menu_asked.connect(lambda at: self._popup(unit_menu(self), at))
        bar.left.connect(self.cells.setFocus)
        table.counted.connect(lambda: bar.show_counts(table.counts, table.total))
        table.stale_changed.connect(self._show_stale)
        table.wanted_changed.connect(self._show_wanted)

    # The session

    def set_session(self, session: Extractions) -> None:
        """Show the open job of a session, and follow it."""
        self._session = session
        session.opened.connect(self._show_job)
        session.rows_reset.connect(self._follow_job)
        session.unit_changed.connect(self._show_unit)
        session.row_changed.connect(self._note_row)
        session.growing.connect(self._note_growing)
        session.review_changed.connect(self._note_review)
        self._show_job()

    def _show_job(self) -> None:
        session = self._session
        if session is None:
            return
        self._rows.clear()
        self._growing.clear()
        self.table.show_job(session.rows, session.unit, session.columns, session.to_review)
        self.cells.has_review = bool(session.to_review)
        self.bar.show_unit(session.unit.title, several=len(session.units) > 1)
        self._show_bar()
        self._measured = 0
        self.cells.widths.measure()
        self._measure_again()
        self._tell_place()

    def _show_unit(self) -> None:
        """Show rows or columns of another kind, at the same cell."""
        session = self._session
        if session is None:
            return
        fields = self.table.fields
        if (session.unit, tuple(session.columns)) == (fields.unit, fields.columns):
            self.bar.show_unit(session.unit.title, several=len(session.units) > 1)
            return
        place = self.current()
        self._show_job()
        if place[0]:
            self._go(*place)

    def _follow_job(self) -> None:
        """Show other rows of the same job."""
        if self._session is not None:
            self._rows.clear()
            self._growing.clear()
            self.table.follow_job(self._session.rows, self._session.to_review)
            self._measure_again()
            self._tell_place()

    def _note_row(self, at: int) -> None:
        self._rows.add(at)
        self._growing.pop(at, None)
        self._begin_batch()

    def _note_growing(self, at: int, texts: dict[str, str]) -> None:
        self._growing[at] = dict(texts)
        self._begin_batch()

    def _note_review(self) -> None:
        self._reviewed = True
        self._begin_batch()

    def _begin_batch(self) -> None:
        if not self._batch.isActive():
            self._batch.start()

    def _show_batch(self) -> None:
        session = self._session
        if session is None:
            return
        rows, growing = self._rows, self._growing
        self._rows, self._growing = set(), {}
        if rows:
            held = session.rows
            self.table.change_rows({at: held[at] for at in sorted(rows) if at < len(held)})
            self._measure_again()
        if growing:
            self.table.grow(growing)
        if self._reviewed:
            self._show_review()
        if rows or self._reviewed:
            self._tell_choices()
        self._reviewed = False

    def _show_review(self) -> None:
        assert self._session is not None, "only a session tells what to review"
        places = self._session.to_review
        self.table.set_review(places, self._session.rows)
        if places and not self.cells.has_review:
            self.cells.widths.measure()  # room for the counts over the columns
        self.cells.has_review = bool(places)

    def _measure_again(self) -> None:
        read = self.table.counts["done"] + self.table.counts["incomplete"]
        passed = sum(read >= each for each in _MEASURED_AT)
        if passed > self._measured:
            self._measured = passed
            self.cells.widths.measure()

    # The current cell

    def current(self) -> tuple[str, str]:
        """Return the document and pointer of the current cell; empty where there is none."""
        return self.cells.current_place()

    def choose_cell(self, document: str, pointer: str) -> None:
        """Go to a cell, wherever it is: filters, folds and hidden columns give way."""
        self._show_batch()
        found = self.table.find(document, pointer)
        if found is None:
            return
        line, column = found
        if self.table.is_left_out(line):
            self.table.want(replace(self.table.wanted, kind=None, text="", among=None))
        group = self.table.group_of(line)
        if group is not None:
            self.table.fold(group, folded=False)
        if self.cells.widths.is_hidden(column):
            self.show_column(column, shown=True)
        self._go(document, pointer)

    def _go(self, document: str, pointer: str) -> None:
        found = self.table.find(document, pointer)
        row = self.table.row_of(found[0]) if found is not None else None
        if found is not None and row is not None:
            self.cells.choose(row, found[1])

    def go_next(self) -> None:
        """Go to the next cell to look at, worst first; to one that a filter hides only where no other is left."""
        self._show_batch()
        places = self._session.to_review if self._session is not None else []
        if not places:
            return
        here = self.current()
        at = next((at for at, place in enumerate(places) if (place.document, place.pointer) == here), None)
        begin = at + 1 if at is not None else min(self._rank, len(places))
        turned = [*places[begin:], *places[:begin]]
        place = next((each for each in turned if self._is_shown(each.document, each.pointer)), turned[0])
        self._rank = places.index(place)
        self.choose_cell(place.document, place.pointer)

    def is_seen(self, document: str, pointer: str) -> bool:
        """Tell whether a cell is in the table as it is filtered, folded and with the columns that are hidden."""
        found = self.table.find(document, pointer)
        return self._is_shown(document, pointer) and found is not None and not self.cells.widths.is_hidden(found[1])

    def _is_shown(self, document: str, pointer: str) -> bool:
        found = self.table.find(document, pointer)
        return found is not None and self.table.row_of(found[0]) is not None

    def edit_current(self) -> None:
        """Begin to type in the current cell."""
        self.cells.setFocus()
        self.cells.edit_current()

    def reject_edit(self, sentence: str) -> None:
        """Say why what was typed last cannot be taken, and let it be mended where it was typed."""
        QTimer.singleShot(0, self.cells, lambda: self.cells.reject_edit(sentence))

    def choices(self) -> list[str]:
        """Return the alternatives of the current cell, in words."""
        document, pointer = self.current()
        if self._session is None or not pointer:
            return []
        cell = self._session.cell(document, pointer)
        if cell is None:
            return []
        return [words(each["value"], each.get("quote")) or NOT_THERE for each in cell.alternatives]

    def _tell_place(self) -> None:
        self._tell_choices()
        place = self.current()
        if place != self._told:
            self._told = place
            self._note_rank(place)
            self.cell_chosen.emit(*place)

    def _tell_choices(self) -> None:
        self.cells.choices = len(self.choices())

    def _note_rank(self, place: tuple[str, str]) -> None:
        places = self._session.to_review if self._session is not None else []
        for at, each in enumerate(places):
            if (each.document, each.pointer) == place:
                self._rank = at

    def _ask_way_on(self, deed: str, document: str) -> None:
        (self.recognise_asked if deed == "recognise" else self.again_asked).emit(document)

    def _ask_document_menu(self, row: int, at: QPoint) -> None:
        if self.table.line(row) is not None:
            self.cells.choose(row, max(0, self.cells.currentIndex().column()))
            cell_menu(self).popup(at)

    # What is seen of the rows

    def filter_by(self, kind: Kind | None) -> None:
        """Show the rows of a kind; asked for again, all of them."""
        asked = None if kind == self.table.wanted.kind else kind
        self.table.want(replace(self.table.wanted, kind=asked))
        self._show_wanted()

    def show_only(self, kind: Kind | Literal[""]) -> None:
        """Show the rows of a kind, as if its chip had been pressed; with "" all of them."""
        self.table.want(replace(self.table.wanted, kind=kind or None, among=None))
        self._show_wanted()

    def show_wrong(self, field: str) -> None:
        """Show the documents whose value of a field differs from the one that is known; with "" all of them."""
        accuracy = self._session.accuracy if field and self._session is not None else None
        wrong = accuracy.differences if accuracy is not None else ()
        among = frozenset(each.document for each in wrong if each.field == field) if field else None
        self.table.want(replace(self.table.wanted, kind=None, among=among))
        self.bar.show_among(f"{field} wrong" if field else "", len(among or ()))
        self._show_bar()

    def filter_by_text(self, text: str) -> None:
        """Show the rows that have a text in them."""
        self.table.want(replace(self.table.wanted, text=text.strip().casefold()))

    def sort_by(self, sorting: Sorting) -> None:
        """Sort the rows."""
        self.table.want(replace(self.table.wanted, sorting=sorting))

    def show_worst_first(self, asked: bool = True) -> None:
        """Put the rows with the least sure cells at the top, or all back in the order of the documents."""
        self.sort_by(Sorting("worst") if asked else Sorting())
        self.cells.scrollToTop()

    def group_by(self, column: int | None) -> None:
        """Put rows that have the same value in a column together."""
        self.table.want(replace(self.table.wanted, grouped=column))

    def focus_filter(self) -> None:
        """Take the focus to the text to filter by."""
        self.show_bar(shown=True)
        self.bar.focus_field()

    def show_bar(self, *, shown: bool) -> None:
        """Show the line above the rows, or hide it while nothing is filtered by it."""
        self._bar_wanted = shown
        self._show_bar()

    def _show_bar(self) -> None:
        wanted = self.table.wanted
        needed = bool(wanted.text) or wanted.among is not None or self.table.stale > 0 or len(self.units()) > 1
        if self.bar.isHidden() == (self._bar_wanted or needed):
            self.bar.setVisible(self._bar_wanted or needed)
            self.bar_shown.emit(self._bar_wanted or needed)

    def units(self) -> list[Unit]:
        """Return what a row can be."""
        return list(self._session.units) if self._session is not None else []

    def set_unit(self, unit: Unit) -> None:
        """Ask the session for other rows."""
        if self._session is not None:
            self._session.set_unit(unit)

    def _open_list(self, column: int) -> None:
        path = self.table.fields.columns[column].path
        unit = next((unit for unit in self.units() if unit.path == path), None)
        if unit is not None:
            self.set_unit(unit)

    def _show_wanted(self) -> None:
        wanted = self.table.wanted
        if wanted.among is None:
            self.bar.show_among("", 0)
        self.bar.show_wanted(wanted.kind, wanted.text, worst=wanted.sorting.by == "worst")
        self._show_stale(self.table.stale)

    def _show_stale(self, count: int) -> None:
        self.bar.show_stale(count, sorted_=self.table.wanted.sorting.by != "order")
        self._show_bar()

    def _popup(self, menu: QMenu, at: QPoint) -> None:
        menu.popup(at)

    # Columns

    def show_column(self, section: int, *, shown: bool) -> None:
        """Show or hide a column."""
        self.cells.widths.show(section, shown=shown)
        self.layout_changed.emit()

    def show_all_columns(self) -> None:
        """Show all columns."""
        for section in range(self.table.columnCount()):
            self.cells.widths.show(section, shown=True)
        self.layout_changed.emit()

    def fit_column(self, section: int) -> None:
        """Make a column as wide as its words."""
        self.cells.widths.fit(section)
        self.layout_changed.emit()

    def fit_all(self) -> None:
        """Fit all columns to their words and the window, whatever a person has dragged."""
        self.cells.widths.forget()
        self.layout_changed.emit()

    def save_state(self) -> dict[str, Any]:
        """Return the widths that a person has chosen and the columns that are hidden, as plain JSON, to be kept."""
        return self.cells.widths.state()

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Take over the widths and hidden columns that were kept."""
        self.cells.widths.restore(state)


__all__ = ["ExtractTableView"]
