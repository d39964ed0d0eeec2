"""The view of a table in a form: cells painted and edited where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QLineEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.style import tokens
from app.style.drawing import paint_mark
from app.style.theme import set_kind
from app.widgets.form.switch import Menu
from app.widgets.form.value_control import titled
from engine.schema.form import labels

if TYPE_CHECKING:
    from app.models.form_table import FormTable
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
PADDING = 8
"""How far the words of a cell stand inside it; in a list as far as in a line."""
_LIST_PADDING = 11
_MARK = 18
_NARROW, _WIDE = 56, 280
_MEASURED = 60
_MOST_ROWS = 10
_NULL = "null"


class FormTableView(QTableView):
    """A table of which the cells are typed into; Return goes down, and opens what has rows of its own."""

    open_asked = Signal(int)
    add_asked = Signal()
    delete_asked = Signal(int)
    move_asked = Signal(int, int)
    left = Signal()

    def __init__(self, theme: Theme, model: FormTable, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.table = model
        self.opened: int | None = None
        self.setModel(model)
        self.setAccessibleName(name)
        self.setFont(theme.fonts.text())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setItemDelegate(CellDelegate(theme, self))
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(tokens.ROW)
        self.verticalHeader().setMinimumSectionSize(tokens.ROW)
        header = self.horizontalHeader()
        header.setFont(theme.fonts.text(12, 500))
        header.setHighlightSections(False)
        header.setFixedHeight(tokens.ROW)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(48)
        if model.names:
            header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        else:
            header.hide()
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(self._fit)
        theme.changed.connect(self.viewport().update)
        self._fit()

    # Size

    def share_out(self, width: int) -> None:
        """Give each column what its words need, and what is left to the first of text."""
        self.setFixedWidth(width)
        if not self.table.names:
            return
        metrics = QFontMetricsF(self.font())
        least: list[int] = []
        wanted: list[int] = []
        for column in range(self.table.columnCount()):
            name = self.table.headerData(column, Qt.Orientation.Horizontal) or ""
            texts = [
                self.table.cell(self.table.index(row, column)).text[:_MEASURED]
                for row in range(min(self.table.rowCount(), _MEASURED))
            ]
            widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
            least.append(max(_NARROW, round(metrics.horizontalAdvance(name)) + 2 * PADDING + 4))
            wanted.append(max(least[-1], min(_WIDE, round(widest) + 2 * PADDING + _MARK)))
        spare = width - sum(wanted)
        kinds = [field.kind if (field := self.table.column_field(at)) is not None else "" for at in range(len(wanted))]
        roomy = kinds.index("string") if "string" in kinds else len(kinds) - 1
        give = sum(wanted) - sum(least)
        for column, (small, large) in enumerate(zip(least, wanted, strict=True)):
            less = round((large - small) * min(1.0, -spare / give)) if spare < 0 and give else 0
            self.setColumnWidth(column, large - less + (max(0, spare) if column == roomy else 0))

    def _fit(self, *_: object) -> None:
        rows = min(self.table.rowCount(), _MOST_ROWS)
        header = tokens.ROW if self.table.names else 0
        scrolls = (
            self.table.names and sum(self.columnWidth(at) for at in range(self.table.columnCount())) > self.width()
        )
        self.setFixedHeight(header + max(1, rows) * tokens.ROW + (12 if scrolls else 0))

    def resizeEvent(self, event: Any) -> None:
        """Make room for the scroll bar where the columns do not fit."""
        super().resizeEvent(event)
        self._fit()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type or open with Return, take away with Delete, move rows with Alt and the arrow keys."""
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)  # what the editor in the cell has left over
            return
        index = self.currentIndex()
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in steps and index.isValid():
            self.move_asked.emit(index.row(), index.row() + steps[Qt.Key(event.key())])
            return
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and index.isValid():
            self.enter(index)
            return
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and index.isValid():
            whole = event.modifiers() == Qt.KeyboardModifier.ControlModifier or not self.table.names
            if whole and not self.table.is_ghost(index):
                self.delete_asked.emit(index.row())
            elif not whole:
                self.table.setData(index, "")
            return
        if event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}:
            event.ignore()
            return
        super().keyPressEvent(event)

    def enter(self, index: Index) -> None:
        """Edit a cell where it stands, or open its row where it cannot be."""
        if self.table.is_typed(index):
            self.edit(index)
        elif self.table.is_ghost(index):
            self.add_asked.emit()
        else:
            self.open_asked.emit(index.row())

    def mouseReleaseEvent(self, event: Any) -> None:
        """Begin to type in the row that adds at the first click."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if self.table.is_ghost(index) and self.state() != QAbstractItemView.State.EditingState:
            self.enter(index)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Go down after Return, as in a table for figures."""
        row, column = self.currentIndex().row(), self.currentIndex().column()
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            self.setCurrentIndex(self.table.index(min(row + 1, self.table.rowCount() - 1), column))

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """Open a row whose cell cannot be edited where it stands."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and not self.table.is_typed(index) and not self.table.is_ghost(index):
            self.open_asked.emit(index.row())
            return
        super().mouseDoubleClickEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first cell."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.table.rowCount():
            self.setCurrentIndex(self.table.index(0, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the focus is elsewhere."""
        super().focusOutEvent(event)
        self.left.emit()
        self.viewport().update()


class CellDelegate(QStyledItemDelegate):
    """Paints a cell, and makes what it is typed in."""

    def __init__(self, theme: Theme, view: FormTableView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a row."""
        return QSize(80, tokens.ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the ground, the state, the words, and the ring of the current cell."""
        theme, view, table = self._theme, self._view, self._view.table
        area: QRect = option.rect
        cell = table.cell(index)
        problems = table.problems(index)
        wrong = [problem for problem in problems if not problem.missing]
        painter.save()
        if problems:
            painter.fillRect(area, theme.colour("failedRow"))
        if index.row() == view.opened:
            painter.fillRect(area, theme.colour("select"))
            if index.column() == 0:
                painter.fillRect(QRect(area.left(), area.top(), 2, area.height()), theme.colour("accent"))
        painter.setPen(theme.colour("hairline"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        inset = PADDING if table.names else _LIST_PADDING
        words = area.adjusted(inset, 0, -inset, 0)
        if problems or table.has_problems_inside(index):
            middle = QPointF(words.left() + 5, words.center().y() + 1)
            paint_mark(painter, "cross" if wrong or not problems else "ring", middle, theme.colour("brickMark"))
            words.setLeft(words.left() + _MARK)
        text, ink, font = cell.text, "text", theme.fonts.text(tabular=True)
        if cell.kind == "add":
            text, ink = ("Add a row" if table.names else "Add an item"), "text3"
        elif cell.kind in {"none", "absent"}:
            text, ink = ("none" if cell.kind == "none" else ""), "text3"
        elif cell.kind == "summary":
            ink, font = "text2", theme.fonts.text()
        elif cell.kind == "json":
            ink, font = "text2", theme.fonts.code(12)
        painter.setFont(font)
        painter.setPen(theme.colour(ink))
        shown = str(table.data(index)) if cell.kind not in {"add", "none"} else text
        side = table.data(index, Qt.ItemDataRole.TextAlignmentRole) if cell.kind == "text" else None
        elided = QFontMetricsF(font).elidedText(shown, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, side or (Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), elided)
        if index == view.currentIndex() and view.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -2), 3, 3)
        painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a menu for what is one of several, else a line."""
        table = self._view.table
        field = table.column_field(index.column())
        name = str(table.data(index, Qt.ItemDataRole.AccessibleTextRole))
        assert field is not None, "a cell that is typed into has a field"
        if field.kind not in {"boolean", "enum"}:
            line = QLineEdit(parent)
            set_kind(line, "row")
            line.setFont(self._theme.fonts.text(tabular=True))
            line.setAccessibleName(name)
            return line
        menu = Menu(self._theme, name)
        menu.setParent(parent)
        words = titled(field) if field.kind == "enum" else ["true", "false"]
        values = list(labels(field)) if field.kind == "enum" else words
        for word, value in zip(words, values, strict=True):
            menu.addItem(word, value)
        if field.nullable:
            menu.addItem("none", None)
        menu.activated.connect(lambda _index: self._take(menu))
        QTimer.singleShot(0, menu, menu.showPopup)
        return menu

    def _take(self, menu: QComboBox) -> None:
        self.commitData.emit(menu)
        self.closeEditor.emit(menu, QAbstractItemDelegate.EndEditHint.NoHint)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show what the cell holds."""
        text = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QLineEdit):
            editor.setText(text)
        elif isinstance(editor, QComboBox):
            editor.setCurrentIndex(editor.findData(text) if text else -1)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Take over what was typed or chosen."""
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text())
        elif isinstance(editor, QComboBox) and editor.currentIndex() >= 0:
            model.setData(index, editor.currentData())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        """Fill the cell."""
        area = option.rect
        editor.setGeometry(area.adjusted(0, (area.height() - 28) // 2, 0, -((area.height() - 28) // 2)))

    def eventFilter(self, editor: Any, event: QEvent) -> bool:
        """Leave a menu's own keys to it."""
        if isinstance(editor, QComboBox) and event.type() == QEvent.Type.FocusOut and editor.view().isVisible():
            return False
        return super().eventFilter(editor, event)
