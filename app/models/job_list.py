"""Extractions as a list shows them: a name, how far it is, and when it was begun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from app.models.keyed_list import KeyedList
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Hashable

    from app.style.drawing import MarkShape

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class JobLine:
    """An extraction as its row shows it: mark and colour of its state, name, and what is known of it in words."""

    id: int
    name: str
    facts: str
    when: str
    shape: MarkShape
    ink: str


class JobList(KeyedList[JobLine]):
    """Extractions, newest first."""

    def key_of(self, row: JobLine) -> Hashable:
        """Return the extraction's id."""
        return row.id

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name, or what is read out."""
        row = self.row_of(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return one_line(row.name)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (row.name, row.facts, row.when) if part)
        return None
