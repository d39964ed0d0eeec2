"""The gallery: interfaces with pictures, found by words, opened by Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout

from app.models.interface_gallery import Gallery
from app.pages.interface.gallery_view import GalleryView
from app.style import tokens
from app.widgets.controls import button, icon_button, label
from app.widgets.search_field import SearchField

if TYPE_CHECKING:
    from app.models.interface_gallery import Key, Shown
    from app.pages.interface.pictures import Pictures
    from app.style.theme import Theme


class GalleryPanel(QFrame):
    """The gallery with its head. It asks the page for everything and changes nothing itself."""

    open_asked = Signal(object)
    new_asked = Signal()
    import_asked = Signal()
    rename_asked = Signal(int)
    duplicate_asked = Signal(object)
    delete_asked = Signal(list)
    undo_asked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, pictures: Pictures) -> None:
        super().__init__()
        self.setProperty("ground", "canvas")
        self.setAccessibleName("Gallery of interfaces")
        self.model = Gallery(self)
        self.view = GalleryView(theme, self.model, pictures)
        self.search = SearchField(theme, "Search interfaces")
        self.search.setFixedWidth(220)
        self.bring = button(theme, "Import", icon="download-simple")
        self.bring.setToolTip("A tree, or the answer of another program (JSON)")
        self.new = button(theme, "New", icon="plus")
        self.new.setToolTip("Describe a new screen (Ctrl+N)")
        self.leave = icon_button(theme, "x", "Back to the open interface", "Esc")
        self.none = label(theme, "", 13, ink="text3")
        self.none.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 0)
        self.none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.none.setWordWrap(True)
        self.middle = QStackedWidget()
        around = QFrame()
        inside = QVBoxLayout(around)
        inside.setContentsMargins(tokens.PANEL_MARGIN, 8, 0, 0)
        inside.addWidget(self.view)
        self._grid = around
        self.middle.addWidget(around)
        self.middle.addWidget(self.none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head(theme))
        column.addWidget(self.middle, 1)
        self._connect()
        self.show_leaving(possible=False)

    def _head(self, theme: Theme) -> QFrame:
        head = QFrame()
        head.setProperty("ground", "canvas")
        head.setProperty("rule", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.ANSWER_MARGIN, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(label(theme, "Interfaces", 15, 600))
        row.addStretch(1)
        for widget in (self.search, self.bring, self.new, self.leave):
            row.addWidget(widget)
        return head

    def _connect(self) -> None:
        self.search.textChanged.connect(self._find)
        self.search.down_asked.connect(self._enter)
        self.search.enter_asked.connect(lambda: self._open(self.model.index(0)))
        self.view.opened.connect(self._open)
        self.view.delete_asked.connect(self._delete)
        self.view.rename_asked.connect(self._rename)
        self.view.menu_asked.connect(self._show_menu)
        self.view.undo_asked.connect(self.undo_asked)
        self.bring.clicked.connect(self.import_asked)
        self.new.clicked.connect(self.new_asked)
        self.leave.clicked.connect(self.closed)

    # What the page may ask for

    def show_interfaces(self, examples: list[Shown], own: list[Shown]) -> None:
        """Show what there is."""
        self.model.show_interfaces(examples, own)
        self._say()

    def show_leaving(self, *, possible: bool) -> None:
        """Offer the way back to the interface that is open, where one is."""
        self.leave.setVisible(possible)

    def choose(self, key: Key) -> None:
        """Choose an interface, and bring it in sight."""
        index = self.model.index_of(key)
        if index.isValid():
            self.view.setCurrentIndex(index)
            self.view.scrollTo(index)

    # Parts

    def _find(self, words: str) -> None:
        self.model.search(words)
        self._say()

    def _say(self) -> None:
        found = self.model.rowCount() > 0
        words = f"No interface has “{self.search.text()}” in its title." if self.search.text() else "Nothing yet."
        self.none.setText(words)
        self.middle.setCurrentWidget(self._grid if found else self.none)

    def _enter(self) -> None:
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0))

    def _open(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None:
            self.open_asked.emit(entry.key)

    def _rename(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None and isinstance(entry.key, int):
            self.rename_asked.emit(entry.key)

    def _delete(self) -> None:
        own = [entry.key for entry in self.view.chosen() if not entry.is_example]
        if own:
            self.delete_asked.emit(own)

    def _show_menu(self, at: QPoint) -> None:
        chosen = self.view.chosen()
        if not chosen:
            return
        first = chosen[0]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(chosen) == 1:
            self._add(menu, "Open\tEnter", lambda: self.open_asked.emit(first.key))
            if isinstance(first.key, int):
                self._add(menu, "Rename…\tF2", lambda: self.rename_asked.emit(first.key))
            self._add(menu, "Copy to yours" if first.is_example else "Duplicate", self._duplicate)
        if any(not entry.is_example for entry in chosen):
            menu.addSeparator()
            self._add(menu, "Delete\tDel", self._delete)
        menu.popup(at)

    def _duplicate(self) -> None:
        chosen = self.view.chosen()
        if chosen:
            self.duplicate_asked.emit(chosen[0].key)

    @staticmethod
    def _add(menu: QMenu, words: str, intent: Any) -> None:
        menu.addAction(words, intent)
