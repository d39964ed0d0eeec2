"""The panel at the left of the Playground: search, threads, what can be undone, the bin."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.models.search_results import SearchResults
from app.models.thread_list import Place, ThreadList
from app.pages.playground.threads.bin import BinPane
from app.pages.playground.threads.menus import NEW_FOLDER, FolderMenu, ThreadMenu
from app.pages.playground.threads.results_view import ResultsView
from app.pages.playground.threads.thread_view import ThreadView
from app.session import Found
from app.style import tokens
from app.widgets.controls import icon_button, label
from app.widgets.rows import BinRow
from app.widgets.search_field import SearchField
from app.widgets.undo_bar import UndoBar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from PySide6.QtGui import QShowEvent

    from app.session import Folder, Hit, Library, Undo
    from app.style.theme import Theme


class ThreadsPanel(QFrame):
    """All threads of a library. It asks the page to show one, to make one, to export and to import."""

    open_asked = Signal(int, object)
    """A thread, and the message to go to or None."""
    create_asked = Signal()
    export_asked = Signal(list)
    import_asked = Signal()
    folds_changed = Signal(list)
    """The folders that are folded, to be given to `restore_folds` at the next start."""

    def __init__(self, theme: Theme, library: Library) -> None:
        super().__init__()
        self._theme = theme
        self._library = library
        self._found: Found[Hit] = Found("")
        self._shown: int | None = None
        self.setProperty("ground", "canvas")
        self.setProperty("rule", "right")
        self.setAccessibleName("Threads")
        self.setFixedWidth(tokens.THREADS)
        first_day = QLocale().firstDayOfWeek().value - 1
        self.model = ThreadList(self, first_day=first_day)
        self.results_model = SearchResults(self)
        self._build()
        self._connect()
        self._midnight = QTimer(self)
        self._midnight.setSingleShot(True)
        self._midnight.timeout.connect(self._begin_day)
        self._begin_day()

    # Building

    def _build(self) -> None:
        theme = self._theme
        self.search = SearchField(theme, "Search all threads")
        self.new = icon_button(theme, "note-pencil", "New thread", "Ctrl+N")
        self.more = icon_button(theme, "dots-three", "More: import, export, new folder")
        head = QFrame()
        head.setProperty("rule", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 8, 0)
        row.setSpacing(0)
        row.addWidget(self.search, 1)
        row.addSpacing(4)
        row.addWidget(self.new)
        row.addWidget(self.more)
        self.view = ThreadView(theme, self.model)
        self.results = ResultsView(theme, self.results_model)
        self.none = label(theme, "", 13, ink="text3")
        self.none.setWordWrap(True)
        self.none.setContentsMargins(tokens.PANEL_MARGIN, 12, tokens.PANEL_MARGIN, 0)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.bin = BinPane(theme, self._library)
        self.middle = QStackedWidget()
        for pane in (self.view, self.results, self.none, self.bin):
            self.middle.addWidget(pane)
        self.undo_bar = UndoBar(theme)
        self.bin_row = BinRow(theme, "thread")
        self.foot = QFrame()
        self.foot.setProperty("rule", "above")
        self.foot.hide()
        self.middle.currentChanged.connect(self._mark_bin)
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

    def _connect(self) -> None:
        library = self._library
        library.listed.connect(self._listed)
        library.found.connect(self._take_found)
        library.undoable.connect(self._show_undo)
        self.search.textChanged.connect(library.search)
        self.search.down_asked.connect(self.focus_list)
        self.search.enter_asked.connect(self._open_first)
        self.new.clicked.connect(self.create_asked)
        self.more.clicked.connect(self._show_more)
        self.view.opened.connect(self._open_row)
        self.view.rested.connect(self._rest_on_row)
        self.view.menu_asked.connect(self._show_menu)
        self.view.rename_asked.connect(self.view.rename_row)
        self.view.delete_asked.connect(self._delete_chosen)
        self.view.undo_asked.connect(library.undo)
        self.view.folds_changed.connect(self.folds_changed)
        self.results.opened.connect(self._open_result)
        self.results.rested.connect(self._open_result)
        self.results.menu_asked.connect(self._show_menu)
        self.results.rename_asked.connect(self._rename_result)
        self.results.delete_asked.connect(self._delete_chosen)
        self.results.undo_asked.connect(library.undo)
        self.model.thread_renamed.connect(library.rename)
        self.model.folder_renamed.connect(library.rename_folder)
        self.model.dropped.connect(self._drop)
        self.undo_bar.undo_asked.connect(self._undo)
        self.bin_row.clicked.connect(self._toggle_bin)
        self.bin.left.connect(self._leave_bin)

    # What the page may ask for

    def show_current(self, thread: int | None) -> None:
        """Say which thread the page shows. Its row is chosen; nothing is asked for."""
        self._shown = thread
        self.view.show_thread(thread)

    def focus_search(self) -> None:
        """Put the focus into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def focus_list(self) -> None:
        """Put the focus on the rows that are shown."""
        pane = self.middle.currentWidget()
        for shown, view in ((self.view, self.view), (self.results, self.results), (self.bin, self.bin.view)):
            if shown is pane:
                view.enter()

    def restore_folds(self, folded: Iterable[int]) -> None:
        """Fold the folders that were folded when the window was closed."""
        self.view.restore_folds(folded)

    def show_bin(self) -> None:
        """Show the bin in place of the list."""
        self.search.clear()
        self.bin.arrange()
        self.middle.setCurrentWidget(self.bin)
        self.bin.view.enter()

    def make_folder(self, threads: Sequence[int] = ()) -> None:
        """Make a folder, put threads into it, and let the person name it where it stands."""

        def made(folder: Folder) -> None:
            if threads:
                self._library.move(threads, folder.id)
            self.search.clear()
            self.middle.setCurrentWidget(self.view)
            self.view.setFocus()
            self.view.rename_row(self.model.index_of_folder(folder.id))

        self._library.make_folder(NEW_FOLDER, made)

    def delete(self, threads: Sequence[int]) -> None:
        """Delete threads. Where the one that is shown is among them, the next one is opened first."""
        follows = self.view.neighbour(threads)
        if self._shown in threads and follows is not None:
            self.open_asked.emit(follows, None)
        self._library.delete(threads)
        if follows is not None and self.middle.currentWidget() is self.view:
            self.view.select_row(self.model.index_of_thread(follows))

    # What the library says

    def _listed(self) -> None:
        library = self._library
        self.model.arrange(library.threads, library.folders, library.busy)
        self.view.settle()
        self.view.show_busy(busy=bool(library.busy))
        self.bin_row.show_count(len(library.binned))
        self.foot.setVisible(bool(library.binned))
        self._arrange_found()
        if self.middle.currentWidget() is self.bin:
            self.bin.arrange()
            if not library.binned:
                self._leave_bin()
        self._show_middle()

    def _take_found(self, found: Found[Hit]) -> None:
        self._found = found
        if found.query and self.middle.currentWidget() is self.bin:
            self.middle.setCurrentWidget(self.results)
        self._arrange_found()
        self.results.scrollToTop()
        self._show_middle()

    def _arrange_found(self) -> None:
        if self._found.query or self.results_model.rowCount():
            threads = {row.id: row for row in self._library.threads}
            self.results_model.show_found(self._found, threads, {row.id: row for row in self._library.folders})

    def _show_middle(self) -> None:
        """Show the list, what was found, or one line where there is neither; the bin stays until it is left."""
        if self.middle.currentWidget() is self.bin:
            return
        pane: QWidget = self.view
        if self._found.query:
            pane = self.results if self.results_model.rowCount() else self.none
            self.none.setText("No thread has these words.")
        elif not self.model.rowCount() and self._library.known:
            pane = self.none
            self.none.setText("No threads yet.")
        if pane is not self.middle.currentWidget():
            self._change_pane(pane)

    def _change_pane(self, pane: QWidget) -> None:
        """Bring a pane to the front, with the focus where the one before had it."""
        before = self.middle.currentWidget()
        holder = QApplication.focusWidget()
        focused = before is not None and holder is not None and (before is holder or before.isAncestorOf(holder))
        self.middle.setCurrentWidget(pane)
        if focused and pane is self.none:
            self.search.setFocus()
        elif focused:
            self.focus_list()

    def _show_undo(self, undo: Undo | None) -> None:
        if undo is not None and undo.words:
            self.undo_bar.offer(undo.words)
        else:
            self.undo_bar.withdraw()

    def _undo(self) -> None:
        """Take back what the bar tells of; the focus goes from the bar to the rows."""
        had_focus = self.undo_bar.undo.hasFocus()
        self._library.undo()
        if had_focus:
            self.focus_list()

    # Opening

    def _open_row(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row.folder is not None:
            self.view.fold(row.folder.id, folded=not self.view.is_folded(row.folder.id))
        elif row.thread is not None:
            self.open_asked.emit(row.thread.id, None)

    def _rest_on_row(self, index: QModelIndex) -> None:
        row = self.model.row(index)
        if row.thread is not None and row.thread.id != self._shown:
            self.open_asked.emit(row.thread.id, None)

    def _open_result(self, index: QModelIndex) -> None:
        row = self.results_model.row(index)
        if row is not None:
            self.open_asked.emit(row.thread.id, row.hit.message)

    def _open_first(self) -> None:
        if self.middle.currentWidget() is self.results:
            self.results.select_row(self.results.first_row())
            self._open_result(self.results.currentIndex())

    # Changing

    def _chosen(self) -> list[int]:
        searching = self.middle.currentWidget() is self.results
        return self.results.chosen_threads() if searching else self.view.chosen_threads()

    def _chosen_folder(self) -> int | None:
        """Return the folder whose row is the current one; None while the list is hidden behind something else."""
        row = self.view.current_row() if self.middle.currentWidget() is self.view else None
        return row.folder.id if row is not None and row.folder is not None else None

    def _delete_chosen(self) -> None:
        chosen, folder = self._chosen(), self._chosen_folder()
        if chosen:
            self.delete(chosen)
        elif folder is not None:
            self._library.remove_folder(folder)

    def _drop(self, threads: list[int], place: Place) -> None:
        if place.pinned:
            self._library.pin(threads, pinned=True)
        else:
            self._library.move(threads, place.folder, unpin=True)

    def rename(self, thread: int) -> None:
        """Let a person write another title over the thread's row, which a search may be hiding."""
        self.search.clear()
        self.middle.setCurrentWidget(self.view)
        row = self.model.row(self.model.index_of_thread(thread))
        if row.parent is not None and row.parent.folder is not None:
            self.view.fold(row.parent.folder.id, folded=False)
        self.view.setFocus()
        self.view.rename_row(self.model.index_of_thread(thread))

    def _rename_result(self, index: QModelIndex) -> None:
        row = self.results_model.row(index)
        if row is not None:
            self.rename(row.thread.id)

    def _duplicate(self, thread: int) -> None:
        self._library.duplicate(thread, lambda copy: self.open_asked.emit(copy.id, None))

    # Menus

    def _show_menu(self, at: QPoint) -> None:
        chosen, inside = self._chosen(), self._chosen_folder()
        menu: QMenu
        if chosen:
            menu = self._thread_menu(chosen)
        elif inside is not None:
            menu = FolderMenu(self, self._library, inside)
            menu.rename_asked.connect(
                lambda folder: self._soon(lambda: self.view.rename_row(self.model.index_of_folder(folder)))
            )
        else:
            return
        menu.popup(at)

    def _thread_menu(self, threads: Sequence[int]) -> ThreadMenu:
        menu = ThreadMenu(self, self._library, threads)
        menu.open_asked.connect(lambda thread: self.open_asked.emit(thread, None))
        menu.rename_asked.connect(lambda thread: self._soon(lambda: self.rename(thread)))
        menu.folder_asked.connect(lambda inside: self._soon(lambda: self.make_folder(inside)))
        menu.duplicate_asked.connect(self._duplicate)
        menu.export_asked.connect(self.export_asked)
        menu.delete_asked.connect(self.delete)
        return menu

    def _soon(self, do: Callable[[], None]) -> None:
        """Do something once the menu has closed: it gives the focus back, which would close a new editor."""
        QTimer.singleShot(0, self, do)

    def _show_more(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Import…", self.import_asked.emit)
        every = menu.addAction("Export all…", self._export_all)
        every.setEnabled(bool(self._library.threads))
        menu.addSeparator()
        menu.addAction("New folder…", lambda: self._soon(self.make_folder))
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height() + 4)))

    def _export_all(self) -> None:
        self.export_asked.emit([thread.id for thread in self._library.threads])

    # The bin, and days

    def _mark_bin(self) -> None:
        self.bin_row.setChecked(self.middle.currentWidget() is self.bin)

    def _toggle_bin(self) -> None:
        if self.middle.currentWidget() is self.bin:
            self._leave_bin()
        else:
            self.show_bin()
        self._mark_bin()  # the click has changed the mark by itself

    def _leave_bin(self) -> None:
        self._change_pane(self.view)
        self._show_middle()

    def _begin_day(self) -> None:
        """Arrange the threads for a new day, and wait for the next one."""
        now = datetime.now().astimezone()
        tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time()).astimezone()
        self._midnight.start(round((tomorrow - now).total_seconds() * 1000) + 1000)
        if self._library.known:
            self._listed()

    def showEvent(self, event: QShowEvent) -> None:
        """Be right about what is today, after a night asleep too."""
        super().showEvent(event)
        self._begin_day()
