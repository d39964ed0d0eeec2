"""Values that a schema lists, as chips: typed one by one, or pasted a line each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QKeySequence, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app import figures
from app.style.plain_text import one_line
from app.style.tips import plain_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
MOST: Final = 500
"""Chips that are shown; of longer lists the rest is edited as JSON."""
_CHIP = 24
_GAP = 4
_PADDING = 8
_HIGHEST = 3 * (_CHIP + _GAP) + _GAP
_WIDEST = 220


def read_value(text: str, *, textual: bool) -> Any:
    """Return the value that a person means who types this: where only strings stand, a string."""
    if not textual:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text


def show_value(value: Any, *, textual: bool) -> str:
    """Return what `read_value` reads as a value again."""
    plain = isinstance(value, str) and (textual or read_value(value, textual=False) == value)
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


class _Chips(QAbstractListModel):
    """Values, as they would be typed."""

    def __init__(self) -> None:
        super().__init__()
        self.values: list[Any] = []
        self.textual = True

    def show(self, values: Sequence[Any], *, textual: bool) -> None:
        """Show other values."""
        self.beginResetModel()
        self.values, self.textual = list(values), textual
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many are shown."""
        return 0 if parent.isValid() else min(len(self.values), MOST)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return a value's text."""
        if not index.isValid():
            return None
        text = show_value(self.values[index.row()], textual=self.textual)
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return one_line(text) or '""'
        return plain_tip(one_line(text)) if role == Qt.ItemDataRole.ToolTipRole else None


class _ChipPainting(QStyledItemDelegate):
    """Paints a value on a ground of its own."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font = theme.fonts.text(12)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the size of a chip."""
        width = QFontMetricsF(self._font).horizontalAdvance(str(index.data()))
        return QSize(min(round(width) + 2 * _PADDING + 1, _WIDEST), _CHIP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a chip."""
        cell: Any = option
        chosen = bool(cell.state & cell.state.State_Selected)
        box = QRectF(cell.rect).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("accent" if chosen else "line"), 2 if chosen else 1))
        painter.setBrush(self._theme.colour("accentSoft" if chosen else "select"))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5) if chosen else box, 4, 4)
        painter.setFont(self._font)
        painter.setPen(self._theme.colour("text"))
        inner = box.adjusted(_PADDING - 0.5, 0, -_PADDING + 0.5, 0)
        words = QFontMetricsF(self._font).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, inner.width() + 1)
        painter.setClipRect(cell.rect)
        painter.drawText(inner.adjusted(0, 0, 2, 0), Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


class _ChipList(QListView):
    """Chips in lines, as high as they need up to three of them. Delete takes away those that are chosen."""

    remove_asked = Signal(list)
    pasted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Allowed values")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSpacing(_GAP // 2)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setItemDelegate(_ChipPainting(theme, self))
        theme.changed.connect(self.viewport().update)

    def fit(self) -> None:
        """Take the height that the chips need."""
        self.doItemsLayout()
        self.setFixedHeight(max(_CHIP, min(_HIGHEST, self.contentsSize().height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the chips out in the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take values away, or put in what is pasted."""
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.remove_asked.emit(sorted(index.row() for index in self.selectedIndexes()))
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QApplication.clipboard().text())
        else:
            super().keyPressEvent(event)


class _NewValue(QLineEdit):
    """A field for one more value; several lines that are pasted are as many values."""

    pasted = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take pasted lines apart, where the field would join them."""
        text = QApplication.clipboard().text() if event.matches(QKeySequence.StandardKey.Paste) else ""
        if "\n" in text.strip():
            self.pasted.emit(text)
        else:
            super().keyPressEvent(event)


class ValuesField(QWidget):
    """The values that a schema lists."""

    changed = Signal(list)
    """All values, as they are to be."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._chips = _Chips()
        self.list = _ChipList(theme)
        self.list.setModel(self._chips)
        self.list.remove_asked.connect(self._remove)
        self.list.pasted.connect(self._add)
        self.field = _NewValue()
        self.field.setFont(theme.fonts.text())
        self.field.setAccessibleName("Another allowed value")
        self.field.returnPressed.connect(lambda: self._add(self.field.text()))
        self.field.pasted.connect(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(_GAP)
        column.addWidget(self.list)
        column.addWidget(self.field)

    @property
    def values(self) -> list[Any]:
        """The values that are shown."""
        return list(self._chips.values)

    def show_values(self, values: Sequence[Any], *, textual: bool) -> None:
        """Show values; where they are `textual` what is typed is a string, else JSON if it can be."""
        self._chips.show(values, textual=textual)
        self.list.setVisible(bool(values))
        more = len(values) - MOST
        self.field.setPlaceholderText(
            f"and {figures.number(more)} more; edit them as JSON" if more > 0 else "Type a value, or paste lines"
        )
        self.field.setEnabled(more <= 0)
        if values:
            self.list.fit()

    def _add(self, text: str) -> None:
        values = self.values
        known = {json.dumps(each) for each in values}
        for line in text.splitlines():
            value = read_value(line.strip(), textual=self._chips.textual)
            if line.strip() and json.dumps(value) not in known:
                known.add(json.dumps(value))
                values.append(value)
        if len(values) > len(self._chips.values):
            self.field.clear()
            self.changed.emit(values)

    def _remove(self, rows: list[int]) -> None:
        gone = set(rows)
        if gone:
            self.changed.emit([value for row, value in enumerate(self._chips.values) if row not in gone])
