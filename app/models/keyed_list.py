"""Lists of which only what differs is changed, so that a view keeps its choice, its scroll and its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")


class KeyedList(QAbstractListModel, Generic[Row]):
    """Rows with keys. Of others, those between the keys that both begin and end with are exchanged."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []

    def key_of(self, row: Row) -> Hashable:
        """Return what makes two rows the same one, which may say something else now."""
        raise NotImplementedError

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        old, new = list(map(self.key_of, self._rows)), list(map(self.key_of, rows))
        front, back = alike(old, new)
        if front + back < len(old):
            self.beginRemoveRows(QModelIndex(), front, len(old) - back - 1)
            del self._rows[front : len(old) - back]
            self.endRemoveRows()
        if front + back < len(new):
            self.beginInsertRows(QModelIndex(), front, len(new) - back - 1)
            self._rows[front:front] = rows[front : len(new) - back]
            self.endInsertRows()
        changed = [at for at, row in enumerate(rows) if self._rows[at] != row]
        if changed:
            self._rows = list(rows)
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

    def row_of(self, index: Index) -> Row | None:
        """Return the row of an index; None for an invalid one."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of_key(self, key: Hashable) -> QModelIndex:
        """Return the index of the row with a key; an invalid one where there is none."""
        at = next((at for at, row in enumerate(self._rows) if self.key_of(row) == key), None)
        return self.index(at) if at is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many rows there are."""
        return 0 if parent.isValid() else len(self._rows)


def alike(one: Sequence[Hashable], other: Sequence[Hashable]) -> tuple[int, int]:
    """Return how many keys two lists begin with alike, and how many of the rest they end with alike."""
    front = _beginning(one, other)
    return front, _beginning(one[front:][::-1], other[front:][::-1])


def _beginning(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    least = min(len(one), len(other))
    return next((at for at in range(least) if one[at] != other[at]), least)
