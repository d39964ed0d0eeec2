"""Dragging the rows of the tree: where they would land, and what is asked for when they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRectF, Qt
from PySide6.QtGui import (
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QTreeView

from app import figures
from app.models.schema_tree import MIME
from app.widgets.drag_tag import drag_tag

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData

    from app.models.schema_row_tree import Index
    from app.models.schema_tree import SchemaTree
    from app.pages.schemas.tree.look import Columns, Parts
    from app.style.theme import Theme

_EDGE = 0.3
"""How much of a row, at its upper and its lower end, stands for the place beside it."""
_WAIT_MS = 700
"""How long rows are held over a folded one until it unfolds."""


@dataclass(frozen=True)
class Landing:
    """Before a child of a row (`number`), or in it (-1); `line` is where that is shown between two rows."""

    above: QPersistentModelIndex
    number: int
    line: int | None = None


class DraggingTree(QTreeView):
    """A tree whose rows are dragged within it; the model asks for what a drop means, and nothing moves by itself."""

    def __init__(self, theme: Theme, model: SchemaTree) -> None:
        super().__init__()
        self._theme = theme
        self._schema = model
        self._landing: Landing | None = None
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDropIndicatorShown(False)
        self.setAutoExpandDelay(_WAIT_MS)

    def columns(self) -> Columns:
        """Return where the columns begin."""
        raise NotImplementedError

    def parts(self, index: Index) -> Parts:
        """Return where the parts of a row stand in the viewport."""
        raise NotImplementedError

    def lands_in(self, index: Index) -> bool:
        """Return whether what is being dragged would land in a row."""
        return self._landing is not None and self._landing.line is None and self._landing.above == index

    def startDrag(self, _actions: Qt.DropAction) -> None:
        """Drag the rows that are chosen, shown by the name of one or the number of several."""
        rows = [index for index in self.selectedIndexes() if index.column() == 0]
        draggable = [index for index in rows if index.flags() & Qt.ItemFlag.ItemIsDragEnabled]
        if not draggable:
            return
        words = str(draggable[0].data()) if len(draggable) == 1 else f"{figures.number(len(draggable))} rows"
        drag = QDrag(self)
        drag.setMimeData(self._schema.mimeData(draggable))
        drag.setPixmap(drag_tag(self._theme, words, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-8, -8))
        drag.exec(Qt.DropAction.MoveAction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take rows, nothing else."""
        if event.mimeData().hasFormat(MIME):
            super().dragEnterEvent(event)
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the rows would land."""
        super().dragMoveEvent(event)
        self._landing = self._landing_at(event.mimeData(), event.position().toPoint())
        self.viewport().update()
        event.setDropAction(Qt.DropAction.MoveAction)
        event.setAccepted(self._landing is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget where they would have landed."""
        super().dragLeaveEvent(event)
        self._land(None)

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask for the rows to be put where they were dropped."""
        landing = self._landing_at(event.mimeData(), event.position().toPoint())
        self.setState(QAbstractItemView.State.NoState)
        self._land(None)
        if landing is None:
            event.ignore()
            return
        # As a copy: whoever dragged a move would take the rows away, and they go with the text.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self._schema.dropMimeData(event.mimeData(), Qt.DropAction.MoveAction, landing.number, 0, landing.above)

    def _land(self, landing: Landing | None) -> None:
        self._landing = landing
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, and a line where rows would land that are being dragged."""
        super().paintEvent(event)
        if self._landing is not None and self._landing.line is not None:
            near = self._schema.index(0, 0, self._landing.above)
            left = self.parts(near).icon.left() if near.isValid() else 0.0
            line = QRectF(left, self._landing.line - 1, self.columns().constraints - 8 - left, 2)
            painter = QPainter(self.viewport())
            painter.fillRect(line, self._theme.colour("accent"))
            painter.end()

    def _landing_at(self, data: QMimeData, at: QPoint) -> Landing | None:
        """Return where rows would go that are dropped at a place of the viewport; None where they cannot."""
        index = self.indexAt(at).siblingAtColumn(0)
        for landing in self._near(index, at) if index.isValid() else []:
            if self._schema.landing(data, landing.number, landing.above) is not None:
                return landing
        return None

    def _near(self, index: QModelIndex, at: QPoint) -> list[Landing]:
        """Return what a place may mean, the nearest first."""
        box = self.visualRect(index)
        share = (at.y() - box.top()) / max(1, box.height())
        before = Landing(QPersistentModelIndex(index.parent()), index.row(), box.top())
        within = Landing(QPersistentModelIndex(index), -1)
        if self.isExpanded(index) and self._schema.rowCount(index):
            behind = Landing(QPersistentModelIndex(index), 0, box.bottom() + 1)
        else:
            behind = Landing(QPersistentModelIndex(index.parent()), index.row() + 1, box.bottom() + 1)
        if share < _EDGE:
            return [before, within]
        if share > 1 - _EDGE:
            return [behind, within]
        return [within, before if share < 0.5 else behind]
