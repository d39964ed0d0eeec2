"""A panel that opens below a button, and goes away at a click beside it or Esc."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QScreen

_GAP: Final = 4


class Popover(QFrame):
    """A raised panel; what it shows is put into `column`. It keeps what was chosen in it."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setAccessibleName(name)
        self.panel = QFrame()
        self.panel.setProperty("ground", "popover")
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.panel)
        self.column = QVBoxLayout(self.panel)
        self.column.setContentsMargins(16, 12, 16, 14)
        self.column.setSpacing(8)

    def open_below(self, anchor: QWidget, side: Literal["left", "right"] = "left", inset: int = 0) -> None:
        """Open below a widget, flush with its left or right edge, within the window."""
        self.ensurePolished()
        self.adjustSize()
        x = inset if side == "left" else anchor.width() - self.width() - inset
        at = anchor.mapToGlobal(QPoint(x, anchor.height() + _GAP))
        window = anchor.window()
        edge = window.mapToGlobal(QPoint(window.width(), window.height()))
        screen: QScreen | None = anchor.screen()
        if screen is not None:
            edge = QPoint(min(edge.x(), screen.geometry().right()), min(edge.y(), screen.geometry().bottom()))
        at.setX(max(min(at.x(), edge.x() - self.width() - 8), window.mapToGlobal(QPoint(8, 0)).x()))
        self.move(at)
        self.show()
