"""Where a screen stands: in the middle, as wide as the device it is looked at on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.style.theme import set_state

if TYPE_CHECKING:
    from app.style.theme import Theme

Device = Literal["phone", "tablet", "desktop"]
WIDTHS: Final[dict[Device, int]] = {"phone": 390, "tablet": 768}
"""Pixels; a desktop is as wide as there is room."""
WIDEST: Final = 1_200
"""Lines are not stretched beyond this."""
SIDE: Final = 24
ABOVE: Final = 16


class Stage(QScrollArea):
    """Holds screens, of which one is shown; they scroll up and down by themselves.

    `width_changed` tells how wide the one that is shown is, in pixels.
    """

    width_changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.device: Device = "desktop"
        self._screen: QWidget | None = None
        self._told = 0
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("Preview")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._board = _Board(theme)
        self.setWidget(self._board)
        self.viewport().setAutoFillBackground(False)

    @property
    def screen_width(self) -> int:
        """The width that the screen has."""
        return WIDTHS.get(self.device, min(self.viewport().width(), WIDEST))

    def show_screen(self, screen: QWidget) -> None:
        """Show a screen in the place of the one before, which is kept as it is."""
        if screen is self._screen:
            return
        before, self._screen = self._screen, screen
        self.take(screen)
        if before is not None:
            before.hide()
        self.lay_out()
        screen.show()

    def take(self, screen: QWidget) -> None:
        """Give a screen its place, without showing it yet."""
        if screen.parentWidget() is not self._board:
            screen.setParent(self._board)

    def forget(self, screen: QWidget) -> None:
        """Hold a screen no longer."""
        if screen is self._screen:
            self._screen = None

    def choose(self, device: Device) -> None:
        """Show the screen as wide as a device."""
        self.device = device
        self.lay_out()

    def lay_out(self) -> None:
        """Give the screen its width, in the middle, and all the height there is."""
        screen, room = self._screen, self.viewport().size()
        if screen is None:
            return
        wide, framed = self.screen_width, self.device != "desktop"
        across = max(room.width(), wide + 2 * SIDE if framed else wide)
        top = ABOVE if framed else 0
        self._board.resize(across, room.height())
        screen.setGeometry((across - wide) // 2, top, wide, max(40, room.height() - 2 * top))
        self._board.show_frame(screen.geometry() if framed else None)
        set_state(self, "ground", "sunken" if framed else "surface")
        if wide != self._told:
            self._told = wide
            self.width_changed.emit(wide)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the screen the room there is."""
        super().resizeEvent(event)
        self.lay_out()


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
            painter.drawRoundedRect(QRectF(self._frame).adjusted(-1.5, -8.5, 1.5, 8.5), 8, 8)
        painter.end()
