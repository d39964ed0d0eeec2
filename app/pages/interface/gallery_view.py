"""The grid of the gallery: pictures with titles, painted, opened by a click or by Enter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetricsF,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from app.style.icons import paint_glyph

if TYPE_CHECKING:
    from app.models.interface_gallery import Gallery, Shown
    from app.pages.interface.pictures import Pictures
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex

RENDERED: Final = 640
"""The width in which an interface is pictured, in pixels; its picture is made smaller."""
_LEAST: Final = 280
_RATIO: Final = 0.66
_WORDS: Final = 52
_GAP: Final = 16
_RADIUS: Final = 8.0


class GalleryView(QListView):
    """A grid of pictures with titles."""

    opened = Signal(QModelIndex)
    delete_asked = Signal()
    rename_asked = Signal(QModelIndex)
    menu_asked = Signal(QPoint)
    undo_asked = Signal()

    def __init__(self, theme: Theme, model: Gallery, pictures: Pictures) -> None:
        super().__init__()
        self.gallery = model
        self.pictures = pictures
        self._hovered = QPersistentModelIndex()
        self.setAccessibleName("Interfaces")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setDragEnabled(False)
        self.setItemDelegate(_CardPainting(theme, self))
        self.setModel(model)
        self._cell = QSize(_LEAST, round(_LEAST * _RATIO) + _WORDS)
        for changed in (model.rowsInserted, model.rowsRemoved):
            changed.connect(self._divide)
        pictures.made.connect(self._repaint)
        theme.changed.connect(self._repaint)

    @property
    def cell(self) -> QSize:
        """The size of one card with what is left free around it."""
        return self._cell

    def chosen(self) -> list[Shown]:
        """Return the interfaces that are chosen, in their order."""
        entries = (self.gallery.entry(index) for index in sorted(self.selectedIndexes(), key=lambda each: each.row()))
        return [entry for entry in entries if entry is not None]

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the width with cards of one size."""
        self._divide()
        super().resizeEvent(event)

    def _divide(self) -> None:
        """Find the size of the cards, and whether a scroll bar is needed; that it comes must not make it go."""
        count, wide = self.gallery.rowCount(), self.width()
        cell = self._cell_in(wide)
        columns = max(1, wide // max(1, cell.width()))
        scrolls = -(-count // columns) * cell.height() > self.height()
        if scrolls:
            cell = self._cell_in(wide - self.verticalScrollBar().sizeHint().width())
        policies = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policies.ScrollBarAlwaysOn if scrolls else policies.ScrollBarAlwaysOff)
        if cell != self._cell:
            self._cell = cell
            self.setGridSize(cell)

    @staticmethod
    def _cell_in(wide: int) -> QSize:
        room = wide - 2  # Qt breaks a row that is just as wide as the room
        columns = max(1, room // (_LEAST + _GAP))
        width = max(_GAP + 1, room // columns)
        return QSize(width, round((width - _GAP) * _RATIO) + _WORDS + _GAP)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here, whatever they mean around."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._means(event):
            event.accept()
            return True
        return super().event(event)

    @staticmethod
    def _means(event: QKeyEvent) -> bool:
        standard = (QKeySequence.StandardKey.Delete, QKeySequence.StandardKey.Undo)
        plain = event.modifiers() in {Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier}
        own = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Menu}
        return any(map(event.matches, standard)) or (plain and event.key() in own)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open, rename, delete, take back, or show the menu."""
        index = self.currentIndex()
        if not self._means(event) or (not index.isValid() and not event.matches(QKeySequence.StandardKey.Undo)):
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo_asked.emit()
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.delete_asked.emit()
        elif event.key() == Qt.Key.Key_F2:
            self.rename_asked.emit(index)
        elif event.key() == Qt.Key.Key_Menu:
            self.menu_asked.emit(self.viewport().mapToGlobal(self.visualRect(index).center()))
        else:
            self.opened.emit(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open what was clicked, unless several are being chosen."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.button() is Qt.MouseButton.LeftButton and plain and index.isValid() and index == self.currentIndex():
            self.opened.emit(index)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is under the pointer, which is chosen if it was not."""
        index = self.indexAt(event.pos())
        if index.isValid():
            if not self.selectionModel().isSelected(index):
                self.setCurrentIndex(index)
            self.menu_asked.emit(event.globalPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which card is under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the card under the pointer."""
        super().leaveEvent(event)
        self._hover(QModelIndex())

    def _hover(self, index: QModelIndex) -> None:
        if self._hovered != index:
            self._hovered = QPersistentModelIndex(index)
            self._repaint()

    def is_hovered(self, index: Index) -> bool:
        """Return whether the pointer is on a card."""
        return bool(self._hovered == index)

    def _repaint(self) -> None:
        self.viewport().update()


class _CardPainting(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: GalleryView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the size of a card."""
        return self._view.cell

    def paint(self, painter: QPainter, _option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a picture over its title."""
        entry = self._view.gallery.entry(index)
        if entry is None:
            return
        colour = self._theme.colour
        cell = QRect(self._view.visualRect(index).topLeft(), self._view.cell)
        card = QRectF(cell).adjusted(_GAP / 2, _GAP / 2, -_GAP / 2, -_GAP / 2)
        frame = QRectF(card.x(), card.y(), card.width(), card.height() - _WORDS).adjusted(0.5, 0.5, -0.5, -0.5)
        selected = self._view.selectionModel().isSelected(index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(frame, _RADIUS, _RADIUS)
        painter.fillPath(outline, colour("surface"))
        self._picture(painter, frame, outline, entry)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        focused = self._view.hasFocus() and self._view.currentIndex() == index
        ink = "accent" if focused or selected else "text3" if self._view.is_hovered(index) else "line"
        painter.setPen(QPen(colour(ink), 2 if focused or selected else 1))
        painter.drawRoundedRect(frame, _RADIUS, _RADIUS)
        self._words(painter, card, entry)
        painter.restore()

    def _picture(self, painter: QPainter, frame: QRectF, outline: QPainterPath, entry: Shown) -> None:
        inner = frame.adjusted(8, 8, -8, 0)
        ratio = self._view.devicePixelRatioF()
        image = self._view.pictures.scaled(entry, round(inner.width() * ratio)) if entry.tree_text else None
        if image is not None and not image.isNull():
            high = min(float(image.height()), inner.height() * ratio)
            painter.save()
            painter.setClipPath(outline)
            target = QRectF(round(inner.x()), round(inner.y()), image.width() / ratio, high / ratio)
            painter.drawImage(target, image, QRectF(0, 0, image.width(), high))
            painter.restore()
        elif image is not None or not entry.tree_text:
            middle = QRectF(frame.center().x() - 10, frame.center().y() - 10, 20, 20)
            paint_glyph(painter, "layout", middle, self._theme.colour("line"))

    def _words(self, painter: QPainter, card: QRectF, entry: Shown) -> None:
        gallery, fonts = self._view.gallery, self._theme.fonts
        top = card.bottom() - _WORDS
        for words, font, ink, middle in (
            (gallery.title(entry), fonts.text(13, 500), "text", top + 17),
            (gallery.below(entry), fonts.text(12), "text3", top + 35),
        ):
            metrics = QFontMetricsF(font)
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, card.width() - 4)
            painter.setFont(font)
            painter.setPen(self._theme.colour(ink))
            painter.drawText(
                QRectF(card.x() + 2, middle - 12, card.width() - 4, 24), Qt.AlignmentFlag.AlignVCenter, shown
            )
