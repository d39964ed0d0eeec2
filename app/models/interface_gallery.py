"""The gallery as a list: interfaces with their pictures, the worked examples first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.models.dates import local, short
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Index = QModelIndex | QPersistentModelIndex
UNTITLED = "Untitled"
Key = int | str
"""An interface by its id, or a worked example by its key."""


@dataclass(frozen=True)
class Shown:
    """An interface in the gallery: `tree_text` is the JSON of its tree as it stands, empty where nothing came yet."""

    key: Key
    title: str
    tree_text: str
    updated: str = ""
    about: str = ""

    @property
    def is_example(self) -> bool:
        """Whether it is a worked example, which stays as it is."""
        return isinstance(self.key, str)


class Gallery(QAbstractListModel):
    """One row an interface. Of other interfaces only what differs is changed, so that pictures and choice stay."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._all: tuple[Shown, ...] = ()
        self._rows: list[Shown] = []
        self._words = ""

    # What is shown

    def show_interfaces(self, examples: Sequence[Shown], own: Sequence[Shown]) -> None:
        """Show these: the examples, then one's own."""
        self._all = (*examples, *own)
        self._arrange()

    def search(self, words: str) -> None:
        """Show only what has all of these words in its title, or in what is said of it."""
        self._words = words
        self._arrange()

    def _arrange(self) -> None:
        words = self._words.casefold().split()
        rows = [each for each in self._all if all(word in f"{each.title} {each.about}".casefold() for word in words)]
        old, new = [row.key for row in self._rows], [row.key for row in rows]
        front = _alike(old, new)
        back = _alike(old[front:][::-1], new[front:][::-1])
        if front + back < len(old):
            self.beginRemoveRows(QModelIndex(), front, len(old) - back - 1)
            del self._rows[front : len(old) - back]
            self.endRemoveRows()
        if front + back < len(new):
            self.beginInsertRows(QModelIndex(), front, len(new) - back - 1)
            self._rows[front:front] = rows[front : len(new) - back]
            self.endInsertRows()
        for at, row in enumerate(rows):
            if self._rows[at] != row:
                self._rows[at] = row
                self.dataChanged.emit(self.index(at), self.index(at))

    # What views ask

    def entry(self, index: Index) -> Shown | None:
        """Return the interface of an index; None for an invalid one."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, key: Key) -> QModelIndex:
        """Return the index of an interface; an invalid one where it is not shown."""
        at = next((at for at, row in enumerate(self._rows) if row.key == key), None)
        return self.index(at) if at is not None else QModelIndex()

    def title(self, entry: Shown) -> str:
        """Return the title of an interface on one line."""
        return one_line(entry.title, 120) or UNTITLED

    def below(self, entry: Shown) -> str:
        """Return what stands under the title."""
        if entry.is_example:
            return "Worked example"
        return f"Changed {short(local(entry.updated), self._clock().date())}".strip()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many interfaces there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title, or what is read out."""
        entry = self.entry(index)
        if entry is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.title(entry)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (self.title(entry), self.below(entry), one_line(entry.about)) if part)
        return None


def _alike(one: Sequence[Key], other: Sequence[Key]) -> int:
    """Return how many keys two lists begin with alike."""
    least = min(len(one), len(other))
    return next((at for at in range(least) if one[at] != other[at]), least)
