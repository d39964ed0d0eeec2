"""Every command with its keys, by the places where they work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.shortcuts import ACTIONS, PLACES

if TYPE_CHECKING:
    from app.shortcuts import Action, Shortcuts

Index = QModelIndex | QPersistentModelIndex
KeysRole: Final = Qt.ItemDataRole.UserRole + 1
ChangedRole: Final = Qt.ItemDataRole.UserRole + 2
HeadingRole: Final = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True)
class Heading:
    """The place of the commands below."""

    title: str


class ShortcutList(QAbstractListModel):
    """Headings and commands; those that a search does not find are left out."""

    def __init__(self, shortcuts: Shortcuts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self._query = ""
        self._lines: list[Heading | Action] = []
        self._fill()
        shortcuts.changed.connect(self._keys_changed)

    def search(self, query: str) -> int:
        """Show the commands that a query finds, by name, place or keys; tell how many."""
        self._query = query
        self.beginResetModel()
        self._fill()
        self.endResetModel()
        return sum(not isinstance(line, Heading) for line in self._lines)

    def action(self, index: Index) -> Action | None:
        """Return the command of a row; None for a heading."""
        line = self._lines[index.row()] if index.isValid() else None
        return None if line is None or isinstance(line, Heading) else line

    def row_of(self, action: str) -> QModelIndex:
        """Return the row of a command; none where it is not shown."""
        for row, line in enumerate(self._lines):
            if not isinstance(line, Heading) and line.id == action:
                return self.index(row)
        return QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self._lines)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let commands be chosen, and not headings."""
        return super().flags(index) if self.action(index) is not None else Qt.ItemFlag.ItemIsEnabled

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name, the keys as this machine writes them, or whether they were changed."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if isinstance(line, Heading):
            return {Qt.ItemDataRole.DisplayRole: line.title, HeadingRole: True}.get(role)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return line.name
            case Qt.ItemDataRole.AccessibleTextRole:
                keys = self._shortcuts.all_shown(line.id) or "no keys"
                return f"{line.name}, {PLACES[line.place].title}, {keys}{', cannot be changed' if line.fixed else ''}"
        if role == KeysRole:
            return self._shortcuts.all_shown(line.id)
        return self._shortcuts.is_changed(line.id) if role == ChangedRole else None

    def _fill(self) -> None:
        words = self._query.casefold().split()
        self._lines = []
        for place, where in PLACES.items():
            found = [action for action in ACTIONS if action.place == place and self._finds(words, action)]
            if found:
                self._lines += [Heading(where.title), *found]

    def _finds(self, words: list[str], action: Action) -> bool:
        said = f"{action.name} {PLACES[action.place].title} {self._shortcuts.all_shown(action.id)} {action.words}"
        return all(word in said.casefold() for word in words)

    def _keys_changed(self) -> None:
        if self._lines:
            self.dataChanged.emit(self.index(0), self.index(len(self._lines) - 1))
