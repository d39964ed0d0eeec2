"""Editing the name of a row where it stands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.pages.schemas.tree import look
from app.style import tokens
from app.style.theme import set_kind

if TYPE_CHECKING:
    from app.models.schema_tree import SchemaTree
    from app.pages.schemas.tree.view import SchemaTreeView
    from app.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
LONGEST: Final = 1_000
"""Letters of a name that can be edited in a row; longer ones are edited in the text."""
_INSET = 7
"""Where the text of an editor begins: border 2, padding 3 (see the stylesheet), and Qt's own 2."""
_LEAST = 96
_SPELLED = "spelled"


class NameEditing(QStyledItemDelegate):
    """Fields over names. A name with signs that cannot be seen is edited with escapes, as JSON spells it."""

    renamed = Signal(str, str)
    """The pointer of a row, and the name that a person wrote over its own."""
    went_on = Signal(QModelIndex)
    """Tab was pressed: the name is as it should be, and now for the rest of the row."""

    def __init__(self, theme: Theme, model: SchemaTree, view: SchemaTreeView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view
        self._font = theme.fonts.text(13, 500)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a row."""
        return QSize(80, look.ROW)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        """Return a field over the name."""
        field = QLineEdit(parent)
        set_kind(field, "row")
        field.setFont(self._font)
        field.setAccessibleName("Name")
        return field

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Begin with the name as it is, all of it chosen; what is written already stays when the row changes."""
        assert isinstance(editor, QLineEdit), "names are edited in a field"
        if editor.property(_SPELLED) is not None:
            return
        name = str(index.data(Qt.ItemDataRole.EditRole))
        spelled = name if name.isprintable() else json.dumps(name)[1:-1]
        editor.setProperty(_SPELLED, spelled != name)
        editor.setMaxLength(6 * LONGEST)
        editor.setText(spelled)
        editor.selectAll()

    def setModelData(self, editor: QWidget, _model: Any, index: Index) -> None:
        """Ask for the new name, if it is one."""
        assert isinstance(editor, QLineEdit), "names are edited in a field"
        name = editor.text()
        if editor.property(_SPELLED):
            try:
                name = str(json.loads(f'"{name}"'))
            except ValueError:
                return
        if name and name != index.data(Qt.ItemDataRole.EditRole):
            self.renamed.emit(self._model.pointer_of(index), name)

    def updateEditorGeometry(self, editor: QWidget, _option: QStyleOptionViewItem, index: Index) -> None:
        """Put the field so that its text stands where the name stood."""
        row = self._view.visualRect(index)
        parts = self._view.parts(index)
        left = round(parts.name.x()) - _INSET
        width = max(self._view.columns().constraints - left - 4, _LEAST)
        editor.setGeometry(QRect(left, row.y(), width, tokens.CONTROL))

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Let Tab finish the name and go on to the rest of the row, where it would look for another name."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Tab
            and isinstance(editor, QWidget)
        ):
            index = self._view.currentIndex()
            self.commitData.emit(editor)
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
            self.went_on.emit(index)
            return True
        return super().eventFilter(editor, event)
