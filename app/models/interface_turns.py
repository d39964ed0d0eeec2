"""The turns of an interface as a list: what was asked, and under it how that went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.drawing import MarkShape

Index = QModelIndex | QPersistentModelIndex
_READ_OUT = 300


@dataclass(frozen=True)
class TurnFact:
    """A short line under a turn: its mark, the mark's colour, and words."""

    shape: MarkShape
    ink: str
    words: str


@dataclass(frozen=True)
class TurnRow:
    """What a person asked for, as its row shows it. `who` is asking, `at` when (ISO 8601).

    `values` are what a form has sent with it; `way_on` is what can be done where it went wrong.
    """

    message: int
    words: str
    at: str
    who: str = "You"
    values: tuple[tuple[str, str], ...] = ()
    facts: tuple[TurnFact, ...] = ()
    way_on: str = ""
    editable: bool = True
    shown: bool = False
    """Whether the preview shows the tree of this turn, though it is not the last."""


class TurnList(QAbstractListModel):
    """One row a turn. Of other turns only what differs is changed, so that a view keeps its place."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[TurnRow] = []

    def show_turns(self, rows: Sequence[TurnRow]) -> None:
        """Show other turns."""
        old, new = [row.message for row in self._rows], [row.message for row in rows]
        same = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
        if len(old) > same:
            self.beginRemoveRows(QModelIndex(), same, len(old) - 1)
            del self._rows[same:]
            self.endRemoveRows()
        for at, row in enumerate(rows[:same]):
            if self._rows[at] != row:
                self._rows[at] = row
                self.dataChanged.emit(self.index(at), self.index(at))
        if len(new) > same:
            self.beginInsertRows(QModelIndex(), same, len(new) - 1)
            self._rows.extend(rows[same:])
            self.endInsertRows()

    def turn(self, index: Index) -> TurnRow | None:
        """Return the turn of an index; None for an invalid one."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, message: int) -> QModelIndex:
        """Return the index of a turn by its message; an invalid one where there is none."""
        at = next((at for at, row in enumerate(self._rows) if row.message == message), None)
        return self.index(at) if at is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many turns there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what was asked for, or what is read out."""
        row = self.turn(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(row.words)
            case Qt.ItemDataRole.AccessibleTextRole:
                values = [f"{name}: {value}" for name, value in row.values]
                facts = [fact.words for fact in row.facts]
                return ", ".join([f"{row.who}: {one_line(row.words, _READ_OUT)}", *values, *facts])
        return None
