"""The menu of the rows that are chosen in the tree of a schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from engine.schema.outline.types import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction

    from app.models.schema_tree import SchemaTree
    from app.pages.schemas.tree.choice import Choice
    from app.pages.schemas.tree.intents import TreeIntents

_WRAPS: Final = {"array": "Array", "object": "Object", "anyOf": "Choice (anyOf)"}
ANY: Final = "any"


class TypeMenu(QMenu):
    """The types that a schema can be of, and whether null is allowed too."""

    def __init__(self, parent: QWidget, model: SchemaTree, intents: TreeIntents, choice: Choice) -> None:
        super().__init__("Type", parent)
        row = choice.current
        if not choice.can_retype:
            self.setEnabled(False)
            return
        says, pointer = model.says(row), row.row.pointer

        def offer(name: str | None) -> None:
            action = self.addAction(name or ANY, lambda: intents.type_asked.emit(pointer, name, None))
            action.setCheckable(True)
            action.setChecked(says.type.removesuffix("?") == (name or ANY))

        for name in (*TYPES, None):
            offer(name)
        self.addSeparator()
        nullable = self.addAction("Nullable", lambda: intents.nullable_asked.emit(pointer, not says.nullable))
        nullable.setCheckable(True)
        nullable.setChecked(says.nullable)
        nullable.setEnabled(says.type not in {"null", "anything", "nothing", ANY})
        self.setEnabled(choice.can_edit)


class RowMenu(QMenu):
    """What can be done with one or several rows."""

    rename_asked = Signal()
    details_asked = Signal(str)

    def __init__(self, parent: QWidget, model: SchemaTree, intents: TreeIntents, choice: Choice) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._choice = choice
        row, single, edits = choice.current, choice.is_single, choice.can_edit
        one = single and edits and row.row.is_schema and not row.row.overruled
        self._add("Rename", self._rename, "F2", on=single and edits and row.row.is_renamed)
        self.addMenu(TypeMenu(self, model, intents, choice))
        required = self._add("Required", choice.toggle_required, "Space", on=edits and bool(choice.properties))
        required.setCheckable(True)
        required.setChecked(bool(choice.properties) and all(each.row.required for each in choice.properties))
        self._add("Description…", lambda: self.details_asked.emit("description"), on=one)
        self._add("Constraints…", lambda: self.details_asked.emit("constraints"), "Alt+Enter", on=one)
        self._add("Edit as JSON…", lambda: self.details_asked.emit("json"), on=single and edits)
        self.addSeparator()
        self._add_adding()
        self._add_wrapping()
        self.addSeparator()
        self._add("Extract to definition", lambda: intents.extract_asked.emit(row.row.pointer), on=choice.can_extract)
        target = choice.target
        self._add("Go to definition", lambda: intents.jump_asked.emit(target), "F12", on=target is not None)
        inline = choice.target is not None and edits
        self._add("Inline definition", lambda: intents.inline_asked.emit(model.says(row).inner), on=inline)
        self.addSeparator()
        self._add("Duplicate", choice.duplicate, "Ctrl+D", on=edits and bool(choice.entries))
        self._add("Move up", lambda: choice.move(-1), "Alt+Up", on=edits and choice.place_beside(-1) is not None)
        self._add("Move down", lambda: choice.move(1), "Alt+Down", on=edits and choice.place_beside(1) is not None)
        gone = bool(choice.removable) or (single and row.row.overruled)
        self._add("Delete", choice.remove, "Del", on=edits and gone)

    def _rename(self) -> None:
        self.rename_asked.emit()

    def _add_adding(self) -> None:
        def offer(words: str, keys: str, *, inside: bool) -> None:
            choice = self._choice
            possible = choice.is_single and choice.can_edit and choice.new_entry(inside=inside) is not None
            self._add(words, lambda: choice.add(inside=inside), keys, on=possible)

        offer("Add below", "Insert", inside=False)
        offer("Add inside", "Shift+Insert", inside=True)

    def _add_wrapping(self) -> None:
        menu = self.addMenu("Wrap in")

        def offer(how: str, words: str) -> None:
            menu.addAction(words, lambda: self._choice.wrap(how))

        for how, words in _WRAPS.items():
            offer(how, words)
        menu.setEnabled(self._choice.can_edit and bool(self._choice.schemas))

    def _add(self, words: str, do: Callable[[], object], keys: str = "", *, on: bool) -> QAction:
        action = self.addAction(f"{words}\t{keys}" if keys else words, do)
        action.setEnabled(on)
        return action
