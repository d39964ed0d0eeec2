"""The list of threads: folders that fold, names edited in place, threads dragged to where they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
)
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyleOptionViewItem, QWidget

from app.models.dates import full, local
from app.models.thread_list import MIME, ThreadList
from app.pages.playground.threads.row_painting import ThreadPainting, words_left
from app.style import tokens
from app.style.theme import set_kind
from app.widgets.drag_tag import drag_tag
from app.widgets.rows import INSET, Look, RowHeight, RowsView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.models.row_tree import Row
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_TURN_MS = 100
_LONGEST_NAME = 400
_EDITOR_INSET = 7
"""Where the text of an editor begins: border 2, padding 3 (see the stylesheet), and Qt's own 2."""


class ThreadView(RowsView):
    """Threads under pinned, folders and ages. A click on a folder folds it, F2 renames what the ring is on."""

    folds_changed = Signal(list)

    def __init__(self, theme: Theme, model: ThreadList, name: str = "Threads") -> None:
        super().__init__(theme, model, name, tokens.ROW)
        self.painting = ThreadPainting(theme)
        self.list = model
        self._folded: set[int] = set()
        self._shown: int | None = None
        self._settled = True
        self._target = QPersistentModelIndex()
        self._phase = 0.0
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)
        self.setItemDelegate(_Names(theme, self))
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDragDropOverwriteMode(True)  # a drop is on a row, never between two: their order is not a person's
        self.setDropIndicatorShown(False)
        model.rowsInserted.connect(self._unfold_new)
        model.rowsMoved.connect(lambda _from, _first, _last, home, _at: self._unfold_new(home, 0, -1))
        self._unfold_new(QModelIndex(), 0, model.rowCount() - 1)

    # Rows

    def chosen_threads(self) -> list[int]:
        """Return the ids of the threads that are chosen, in the order of the rows."""
        chosen = {row.thread.id for row in map(self.list.row, self.selectedIndexes()) if row.thread is not None}
        return [thread for thread in self.list.threads() if thread in chosen]

    def current_row(self) -> Row | None:
        """Return the row that the ring is on."""
        return self.list.row(self.currentIndex()) if self.currentIndex().isValid() else None

    def show_thread(self, thread: int | None) -> None:
        """Say which thread the page shows: it is chosen, now or as soon as it has a row."""
        if thread != self._shown:
            self._shown = thread
            self._settled = False
            self.settle()
            self.viewport().update()

    def settle(self) -> None:
        """Choose the thread that the page shows, if that is still to be done."""
        if self._settled:
            return
        if self._shown is None:
            self._settled = True
            self.clearSelection()
            self.setCurrentIndex(QModelIndex())
            return
        index = self.list.index_of_thread(self._shown)
        if index.isValid():
            self._settled = True
            above = self.list.row(index).parent
            if above is not None and above.folder is not None:
                self.fold(above.folder.id, folded=False)
            if not self.selectionModel().isSelected(index):
                self.select_row(index)

    def neighbour(self, threads: Iterable[int]) -> int | None:
        """Return the thread that stands next to some that will go: the one below, else the one above."""
        gone = set(threads)
        every = self.list.threads()
        places = [place for place, thread in enumerate(every) if thread in gone]
        if not places:
            return None
        left = [*(every[places[-1] + 1 :]), *reversed(every[: places[-1]])]
        return next((thread for thread in left if thread not in gone), None)

    # Folding

    def fold(self, folder: int, *, folded: bool) -> None:
        """Fold or unfold a folder. What is folded away is not chosen any more."""
        if folded == (folder in self._folded):
            return
        self._folded ^= {folder}
        index = self.list.index_of_folder(folder)
        if index.isValid():
            inside = self.currentIndex().parent() == index
            hidden = [child for child in self.selectedIndexes() if child.parent() == index]
            self.setExpanded(index, not folded)
            if folded and (inside or hidden):
                self.select_row(index)
        self.folds_changed.emit(sorted(self._folded))

    def restore_folds(self, folded: Iterable[int]) -> None:
        """Fold the folders that were folded when the window was closed."""
        self._folded = set(folded)
        self._unfold_new(QModelIndex(), 0, self.list.rowCount() - 1)

    def is_folded(self, folder: int) -> bool:
        """Return whether a folder is folded."""
        return folder in self._folded

    def _unfold_new(self, above: QModelIndex, first: int, last: int) -> None:
        row = self.list.row(above)
        if row.kind == "folder":
            self._unfold(row)
        for child in row.children[first : last + 1]:
            self._unfold(child)
            if child.kind == "section":
                self._unfold_new(self.list.index_of(child), 0, len(child.children) - 1)

    def _unfold(self, row: Row) -> None:
        if row.kind == "section" and row.parent is not None:
            self.setExpanded(self.list.index_of(row), True)
        elif row.folder is not None:
            self.setExpanded(self.list.index_of(row), row.folder.id not in self._folded)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold and unfold with the arrow keys."""
        row = self.current_row()
        key = event.key()
        if row is not None and key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self._by_keys = True
            self._fold_by_key(row, folded=key == Qt.Key.Key_Left)
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _fold_by_key(self, row: Row, *, folded: bool) -> None:
        above = row.parent
        if row.folder is not None and folded != self.is_folded(row.folder.id):
            self.fold(row.folder.id, folded=folded)
        elif row.folder is not None and not folded and row.children:
            self.select_row(self.list.index_of(row.children[0]))
        elif folded and above is not None and above.folder is not None:
            self.select_row(self.list.index_of(above))
        self.viewport().update()

    # Names

    def rename_row(self, index: QModelIndex) -> None:
        """Let a person write another name over the row of an index."""
        if index.isValid():
            self.select_row(index)
            self.edit(index)

    # Dragging

    def drag_chosen(self, actions: Qt.DropAction) -> None:
        """Drag the threads that are chosen, shown by the title of one or the number of several."""
        draggable = [index for index in self.selectedIndexes() if index.flags() & Qt.ItemFlag.ItemIsDragEnabled]
        if not draggable:
            return
        words = str(draggable[0].data()) if len(draggable) == 1 else f"{len(draggable)} threads"
        drag = QDrag(self)
        drag.setMimeData(self.list.mimeData(draggable))
        drag.setPixmap(drag_tag(self._theme, words, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-8, -8))
        drag.exec(actions)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take threads, nothing else."""
        if event.mimeData().hasFormat(MIME):
            super().dragEnterEvent(event)
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the threads would land."""
        super().dragMoveEvent(event)
        row = self.list.row(self.indexAt(event.position().toPoint()))
        home = row.parent if row.kind == "thread" and row.parent is not None else row
        self._set_target(self.list.index_of(home))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget where they would have landed."""
        super().dragLeaveEvent(event)
        self._set_target(QModelIndex())

    def dropEvent(self, event: QDropEvent) -> None:
        """Put the threads where they were dropped."""
        super().dropEvent(event)
        self._set_target(QModelIndex())

    def _set_target(self, index: QModelIndex) -> None:
        self._target = QPersistentModelIndex(index)
        self.viewport().update()

    # Painting

    def paint_row(self, painter: QPainter, rect: QRect, index: Index, look: Look) -> None:
        """Paint a section, a folder or a thread."""
        row = self.list.row(index)
        if row.kind == "thread":
            self.painting.thread(painter, rect, row, look, self._phase)
        elif row.kind == "folder":
            self.painting.folder(painter, rect, row, look)
        else:
            self.painting.section(painter, rect, row.words, look)

    def look_of(self, index: Index) -> Look:
        """Return what a row looks like for what is done with it, and for what the page shows."""
        row, look = self.list.row(index), super().look_of(index)
        return Look(
            selected=look.selected,
            hovered=look.hovered and row.kind != "section",
            ringed=look.ringed,
            shown=row.thread is not None and row.thread.id == self._shown,
            target=self._target.isValid() and self._target == index,
            folded=row.folder is not None and self.is_folded(row.folder.id),
        )

    def show_busy(self, *, busy: bool) -> None:
        """Turn the rings of the threads in which an answer is being written, while there are such."""
        if busy != self._turning.isActive():
            (self._turning.start if busy else self._turning.stop)()

    def _turn(self) -> None:
        self._phase = (self._phase + 0.08) % 1
        index = self.indexAt(QPoint(INSET, 0))
        while self.isVisible() and index.isValid():
            box = self.visualRect(index)
            if box.top() > self.viewport().height():
                return
            if self.list.row(index).busy:
                self.viewport().update(box)
            index = self.indexBelow(index)

    def explain(self, index: Index) -> str:
        """Return a thread's title and when it was written to, or the name of a folder."""
        row = self.list.row(index)
        if row.thread is not None:
            return f"{row.words}\n{full(local(row.thread.updated))}"
        return row.words if row.folder is not None else ""


class _Names(RowHeight):
    """Edits the name of a thread or a folder where it stands."""

    def __init__(self, theme: Theme, view: ThreadView) -> None:
        super().__init__(view, tokens.ROW)
        self.view = view
        self._list = view.list
        self._font = theme.fonts.text()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a field over the name."""
        field = QLineEdit(parent)
        set_kind(field, "row")
        field.setFont(self._font)
        field.setMaxLength(_LONGEST_NAME)
        field.setAccessibleName("Name of the folder" if self._list.row(index).folder else "Title of the thread")
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with the name as it is, all of it chosen."""
        assert isinstance(editor, QLineEdit), "names are edited in a field"
        editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        """Ask for the new name."""
        assert isinstance(editor, QLineEdit), "names are edited in a field"
        model.setData(index, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Put the field so that its text stands where the name stood."""
        cell: Any = option
        left = round(words_left(self._list.row(index))) - _EDITOR_INSET
        width = self.view.row_width() - INSET - left
        editor.setGeometry(QRect(left, cell.rect.y() + 2, width, tokens.CONTROL))
