"""What is inside a field: rows that stand further in, along a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLine
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from app.widgets.form.parts import Parts
    from app.widgets.form.place import Place
    from engine.schema.form import Path

_GUIDE = 8
"""Where the line stands: below the middle of the box of the row above."""


class Body(QWidget):
    """The inside of an object or array; the outermost has no line.

    Its place is that of its rows: their depth, and the fields around them, of which the last is its own.
    """

    def __init__(self, parts: Parts, place: Place) -> None:
        super().__init__()
        self.parts = parts
        self.path = place.path
        self.level = place.depth
        self.around = place.around
        self.inside = QVBoxLayout(self)
        self.inside.setSpacing(0)
        parts.columns.changed.connect(self._indent)
        parts.theme.changed.connect(self.update)
        self._indent()

    def refresh(self, path: Path | None = None) -> None:
        """Show what is at a place inside, or everything, as it is now."""
        raise NotImplementedError

    def show_problems(self) -> None:
        """Show what is wrong now."""

    def chain(self) -> list[QWidget]:
        """Return what takes the focus, in order."""
        return []

    def reveal(self, path: Path) -> QWidget | None:
        """Unfold the way to a place; return what to bring into sight and give the focus."""
        del path
        return None

    def _indent(self) -> None:
        columns = self.parts.columns
        left = columns.indent(self.level) - columns.indent(self.level - 1) if self.level else 0
        self.inside.setContentsMargins(left, 0, 0, 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the line."""
        if not self.level or self.inside.contentsMargins().left() < _GUIDE:
            return
        painter = QPainter(self)
        painter.setPen(self.parts.theme.colour("hairline"))
        painter.drawLine(QLine(_GUIDE, 0, _GUIDE, self.height() - 1))
        painter.end()
