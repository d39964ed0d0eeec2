"""The turns of an interface as a list: what was asked, and under it how that went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, Qt

from app import figures
from app.models.keyed_list import KeyedList
from app.style.plain_text import one_line
from app.style.tips import plain_tip

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from app.models.keyed_list import Index
    from app.style.drawing import MarkShape

_READ_OUT = 300
_TOLD = 12
"""Lines of what a fact sums up that are told."""


@dataclass(frozen=True)
class TurnFact:
    """A short line under a turn: its mark, the mark's colour, and words; `more` is what they sum up."""

    shape: MarkShape
    ink: str
    words: str
    more: tuple[str, ...] = ()


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


class TurnList(KeyedList[TurnRow]):
    """One row a turn."""

    def show_turns(self, rows: Sequence[TurnRow]) -> None:
        """Show other turns."""
        self.show_rows(rows)

    def key_of(self, row: TurnRow) -> Hashable:
        """Return the message."""
        return row.message

    def turn(self, index: Index) -> TurnRow | None:
        """Return the turn of an index; None for an invalid one."""
        return self.row_of(index)

    def index_of(self, message: int) -> QModelIndex:
        """Return the index of a turn by its message; an invalid one where there is none."""
        return self.index_of_key(message)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what was asked for, or what is read out."""
        row = self.turn(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(row.words)
            case Qt.ItemDataRole.ToolTipRole:
                lines = [line for fact in row.facts for line in fact.more]
                rest = [f"and {figures.number(len(lines) - _TOLD)} more"] if len(lines) > _TOLD else []
                return plain_tip("\n".join([*lines[:_TOLD], *rest])) if lines else None
            case Qt.ItemDataRole.AccessibleTextRole:
                values = [f"{name}: {value}" for name, value in row.values]
                facts = [line for fact in row.facts for line in (fact.words, *fact.more[:_TOLD])]
                return ", ".join([f"{row.who}: {one_line(row.words, _READ_OUT)}", *values, *facts])
        return None
