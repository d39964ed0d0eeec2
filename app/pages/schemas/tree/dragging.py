"""Where rows would go that are being dragged over the tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtWidgets import QTreeView

    from app.models.schema_tree import SchemaTree

_EDGE = 0.3
"""How much of a row, at its upper and its lower end, stands for the place beside it."""


@dataclass(frozen=True)
class Landing:
    """Before a child of a row (`number`), or in it (-1); `line` is where that is shown between two rows."""

    above: QPersistentModelIndex
    number: int
    line: int | None = None


def landing_at(view: QTreeView, model: SchemaTree, data: QMimeData, at: QPoint) -> Landing | None:
    """Return where rows would go that are dropped at a place of the viewport; None where they cannot."""
    index = view.indexAt(at).siblingAtColumn(0)
    for landing in _near(view, model, index, at) if index.isValid() else []:
        if model.landing(data, landing.number, landing.above) is not None:
            return landing
    return None


def _near(view: QTreeView, model: SchemaTree, index: QModelIndex, at: QPoint) -> list[Landing]:
    """Return what a place may mean, the nearest first."""
    box = view.visualRect(index)
    share = (at.y() - box.top()) / max(1, box.height())
    before = Landing(QPersistentModelIndex(index.parent()), index.row(), box.top())
    within = Landing(QPersistentModelIndex(index), -1)
    if view.isExpanded(index) and model.rowCount(index):
        behind = Landing(QPersistentModelIndex(index), 0, box.bottom() + 1)
    else:
        behind = Landing(QPersistentModelIndex(index.parent()), index.row() + 1, box.bottom() + 1)
    if share < _EDGE:
        return [before, within]
    if share > 1 - _EDGE:
        return [behind, within]
    return [within, before if share < 0.5 else behind]
