"""The palette: every command of the window, a few letters away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.models.commands import Command, CommandList, KeysRole, MatchRole
from app.style import tokens
from app.style.theme import set_kind
from app.widgets.controls import key_hint, label

if TYPE_CHECKING:
    from app.style.theme import Theme

WIDTH = 560
ROWS = 9
_KEYS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: ROWS, Qt.Key.Key_PageUp: -ROWS}


class CommandPalette(QFrame):
    """A field over a list; arrows choose, Enter does, Esc closes. The focus stays in the field."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._came_from: QWidget | None = None
        self.setProperty("ground", "popover")
        self.setAccessibleName("Command palette")
        self._model = CommandList(self)
        self.field = QLineEdit()
        self.field.setPlaceholderText("What would you like to do?")
        self.field.setAccessibleName("Command")
        self.field.setFont(theme.fonts.text(15))
        set_kind(self.field, "bare")
        self.list = QListView()
        self.list.setAccessibleName("Commands")
        self.list.setModel(self._model)
        self.list.setItemDelegate(_CommandRows(theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.clicked.connect(self._do)
        self._none = label(theme, "No command has these letters.", 13, ink="text3")
        self._none.setContentsMargins(16, 4, 16, 12)
        top = QHBoxLayout()
        top.setContentsMargins(16, 8, 12, 8)
        top.addWidget(self.field, 1)
        top.addWidget(key_hint(theme, "Esc"))
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 5)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.list)
        column.addWidget(self._none)
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(32)
        shadow.setOffset(0, 8)
        shadow.setColor(theme.colour("shadow"))
        theme.changed.connect(lambda: shadow.setColor(theme.colour("shadow")))
        self.setGraphicsEffect(shadow)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        parent.installEventFilter(self)
        self.hide()

    def open(self, commands: list[Command]) -> None:
        """Show the commands and take the focus."""
        self._came_from = self.window().focusWidget()
        self._model.set_commands(commands)
        self.field.clear()
        self._search("")
        self._place()
        self.show()
        self.raise_()
        self.field.setFocus()

    def close_palette(self) -> None:
        """Go away, and give the focus back to where it was."""
        self.hide()
        if self._came_from is not None:
            self._came_from.setFocus()

    def _place(self) -> None:
        parent = self.parentWidget()
        assert parent is not None, "the palette lies over the window"
        width = min(WIDTH, parent.width() - 32)
        self.setFixedWidth(width)
        self.adjustSize()
        self.move((parent.width() - width) // 2, 64)

    def _search(self, query: str) -> None:
        self._model.search(query)
        rows = self._model.rowCount()
        self.list.setFixedHeight(min(rows, ROWS) * tokens.ROW)
        self.list.setVisible(bool(rows))
        self._none.setVisible(not rows)
        self.list.setCurrentIndex(self._model.index(0))
        self._place()

    def _do(self, index: QModelIndex) -> None:
        command = self._model.command(index)
        self.close_palette()
        if command is not None:
            command.do()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that walk, do and close; stay in the middle of the window."""
        if watched is self.field:
            if event.type() == QEvent.Type.KeyPress and self._key(event):
                return True
            if event.type() == QEvent.Type.FocusOut and self.isVisible() and self.window().isActiveWindow():
                self.hide()
        elif event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _key(self, event: Any) -> bool:
        key = event.key()
        rows = self._model.rowCount()
        if key in _KEYS and rows:
            step = _KEYS[Qt.Key(key)]
            row = self.list.currentIndex().row() + step
            row = row % rows if abs(step) == 1 else min(max(row, 0), rows - 1)
            self.list.setCurrentIndex(self._model.index(row))
            return True
        if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._do(self.list.currentIndex())
            return True
        if key == Qt.Key.Key_Escape:
            self.close_palette()
            return True
        return bool(key in {Qt.Key.Key_Tab, Qt.Key.Key_Backtab})


class _CommandRows(QStyledItemDelegate):
    """A command's name, the letters that fit in the accent, its keys at the right."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a list row."""
        return QSize(100, tokens.ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a row."""
        cell: Any = option
        rect: QRect = cell.rect
        theme = self._theme
        painter.save()
        chosen = bool(cell.state & cell.state.State_Selected)
        if chosen:
            painter.fillRect(rect, theme.colour("select"))
            painter.fillRect(QRect(rect.left(), rect.top(), 2, rect.height()), theme.colour("accent"))
        name = str(index.data())
        letters = set(index.data(MatchRole) or ())
        x = rect.left() + 16.0
        base = rect.top() + rect.height() / 2 + 5
        for number, char in enumerate(name):
            hit = number in letters
            font = theme.fonts.text(13, 600 if hit else 400)
            painter.setFont(font)
            painter.setPen(theme.colour("accentText" if hit else "text"))
            painter.drawText(QPointF(x, base), char)
            x += QFontMetricsF(font).horizontalAdvance(char)
        keys = str(index.data(KeysRole) or "")
        painter.setFont(theme.fonts.text(12))
        painter.setPen(QPen(theme.colour("text2" if chosen else "text3")))
        painter.drawText(rect.adjusted(0, 0, -16, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, keys)
        painter.restore()
