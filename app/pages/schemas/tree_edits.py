"""What is asked for in the tree, done to the schema: each intent is one refactoring, undone in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from app import figures
from engine.schema import refactoring as do
from engine.schema.editing import Remove, Set
from engine.schema.location import locate

if TYPE_CHECKING:
    from app.pages.schemas.tree import TreeIntents
    from app.session.schema_editing import SchemaEditing

_NAMED = 3
"""References that a question names before it only counts them."""


class TreeEdits(QObject):
    """Does what the tree asks for, and asks back where something else would break."""

    def __init__(self, editing: SchemaEditing, intents: TreeIntents, parent: QWidget) -> None:
        super().__init__(parent)
        self._editing = editing
        self._window = parent
        refactor = editing.refactor
        intents.rename_asked.connect(lambda pointer, name: refactor(do.rename, pointer, name))
        intents.type_asked.connect(lambda pointer, name, null: refactor(do.change_type, pointer, name, nullable=null))
        intents.nullable_asked.connect(lambda pointer, null: refactor(do.set_nullable, pointer, nullable=null))
        intents.required_asked.connect(self._require)
        intents.keyword_asked.connect(lambda pointer, keyword, value: refactor(do.put_keyword, pointer, keyword, value))
        intents.keyword_drop_asked.connect(lambda pointer, keyword: refactor(do.drop_keyword, pointer, keyword))
        intents.value_asked.connect(lambda pointer, value: editing.apply(Set(pointer, value), label="Edit as JSON"))
        intents.add_asked.connect(self._add)
        intents.remove_asked.connect(self.remove)
        intents.repeated_remove_asked.connect(
            lambda pointer, which: editing.apply(Remove(pointer, which), label="Delete the repeated key")
        )
        intents.duplicate_asked.connect(lambda pointers: refactor(do.duplicate, pointers))
        intents.move_asked.connect(lambda pointers, parent, index: refactor(do.move, pointers, parent, index))
        intents.wrap_asked.connect(lambda pointers, how: refactor(do.wrap, pointers, how))
        intents.extract_asked.connect(lambda pointer: refactor(do.extract, pointer))
        intents.inline_asked.connect(lambda pointer: refactor(do.inline, pointer))

    def _require(self, pointers: list[str], required: bool) -> None:
        self._editing.refactor(do.set_all_required, pointers, required=required)

    def _add(self, holder: str, keyword: str, index: Any) -> None:
        if keyword == "properties":
            self._editing.refactor(do.add_property, holder, index=index)
        else:
            self._editing.refactor(do.add_entry, holder, keyword, index=index)

    def remove(self, pointers: list[str]) -> None:
        """Take entries away; where something refers to them, ask first."""
        needed = do.referred_to(self._editing.document.good, pointers)
        if not needed or not self._editing.editable:
            self._editing.refactor(do.remove, pointers)
            return
        named = "\n".join(needed[:_NAMED]) + (
            f"\nand {figures.number(len(needed) - _NAMED)} more" if len(needed) > _NAMED else ""
        )
        one = len(needed) == 1
        box = QMessageBox(self._window)
        box.setWindowTitle("Espalier")
        box.setText(f"{'One reference leads' if one else f'{figures.number(len(needed))} references lead'} here.")
        box.setInformativeText(named)
        lone = pointers[0] if len(pointers) == 1 else None
        location = locate(lone) if lone is not None else None
        if lone is not None and location is not None and location.is_definition:
            inline = box.addButton("Inline it everywhere", QMessageBox.ButtonRole.AcceptRole)
            inline.clicked.connect(lambda: self._editing.refactor(do.inline_all, lone))
        delete = box.addButton("Delete anyway", QMessageBox.ButtonRole.DestructiveRole)
        delete.clicked.connect(lambda: self._editing.refactor(do.remove, pointers))
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.open()
