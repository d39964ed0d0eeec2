"""The panel at the right: the tree of the screen, what can be done with its parts, and the part that is chosen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from app import figures
from app.models.interface_tree import InterfaceTree
from app.pages.interface.part_menus import NEVER_ADDED, AddMenu
from app.pages.interface.part_panel import PartPanel
from app.pages.interface.tree_view import PartsView
from app.style import tokens
from app.widgets.controls import button, icon_button, label
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.interface.catalogue import Catalogue

WAYS_OUT: Final = (
    ("json", "Copy JSON", "Save JSON…"),
    ("png", "Copy picture", "Save picture (PNG)…"),
    ("pyside", "Copy PySide6 source", "Save PySide6 source…"),
    ("html", "Copy HTML page", "Save HTML page…"),
)
"""What a screen can be had as, and what the menu says of copying and of saving that."""
_FOOT: Final = 36


class TreePanel(QFrame):
    """The tree over the part that is chosen. It asks for everything and changes nothing itself."""

    chosen = Signal(str)
    """A person went to a part: its path."""
    deed_asked = Signal(str, str)
    """Something is to be done with a part: "remove", "duplicate", "up" or "down", and its path."""
    add_asked = Signal(str, str, object)
    """A component is to be added: its type, the path of a part, and the slot of it, or None for after it."""
    wrap_asked = Signal(str, str)
    """A part is to be put into a new one: that one's type, and the path of the part."""
    undo_asked = Signal()
    redo_asked = Signal()
    export_asked = Signal(str, str)
    """What the screen is wanted as (one of WAYS_OUT), and whether to "copy" or to "save" it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._catalogue: Catalogue | None = None
        self._editable = True
        self.setProperty("ground", "canvas")
        self.setAccessibleName("Tree of the screen")
        self.model = InterfaceTree(self)
        self.view = PartsView(theme, self.model)
        self.count = ElidedLabel(theme, 13, ink="text2", tabular=True, hugs=True)
        self.export = button(theme, "Export")
        self.part = PartPanel(theme)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self._build()
        self._connect()
        self._say()
        self.offer_undo("", "")

    def _build(self) -> None:
        theme = self._theme
        head = QFrame()
        head.setProperty("ground", "canvas")
        head.setProperty("rule", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 12, 0)
        row.setSpacing(10)
        row.addWidget(label(theme, "Tree", 13, 600))
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.export)
        self.export.setIcon(theme.icon("caret-down", "text2"))
        self.export.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.export.setText("Export\u2009")
        self.add = icon_button(theme, "plus", "Add a part", "Insert")
        self.undo = icon_button(theme, "arrow-u-up-left", "Undo", "Ctrl+Z")
        self.redo = icon_button(theme, "arrow-u-up-right", "Redo", "Ctrl+Shift+Z")
        self.duplicate = icon_button(theme, "copy-simple", "Duplicate", "Ctrl+D")
        self.up = icon_button(theme, "arrow-up", "Move up", "Alt+Up")
        self.down = icon_button(theme, "arrow-down", "Move down", "Alt+Down")
        self.remove = icon_button(theme, "trash", "Delete", "Del")
        self._tools = {"duplicate": self.duplicate, "up": self.up, "down": self.down, "remove": self.remove}
        foot = QFrame()
        foot.setProperty("ground", "canvas")
        foot.setFixedHeight(_FOOT)
        tools = QHBoxLayout(foot)
        tools.setContentsMargins(10, 0, 10, 0)
        tools.setSpacing(2)
        for tool in (self.add, self.duplicate, self.up, self.down, self.remove):
            tools.addWidget(tool)
        tools.addStretch(1)
        tools.addWidget(self.undo)
        tools.addWidget(self.redo)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(foot)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(above)
        self.split.addWidget(self.part)
        self.split.setStretchFactor(0, 2)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([440, 284])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(head)
        outer.addWidget(self.split, 1)

    def _connect(self) -> None:
        self.model.changed.connect(self._say)
        self.view.current_moved.connect(self.chosen)
        self.view.deed_asked.connect(self._do)
        self.view.menu_asked.connect(self._show_menu)
        self.export.clicked.connect(self._show_export)
        self.add.clicked.connect(lambda: self._show_add(self.add.mapToGlobal(QPoint(0, self.add.height() + 4))))
        for deed, tool in self._tools.items():
            tool.clicked.connect(partial(self._do_here, deed))
        self.undo.clicked.connect(self.undo_asked)
        self.redo.clicked.connect(self.redo_asked)

    # What the page may ask for

    def show_catalogue(self, catalogue: Catalogue | None) -> None:
        """Take the components that there are."""
        self._catalogue = catalogue
        self.model.show_catalogue(catalogue)

    def select(self, path: str | None) -> None:
        """Choose a part without telling that a person did."""
        self.view.reveal(path)
        self._offer()

    def set_editable(self, *, editable: bool) -> None:
        """Let the parts be changed, or not, as while an answer is written."""
        self._editable = editable
        self.part.set_editable(editable=editable)
        self._offer()

    def offer_undo(self, undo: str, redo: str) -> None:
        """Say what can be taken back and made again."""
        for tool, words, what, keys in (
            (self.undo, "Undo", undo, "Ctrl+Z"),
            (self.redo, "Redo", redo, "Ctrl+Shift+Z"),
        ):
            tool.setEnabled(bool(what))
            tool.setToolTip(f"{words}: {what} ({keys})" if what else f"{words} ({keys})")

    def focus_tree(self) -> None:
        """Take the focus, in the tree."""
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Parts

    def _say(self) -> None:
        count = self.model.count
        self.count.say(f"{figures.number(count)} component{'' if count == 1 else 's'}" if count else "")
        self.export.setEnabled(count > 0)
        self._offer()

    def _offer(self) -> None:
        row = self.model.row(self.view.currentIndex())
        able = self._editable and row is not None
        inner = able and row is not None and row.parent is not None
        self.add.setEnabled(able and self._catalogue is not None)
        self.duplicate.setEnabled(inner)
        self.remove.setEnabled(inner)
        last = row is not None and row.parent is not None and row is row.parent.children[-1]
        self.up.setEnabled(inner and row is not None and row.number > 0)
        self.down.setEnabled(inner and not last)

    def _do_here(self, deed: str) -> None:
        path = self.view.path
        if path is not None:
            self._do(deed, path)

    def _do(self, deed: str, path: str) -> None:
        if deed == "edit":
            self.part.edit()
        elif not self._editable:
            return
        elif deed == "add":
            box = self.view.visualRect(self.view.currentIndex())
            self._show_add(self.view.viewport().mapToGlobal(QPoint(34, box.bottom())))
        elif self._tools[deed].isEnabled():
            self.deed_asked.emit(deed, path)

    # Menus

    def _show_add(self, at: QPoint) -> None:
        menu = self._add_menu(self)
        if menu is not None:
            menu.popup(at)

    def _add_menu(self, parent: QWidget) -> AddMenu | None:
        row = self.model.row(self.view.currentIndex())
        if row is None or self._catalogue is None:
            return None
        path, title = row.path, self.model.title(row)
        return AddMenu(
            self._theme,
            parent,
            self._catalogue,
            row,
            title,
            lambda type_, slot: self.add_asked.emit(type_, path, slot),
        )

    def _show_menu(self, path: str, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        adding = self._add_menu(menu)
        menu.addAction("Edit\tEnter", lambda: self._do("edit", path))
        menu.addAction("Redo only this part…", self.part.focus_redo).setEnabled(self._editable)
        menu.addSeparator()
        if adding is not None:
            adding.setEnabled(self._editable)
            menu.addMenu(adding)
        for words, deed, tool in (
            ("Duplicate\tCtrl+D", "duplicate", self.duplicate),
            ("Move up\tAlt+Up", "up", self.up),
            ("Move down\tAlt+Down", "down", self.down),
        ):
            menu.addAction(words, partial(self._do, deed, path)).setEnabled(tool.isEnabled())
        self._add_wrapping(menu, path)
        menu.addSeparator()
        menu.addAction("Delete\tDel", partial(self._do, "remove", path)).setEnabled(self.remove.isEnabled())
        menu.popup(at)

    def _add_wrapping(self, menu: QMenu, path: str) -> None:
        """Offer the parts that a part can be put into."""
        holders = (
            [
                component
                for component in self._catalogue.components.values()
                if component.slots == ("children",) and component.type not in NEVER_ADDED
            ]
            if self._catalogue is not None
            else []
        )
        inside = menu.addMenu("Wrap in")
        inside.setEnabled(self.remove.isEnabled() and bool(holders))
        for component in holders:
            inside.addAction(component.title, partial(self.wrap_asked.emit, component.type, path))

    def _show_export(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_export(menu)
        menu.popup(
            self.export.mapToGlobal(QPoint(self.export.width() - menu.sizeHint().width(), self.export.height() + 4))
        )

    def fill_export(self, menu: QMenu) -> None:
        """Put the ways out into a menu."""
        for target, copying, saving in WAYS_OUT:
            if not menu.isEmpty():
                menu.addSeparator()
            menu.addAction(copying, partial(self.export_asked.emit, target, "copy"))
            menu.addAction(saving, partial(self.export_asked.emit, target, "save"))
