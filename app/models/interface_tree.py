"""The tree of an interface as a Qt model: rows that grow as the answer is written, and follow edits row by row.

While an answer is written only what is new is told, so that a view keeps its place, its selection and what is folded.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.models.keyed_list import alike
from app.models.part_words import summary, title
from engine.interface.growth import (
    GrowingTree,
    NodeClosed,
    NodeDropped,
    NodeOpened,
    NodeReopened,
    PropClosed,
    PropDropped,
    PropGrown,
)
from engine.interface.nodes import SLOTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from engine.interface.catalogue import Catalogue
    from engine.interface.growth import Event
    from engine.interface.reading import Problem

Index = QModelIndex | QPersistentModelIndex

_idents = itertools.count(1)


@dataclass(eq=False)
class PartRow:
    """One node of the tree. Only the model changes it."""

    type: str
    parent: PartRow | None = None
    slot: str = "children"
    props: dict[str, Any] = field(default_factory=dict)
    children: list[PartRow] = field(default_factory=list)
    writing: bool = False
    told: str = ""
    """The path by which the answer that is being written knows it."""
    ident: int = field(default_factory=lambda: next(_idents))

    @property
    def number(self) -> int:
        """Where the row stands among those in the same slot of its parent."""
        assert self.parent is not None, "the root stands in no slot"
        beside = [child for child in self.parent.children if child.slot == self.slot]
        return beside.index(self)

    @property
    def path(self) -> str:
        """The JSON pointer of the node in the tree."""
        return "" if self.parent is None else f"{self.parent.path}/{self.slot}/{self.number}"

    @property
    def depth(self) -> int:
        """How many rows are above it."""
        return 0 if self.parent is None else self.parent.depth + 1


class InterfaceTree(QAbstractItemModel):
    """Nodes below their parents, in one column."""

    changed = Signal()
    """Rows came, went or say something else."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root: PartRow | None = None
        self._by_ident: dict[int, PartRow] = {}
        self._growing: GrowingTree | None = None
        self._told: dict[str, PartRow] = {}
        self._catalogue: Catalogue | None = None
        self._problems: dict[str, list[Problem]] = {}
        self._marked: dict[int, list[Problem]] = {}

    # What is shown

    @property
    def count(self) -> int:
        """How many nodes there are."""
        return len(self._by_ident)

    @property
    def root(self) -> PartRow | None:
        """The node that all others are in; None where there is no tree."""
        return self._root

    @property
    def catalogue(self) -> Catalogue | None:
        """The components that are known."""
        return self._catalogue

    def show_catalogue(self, catalogue: Catalogue | None) -> None:
        """Call components by their titles in a catalogue."""
        self._catalogue = catalogue
        self._tell_all()

    def show_value(self, value: Any) -> None:
        """Show a tree as it stands; of the one before, rows that are still in it stay. None shows nothing."""
        self._growing = None
        if not isinstance(value, dict):
            self._clear()
        elif self._root is None or self._root.type != _type(value):
            self._clear()
            self._plant(value)
        else:
            self._match(self._root, value)
        for row in self.rows():
            if row.writing:
                row.writing = False
                self._tell(row)
        self._remark()
        self.changed.emit()

    def show_text(self, text: str) -> None:
        """Show as much of a tree as the beginning of its JSON tells."""
        if self._growing is None or self._growing.at:
            self._clear()
            self._grow("")
        self._follow(text)

    def grow_part(self, path: str, text: str) -> None:
        """Show the node at a path written anew, as much of it as the beginning of its JSON tells."""
        if self._growing is None or self._growing.at != path:
            self._grow(path)
        self._follow(text)

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Mark the nodes with which something is wrong."""
        self._problems = {}
        for problem in problems:
            self._problems.setdefault(problem.path, []).append(problem)
        self._remark()

    # Growing

    def _grow(self, path: str) -> None:
        """Begin to follow an answer that writes the node at a path."""
        self._growing = GrowingTree(path)
        self._told = {}
        for row in self.rows():
            row.told = row.path
            self._told[row.told] = row

    def _follow(self, text: str) -> None:
        assert self._growing is not None, "a tree that grows is begun first"
        for event in self._growing.show(text):
            self._take(event)
        self._remark()
        self.changed.emit()

    def _take(self, event: Event) -> None:
        row = self._told.get(event.path)
        if isinstance(event, NodeOpened):
            self._open(event.path, event.type, row)
        elif row is not None:
            match event:
                case PropGrown() | PropClosed():
                    row.props[event.name] = event.value
                case PropDropped():
                    row.props.pop(event.name, None)
                case NodeClosed():
                    row.writing = False
                case NodeReopened():
                    row.writing = True
                case NodeDropped():
                    self._remove(row)
                    return
            self._tell(row)

    def _open(self, path: str, type_: str, known: PartRow | None) -> None:
        """Add a row for a node that has begun; one that stood there goes first."""
        above, slot, number = _split(path)
        parent = self._told.get(above) if path else None
        if path and parent is None:
            return
        at = self._place(parent, slot, number)
        if known is not None:
            self._remove(known)
        row = PartRow(type_, parent, slot, writing=True, told=path)
        self._told[path] = row
        self._insert(parent, at, row)

    @staticmethod
    def _place(parent: PartRow | None, slot: str, number: int) -> int:
        """Return where among all children of a row the one with a number in a slot belongs."""
        children = parent.children if parent is not None else []
        beside = [at for at, child in enumerate(children) if child.slot == slot]
        if number < len(beside):
            return beside[number]
        return beside[-1] + 1 if beside else len(children)

    # Following edits

    def _plant(self, value: dict[str, Any]) -> None:
        row = self._made(value, None, "children")
        self._insert(None, 0, row)

    def _match(self, row: PartRow, value: dict[str, Any]) -> None:
        """Bring a row and those below it in step with a node of the same type."""
        props = _props(value)
        if props != row.props or row.writing:
            row.props, row.writing = props, False
            self._tell(row)
        wanted = _children(value)
        old = [(child.slot, _value(child)) for child in row.children]
        front, back = alike(list(map(_spelled, old)), list(map(_spelled, wanted)))
        middle = row.children[front : len(row.children) - back]
        new = wanted[front : len(wanted) - back]
        # Those of the same kind are taken for the same, written differently; what is left over comes or goes.
        same = 0
        while same < min(len(middle), len(new)):
            slot, node = new[same]
            if middle[same].slot != slot or middle[same].type != _type(node, slot):
                break
            same += 1
        for child, (_, node) in zip(middle[:same], new[:same], strict=True):
            self._match(child, node)
        if len(middle) > same:
            self._remove_rows(row, front + same, len(middle) - same)
        for place, (slot, node) in enumerate(new[same:], front + same):
            self._insert(row, place, self._made(node, row, slot))

    def _made(self, value: dict[str, Any], parent: PartRow | None, slot: str) -> PartRow:
        row = PartRow(_type(value, slot), parent, slot, _props(value))
        row.children = [self._made(node, row, each) for each, node in _children(value)]
        return row

    # Rows

    def _insert(self, parent: PartRow | None, at: int, row: PartRow) -> None:
        self.beginInsertRows(self.index_of(parent), at, at)
        if parent is None:
            self._root = row
        else:
            parent.children.insert(at, row)
        for each in _walk(row):
            self._by_ident[each.ident] = each
        self.endInsertRows()
        if parent is not None:
            self._tell(parent)

    def _remove(self, row: PartRow) -> None:
        if row.parent is None:
            self._clear()
        else:
            self._remove_rows(row.parent, row.parent.children.index(row), 1)

    def _remove_rows(self, parent: PartRow, at: int, count: int) -> None:
        self.beginRemoveRows(self.index_of(parent), at, at + count - 1)
        for row in parent.children[at : at + count]:
            for each in _walk(row):
                del self._by_ident[each.ident]
                self._told.pop(each.told, None)
        del parent.children[at : at + count]
        self.endRemoveRows()
        self._tell(parent)

    def _clear(self) -> None:
        if self._root is not None:
            self.beginRemoveRows(QModelIndex(), 0, 0)
            self._root = None
            self._by_ident.clear()
            self._told.clear()
            self.endRemoveRows()

    def _tell(self, row: PartRow) -> None:
        index = self.index_of(row)
        self.dataChanged.emit(index, index)

    def _tell_all(self) -> None:
        for row in list(self._by_ident.values()):
            self._tell(row)

    def _remark(self) -> None:
        """Find the rows of the problems again, whose paths are those of the tree as it is now."""
        before = self._marked
        self._marked = {}
        for path, problems in self._problems.items():
            row = self.row_at(path)
            if row is not None:
                self._marked[row.ident] = problems
        for ident in before.keys() ^ self._marked.keys():
            if ident in self._by_ident:
                self._tell(self._by_ident[ident])

    # What views ask

    def row(self, index: Index) -> PartRow | None:
        """Return the node of an index; None for an invalid one."""
        return self._by_ident.get(index.internalId()) if index.isValid() else None

    def row_at(self, path: str) -> PartRow | None:
        """Return the node at a path; None where there is none."""
        row = self._root
        parts = path.split("/")[1:]
        if len(parts) % 2:
            return None
        for slot, number in zip(parts[::2], parts[1::2], strict=True):
            if row is None or not number.isdecimal():
                return None
            beside = [child for child in row.children if child.slot == slot]
            row = beside[int(number)] if int(number) < len(beside) else None
        return row

    def index_at(self, path: str) -> QModelIndex:
        """Return the index of a path; an invalid one where there is no node."""
        row = self.row_at(path)
        return self.index_of(row) if row is not None else QModelIndex()

    def nearest(self, path: str) -> QModelIndex:
        """Return the index of a path, or of the nearest node above it that there is."""
        while path and self.row_at(path) is None:
            path = path.rpartition("/")[0].rpartition("/")[0]
        return self.index_at(path)

    def path_of(self, index: Index) -> str | None:
        """Return the path of an index; None for an invalid one."""
        row = self.row(index)
        return row.path if row is not None else None

    def title(self, row: PartRow) -> str:
        """Return what a component is called."""
        return title(row.type, self._catalogue)

    def is_unknown(self, row: PartRow) -> bool:
        """Return whether nothing is known of how a node is shown."""
        return any(problem.kind in {"unknown", "bare"} for problem in self._marked.get(row.ident, ()))

    def problems(self, row: PartRow) -> Sequence[Problem]:
        """Return what is wrong with a node."""
        return self._marked.get(row.ident, ())

    def says(self, row: PartRow) -> str:
        """Return what tells a node from others of its kind."""
        held = [child.slot for child in row.children]
        return "unknown" if self.is_unknown(row) else summary(row.type, row.props, held)

    def name(self, row: PartRow) -> str:
        """Return what a node is called in a sentence."""
        return f"{self.title(row)} {self.says(row)}".strip()

    def rows(self) -> Iterator[PartRow]:
        """Go through all nodes, from top to bottom."""
        if self._root is not None:
            yield from _walk(self._root)

    def index_of(self, row: PartRow | None) -> QModelIndex:
        """Return the index of a node; an invalid one for None."""
        if row is None:
            return QModelIndex()
        at = row.parent.children.index(row) if row.parent is not None else 0
        return self.createIndex(at, 0, row.ident)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child."""
        if column != 0 or row < 0:
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(0, 0, self._root.ident) if row == 0 and self._root is not None else QModelIndex()
        above = self.row(parent)
        children = above.children if above is not None else []
        return self.createIndex(row, 0, children[row].ident) if row < len(children) else QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the index above."""
        row = self.row(index)
        return self.index_of(row.parent) if row is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of nodes in a node."""
        if not parent.isValid():
            return int(self._root is not None)
        row = self.row(parent)
        return len(row.children) if row is not None else 0

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Return whether there are nodes in a node."""
        return self.rowCount(parent) > 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        """Return 1."""
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the component and what tells the node from others, or what is read out."""
        row = self.row(index)
        if row is None:
            return None
        words = self.name(row)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return words
            case Qt.ItemDataRole.AccessibleTextRole:
                wrong = [problem.sentence for problem in self.problems(row)]
                return ", ".join([words, *(["being written"] if row.writing else []), *wrong])
        return None


def _children(value: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the nodes in a node's slots; what is no object stands there as a node of no type."""
    found: list[tuple[str, dict[str, Any]]] = []
    for slot in SLOTS:
        nodes = value.get(slot)
        if isinstance(nodes, list):
            found.extend((slot, node if isinstance(node, dict) else {"type": "", "value": node}) for node in nodes)
    return found


def _props(value: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: each for name, each in value.items() if name != "type" and not (name in SLOTS and isinstance(each, list))
    }


def _value(row: PartRow) -> dict[str, Any]:
    """Return the node that a row shows."""
    value: dict[str, Any] = {"type": row.type, **row.props}
    for child in row.children:
        value.setdefault(child.slot, []).append(_value(child))
    return value


def _walk(row: PartRow) -> Iterator[PartRow]:
    yield row
    for child in row.children:
        yield from _walk(child)


def _type(value: Mapping[str, Any], slot: str = "children") -> str:
    type_ = value.get("type")
    if isinstance(type_, str):
        return type_
    return "tab" if slot == "tabs" else ""


def _split(path: str) -> tuple[str, str, int]:
    """Return the path of a node's parent, its slot there, and its number in it; the root stands in none."""
    if not path:
        return "", "", 0
    above, _, number = path.rpartition("/")
    above, _, slot = above.rpartition("/")
    return above, slot, int(number)


def _spelled(entry: object) -> str:
    return json.dumps(entry, sort_keys=True, default=str)
