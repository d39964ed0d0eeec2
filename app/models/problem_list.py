"""The problems of a schema as a list, the gravest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt

from app.models.keyed_list import KeyedList
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from app.models.keyed_list import Index
    from engine.schema.problems import Fix, Problem

GRAVITY: Final = {"error": 0, "warning": 1, "hint": 2}
_SPOKEN: Final = {"error": "Error", "warning": "Warning", "hint": "Hint"}


class ProblemList(KeyedList["Problem"]):
    """One row a problem."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, in the order of the rows."""
        return tuple(self._rows)

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show other problems."""
        self.show_rows(sorted(problems, key=lambda problem: (GRAVITY[problem.severity], problem.start)))

    def key_of(self, row: Problem) -> Hashable:
        """Return what is wrong, wherever in the text that is."""
        return row.rule, row.severity, row.pointer, row.keyword, row.sentence

    def problem(self, index: Index) -> Problem | None:
        """Return a row's problem; None for an invalid index."""
        return self.row_of(index)

    def fix(self, index: Index) -> Fix | None:
        """Return the first fix that a row offers."""
        problem = self.problem(index)
        return problem.fixes[0] if problem is not None and problem.fixes else None

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
