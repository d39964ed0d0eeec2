"""Typing into a cell where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QWidget

from app.pages.extract.table.painting import END, ROW, WORDS_AT
from app.style.theme import set_kind

if TYPE_CHECKING:
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_HEIGHT: Final = 28
_INSET: Final = 7
"""From the border of a line to its words."""
_ROOM: Final = 28
_MOST: Final = 520


class CellEditing(QStyledItemDelegate):
    """A line over the cell, as wide as its text needs. What was typed is told, never written into the model."""

    typed = Signal(object, str)

    def __init__(self, theme: Theme, view: QTableView) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view
        self.line: QLineEdit | None = None
        """What is typed in, while something is."""

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: Index) -> QWidget:
        """Return a line to type in."""
        line = QLineEdit(parent)
        set_kind(line, "row")
        right = bool(index.data(Qt.ItemDataRole.TextAlignmentRole) & Qt.AlignmentFlag.AlignRight)
        line.setFont(self._theme.fonts.text(tabular=right))
        line.setAlignment(Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
        line.setAccessibleName(str(index.data(Qt.ItemDataRole.AccessibleTextRole)))
        line.textChanged.connect(self._widen)
        self.line = line
        return line

    def destroyEditor(self, editor: QWidget, index: Index) -> None:
        """Forget the line."""
        if editor is self.line:
            self.line = None
        super().destroyEditor(editor, index)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Show the value, once: what is typed stays whatever becomes of the row meanwhile."""
        if isinstance(editor, QLineEdit) and not editor.property("shown"):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.setProperty("shown", True)

    def _widen(self) -> None:
        """Give the line more room as its text grows."""
        if self.line is not None:
            needed = round(QFontMetricsF(self.line.font()).horizontalAdvance(self.line.text())) + _ROOM
            most = min(_MOST, self._view.viewport().width() - self.line.x())
            self.line.resize(max(self.line.width(), min(needed, most)), _HEIGHT)

    def setModelData(self, editor: QWidget, _model: QAbstractItemModel, index: Index) -> None:
        """Tell what was typed, if anything was."""
        if isinstance(editor, QLineEdit) and editor.isModified():
            self.typed.emit(QPersistentModelIndex(index), editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        """Lie over the words of the cell, and beyond it where the text is longer; the mark stays in sight."""
        cell: Any = option
        text = editor.text() if isinstance(editor, QLineEdit) else ""
        text = text or str(index.data(Qt.ItemDataRole.EditRole) or "")
        left = cell.rect.x() + WORDS_AT - _INSET
        needed = round(QFontMetricsF(editor.font()).horizontalAdvance(text)) + _ROOM
        beyond = min(needed, _MOST, self._view.viewport().width() - left)
        wide = max(cell.rect.right() - END + _INSET - left, beyond)
        editor.setGeometry(left, cell.rect.y() + (ROW - _HEIGHT) // 2, wide, _HEIGHT)
