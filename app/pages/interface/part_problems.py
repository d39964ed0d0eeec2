"""The list of what is wrong with the parts of a screen: a sentence over its pointer; a click goes there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QListView, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from app.style import tokens
from app.style.drawing import paint_mark
from app.style.plain_text import one_line
from app.style.tips import plain_tip
from app.widgets.rows.painting import paint_ring

if TYPE_CHECKING:
    from app.models.interface_problems import PartProblems
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_ROW: Final = 44
_WORDS: Final = 34


class PartProblemsView(QListView):
    """Problems on two lines each. `chosen` is given the problem whose part is to be shown."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, model: PartProblems) -> None:
        super().__init__()
        self.problems = model
        self.setAccessibleName("Problems")
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(_Painting(theme, self))
        self.setModel(model)
        theme.changed.connect(self.viewport().update)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go to the place of the problem that was clicked."""
        super().mouseReleaseEvent(event)
        self._choose(self.indexAt(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to a place with Enter."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        problem = self.problems.problem(index)
        if problem is not None:
            self.chosen.emit(problem)

    def viewportEvent(self, event: QEvent) -> bool:
        """Say a problem whole, as plain text."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            problem = self.problems.problem(self.indexAt(event.pos()))
            if problem is not None:
                words = f"{problem.sentence}\n{self.problems.place(problem)}"
                QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().viewportEvent(event)


class _Painting(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: PartProblemsView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of two lines."""
        return QSize(80, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a problem."""
        problem = self._view.problems.problem(index)
        if problem is None:
            return
        cell: Any = option
        row, theme = cell.rect, self._theme
        painter.save()
        if self._view.selectionModel().isSelected(index):
            painter.fillRect(row, theme.colour("select"))
        paint_mark(painter, "triangle", QPointF(row.left() + 22, row.top() + 14), theme.colour("amberMark"))
        room = row.width() - _WORDS - tokens.PANEL_MARGIN
        for words, font, ink, middle, mode in (
            (one_line(problem.sentence), theme.fonts.text(13), "text", 14, Qt.TextElideMode.ElideRight),
            (self._view.problems.place(problem), theme.fonts.code(11), "text3", 31, Qt.TextElideMode.ElideLeft),
        ):
            shown = QFontMetricsF(font).elidedText(words, mode, room)
            painter.setFont(font)
            painter.setPen(theme.colour(ink))
            box = QRectF(row.left() + _WORDS, row.top() + middle - 10, room + 2, 20)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, shown)
        if self._view.hasFocus() and self._view.currentIndex() == index:
            paint_ring(painter, row, theme)
        painter.restore()
