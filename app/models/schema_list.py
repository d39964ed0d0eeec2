"""The library of schemas as a list: one's own, then the examples; or what a search found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, Qt

from app.models.dates import local, short
from app.models.keyed_list import KeyedList
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from app.models.keyed_list import Index
    from app.session import SchemaHit, SchemaRow
    from engine.resources import ExampleSchema

Marks = tuple[tuple[int, int], ...]
UNTITLED = "Untitled"
_PLACES = {"tags": "Tags", "note": "Note"}


@dataclass(frozen=True)
class SchemaEntry:
    """A row: a section's name, a schema of one's own or an example, each on two lines."""

    words: str
    below: str = ""
    aside: str = ""
    schema: SchemaRow | None = None
    example: ExampleSchema | None = None
    marks: Marks = ()
    below_marks: Marks = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What tells the row from others, whatever it says."""
        schema, example = self.schema, self.example
        named = self.words if schema is None and example is None else ""
        return (schema.id if schema is not None else None, example.key if example is not None else None, named)


class SchemaList(KeyedList[SchemaEntry]):
    """The rows."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__(parent)
        self._clock = clock

    # What is shown

    def show_library(self, schemas: Iterable[SchemaRow], examples: Iterable[ExampleSchema]) -> None:
        """Show all schemas: the pinned ones first, then those written to last; and the examples."""
        ordered = sorted(schemas, key=lambda schema: not schema.pinned)
        own = [self._schema(schema) for schema in ordered]
        shipped = [SchemaEntry(one_line(each.name), one_line(each.description), example=each) for each in examples]
        rows = [SchemaEntry("Yours"), *own] if own else []
        self.show_rows(rows + ([SchemaEntry("Examples"), *shipped] if shipped else []))

    def show_found(self, hits: Sequence[SchemaHit], schemas: dict[int, SchemaRow]) -> None:
        """Show what a search found, one row a schema, as what matched of it first."""
        rows: dict[int, SchemaEntry] = {}
        for hit in hits:
            schema = schemas.get(hit.schema)
            if schema is None or schema.id in rows:
                continue
            entry = self._schema(schema)
            if hit.place == "name":
                rows[schema.id] = SchemaEntry(one_line(hit.excerpt), entry.below, entry.aside, schema, marks=hit.marks)
                continue
            before = f"{_PLACES[hit.place]}: " if hit.place in _PLACES else ""
            marks = tuple((start + len(before), end + len(before)) for start, end in hit.marks)
            below = before + one_line(hit.excerpt)
            rows[schema.id] = SchemaEntry(entry.words, below, entry.aside, schema, below_marks=marks)
        self.show_rows(list(rows.values()))

    def show_bin(self, schemas: Iterable[SchemaRow]) -> None:
        """Show the schemas in the bin."""
        today = self._clock().date()
        self.show_rows(
            [
                SchemaEntry(
                    one_line(schema.name) or UNTITLED,
                    f"deleted {short(local(schema.deleted or schema.updated), today)}",
                    schema=schema,
                )
                for schema in schemas
            ]
        )

    def _schema(self, schema: SchemaRow) -> SchemaEntry:
        when = short(local(schema.updated), self._clock().date())
        said = "draft" if schema.differs else "saved"
        below = " · ".join([f"{said} {when}".strip(), *map(one_line, schema.tags)])
        return SchemaEntry(one_line(schema.name) or UNTITLED, below, f"v{schema.version}", schema)

    def key_of(self, row: SchemaEntry) -> Hashable:
        """Return which schema or example it is, or the heading."""
        return row.key

    # What views ask

    def entry(self, index: Index) -> SchemaEntry | None:
        """Return a row; None for an invalid index."""
        return self.row_of(index)

    def index_of(self, schema: int | None = None, example: str | None = None) -> QModelIndex:
        """Return the row of a schema, or of an example by its key; an invalid index where there is none."""
        return self.index_of_key((schema, example, ""))

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let all rows be chosen but the names of sections."""
        entry = self.entry(index)
        if entry is None or (entry.schema is None and entry.example is None):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name, or what is read out."""
        entry = self.entry(index)
        if entry is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return entry.words
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (entry.words, entry.aside, entry.below) if part)
        return None
