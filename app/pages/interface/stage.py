"""Where a screen stands: in the middle, as wide as the device it is looked at on, under a scroll bar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.style import tokens

if TYPE_CHECKING:
    from app.style.theme import Theme

Device = Literal["phone", "tablet", "desktop"]
WIDTHS: Final[dict[Device, int]] = {"phone": 390, "tablet": 768}
"""Pixels; a desktop is as wide as there is room."""
MARGIN: Final = tokens.ANSWER_MARGIN
_WIDEST: Final = 1_200
"""Lines are not stretched beyond this."""


class Stage(QScrollArea):
    """Holds screens, of which one is shown. `width_changed` tells how wide that is, in pixels."""

    width_changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.device: Device = "desktop"
        self._screen: QWidget | None = None
        self._told = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Preview")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.board = _Board(theme)
        self.setWidget(self.board)
        self.setWidgetResizable(False)
        self.viewport().setAutoFillBackground(False)

    @property
    def screen_width(self) -> int:
        """The width that the screen has."""
        room = self.viewport().width() - 2 * MARGIN
        return WIDTHS.get(self.device, max(240, min(room, _WIDEST)))

    def show_screen(self, screen: QWidget) -> None:
        """Show a screen in the place of the one before, which is kept as it is."""
        if screen is self._screen:
            return
        before = self._screen
        self._screen = screen
        if screen.parentWidget() is not self.board:
            screen.setParent(self.board)
        screen.installEventFilter(self)
        if before is not None:
            before.removeEventFilter(self)
            before.hide()
        screen.show()
        self.lay_out()

    def choose(self, device: Device) -> None:
        """Show the screen as wide as a device."""
        self.device = device
        self.lay_out()

    def reveal(self, box: QRect) -> None:
        """Bring a place of the screen in sight."""
        if self._screen is not None:
            at = self._screen.mapTo(self.board, box.center())
            self.ensureVisible(at.x(), at.y(), box.width() // 2 + 16, min(box.height() // 2, 200) + 16)

    def lay_out(self) -> None:
        """Give the screen its width, and the height that it needs there."""
        screen = self._screen
        if screen is None:
            return
        wide = self.screen_width
        framed = self.device != "desktop"
        top = 16 if framed else 0
        least = self.viewport().height() - 2 * top
        high = screen.heightForWidth(wide) if screen.hasHeightForWidth() else screen.sizeHint().height()
        high = max(high, least)
        total = max(self.viewport().width(), wide + 2 * MARGIN)
        self.board.resize(total, high + 2 * top)
        screen.setGeometry((total - wide) // 2, top, wide, high)
        self.board.show_frame(screen.geometry() if framed else None)
        if wide != self._told:
            self._told = wide
            self.width_changed.emit(wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the screen the room there is."""
        super().resizeEvent(event)
        self.lay_out()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow a screen that has become higher or lower."""
        if watched is self._screen and event.type() == QEvent.Type.LayoutRequest:
            self.lay_out()
        return super().eventFilter(watched, event)

    def screen_at(self, at: QPoint) -> QPoint:
        """Return a place of the stage as one of the screen."""
        return self._screen.mapFrom(self, at) if self._screen is not None else at


class _Board(QWidget):
    """What a screen lies on: sunken around a device, plain where it fills the width."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._frame: QRect | None = None
        theme.changed.connect(self.update)

    def show_frame(self, frame: QRect | None) -> None:
        """Paint the edges of a device around a place, or nothing."""
        if frame != self._frame:
            self._frame = frame
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground."""
        painter = QPainter(self)
        if self._frame is None:
            painter.fillRect(self.rect(), self._theme.colour("surface"))
        else:
            painter.fillRect(self.rect(), self._theme.colour("sunken"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.colour("line"), 1))
            painter.setBrush(self._theme.colour("surface"))
            painter.drawRoundedRect(self._frame.adjusted(-13, -9, 12, 8), 8, 8)
        painter.end()
