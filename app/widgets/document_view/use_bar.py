"""What can be done with a selection, floating beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from app.style.plain_text import one_line
from app.widgets.controls import button, key_hint

if TYPE_CHECKING:
    from app.style.theme import Theme

_GAP: Final = 6
_LONGEST: Final = 32


class UseBar(QFrame):
    """One button, with its key beside it."""

    used = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("ground", "popover")
        self.use = button(theme, "Use", "go")
        self.use.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 8, 3)
        row.setSpacing(4)
        row.addWidget(self.use)
        row.addWidget(key_hint(theme, "⏎"))
        self.use.clicked.connect(self._use)
        self.hide()

    def _use(self) -> None:
        self.used.emit()

    def name_target(self, target: str) -> None:
        """Say which field the selection would go into."""
        words = f"Use for {one_line(target, _LONGEST)}"
        self.use.setText(words.replace("&", "&&"))
        self.use.setAccessibleName(words)

    def place_beside(self, rect: QRect, room: QRect) -> None:
        """Show the bar below a rectangle of its parent, or above it, within the room there is."""
        size = self.sizeHint()
        left = min(max(rect.right() - size.width() + 1, room.left() + _GAP), room.right() - size.width() - _GAP)
        top = rect.bottom() + _GAP
        if top + size.height() > room.bottom():
            top = max(rect.top() - _GAP - size.height(), room.top() + _GAP)
        self.setGeometry(QRect(QPoint(max(left, room.left()), top), size))
        self.show()
        self.raise_()
