"""The headings over the tree of a schema, and how wide its columns are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QHeaderView, QWidget

from app.models.schema_row_tree import CONSTRAINTS, ENFORCED, PROPERTY
from app.pages.schemas.tree import look
from app.style import tokens

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPainter, QResizeEvent

    from app.style.theme import Theme

_SHARE = 216 / 394
"""What the names take of what the marks leave."""
_LEAST = 120


class TreeHeader(QHeaderView):
    """Headings over columns that share the width; the border between the first two can be moved."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._share = _SHARE
        self._held = False
        self.setSectionsMovable(False)
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(look.ENFORCED)
        self.setFixedHeight(look.HEADER)
        self.sectionResized.connect(self._moved)
        theme.changed.connect(self.viewport().update)

    def divide(self) -> None:
        """Set how each column may be resized, once there are any."""
        self.setSectionResizeMode(PROPERTY, QHeaderView.ResizeMode.Interactive)
        self.setSectionResizeMode(CONSTRAINTS, QHeaderView.ResizeMode.Stretch)
        self.setSectionResizeMode(ENFORCED, QHeaderView.ResizeMode.Fixed)
        self.fit()

    def fit(self) -> None:
        """Share out the width anew."""
        if self.count() <= ENFORCED:
            return
        room = self.viewport().width() - look.ENFORCED
        self.resizeSection(ENFORCED, look.ENFORCED)
        self.resizeSection(PROPERTY, max(_LEAST, min(round(room * self._share), room - look.ENFORCED)))

    def columns(self) -> look.Columns:
        """Return where the columns begin."""
        constraints = self.sectionPosition(CONSTRAINTS)
        enforced = self.sectionPosition(ENFORCED)
        return look.Columns(constraints, enforced, enforced + self.sectionSize(ENFORCED))

    def _moved(self, section: int, _before: int, now: int) -> None:
        room = self.viewport().width() - look.ENFORCED
        if section == PROPERTY and self._held and room > 0:
            self._share = min(max(now / room, 0.2), 0.8)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note that what moves now is moved by a person."""
        self._held = True
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Note that it was let go."""
        super().mouseReleaseEvent(event)
        self._held = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the new width."""
        super().resizeEvent(event)
        self.fit()

    def sizeHint(self) -> QSize:
        """Return the height of the headings."""
        return QSize(super().sizeHint().width(), look.HEADER)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint one heading over its rule."""
        painter.save()
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, self._theme.colour("line"))
        painter.setFont(self._theme.fonts.text(12, 500))
        painter.setPen(self._theme.colour("text2"))
        box = rect.adjusted(tokens.PANEL_MARGIN if section == PROPERTY else 0, 0, -4, 0)
        words = str(self.model().headerData(section, Qt.Orientation.Horizontal))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
