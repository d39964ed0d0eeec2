"""A tree of a generated screen: labels that are unfolded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from app.models.generated_tree import GeneratedTree
from app.style import tokens
from app.style.icons import paint_glyph
from app.style.plain_text import paragraphs
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.controls import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex

ROW = tokens.NESTED_ROW
_INDENT = 16
_CARET = 12
_GAP = 4
_MOST_ROWS = 14
_TOLD = 1_000


class GeneratedTreeView(QWidget):
    """Labels within labels, the outermost unfolded at first. As tall as what is unfolded, up to a limit."""

    def __init__(self, theme: Theme, *, most_rows: int = _MOST_ROWS) -> None:
        super().__init__()
        self.model = GeneratedTree(self)
        self.view = _Labels(theme, self.model)
        self._most_rows = most_rows
        self._sentence = label(theme, "Nothing in this tree.", 12, ink="text3")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view)
        column.addWidget(self._sentence)
        column.addStretch(1)
        self.view.fitted.connect(self._fit)
        self.name("")
        self.show_tree([], growing=True)

    def name(self, text: str) -> None:
        """Say what the tree is called to somebody who does not see it."""
        self.view.setAccessibleName(text or "Tree")

    def show_tree(self, nodes: Sequence[Any], *, growing: bool = False) -> None:
        """Show objects with a `label` and `children`; more may follow while it is `growing`."""
        self.model.show_nodes(nodes)
        self._sentence.setVisible(not nodes and not growing)
        self.view.setVisible(bool(nodes))
        self._fit()

    def _fit(self) -> None:
        self.view.setFixedHeight(max(1, min(self.view.unfolded(self._most_rows), self._most_rows)) * ROW)


class _Labels(QTreeView):
    """The labels. The arrow keys go through them and unfold; Ctrl+C copies one."""

    fitted = Signal()

    def __init__(self, theme: Theme, model: GeneratedTree) -> None:
        super().__init__()
        self._theme = theme
        self.setModel(model)
        set_kind(self, "labels")
        self.setFont(theme.fonts.text())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHeaderHidden(True)
        self.setIndentation(_INDENT)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_LabelPainter(theme, self))
        model.rowsInserted.connect(self._unfold)
        model.rowsRemoved.connect(self.fitted)
        theme.changed.connect(self.viewport().update)

    def _unfold(self, parent: QModelIndex, first: int, last: int) -> None:
        """Show what is directly below the outermost labels, also where it came first."""
        if not parent.isValid():
            for row in range(first, last + 1):
                self.expand(self.model().index(row, 0))
        elif not parent.parent().isValid() and not first:
            self.expand(parent)
        self.fitted.emit()

    def unfolded(self, most: int) -> int:
        """Return how many rows can be seen or scrolled to, counted up to a little over `most`."""
        count = 0
        waiting = [QModelIndex()]
        while waiting and count <= most:
            above = waiting.pop()
            rows = self.model().rowCount(above)
            count += rows
            below = (self.model().index(row, 0, above) for row in range(min(rows, most)))
            waiting += (index for index in below if self.isExpanded(index))
        return count

    def updateGeometries(self) -> None:
        """Tell of the new height, however rows were unfolded."""
        super().updateGeometries()
        self.fitted.emit()

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Paint hairlines from what is unfolded down, and the caret of what can be."""
        painter.save()
        depth = 0
        above = index.parent()
        while above.isValid():
            depth += 1
            above = above.parent()
        painter.setPen(self._theme.colour("hairline"))
        for level in range(depth):
            x = rect.left() + level * _INDENT + _INDENT // 2
            painter.drawLine(x, rect.top(), x, rect.bottom())
        if self.model().hasChildren(index):
            name = "caret-down" if self.isExpanded(index) else "caret-right"
            middle = QPointF(rect.left() + depth * _INDENT + _INDENT / 2, rect.center().y() + 0.5)
            place = QRectF(middle.x() - _CARET / 2, middle.y() - _CARET / 2, _CARET, _CARET)
            paint_glyph(painter, name, place, self._theme.colour("text2"))
        painter.restore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the current label, or go on."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            QGuiApplication.clipboard().setText(str(self.currentIndex().data(Qt.ItemDataRole.UserRole)))
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first label."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()


class _LabelPainter(QStyledItemDelegate):
    """Paints a label, and the ring of the current one."""

    def __init__(self, theme: Theme, view: _Labels) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the height of a row."""
        wide = QFontMetricsF(self._theme.fonts.text()).horizontalAdvance(str(index.data()))
        return QSize(round(wide) + 2 * _GAP, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one label."""
        option_: Any = option
        area: QRect = option_.rect
        theme, view = self._theme, self._view
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = area.adjusted(_GAP, 0, -_GAP, 0)
        is_selected = bool(option_.state & QStyle.StateFlag.State_Selected)
        if is_selected and view.hasFocus():
            wide = min(area.width(), self.sizeHint(option, index).width() + _GAP)
            ring = QRectF(area.left(), area.top(), wide, area.height()).adjusted(1, 2, -1, -2)
            painter.setPen(theme.colour("accent"))
            pen = painter.pen()
            pen.setWidth(2)
            painter.setPen(pen)
            painter.drawRoundedRect(ring, 4, 4)
        font = theme.fonts.text()
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        shown = QFontMetricsF(font).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Show a label whole that is cut."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        option_: Any = option
        raw = str(index.data(Qt.ItemDataRole.UserRole))
        is_cut = self.sizeHint(option, index).width() > option_.rect.width() or "\n" in raw
        QToolTip.showText(event.globalPos(), plain_tip(paragraphs(raw, _TOLD)) if is_cut else "", view)
        return True
