"""The cells of one table of a document, by row and column: what a table view asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.document_shown import address, letters
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from app.document_shown import DocumentShown

Index = QModelIndex | QPersistentModelIndex
MOST_SPANS: Final = 2_000
_COLUMNS: Final = 1 << 16


@dataclass(frozen=True, eq=False)
class Sheet:
    """One table: its name, the index of the page it stands on, and its cells.

    `cells` has a row for each: start and end in the document's text, row, column, last row, last column, from 1.
    """

    name: str
    page: int
    cells: NDArray[np.int64]


def sheets(document: DocumentShown) -> list[Sheet]:
    """Return the tables of a document in their order."""
    found = []
    for index, page in enumerate(document.pages):
        for table in np.unique(page.cells[:, 2]).tolist():
            rows = page.cells[page.cells[:, 2] == table].astype(np.int64)
            placed = np.concatenate((rows[:, :2] + page.start, rows[:, 3:]), axis=1)
            found.append(Sheet(page.tables[table] or page.name, index, placed))
    return found


class CellModel(QAbstractTableModel):
    """The cells of a sheet, with column letters and row numbers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self._show(np.empty((0, 6), dtype=np.int64))

    def _show(self, cells: NDArray[np.int64]) -> None:
        self._cells = cells
        keys = cells[:, 2] * _COLUMNS + cells[:, 3]
        self._order = np.argsort(keys, kind="stable")
        self._keys = keys[self._order]
        self._rows = int(cells[:, 4].max(initial=0))
        self._columns = int(cells[:, 5].max(initial=0))

    def show_sheet(self, text: str, sheet: Sheet | None) -> None:
        """Show another table of a document with this text, or none."""
        self.beginResetModel()
        self._text = text
        self._show(sheet.cells if sheet is not None else np.empty((0, 6), dtype=np.int64))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of the last row that holds something."""
        return 0 if parent.isValid() else self._rows

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of the last column that holds something."""
        return 0 if parent.isValid() else self._columns

    def span_of(self, row: int, column: int) -> tuple[int, int] | None:
        """Return where a cell's text stands in the document; None where it is empty. Counted from 0."""
        key = (row + 1) * _COLUMNS + column + 1
        place = int(np.searchsorted(self._keys, key))
        if place == len(self._keys) or self._keys[place] != key:
            return None
        start, end = self._cells[self._order[place], :2].tolist()
        return start, end

    def whole(self, start: int, end: int) -> str:
        """Return the text of a cell with its line breaks."""
        return self._text[start:end]

    def cell_at(self, start: int, end: int) -> tuple[int, int] | None:
        """Return row and column (from 0) of the first cell that holds some of a span of the document's text."""
        found = np.flatnonzero((self._cells[:, 0] < end) & (start < self._cells[:, 1]))
        if not len(found):
            return None
        row, column = self._cells[found[0], 2:4].tolist()
        return row - 1, column - 1

    def merged(self) -> list[tuple[int, int, int, int]]:
        """Return row, column (from 0), rows and columns of the cells that are merged, at most `MOST_SPANS`."""
        cells = self._cells
        wide = cells[(cells[:, 4] > cells[:, 2]) | (cells[:, 5] > cells[:, 3])][:MOST_SPANS]
        return [
            (row - 1, column - 1, last - row + 1, end - column + 1) for row, column, last, end in wide[:, 2:].tolist()
        ]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return a cell's text on one line; what is read out has its address."""
        if not index.isValid() or role not in {
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        }:
            return None
        span = self.span_of(index.row(), index.column())
        words = one_line(self._text[slice(*span)]) if span is not None else ""
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{address(index.row() + 1, index.column() + 1)}: {words or 'empty'}"
        return words

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Return a column's letters, or a row's number."""
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return letters(section + 1) if orientation == Qt.Orientation.Horizontal else str(section + 1)
