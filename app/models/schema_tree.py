"""The tree of a schema that is being edited, as a Qt model: rows are looked for when somebody looks below one.

After a change only what changed is told, so that a view keeps its place, its selection and an open editor.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.models.schema_marks import Flaw, SchemaMarks, way_meaning, way_word
from app.models.schema_rows import TreeRow, below, matched
from app.style.plain_text import one_line, paragraphs
from engine.schema.outline import Outline, RowKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.schema.editing import EditableSchema
    from engine.schema.outline import Row, Says

Index = QModelIndex | QPersistentModelIndex
Place = tuple[str, int | None]
"""Where entries are put: the pointer of an object or array of the text, and before which of its entries, or the end."""

MIME: Final = "application/x-espalier-schema-rows"
PROPERTY, CONSTRAINTS, ENFORCED = range(3)
_HEADINGS = ("Property", "Constraints", "Enforced by")
_FEW = 24
"""Up to how many rows move one by one; beyond that one change of the layout costs a view less."""
_TOLD = 600


class SchemaTree(QAbstractItemModel):
    """Rows of the last sound text of a schema, three columns wide; `refresh` brings them in step with it."""

    move_asked = Signal(list, str, object)
    """Rows were dropped: their pointers, and the `Place` where they are to go, as two values."""
    refreshed = Signal()
    """All rows are those of the text again."""
    stale_changed = Signal(bool)
    """Whether the text is broken now, so that the tree is that of an earlier one and cannot be edited."""

    def __init__(self, schema: EditableSchema, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.marks = SchemaMarks()
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
        self.marks = SchemaMarks()
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

    def hold(self, ways: Mapping[str, str]) -> None:
        """Show how keywords are held to: by the pointers of their values, one of `schema_marks.WAYS` each."""
        self.marks.hold(ways)
        self._tell_marks()

    def find_fault(self, flaws: Mapping[str, Sequence[Flaw]]) -> None:
        """Show what is wrong, by pointers."""
        self.marks.find_fault(flaws)
        self._tell_marks()

    def _plant(self) -> None:
        row = self._outline.root()
        self._root = None if row is None else TreeRow(row, None, 0)
        if self._root is not None:
            self._by_ident[self._root.ident] = self._root

    def _tell_stale(self) -> None:
        if self._stale != self._schema.stale:
            self._stale = self._schema.stale
            self.stale_changed.emit(self._stale)

    def _tell_marks(self) -> None:
        """Say that all rows may have other marks; a view looks at those in sight only."""
        pending = [self._root] if self._root is not None else []
        while pending:
            here = pending.pop()
            self._tell(here, [here.number])
            if here.children:
                self.dataChanged.emit(
                    self.index_of_row(here.children[0]), self.index_of_row(here.children[-1], ENFORCED)
                )
                pending += [child for child in here.children if child.children]

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

    def says(self, row: TreeRow) -> Says:
        """Return what a row says."""
        if row.says is None:
            row.says = self._outline.says(row.row)
        return row.says

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
                    if not child.row.referred and not child.row.overruled and _leads_to(child.row.pointer, pointer)
                ),
                None,
            )
            if inside is None:
                return self.index_of_row(here)
            here = inside
        return QModelIndex()

    def way(self, row: TreeRow) -> str | None:
        """Return how the keywords of a row are held to, the worst of them; None where that is not known."""
        if row.row.overruled or not row.row.is_schema:
            return self.marks.way([row.row.pointer]) if row.row.kind is RowKind.DEPENDENCY else None
        return self.marks.way({row.row.pointer, self.says(row).inner})

    def flaws(self, row: TreeRow, *, unfolded: bool) -> list[Flaw]:
        """Return what is wrong in a row, the worst first; with all below it, unless that is `unfolded`."""
        shown = {child.row.pointer for child in row.children or ()} if unfolded else ()
        return self.marks.flaws(row.row.pointer, shown)

    def siblings(self, row: TreeRow) -> list[TreeRow]:
        """Return the entries of the object or array of the text that a row stands in, in order, itself among them."""
        above = row.parent
        if above is None or row.row.container is None:
            return [row]
        container = row.row.container
        return [each for each in above.children or () if each.row.container == container]

    def explain(self, row: TreeRow, *, unfolded: bool) -> str:
        """Return all that there is to say of a row, as plain text over several lines."""
        says = self.says(row)
        head = one_line(says.name, _TOLD) + (f": {says.type}" if says.type else "")
        lines = [head + (", required" if row.row.required else "")]
        lines += [paragraphs(says.description, _TOLD)] if says.description else []
        lines += [one_line(word.text, _TOLD) for word in says.words]
        way = self.way(row)
        lines += [f"{way_word(way)}: {way_meaning(way)}"] if way is not None else []
        lines += [one_line(flaw.sentence, _TOLD) for flaw in self.flaws(row, unfolded=unfolded)[:10]]
        return "\n".join(lines)

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
        return len(_HEADINGS)

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

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Return the heading of a column."""
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADINGS[section] if shown and 0 <= section < len(_HEADINGS) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words of a cell, its name to be edited, or what is read out of it."""
        if not index.isValid():
            return None
        row = self.row(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(row, index.column())
        if role == Qt.ItemDataRole.EditRole:
            return row.row.name if index.column() == PROPERTY else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row) if index.column() == PROPERTY else self._cell(row, index.column())
        return None

    def _cell(self, row: TreeRow, column: int) -> str:
        if column == ENFORCED:
            way = self.way(row)
            return way_word(way) if way is not None else ""
        says = self.says(row)
        return one_line(says.name if column == PROPERTY else says.line)

    def _spoken(self, row: TreeRow) -> str:
        """Return a row as it is read out."""
        says = self.says(row)
        null = says.type.endswith("?")
        parts = [one_line(says.name), says.type.removesuffix("?"), "nullable" if null else ""]
        parts += ["required" if row.row.required else "", one_line(says.line), one_line(says.description)]
        way = self.way(row)
        parts += [way_word(way)] if way is not None else []
        parts += [f"{flaw.severity}: {one_line(flaw.sentence)}" for flaw in self.flaws(row, unfolded=False)[:1]]
        return ", ".join(filter(None, parts))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a row; nothing but to look at it while the text is broken."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self._stale:
            return flags
        row = self.row(index).row
        if row.is_renamed and index.column() == PROPERTY:
            flags |= Qt.ItemFlag.ItemIsEditable
        if row.container is not None and not row.overruled:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsDropEnabled

    # Dragging

    def supportedDropActions(self) -> Qt.DropAction:
        """Return that rows are moved."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Return the one form in which rows are dragged."""
        return [MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return rows as what is dragged: their pointers; and their text, for whoever takes text."""
        rows = {index.internalId(): self.row(index).row for index in indexes}
        made = QMimeData()
        made.setData(MIME, json.dumps([row.pointer for row in rows.values()]).encode())
        made.setText("\n".join(row.node.text for row in rows.values()))
        return made

    def canDropMimeData(self, data: QMimeData, _action: Qt.DropAction, row: int, _column: int, parent: Index) -> bool:
        """Return whether rows could be put there."""
        return self.landing(data, row, parent) is not None

    def dropMimeData(self, data: QMimeData, _action: Qt.DropAction, row: int, _column: int, parent: Index) -> bool:
        """Ask for rows to be moved. Returns False: the rows move with the text, and nobody has to take them away."""
        place = self.landing(data, row, parent)
        if place is not None:
            self.move_asked.emit(dragged(data), *place)
        return False

    def landing(self, data: QMimeData, number: int, parent: Index) -> Place | None:
        """Return where rows would go that are dropped before a child of a row, or on it (-1); None where they cannot.

        Between rows they go where their neighbours stand; on a row into its properties, or among its definitions.
        """
        pointers = dragged(data)
        if not pointers or self._stale or not parent.isValid():
            return None
        above = self.row(parent)
        place = self._among(above, number) if number >= 0 else self._inside(above)
        if place is None or any(_leads_to(pointer, place[0]) for pointer in pointers):
            return None
        return place

    def _among(self, above: TreeRow, number: int) -> Place | None:
        children = above.children or []
        for near, behind in ((number - 1, True), (number, False)):
            if 0 <= near < len(children) and children[near].row.container is not None:
                entries = self.siblings(children[near])
                return str(children[near].row.container), entries.index(children[near]) + behind
        return None

    def _inside(self, row: TreeRow) -> Place | None:
        if row.row.kind is RowKind.GROUP:
            return row.row.pointer, None
        says = self.says(row)
        if row.row.overruled or not row.row.is_schema or says.shape != "object" or says.target is not None:
            return None
        return f"{says.inner}/properties", None


def dragged(data: QMimeData) -> list[str]:
    """Return the pointers of rows that are dragged; none of what is something else."""
    try:
        pointers = json.loads(bytes(data.data(MIME).data())) if data.hasFormat(MIME) else []
    except ValueError:
        return []
    return [each for each in pointers if isinstance(each, str)] if isinstance(pointers, list) else []


def _leads_to(pointer: str, place: str) -> bool:
    """Tell whether a place is the one at a pointer, or in it."""
    return place == pointer or place.startswith(f"{pointer}/")
