"""The list of what can be written at the caret; the focus stays in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFontMetricsF, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.models.completions import CompletionRows, HelpRole
from app.style import tokens
from app.style.plain_text import one_line
from app.widgets.controls import label

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.schema.completion import Completion

WIDTH = 440
_MOST_ROWS = 8
_NAMES = 152


class Suggestions(QFrame):
    """A popover over the text: the caller walks in it, takes from it and puts it away; a click chooses."""

    chosen = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("ground", "popover")
        self.setAccessibleName("Suggestions")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._speaker = parent
        self.rows = CompletionRows()
        self.list = QListView()
        self.list.setAccessibleName("Suggestions")
        self.list.setModel(self.rows)
        self.list.setItemDelegate(_SuggestionRows(theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda _index: self.chosen.emit())
        self._help = label(theme, "", 12, ink="text2")
        self._help.setWordWrap(True)
        self._help.setContentsMargins(12, 6, 12, 6)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 5, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.list)
        column.addWidget(self._help)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(24)
        shadow.setOffset(0, 6)
        shadow.setColor(theme.colour("shadow"))
        theme.changed.connect(lambda: shadow.setColor(theme.colour("shadow")))
        self.setGraphicsEffect(shadow)
        self.list.selectionModel().currentChanged.connect(lambda _now, _before: self._tell())
        self.hide()

    def offer(self, completions: list[Completion], below: QRect) -> None:
        """Show completions below (or above) a line, given in the coordinates of the parent; none puts the list away."""
        if not completions:
            self.hide()
            return
        self.rows.offer(completions)
        self.list.setFixedHeight(min(len(completions), _MOST_ROWS) * tokens.NESTED_ROW)
        self.list.setCurrentIndex(self.rows.index(0))
        self.list.scrollToTop()
        self._place(below)
        self.show()
        self.raise_()

    def walk(self, by: int) -> None:
        """Go up or down; from one end to the other by single steps."""
        count = self.rows.rowCount()
        row = self.list.currentIndex().row() + by
        row = row % count if abs(by) == 1 else min(max(row, 0), count - 1)
        self.list.setCurrentIndex(self.rows.index(row))

    def current(self) -> Completion | None:
        """Return the one that is chosen."""
        return self.rows.completion(self.list.currentIndex().row())

    def _tell(self) -> None:
        found = self.current()
        if found is not None:
            self._help.setText(found.help)
            place = f"{self.list.currentIndex().row() + 1} of {self.rows.rowCount()}"
            if QAccessible.isActive():
                QAccessible.updateAccessibility(
                    QAccessibleAnnouncementEvent(self._speaker, f"{found.name}: {found.help} {place}")
                )

    def _place(self, below: QRect) -> None:
        parent = self.parentWidget()
        assert parent is not None, "the list lies over the view's window"
        width = min(WIDTH, parent.width() - 16)
        self.setFixedWidth(width)
        self._help.setFixedHeight(self._help.heightForWidth(width - 2) if self._help.hasHeightForWidth() else 32)
        self.adjustSize()
        x = max(8, min(below.left(), parent.width() - width - 8))
        under = below.bottom() + 4
        fits = under + self.height() <= parent.height() - 8 or below.top() < self.height()
        self.move(QPoint(x, under if fits else below.top() - 4 - self.height()))


class _SuggestionRows(QStyledItemDelegate):
    """A name in the font of the text, and its help behind it as far as there is room."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a row."""
        return QSize(100, tokens.NESTED_ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        cell: Any = option
        rect: QRect = cell.rect
        theme = self._theme
        painter.save()
        if cell.state & cell.state.State_Selected:
            painter.fillRect(rect, theme.colour("select"))
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), theme.colour("accent"))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        font = theme.fonts.code(12)
        metrics = QFontMetricsF(font)
        name = one_line(str(index.data()))
        room = max(_NAMES, min(metrics.horizontalAdvance(name), rect.width() * 0.6))
        painter.setFont(font)
        painter.setPen(theme.colour("text"))
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(rect.adjusted(12, 0, 0, 0), middle, shown)
        help_font = theme.fonts.text(12)
        painter.setFont(help_font)
        painter.setPen(theme.colour("text3"))
        left = 12 + round(room) + 12
        words = one_line(str(index.data(HelpRole)))
        elided = QFontMetricsF(help_font).elidedText(words, Qt.TextElideMode.ElideRight, rect.width() - left - 12)
        painter.drawText(rect.adjusted(left, 0, -12, 0), middle, elided)
        painter.restore()
