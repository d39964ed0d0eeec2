"""What is laid over a screen that is inspected: the outline of what the pointer is over, the ring of what is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QMouseEvent, QPaintEvent, QWheelEvent

    from app.style.theme import Theme

_OUT: Final = 6
_TAG: Final = 18


class Glass(QWidget):
    """Shows places by their paths; `where` tells the rectangle and the name of one, `what` the path at a point."""

    clicked = Signal(str)
    scrolled = Signal(object)

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        where: Callable[[str], tuple[QRect, str] | None],
        what: Callable[[QPoint], str | None],
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._where = where
        self._what = what
        self._under: str | None = None
        self._chosen: str | None = None
        self._painted: tuple[object, ...] = ()
        self.inspecting = False
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setMouseTracking(True)
        self.inspect(on=False)

    def inspect(self, *, on: bool) -> None:
        """Take the pointer, or leave it to what lies below."""
        self.inspecting = on
        self._under = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not on)
        self.setCursor(Qt.CursorShape.PointingHandCursor if on else Qt.CursorShape.ArrowCursor)
        self.follow()

    def choose(self, path: str | None) -> None:
        """Ring a part."""
        self._chosen = path
        self.follow()

    def follow(self) -> None:
        """Go where the parts are now."""
        shown = self.inspecting or self._chosen is not None
        if shown == self.isHidden():
            self.setVisible(shown)
            self.raise_()
        if shown:
            present = (*map(self._place, (self._under, self._chosen)),)
            if present != self._painted:
                self._painted = present
                self.update()

    def _place(self, path: str | None) -> tuple[QRect, str] | None:
        return None if path is None else self._where(path)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Outline what the pointer is over."""
        self._under = self._what(event.position().toPoint())
        self.follow()

    def leaveEvent(self, event: QEvent) -> None:
        """Outline nothing."""
        super().leaveEvent(event)
        self._under = None
        self.follow()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell what was clicked."""
        path = self._what(event.position().toPoint())
        if path is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(path)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll what lies below."""
        self.scrolled.emit(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint outline and ring, each with its name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._under is not None and self._under != self._chosen:
            self._paint(painter, self._under, strong=False)
        if self._chosen is not None:
            self._paint(painter, self._chosen, strong=True)
        painter.end()

    def _paint(self, painter: QPainter, path: str, *, strong: bool) -> None:
        place = self._where(path)
        if place is None:
            return
        rect, name = place
        colour = self._theme.colour("accent" if strong else "accentLine")
        ring = QRectF(rect.adjusted(-_OUT, -_OUT, _OUT, _OUT)) & QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if ring.isEmpty():
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2 if strong else 1))
        painter.drawRoundedRect(ring, 4, 4)
        font = self._theme.fonts.text(11, 600)
        wide = QFontMetrics(font).horizontalAdvance(name) + 14
        above = ring.top() - _TAG + 1
        tag = QRectF(max(ring.left(), ring.right() - wide + 1), above if above >= 0 else ring.top() - 1, wide, _TAG)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(tag, 3, 3)
        painter.setFont(font)
        painter.setPen(self._theme.colour("onAccent" if strong else "text"))
        painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, name)
