"""What can be written at a place of a schema, as rows of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

if TYPE_CHECKING:
    from engine.schema.completion import Completion

Index = QModelIndex | QPersistentModelIndex
HelpRole = Qt.ItemDataRole.UserRole + 1


class CompletionRows(QAbstractListModel):
    """Completions, best first: their names, and one line of help for each."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Completion] = []

    def offer(self, completions: list[Completion]) -> None:
        """Show other completions."""
        self.beginResetModel()
        self._rows = completions
        self.endResetModel()

    def completion(self, row: int) -> Completion | None:
        """Return the completion of a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name, the help, or both as they are read out."""
        found = self.completion(index.row()) if index.isValid() else None
        if found is None:
            return None
        if role == HelpRole:
            return found.help
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{found.name}: {found.help}"
        return found.name if role == Qt.ItemDataRole.DisplayRole else None
