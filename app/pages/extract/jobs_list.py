"""All extractions, below the name of the open one: what each has read, and the ways to open, rename and delete it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QMenu, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.models.job_list import JobLine, JobList
from app.pages.extract.popover import Popover
from app.style.drawing import paint_mark
from app.style.plain_text import one_line
from app.widgets.controls import button, label, section_title
from app.widgets.rows.painting import paint_ring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
WIDTH: Final = 420
_ROW: Final = 44
_ROWS: Final = 8


class JobsView(QListView):
    """Two lines an extraction. Enter or a click opens it, F2 renames it, Del deletes it."""

    open_asked = Signal(int)
    rename_asked = Signal(int)
    delete_asked = Signal(int)

    def __init__(self, theme: Theme, model: JobList) -> None:
        super().__init__()
        self.jobs = model
        self.setAccessibleName("Extractions")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._offer)
        self.setItemDelegate(_Painting(theme, self))
        self.setModel(model)
        self.clicked.connect(lambda index: self._ask(self.open_asked, index))
        theme.changed.connect(self.viewport().update)

    def _ask(self, what: Any, index: Index) -> None:
        row = self.jobs.row_of(index)
        if row is not None:
            what.emit(row.id)

    def _offer(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open", lambda: self._ask(self.open_asked, index))
        menu.addAction("Rename…\tF2", lambda: self._ask(self.rename_asked, index))
        menu.addAction("Delete\tDel", lambda: self._ask(self.delete_asked, index))
        menu.popup(self.viewport().mapToGlobal(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open, rename or delete."""
        index = self.currentIndex()
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._ask(self.open_asked, index)
            case Qt.Key.Key_F2:
                self._ask(self.rename_asked, index)
            case Qt.Key.Key_Delete:
                self._ask(self.delete_asked, index)
            case _:
                super().keyPressEvent(event)


class JobsPopover(Popover):
    """The list, and the way to a new one. It goes away when one is chosen; deleting leaves it open."""

    open_asked = Signal(int)
    rename_asked = Signal(int)
    delete_asked = Signal(int)
    new_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, "All extractions")
        self.model = JobList(self)
        self.view = JobsView(theme, self.model)
        self.none = label(theme, "None yet. Run the one that is set up, and it stands here.", 13, ink="text3")
        self.new = button(theme, "New", icon="plus", name="New extraction")
        self.new.setToolTip("Set up another extraction (Ctrl+N)")
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 10, 6)
        head.addWidget(section_title(theme, "Extractions"))
        head.addStretch(1)
        head.addWidget(self.new)
        self.none.setContentsMargins(14, 2, 14, 12)
        self.column.setContentsMargins(1, 1, 1, 6)
        self.column.setSpacing(0)
        self.column.addLayout(head)
        self.column.addWidget(self.view)
        self.column.addWidget(self.none)
        self.setFixedWidth(WIDTH)
        self.view.open_asked.connect(lambda job: self._leave(self.open_asked, job))
        self.view.rename_asked.connect(lambda job: self._leave(self.rename_asked, job))
        self.view.delete_asked.connect(self.delete_asked)
        self.new.clicked.connect(lambda: self._leave(self.new_asked))

    def _leave(self, what: Any, *of: int) -> None:
        self.hide()
        what.emit(*of)

    def show_jobs(self, lines: Sequence[JobLine], current: int | None) -> None:
        """Show these, and which of them is open."""
        self.model.show_rows(lines)
        self.view.setFixedHeight(min(len(lines), _ROWS) * _ROW)
        self.view.setVisible(bool(lines))
        self.none.setVisible(not lines)
        index = self.model.index_of_key(current)
        if index.isValid() and not self.isVisible():
            self.view.setCurrentIndex(index)
        self.adjustSize()

    def focus_list(self) -> None:
        """Give the keyboard to the list, or to the way to a new one where it is empty."""
        (self.view if self.model.rowCount() else self.new).setFocus(Qt.FocusReason.PopupFocusReason)


class _Painting(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: JobsView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of two lines."""
        return QSize(80, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint mark, name, facts, and the time at the right."""
        line = self._view.jobs.row_of(index)
        if line is None:
            return
        cell: Any = option
        row, theme = cell.rect, self._theme
        painter.save()
        if self._view.currentIndex() == index:
            painter.fillRect(row, theme.colour("select"))
            painter.fillRect(QRectF(row.left(), row.top(), 2, row.height()), theme.colour("accent"))
        elif cell.state & cell.state.State_MouseOver:
            painter.fillRect(row, theme.colour("hover"))
        paint_mark(painter, line.shape, QPointF(row.left() + 20, row.top() + 15), theme.colour(line.ink), phase=0.1)
        times = theme.fonts.text(12, tabular=True)
        beside = QFontMetricsF(times).horizontalAdvance(line.when)
        room = row.width() - 34 - 14
        for words, font, ink, top, wide in (
            (one_line(line.name), theme.fonts.text(13, 500), "text", 5, room - beside - 8),
            (line.facts, theme.fonts.text(12, tabular=True), "text2", 22, room),
        ):
            said = QFontMetricsF(font).elidedText(words, Qt.TextElideMode.ElideRight, wide)
            painter.setFont(font)
            painter.setPen(theme.colour(ink))
            box = QRectF(row.left() + 34, row.top() + top, wide + 2, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, said)
        painter.setFont(times)
        painter.setPen(theme.colour("text3"))
        box = QRectF(row.right() - 14 - beside, row.top() + 5, beside + 2, 18)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, line.when)
        if self._view.hasFocus() and self._view.currentIndex() == index:
            paint_ring(painter, row, theme)
        painter.restore()
