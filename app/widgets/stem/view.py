"""The tree view of a growing answer: it unfolds and follows what grows, and answers to hand and keyboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QHelpEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QMenu,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QWidget,
)

from app.models.answer_node import MISSING
from app.models.answer_rows import REST
from app.models.answer_tree import AnswerTree
from app.style.plain_text import paragraphs
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.stem.folds import Folds
from app.widgets.stem.row_layout import COLUMN_GAP, LINE, RowLayout
from app.widgets.stem.row_painter import RowPainter

if TYPE_CHECKING:
    from app.style.theme import Theme

_TOLD = 1_000
"""Characters of each part of a tooltip."""


class StemView(QTreeView):
    """A growing answer, painted on its stem. It keeps scroll and folds while the answer streams."""

    def __init__(
        self, theme: Theme, model: AnswerTree, parent: QWidget | None = None, *, compact: bool = False
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._answer = model
        self.folds = Folds(model, self)
        self.row_layout = RowLayout(theme, model, self, self.folds, compact=compact)
        self._painter = RowPainter(theme, model, self, self.folds, self.row_layout)
        self._follow = True
        set_kind(self, "bare")
        self.setAccessibleName("Answer")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(False)
        self.setExpandsOnDoubleClick(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.setMouseTracking(True)
        self.setViewportMargins(0, 8, 0, 8)
        self.setItemDelegate(_Heights(self))
        self.setModel(model)
        model.modelReset.connect(self._began_again)
        model.rowsInserted.connect(self._unfold_new)
        theme.changed.connect(self.viewport().update)
        self._began_again()

    # Folding

    def _began_again(self) -> None:
        self.folds.forget()
        self.row_layout.forget()
        self._follow = True
        self.expandAll()
        self.row_layout.measure_labels()

    def _unfold_new(self, parent: QModelIndex, first: int, last: int) -> None:
        self.setExpanded(parent, not self.folds.toggled(self._answer.node(parent)))
        for row in range(first, last + 1):
            self.expandRecursively(self._answer.index(row, 0, parent))
        self.row_layout.measure_new(self._answer.node(parent), first, last)

    def toggle(self, index: QModelIndex) -> None:
        """Fold or unfold a row."""
        node = self._answer.node(index)
        if not self.folds.foldable(node):
            return
        self.folds.toggle(node)
        first = index.siblingAtColumn(0)
        if node.children:
            self.setExpanded(first, not self.isExpanded(first))
        else:
            self._answer.dataChanged.emit(first, first.siblingAtColumn(1))

    # Growing

    def grown(self) -> None:
        """Keep the write head in sight, unless the person has scrolled away from it."""
        head = self._answer.head
        if head is None or not self._follow or self._answer.ending != "growing":
            return
        self.scrollTo(self._answer.index_of(head), QAbstractItemView.ScrollHint.EnsureVisible)

    def wheelEvent(self, event: Any) -> None:
        """Scroll; whoever scrolls up is reading there, and is not pulled back to the write head."""
        super().wheelEvent(event)
        bar = self.verticalScrollBar()
        self._follow = bar.value() >= bar.maximum() - LINE

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break lines and share out columns for the new width."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.row_layout.forget_tables()
            self.row_layout.measure_labels()
            self.scheduleDelayedItemsLayout()

    # Comparing

    def seek(self, pointer: str | None) -> None:
        """Go to the value at a JSON Pointer and show that it is meant; with None, that none is."""
        if self._painter.sought is not None and pointer is None:
            self.setCurrentIndex(QModelIndex())
        self._painter.sought = pointer
        node = self._answer.nearest(pointer) if pointer is not None else None
        if node is not None:
            self._follow = False
            index = self._answer.index_of(node)
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        self.viewport().update()

    @property
    def place(self) -> tuple[str, int] | None:
        """The JSON Pointer of the row at the upper edge, and how many pixels of it are above; None without rows."""
        index = self.indexAt(QPoint(self.row_layout.label_x, 0))
        return (self._answer.node(index).pointer, -self.visualRect(index).top()) if index.isValid() else None

    def show_place(self, pointer: str, above: int) -> None:
        """Scroll so that the row of a value stands at the upper edge, `above` pixels of it above."""
        node = self._answer.nearest(pointer)
        if node is not None:
            bar = self.verticalScrollBar()
            top = self.visualRect(self._answer.index_of(node)).top() + bar.value()
            bar.setValue(top + above)

    # Painting

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one row."""
        self._painter.paint(painter, option.rect, index)

    # Hand and keyboard

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Fold a row by a click on its name."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        on_name = event.position().x() < self.row_layout.value_x()
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and on_name:
            self.toggle(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say which row is under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).siblingAtColumn(0))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the row under the pointer."""
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def _hover(self, index: QModelIndex) -> None:
        if QPersistentModelIndex(index) != self._painter.hovered:
            self._painter.hovered = QPersistentModelIndex(index)
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with the usual key; fold long text with the keys that fold branches."""
        index = self.currentIndex()
        node = self._answer.node(index)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_value()
            return
        if index.isValid() and event.key() in {Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.toggle(index)
            return
        if index.isValid() and node.reasoning and event.key() in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            if self.folds.shortened(node) == (event.key() == Qt.Key.Key_Right):
                self.toggle(index)
            return
        super().keyPressEvent(event)

    def copy_value(self) -> None:
        """Put the value of the current row on the clipboard: a string as it is, anything else as JSON."""
        value = self._answer.node(self.currentIndex()).shown.value
        if self.currentIndex().isValid() and value is not MISSING:
            words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            QGuiApplication.clipboard().setText(words)

    def _show_menu(self, at: Any) -> None:
        index = self.indexAt(at)
        if not index.isValid() or self._answer.node(index).key is REST:
            return
        self.setCurrentIndex(index.siblingAtColumn(0))
        pointer = self._answer.node(index).shown.pointer
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy value", self.copy_value)
        menu.addAction("Copy JSON Pointer", lambda: QGuiApplication.clipboard().setText(pointer))
        menu.popup(self.viewport().mapToGlobal(at))

    def viewportEvent(self, event: QEvent) -> bool:
        """Show a field's pointer and description, or the whole text of a cell, always as plain text."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self._explain(event)
            if words:
                QToolTip.showText(event.globalPos(), plain_tip(words), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _explain(self, event: QHelpEvent) -> str:
        index = self.indexAt(event.pos())
        if not index.isValid():
            return ""
        node = self._answer.node(index)
        if node.cells and node.parent is not None:
            x = float(self.row_layout.table_left(node.parent))
            for cell, width in zip(node.cells, self.row_layout.table(node.parent).widths, strict=True):
                if x <= event.pos().x() < x + width + COLUMN_GAP:
                    return _told(cell.text, cell.pointer)
                x += width + COLUMN_GAP
        return _told(node.shown.pointer, node.shape.description)


def _told(*parts: str) -> str:
    """Return what a tooltip says: its parts, of long ones their beginning."""
    return "\n".join(paragraphs(part, _TOLD) for part in parts if part)


class _Heights(QStyledItemDelegate):
    """Tells the tree how high a row is; the view paints it."""

    def __init__(self, view: StemView) -> None:
        super().__init__(view)
        self._layout = view.row_layout

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of the row."""
        model = index.model()
        assert isinstance(model, AnswerTree), "the stem shows answers"
        return QSize(80, self._layout.height(model.node(index)))
