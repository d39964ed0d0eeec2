"""The tree of an interface: painted rows that fold, and keys that change what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyleOptionViewItem,
)

from app.style import tokens
from app.style.drawing import paint_mark
from app.style.icons import paint_glyph
from app.style.plain_text import one_line
from app.widgets.rows import PaintedRows

if TYPE_CHECKING:
    from app.models.interface_tree import InterfaceTree, PartRow
    from app.style.fonts import Weight
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex

ROW: Final = tokens.NESTED_ROW
_CHEVRON: Final = 22
_NAME: Final = 34
_STEP: Final = 16
_NARROW: Final = 4
_DEEP: Final = 7
"""Levels that are indented in full; those below them in narrow steps, so that words keep their room."""
_EDGE: Final = 2
_GAP: Final = 8
_CTRL, _ALT, _NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.NoModifier,
)
DEEDS: Final[dict[tuple[Qt.Key, Qt.KeyboardModifier], str]] = {
    (Qt.Key.Key_Delete, _NONE): "remove",
    (Qt.Key.Key_D, _CTRL): "duplicate",
    (Qt.Key.Key_Up, _ALT): "up",
    (Qt.Key.Key_Down, _ALT): "down",
    (Qt.Key.Key_Insert, _NONE): "add",
    (Qt.Key.Key_Return, _NONE): "edit",
    (Qt.Key.Key_Enter, _NONE): "edit",
    (Qt.Key.Key_F2, _NONE): "edit",
    (Qt.Key.Key_Menu, _NONE): "menu",
    (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier): "menu",
}


class PartsView(PaintedRows):
    """Shows the parts of a screen. What a person does with one leaves as a deed: its name and the part's path."""

    current_moved = Signal(str)
    """A person went to another part: its path."""
    deed_asked = Signal(str, str)
    menu_asked = Signal(str, QPoint)

    def __init__(self, theme: Theme, model: InterfaceTree) -> None:
        super().__init__(theme, "Parts of the screen", ROW)
        self.parts = model
        self._led = False
        self._phase = 0.0
        self._turning = QTimer(self)
        self._turning.setInterval(100)
        self._turning.timeout.connect(self._turn)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        # Before and after the view's own: a choice that moves because its row goes is nobody's.
        model.rowsAboutToBeRemoved.connect(lambda: self._lead(led=True))
        self.setModel(model)
        model.rowsRemoved.connect(lambda: self._lead(led=False))
        model.rowsInserted.connect(self._unfold_new)
        model.changed.connect(self._follow_writing)

    # What the page may ask for

    def reveal(self, path: str | None) -> None:
        """Go to a part without telling that a person did; None chooses nothing."""
        self._led = True
        index = self.parts.index_at(path) if path is not None else QModelIndex()
        if index.isValid():
            above = index.parent()
            while above.isValid():
                self.expand(above)
                above = above.parent()
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)
        else:
            self.selectionModel().clear()
        self._led = False
        self.viewport().update()

    def _lead(self, *, led: bool) -> None:
        self._led = led

    @property
    def path(self) -> str | None:
        """The path of the part that is chosen."""
        return self.parts.path_of(self.currentIndex())

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell of another part."""
        super().currentChanged(current, previous)
        path = self.parts.path_of(current)
        if path is not None and not self._led and self.hasFocus():
            self.current_moved.emit(path)

    def explain(self, index: Index) -> str:
        """Return what a part is and says, and what is wrong with it."""
        row = self.parts.row(index)
        if row is None:
            return ""
        words = f"{self.parts.title(row)} {self.parts.says(row)}".strip()
        return "\n".join([words, *(problem.sentence for problem in self.parts.problems(row))])

    # Growing

    def _unfold_new(self, parent: QModelIndex, first: int, last: int) -> None:
        """Show what comes; only what a person has folded stays so."""
        if parent.isValid() and self.parts.rowCount(parent) == last - first + 1:
            self.expand(parent)
        for at in range(first, last + 1):
            self._unfold(self.parts.index(at, 0, parent))

    def _unfold(self, index: QModelIndex) -> None:
        if self.parts.rowCount(index):
            self.expand(index)
            for at in range(self.parts.rowCount(index)):
                self._unfold(self.parts.index(at, 0, index))

    def _follow_writing(self) -> None:
        writing = any(row.writing for row in self.parts.rows())
        if writing and not self._turning.isActive():
            self._turning.start()
        elif not writing:
            self._turning.stop()
        self.viewport().update()

    def _turn(self) -> None:
        self._phase = (self._phase + 0.08) % 1
        if self.isVisible():
            self.viewport().update()

    # What a person does

    def _deed(self, event: QKeyEvent) -> str | None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return DEEDS.get((Qt.Key(event.key()), modifiers)) if self.path is not None else None

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here, whatever they mean around."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._deed(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what a key asks for, fold and unfold, or walk."""
        self._by_keys = True
        deed, index = self._deed(event), self.currentIndex()
        plain = event.modifiers() == _NONE
        if deed == "menu":
            self._ask_menu_here()
        elif deed is not None:
            self.deed_asked.emit(deed, self.path or "")
        elif plain and event.key() == Qt.Key.Key_Left and index.isValid():
            self._leave(index)
        elif plain and event.key() == Qt.Key.Key_Right and index.isValid():
            self._enter(index)
        else:
            super().keyPressEvent(event)
            return
        event.accept()
        self.viewport().update()

    def _leave(self, index: QModelIndex) -> None:
        if self.isExpanded(index) and self.parts.hasChildren(index):
            self.collapse(index)
        elif index.parent().isValid():
            self.setCurrentIndex(index.parent())

    def _enter(self, index: QModelIndex) -> None:
        if self.parts.hasChildren(index) and not self.isExpanded(index):
            self.expand(index)
        elif self.parts.hasChildren(index):
            self.setCurrentIndex(self.parts.index(0, 0, index))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Fold at the chevron; choose elsewhere."""
        self._by_keys = False
        at = event.position().toPoint()
        index = self.indexAt(at)
        row = self.parts.row(index)
        if row is not None and event.button() is Qt.MouseButton.LeftButton and self.parts.hasChildren(index):
            chevron = _indent(row.depth) + _CHEVRON
            if chevron - 10 <= at.x() <= chevron + 10:
                self.setExpanded(index, not self.isExpanded(index))
                return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().mousePressEvent(event)
        self.viewport().update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit the part that was clicked."""
        path = self.parts.path_of(self.indexAt(event.position().toPoint()))
        if path is not None:
            self.deed_asked.emit("edit", path)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the part under the pointer, which is chosen if it was not."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._ask_menu_here()
            return
        index = self.indexAt(event.pos())
        path = self.parts.path_of(index)
        if path is not None:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.setCurrentIndex(index)
            self.menu_asked.emit(path, event.globalPos())

    def _ask_menu_here(self) -> None:
        path = self.path
        if path is not None:
            self.scrollTo(self.currentIndex())
            box = self.visualRect(self.currentIndex())
            self.menu_asked.emit(path, self.viewport().mapToGlobal(QPoint(_NAME, box.bottom() - 4)))

    # Painting

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one part."""
        row = self.parts.row(index)
        if row is None:
            return
        cell: Any = option
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        rect = QRect(0, cell.rect.y(), self.viewport().width(), ROW)
        self._ground(painter, rect, index)
        self._guides(painter, rect, row)
        self._words(painter, rect, row, index)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, index: Index) -> None:
        colour = self._theme.colour
        selected = self.selectionModel().isSelected(index)
        if selected or self._hovered == index:
            painter.fillRect(rect, colour("select" if selected else "hover"))
        if selected:
            painter.fillRect(QRect(0, rect.y(), _EDGE, rect.height()), colour("accent"))
        if self.has_ring(index):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(3, 2, -3, -2), 4, 4)

    def _guides(self, painter: QPainter, rect: QRect, row: PartRow) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setPen(self._theme.colour("hairline"))
        for level in range(row.depth):
            x = _indent(level) + _CHEVRON
            painter.drawLine(x, rect.top(), x, rect.bottom())

    def _words(self, painter: QPainter, rect: QRect, row: PartRow, index: Index) -> None:
        theme, parts = self._theme, self.parts
        left, middle = _indent(row.depth), rect.y() + rect.height() / 2
        problems = parts.problems(row)
        if parts.hasChildren(index):
            caret = "caret-down" if self.isExpanded(index) else "caret-right"
            paint_glyph(painter, caret, QRectF(left + _CHEVRON - 6, middle - 6, 12, 12), theme.colour("text2"))
        elif problems:
            paint_mark(painter, "triangle", QPointF(left + _CHEVRON + 1, middle), theme.colour("amberMark"))
        right = float(rect.width() - tokens.PANEL_MARGIN)
        if row.writing:
            at = QPointF(rect.width() - 12, middle)
            paint_mark(painter, "arc", at, theme.colour("accent"), phase=self._phase)
            right = at.x() - 12
        elif problems and parts.hasChildren(index):
            paint_mark(painter, "triangle", QPointF(rect.width() - 12, middle), theme.colour("amberMark"))
            right = float(rect.width() - 24)
        x = self._say(painter, parts.title(row), left + _NAME, right, middle, 13, 500, "text")
        self._say(painter, one_line(parts.says(row)), x + _GAP, right, middle, 12, 400, "text2")

    def _say(
        self,
        painter: QPainter,
        words: str,
        x: float,
        right: float,
        middle: float,
        pixels: int,
        weight: Weight,
        ink: str,
    ) -> float:
        font = self._theme.fonts.text(pixels, weight)
        metrics = QFontMetricsF(font)
        room = right - x
        if room < 8 or not words:
            return x
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
        painter.setFont(font)
        painter.setPen(self._theme.colour(ink))
        painter.drawText(QPointF(x, round(middle + (metrics.ascent() - metrics.descent()) / 2)), shown)
        return x + metrics.horizontalAdvance(shown)


def _indent(depth: int) -> int:
    return _STEP * min(depth, _DEEP) + _NARROW * max(0, depth - _DEEP)
