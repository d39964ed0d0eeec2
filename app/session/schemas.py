"""The library of schemas as pages know it: a list with a bin, the open schema, examples, and files of schemas."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app import figures
from app.session.mirror import Mirror
from app.session.schema_desk import SchemaDesk, read_state, with_text_of
from app.session.searching import Searching
from app.session.undo import Undos
from engine.store.schema_names import schema_name, unique_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from app.bridge import Bridge
    from engine.resources import ExampleSchema
    from engine.store import Store
    from engine.store.schema_search import SchemaHit
    from engine.store.schema_transfer import ImportedSchemas, SchemaFormat
    from engine.store.schema_uses import Uses
    from engine.store.schemas import SchemaRow, SchemaState

    Lists = tuple[list[SchemaRow], list[SchemaRow]]

LAST_SCHEMA: Final = "schemas.open"
"""The setting that says which schema was open last."""


class SchemaLibrary(QObject):
    """Every schema and every schema in the bin, in memory and in the store; `desk` is the one that is open.

    `known` is False until the lists have been read once, which `start` asks for. An intent changes them at once and
    tells the store in order. Where the store fails, the bridge says so and the lists are read anew.

    `listed` tells of other lists, `started` that the examples and the schema that was open last are there, `found` what
    a search found, `undoable` of a change that can be taken back or None, `removed` of schemas that went into the bin,
    `told` in words how an export or import went, `faults_found` of a file with what could not be read of it.
    """

    listed = Signal()
    started = Signal()
    found = Signal(object)
    undoable = Signal(object)
    removed = Signal(list)
    told = Signal(str)
    faults_found = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: list[SchemaRow] = []
        self.binned: list[SchemaRow] = []
        self.examples: tuple[ExampleSchema, ...] = ()
        self.desk = SchemaDesk(bridge, self)
        self._bridge = bridge
        self._asked = False
        self._mirror = Mirror(bridge, _read, self._take)
        self._searching = Searching(bridge, _find, self.found.emit)
        self._undos = Undos(self.undoable.emit)
        self.desk.kept.connect(self._kept)
        self.listed.connect(lambda: self.desk.take_row(self.row_of(self.desk.id)))

    # Life

    def start(self) -> None:
        """Read the lists, the examples and the schema that was open last; does nothing the second time.

        To be called when there is something to show them: the window stands without them.
        """
        if self._asked:
            return
        self._asked = True
        self.refresh()

        def back(found: tuple[tuple[ExampleSchema, ...], SchemaState | None] | None) -> None:
            if found is None:
                return
            self.examples, state = found
            if not self.desk.bound_for:
                self.desk.show(state)
            self.started.emit()

        self._bridge.ask_store(_restore, back)

    def close(self) -> None:
        """Save what is unsaved."""
        self.desk.close()

    # The list

    @property
    def known(self) -> bool:
        """Whether the lists have been read."""
        return self._mirror.known

    def row_of(self, schema: int) -> SchemaRow | None:
        """Return a schema of the list, by its id; None where there is none, or it is in the bin."""
        return next((known for known in self.rows if known.id == schema), None)

    def refresh(self, done: Callable[[], None] | None = None) -> None:
        """Read the lists anew, then do `done`."""
        self._mirror.refresh(done)

    # Schemas

    def open(self, schema: int) -> None:
        """Open a schema on the desk."""
        self.desk.open(schema)

    def make(self, name: str, text: str, done: Callable[[SchemaRow], None] | None = None) -> None:
        """Make a schema; the text is its first version, and `done` is given its row."""
        self._add(lambda store: store.schemas.make(name, text), done)

    def duplicate(self, schema: int, done: Callable[[SchemaRow], None] | None = None) -> None:
        """Copy a schema as it was typed last; the copy begins a history of its own, and `done` is given its row."""
        if schema == self.desk.id:
            self.desk.save()
        self._add(lambda store: store.schemas.duplicate(schema), done)

    def rename(self, schema: int, name: str) -> None:
        """Give a schema a name."""
        before = self.row_of(schema)
        if before is not None and before.name != schema_name(name):
            self._name(schema, name)
            self._undos.remember("", partial(self._name, schema, before.name))

    def set_tags(self, schema: int, tags: Iterable[str]) -> None:
        """Give a schema tags in place of those it has."""
        before, after = self.row_of(schema), unique_tags(tags)
        if before is not None and before.tags != after:
            self._tag(schema, after)
            self._undos.remember("", partial(self._tag, schema, before.tags))

    def pin(self, schemas: Iterable[int], *, pinned: bool) -> None:
        """Pin schemas, or unpin them."""
        before = [row.id for row in self._known(schemas) if row.pinned != pinned]
        if before:
            self._pin(before, pinned)
            self._undos.remember("", partial(self._pin, before, not pinned))

    def delete(self, schemas: Iterable[int]) -> None:
        """Put schemas into the bin."""
        gone = [row.id for row in self._known(schemas)]
        if gone:
            self._bin(gone)
            self._undos.remember(_many(gone, "deleted"), partial(self._unbin, gone))

    def restore(self, schemas: Iterable[int]) -> None:
        """Take schemas out of the bin."""
        wanted = set(schemas)
        back = [row.id for row in self.binned if row.id in wanted]
        if back:
            self._unbin(back)
            self._undos.remember(_many(back, "restored"), partial(self._bin, back))

    def empty_bin(self) -> None:
        """Remove what is in the bin, for good. What was done before can no longer be taken back."""
        gone = {row.id for row in self.binned}
        self.binned = []
        self._undos.forget()
        self.desk.forget(gone)
        self._mirror.write(lambda store: store.schemas.empty_bin())
        self.listed.emit()

    def undo(self) -> None:
        """Take back the last change of the list that has not been taken back yet."""
        self._undos.undo()

    # Questions

    def search(self, text: str) -> None:
        """Search names, tags, texts and notes; `found` tells of the newest query only, an empty one ends the search."""
        self.desk.save()
        self._searching.search(text)

    def find_text(self, text: str, done: Callable[[int | None], None]) -> None:
        """Ask which schema says a text just now; `done` is given its id, or None."""
        self.desk.save()
        self._bridge.ask_store(lambda store: store.schemas.holding(text), done)

    def text_of(self, schema: int, done: Callable[[str], None]) -> None:
        """Read the text of a schema, as it was typed last."""
        if schema == self.desk.id:
            done(self.desk.text)
            return

        def read(store: Store) -> str | None:
            state = read_state(store, schema)
            return state.text if state is not None else None

        def back(text: str | None) -> None:
            if text is not None:
                done(text)

        self._bridge.ask_store(read, back)

    def used_by(self, schema: int, done: Callable[[Uses], None]) -> None:
        """Ask who uses a schema: threads and jobs that hold a text of it."""
        if schema == self.desk.id:
            self.desk.save()

        def back(uses: Uses | None) -> None:
            if uses is not None:
                done(uses)

        self._bridge.ask_store(lambda store: store.schemas.used_by(schema), back)

    # Files

    def export(self, schemas: Sequence[int], target: Path, form: SchemaFormat) -> None:
        """Write schemas, as they were typed last, to a file or a new folder (`engine.store.schema_transfer`)."""
        wanted = list(schemas)

        def write(store: Store) -> None:
            from engine.store.schema_transfer import export_schemas

            export_schemas(store.histories, wanted, target, form)

        words = f"{_count(len(wanted))} exported to {target.name}"
        self.desk.save()
        # The other lane reads by a connection of its own, which sees what is saved by then.
        self._bridge.ask_store(
            lambda _: None,
            lambda _: self._bridge.ask_store_apart(write, lambda _: self.told.emit(words)),
        )

    def import_files(self, paths: Sequence[Path]) -> None:
        """Save the schemas of files and folders, one after another; bad ones do not hold up the others."""
        for path in paths:
            self._bridge.ask_store_apart(partial(_import, path), partial(self._imported, path))

    def _imported(self, path: Path, told: ImportedSchemas) -> None:
        words = f"{_count(len(told.schemas))} imported from {path.name}"
        if told.known:
            words += f", {figures.number(told.known)} known already"
        if told.failed:
            words += f", {figures.number(told.failed)} unreadable"
            self.faults_found.emit((path, told))

        def listed() -> None:
            if told.schemas:
                self._undos.remember(words, partial(self._bin, list(told.schemas)))
            self.told.emit(words)

        self.refresh(listed)  # before the schemas are listed, nobody could take them away again

    # Steps: each changes the lists, tells the store, and says so

    def _add(self, write: Callable[[Store], SchemaRow], done: Callable[[SchemaRow], None] | None) -> None:
        def back(row: SchemaRow | None) -> None:
            if row is None:
                return
            self.rows = _newest([row, *(known for known in self.rows if known.id != row.id)])
            self._mirror.changed()
            self.listed.emit()
            self._undos.remember("", partial(self._bin, [row.id]))
            if done is not None:
                done(row)

        self._mirror.write(write, back)

    def _name(self, schema: int, name: str) -> None:
        self.rows = [replace(row, name=schema_name(name)) if row.id == schema else row for row in self.rows]
        self._mirror.write(lambda store: store.schemas.rename(schema, name))
        self.listed.emit()

    def _tag(self, schema: int, tags: tuple[str, ...]) -> None:
        self.rows = [replace(row, tags=tags) if row.id == schema else row for row in self.rows]
        self._mirror.write(lambda store: store.schemas.set_tags(schema, tags))
        self.listed.emit()

    def _pin(self, schemas: Sequence[int], pinned: bool) -> None:
        wanted = set(schemas)
        self.rows = [replace(row, pinned=pinned) if row.id in wanted else row for row in self.rows]
        self._mirror.write(lambda store: store.schemas.pin(schemas, pinned=pinned))
        self.listed.emit()

    def _bin(self, schemas: Sequence[int]) -> None:
        gone = self._known(schemas)
        ids = [row.id for row in gone]
        at = datetime.now(UTC).isoformat()
        self.rows = [row for row in self.rows if row.id not in set(ids)]
        self.binned = _latest_binned([*(replace(row, deleted=at) for row in gone), *self.binned])
        self._mirror.write(lambda store: store.schemas.delete(ids))
        self.listed.emit()
        self.removed.emit(ids)

    def _unbin(self, schemas: Sequence[int]) -> None:
        wanted = set(schemas)
        back = [replace(row, deleted=None) for row in self.binned if row.id in wanted]
        self.binned = [row for row in self.binned if row.id not in wanted]
        self.rows = _newest([*back, *self.rows])
        self._mirror.write(lambda store: store.schemas.restore([row.id for row in back]))
        self.listed.emit()

    def _kept(self, written: SchemaRow) -> None:
        """Take in what was saved of a text."""
        self._mirror.changed()
        self.rows = _newest(with_text_of(row, written) if row.id == written.id else row for row in self.rows)
        self.binned = [with_text_of(row, written) if row.id == written.id else row for row in self.binned]
        self.listed.emit()

    def _take(self, lists: Lists) -> None:
        self.rows, self.binned = _newest(lists[0]), _latest_binned(lists[1])
        self.listed.emit()

    def _known(self, schemas: Iterable[int]) -> list[SchemaRow]:
        wanted = set(schemas)
        return [row for row in self.rows if row.id in wanted]


def _read(store: Store) -> Lists:
    return store.schemas.all(), store.schemas.all(deleted=True)


def _find(store: Store, query: str) -> list[SchemaHit]:
    return store.schemas.search(query)


def _restore(store: Store) -> tuple[tuple[ExampleSchema, ...], SchemaState | None]:
    """Read the examples, and the schema that was open last or written to last. Runs on the store's lane."""
    from engine.resources import example_schemas

    last = store.settings.get(LAST_SCHEMA)
    state = read_state(store, last) if isinstance(last, int) else None
    if state is None or state.row.deleted is not None:
        newest = next(iter(store.schemas.all()), None)
        state = store.schemas.load(newest.id) if newest is not None else None
    return example_schemas(), state


def _import(path: Path, store: Store) -> ImportedSchemas:
    from engine.store.schema_transfer import import_schemas

    return import_schemas(store.histories, path)


def _newest(rows: Iterable[SchemaRow]) -> list[SchemaRow]:
    """Return schemas as the list has them: the one that was written to last comes first."""
    return sorted(rows, key=lambda row: (row.updated, row.id), reverse=True)


def _latest_binned(rows: Iterable[SchemaRow]) -> list[SchemaRow]:
    return sorted(rows, key=lambda row: (row.deleted or "", row.updated, row.id), reverse=True)


def _many(schemas: Sequence[int], done: str) -> str:
    return f"Schema {done}" if len(schemas) == 1 else f"{len(schemas)} schemas {done}"


def _count(schemas: int) -> str:
    return "One schema" if schemas == 1 else f"{figures.number(schemas)} schemas"
