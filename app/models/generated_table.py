"""The rows of a table in a generated screen: whatever a model wrote, or a data source holds, as it is."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.style.plain_text import one_line
from engine.interface.state import as_boolean, spelled

if TYPE_CHECKING:
    from collections.abc import Sequence

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

ColumnKind = Literal["text", "number", "date", "boolean", "badge"]
KINDS: Final[tuple[ColumnKind, ...]] = ("text", "number", "date", "boolean", "badge")

SORT: Final = Qt.ItemDataRole.UserRole + 1
"""What a cell is sorted by: a number, or a text without capitals."""
RAW: Final = Qt.ItemDataRole.UserRole + 2
"""The whole text of a cell."""

_FIGURES = re.compile(r"[-+\N{MINUS SIGN}]?\d[\d.,'\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE} ]*([eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: what stands over it, and what its cells hold."""

    label: str
    kind: ColumnKind


def read_columns(given: Sequence[Any]) -> list[TableColumn]:
    """Return the columns that a tree names; a kind that nobody knows is text."""
    columns = [each if isinstance(each, dict) else {"label": each} for each in given]
    return [
        TableColumn(
            one_line(spelled(each.get("label"))), next((kind for kind in KINDS if kind == each.get("kind")), "text")
        )
        for each in columns
    ]


class GeneratedRows(QAbstractTableModel):
    """Rows of texts under columns. What is shown already stays where it is: rows that come are inserted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: list[TableColumn] = []
        self._rows: list[list[str]] = []

    def show_rows(self, columns: Sequence[TableColumn], rows: Sequence[Any]) -> None:
        """Show these rows; a short one has empty cells at its end, what is too long is left out."""
        columns = list(columns)
        made = [self._row(row, len(columns)) for row in rows]
        if columns != self.columns:
            self.beginResetModel()
            self.columns, self._rows = columns, made
            self.endResetModel()
            return
        common = min(len(made), len(self._rows))
        for at in range(common):
            if made[at] != self._rows[at]:
                self._rows[at] = made[at]
                self.dataChanged.emit(self.index(at, 0), self.index(at, len(columns) - 1))
        if len(made) < len(self._rows):
            self.beginRemoveRows(_NOWHERE, common, len(self._rows) - 1)
            del self._rows[common:]
            self.endRemoveRows()
        elif len(made) > common:
            self.beginInsertRows(_NOWHERE, common, len(made) - 1)
            self._rows += made[common:]
            self.endInsertRows()

    @staticmethod
    def _row(given: Any, count: int) -> list[str]:
        cells = given if isinstance(given, list | tuple) else [given]
        texts = [spelled(cell) for cell in cells[:count]]
        return texts + [""] * (count - len(texts))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def kind(self, column: int) -> ColumnKind:
        """Return what the cells of a column hold."""
        return self.columns[column].kind

    def texts(self) -> list[list[str]]:
        """Return all rows, in the order in which they came."""
        return [list(row) for row in self._rows]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text on one line, how it is read out and aligned, or what it is sorted by."""
        if not index.isValid():
            return None
        text = self._rows[index.row()][index.column()]
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(text)
        if role == RAW:
            return text
        if role == SORT:
            return _sorted_by(column.kind, text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            known = as_boolean(text) if column.kind == "boolean" else None
            said = one_line(text) if known is None else ("yes" if known else "no")
            return f"{column.label}, row {index.row() + 1}, {said or 'empty'}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return aligned(column.kind)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the label of a column or the number of a row."""
        if orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        if not 0 <= section < len(self.columns):
            return None
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.columns[section].label
        return aligned(self.kind(section)) if role == Qt.ItemDataRole.TextAlignmentRole else None


def aligned(kind: ColumnKind) -> Qt.AlignmentFlag:
    """Return where the words of a column stand: figures at the right."""
    side = Qt.AlignmentFlag.AlignRight if kind == "number" else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def number_in(text: str) -> float | None:
    """Return the number that a text shows ("1,234.5 kg", "€ 1.234,50", "12 %"); None where it shows none.

    A comma or point before three figures parts thousands, if it is not the only one and last of its kind.
    """
    found = _FIGURES.search(text)
    if not found:
        return None
    digits = re.sub(r"['\s]", "", found[0]).replace("\N{MINUS SIGN}", "-").rstrip(".,")
    comma, point = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and point >= 0:
        digits = digits.replace("." if comma > point else ",", "").replace(",", ".")
    elif comma >= 0:
        is_grouped = digits.count(",") > 1 or re.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}", digits)
        digits = digits.replace(",", "" if is_grouped else ".")
    elif digits.count(".") > 1:
        digits = digits.replace(".", "")
    try:
        number = float(digits)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _sorted_by(kind: ColumnKind, text: str) -> float | str:
    if kind == "number":
        number = number_in(text)
        return -math.inf if number is None else number
    if kind == "boolean":
        known = as_boolean(text)
        return -1.0 if known is None else float(known)
    return text.strip().casefold()
