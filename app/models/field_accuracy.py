"""How right each field of an extraction is, against values that are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from app import figures
from app.models.keyed_list import KeyedList
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Hashable

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class FieldLine:
    """A field and how many of its values are right, wrong, and missing though they are known."""

    title: str
    right: int
    wrong: int
    missing: int

    @property
    def total(self) -> int:
        """How many values are known."""
        return self.right + self.wrong + self.missing

    @property
    def words(self) -> str:
        """The figures in words."""
        said = [f"{figures.number(self.right)} of {figures.number(self.total)} right"]
        said += [
            f"{figures.number(many)} {what}"
            for many, what in ((self.wrong, "wrong"), (self.missing, "missing"))
            if many
        ]
        return ", ".join(said)


class FieldAccuracies(KeyedList[FieldLine]):
    """Fields in the schema's order."""

    def key_of(self, row: FieldLine) -> Hashable:
        """Return the field's title."""
        return row.title

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title, or what is read out."""
        row = self.row_of(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(row.title)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.title}: {row.words}"
            case Qt.ItemDataRole.ToolTipRole:
                return f"{one_line(row.title)}: {row.words}"
        return None
