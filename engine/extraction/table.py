"""Records as a table: which rows and columns a schema comes to, and where the cell of a row and column stands.

Objects in a record are flattened ("vendor.name"). A list is one column, or the rows themselves: then what the record
says beside the list stands in each of its items' rows again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from engine.constraint.grounding.places import Places
from engine.schema.document import read_schema
from engine.schema.pointer import to_pointer, value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.constraint.grounding.places import Place
    from engine.store import Row

Kind = Literal["text", "number", "date", "boolean", "choice", "list", "other"]
"""What a column holds; "other" is an object of unknown keys, or more than one kind of value."""

Path = tuple[str, ...]
Cell = TypeVar("Cell")

_MOST_COLUMNS = 1_000
"""Columns of a table; objects beyond are not flattened, as a small schema can describe very many of them."""
_DEEPEST = 8
_WHOLE = "record"
"""The title of the one column of records that are no objects."""
_ITEM = "item"


class Recorded(Protocol):
    """A document's row with the record that counts, corrections included; a `ReviewedRow` is one."""

    @property
    def row(self) -> Row:
        """The row of the store."""

    @property
    def record(self) -> Any:
        """The record, or None where there is none."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a row is: a document, where `path` is empty, or an item of the list to which the path of keys leads.

    `root_list` stands for the items of records that are lists themselves.
    """

    path: Path
    title: str
    root_list: bool = False

    @property
    def is_document(self) -> bool:
        """Whether each document is one row."""
        return not self.path and not self.root_list


DOCUMENTS = Unit((), "Documents")


@dataclass(frozen=True, slots=True)
class Column:
    """A field: the keys that lead to it from the record's beginning, without indices, and what its cells hold.

    `below` says that it belongs to the items of the unit: then its path begins with the unit's. `title` is the same
    whatever the unit.
    """

    path: Path
    title: str
    kind: Kind
    below: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a table: `row` is the index of its document, `item` that of the item in the unit's list.

    A document without items has one row of its own, whose `item` is None, so that none is lost.
    """

    document: str
    row: int
    item: int | None = None


def units(schema_text: str) -> tuple[Unit, ...]:
    """Return what a row can be: documents, then items of each list of objects; of a root that is a list, these first.

    Raises SchemaError where the text is no schema.
    """
    root = Places(read_schema(schema_text)).root
    if _holds(root) == {"array"}:
        return Unit((), "Items", root_list=True), DOCUMENTS
    lists = [path for path, place in _leaves(root, ()) if _is_list(place) and _is_object(place.below(0))]
    return DOCUMENTS, *(Unit(path, _titles([path])[0]) for path in lists)


def columns(schema_text: str, unit: Unit = DOCUMENTS, records: Iterable[Any] = ()) -> tuple[Column, ...]:
    """Return the fields of a schema in its order, those of the unit's items in the place of their list.

    Keys that the schema does not name and `records` have come last. Raises SchemaError where the text is no schema.
    """
    root = Places(read_schema(schema_text)).root
    own = list(records)
    found: list[tuple[Path, Kind, bool]] = []
    if unit.root_list:
        items = [item for record in own if isinstance(record, list) for item in record]
        found += [(path, kind, True) for path, kind in _fields(root.below(0), (), items)]
    else:
        for path, kind in _fields(root, (), own):
            if unit.path and path == unit.path:
                items = [item for record in own for item in _items(record, unit)]
                below = _at(root, path).below(0)
                found += [(inner, each, True) for inner, each in _fields(below, path, items)]
            else:
                found.append((path, kind, False))
    titles = _titles([path for path, _, _ in found], _ITEM if unit.root_list else _WHOLE)
    return tuple(Column(path, title, kind, below) for (path, kind, below), title in zip(found, titles, strict=True))


def table_rows(documents: Sequence[Recorded], unit: Unit = DOCUMENTS) -> list[TableRow]:
    """Return the rows of a table over documents, in their order and that of their items."""
    rows: list[TableRow] = []
    for index, each in enumerate(documents):
        name = each.row.document
        count = 0 if unit.is_document else len(_items(each.record, unit))
        rows += [TableRow(name, index, item) for item in range(count)] or [TableRow(name, index)]
    return rows


def pointer_of(column: Column, unit: Unit = DOCUMENTS, item: int | None = None) -> str | None:
    """Return the JSON Pointer of a cell within its document's record.

    None for a column of items in the row of a document that has none.
    """
    if not column.below:
        return to_pointer(column.path)
    if item is None:
        return None
    return to_pointer((*unit.path, item, *column.path[len(unit.path) :]))


def column_of(pointer: str, columns: Sequence[Column], unit: Unit = DOCUMENTS) -> tuple[int, int | None] | None:
    """Return the index of the column in which a cell stands, and that of its item; None where no column shows it.

    A cell within a list or another value that is one column stands in that column, one of an object that is absent
    as a whole in the first of the object's columns.
    """
    steps = pointer.split("/")[1:]
    around: tuple[int, int | None] | None = None
    for index, column in enumerate(columns):
        said, item = steps, None
        if column.below:
            place = len(unit.path)
            if len(steps) <= place or not steps[place].isdecimal():
                continue
            item = int(steps[place])
            said = [*steps[:place], *steps[place + 1 :]]
        wanted = to_pointer(column.path).split("/")[1:]
        if said[: len(wanted)] == wanted:
            return index, item
        if around is None and wanted[: len(said)] == said:
            around = index, item
    return around


def value_of(row: Recorded, pointer: str | None) -> Any:
    """Return what a record holds at a cell; None where that is nothing."""
    return None if pointer is None or row.record is None else value_at(row.record, pointer)


def cell_of(cells: Mapping[str, Cell], pointer: str | None) -> tuple[str, Cell] | None:
    """Return the cell at a pointer with its own pointer, or that of the value around it which is absent as a whole."""
    while pointer is not None:
        if pointer in cells:
            return pointer, cells[pointer]
        pointer = pointer.rpartition("/")[0] if pointer else None
    return None


def cells_below(cells: Mapping[str, Cell], pointer: str) -> dict[str, Cell]:
    """Return the cells at and within a pointer, in order: those of a list that is one column."""
    return {place: cell for place, cell in cells.items() if place == pointer or place.startswith(f"{pointer}/")}


def _fields(place: Place, path: Path, records: list[Any]) -> list[tuple[Path, Kind]]:
    """Return the fields below a place, with those that only records have at the end."""
    leaves = _leaves(place, path)
    known = {inner for inner, _ in leaves}
    found = [(inner, _kind(each)) for inner, each in leaves]
    # An object that names no key at all is known by its records only.
    bare = found == [(path, "other")]
    extra: dict[Path, None] = {}
    for record in records:
        if isinstance(record, dict):
            _gather(record, path, known - {path}, extra)
    if not extra:
        return found
    objects = all(isinstance(record, dict) for record in records if record is not None)
    if bare and not objects:
        return found
    kept = [] if bare else found
    return kept + [(inner, "other") for inner in list(extra)[:_MOST_COLUMNS]]


def _gather(value: dict[str, Any], path: Path, known: set[Path], extra: dict[Path, None]) -> None:
    """Note the keys of an object that have no column, those of objects which are flattened too."""
    for key, below in value.items():
        inner = (*path, key)
        if inner in known:
            continue
        if any(each[: len(inner)] == inner for each in known):
            if isinstance(below, dict):
                _gather(below, inner, known, extra)
        else:
            extra[inner] = None


def _leaves(root: Place, path: Path) -> list[tuple[Path, Place]]:
    """Return the fields below a place, objects flattened, in the schema's order."""
    found: list[tuple[Path, Place]] = []

    def walk(place: Place, at: Path, around: frozenset[int]) -> None:
        own = {id(node) for node in place.nodes if "properties" in node}
        names = _names(place) if _is_object(place) and not own & around else []
        if not names or len(at) >= _DEEPEST or len(found) + len(names) > _MOST_COLUMNS:
            found.append((at, place))
            return
        for name in names:
            walk(place.below(name), (*at, name), around | own)

    walk(root, path, frozenset())
    return found


def _at(place: Place, path: Path) -> Place:
    for step in path:
        place = place.below(step)
    return place


def _items(record: Any, unit: Unit) -> list[Any]:
    for step in unit.path:
        record = record.get(step) if isinstance(record, dict) else None
    return record if isinstance(record, list) else []


def _names(place: Place) -> list[str]:
    return list(dict.fromkeys(name for node in place.nodes for name in node.get("properties", ())))


def _holds(place: Place) -> set[str]:
    """Return the types of a place but for null, those that its keywords imply where none is declared."""
    names: set[str] = set()
    for node in place.nodes:
        types = node.get("type", [])
        names.update([types] if isinstance(types, str) else types)
    if not names:
        said = {keyword for node in place.nodes for keyword in node}
        names = {"object"} if "properties" in said else set()
        names |= {"array"} if said & {"items", "prefixItems"} else set()
    return names - {"null"}


def _is_object(place: Place) -> bool:
    return _holds(place) == {"object"}


def _is_list(place: Place) -> bool:
    return _holds(place) == {"array"}


def _kind(place: Place) -> Kind:
    names = _holds(place)
    if names == {"boolean"}:
        return "boolean"
    if names == {"array"}:
        return "list"
    if any("enum" in node or "const" in node for node in place.nodes) and not names & {"array", "object"}:
        return "choice"
    if names and names <= {"number", "integer"}:
        return "number"
    if names != {"string"}:
        return "other"
    return "date" if any(node.get("format") == "date" for node in place.nodes) else "text"


def _titles(paths: list[Path], whole: str = _WHOLE) -> list[str]:
    """Return a name for each path: its keys with dots, or pointers where keys that hold dots make two of them alike."""
    plain = [".".join(path) or whole for path in paths]
    return plain if len(set(plain)) == len(plain) else [to_pointer(path) for path in paths]
