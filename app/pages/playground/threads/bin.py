"""The threads in the bin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QMessageBox, QVBoxLayout

from app import figures
from app.models.dates import full, local
from app.models.thread_list import ThreadList
from app.pages.playground.threads.row_painting import ThreadPainting
from app.style import tokens
from app.widgets.controls import button, icon_button, section_title
from app.widgets.rows import Look, RowsView

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from app.session import Library
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex


class BinView(RowsView):
    """The threads in the bin, the last deleted first."""

    back_asked = Signal()
    own_keys = (*RowsView.own_keys, Qt.Key.Key_Escape)

    def __init__(self, theme: Theme, model: ThreadList) -> None:
        super().__init__(theme, model, "Deleted threads", tokens.ROW)
        self.painting = ThreadPainting(theme)
        self.list = model

    def chosen_threads(self) -> list[int]:
        """Return the ids of the threads that are chosen."""
        rows = map(self.list.row, self.selectedIndexes())
        return [row.thread.id for row in rows if row.thread is not None]

    def escape(self) -> bool:
        """Go back to the threads."""
        self.back_asked.emit()
        return True

    def paint_row(self, painter: QPainter, rect: QRect, index: Index, look: Look) -> None:
        """Paint a thread."""
        self.painting.thread(painter, rect, self.list.row(index), look, 0)

    def explain(self, index: Index) -> str:
        """Return a thread's title and when it was deleted."""
        row = self.list.row(index)
        assert row.thread is not None, "there are threads in the bin, nothing else"
        return f"{row.words}\nDeleted {full(local(row.thread.deleted or row.thread.updated))}"


class BinPane(QFrame):
    """The bin in place of the list: threads to choose, Restore, and what empties it for good."""

    left = Signal()

    def __init__(self, theme: Theme, library: Library) -> None:
        super().__init__()
        self._library = library
        self.model = ThreadList(self)
        self.view = BinView(theme, self.model)
        self.back = icon_button(theme, "arrow-left", "Back to the threads", "Esc")
        self.restore = button(theme, "Restore")
        self.empty = button(theme, "Empty the bin…")
        self._build(theme)
        self.back.clicked.connect(self.left)
        self.view.back_asked.connect(self.left)
        self.view.menu_asked.connect(self._show_menu)
        self.view.undo_asked.connect(library.undo)
        self.view.selectionModel().selectionChanged.connect(self._show_able)
        self.restore.clicked.connect(self.restore_chosen)
        self.empty.clicked.connect(self._ask)
        self._show_able()

    def _build(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(10, 4, tokens.PANEL_MARGIN, 0)
        head.setSpacing(2)
        head.addWidget(self.back)
        head.addWidget(section_title(theme, "Bin"))
        head.addStretch(1)
        foot = QHBoxLayout()
        foot.setContentsMargins(tokens.PANEL_MARGIN, 8, tokens.PANEL_MARGIN, 8)
        foot.setSpacing(8)
        foot.addWidget(self.restore)
        foot.addWidget(self.empty)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addLayout(foot)

    def arrange(self) -> None:
        """Show what is in the bin now."""
        self.model.arrange_flat(self._library.binned, lambda row: row.deleted or row.updated)
        self._show_able()

    def restore_chosen(self) -> None:
        """Take the chosen threads out of the bin."""
        self._library.restore(self.view.chosen_threads())

    def _show_able(self) -> None:
        self.restore.setEnabled(bool(self.view.chosen_threads()))

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Restore", self.restore_chosen)
        menu.popup(at)

    def _ask(self) -> None:
        """Ask before anything is removed for good: this alone cannot be taken back."""
        count = len(self._library.binned)
        box = QMessageBox(QMessageBox.Icon.NoIcon, "Empty the bin", f"Remove {_threads(count)} for good?", parent=self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setInformativeText("This cannot be undone. Deleted messages of other threads are removed as well.")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.addButton("Empty the bin", QMessageBox.ButtonRole.DestructiveRole).clicked.connect(self._library.empty_bin)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.open()


def _threads(count: int) -> str:
    return f"{figures.number(count)} thread{'s' if count != 1 else ''}"
