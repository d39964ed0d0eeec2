"""The tree of a schema that is being edited, as a Qt model: what its rows say, and what is known of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QMimeData, QModelIndex, QObject, Qt, Signal

from app.models.schema_marks import Flaw, SchemaMarks, way_meaning, way_word
from app.models.schema_row_tree import CONSTRAINTS, ENFORCED, PROPERTY, Index, SchemaRowTree, leads_to
from app.style.plain_text import one_line, paragraphs
from engine.schema.outline import RowKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.models.schema_rows import TreeRow
    from engine.schema.editing import EditableSchema
    from engine.schema.outline import Says

Place = tuple[str, int | None]
"""Where entries are put: the pointer of an object or array of the text, and before which of its entries, or the end."""

MIME: Final = "application/x-espalier-schema-rows"
_HEADINGS: Final = {PROPERTY: "Property", CONSTRAINTS: "Constraints", ENFORCED: "Enforced by"}
_TOLD = 600


class SchemaTree(SchemaRowTree):
    """What the rows of a schema say, what is known of them, and what can be done with them."""

    move_asked = Signal(list, str, object)
    """Rows were dropped: their pointers, and the `Place` where they are to go, as two values."""

    def __init__(self, schema: EditableSchema, parent: QObject | None = None) -> None:
        super().__init__(schema, parent)
        self.marks = SchemaMarks()

    def open(self, schema: EditableSchema) -> None:
        """Show another schema."""
        self.marks = SchemaMarks()
        super().open(schema)

    # Marks

    def hold(self, ways: Mapping[str, str]) -> None:
        """Show how keywords are held to: by the pointers of their values, one of `schema_marks.WAYS` each."""
        self.marks.hold(ways)
        self._tell_marks()

    def find_fault(self, flaws: Mapping[str, Sequence[Flaw]]) -> None:
        """Show what is wrong, by pointers."""
        self.marks.find_fault(flaws)
        self._tell_marks()

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

    # Rows

    def says(self, row: TreeRow) -> Says:
        """Return what a row says."""
        if row.says is None:
            row.says = self._outline.says(row.row)
        return row.says

    def way(self, row: TreeRow) -> str | None:
        """Return how the keywords of a row are held to, the worst of them; None where that is not known."""
        if row.row.overruled or not row.row.is_schema:
            return None
        return self.marks.way({row.row.pointer, self.says(row).inner})

    def flaws(self, row: TreeRow, *, unfolded: bool) -> list[Flaw]:
        """Return what is wrong in a row, the worst first; with all below it, unless that is `unfolded`."""
        shown = {child.row.pointer for child in row.children or ()} if unfolded else ()
        return self.marks.flaws(row.row.pointer, shown)

    def explain(self, row: TreeRow, *, unfolded: bool) -> str:
        """Return all that there is to say of a row, as plain text over several lines."""
        says = self.says(row)
        head = one_line(says.name, _TOLD) + (f": {one_line(says.type)}" if says.type else "")
        lines = [head + (", required" if row.row.required else "")]
        lines += [paragraphs(says.description, _TOLD)] if says.description else []
        lines += [one_line(word.text, _TOLD) for word in says.words]
        way = self.way(row)
        lines += [f"{way_word(way)}: {way_meaning(way)}"] if way is not None else []
        lines += [one_line(flaw.sentence, _TOLD) for flaw in self.flaws(row, unfolded=unfolded)[:10]]
        return "\n".join(lines)

    # What views ask

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Return the heading of a column."""
        shown = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADINGS.get(section) if shown else None

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
        if column == PROPERTY and row.row.is_renamed and row.row.kind is not RowKind.DEPENDENCY:
            return one_line(row.row.name)  # a view that looks for a name asks thousands of rows, which need say no more
        says = self.says(row)
        return one_line(says.name if column == PROPERTY else says.line)

    def _spoken(self, row: TreeRow) -> str:
        """Return a row as it is read out."""
        says = self.says(row)
        null = says.type.endswith("?")
        parts = [one_line(says.name), one_line(says.type.removesuffix("?")), "nullable" if null else ""]
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
        if place is None or any(leads_to(pointer, place[0]) for pointer in pointers):
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
