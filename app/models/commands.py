"""Every command of the window, findable by a few letters of its name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

if TYPE_CHECKING:
    from collections.abc import Callable

Index = QModelIndex | QPersistentModelIndex
KeysRole = Qt.ItemDataRole.UserRole + 1
MatchRole = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True)
class Command:
    """An intent with a name; `words` are found too, but not shown. Its id is the registry's, or made from data."""

    name: str
    do: Callable[[], object]
    keys: str = ""
    words: str = ""
    able: Callable[[], bool] = field(default=lambda: True)
    id: str = ""


def match(query: str, name: str) -> tuple[float, tuple[int, ...]] | None:
    """Return how well a query fits a name (higher is better) and which letters fit; None where it does not.

    The query's letters have to occur in their order; letters that begin a word or follow one another count more.
    """
    query = "".join(query.lower().split())
    low = name.lower()
    best: tuple[float, tuple[int, ...]] | None = None
    if not query:
        return 0.0, ()
    for start in (at for at, char in enumerate(low) if char == query[0]):
        found, at = [start], start
        for char in query[1:]:
            at = low.find(char, at + 1)
            if at < 0:
                break
            found.append(at)
        else:
            score = 0.0
            for number, place in enumerate(found):
                begins = place == 0 or not low[place - 1].isalnum()
                follows = number > 0 and found[number - 1] == place - 1
                score += 1 + 2 * begins + 1.5 * follows
            score -= 0.05 * (found[-1] - found[0]) + 0.01 * len(name)
            if best is None or score > best[0]:
                best = (score, tuple(found))
    return best


class CommandList(QAbstractListModel):
    """The commands that fit what has been typed, best first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Command] = []
        self._shown: list[tuple[Command, tuple[int, ...]]] = []

    def set_commands(self, commands: list[Command]) -> None:
        """Take all commands there are."""
        self._all = commands
        self.search("")

    def search(self, query: str) -> None:
        """Show what fits."""
        fits = []
        for order, command in enumerate(self._all):
            by_name = match(query, command.name)
            by_words = match(query, command.words) if command.words else None
            if by_name is not None:
                fits.append((-by_name[0], order, command, by_name[1]))
            elif by_words is not None:
                fits.append((-by_words[0] / 2, order, command, ()))
        fits.sort(key=lambda entry: entry[:2])
        self.beginResetModel()
        self._shown = [(command, letters) for _, _, command, letters in fits if command.able()]
        self.endResetModel()

    def command(self, index: Index) -> Command | None:
        """Return the command of a row."""
        return self._shown[index.row()][0] if index.isValid() else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many fit."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name, the keys, or the letters that fit."""
        if not index.isValid():
            return None
        command, letters = self._shown[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return command.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{command.name}, {command.keys}" if command.keys else command.name
        if role == KeysRole:
            return command.keys
        return list(letters) if role == MatchRole else None
