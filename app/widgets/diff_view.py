"""Two texts as one, line by line: what goes on a brick ground, what comes on a green one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QApplication, QListView, QStyledItemDelegate, QStyleOptionViewItem

from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.line_diff import DiffLine
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_LINE: Final = 20
_SIGNS: Final = {"same": " ", "gone": "-", "new": "+", "gap": ""}
_GROUNDS: Final = {"gone": ("brickSoft", "brick"), "new": ("accentSoft", "accentText")}
_SPOKEN: Final = {"gone": "removed: ", "new": "added: ", "same": "", "gap": ""}


class DiffLines(QAbstractListModel):
    """One row a line."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[DiffLine] = []

    def show_lines(self, lines: Sequence[DiffLine]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self._lines = list(lines)
        self.endResetModel()

    def line(self, index: Index) -> DiffLine:
        """Return a row's line."""
        return self._lines[index.row()]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return the line, or what is read out."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(line.text, 600)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _SPOKEN[line.kind] + one_line(line.text)
        return None


class DiffView(QListView):
    """The lines, with their numbers in both texts. Ctrl+C copies those that are chosen."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.lines = DiffLines(self)
        self.setModel(self.lines)
        self.setItemDelegate(_Painting(theme, self))
        self.setAccessibleName(name)
        self.setUniformItemSizes(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        theme.changed.connect(self.viewport().update)

    def show_lines(self, lines: Sequence[DiffLine]) -> None:
        """Show where two texts differ."""
        self.lines.show_lines(lines)
        self.scrollToTop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy what is chosen."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted(self.selectedIndexes(), key=lambda index: index.row())
            QApplication.clipboard().setText("\n".join(self.lines.line(index).text for index in rows))
            event.accept()
            return
        super().keyPressEvent(event)


class _Painting(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: DiffView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room of a line."""
        metrics = QFontMetricsF(self._theme.fonts.code(12))
        return QSize(round(metrics.horizontalAdvance("0") * (len(self._view.lines.line(index).text) + 16)), _LINE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line with its numbers."""
        line = self._view.lines.line(index)
        box: QRect = option.rect
        ground, ink = _GROUNDS.get(line.kind, ("", "text3" if line.kind == "gap" else "text"))
        if self._view.selectionModel().isSelected(index):
            painter.fillRect(box, self._theme.colour("select"))
        elif ground:
            painter.fillRect(box, self._theme.colour(ground))
        font, small = self._theme.fonts.code(12), self._theme.fonts.code(11)
        advance = QFontMetricsF(small).horizontalAdvance("0")
        base = box.top() + round((_LINE + QFontMetricsF(font).ascent() - QFontMetricsF(font).descent()) / 2)
        painter.setPen(self._theme.colour("text3"))
        painter.setFont(small)
        for column, number in enumerate((line.old, line.new)):
            words = "" if number is None else str(number)
            right = 8 + advance * 5 * (column + 1) + 6 * column
            painter.drawText(QPointF(right - advance * len(words), base), words)
        left = 8 + advance * 10 + 6 + 12
        painter.setFont(font)
        painter.setPen(self._theme.colour(ink))
        painter.drawText(QPointF(left, base), _SIGNS[line.kind])
        painter.setPen(self._theme.colour("text3" if line.kind == "gap" else "text"))
        painter.drawText(QPointF(left + 16, base), one_line(line.text, 600).replace("\t", "  "))
