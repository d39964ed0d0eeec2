"""A table of a generated screen: rows that grow, sorted by a click on a heading, copied as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetricsF,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from app.models.generated_table import RAW, SORT, GeneratedRows, aligned, read_columns
from app.style import tokens
from app.style.drawing import paint_mark
from app.style.icons import paint_glyph
from app.style.plain_text import paragraphs
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.controls import label
from engine.interface.state import as_boolean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFont

    from app.models.generated_table import ColumnKind
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex

ROW = tokens.NESTED_ROW
_GAP = 8
_CHIP = 20
_CHIP_INSET = 8
_ARROW = 12
_LEAST, _MOST = 44, 320
_MEASURED = 60
_MOST_ROWS = 12
_TOLD = 1_000


class GeneratedTable(QWidget):
    """Columns with their kinds, and rows of texts. As tall as its rows, up to a limit from which it scrolls."""

    def __init__(self, theme: Theme, *, most_rows: int = _MOST_ROWS) -> None:
        super().__init__()
        self.model = GeneratedRows(self)
        self.view = _Cells(theme, self.model)
        self._most_rows = most_rows
        self._sentence = label(theme, "", 12, ink="text3")
        self._sentence.setWordWrap(True)
        self._sentence.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.view)
        column.addWidget(self._sentence)
        column.addStretch(1)
        self.view.fitted.connect(self._fit)
        self.name("")
        self._fit()

    def name(self, text: str) -> None:
        """Say what the table is called to somebody who does not see it."""
        self.view.setAccessibleName(text or "Table")

    @property
    def sentence(self) -> str:
        """What is said below the rows."""
        return "" if self._sentence.isHidden() else self._sentence.text()

    def show_table(self, columns: Sequence[Any], rows: Sequence[Any], *, growing: bool = False) -> None:
        """Show rows of texts under columns of a `label` and a `kind`; more of both may follow while it is `growing`."""
        read = read_columns(columns)
        self.model.show_rows(read, rows)
        self.view.setVisible(bool(read))
        self._say("" if growing else _sentence(len(read), rows))
        self._fit()

    def _say(self, sentence: str) -> None:
        self._sentence.setText(sentence)
        self._sentence.setVisible(bool(sentence))

    def _fit(self) -> None:
        rows = min(self.model.rowCount(), self._most_rows)
        self.view.setFixedHeight((rows + 1) * ROW + self.view.bar_height())


def _sentence(columns: int, rows: Sequence[Any]) -> str:
    if not columns:
        return "This table has no columns."
    if not rows:
        return "No rows."
    long = sum(isinstance(row, list | tuple) and len(row) > columns for row in rows)
    if not long:
        return ""
    many = "1 row has" if long == 1 else f"{long} rows have"
    return f"{many} more cells than there are columns: they are left out."


class _Cells(QTableView):
    """The cells. The arrow keys go through them; Ctrl+C copies what is selected."""

    fitted = Signal()

    def __init__(self, theme: Theme, model: GeneratedRows) -> None:
        super().__init__()
        self._theme = theme
        self.rows = model
        self._sorted = QSortFilterProxyModel(self)
        self._sorted.setSortRole(SORT)
        self._sorted.setSortLocaleAware(True)
        self._sorted.setDynamicSortFilter(True)
        self._sorted.setSourceModel(model)
        self.setHorizontalHeader(_Headings(theme, model, self))
        self.setModel(self._sorted)
        set_kind(self, "cells")
        self.setFont(theme.fonts.text())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_CellPainter(theme, self))
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ROW)
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.setSortingEnabled(True)
        self.sort(-1)
        for changed in (model.rowsInserted, model.modelReset, model.dataChanged):
            changed.connect(self._share_out)
        for changed in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            changed.connect(self.fitted)
        model.modelReset.connect(lambda: self.sort(-1))
        theme.changed.connect(self._repaint)

    def _repaint(self) -> None:
        self.viewport().update()
        self.horizontalHeader().viewport().update()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 for the order in which the rows came."""
        self.sortByColumn(column, order)

    # Size

    def bar_height(self) -> int:
        """Return what the bar needs by which the columns are scrolled; 0 where they fit."""
        wide = sum(self.columnWidth(at) for at in range(self.rows.columnCount()))
        return 12 if wide > self.viewport().width() else 0

    def _share_out(self) -> None:
        """Give each column what its words need; what is left is shared, what is missing is taken from the widest."""
        count = self.rows.columnCount()
        room = self.viewport().width()
        if not count or room <= 0:
            return
        wanted = [self._needed(column) for column in range(count)]
        spare = room - sum(wanted)
        if spare >= 0:
            widths = [width + spare * width // sum(wanted) for width in wanted]
            widths[-1] += room - sum(widths)
        else:
            widths = _narrowed(wanted, room)
        for column, width in enumerate(widths):
            if width != self.columnWidth(column):
                self.setColumnWidth(column, width)

    def _needed(self, column: int) -> int:
        kind = self.rows.kind(column)
        cells, heading = QFontMetricsF(cell_font(self._theme, kind)), QFontMetricsF(self._theme.fonts.text(12, 500))
        texts = [
            str(self.rows.index(row, column).data())[:_MEASURED] for row in range(min(self.rows.rowCount(), _MEASURED))
        ]
        widest = max(map(cells.horizontalAdvance, texts), default=0.0)
        if kind == "boolean":
            widest = _ARROW
        if kind == "badge":
            widest += 2 * _CHIP_INSET
        name = heading.horizontalAdvance(self.rows.columns[column].label) + _ARROW + 4
        edge = _GAP if 0 < column < self.rows.columnCount() - 1 else 0
        return max(_LEAST, min(_MOST, round(max(widest, name)) + _GAP + edge + 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the new width."""
        super().resizeEvent(event)
        self._share_out()
        self.fitted.emit()

    # Keys and menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, or go through the cells; Tab goes on to what follows the table."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        if event.key() in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}:
            event.ignore()
            return
        super().keyPressEvent(event)

    def copy(self, *, everything: bool = False) -> None:
        """Put the selected cells on the clipboard, parted by tabs and lines; or all, with what stands over them."""
        shown = self.model()
        indices = self.selectionModel().selectedIndexes() or [self.currentIndex()]
        if everything:
            indices = [shown.index(r, c) for r in range(shown.rowCount()) for c in range(shown.columnCount())]
        lines: dict[int, dict[int, str]] = {}
        for index in indices:
            if index.isValid():
                text = " ".join(str(index.data(RAW)).split()) if len(indices) > 1 else str(index.data(RAW))
                lines.setdefault(index.row(), {})[index.column()] = text
        rows = ["\t".join(text for _, text in sorted(lines[row].items())) for row in sorted(lines)]
        if everything:
            rows.insert(0, "\t".join(column.label for column in self.rows.columns))
        if rows:
            QGuiApplication.clipboard().setText("\n".join(rows))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a cell and its column."""
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def menu(self) -> QMenu:
        """Return what can be done with the current cell and its column."""
        menu = QMenu(self)
        menu.addAction("Copy", QKeySequence(QKeySequence.StandardKey.Copy), self.copy)
        menu.addAction("Copy the table", lambda: self.copy(everything=True))
        column = self.currentIndex().column()
        if column >= 0:
            # Ampersands would be taken for the mark of a key.
            name = self.rows.columns[column].label.replace("&", "&&") or "this column"
            menu.addSeparator()
            menu.addAction(f"Sort by {name}", lambda: self.sort(column))
            down = Qt.SortOrder.DescendingOrder
            menu.addAction(f"Sort by {name}, the other way round", lambda: self.sort(column, down))
            menu.addAction("As it came", lambda: self.sort(-1))
        return menu

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first cell."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.viewport().update()


def cell_font(theme: Theme, kind: ColumnKind) -> QFont:
    """Return the font of a column's cells: figures and dates are tabular."""
    return theme.fonts.text(12 if kind == "badge" else 13, tabular=kind in {"number", "date"})


def _narrowed(wanted: list[int], room: int) -> list[int]:
    """Return widths of which the widest give way first, none below the least."""
    widths = list(wanted)
    while sum(widths) > room:
        widest = max(widths)
        if widest <= _LEAST * 2:
            break
        next_widest = max((width for width in widths if width < widest), default=_LEAST * 2)
        many = widths.count(widest)
        lower = max(next_widest, _LEAST * 2, widest - -(-(sum(widths) - room) // many))
        widths = [lower if width == widest else width for width in widths]
    return widths


class _Headings(QHeaderView):
    """The headings. A click sorts by one, a second the other way round, a third brings back the order that came."""

    def __init__(self, theme: Theme, model: GeneratedRows, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._rows = model
        self.setFixedHeight(ROW)
        self.setSectionsClickable(True)
        self.setSortIndicatorClearable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(_LEAST)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint a heading over its rule, and an arrow where it is sorted by."""
        if not rect.isValid() or section >= len(self._rows.columns):
            return
        theme, column = self._theme, self._rows.columns[section]
        painter.save()
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        words = _inside(rect, section, self.count())
        is_sorted = self.isSortIndicatorShown() and self.sortIndicatorSection() == section
        font = theme.fonts.text(12, 500)
        metrics = QFontMetricsF(font)
        room = words.width() - (_ARROW + 4 if is_sorted else 0)
        text = metrics.elidedText(column.label, Qt.TextElideMode.ElideRight, room)
        if is_sorted:
            is_up = self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
            wide = metrics.horizontalAdvance(text)
            at_right = column.kind == "number"
            left = words.right() - wide - _ARROW - 4 if at_right else words.left() + wide + 4
            arrow = QRectF(left, words.center().y() - _ARROW / 2 + 1, _ARROW, _ARROW)
            paint_glyph(painter, "caret-up" if is_up else "caret-down", arrow, theme.colour("text2"))
        painter.setFont(font)
        painter.setPen(theme.colour("text" if is_sorted else "text2"))
        painter.drawText(words, aligned(column.kind), text)
        painter.restore()

    def sectionSizeFromContents(self, _section: int) -> QSize:
        """Return the height of a heading; widths are shared out by the view."""
        return QSize(_LEAST, ROW)

    def event(self, event: QEvent) -> bool:
        """Show a heading whole where it is cut."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            section = self.logicalIndexAt(event.pos())
            if 0 <= section < len(self._rows.columns):
                QToolTip.showText(event.globalPos(), plain_tip(self._rows.columns[section].label), self)
            return True
        return super().event(event)


def _inside(area: QRect, column: int, count: int) -> QRect:
    """Return where the words of a cell stand: those of the outermost columns begin and end with the table."""
    return area.adjusted(_GAP if column else 0, 0, -_GAP if column < count - 1 else 0, 0)


class _CellPainter(QStyledItemDelegate):
    """Paints a cell: words, a check mark or a badge, a hairline below, and the ring of the current one."""

    def __init__(self, theme: Theme, view: _Cells) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a row."""
        return QSize(_LEAST, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        view, theme = self._view, self._theme
        option_: Any = option
        area: QRect = option_.rect
        has_ring = index == view.currentIndex() and view.hasFocus()
        painter.save()
        is_selected = option_.state & QStyle.StateFlag.State_Selected
        is_one_of_many = bool(is_selected) and len(view.selectionModel().selectedIndexes()) > 1
        if is_one_of_many:
            painter.fillRect(area, theme.colour("select"))
        painter.setPen(theme.colour("hairline"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        words = _inside(area, index.column(), view.rows.columnCount())
        if has_ring and not index.column():
            words.setLeft(words.left() + 6)
        kind = view.rows.kind(index.column())
        text = str(index.data())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        known = as_boolean(text) if kind == "boolean" else None
        if known is not None:
            middle = QPointF(words.left() + 6, words.center().y() + 1)
            paint_mark(painter, "check" if known else "dash", middle, theme.colour("accent" if known else "text3"))
        elif kind == "badge" and text:
            self._paint_badge(painter, words, text, "surface" if is_one_of_many else "select")
        else:
            self._paint_words(painter, words, text, kind)
        if has_ring:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -2), 3, 3)
        painter.restore()

    def _paint_words(self, painter: QPainter, words: QRect, text: str, kind: ColumnKind) -> None:
        font = cell_font(self._theme, kind)
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        shown = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, aligned(kind), shown)

    def _paint_badge(self, painter: QPainter, words: QRect, text: str, ground: str) -> None:
        theme = self._theme
        font = cell_font(theme, "badge")
        metrics = QFontMetricsF(font)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, words.width() - 2 * _CHIP_INSET)
        chip = QRectF(words.left(), words.center().y() - _CHIP / 2 + 0.5, 0, _CHIP)
        chip.setWidth(metrics.horizontalAdvance(shown) + 2 * _CHIP_INSET)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(chip, _CHIP / 2, _CHIP / 2)
        painter.setFont(font)
        painter.setPen(theme.colour("text2"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, shown)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """Show the whole text of a cell that is cut."""
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        kind = self._view.rows.kind(index.column())
        raw = str(index.data(RAW))
        option_: Any = option
        room = _inside(option_.rect, index.column(), self._view.rows.columnCount()).width()
        room -= 2 * _CHIP_INSET if kind == "badge" else 0
        is_cut = QFontMetricsF(cell_font(self._theme, kind)).horizontalAdvance(str(index.data())) > room
        QToolTip.showText(event.globalPos(), plain_tip(paragraphs(raw, _TOLD)) if is_cut or "\n" in raw else "", view)
        return True
