"""The problems of a screen as a list, in the order of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.interface.reading import Problem

Index = QModelIndex | QPersistentModelIndex
SCREEN = "the whole screen"


class PartProblems(QAbstractListModel):
    """One row a problem. Of another list only what differs is changed, so that the choice stays."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Problem] = []

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show other problems."""
        rows = list(problems)
        least = min(len(self._rows), len(rows))
        front = next((at for at in range(least) if self._rows[at] != rows[at]), least)
        if len(self._rows) > front:
            self.beginRemoveRows(QModelIndex(), front, len(self._rows) - 1)
            del self._rows[front:]
            self.endRemoveRows()
        if len(rows) > front:
            self.beginInsertRows(QModelIndex(), front, len(rows) - 1)
            self._rows.extend(rows[front:])
            self.endInsertRows()

    def problem(self, index: Index) -> Problem | None:
        """Return the problem of an index; None for an invalid one."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def place(self, problem: Problem) -> str:
        """Return where a problem is, to be shown."""
        where = problem.path if problem.prop is None else f"{problem.path}/{problem.prop}"
        return one_line(where) or SCREEN

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many problems there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the sentence, or what is read out."""
        problem = self.problem(index)
        if problem is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(problem.sentence)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{one_line(problem.sentence)} At {self.place(problem)}"
        return None
