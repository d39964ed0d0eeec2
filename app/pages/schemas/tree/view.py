"""The tree of a schema: rows that are painted, folded, renamed where they stand, and dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QStyleOptionViewItem, QToolTip

from app.pages.schemas.tree.choice import Choice
from app.pages.schemas.tree.dragging import DraggingTree
from app.pages.schemas.tree.folding import Folding
from app.pages.schemas.tree.header import TreeHeader
from app.pages.schemas.tree.look import ROW
from app.pages.schemas.tree.menu import RowMenu, TypeMenu
from app.pages.schemas.tree.names import LONGEST, NameEditing
from app.pages.schemas.tree.painting import Look, RowPainting
from app.style.tips import plain_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.models.schema_rows import TreeRow
    from app.models.schema_tree import SchemaTree
    from app.pages.schemas.tree.intents import TreeIntents
    from app.pages.schemas.tree.look import Columns, Parts
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_BY_KEYS = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}
_NONE, _KEYPAD = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
_CTRL, _SHIFT, _ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


class SchemaTreeView(DraggingTree):
    """Shows the rows of a schema. What a person does with them leaves as an intent; the tree follows the text."""

    details_asked = Signal(QModelIndex, str)
    """A row is to be edited in full, beginning with the description, the constraints, or its JSON."""
    current_moved = Signal(str)
    """A person went to another row: its pointer."""

    def __init__(self, theme: Theme, model: SchemaTree, intents: TreeIntents) -> None:
        super().__init__(theme, model)
        self._intents = intents
        self._painting = RowPainting(theme)
        self._hovered = QPersistentModelIndex()
        self._pressed = QPersistentModelIndex()
        self._linked = False
        self._by_keys = False
        self._led = False
        self._header = TreeHeader(theme, self)
        self.setHeader(self._header)
        self.setAccessibleName("Properties of the schema")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setExpandsOnDoubleClick(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self._names = NameEditing(theme, model, self)
        self._names.renamed.connect(intents.rename_asked)
        self._names.went_on.connect(lambda index: self.details_asked.emit(index, ""))
        self.setItemDelegate(self._names)
        self.setModel(model)
        self._header.divide()
        self.folding = Folding(self, model)
        self.folding.begin()
        theme.changed.connect(self.viewport().update)
        model.stale_changed.connect(self._repaint)

    # Where things are

    def columns(self) -> Columns:
        """Return where the columns begin."""
        return self._header.columns()

    def parts(self, index: Index) -> Parts:
        """Return where the parts of a row stand in the viewport."""
        row = self._schema.row(index)
        return self._painting.parts(self._box(index), row, self._schema.says(row), self.columns())

    def part_at(self, at: QPoint) -> tuple[QModelIndex, str]:
        """Return the row at a place of the viewport, and the name of its part there (one of `Parts`, or nothing)."""
        index = self.indexAt(at).siblingAtColumn(0)
        if not index.isValid():
            return index, ""
        parts = self.parts(index)._asdict()
        order = ("reference", "chevron", "icon", "name", "type", "words", "way", "flaw")
        return index, next((name for name in order if parts[name].contains(at)), "")

    def _box(self, index: Index) -> QRect:
        box = self.visualRect(index)
        return QRect(0, box.y(), self.columns().width, ROW)

    # Rows

    def choice(self) -> Choice | None:
        """Return the rows that are chosen, from top to bottom; None where there is none, nor a current one."""
        current = self.currentIndex()
        if not current.isValid():
            return None
        rows = [self._schema.row(index) for index in self.selectionModel().selectedRows()]
        return Choice(self._schema, self._intents, sorted(rows, key=_order), self._schema.row(current))

    def reveal(self, pointer: str) -> None:
        """Go to the row of a place of the text, or the nearest above it, without telling that a person did."""
        current = self.currentIndex()
        index = self._schema.index_of(pointer)
        if index.isValid() and current.isValid():
            same = self._schema.pointer_of(current) == self._schema.pointer_of(index)
            index = current.siblingAtColumn(0) if same else index
        if index.isValid():
            self._lead([index])

    def select(self, pointers: Iterable[str]) -> None:
        """Choose the rows of places of the text, after a change that was about them; the first gets the ring."""
        indexes = [self._schema.index_of(pointer) for pointer in pointers]
        self._lead([index for index in indexes if index.isValid()])

    def edit_name(self, pointer: str) -> None:
        """Let a person name what stands at a place of the text."""
        self.select([pointer])
        self.rename(self.currentIndex())

    def _lead(self, indexes: list[QModelIndex]) -> None:
        if not indexes:
            return
        for index in indexes:
            self.folding.reach(index)
        flags = QItemSelectionModel.SelectionFlag
        self._led = True
        # Not by the view, which adds to what is chosen while Ctrl is held, as it is for most of what leads here.
        self.selectionModel().setCurrentIndex(indexes[0], flags.ClearAndSelect | flags.Rows)
        self._led = False
        if len(indexes) > 1:
            chosen = QItemSelection()
            for index in indexes:
                chosen.select(index, index)
            self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(indexes[0])

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell of another row."""
        super().currentChanged(current, previous)
        if current.isValid() and not self._led:
            self.current_moved.emit(self._schema.pointer_of(current))

    # What a person does

    def rename(self, index: QModelIndex) -> bool:
        """Let a person write another name over a row's; tell whether it has one to be changed there."""
        index = index.siblingAtColumn(0)
        if not index.isValid() or not index.flags() & Qt.ItemFlag.ItemIsEditable:
            return False
        if len(self._schema.row(index).row.name) > LONGEST:
            return False
        self.scrollTo(index)
        self.edit(index)
        return True

    def _open(self, index: QModelIndex) -> None:
        if index.isValid() and not self.rename(index):
            self.details_asked.emit(index, "")

    def _toggle(self, index: QModelIndex, *, unfold: bool | None = None) -> None:
        if self._schema.hasChildren(index):
            self.setExpanded(index, not self.isExpanded(index) if unfold is None else unfold)

    def _jump(self, index: QModelIndex) -> None:
        target = self._schema.says(self._schema.row(index)).target if index.isValid() else None
        if target is not None:
            self._intents.jump_asked.emit(target)

    def _deed(self, event: QKeyEvent) -> Callable[[], object] | None:
        """Return what a key does with the rows that are chosen; None where the view itself knows."""
        index = self.currentIndex().siblingAtColumn(0)
        key, modifiers = Qt.Key(event.key()), event.modifiers() & ~_KEYPAD
        key = Qt.Key.Key_Return if key == Qt.Key.Key_Enter else key
        deeds: dict[tuple[Qt.Key, Qt.KeyboardModifier], Callable[[], object]] = {
            (Qt.Key.Key_F2, _NONE): lambda: self._open(index),
            (Qt.Key.Key_Return, _NONE): lambda: self._open(index),
            (Qt.Key.Key_Return, _ALT): lambda: self.details_asked.emit(index, "constraints"),
            (Qt.Key.Key_Return, _CTRL): lambda: self._add(index),
            (Qt.Key.Key_Insert, _NONE): lambda: self._add(index),
            (Qt.Key.Key_Return, _CTRL | _SHIFT): lambda: self._ask(lambda choice: choice.add(inside=True)),
            (Qt.Key.Key_Insert, _SHIFT): lambda: self._ask(lambda choice: choice.add(inside=True)),
            (Qt.Key.Key_Delete, _NONE): lambda: self._ask(Choice.remove),
            (Qt.Key.Key_D, _CTRL): lambda: self._ask(Choice.duplicate),
            (Qt.Key.Key_C, _CTRL): lambda: self._ask(_copy),
            (Qt.Key.Key_Up, _ALT): lambda: self._ask(lambda choice: choice.move(-1)),
            (Qt.Key.Key_Down, _ALT): lambda: self._ask(lambda choice: choice.move(1)),
            (Qt.Key.Key_Space, _NONE): lambda: self._ask(Choice.toggle_required),
            (Qt.Key.Key_F12, _NONE): lambda: self._jump(index),
            (Qt.Key.Key_Menu, _NONE): self._ask_menu_here,
            (Qt.Key.Key_F10, _SHIFT): self._ask_menu_here,
            (Qt.Key.Key_Left, _NONE): lambda: self._leave(index),
            (Qt.Key.Key_Right, _NONE): lambda: self._enter(index),
            (Qt.Key.Key_Asterisk, _NONE): lambda: self.folding.unfold_all(index),
            (Qt.Key.Key_Asterisk, _SHIFT): lambda: self.folding.unfold_all(index),
        }
        return deeds.get((key, modifiers)) if index.isValid() else None

    def _ask(self, what: Callable[[Choice], object]) -> None:
        choice = self.choice()
        if choice is not None:
            what(choice)

    def _add(self, index: QModelIndex) -> None:
        unfolded = self.isExpanded(index) and self._schema.hasChildren(index)
        self._ask(lambda choice: choice.add(inside=False, unfolded=unfolded))

    def _leave(self, index: QModelIndex) -> None:
        """Fold a row, or go to the one above it."""
        if self.isExpanded(index) and self._schema.hasChildren(index):
            self._toggle(index, unfold=False)
        elif index.parent().isValid():
            self.setCurrentIndex(index.parent())

    def _enter(self, index: QModelIndex) -> None:
        """Unfold a row, or go to the first one below it."""
        if not self.isExpanded(index):
            self._toggle(index, unfold=True)
        elif self._schema.rowCount(index):
            self.setCurrentIndex(self._schema.index(0, 0, index))

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here, whatever they mean around."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._deed(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key asks for, or walk."""
        self._by_keys = True
        deed = self._deed(event)
        if deed is None:
            super().keyPressEvent(event)
        else:
            deed()
            event.accept()
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold at the chevron; choose elsewhere."""
        self._by_keys = False
        index, part = self.part_at(event.position().toPoint())
        self._pressed = QPersistentModelIndex()
        if event.button() == Qt.MouseButton.LeftButton and part == "chevron" and self._schema.hasChildren(index):
            self._toggle(index)
            return
        if event.button() == Qt.MouseButton.LeftButton and part == "reference":
            self._pressed = QPersistentModelIndex(index)
            if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
                return
        super().mousePressEvent(event)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Go where a reference leads that was clicked."""
        super().mouseReleaseEvent(event)
        index, part = self.part_at(event.position().toPoint())
        if part == "reference" and self._pressed.isValid() and self._pressed == index:
            self._jump(index)
        self._pressed = QPersistentModelIndex()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit what was clicked: the name where it stands, the type in its menu, all else in full."""
        index, part = self.part_at(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        if part == "chevron" and self._schema.hasChildren(index):
            self._toggle(index)
        elif part in {"name", "icon", "chevron", ""}:
            self._open(index)
        elif part == "type":
            self._ask_type(index)
        elif part != "reference":
            self.details_asked.emit(index, "constraints" if part == "words" else "")

    # Menus

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the menu of the row under the pointer, which is chosen if it was not."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_menu_here()
            return
        index = self.indexAt(event.pos())
        if index.isValid():
            if not self.selectionModel().isSelected(index):
                self.setCurrentIndex(index)
            self._ask_menu(event.globalPos())

    def _ask_menu_here(self) -> None:
        index = self.currentIndex().siblingAtColumn(0)
        if index.isValid():
            self.scrollTo(index)
            at = self.parts(index).name.bottomLeft().toPoint()
            self._ask_menu(self.viewport().mapToGlobal(at - QPoint(0, 4)))

    def _ask_menu(self, at: QPoint) -> None:
        choice = self.choice()
        if choice is None:
            return
        menu = RowMenu(self, self._schema, self._intents, choice)
        menu.rename_asked.connect(lambda: self._open(self.currentIndex().siblingAtColumn(0)))
        menu.details_asked.connect(lambda what: self.details_asked.emit(self.currentIndex().siblingAtColumn(0), what))
        menu.popup(at)

    def _ask_type(self, index: QModelIndex) -> None:
        choice = Choice(self._schema, self._intents, [self._schema.row(index)], self._schema.row(index))
        if choice.can_retype and choice.can_edit:
            menu = TypeMenu(self, self._schema, self._intents, choice)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.viewport().mapToGlobal(self.parts(index).type.bottomLeft().toPoint()))

    # Painting

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one row."""
        cell: Any = option
        row = self._schema.row(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        rect = QRect(0, cell.rect.y(), self.viewport().width(), ROW)
        self._painting.paint(painter, rect, row, self._schema.says(row), self.columns(), self.look_of(index))
        painter.restore()

    def look_of(self, index: Index) -> Look:
        """Return what a row looks like beside what it says."""
        row = self._schema.row(index)
        current = self.currentIndex()
        foldable = self._schema.hasChildren(index)
        unfolded = foldable and self.isExpanded(index)
        flaws = self._schema.flaws(row, unfolded=unfolded)
        return Look(
            selected=self.selectionModel().isSelected(index),
            hovered=self._hovered == index,
            ringed=self._by_keys and self.hasFocus() and current.isValid() and self._schema.row(current) is row,
            target=self.lands_in(index),
            foldable=foldable,
            unfolded=unfolded,
            linked=self._linked and self._hovered == index,
            faded=self._schema.stale,
            way=self._schema.way(row),
            severity=flaws[0].severity if flaws else None,
        )

    def _repaint(self, *_what: object) -> None:
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what is under the pointer."""
        super().mouseMoveEvent(event)
        index, part = self.part_at(event.position().toPoint())
        self._hover(index, linked=part == "reference")

    def leaveEvent(self, event: QEvent) -> None:
        """Forget what was under the pointer."""
        super().leaveEvent(event)
        self._hover(QModelIndex(), linked=False)

    def _hover(self, index: QModelIndex, *, linked: bool) -> None:
        if self._hovered != index or self._linked != linked:
            self._hovered, self._linked = QPersistentModelIndex(index), linked
            shape = Qt.CursorShape.PointingHandCursor if linked else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring to whoever came by keyboard, on a row."""
        self._by_keys = self._by_keys or event.reason() in _BY_KEYS
        super().focusInEvent(event)
        if event.reason() in _BY_KEYS and not self.currentIndex().isValid():
            self.setCurrentIndex(self._schema.index(0, 0))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        if event.reason() not in {Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason}:
            self._by_keys = False
        super().focusOutEvent(event)
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Show the tooltip of a row, always as plain text."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.indexAt(event.pos()).siblingAtColumn(0)
            if index.isValid():
                words = self._schema.explain(self._schema.row(index), unfolded=self.isExpanded(index))
                QToolTip.showText(event.globalPos(), plain_tip(words), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)


def _copy(choice: Choice) -> None:
    QGuiApplication.clipboard().setText("\n".join(row.row.node.text for row in choice.rows))


def _order(row: TreeRow) -> tuple[int, ...]:
    """Return where a row stands in the tree, to be compared."""
    places = []
    here: TreeRow | None = row
    while here is not None:
        places.append(here.number)
        here = here.parent
    return tuple(reversed(places))
