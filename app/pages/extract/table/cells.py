"""The cells of the table: painted row by row, walked with the arrow keys, typed into where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemDelegate, QAbstractItemView, QFrame, QTableView, QToolTip, QWidget

from app.models.extract_lines import Group
from app.models.extract_words import copied_rows, explain_cell, sentence_of, way_on
from app.pages.extract.table.documents import DocumentNames
from app.pages.extract.table.editing import CellEditing
from app.pages.extract.table.headings import DocumentHeading, FieldHeadings
from app.pages.extract.table.painting import ROW, CellPainting
from app.pages.extract.table.widths import ColumnWidths
from app.style.theme import set_kind
from app.style.tips import plain_tip

if TYPE_CHECKING:
    from app.models.extract_lines import Entry, Line
    from app.models.extract_table import ExtractTable
    from app.models.extract_words import WayOn
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex

NO_ROWS: Final = "No row matches the filter."
_TURN_MS: Final = 100
_ENTER: Final = frozenset((Qt.Key.Key_Return, Qt.Key.Key_Enter))
_CHOICES: Final = {Qt.Key(Qt.Key.Key_1 + at): at for at in range(5)}
_PLAIN: Final = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
_OWN: Final = _ENTER | {Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Space, Qt.Key.Key_Menu}
_STANDARD: Final = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class CellsView(QTableView):
    """Rows of one height below the titles of the fields, beside the names of the documents.

    What a person does with a cell leaves as a signal; the cell shows it when the session has done it.
    """

    moved = Signal()
    """Another cell is the current one, or none."""
    accept_asked = Signal()
    choice_asked = Signal(int)
    absent_asked = Signal()
    typed = Signal(str)
    undo_asked = Signal()
    redo_asked = Signal()
    next_asked = Signal()
    way_on_asked = Signal(str, str)
    open_list_asked = Signal(int)
    menu_asked = Signal(QPoint)
    layout_changed = Signal()

    def __init__(self, theme: Theme, table: ExtractTable) -> None:
        super().__init__()
        self._theme = theme
        self.table = table
        self.painting = CellPainting(theme)
        self.choices = 0
        """How many alternatives the current cell has: that many of the keys 1 to 5 choose one, and type nothing."""
        self.has_review = False
        """Whether there are cells to look at, to which Tab leads."""
        self._hovered = -1
        self._pressed_button = -1
        self._over_button = False
        self._phase = 0.0
        self._led = False
        self._anchor: tuple[Entry, int] | None = None
        self._is_followed = False
        self._lost: tuple[Entry, int] | None = None
        self._typed: tuple[QPersistentModelIndex, str] | None = None
        self._turning = QTimer(self)
        self._turning.setInterval(_TURN_MS)
        self._turning.timeout.connect(self._turn)
        self.headings = FieldHeadings(theme, table, self)
        self.names = DocumentNames(theme, table, self.painting, self)
        self.editing = CellEditing(theme, self)
        self._set_up(theme)
        self.corner = DocumentHeading(theme, table, self)
        self.widths = ColumnWidths(theme, table, self)
        self._connect(theme)

    def _set_up(self, theme: Theme) -> None:
        self.setHorizontalHeader(self.headings)
        self.setVerticalHeader(self.names)
        self.setModel(self.table)
        self.setItemDelegate(self.editing)
        set_kind(self, "cells")
        self.setAccessibleName("Extracted values")
        self.setFont(theme.fonts.text())
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setCornerWidget(QWidget())  # the style paints a frame where the scroll bars meet
        self.setMouseTracking(True)
        # What is opaque is moved when it is scrolled, and only what comes into sight is painted.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )

    def _connect(self, theme: Theme) -> None:
        table = self.table
        table.arranging.connect(self._keep_place)
        table.arranged.connect(self._find_place)
        table.dataChanged.connect(self._follow_reading)
        table.modelReset.connect(self._follow_reading)
        table.counted.connect(self.headings.viewport().update)
        self.editing.typed.connect(self._take_typed)
        self.names.hovered.connect(self._hover)
        self.headings.sectionResized.connect(self._drag)
        self.headings.sectionHandleDoubleClicked.connect(self._fit)
        self.corner.width_asked.connect(self._drag_names)
        self.corner.fit_asked.connect(self._fit_names)
        theme.changed.connect(self._repaint)

    # What the page may ask for

    def set_name_width(self, wide: int) -> None:
        """Make the column of the documents so wide."""
        if self.names.width() != wide or self.names.maximumWidth() != wide:
            self.names.setFixedWidth(wide)
            self.updateGeometries()
            self._place_corner()
            self.widths.share_out()

    def current_place(self) -> tuple[str, str]:
        """Return the document and pointer of the current cell; empty where there is none."""
        index = self.currentIndex()
        found = self.table.place(index.row(), index.column()) if index.isValid() else None
        return found or ("", "")

    def choose(self, row: int, column: int) -> None:
        """Go to a cell, and bring it in sight."""
        index = self.table.index(row, column)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.scrollTo(index)

    def edit_current(self) -> None:
        """Begin to type in the current cell."""
        index = self.currentIndex()
        if index.isValid() and self.table.is_edited(index):
            self.scrollTo(index)
            self.edit(index)

    def reject_edit(self, sentence: str) -> None:
        """Go on typing what could not be taken, and say why."""
        if self._typed is None or not self._typed[0].isValid():
            return
        at, text = self._typed
        self._typed = None
        index = self.table.index(at.row(), at.column())
        self.setCurrentIndex(index)
        self.edit(index)
        line = self.editing.line
        if line is not None:
            line.setText(text)
            line.setModified(True)
            set_kind(line, "row-error")
            line.setToolTip(plain_tip(sentence))
            line.setAccessibleDescription(sentence)
            QToolTip.showText(line.mapToGlobal(QPoint(0, line.height())), plain_tip(sentence), line)

    def copy(self) -> None:
        """Put the selected cells on the clipboard, as spreadsheets take them."""
        rows: dict[int, list[int]] = {}
        for index in self.selectionModel().selectedIndexes() or [self.currentIndex()]:
            if index.isValid() and not self.headings.isSectionHidden(index.column()):
                rows.setdefault(index.row(), []).append(index.column())
        shown = sum(not self.headings.isSectionHidden(at) for at in range(self.table.columnCount()))
        whole = all(len(columns) == shown for columns in rows.values())
        text = copied_rows(self.table, rows, names=whole and shown > 1)
        if rows:
            QGuiApplication.clipboard().setText(text)

    # Where things are

    def _place_corner(self) -> None:
        self.corner.setGeometry(0, 0, self.names.width(), self.headings.height())
        self.corner.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the new width."""
        super().resizeEvent(event)
        self._place_corner()
        self.widths.share_out()

    def row_rect(self, row: int) -> QRect:
        """Return where a row is seen, beside the names."""
        return QRect(0, self.rowViewportPosition(row), self.viewport().width(), ROW)

    def cell_rect(self, row: int, column: int) -> QRect:
        """Return where a cell is; of a row without cells all of it."""
        line = self.table.line(row)
        if line is None or sentence_of(line):
            return self.row_rect(row)
        left = self.columnViewportPosition(column)
        return QRect(left, self.rowViewportPosition(row), self.columnWidth(column), ROW)

    def button_rect(self, row: int) -> tuple[QRect, WayOn] | None:
        """Return the button of a failed document and what it does; None where there is none."""
        line = self.table.line(row)
        way = way_on(line) if line is not None else None
        return (self.painting.button_rect(self.row_rect(row), way.words), way) if way is not None else None

    def _drag(self, section: int, _old: int, wide: int) -> None:
        self.widths.dragged(section, wide)
        self.layout_changed.emit()

    def _fit(self, section: int) -> None:
        self.widths.fit(section)
        self.layout_changed.emit()

    def _drag_names(self, wide: int) -> None:
        self.widths.drag_names(wide)
        self.layout_changed.emit()

    def _fit_names(self) -> None:
        self.widths.fit_names()
        self.layout_changed.emit()

    # Staying in place while lines come, go and move

    def _keep_place(self, asked: bool) -> None:
        """Note where the reader is: at the current cell where that is in sight, else at the first row that is."""
        self._led = True
        current, bar = self.currentIndex(), self.verticalScrollBar()
        in_sight = current.isValid() and self.viewport().rect().intersects(self.row_rect(current.row()))
        anchor = current.row() if in_sight else self.rowAt(0)
        self._anchor = None
        # At the very top rows may come in from above.
        if bar.value() and 0 <= anchor < self.table.rowCount():
            self._anchor = self.table.entry(anchor), self.rowViewportPosition(anchor)
        self._anchor = None if asked else self._anchor
        self._is_followed = asked and in_sight
        if current.isValid():
            self._lost = self.table.entry(current.row()), current.column()

    def _find_place(self) -> None:
        """Go back to where the reader was. A current cell that is not shown any more comes back when it is."""
        self.executeDelayedItemsLayout()
        lost = self._lost
        if lost is not None and self.table.columnCount():
            row, column = self.table.row_of(lost[0]), min(lost[1], self.table.columnCount() - 1)
            current = self.currentIndex()
            if row is None:
                self.selectionModel().clear()
            elif (current.row(), current.column()) != (row, column):
                index = self.table.index(row, column)
                self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        row = self.table.row_of(self._anchor[0]) if self._anchor is not None else None
        if row is not None and self._anchor is not None:
            self.verticalScrollBar().setValue(self.names.sectionPosition(row) - self._anchor[1])
        elif self._is_followed and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())
        self._led = False
        self._follow_reading()
        self._repaint()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell of another cell, unless it is another only until all lines are in their places."""
        super().currentChanged(current, previous)
        self.viewport().update()
        if not self._led:
            if current.isValid():
                self._lost = None
            self.moved.emit()

    # Reading

    def _follow_reading(self) -> None:
        is_reading = any(
            line.state == "running" for row in self._rows_in_sight() if (line := self.table.line(row)) is not None
        )
        if is_reading and not self._turning.isActive():
            self._turning.start()
        elif not is_reading:
            self._turning.stop()

    def _rows_in_sight(self) -> range:
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return range(max(first, 0), (last if last >= 0 else self.table.rowCount() - 1) + 1)

    def _turn(self) -> None:
        self._phase = (self._phase + 0.08) % 1
        if self.isVisible():
            for row in self._rows_in_sight():
                line = self.table.line(row)
                if line is not None and line.state == "running":
                    self.viewport().update(self.row_rect(row))

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll; sentences and their buttons stay where they are when columns are scrolled."""
        super().scrollContentsBy(dx, dy)
        if dx:
            self.viewport().update()
        self._follow_reading()

    # Keys

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here, whatever they mean around."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in _PLAIN
            typing = plain and bool(event.text()) and event.text().isprintable()
            if (plain and Qt.Key(event.key()) in _OWN) or typing or any(map(event.matches, _STANDARD)):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key asks for, or walk from cell to cell."""
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
            return
        index, key = self.currentIndex(), Qt.Key(event.key())
        plain = event.modifiers() in _PLAIN
        line = self.table.line(index.row()) if index.isValid() else None
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self.redo_asked.emit()
        elif key in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab}:
            self._tab(event)
            return
        elif key == Qt.Key.Key_Menu or (key == Qt.Key.Key_F10 and not plain):
            self._ask_menu_here()
        elif index.isValid() and (self._fold(event) if line is None else plain and self._act(line, key)):
            pass
        elif event.text() and line is None:
            return
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def _tab(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Tab and self.has_review and event.modifiers() in _PLAIN:
            self.next_asked.emit()
            event.accept()
        else:
            event.ignore()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Let Tab lead to the next cell to look at; Shift+Tab, and Tab where there is none, leave the table."""
        if forward and self.has_review and self.currentIndex().isValid():
            self.next_asked.emit()
            return True
        return super().focusNextPrevChild(forward)

    def _act(self, line: Line, key: Qt.Key) -> bool:
        """Do what a key asks for a cell; tell whether it means anything."""
        way = way_on(line)
        if key in _ENTER and way is not None:
            self.way_on_asked.emit(way.deed, line.name)
        elif key in _ENTER:
            self.accept_asked.emit()
        elif key == Qt.Key.Key_Delete:
            self.absent_asked.emit()
        elif key in _CHOICES and self.choices:
            if _CHOICES[key] < self.choices:
                self.choice_asked.emit(_CHOICES[key])
        elif key == Qt.Key.Key_F2:
            self.edit_current()
        else:
            return False
        return True

    def _fold(self, event: QKeyEvent) -> bool:
        """Fold and unfold a group by its head; tell whether a key means that."""
        entry = self.table.entry(self.currentIndex().row())
        if not isinstance(entry, Group):
            return False
        turn = event.key() in _ENTER or event.key() == Qt.Key.Key_Space
        left, right = event.key() == Qt.Key.Key_Left, event.key() == Qt.Key.Key_Right
        if turn or (left and not entry.folded) or (right and entry.folded):
            self.table.fold(entry, folded=not entry.folded)
            return True
        return False

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Go to the next cell to look at after Tab."""
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self.setFocus()
        if hint == QAbstractItemDelegate.EndEditHint.EditNextItem:
            self.next_asked.emit()

    def _take_typed(self, at: QPersistentModelIndex, text: str) -> None:
        self._typed = (at, text)
        self.typed.emit(text)

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press a button, fold a group, or choose a cell."""
        at = event.position().toPoint()
        row = self.rowAt(at.y())
        if event.button() == Qt.MouseButton.LeftButton and row >= 0:
            entry = self.table.entry(row)
            if isinstance(entry, Group):
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                self.table.fold(entry, folded=not entry.folded)
                return
            button = self.button_rect(row)
            if button is not None and button[0].contains(at):
                self._pressed_button = row
                self.viewport().update(self.row_rect(row))
                return
            if sentence_of(entry) and not self.indexAt(at).isValid():
                self.choose(row, 0)
                return
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Do what the pressed button says."""
        row, self._pressed_button = self._pressed_button, -1
        if row < 0:
            super().mouseReleaseEvent(event)
            return
        button, line = self.button_rect(row), self.table.line(row)
        self.viewport().update(self.row_rect(row))
        if button is not None and line is not None and button[0].contains(event.position().toPoint()):
            self.way_on_asked.emit(button[1].deed, line.name)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Type in a cell, or make rows of the items of a list."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.table.line(index.row()) is None:
            self.mousePressEvent(event)
            return
        if index.isValid() and self.table.fields.columns[index.column()].kind == "list":
            self.open_list_asked.emit(index.column())
            return
        super().mouseDoubleClickEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what is under the pointer."""
        super().mouseMoveEvent(event)
        at = event.position().toPoint()
        row = self.rowAt(at.y())
        self._hover(row)
        button = self.button_rect(row) if row >= 0 else None
        over = button is not None and button[0].contains(at)
        if over != self._over_button:
            self._over_button = over
            self.viewport().update(self.row_rect(row))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the pointer."""
        super().leaveEvent(event)
        self._over_button = False
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row == self._hovered:
            return
        for each in {row, self._hovered} - {-1}:
            self.viewport().update(self.row_rect(each))
        self._hovered = row
        self.names.hover(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the cell under the pointer, which is chosen if it was not."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_menu_here()
            return
        index = self.indexAt(event.pos())
        if index.isValid():
            if not self.selectionModel().isSelected(index):
                self.setCurrentIndex(index)
            self.menu_asked.emit(event.globalPos())

    def _ask_menu_here(self) -> None:
        index = self.currentIndex()
        if index.isValid():
            self.scrollTo(index)
            box = self.cell_rect(index.row(), index.column())
            self.menu_asked.emit(self.viewport().mapToGlobal(QPoint(max(0, box.left()) + 24, box.bottom() - 4)))

    def viewportEvent(self, event: QEvent) -> bool:
        """Tell of a cell what it says in full, and where from."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos())
            line = self.table.line(index.row()) if index.isValid() else None
            words = explain_cell(self.table, line, index.column()) if line is not None else ""
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Begin at the first cell."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.table.rowCount() and self.table.columnCount():
            self.setCurrentIndex(self.table.index(0, 0))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the frame as that of somebody who is elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    # Painting

    def _repaint(self) -> None:
        for each in (self, self.headings, self.names):
            each.viewport().update()
        self.corner.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows that are in sight; a delegate asked for each cell would take three times as long."""
        painter = QPainter(self.viewport())
        area = event.rect()
        painter.fillRect(area, self._theme.colour("surface"))
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        if first >= 0:
            columns = self._columns_in(area)
            many = self._has_many_chosen()
            for row in range(first, (last if last >= 0 else self.table.rowCount() - 1) + 1):
                painter.save()
                self._paint_row(painter, row, columns, many=many)
                painter.restore()
            current = self.currentIndex()
            if current.isValid() and self.state() != QAbstractItemView.State.EditingState:
                rect = self.cell_rect(current.row(), current.column())
                self.painting.frame(painter, rect, focused=self.hasFocus())
        elif self.table.total:
            self.painting.nothing(painter, self.viewport().rect(), NO_ROWS)
        painter.end()

    def _columns_in(self, area: QRect) -> list[int]:
        header = self.headings
        return [
            at
            for at in range(self.table.columnCount())
            if not header.isSectionHidden(at)
            and self.columnViewportPosition(at) <= area.right()
            and self.columnViewportPosition(at) + self.columnWidth(at) >= area.left()
        ]

    def _has_many_chosen(self) -> bool:
        chosen = self.selectionModel().selection()
        return chosen.count() > 1 or (chosen.count() == 1 and chosen.first().width() * chosen.first().height() > 1)

    def _paint_row(self, painter: QPainter, row: int, columns: list[int], *, many: bool) -> None:
        table, painting = self.table, self.painting
        rect = self.row_rect(row)
        entry = table.entry(row)
        if isinstance(entry, Group):
            names = self.names.width()
            painting.group(painter, rect.adjusted(-names, 0, 0, 0), entry, table.grouped_by())
            painting.rule(painter, rect)
            return
        painting.ground(painter, rect, chosen=False, hovered=row == self._hovered)
        painting.rule(painter, rect)
        sentence = sentence_of(entry)
        if sentence:
            self._paint_sentence(painter, row, rect, sentence, failed=entry.state == "failed")
            return
        fields, y = table.fields, rect.y()
        repeats = not table.begins_document(row)
        for column in columns:
            place = QRect(self.columnViewportPosition(column), y, self.columnWidth(column), ROW)
            chosen = many and self.selectionModel().isSelected(table.index(row, column))
            cell = fields.cell(entry, column)
            again = repeats and not fields.columns[column].below
            painting.cell(painter, place, cell, fields.columns[column], self._phase, chosen=chosen, again=again)

    def _paint_sentence(self, painter: QPainter, row: int, rect: QRect, sentence: str, *, failed: bool) -> None:
        button = self.button_rect(row)
        words = button[1].words if button is not None else ""
        self.painting.sentence(painter, rect, sentence, failed=failed, button=words)
        if button is not None:
            hovered = row == self._hovered and self._over_button
            self.painting.button(painter, button[0], words, hovered=hovered, pressed=row == self._pressed_button)
