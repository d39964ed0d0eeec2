"""The rows that are chosen in the tree, and what can be asked for with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.schema.outline import RowKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.models.schema_rows import TreeRow
    from app.models.schema_tree import SchemaTree
    from app.pages.schemas.tree.intents import TreeIntents


@dataclass(frozen=True)
class NewEntry:
    """Where a new entry goes: the pointer of its schema, the keyword that holds it, and its index."""

    holder: str
    keyword: str
    index: int | None = None


class Choice:
    """Rows that are chosen, `current` the one that the ring is on. Asking for what cannot be done asks for nothing."""

    def __init__(self, model: SchemaTree, intents: TreeIntents, rows: Sequence[TreeRow], current: TreeRow) -> None:
        self._model = model
        self._intents = intents
        self.rows = list(rows) or [current]
        self.current = current

    @property
    def is_single(self) -> bool:
        """Whether one row is chosen."""
        return len(self.rows) == 1

    @property
    def can_edit(self) -> bool:
        """Whether anything can be done; not while the text is broken."""
        return not self._model.stale

    # Which rows something can be done with

    @property
    def removable(self) -> list[str]:
        """What can be taken away: all but the root."""
        return self._pointers([row for row in self.rows if row.row.pointer and not row.row.overruled])

    @property
    def entries(self) -> list[str]:
        """What stands in an object or array of its like, to be moved or doubled."""
        return self._pointers([row for row in self.rows if row.row.container is not None and not row.row.overruled])

    @property
    def schemas(self) -> list[str]:
        """What is a schema below the root, to be wrapped."""
        return self._pointers([row for row in self.rows if self._is_schema(row) and row.row.pointer])

    @property
    def properties(self) -> list[TreeRow]:
        """What can be required."""
        return [row for row in self.rows if row.row.kind is RowKind.PROPERTY and not row.row.overruled]

    @property
    def can_extract(self) -> bool:
        """Whether a definition can be made of it."""
        row = self.current
        return bool(self.is_single and self.schemas and row.row.kind is not RowKind.DEFINITION) and not self.target

    @property
    def target(self) -> str | None:
        """The pointer of what it refers to."""
        return self._model.says(self.current).target if self.is_single and self._is_schema(self.current) else None

    @property
    def can_retype(self) -> bool:
        """Whether it is one schema, of which the type can be changed."""
        return self.is_single and self._is_schema(self.current)

    @staticmethod
    def _is_schema(row: TreeRow) -> bool:
        return row.row.is_schema and not row.row.overruled

    @staticmethod
    def _pointers(rows: Sequence[TreeRow]) -> list[str]:
        return list(dict.fromkeys(row.row.pointer for row in rows))

    # Asking

    def remove(self) -> None:
        """Ask for all that is chosen to go."""
        if not self.can_edit:
            return
        row = self.current.row
        if self.is_single and row.overruled and row.occurrence is not None:
            self._intents.repeated_remove_asked.emit(row.pointer, row.occurrence)
        elif self.removable:
            self._intents.remove_asked.emit(self.removable)

    def duplicate(self) -> None:
        """Ask for each entry to stand there twice."""
        if self.can_edit and self.entries:
            self._intents.duplicate_asked.emit(self.entries)

    def wrap(self, how: str) -> None:
        """Ask for an array, an object or a choice around what is chosen."""
        if self.can_edit and self.schemas:
            self._intents.wrap_asked.emit(self.schemas, how)

    def toggle_required(self) -> None:
        """Ask for the properties to be required; or not to be, where all are."""
        if self.can_edit and self.properties:
            required = all(row.row.required for row in self.properties)
            self._intents.required_asked.emit(self._pointers(self.properties), not required)

    def move(self, by: int) -> None:
        """Ask for neighbours to move up (-1) or down (1) among their like."""
        place = self.place_beside(by)
        if self.can_edit and place is not None:
            self._intents.move_asked.emit(self.entries, *place)

    def place_beside(self, by: int) -> tuple[str, int] | None:
        """Return where the rows would go that move up (-1) or down (1); None where they are at the end, or apart."""
        first = self.rows[0].row
        if first.container is None or any(
            row.row.container != first.container or row.row.overruled for row in self.rows
        ):
            return None
        siblings = {row.ident: place for place, row in enumerate(self._model.siblings(self.rows[0]))}
        places = [siblings[row.ident] for row in self.rows if row.ident in siblings]
        if len(places) < len(self.rows) or max(places) - min(places) >= len(places):
            return None
        goal = min(places) - 1 if by < 0 else max(places) + 2
        return (first.container, goal) if 0 <= goal <= len(siblings) else None

    def add(self, *, inside: bool, unfolded: bool = False) -> None:
        """Ask for a new entry: inside the row, or below it among its like."""
        place = self.new_entry(inside=inside, unfolded=unfolded)
        if self.can_edit and place is not None:
            self._intents.add_asked.emit(place.holder, place.keyword, place.index)

    def new_entry(self, *, inside: bool, unfolded: bool = False) -> NewEntry | None:
        """Return where a new entry would go; None where none can.

        What has no like to stand beside, or is an object that lies open, takes it inside.
        """
        row = self.current
        within = self._entry_inside(row)
        beside = self._entry_beside(row)
        if within is not None and (inside or beside is None or unfolded):
            return within
        return None if inside else beside

    def _entry_inside(self, row: TreeRow) -> NewEntry | None:
        if row.row.kind is RowKind.GROUP:
            return NewEntry(row.row.pointer.rpartition("/")[0], row.row.keyword)
        if not self._is_schema(row):
            return None
        says = self._model.says(row)
        if says.target is not None:
            return None
        return NewEntry(says.inner, "properties") if says.shape in {"object", "any"} else None

    def _entry_beside(self, row: TreeRow) -> NewEntry | None:
        container = row.row.container
        if container is None:
            return None
        index = self._model.siblings(row).index(row) + 1
        return NewEntry(container.rpartition("/")[0], row.row.keyword, index)
