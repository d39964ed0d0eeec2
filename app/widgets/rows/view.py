"""A list whose rows are painted, opened, and asked for a menu."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem

from app.widgets.rows.painted import Index, PaintedRows
from app.widgets.rows.painting import INSET, Look

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.style.theme import Theme

PAUSE_MS = 150
_OPENING = {Qt.Key.Key_Return, Qt.Key.Key_Enter}


class RowsView(PaintedRows):
    """A list of which a row is opened by a click, by Enter, or by resting on it with the arrow keys.

    Several rows can be chosen with Shift and Ctrl, which opens none of them. The ring shows for the keyboard only.
    """

    opened = Signal(QModelIndex)
    rested = Signal(QModelIndex)
    menu_asked = Signal(QPoint)
    rename_asked = Signal(QModelIndex)
    delete_asked = Signal()
    undo_asked = Signal()

    own_keys: Collection[Qt.Key] = (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter)
    """Keys that the list takes before any shortcut of the page."""

    def __init__(self, theme: Theme, model: QAbstractItemModel, name: str, height: int) -> None:
        super().__init__(theme, name, height)
        self._pressed = QPersistentModelIndex()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(PAUSE_MS)
        self._rest.timeout.connect(self._tell_rest)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setViewportMargins(0, 0, 0, 8)
        self.setModel(model)

    # What a list has to say of its rows

    def paint_row(self, painter: QPainter, rect: QRect, index: Index, look: Look) -> None:
        """Paint the row of an index."""
        raise NotImplementedError

    def escape(self) -> bool:
        """Do what Esc means here; return whether it means anything."""
        return False

    # Opening

    def select_row(self, index: QModelIndex) -> None:
        """Choose a row and no other, and bring it in sight; opens nothing."""
        self._rest.stop()
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def first_row(self) -> QModelIndex:
        """Return the first row that can be chosen."""
        index = self.model().index(0, 0)
        while index.isValid() and not index.flags() & Qt.ItemFlag.ItemIsEnabled:
            index = self.indexBelow(index)
        return index

    def enter_row(self, index: QModelIndex) -> None:
        """Choose the row on which somebody comes in, and bring it in sight."""
        self.select_row(index)

    def enter(self) -> None:
        """Take the focus, on the row that is chosen or the first one."""
        self._by_keys = True
        index = self.currentIndex() if self.currentIndex().isValid() else self.first_row()
        if not self.selectionModel().isSelected(index):
            self.select_row(index)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _tell_rest(self) -> None:
        if len(self.selectedIndexes()) == 1:
            self.rested.emit(self.currentIndex())

    def _open_current(self) -> None:
        if self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where a click begins."""
        self._rest.stop()
        self._by_keys = False
        index = self.indexAt(event.position().toPoint())
        plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        self._pressed = QPersistentModelIndex(index if plain else QModelIndex())
        super().mousePressEvent(event)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the row on which a plain click began and ended."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if self._pressed.isValid() and self._pressed == index and index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.opened.emit(index)
        self._pressed = QPersistentModelIndex()

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something in a list, whatever they mean around."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            standard = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Delete)
            own = event.key() in self.own_keys and event.modifiers() == Qt.KeyboardModifier.NoModifier
            if own or any(map(event.matches, standard)):
                event.accept()
                return True
        return super().event(event)

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag what is chosen; what was pressed for that is not opened afterwards."""
        self._pressed = QPersistentModelIndex()
        self.drag_chosen(actions)

    def drag_chosen(self, actions: Qt.DropAction) -> None:
        """Drag nothing, unless a list says otherwise."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open, delete, undo, show the menu; after walking a little way, open where the walk ended."""
        self._by_keys = True
        key, shift = Qt.Key(event.key()), event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        if key in _OPENING and plain:
            self._rest.stop()
            self._open_current()
        elif key == Qt.Key.Key_Menu or (key == Qt.Key.Key_F10 and shift):
            self._ask_menu_here()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.delete_asked.emit()
        elif key == Qt.Key.Key_F2 and plain and self.currentIndex().isValid():
            self.rename_asked.emit(self.currentIndex())
        elif key == Qt.Key.Key_Escape and self.escape():
            pass
        else:
            before = QPersistentModelIndex(self.currentIndex())
            super().keyPressEvent(event)
            if plain and before != self.currentIndex():
                self._rest.start()
            return
        event.accept()

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Walk over rows that can be chosen only."""
        index = super().moveCursor(action, modifiers)
        up = action in {QAbstractItemView.CursorAction.MoveUp, QAbstractItemView.CursorAction.MovePageUp}
        beyond = index
        while beyond.isValid() and not beyond.flags() & Qt.ItemFlag.ItemIsEnabled:
            beyond = self.indexAbove(beyond) if up else self.indexBelow(beyond)
        if beyond.isValid():
            return beyond
        return self.first_row() if index.isValid() else index

    # The menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the menu of the row under the pointer, which is chosen if it was not."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_menu_here()
            return
        index = self.indexAt(event.pos())
        if index.isValid() and index.flags() & Qt.ItemFlag.ItemIsEnabled:
            if not self.selectionModel().isSelected(index):
                self.setCurrentIndex(index)
            self.menu_asked.emit(event.globalPos())

    def _ask_menu_here(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.scrollTo(index)
            box = self.visualRect(index)
            self.menu_asked.emit(self.viewport().mapToGlobal(QPoint(box.left() + 24, box.bottom() - 4)))

    # Painting

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        cell: Any = option
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        rect = QRect(0, cell.rect.y(), self.row_width(), cell.rect.height())
        self.paint_row(painter, rect, index, self.look_of(index))
        painter.restore()

    def row_width(self) -> int:
        """Return how wide rows are with their margins; beside a scroll bar, which has its own, they need none."""
        return self.viewport().width() + (INSET if self.verticalScrollBar().isVisible() else 0)

    def look_of(self, index: Index) -> Look:
        """Return what a row looks like for what a person does with it."""
        return Look(
            selected=self.selectionModel().isSelected(index),
            hovered=self._hovered == index,
            ringed=self.has_ring(index),
        )
