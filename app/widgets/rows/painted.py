"""Trees and lists whose rows are painted by themselves: what they show for the pointer and for the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QFocusEvent, QHelpEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QStyledItemDelegate, QToolTip, QTreeView

from app.style.tips import plain_tip

if TYPE_CHECKING:
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_BY_KEYS = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}


class PaintedRows(QTreeView):
    """Rows of one height without frame, head and indentation.

    The row under the pointer is known, each row can explain itself, and the ring shows for the keyboard only.
    """

    def __init__(self, theme: Theme, name: str, height: int) -> None:
        super().__init__()
        self._theme = theme
        self._hovered = QPersistentModelIndex()
        self._by_keys = False
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setExpandsOnDoubleClick(False)
        self.setUniformRowHeights(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setItemDelegate(RowHeight(self, height))
        theme.changed.connect(self.viewport().update)

    # What it has to say of its rows

    def explain(self, index: Index) -> str:
        """Return the plain text of a row's tooltip."""
        raise NotImplementedError

    def first_row(self) -> QModelIndex:
        """Return the first row that can be chosen."""
        return self.model().index(0, 0)

    def enter_row(self, index: QModelIndex) -> None:
        """Choose the row on which somebody comes in."""
        self.setCurrentIndex(index)

    def has_ring(self, index: Index) -> bool:
        """Tell whether a row is the one that keys act on, for somebody who uses them."""
        return bool(self.currentIndex() == index) and self._by_keys and self.hasFocus()

    # Pointer and keyboard

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which row is under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the row under the pointer."""
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def _hover(self, index: QModelIndex) -> None:
        if self._hovered != index:
            self._hovered = QPersistentModelIndex(index)
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring to whoever came by keyboard, on a row."""
        self._by_keys = self._by_keys or event.reason() in _BY_KEYS
        super().focusInEvent(event)
        if event.reason() in _BY_KEYS and not self.currentIndex().isValid():
            self.enter_row(self.first_row())
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        if event.reason() not in {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}:
            self._by_keys = False
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tooltip of a row, always as plain text."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            words = self.explain(index) if index.isValid() else ""
            if words:
                QToolTip.showText(event.globalPos(), plain_tip(words), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)


class RowHeight(QStyledItemDelegate):
    """Tells a view how high all its rows are; the view paints them."""

    def __init__(self, view: QAbstractItemView, height: int) -> None:
        super().__init__(view)
        self._height = height

    def sizeHint(self, _option: Any, _index: Index) -> QSize:
        """Return the height of a row."""
        return QSize(80, self._height)
