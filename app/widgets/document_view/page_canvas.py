"""Pictures of pages one below the other, with marks over them; text on them can be selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, QPointF, QRect, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip

from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.document_view.page_layout import GAP, MARGIN, TOP, ZOOMS
from app.widgets.document_view.page_painter import PagePainter
from app.widgets.document_view.page_pictures import PagePictures
from app.widgets.document_view.page_places import PagePlaces
from app.widgets.document_view.page_selection import PageSelection
from app.widgets.document_view.words import line_around, word_around

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.document_shown import DocumentShown, PictureSource
    from app.style.theme import Theme
    from app.widgets.document_view.marks import Mark
    from app.widgets.document_view.pane import Span

_STEP: Final = 40
_GLIDE_MS: Final = 160
_EMPHASIS_MS: Final = 600
_NO_MARGIN: Final = 48


class PageCanvas(QAbstractScrollArea):
    """A document's pages as a continuous scroll. Ctrl and the wheel zoom, Shift and an arrow move the selection's end.

    Pictures are drawn where they are seen, in pixels of the screen.
    """

    selected = Signal()
    mark_clicked = Signal(object)
    page_changed = Signal(int)
    moved = Signal()
    zoomed = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.places = PagePlaces()
        self.pictures = PagePictures(self)
        self._painting = PagePainter(theme, self.places, self.pictures)
        self._selection = PageSelection()
        self._clicks = 0
        self._pressed_at = QPoint()
        self._since_double = QElapsedTimer()
        self._zoom = 1.0
        self._page = 0
        self._waiting: tuple[int, int, bool] | None = None
        self.pictures.arrived.connect(lambda _page: self.viewport().update())
        self._gliding = QVariantAnimation(self)
        self._gliding.setDuration(_GLIDE_MS)
        self._gliding.valueChanged.connect(lambda value: self.verticalScrollBar().setValue(round(value)))
        self._fading = QVariantAnimation(self)
        self._fading.setDuration(_EMPHASIS_MS)
        self._fading.setStartValue(1.0)
        self._fading.setEndValue(0.0)
        self._fading.valueChanged.connect(self._fade)
        self.setFrameShape(QFrame.Shape.NoFrame)
        set_kind(self, "well")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName("Pages of the document")
        theme.changed.connect(self.viewport().update)

    @property
    def view(self) -> QAbstractScrollArea:
        """The widget."""
        return self

    # What is shown

    def set_picture_source(self, source: PictureSource | None) -> None:
        """Say where pictures come from."""
        self.pictures.set_source(source)
        self.viewport().update()

    def show_document(self, document: DocumentShown | None) -> None:
        """Show another document from its beginning, without marks, or none."""
        self._painting.marks, self._painting.hits = [], []
        self._painting.selection = self._painting.emphasised = self._waiting = None
        self._selection.put(None)
        self._gliding.stop()
        self._fading.stop()
        self.places.show_document(document)
        self.pictures.show_document(document)
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self._page = 0
        self.viewport().update()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark spans; what was marked before no longer is."""
        self._painting.marks = list(marks)
        self.viewport().update()

    def set_hits(self, hits: Sequence[Span]) -> None:
        """Mark what was searched for."""
        self._painting.hits = list(hits)
        self.viewport().update()

    # Size

    @property
    def zoom(self) -> float:
        """How wide a page is, as a share of the room there is for it."""
        return self._zoom

    def set_zoom(self, zoom: float, centre: QPointF | None = None) -> None:
        """Show pages larger or smaller; what is at `centre` of the viewport, by default its middle, stays there."""
        zoom = min(max(zoom, ZOOMS[0]), ZOOMS[-1])
        if zoom == self._zoom or self.places.document is None:
            return
        held = centre if centre is not None else QPointF(self.viewport().rect().center())
        page = self.places.layout.page_near(self._in_pages(held).y())
        place = self.places.layout.on_page(page, self._in_pages(held))
        self._zoom = zoom
        self._lay_out()
        rect, scale = self.places.layout.rect(page), self.places.layout.scale(page)
        self.verticalScrollBar().setValue(round(rect.top() + place.y() * scale - held.y()))
        self.horizontalScrollBar().setValue(round(rect.left() + place.x() * scale - held.x()))
        self.viewport().update()
        self.zoomed.emit(zoom)

    def zoom_by(self, steps: int, centre: QPointF | None = None) -> None:
        """Go to the next larger or smaller size."""
        if steps > 0:
            larger = [zoom for zoom in ZOOMS if zoom > self._zoom + 1e-6]
            self.set_zoom(larger[0] if larger else self._zoom, centre)
        else:
            smaller = [zoom for zoom in ZOOMS if zoom < self._zoom - 1e-6]
            self.set_zoom(smaller[-1] if smaller else self._zoom, centre)

    def _lay_out(self) -> None:
        # By the widget's width, not by the viewport's: a scroll bar lies in the margin and moves nothing.
        self.places.lay_out(self.width(), self._zoom)
        room = self.viewport().size()
        self._span_bar(round(self.places.layout.height), room.height())
        across = self.horizontalScrollBar()
        across.setPageStep(room.width())
        across.setRange(0, max(round(self.places.layout.width) - self.width(), 0))
        across.setSingleStep(_STEP)

    def _span_bar(self, height: int, room: int) -> None:
        down = self.verticalScrollBar()
        down.setPageStep(room)
        down.setRange(0, max(height - room, 0))
        down.setSingleStep(_STEP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the pages into the new width; the page in sight stays in sight, and a span that was to be seen comes."""
        super().resizeEvent(event)
        top = QPointF(0, self.verticalScrollBar().value())
        page = self.places.layout.page_near(top.y())
        place = self.places.layout.on_page(page, top).y() if not self.places.is_empty else 0.0
        self._lay_out()
        if not self.places.is_empty:
            y = self.places.layout.rect(page).top() + place * self.places.layout.scale(page)
            self.verticalScrollBar().setValue(round(y))
        self._reveal_waiting()

    def showEvent(self, event: QShowEvent) -> None:
        """Bring a span that was to be seen into sight."""
        super().showEvent(event)
        self._reveal_waiting()

    def _reveal_waiting(self) -> None:
        if self._waiting is not None:
            start, end, emphasised = self._waiting
            self.reveal(start, end, emphasised=emphasised)

    # Where it is

    def _offset(self) -> QPointF:
        return QPointF(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _in_pages(self, point: QPointF) -> QPointF:
        return point + self._offset()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """Paint anew what is in sight now."""
        self.viewport().update()
        self._tell_page()
        self.moved.emit()

    def _tell_page(self) -> None:
        middle = self.verticalScrollBar().value() + self.viewport().height() / 2
        page = self.places.layout.page_near(middle)
        if page != self._page:
            self._page = page
            self.page_changed.emit(page)

    def page(self) -> int:
        """Return the index of the page in sight."""
        return self._page

    def go_to_page(self, page: int) -> None:
        """Bring the beginning of a page into sight."""
        if self.places.document is not None and 0 <= page < len(self.places.document.pages):
            self._gliding.stop()
            self.verticalScrollBar().setValue(round(self.places.layout.rect(page).top() - min(TOP, GAP)))
            if page != self._page:  # the last page may be too short to reach the middle
                self._page = page
                self.page_changed.emit(page)

    def reveal(self, start: int, end: int, *, emphasised: bool) -> bool:
        """Bring a span into sight. Where the view has no size yet, as soon as it has one."""
        if self.places.document is None:
            return False
        if not self.isVisible() or self.viewport().height() < _NO_MARGIN:
            self._waiting = (start, end, emphasised)
            return True
        self._waiting = None
        boxes = self.places.boxes((start, end))
        if not boxes:
            self.go_to_page(self.places.document.page_at(start))
            return False
        area = boxes[0]
        for box in boxes[1:]:
            if (area | box).height() < self.viewport().height() / 2:
                area |= box
        self._bring(area)
        if emphasised:
            self._painting.emphasised = (start, end)
            self._fading.stop()
            self._fading.start()
        return True

    def _bring(self, area: QRectF) -> None:
        """Scroll so that an area is seen with something around it; not at all where it is."""
        down, across = self.verticalScrollBar(), self.horizontalScrollBar()
        room = self.viewport().height()
        margin = min(_NO_MARGIN, room / 4)
        if area.top() - margin < down.value() or area.bottom() + margin > down.value() + room:
            goal = round(area.center().y() - room * 0.4)
            goal = min(max(goal, down.minimum()), down.maximum())
            self._glide(goal)
        if area.left() < across.value() or area.right() > across.value() + self.viewport().width():
            across.setValue(round(area.left() - MARGIN))

    def _glide(self, goal: int) -> None:
        down = self.verticalScrollBar()
        self._gliding.stop()
        if abs(goal - down.value()) > 2 * self.viewport().height():
            down.setValue(goal)
            return
        self._gliding.setStartValue(down.value())
        self._gliding.setEndValue(goal)
        self._gliding.start()

    def _fade(self, strength: float) -> None:
        self._painting.strength = strength
        if strength <= 0:
            self._painting.emphasised = None
        self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pages in sight, and ask for the pictures they lack."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), self._theme.colour("sunken"))
        if not self.places.is_empty:
            painter.save()
            painter.translate(-self._offset())
            sight = QRectF(self.viewport().rect()).translated(self._offset())
            seen = self.places.layout.pages_between(sight.top(), sight.bottom())
            for page in seen:
                self._painting.paint(painter, page, sight)
            painter.restore()
            self._want(seen)
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))
        painter.end()

    def _want(self, seen: range) -> None:
        assert self.places.document is not None
        count = len(self.places.document.pages)
        around = [*seen, *(page for page in (seen.stop, seen.start - 1) if 0 <= page < count)]
        dots = self.devicePixelRatioF()
        self.pictures.want([(page, round(self.places.layout.rect(page).width() * dots)) for page in around])

    # Selecting

    def selection(self) -> Span | None:
        """Return what is selected, without the blanks at its ends."""
        document = self.places.document
        return self._selection.without_blanks(document.text) if document is not None else None

    def select(self, span: Span | None) -> None:
        """Select something else, or nothing."""
        if self._selection.put(span):
            self._tell_selection()

    def selection_rect(self) -> QRect | None:
        """Return where the last line of the selection stands in the viewport, as far as it is in sight."""
        span = self.selection()
        seen = QRectF(self.viewport().rect())
        for box in reversed(self.places.boxes(span) if span is not None else []):
            moved = box.translated(-self._offset())
            if moved.intersects(seen):
                return moved.toAlignedRect()
        return None

    def _tell_selection(self) -> None:
        self._painting.selection = self._selection.span
        self.viewport().update()
        self.selected.emit()

    def _extend(self, place: int | None) -> None:
        if self._selection.extend(place):
            self._tell_selection()

    def _select_around(self, point: QPointF, around: Callable[[str, int], Span]) -> None:
        index = self.places.character(self._in_pages(point))
        if index is not None and self.places.document is not None:
            start, end = around(self.places.document.text, index)
            if start < end:
                self.select((start, end))

    def _is_near(self, event: QMouseEvent) -> bool:
        """Tell whether the pointer is still where it was pressed."""
        way = event.position().toPoint() - self._pressed_at
        return way.manhattanLength() < QApplication.startDragDistance()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select; a third press soon after a double click takes the line."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._gliding.stop()
        soon = self._since_double.isValid() and self._since_double.elapsed() < QApplication.doubleClickInterval()
        third = self._clicks == 2 and soon and self._is_near(event)
        self._clicks = 3 if third else 1
        self._pressed_at = event.position().toPoint()
        if third:
            self._select_around(event.position(), line_around)
            return
        caret = self.places.caret(self._in_pages(event.position()))
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._selection.has_begun:
            self._extend(caret)
        else:
            self._selection.begin(caret)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select up to the pointer, or show over what it is."""
        place = self._in_pages(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton:
            if self._clicks == 1 and (self._selection.span is not None or not self._is_near(event)):
                self._extend(self.places.caret(place))
                self._scroll_along(event.position())
            return
        if self.places.mark(self._painting.marks, place) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        elif self.places.character(place) is not None:
            shape = Qt.CursorShape.IBeamCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End selecting; a click on a mark is a click on a mark, and one anywhere clears the selection."""
        if event.button() != Qt.MouseButton.LeftButton or self._clicks != 1 or not self._is_near(event):
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return
        place = self._in_pages(event.position())
        self.select(None)
        self._selection.begin(self.places.caret(place))  # Shift and a click elsewhere select from here
        mark = self.places.mark(self._painting.marks, place)
        if mark is not None:
            self.mark_clicked.emit(mark.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the word under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._clicks = 2
            self._since_double.start()
            self._pressed_at = event.position().toPoint()
            self._select_around(event.position(), word_around)

    def _scroll_along(self, point: QPointF) -> None:
        down = self.verticalScrollBar()
        if point.y() < 0:
            down.setValue(down.value() - _STEP)
        elif point.y() > self.viewport().height():
            down.setValue(down.value() + _STEP)

    # Other ways to move

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom with Ctrl, else scroll."""
        self._gliding.stop()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            turned = event.angleDelta().y()
            if turned:
                self.set_zoom(self._zoom * 1.1 ** (turned / 120), event.position())
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with the arrows and the page keys; with Shift they move the end of the selection."""
        key, down, across = event.key(), self.verticalScrollBar(), self.horizontalScrollBar()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._move_end(event):
            return
        moves = {
            Qt.Key.Key_Down: (down, down.value() + _STEP),
            Qt.Key.Key_Up: (down, down.value() - _STEP),
            Qt.Key.Key_PageDown: (down, down.value() + round(self.viewport().height() * 0.9)),
            Qt.Key.Key_PageUp: (down, down.value() - round(self.viewport().height() * 0.9)),
            Qt.Key.Key_Space: (down, down.value() + round(self.viewport().height() * 0.9)),
            Qt.Key.Key_Home: (down, down.minimum()),
            Qt.Key.Key_End: (down, down.maximum()),
            Qt.Key.Key_Left: (across, across.value() - _STEP),
            Qt.Key.Key_Right: (across, across.value() + _STEP),
        }
        plain = not event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier)
        if key in moves and plain:
            self._gliding.stop()
            bar, value = moves[Qt.Key(key)]
            bar.setValue(value)
            return
        event.ignore()

    def _move_end(self, event: QKeyEvent) -> bool:
        """Move the end of the selection by a character, with Ctrl by a word; returns whether the key does that."""
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        document = self.places.document
        if event.key() not in steps or document is None or self._selection.span is None:
            return False
        by_word = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        place = self._selection.step(document.text, steps[Qt.Key(event.key())], by_word=by_word)
        self._tell_selection()
        boxes = self.places.boxes((max(place - 1, 0), place + 1)) if place is not None else []
        if boxes:
            self._bring(boxes[-1])
        return True

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what a mark stands for under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self.places.mark(self._painting.marks, self._in_pages(QPointF(event.pos())))
            if mark is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), plain_tip(mark.words), self)
            return True
        return super().viewportEvent(event)
