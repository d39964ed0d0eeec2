"""An array as a table: a row an item, a column a property, and a row at the end in which typing adds an item."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app import figures
from app.style.plain_text import one_line, paragraphs
from app.style.tips import plain_tip
from engine.errors import EngineError
from engine.schema.form import ABSENT, Field, inside, json_text, spell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.models.form_state import FormState
    from engine.schema.form import FormProblem, Path

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SHOWN = 200
_TOLD = 1_000

CellKind = Literal["absent", "add", "json", "none", "summary", "text"]
"""What a cell shows: nothing, the invitation to add a row, JSON, null, what a container holds, a text."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows, and how."""

    kind: CellKind
    text: str = ""


class FormTable(QAbstractTableModel):
    """The items of an array. `names` are the columns; without any, an item is one cell."""

    def __init__(self, state: FormState, path: Path, field: Field, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.path = path
        self.field = field
        self.names = field.columns
        self._items: list[Any] = self._held()
        self._ghost = self._may_grow()

    # Shape

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of items, and one for the row that adds."""
        return 0 if parent.isValid() else len(self._items) + self._ghost

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else max(1, len(self.names))

    @property
    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def is_ghost(self, index: Index) -> bool:
        """Tell whether an index is in the row that adds."""
        return index.isValid() and index.row() >= len(self._items)

    def place(self, index: Index) -> Path:
        """Return the path of a cell's value."""
        item = (*self.path, index.row())
        return (*item, self.names[index.column()]) if self.names else item

    def column_field(self, column: int) -> Field | None:
        """Return the field of a column."""
        rest = self.field.rest
        return rest if rest is None or not self.names else rest.child(self.names[column])

    def is_typed(self, index: Index) -> bool:
        """Tell whether a cell is edited where it stands."""
        declared = self.column_field(index.column()) if index.isValid() else None
        if declared is None or not declared.is_scalar or declared.kind == "const" or declared.has_lines:
            return False
        if self.is_ghost(index):
            return True
        item = self._items[index.row()]
        return (isinstance(item, dict) or not self.names) and self.cell(index).kind != "json"

    # What is shown

    def cell(self, index: Index) -> Cell:
        """Return what a cell shows."""
        if self.is_ghost(index):
            return Cell("add") if index.column() == 0 else Cell("absent")
        item = self._items[index.row()]
        if not self.names:
            return _cell(self.field.rest, item)
        if not isinstance(item, dict):
            return Cell("json", _json(item)) if index.column() == 0 else Cell("absent")
        return _cell(self.column_field(index.column()), inside(item, self.names[index.column()]))

    def problems(self, index: Index) -> list[FormProblem]:
        """Return what is wrong in a cell; what is wrong with the row as a whole is told in its first cell."""
        if self.is_ghost(index):
            return []
        found = list(self._state.problems(self.place(index)))
        if self.names and index.column() == 0:
            found += self._state.problems((*self.path, index.row()))
        return found

    def has_problems_inside(self, index: Index) -> bool:
        """Tell whether something is wrong deeper inside a cell."""
        return not self.is_ghost(index) and self._state.problems_inside(self.place(index)) > 0

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text, the whole of it in the tooltip, and how it is read out."""
        if not index.isValid():
            return None
        cell = self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(cell.text)
        if role == Qt.ItemDataRole.EditRole:
            return "" if cell.kind == "none" else cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            words = [problem.sentence for problem in self.problems(index)] or [cell.text]
            return plain_tip(paragraphs("\n".join(words), _TOLD))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = one_line(self.names[index.column()]) + ", " if self.names else ""
            said = {"absent": "not given", "add": "new row", "none": "null"}.get(cell.kind, one_line(cell.text))
            return ". ".join(
                [f"{name}row {index.row() + 1}, {said}", *(each.sentence for each in self.problems(index))]
            )
        if role == Qt.ItemDataRole.TextAlignmentRole:
            declared = self.column_field(index.column())
            right = self.names and declared is not None and declared.kind in {"integer", "number"}
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name of a column or the number of a row."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not self.names or not 0 <= section < len(self.names):
            return None
        declared = self.column_field(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(self.names[section])
        if role == Qt.ItemDataRole.ToolTipRole and declared is not None:
            return plain_tip(paragraphs("\n".join(filter(None, (self.names[section], declared.description))), _TOLD))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self.data(self.index(0, section), role) if self.rowCount() else None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return which cells are edited where they stand."""
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return plain | Qt.ItemFlag.ItemIsEditable if self.is_typed(index) else plain

    # What is typed

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Type a text into a cell, or put None there for null; an empty text leaves a property out."""
        if role != Qt.ItemDataRole.EditRole or not self.is_typed(index):
            return False
        text = "" if value is None else str(value)
        if value is not None and text == self.data(index, role):
            return False
        place = self.place(index)
        declared = self.column_field(index.column())
        assert declared is not None, "a cell that is typed into has a field"
        if value is None and not declared.nullable:
            return False
        if (
            not text
            and value is not None
            and not self.names
            and (declared.kind != "string" or not declared.takes_empty)
        ):
            return False
        if value is None:
            self._state.put(place, None)
        elif declared.kind == "boolean" and text in {"true", "false"}:
            self._state.put(place, text == "true")
        elif not text and self.names:
            self._state.clear(place)
        else:
            self._state.type_text(place, text)
        self.sync()
        return True

    # Following

    def sync(self) -> None:
        """Show what the array holds now: rows that are the same stay where they are."""
        old, new = self._items, self._held()
        if old is not new:
            same = min(len(old), len(new))
            first = next((at for at in range(same) if old[at] is not new[at]), same)
            room = same - first
            last = next((at for at in range(room) if old[-1 - at] is not new[-1 - at]), room)
            self._replace(first, len(old) - last, new[first : len(new) - last])
            self._items = new
        ghost = self._may_grow()
        if ghost != self._ghost:
            row = len(self._items)
            if ghost:
                self.beginInsertRows(_NOWHERE, row, row)
                self._ghost = True
                self.endInsertRows()
            else:
                self.beginRemoveRows(_NOWHERE, row, row)
                self._ghost = False
                self.endRemoveRows()

    def refresh(self) -> None:
        """Show problems anew."""
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def _replace(self, first: int, end: int, items: Sequence[Any]) -> None:
        kept = min(end - first, len(items))
        if kept:
            self._items = [*self._items[:first], *items[:kept], *self._items[first + kept :]]
            self.dataChanged.emit(self.index(first, 0), self.index(first + kept - 1, self.columnCount() - 1))
        if end > first + kept:
            self.beginRemoveRows(_NOWHERE, first + kept, end - 1)
            self._items = [*self._items[: first + kept], *self._items[end:]]
            self.endRemoveRows()
        elif len(items) > kept:
            # The row that adds becomes the first of the new ones, so that whoever types in it stays there.
            at = first + kept + (1 if self._ghost and first + kept == len(self._items) else 0)
            self.beginInsertRows(_NOWHERE, at, at + len(items) - kept - 1)
            self._items = [*self._items[: first + kept], *items[kept:], *self._items[first + kept :]]
            self.endInsertRows()
            if at > first + kept:
                self.dataChanged.emit(self.index(at - 1, 0), self.index(at - 1, self.columnCount() - 1))

    def _held(self) -> list[Any]:
        held = self._state.held.at(self.path)
        return held if isinstance(held, list) else []

    def _may_grow(self) -> bool:
        return self.field.rest is not None and (self.field.most is None or len(self._items) < self.field.most)


def _cell(field: Field | None, value: Any) -> Cell:
    if value is ABSENT:
        return Cell("absent")
    if value is None and (field is None or field.nullable or field.kind in {"null", "any"}):
        return Cell("none", "null")
    if isinstance(value, dict | list) and (field is None or field.kind in {"any", "array", "choice", "object"}):
        many = len(value)
        noun = "field" if isinstance(value, dict) else "item"
        return Cell("summary", f"{figures.number(many)} {noun}{'s' if many != 1 else ''}")
    if isinstance(value, bool) and (field is None or field.kind in {"any", "boolean", "choice"}):
        return Cell("text", "true" if value else "false")
    if field is not None and field.kind == "const" and isinstance(value, str):
        return Cell("text", value)
    if field is not None and field.kind == "string" and isinstance(value, str) and field.has_lines:
        return Cell("text", value)
    text = spell(field, value) if field is not None else None
    if text is None and isinstance(value, str) and field is not None and field.kind == "choice":
        text = value
    return Cell("json", _json(value)) if text is None else Cell("text", text)


def _json(value: Any) -> str:
    try:
        return json_text(value, flat=True)[:_SHOWN] if not isinstance(value, dict | list) else _brief(value)
    except EngineError as error:
        return error.message


def _brief(value: dict[str, Any] | list[Any]) -> str:
    """Return the JSON of a small container; of a large one how much it holds, since nobody reads it in a cell."""
    if len(value) <= _SHOWN:
        text = json_text(value, flat=True)
        if len(text) <= _SHOWN:
            return text
    return "{…}" if isinstance(value, dict) else "[…]"
