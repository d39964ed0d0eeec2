"""Which rows of the tree lie open: also those that were taken away and come back, as they do when that is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QObject

from app.models.schema_rows import below

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTreeView

    from app.models.schema_rows import TreeRow
    from app.models.schema_tree import SchemaTree

MOST: Final = 2_000
"""Rows that are unfolded in one go."""


class Folding(QObject):
    """Unfolds rows of a view, never without end: below references a schema may have rows for ever."""

    def __init__(self, view: QTreeView, model: SchemaTree) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._were_open: set[str] = set()
        self._came: list[TreeRow] = []
        model.rowsAboutToBeRemoved.connect(self._note_gone)
        model.rowsInserted.connect(self._note_come)
        model.refreshed.connect(self._restore)
        model.modelReset.connect(self.begin)

    def begin(self) -> None:
        """Unfold the root."""
        self._were_open.clear()
        self._came.clear()
        self._view.expand(self._model.index(0, 0))

    def reach(self, index: QModelIndex) -> None:
        """Unfold what is above a row."""
        above = []
        here = index.parent()
        while here.isValid():
            above.append(here)
            here = here.parent()
        for each in reversed(above):
            self._view.expand(each)

    def unfold_all(self, index: QModelIndex) -> None:
        """Unfold a row and all below it, up to a number of rows, and nothing twice that is referred to."""
        pending, seen = [index], 0
        while pending and seen < MOST:
            here = pending.pop(0)
            self._model.fetchMore(here)
            count = self._model.rowCount(here)
            seen += count
            if count:
                self._view.expand(here)
            inside = (self._model.index(row, 0, here) for row in range(min(count, MOST)))
            pending += [each for each in inside if not self._model.row(each).row.referred]

    def fold_all(self, index: QModelIndex) -> None:
        """Fold a row and all below it."""
        for row in below(self._model.row(index)):
            if row.children:
                self._view.collapse(self._model.index_of_row(row))
        self._view.collapse(index)

    def _note_gone(self, parent: QModelIndex, first: int, last: int) -> None:
        children = self._model.row(parent).children or [] if parent.isValid() else []
        for child in children[first : last + 1]:
            if child.children is None:
                continue
            self._were_open |= {
                row.row.path
                for row in (child, *below(child))
                if row.children is not None and self._view.isExpanded(self._model.index_of_row(row))
            }

    def _note_come(self, parent: QModelIndex, first: int, last: int) -> None:
        if self._were_open and parent.isValid():
            self._came += (self._model.row(parent).children or [])[first : last + 1]

    def _restore(self) -> None:
        """Unfold what has come back, and what comes with it; not before all rows are told of that have changed."""
        while self._came:
            row = self._came.pop()
            if row.row.path in self._were_open:
                self._were_open.discard(row.row.path)
                index = self._model.index_of_row(row)
                self._model.fetchMore(index)  # now, where the view would look for them when it is laid out
                self._view.expand(index)
