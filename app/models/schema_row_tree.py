"""The rows of a schema's tree as a Qt model: looked for when somebody looks below one, and kept in step with the text.

After a change only what changed is told, so that a view keeps its place, its selection and an open editor.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Signal

from app.models.schema_rows import TreeRow, below, matched
from engine.schema.outline import Outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.schema.editing import EditableSchema
    from engine.schema.outline import Row

Index = QModelIndex | QPersistentModelIndex

PROPERTY, CONSTRAINTS, ENFORCED = range(3)
_COLUMNS: Final = 3
_FEW = 24
"""Up to how many rows move one by one; beyond that one change of the layout costs a view less."""


class SchemaRowTree(QAbstractItemModel):
    """Rows of the last sound text of a schema, three columns wide. What they say is for a subclass to tell."""

    refreshed = Signal()
    """All rows are those of the text again."""
    stale_changed = Signal(bool)
    """Whether the text is broken now, so that the tree is that of an earlier one and cannot be edited."""

    def __init__(self, schema: EditableSchema, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._schema = schema
        self._by_ident: dict[int, TreeRow] = {}
        self._outline = Outline(schema.good)
        self._root: TreeRow | None = None
        self._stale = schema.stale
        self._plant()

    @property
    def stale(self) -> bool:
        """Whether the text is broken, so that the tree is that of an earlier one."""
        return self._stale

    @property
    def outline(self) -> Outline:
        """The rows as the text has them."""
        return self._outline

    # Keeping in step

    def open(self, schema: EditableSchema) -> None:
        """Show another schema."""
        self.beginResetModel()
        self._schema = schema
        self._outline = Outline(schema.good)
        self._by_ident.clear()
        self._plant()
        self.endResetModel()
        self._tell_stale()

    def refresh(self) -> None:
        """Bring the rows that are there in step with the schema's last sound text."""
        if self._schema.good is not self._outline.syntax:
            self._outline = Outline(self._schema.good)
            self._match()
            self.refreshed.emit()
        self._tell_stale()

    def _plant(self) -> None:
        row = self._outline.root()
        self._root = None if row is None else TreeRow(row, None, 0)
        if self._root is not None:
            self._by_ident[self._root.ident] = self._root

    def _tell_stale(self) -> None:
        if self._stale != self._schema.stale:
            self._stale = self._schema.stale
            self.stale_changed.emit(self._stale)

    def _match(self) -> None:
        """Make the rows that have been looked at those of the text, from the root down."""
        wanted = self._outline.root()
        if self._root is None or wanted is None:
            self.beginResetModel()
            self._by_ident.clear()
            self._plant()
            self.endResetModel()
            return
        if self._root.become(wanted):
            self._tell(self._root, [0])
        pending = [self._root]
        while pending:
            here = pending.pop()
            if here.children is not None:
                self._match_children(here)
                pending += [child for child in here.children if child.children is not None]

    def _match_children(self, above: TreeRow) -> None:
        wanted = self._outline.children(above.row)
        known = matched(above.children or [], wanted)
        kept = {each.ident for each in known if each is not None}
        self._drop(above, kept)
        self._arrange(above, [each for each in known if each is not None])
        changed = [
            each.number for each, row in zip(known, wanted, strict=True) if each is not None and each.become(row)
        ]
        self._tell(above.children[0] if above.children else above, changed)
        for new, run in itertools.groupby(enumerate(known), lambda entry: entry[1] is None):
            if new:
                places = [place for place, _ in run]
                self._insert(above, places[0], wanted[places[0] : places[-1] + 1])

    def _tell(self, sibling: TreeRow, numbers: list[int]) -> None:
        """Say which of a row and its siblings look otherwise, neighbours together."""
        for _, run in itertools.groupby(enumerate(numbers), lambda entry: entry[1] - entry[0]):
            places = [number for _, number in run]
            siblings = sibling.parent.children if sibling.parent is not None else [sibling]
            assert siblings is not None, "a row that is there is among its siblings"
            self.dataChanged.emit(
                self.index_of_row(siblings[places[0]]), self.index_of_row(siblings[places[-1]], ENFORCED)
            )

    def _drop(self, above: TreeRow, kept: set[int]) -> None:
        """Take away the rows that are gone, neighbours together."""
        children = above.children or []
        if len(kept) == len(children):
            return
        last = len(children) - 1
        while last >= 0:
            first = last
            while first >= 0 and children[first].ident not in kept:
                first -= 1
            if first < last:
                self.beginRemoveRows(self.index_of_row(above), first + 1, last)
                for row in children[first + 1 : last + 1]:
                    for gone in (row, *below(row)):
                        del self._by_ident[gone.ident]
                del children[first + 1 : last + 1]
                self._count(children, first + 1)
                self.endRemoveRows()
            last = first - 1

    def _arrange(self, above: TreeRow, order: list[TreeRow]) -> None:
        """Bring the rows that there are into their order."""
        children = above.children
        if children is None or children == order:
            return
        place = {row.ident: number for number, row in enumerate(order)}
        astray = sum(place[one.ident] > place[other.ident] for one, other in itertools.pairwise(children))
        if astray > _FEW:
            self._rearrange(children, order)
            return
        for number, wanted in enumerate(order):
            here = children[number]
            if here is wanted:
                continue
            if children[number + 1] is wanted:  # it is the one before it that has to go down
                self._move(above, children, number, place[here.ident] + 1)
            else:
                self._move(above, children, wanted.number, number)

    def _move(self, above: TreeRow, children: list[TreeRow], source: int, target: int) -> None:
        """Move a row before the one that stands at `target`."""
        index = self.index_of_row(above)
        target = min(target, len(children))
        if self.beginMoveRows(index, source, source, index, target):
            row = children.pop(source)
            children.insert(target - 1 if source < target else target, row)
            self._count(children, min(source, target))
            self.endMoveRows()

    def _rearrange(self, children: list[TreeRow], order: list[TreeRow]) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        children[:] = order
        self._count(children, 0)
        after = [self.index_of_row(self._by_ident[index.internalId()], index.column()) for index in before]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _insert(self, above: TreeRow, at: int, rows: Sequence[Row]) -> None:
        made = [TreeRow(row, above, at + place) for place, row in enumerate(rows)]
        if above.children is None:
            above.children = []
        if not made:
            return
        self.beginInsertRows(self.index_of_row(above), at, at + len(made) - 1)
        above.children[at:at] = made
        self._by_ident.update((row.ident, row) for row in made)
        self._count(above.children, at + len(made))
        self.endInsertRows()

    @staticmethod
    def _count(children: list[TreeRow], start: int) -> None:
        for number in range(start, len(children)):
            children[number].number = number

    # Rows

    def row(self, index: Index) -> TreeRow:
        """Return the row of a valid index."""
        return self._by_ident[index.internalId()]

    def index_of_row(self, row: TreeRow, column: int = 0) -> QModelIndex:
        """Return the index of a row."""
        return self.createIndex(row.number, column, row.ident)

    def pointer_of(self, index: Index) -> str:
        """Return where in the text the row of a valid index stands."""
        return self.row(index).row.pointer

    def index_of(self, pointer: str) -> QModelIndex:
        """Return the index of the row that shows a place of the text, or is the nearest above; invalid without rows.

        Rows on the way are looked for. Of those below references, which show places again, none is returned.
        """
        here = self._root
        while here is not None:
            self.fetchMore(self.index_of_row(here))
            inside = next(
                (
                    child
                    for child in here.children or ()
                    if not child.row.referred and not child.row.overruled and leads_to(child.row.pointer, pointer)
                ),
                None,
            )
            if inside is None:
                return self.index_of_row(here)
            here = inside
        return QModelIndex()

    def siblings(self, row: TreeRow) -> list[TreeRow]:
        """Return the entries of the object or array of the text that a row stands in, in order, itself among them."""
        above = row.parent
        if above is None or row.row.container is None:
            return [row]
        container = row.row.container
        return [each for each in above.children or () if each.row.container == container]

    # What views ask

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child."""
        # A view asks this of every row whenever it lays them out: `hasIndex` would take three times as long.
        if not 0 <= column <= ENFORCED:
            return QModelIndex()
        if not parent.isValid():
            found = self._root if row == 0 else None
        else:
            children = self._by_ident[parent.internalId()].children if parent.column() == 0 else None
            found = children[row] if children is not None and 0 <= row < len(children) else None
        return self.createIndex(row, column, found.ident) if found is not None else QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the index above."""
        above = self._by_ident[index.internalId()].parent if index.isValid() else None
        return self.createIndex(above.number, 0, above.ident) if above is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of children that have been looked for."""
        if not parent.isValid():
            return int(self._root is not None)
        return len(self._by_ident[parent.internalId()].children or ()) if parent.column() == 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        """Return 3: the property, its constraints, and how they are held to."""
        return _COLUMNS

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Return whether there are rows below a row, looked for or not."""
        if not parent.isValid():
            return self._root is not None
        if parent.column() != 0:
            return False
        row = self._by_ident[parent.internalId()]
        if row.children is not None:
            return bool(row.children)
        if row.holds is None:
            row.holds = self._outline.has_children(row.row)
        return row.holds

    def canFetchMore(self, parent: Index) -> bool:
        """Return whether the rows below a row are still to be looked for."""
        return (
            parent.isValid() and parent.column() == 0 and self.row(parent).children is None and self.hasChildren(parent)
        )

    def fetchMore(self, parent: Index) -> None:
        """Look for the rows below a row."""
        if self.canFetchMore(parent):
            row = self.row(parent)
            self._insert(row, 0, self._outline.children(row.row))


def leads_to(pointer: str, place: str) -> bool:
    """Tell whether a place is the one at a pointer, or in it."""
    return place == pointer or place.startswith(f"{pointer}/")
