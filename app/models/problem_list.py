"""The problems of a schema as a list, the gravest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.schema.problems import Fix, Problem

Index = QModelIndex | QPersistentModelIndex
GRAVITY: Final = {"error": 0, "warning": 1, "hint": 2}
_SPOKEN: Final = {"error": "Error", "warning": "Warning", "hint": "Hint"}


class ProblemList(QAbstractListModel):
    """One row a problem. Of another list only what differs is changed, so that the choice and the scroll stay."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, in the order of the rows."""
        return tuple(self._rows)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show other problems."""
        rows = sorted(problems, key=lambda problem: (GRAVITY[problem.severity], problem.start))
        front = _alike(self._rows, rows)
        back = _alike(self._rows[front:][::-1], rows[front:][::-1])
        old, new = len(self._rows) - back, len(rows) - back
        if old > front:
            self.beginRemoveRows(QModelIndex(), front, old - 1)
            del self._rows[front:old]
            self.endRemoveRows()
        if new > front:
            self.beginInsertRows(QModelIndex(), front, new - 1)
            self._rows[front:front] = rows[front:new]
            self.endInsertRows()
        if self._rows != rows:  # the same problems, elsewhere in the text
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def problem(self, index: Index) -> Problem | None:
        """Return a row's problem; None for an invalid index."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def fix(self, index: Index) -> Fix | None:
        """Return the first fix that a row offers."""
        problem = self.problem(index)
        return problem.fixes[0] if problem is not None and problem.fixes else None

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
                fixes = "".join(f", can be mended: {fix.label}" for fix in problem.fixes)
                place = one_line(problem.pointer) or "the root"
                return f"{_SPOKEN[problem.severity]}: {one_line(problem.sentence)}, at {place}{fixes}"
        return None


def _alike(one: Sequence[Problem], other: Sequence[Problem]) -> int:
    """Return how many problems two lists begin with alike, wherever in the text they are."""
    least = min(len(one), len(other))
    return next((index for index in range(least) if _key(one[index]) != _key(other[index])), least)


def _key(problem: Problem) -> tuple[object, ...]:
    return problem.rule, problem.severity, problem.pointer, problem.keyword, problem.sentence
