"""The answer as a tree of fields, grown from the schema and from what has been written so far.

Fields stand there before they have values. Each update changes only the rows that changed, so that a view keeps
its scroll position, selection and folds while an answer streams.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app import figures
from app.models.answer_node import MISSING, Node, State, json_words, words_of
from app.models.answer_rows import REST, Room
from app.models.shape import ANYTHING, Shape, listed, shape_of_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.exchange import Closed

Index = QModelIndex | QPersistentModelIndex
Ending = Literal["growing", "done", "failed", "stopped"]
_ENDINGS: dict[Ending, State] = {"growing": "writing", "done": "done", "failed": "failed", "stopped": "stopped"}


class AnswerTree(QAbstractItemModel):
    """Fields and items, two columns: name and value. The rows of a table are its leaves, with cells."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = Node("", "", ANYTHING, None)
        self._nodes: dict[int, Node] = {}
        self._shape = ANYTHING
        self._lone = False
        self._tables = True
        self.head: Node | None = None
        self.ending: Ending = "growing"
        self._room = Room()
        self._marked: frozenset[str] = frozenset()
        self._around: frozenset[str] = frozenset()

    # Growing

    def frame(self, shape: Shape, *, tables: bool = True) -> None:
        """Begin again with the empty fields of a schema; without `tables`, their rows are items with fields."""
        self.beginResetModel()
        self._tables = tables
        self._nodes.clear()
        self._shape = shape
        self._root = Node("", "", ANYTHING, None)
        self._lone = shape.kind not in {"object", "any"}
        self.head = None
        self.ending = "growing"
        self._room = Room()
        root = self._top()
        self._fill(root, shape, MISSING, None, {}, "", notify=False)
        self.endResetModel()

    def _top(self) -> Node:
        """Return the node that stands for the whole answer: the root, or its only row for arrays and scalars."""
        if not self._lone:
            self._root.shape = self._shape
            return self._root
        if not self._root.children:
            only = Node(self._shape.title or "answer", "", self._shape, self._root)
            self._nodes[only.ident] = only
            self._root.children.append(only)
        return self._root.children[0]

    def grow(
        self, value: Any, text: str, closed: Mapping[str, Closed], ending: Ending, wrong: str | None = None
    ) -> None:
        """Take what has been written: its value as far as it parses, its text, and which values are complete.

        `wrong` is the JSON Pointer at which an answer that was checked does not do: there it failed, not at its end.
        """
        if value is MISSING and ending == "growing" and not text:
            return
        if not self._lone and not self._root.children and value is not MISSING and not isinstance(value, dict):
            self.frame(shape_of_value(value), tables=self._tables)
        self.ending = ending
        before = self.head
        self.head = None
        if wrong is not None:
            head: tuple[str | int, ...] | None = _path(wrong, value)
        else:
            head = None if ending == "done" else _head(self._shape, value, closed)
        self._room = Room()
        top = self._top()
        self._fill(top, self._shape, value, head, closed, text, notify=True)
        if self._lone:
            self._emit(top)
        for moved in (before, self.head):
            if moved is not None and moved.ident in self._nodes:
                self._emit(moved)

    def _fill(
        self,
        node: Node,
        shape: Shape,
        value: Any,
        head: tuple[str | int, ...] | None,
        closed: Mapping[str, Closed],
        text: str,
        *,
        notify: bool,
        leaf: bool = False,
    ) -> None:
        """Bring a node and everything below it in step. `head` is the path from here to where the text ends.

        A `leaf` is shown on another node's row, and has no rows below it, whatever its value turns out to be.
        """
        if shape.kind == "any" and value is not MISSING and value is not None:
            shape = shape_of_value(value)
        if not self._tables and shape.columns:
            shape = listed(shape)
        node.shape = shape
        node.value = value
        node.state = self._state(node, head)
        if head == () or (leaf and head is not None):
            self.head = node
        node.text, node.hint = words_of(node, closed, text)
        node.settled = node.state == "done" and node.pointer in closed
        if leaf:
            if value and isinstance(value, dict | list) and not node.text:
                node.text = json_words(value)
            return

        def part(key: str | int) -> Any:
            if isinstance(value, dict):
                return value.get(key, MISSING)
            return value[key] if isinstance(value, list) and isinstance(key, int) else MISSING

        def path(key: str | int) -> tuple[str | int, ...] | None:
            return head[1:] if head and head[0] == key else None

        if node.parent is not None and node.parent.columns and isinstance(node.key, int):
            self._fill_cells(node, part, path, closed, text)
            return
        room = self._room.left
        keys, more = self._room.below(node.pointer, shape, value)
        hoisted = shape.headline if node.parent is not None else ""
        if hoisted and keys and keys[0][0] == hoisted:
            name, inner = keys.pop(0)
            if node.headline is None:
                node.headline = Node(name, _below(node.pointer, name), inner, node)
            self._fill(node.headline, inner, part(name), path(name), closed, text, notify=False, leaf=True)
            if self.head is node.headline:
                self.head = node
        else:
            node.headline = None
        if more:
            keys.append((REST, ANYTHING))
        self._match(node, keys, notify=notify)
        for child, (key, inner) in zip(node.children, keys, strict=True):
            old = child.look
            if key is REST:
                child.state, child.text = "done", f"and {figures.number(more)} more. Copy the answer to have all of it."
            elif _unchanged(child, inner, part(key)) and path(key) is None:
                self._room.left -= child.rows
                continue
            else:
                self._fill(child, inner, part(key), path(key), closed, text, notify=notify)
            if notify and old != child.look:
                self._emit(child)
        node.rows = room - self._room.left

    def _fill_cells(
        self,
        node: Node,
        part: Callable[[str | int], Any],
        path: Callable[[str | int], tuple[str | int, ...] | None],
        closed: Mapping[str, Closed],
        text: str,
    ) -> None:
        assert node.parent is not None, "a row stands in a table"
        columns = node.parent.columns
        if [cell.key for cell in node.cells] != [name for name, _ in columns]:
            node.cells = [Node(name, _below(node.pointer, name), shape, node) for name, shape in columns]
        for cell, (name, shape) in zip(node.cells, columns, strict=True):
            self._fill(cell, shape, part(name), path(name), closed, text, notify=False, leaf=True)
            if self.head is cell:
                self.head = node

    def _state(self, node: Node, head: tuple[str | int, ...] | None) -> State:
        if head is not None:
            return _ENDINGS[self.ending]
        if node.value is not MISSING:
            return "done"
        if self.ending == "done" or self._passed(node):
            return "absent"
        return "waiting"

    def _passed(self, node: Node) -> bool:
        """Whether the model wrote a later field of the same object, and so left this one out."""
        above = node.parent.value if node.parent is not None else None
        if not isinstance(above, dict) or not above or node.parent is None:
            return False
        names = [name for name, _ in node.parent.shape.properties]
        return node.key in names and any(name in above for name in names[names.index(node.key) + 1 :])

    def _match(self, node: Node, keys: list[tuple[str | int, Shape]], *, notify: bool) -> None:
        """Make the children those named by `keys`: as a rule some are added at the end."""
        same = 0
        while same < min(len(node.children), len(keys)) and node.children[same].key == keys[same][0]:
            same += 1
        index = self.index_of(node) if notify else QModelIndex()
        if same < len(node.children):
            if notify:
                self.beginRemoveRows(index, same, len(node.children) - 1)
            for gone in node.children[same:]:
                self._forget(gone)
            del node.children[same:]
            if notify:
                self.endRemoveRows()
        if same < len(keys):
            if notify:
                self.beginInsertRows(index, same, len(keys) - 1)
            for key, shape in keys[same:]:
                child = Node(key, _below(node.pointer, key), shape, node)
                self._nodes[child.ident] = child
                node.children.append(child)
            if notify:
                self.endInsertRows()

    def _forget(self, node: Node) -> None:
        self._nodes.pop(node.ident, None)
        for child in node.children:
            self._forget(child)

    def _emit(self, node: Node) -> None:
        first = self.index_of(node)
        self.dataChanged.emit(first, first.siblingAtColumn(1))

    # Comparing

    def mark(self, pointers: frozenset[str]) -> None:
        """Take where this answer differs from those that it is compared with, by JSON Pointer."""
        if pointers == self._marked:
            return
        moved = pointers ^ self._marked
        self._marked = pointers
        self._around = frozenset(above for pointer in pointers for above in _above(pointer))
        seen: set[int] = set()
        for pointer in moved:
            node = self.nearest(pointer)
            if node is not None and node.ident not in seen:
                seen.add(node.ident)
                self._emit(node)

    def differs(self, node: Node, *, folded: bool = False) -> bool:
        """Whether what stands on a row, or in a cell, is marked; of a folded row also what it hides."""
        if node.shown.pointer in self._marked:
            return True
        inner = folded or not (node.children or node.cells)
        if inner and (node.pointer in self._around or node.shown.pointer in self._around):
            return True
        above: Node | None = node
        while above is not None:
            if above.pointer in self._marked and above.parent is not None:
                return True
            above = above.parent
        return False

    def nearest(self, pointer: str) -> Node | None:
        """Return the row on which the value at a pointer stands: its own, or that of the nearest value around it."""
        node, found = self._root, None
        while True:
            for child in node.children:
                if pointer == child.pointer or pointer.startswith(f"{child.pointer}/"):
                    node = found = child
                    break
            else:
                return found

    # What views ask

    def node(self, index: Index) -> Node:
        """Return the node of an index; the invisible root for an invalid one."""
        return self._nodes[index.internalId()] if index.isValid() else self._root

    def index_of(self, node: Node, column: int = 0) -> QModelIndex:
        """Return the index of a node."""
        if node.parent is None:
            return QModelIndex()
        return self.createIndex(node.parent.children.index(node), column, node.ident)

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self.node(parent).children[row].ident)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the index above."""
        if not index.isValid():
            return QModelIndex()
        above = self.node(index).parent
        return self.index_of(above) if above is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of children."""
        return len(self.node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        """Return 2: name and value."""
        return 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words of a field."""
        if not index.isValid():
            return None
        node = self.node(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return node.label if index.column() == 0 else node.shown.text
            case Qt.ItemDataRole.AccessibleTextRole:
                different = self.differs(node) or any(map(self.differs, node.cells))
                return f"{node.spoken}, differs" if different else node.spoken
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the names of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("Field", "Value")[section] if section in {0, 1} else None
        return None


def _unchanged(node: Node, shape: Shape, value: Any) -> bool:
    """Whether a complete value is still what it was, so that nothing below it needs to be looked at."""
    if not node.settled or node.value != value:
        return False
    above = node.parent.columns if node.parent is not None else ()
    return not node.cells or [cell.key for cell in node.cells] == [name for name, _ in above or shape.properties]


def _above(pointer: str) -> list[str]:
    """Return the pointers of everything around a value."""
    tokens = pointer.split("/")
    return ["/".join(tokens[:count]) for count in range(1, len(tokens))]


def _below(pointer: str, key: str | int) -> str:
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


def _head(shape: Shape, value: Any, closed: Mapping[str, Closed]) -> tuple[str | int, ...] | None:
    """Return the path to where the text ends: an open value, or the field that comes next; None when complete."""
    path: list[str | int] = []
    pointer = ""
    while pointer not in closed:
        if isinstance(value, dict):
            names = [name for name, _ in shape.properties]
            if value:
                last = next(reversed(value))
                if _below(pointer, last) not in closed:
                    shape = dict(shape.properties).get(last, ANYTHING)
                    path, pointer, value = [*path, last], _below(pointer, last), value[last]
                    continue
                names = names[names.index(last) + 1 :] if last in names else []
            return (*path, *names[:1])
        if isinstance(value, list) and value and _below(pointer, len(value) - 1) not in closed:
            last_item = len(value) - 1
            shape = shape.item or ANYTHING
            path, pointer, value = [*path, last_item], _below(pointer, last_item), value[last_item]
            continue
        if value is MISSING and shape.kind == "object" and shape.properties and not path:
            return (shape.properties[0][0],)
        return tuple(path)
    return None


def _path(pointer: str, value: Any) -> tuple[str | int, ...]:
    """Return the path to the value at a pointer, or to the innermost one around it that is there."""
    path: list[str | int] = []
    for token in pointer.split("/")[1:]:
        if isinstance(value, dict):
            key: str | int = token.replace("~1", "/").replace("~0", "~")
            value = value.get(key, MISSING)
        elif isinstance(value, list) and token.isascii() and token.isdigit() and int(token) < len(value):
            key = int(token)
            value = value[key]
        else:
            break
        if value is MISSING:
            break
        path.append(key)
    return tuple(path)
