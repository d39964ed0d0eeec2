"""What stands over the columns: titles that sort, how many cells below are to be looked at, and borders to drag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QHeaderView, QToolTip, QWidget

from app import figures
from app.models.extract_cells import LOOKED_AT
from app.models.extract_order import Sorting
from app.pages.extract.table.painting import CARET, EDGE, END, ROW, WORDS_AT, paint_trust
from app.style.icons import paint_glyph
from app.style.tips import plain_tip

if TYPE_CHECKING:
    from app.models.extract_table import ExtractTable
    from app.style.theme import Theme

LEAST: Final = 64
_GAP: Final = 4
_COUNT: Final = 14
_GRIP: Final = 5


def next_sorting(now: Sorting, asked: Sorting) -> Sorting:
    """Return what a click on a title leads to: upwards, downwards, and as it was."""
    if (now.by, now.column) != (asked.by, asked.column):
        return asked
    return Sorting(asked.by, asked.column, descending=True) if not now.descending else Sorting()


def paint_heading(
    painter: QPainter,
    theme: Theme,
    rect: QRect,
    title: str,
    *,
    at: int,
    right: bool,
    arrow: str,
    review: int,
    hovered: bool,
) -> None:
    """Paint a title over its rule. `at` is where words begin in the cells below; `right` puts it at the other end."""
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.colour("line"))
    font, small = theme.fonts.text(12, 500), theme.fonts.text(11, 500, tabular=True)
    metrics, less = QFontMetricsF(font), QFontMetricsF(small)
    middle = rect.y() + ROW / 2 - 0.5
    count = figures.number(review) if review else ""
    room = rect.width() - at - END - (CARET + _GAP if arrow else 0)
    counted = less.horizontalAdvance(count) + _COUNT + _GAP if count else 0
    if metrics.horizontalAdvance(title) + counted > room:
        count, counted = "", 0  # the title matters more; the tooltip has both
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, max(0, room))
    wide = metrics.horizontalAdvance(shown)
    x = rect.right() + 1 - END - wide if right else float(rect.x() + at)
    painter.setFont(font)
    painter.setPen(theme.colour("text" if arrow or hovered else "text2"))
    painter.drawText(QPointF(x, round(middle + (metrics.ascent() - metrics.descent()) / 2)), shown)
    # What belongs to the title stands on the side where there is room.
    x = x - _GAP if right else x + wide + _GAP
    if arrow:
        left = x - CARET if right else x
        paint_glyph(painter, arrow, QRectF(left, middle - CARET / 2, CARET, CARET), theme.colour("text2"))
        x = left - _GAP if right else left + CARET + _GAP
    if count:
        left = x - counted if right else x + _GAP
        painter.save()
        painter.translate(left + 4, middle)
        painter.scale(0.75, 0.75)
        paint_trust(painter, theme, "doubtful", QPointF(0, 0))
        painter.restore()
        painter.setFont(small)
        painter.setPen(theme.colour("amber"))
        baseline = round(middle + (less.ascent() - less.descent()) / 2)
        painter.drawText(QPointF(left + 11, baseline), count)


def arrow_of(sorting: Sorting, by: str, column: int = -1) -> str:
    """Return the arrow over a column; none where lines are not sorted by it."""
    if sorting.by != by or (by == "column" and sorting.column != column):
        return ""
    return "caret-down" if sorting.descending else "caret-up"


class FieldHeadings(QHeaderView):
    """The titles of the fields. A click sorts, a border can be dragged, a double click on it fits the column."""

    sort_asked = Signal(object)
    menu_asked = Signal(int, QPoint)

    def __init__(self, theme: Theme, table: ExtractTable, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._table = table
        self._hovered = -1
        self.setFixedHeight(ROW)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(LEAST)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setMouseTracking(True)
        self.setAccessibleName("Fields")
        self.sectionClicked.connect(lambda section: self.sort_asked.emit(Sorting("column", section)))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Paint the title of a field."""
        if not rect.isValid() or section >= self._table.columnCount():
            return
        column = self._table.fields.columns[section]
        painter.save()
        paint_heading(
            painter,
            self._theme,
            rect,
            self._table.fields.titles[section],
            at=WORDS_AT,
            right=column.kind == "number",
            arrow=arrow_of(self._table.wanted.sorting, "column", section),
            review=self._review(section),
            hovered=self._hovered == section,
        )
        painter.restore()

    def needed(self, section: int, *, counted: bool = True) -> int:
        """Return how wide a column has to be for its title to be seen whole; `counted` with what stands beside it."""
        title = self._table.fields.titles[section]
        wide = QFontMetricsF(self._theme.fonts.text(12, 500)).horizontalAdvance(title)
        count = figures.number(self._review(section)) if self._review(section) else ""
        less = QFontMetricsF(self._theme.fonts.text(11, 500, tabular=True)).horizontalAdvance(count)
        beside = round(less) + _COUNT + 2 * _GAP if count else 0
        return round(wide) + WORDS_AT + END + (max(beside, CARET + _GAP) if counted else 0)

    def _review(self, section: int) -> int:
        return sum(self._table.trusts[section][trust] for trust in LOOKED_AT)

    def sectionSizeFromContents(self, _section: int) -> QSize:
        """Return the height of a title; widths are the view's."""
        return QSize(LEAST, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the titles, and the rule to the end."""
        painter = QPainter(self.viewport())
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), self._theme.colour("line"))
        painter.end()
        super().paintEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of a field."""
        self.menu_asked.emit(self.logicalIndexAt(event.pos()), event.globalPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show which title is under the pointer."""
        super().mouseMoveEvent(event)
        self._hover(self.logicalIndexAt(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the title under the pointer."""
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, section: int) -> None:
        if section != self._hovered:
            self._hovered = section
            self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """Tell of a column what its cells are like, and what its numbers come to."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            section = self.logicalIndexAt(event.pos())
            if 0 <= section < self._table.columnCount():
                QToolTip.showText(event.globalPos(), plain_tip(self.explain(section)), self)
            return True
        return super().event(event)

    def explain(self, section: int) -> str:
        """Return what is told of a column."""
        said = [self._table.fields.columns[section].title, self._table.told(section)]
        total = self._table.sum_of(section)
        if total is not None:
            added, count = total
            places = 0 if round(added, 2) == round(added) else 2
            said.append(f"Sum of {figures.number(count)}: {figures.number(float(added), places)}")
        return "\n".join(said)


class DocumentHeading(QWidget):
    """The title over the documents' names, which stay in sight; its border can be dragged too."""

    sort_asked = Signal(object)
    menu_asked = Signal(int, QPoint)
    width_asked = Signal(int)
    fit_asked = Signal()

    def __init__(self, theme: Theme, table: ExtractTable, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._table = table
        self._dragged: int | None = None
        self._pressed = False
        self.setMouseTracking(True)
        self.setAccessibleName("Document")

    def _is_border(self, event: QMouseEvent) -> bool:
        return event.position().x() >= self.width() - _GRIP

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the border, or press the title."""
        if event.button() == Qt.MouseButton.LeftButton:
            if self._is_border(event):
                self._dragged = self.width() - round(event.position().x())
            else:
                self._pressed = True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the border."""
        if self._dragged is not None:
            self.width_asked.emit(round(event.position().x()) + self._dragged)
        self.setCursor(Qt.CursorShape.SplitHCursor if self._is_border(event) else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Sort by the names."""
        if self._pressed and self.rect().contains(event.position().toPoint()):
            self.sort_asked.emit(Sorting("document"))
        self._dragged, self._pressed = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit the names at the border; elsewhere a second click is a click."""
        if self._is_border(event):
            self.fit_asked.emit()
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the fields."""
        self.menu_asked.emit(-1, event.globalPos())

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that the title can be pressed."""
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Show nothing of that any more."""
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the title."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colour("surface"))
        paint_heading(
            painter,
            self._theme,
            self.rect(),
            "Document",
            at=EDGE,
            right=False,
            arrow=arrow_of(self._table.wanted.sorting, "document"),
            review=0,
            hovered=self.underMouse(),
        )
        painter.end()
