"""Pictures of pages one below the other, with marks over them; text on them can be selected."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QVariantAnimation, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip

from app.style.tips import plain_tip
from app.widgets.document_view.marks import MarkPainter
from app.widgets.document_view.page_layout import GAP, MARGIN, TOP, ZOOMS, PageLayout
from app.widgets.document_view.page_pictures import PagePictures
from app.widgets.document_view.words import caret_at, character_at, line_around, trimmed, word_around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.document_shown import DocumentShown, PictureSource
    from app.style.theme import Theme
    from app.widgets.document_view.marks import Mark
    from app.widgets.document_view.pane import Span

_SPREAD: Final = 2.0
"""Pixels by which a mark is wider than its characters."""
_NEAR: Final = 3.0
"""Points beside a character that still count as on it."""
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
        self._painting = MarkPainter(theme)
        self._document: DocumentShown | None = None
        self._marks: list[Mark] = []
        self._hits: list[Span] = []
        self._boxes: dict[tuple[int, int, int], tuple[Any, ...]] = {}
        self._selection: Span | None = None
        self._anchor: int | None = None
        self._clicks = 0
        self._pressed_at = QPoint()
        self._zoom = 1.0
        self._page = 0
        self._waiting: tuple[int, int, bool] | None = None
        self._emphasised: tuple[Span, float] | None = None
        self._layout = PageLayout((), 0, 1.0)
        self.pictures = PagePictures(self)
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
        self._document = document
        self._marks, self._hits, self._selection, self._anchor = [], [], None, None
        self._waiting, self._emphasised = None, None
        self._boxes.clear()
        self._gliding.stop()
        self._fading.stop()
        self.pictures.show_document(document)
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self._page = 0
        self.viewport().update()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark spans; what was marked before no longer is."""
        self._marks = list(marks)
        self._boxes.clear()
        self.viewport().update()

    def set_hits(self, hits: Sequence[Span]) -> None:
        """Mark what was searched for."""
        self._hits = list(hits)
        self.viewport().update()

    # Size

    @property
    def zoom(self) -> float:
        """How wide a page is, as a share of the room there is for it."""
        return self._zoom

    def set_zoom(self, zoom: float, centre: QPointF | None = None) -> None:
        """Show pages larger or smaller; what is at `centre` of the viewport, by default its middle, stays there."""
        zoom = min(max(zoom, ZOOMS[0]), ZOOMS[-1])
        if zoom == self._zoom or self._document is None:
            return
        held = centre if centre is not None else QPointF(self.viewport().rect().center())
        page = self._layout.page_near(self._in_pages(held).y())
        place = self._layout.on_page(page, self._in_pages(held))
        self._zoom = zoom
        self._lay_out()
        rect, scale = self._layout.rect(page), self._layout.scale(page)
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
        pages = self._document.pages if self._document is not None else ()
        self._layout = PageLayout(pages, self.width(), self._zoom)
        room = self.viewport().size()
        self._span_bar(round(self._layout.height), room.height())
        across = self.horizontalScrollBar()
        across.setPageStep(room.width())
        across.setRange(0, max(round(self._layout.width) - self.width(), 0))
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
        page = self._layout.page_near(top.y())
        place = self._layout.on_page(page, top).y() if self._document is not None and self._document.pages else 0.0
        self._lay_out()
        if self._document is not None and self._document.pages:
            y = self._layout.rect(page).top() + place * self._layout.scale(page)
            self.verticalScrollBar().setValue(round(y))
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
        page = self._layout.page_near(middle)
        if page != self._page:
            self._page = page
            self.page_changed.emit(page)

    def page(self) -> int:
        """Return the index of the page in sight."""
        return self._page

    def go_to_page(self, page: int) -> None:
        """Bring the beginning of a page into sight."""
        if self._document is not None and 0 <= page < len(self._document.pages):
            self._gliding.stop()
            self.verticalScrollBar().setValue(round(self._layout.rect(page).top() - min(TOP, GAP)))
            if page != self._page:  # the last page may be too short to reach the middle
                self._page = page
                self.page_changed.emit(page)

    def reveal(self, start: int, end: int, *, emphasised: bool) -> bool:
        """Bring a span into sight. Where the view has no size yet, as soon as it has one."""
        if self._document is None:
            return False
        if not self.isVisible() or self.viewport().height() < _NO_MARGIN:
            self._waiting = (start, end, emphasised)
            return True
        self._waiting = None
        boxes = self._span_boxes((start, end))
        if not boxes:
            self.go_to_page(self._document.page_at(start))
            return False
        area = boxes[0]
        for box in boxes[1:]:
            if (area | box).height() < self.viewport().height() / 2:
                area |= box
        self._bring(area)
        if emphasised:
            self._emphasised = ((start, end), 1.0)
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
        if self._emphasised is not None:
            span = self._emphasised[0]
            self._emphasised = (span, strength) if strength > 0 else None
            self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pages in sight, their marks, and ask for the pictures they lack."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(event.rect(), self._theme.colour("sunken"))
        if self._document is not None:
            offset = self._offset()
            painter.translate(-offset)
            top = offset.y()
            seen = self._layout.pages_between(top, top + self.viewport().height())
            for page in seen:
                self._paint_page(painter, page)
            self._want(seen)
        painter.end()
        if self.hasFocus():
            painter = QPainter(self.viewport())
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.drawRect(QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1))
            painter.end()

    def _want(self, seen: range) -> None:
        assert self._document is not None
        around = [*seen, *(page for page in (seen.stop, seen.start - 1) if 0 <= page < len(self._document.pages))]
        dots = self.devicePixelRatioF()
        self.pictures.want([(page, round(self._layout.rect(page).width() * dots)) for page in around])

    def _paint_page(self, painter: QPainter, page: int) -> None:
        rect = self._layout.rect(page)
        painter.fillRect(rect.adjusted(-1, 0, 1, 2), self._theme.colour("shadow"))
        picture = self.pictures.picture(page)
        if picture is None:
            painter.fillRect(rect, self._theme.colour("paper"))
            self._paint_waiting(painter, page, rect)
            if self.pictures.failure(page) is not None:
                return
        else:
            painter.fillRect(rect, QColor("#FFFFFF"))
            painter.drawPixmap(rect, picture, QRectF(picture.rect()))
            if self._theme.name == "dark":
                self._painting.tint_paper(painter, (rect,), self._theme.tokens.paper)
        self._paint_marks(painter, page)

    def _paint_waiting(self, painter: QPainter, page: int, rect: QRectF) -> None:
        """Paint what stands on a page without a picture: why there is none, or that it comes."""
        error = self.pictures.failure(page)
        painter.setFont(self._theme.fonts.text(12))
        painter.setPen(QColor("#6B665E"))
        words = error.message if error is not None else "Drawing the page…"
        seen = rect & QRectF(self.viewport().rect()).translated(self._offset())
        place = seen if seen.height() > _STEP else rect
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        painter.drawText(place.adjusted(16, 8, -16, -8), flags, words)

    def _paint_marks(self, painter: QPainter, page: int) -> None:
        assert self._document is not None
        shown = self._document.pages[page]
        for start, end in self._hits_on(shown.start, shown.end):
            self._painting.paint_hit_on_paper(painter, self._boxes_on(page, start, end))
        for mark in self._marks:
            if mark.start < shown.end and shown.start < mark.end:
                self._painting.paint_on_paper(painter, mark, self._boxes_on(page, mark.start, mark.end))
        if self._selection is not None:
            boxes = self._boxes_on(page, *self._selection, kept=False)
            self._painting.paint_selection_on_paper(painter, boxes)
        if self._emphasised is not None:
            (start, end), strength = self._emphasised
            self._painting.paint_emphasis(painter, self._boxes_on(page, start, end), strength, on_paper=True)

    def _hits_on(self, start: int, end: int) -> Sequence[Span]:
        first = bisect_left(self._hits, (start, 0))
        return self._hits[first : bisect_left(self._hits, (end, 0))]

    def _boxes_on(self, page: int, start: int, end: int, *, kept: bool = True) -> list[QRectF]:
        """Return where a span stands on a page, in pixels; one rectangle a line."""
        assert self._document is not None
        key = (page, start, end)
        sides = self._boxes.get(key)
        if sides is None:
            sides = self._document.rectangles(page, start, end)
            if kept:
                self._boxes[key] = sides
        return [self._layout.box(page, each, _SPREAD) for each in sides]

    def _span_boxes(self, span: Span) -> list[QRectF]:
        assert self._document is not None
        if not self._document.pages:
            return []
        first, last = (self._document.page_at(place) for place in (span[0], max(span[1] - 1, span[0])))
        return [box for page in range(first, last + 1) for box in self._boxes_on(page, *span, kept=False)]

    # Selecting

    def selection(self) -> Span | None:
        """Return what is selected, without the blanks at its ends."""
        if self._selection is None or self._document is None:
            return None
        start, end = trimmed(self._document.text, *self._selection)
        return (start, end) if start < end else None

    def select(self, span: Span | None) -> None:
        """Select something else, or nothing."""
        if span != self._selection:
            self._selection = span
            self._anchor = span[0] if span is not None else None
            self.viewport().update()
            self.selected.emit()

    def selection_rect(self) -> QRect | None:
        """Return where the last line of the selection stands in the viewport, as far as it is in sight."""
        span = self.selection()
        boxes = self._span_boxes(span) if span is not None else []
        seen = QRectF(self.viewport().rect())
        for box in reversed(boxes):
            moved = box.translated(-self._offset())
            if moved.intersects(seen):
                return moved.toAlignedRect()
        return None

    def _page_under(self, point: QPointF) -> tuple[int, QPointF] | None:
        """Return the page at a point of the viewport, or the nearest one, and the point on it."""
        if self._document is None or not self._document.pages:
            return None
        place = self._in_pages(point)
        page = self._layout.page_near(place.y())
        return page, self._layout.on_page(page, place)

    def _caret(self, point: QPointF) -> int | None:
        found = self._page_under(point)
        if found is None or self._document is None:
            return None
        page, place = found
        caret = caret_at(self._document.pages[page].boxes, place.x(), place.y())
        return None if caret is None else self._document.pages[page].start + caret

    def _character(self, point: QPointF) -> int | None:
        found = self._page_under(point)
        if found is None or self._document is None:
            return None
        page, place = found
        index = character_at(self._document.pages[page].boxes, place.x(), place.y(), _NEAR)
        return None if index is None else self._document.pages[page].start + index

    def _mark_at(self, point: QPointF) -> Mark | None:
        found = self._page_under(point)
        if found is None:
            return None
        place = self._in_pages(point)
        for mark in reversed(self._marks):
            if any(box.contains(place) for box in self._boxes_on(found[0], mark.start, mark.end)):
                return mark
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select; a third press after a double click takes the line."""
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._gliding.stop()
        near = (event.position().toPoint() - self._pressed_at).manhattanLength() < QApplication.startDragDistance()
        self._pressed_at = event.position().toPoint()
        if self._clicks == 2 and near:
            self._clicks = 3
            self._select_around(event.position(), line_around)
            return
        self._clicks = 1
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._anchor is not None:
            self._extend(self._caret(event.position()))
            return
        self._anchor = self._caret(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select up to the pointer, or show over what it is."""
        point = event.position()
        if event.buttons() & Qt.MouseButton.LeftButton and self._clicks == 1:
            far = (point.toPoint() - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
            if far or self._selection is not None:
                self._extend(self._caret(point))
                self._scroll_along(point)
            return
        if self._mark_at(point) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        elif self._character(point) is not None:
            shape = Qt.CursorShape.IBeamCursor
        else:
            shape = Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End selecting; a click on a mark is a click on a mark, one elsewhere clears the selection."""
        if event.button() != Qt.MouseButton.LeftButton or self._clicks != 1:
            return
        near = (event.position().toPoint() - self._pressed_at).manhattanLength() < QApplication.startDragDistance()
        if near and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            anchor = self._anchor
            self.select(None)
            self._anchor = anchor
            mark = self._mark_at(event.position())
            if mark is not None:
                self.mark_clicked.emit(mark.key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the word under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._clicks = 2
            self._pressed_at = event.position().toPoint()
            self._select_around(event.position(), word_around)

    def _select_around(self, point: QPointF, around: Any) -> None:
        index = self._character(point)
        if index is not None and self._document is not None:
            start, end = around(self._document.text, index)
            if start < end:
                self.select((start, end))

    def _extend(self, caret: int | None) -> None:
        if caret is None or self._anchor is None:
            return
        span = (min(self._anchor, caret), max(self._anchor, caret))
        found = span if span[0] < span[1] else None
        if found != self._selection:
            self._selection = found
            self.viewport().update()
            self.selected.emit()

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
        if event.key() not in steps or self._document is None or self._selection is None:
            return False
        text, step = self._document.text, steps[Qt.Key(event.key())]
        start, end = self._selection
        anchor = self._anchor if self._anchor in self._selection else start
        place = end if anchor == start else start
        by_word = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        while 0 <= place + step <= len(text):
            place += step
            edge = text[place - 1] if step > 0 else text[place]
            beyond = text[place : place + 1] if step > 0 else text[place - 1 : place]
            if edge.isspace() or (by_word and beyond and not beyond.isspace()):
                continue
            break
        self._anchor = anchor
        self._extend(place)
        span = self._selection
        if span is not None:
            boxes = self._span_boxes((max(place - 1, 0), place) if step > 0 else (place, place + 1))
            if boxes:
                self._bring(boxes[-1])
        return True

    def viewportEvent(self, event: QEvent) -> bool:
        """Say what a mark stands for under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            mark = self._mark_at(QPointF(event.pos()))
            if mark is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), plain_tip(mark.words), self)
            return True
        return super().viewportEvent(event)
