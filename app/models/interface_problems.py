"""The problems of a screen as a list, in the order of its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from app.models.keyed_list import KeyedList
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from app.models.keyed_list import Index
    from engine.interface.reading import Problem

SCREEN = "the whole screen"


class PartProblems(KeyedList["Problem"]):
    """One row a problem."""

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show other problems."""
        self.show_rows(problems)

    def key_of(self, row: Problem) -> Hashable:
        """Return the problem: it is itself, or another."""
        return row

    def problem(self, index: Index) -> Problem | None:
        """Return the problem of an index; None for an invalid one."""
        return self.row_of(index)

    def place(self, problem: Problem) -> str:
        """Return where a problem is, to be shown."""
        where = problem.path if problem.prop is None else f"{problem.path}/{problem.prop}"
        return one_line(where) or SCREEN

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
