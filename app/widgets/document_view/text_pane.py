"""The text of a document, with marks below it. A long one comes in slices, so that the window goes on meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRect, QRectF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import (
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
    QTextBlock,
    QTextCursor,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QPlainTextEdit, QToolTip

from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.document_view.marks import MarkPainter
from app.widgets.document_view.text_map import TextMap, spans_between
from app.widgets.document_view.words import trimmed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.document_shown import DocumentShown
    from app.style.theme import Theme
    from app.widgets.document_view.marks import Mark
    from app.widgets.document_view.pane import Span

_SLICE: Final = 200_000
_SLICE_LINES: Final = 5_000
_EMPHASIS_MS: Final = 600
_SPREAD: Final = 1.0
_MARGIN: Final = 16


class TextPane(QPlainTextEdit):
    """A document's text, read-only. What is copied is the text itself, without the signs and breaks of its display."""

    selected = Signal()
    mark_clicked = Signal(object)
    page_changed = Signal(int)
    moved = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._painting = MarkPainter(theme)
        self._document: DocumentShown | None = None
        self._map = TextMap("")
        self._loaded = 0
        self._marks: list[Mark] = []
        self._hits: list[Span] = []
        self._page = 0
        self._pressed_at = QPointF()
        self._emphasised: tuple[Span, float] | None = None
        self._waiting: tuple[int, int, bool] | None = None
        self._loading = QTimer(self)
        self._loading.setInterval(0)
        self._loading.timeout.connect(self._load_slice)
        self._fading = QVariantAnimation(self)
        self._fading.setDuration(_EMPHASIS_MS)
        self._fading.setStartValue(1.0)
        self._fading.setEndValue(0.0)
        self._fading.valueChanged.connect(self._fade)
        set_kind(self, "text")
        self.setFont(theme.fonts.text(13))
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(_MARGIN)
        self.setAccessibleName("Text of the document")
        self.viewport().setMouseTracking(True)
        self.selectionChanged.connect(self.selected)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.changed.connect(self.viewport().update)

    @property
    def view(self) -> QAbstractScrollArea:
        """The widget."""
        return self

    # What is shown

    def show_document(self, document: DocumentShown | None) -> None:
        """Show another document from its beginning, without marks, or none."""
        self._document = document
        self._marks, self._hits, self._emphasised, self._waiting = [], [], None, None
        self._fading.stop()
        self._loading.stop()
        self._loaded = 0
        self._map = TextMap(document.text if document is not None else "")
        self.clear()
        self._page = 0
        self._load_slice()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _load_slice(self) -> None:
        """Add some more of the text at its end; the rest follows once the window had its turn."""
        text = self._map.shown
        if self._loaded < len(text):
            self._load_to(self._slice_end())
        if self._loaded >= len(text):
            self._loading.stop()
        elif not self._loading.isActive():
            self._loading.start()

    def _slice_end(self) -> int:
        """Return where the next slice ends: at the end of a line, and after no more lines than are quickly laid out."""
        text, start = self._map.shown, self._loaded
        end = min(start + _SLICE, len(text))
        piece = text[start:end]
        if piece.count("\n") > _SLICE_LINES:
            return start + len("\n".join(piece.split("\n", _SLICE_LINES)[:_SLICE_LINES])) + 1
        stop = text.find("\n", end)
        return len(text) if stop < 0 else stop + 1

    def _load_to(self, end: int) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._map.shown[self._loaded : end])
        self._loaded = end

    def _load_all(self) -> None:
        self._loading.stop()
        while self._loaded < len(self._map.shown):
            self._load_to(min(self._loaded + _SLICE, len(self._map.shown)))

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Mark spans; what was marked before no longer is."""
        self._marks = list(marks)
        self.viewport().update()

    def set_hits(self, hits: Sequence[Span]) -> None:
        """Mark what was searched for."""
        self._hits = list(hits)
        self.viewport().update()

    def reveal(self, start: int, end: int, *, emphasised: bool) -> bool:
        """Bring a span into sight; as soon as the view is shown, where it is not yet."""
        if self._document is None:
            return False
        if not self.isVisible():
            self._waiting = (start, end, emphasised)
            return True
        self._waiting = None
        selected = self.textCursor()
        cursor = self._cursor(start, start)
        self.setTextCursor(cursor)
        self.centerCursor()
        if selected.hasSelection():
            self.setTextCursor(selected)
        if emphasised:
            self._emphasised = ((start, end), 1.0)
            self._fading.stop()
            self._fading.start()
        return True

    def showEvent(self, event: QShowEvent) -> None:
        """Bring a span that was to be seen into sight."""
        super().showEvent(event)
        if self._waiting is not None:
            start, end, emphasised = self._waiting
            self.reveal(start, end, emphasised=emphasised)

    def _fade(self, strength: float) -> None:
        if self._emphasised is not None:
            span = self._emphasised[0]
            self._emphasised = (span, strength) if strength > 0 else None
            self.viewport().update()

    def _cursor(self, start: int, end: int) -> QTextCursor:
        """Return a cursor over a span; what of the text is needed for that is loaded now."""
        first, last = self._map.to_shown(start), self._map.to_shown(end)
        if last >= self.document().characterCount() - 1:
            self._load_all()
        cursor = QTextCursor(self.document())
        most = self.document().characterCount() - 1
        cursor.setPosition(min(first, most))
        cursor.setPosition(min(last, most), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    # Pages

    def page(self) -> int:
        """Return the index of the page in sight."""
        return self._page

    def go_to_page(self, page: int) -> None:
        """Bring the beginning of a page to the top."""
        if self._document is None or not 0 <= page < len(self._document.pages):
            return
        start = self._document.pages[page].start
        cursor = self._cursor(start, start)
        line = cursor.block().firstLineNumber()
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(line)
        if page != self._page:
            self._page = page
            self.page_changed.emit(page)

    def _scrolled(self) -> None:
        self.moved.emit()
        if self._document is None or not self._document.pages:
            return
        middle = self.cursorForPosition(self.viewport().rect().center())
        page = self._document.page_at(self._map.to_text(middle.position()))
        if page != self._page:
            self._page = page
            self.page_changed.emit(page)

    # Selecting

    def selection(self) -> Span | None:
        """Return what is selected, without the blanks at its ends."""
        span = self._selected()
        if span is None or self._document is None:
            return None
        start, end = trimmed(self._document.text, *span)
        return (start, end) if start < end else None

    def _selected(self) -> Span | None:
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return None
        return self._map.to_text(cursor.selectionStart()), self._map.to_text(cursor.selectionEnd())

    def select(self, span: Span | None) -> None:
        """Select something else, or nothing."""
        if span is not None:
            self.setTextCursor(self._cursor(*span))
        elif self.textCursor().hasSelection():
            cursor = self.textCursor()
            cursor.clearSelection()
            self.setTextCursor(cursor)

    def selection_rect(self) -> QRect | None:
        """Return where the end of the selection stands in the viewport, if it is in sight."""
        span = self.selection()
        boxes = self._boxes(*span) if span is not None else []
        return boxes[-1].toAlignedRect() if boxes else None

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy the text itself."""
        span = self._selected()
        copied = QMimeData()
        if span is not None and self._document is not None:
            copied.setText(self._document.text[slice(*span)])
        return copied

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a click began."""
        self._pressed_at = event.position()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click on a mark."""
        super().mouseReleaseEvent(event)
        near = (event.position() - self._pressed_at).manhattanLength() < QApplication.startDragDistance()
        if event.button() == Qt.MouseButton.LeftButton and near and not self.textCursor().hasSelection():
            mark = self._mark_at(event.position())
            if mark is not None:
                self.mark_clicked.emit(mark.key)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that a mark can be clicked."""
        super().mouseMoveEvent(event)
        if not event.buttons():
            on_mark = self._mark_at(event.position()) is not None
            shapes = Qt.CursorShape
            self.viewport().setCursor(shapes.PointingHandCursor if on_mark else shapes.IBeamCursor)

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

    def _mark_at(self, point: QPointF) -> Mark | None:
        start, end = self._in_sight()
        for mark in reversed(self._marks):
            if mark.start < end and start < mark.end:
                boxes = self._boxes(mark.start, mark.end)
                if any(box.contains(point) for box in boxes):
                    return mark
        return None

    # Painting

    def _in_sight(self) -> Span:
        """Return which part of the text is in sight."""
        first = self.firstVisibleBlock()
        last, bottom = first, self.viewport().height()
        while last.isValid() and self._top(last) < bottom:
            last = last.next()
        shown = last.position() if last.isValid() else self.document().characterCount()
        return self._map.to_text(first.position()), self._map.to_text(shown)

    def _top(self, block: QTextBlock) -> float:
        return self.blockBoundingGeometry(block).translated(self.contentOffset()).top()

    def _boxes(self, start: int, end: int) -> list[QRectF]:
        """Return where the part of a span that is in sight stands in the viewport, one rectangle a line."""
        first, last = self._map.to_shown(start), self._map.to_shown(end)
        sight = self.firstVisibleBlock()
        block = self.document().findBlock(max(first, sight.position()))
        bottom = self.viewport().height()
        boxes = []
        while block.isValid() and block.position() < last:
            geometry = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if geometry.top() > bottom:
                break
            layout = block.layout()
            a, b = max(first - block.position(), 0), min(last - block.position(), block.length() - 1)
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                begin, stop = max(a, line.textStart()), min(b, line.textStart() + line.textLength())
                if begin < stop:
                    left, right = _edge(line.cursorToX(begin)), _edge(line.cursorToX(stop))
                    box = QRectF(min(left, right), line.y(), abs(right - left), line.height())
                    boxes.append(box.translated(geometry.topLeft()).adjusted(-_SPREAD, 0, _SPREAD, 0))
            block = block.next()
        return boxes

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marks, and the text over them."""
        start, end = self._in_sight()
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for hit in spans_between(self._hits, start, end):
            self._painting.paint_hit_below_text(painter, self._boxes(*hit))
        for mark in self._marks:
            if mark.start < end and start < mark.end:
                self._painting.paint_below_text(painter, mark, self._boxes(mark.start, mark.end))
        self._paint_page_rules(painter, start, end)
        painter.end()
        super().paintEvent(event)
        if self._emphasised is not None:
            span, strength = self._emphasised
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._painting.paint_emphasis(painter, self._boxes(*span), strength, on_paper=False)
            painter.end()

    def _paint_page_rules(self, painter: QPainter, start: int, end: int) -> None:
        """Paint, in the blank line between two pages, where the next one begins."""
        if self._document is None:
            return
        painter.setFont(self._theme.fonts.text(11))
        metrics = QFontMetricsF(painter.font())
        left, right = _MARGIN, self.viewport().width() - _MARGIN
        for page in self._document.pages[1:]:
            if page.start > end:
                break
            if page.start < start or not page.length:
                continue
            gap = self.document().findBlock(self._map.to_shown(page.start)).previous()
            if not gap.isValid() or gap.text():
                continue
            box = self.blockBoundingGeometry(gap).translated(self.contentOffset())
            words = one_line(page.name, 40) or f"Page {page.number}"
            width = metrics.horizontalAdvance(words)
            painter.setPen(self._theme.colour("hairline"))
            middle = round(box.center().y()) + 0.5
            painter.drawLine(QPointF(left, middle), QPointF(right - width - 8, middle))
            painter.setPen(self._theme.colour("text3"))
            painter.drawText(QPointF(right - width, middle + metrics.ascent() / 2 - 1), words)


def _edge(found: object) -> float:
    """Return the x of `QTextLine.cursorToX`, which PySide gives together with the cursor."""
    if isinstance(found, tuple):
        return float(found[0])
    assert isinstance(found, float)
    return found
