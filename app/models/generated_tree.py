"""Labels within labels, as a tree in a generated screen has them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.style.plain_text import one_line
from engine.interface.state import spelled

if TYPE_CHECKING:
    from collections.abc import Sequence

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()

DEEPEST = 64
"""Labels within one another; what is deeper is left out, and a sign stands there."""
_idents = itertools.count(1)


@dataclass(eq=False, slots=True)
class _Branch:
    """A label, and those below it."""

    label: str
    above: _Branch | None
    row: int
    children: list[_Branch] = field(default_factory=list)
    ident: int = field(default_factory=lambda: next(_idents))


class GeneratedTree(QAbstractItemModel):
    """A tree of labels in one column. Those that come are inserted; what is shown already stays."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = _Branch("", None, 0)
        self._known: dict[int, _Branch] = {self._root.ident: self._root}

    def show_nodes(self, nodes: Sequence[Any]) -> None:
        """Show these: objects with a `label` and `children`."""
        self._match(self._root, nodes, 0)

    def _match(self, branch: _Branch, nodes: Sequence[Any], depth: int) -> None:
        """Bring what is below a branch in step, place by place."""
        index = self._index_of(branch)
        kept = branch.children[: len(nodes)]
        if len(branch.children) > len(nodes):
            self.beginRemoveRows(index, len(nodes), len(branch.children) - 1)
            for gone in branch.children[len(nodes) :]:
                self._forget(gone)
            del branch.children[len(nodes) :]
            self.endRemoveRows()
        for child, node in zip(kept, nodes, strict=False):
            label = _label(node)
            if label != child.label:
                child.label = label
                at = self._index_of(child)
                self.dataChanged.emit(at, at)
            self._match(child, _children(node, depth + 1), depth + 1)
        if len(nodes) > len(kept):
            self.beginInsertRows(index, len(kept), len(nodes) - 1)
            for node in nodes[len(kept) :]:
                branch.children.append(self._made(node, branch, len(branch.children), depth + 1))
            self.endInsertRows()

    def _made(self, node: Any, above: _Branch, row: int, depth: int) -> _Branch:
        branch = _Branch(_label(node), above, row)
        self._known[branch.ident] = branch
        branch.children = [
            self._made(child, branch, place, depth + 1) for place, child in enumerate(_children(node, depth))
        ]
        return branch

    def _forget(self, branch: _Branch) -> None:
        del self._known[branch.ident]
        for child in branch.children:
            self._forget(child)

    def _index_of(self, branch: _Branch) -> QModelIndex:
        return QModelIndex() if branch.above is None else self.createIndex(branch.row, 0, branch.ident)

    def _branch(self, index: Index) -> _Branch:
        return self._known[index.internalId()] if index.isValid() else self._root

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        """Return the place of a label below another."""
        children = self._branch(parent).children
        if column or not 0 <= row < len(children):
            return QModelIndex()
        return self.createIndex(row, 0, children[row].ident)

    def parent(self, child: Index) -> QModelIndex:  # type: ignore[override] # QObject.parent() is another method
        """Return the place of the label above."""
        above = self._branch(child).above if child.isValid() else None
        return QModelIndex() if above is None else self._index_of(above)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of labels below one."""
        return 0 if parent.isValid() and parent.column() else len(self._branch(parent).children)

    def columnCount(self, _parent: Index = _NOWHERE) -> int:
        """Return 1."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a label on one line; the whole of it to who copies it."""
        if not index.isValid():
            return None
        label = self._branch(index).label
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return one_line(label)
        return label if role == Qt.ItemDataRole.UserRole else None

    def value(self) -> list[Any]:
        """Return what is shown, as it was given."""
        return [_value(child) for child in self._root.children]


def _value(branch: _Branch) -> dict[str, Any]:
    return {"label": branch.label, "children": [_value(child) for child in branch.children]}


def _label(node: Any) -> str:
    return spelled(node.get("label") if isinstance(node, dict) else node)


def _children(node: Any, depth: int) -> Sequence[Any]:
    children = node.get("children") if isinstance(node, dict) else None
    if not isinstance(children, list):
        return []
    return children if depth < DEEPEST or not children else ["…"]
