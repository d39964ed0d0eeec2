"""The schema that is open: what is typed is on the disk soon after, and becomes a version when somebody says so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session.later import later

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from app.bridge import Bridge
    from engine.errors import EngineError
    from engine.store import Store
    from engine.store.schemas import SchemaRow, SchemaState, Version

_SAVE_MS = 400


class SchemaDesk(QObject):
    """The text of the open schema, its row, and its versions, the newest first; `row` is None where none is open.

    `opened` tells of another schema, or of None; `kept` that its text was saved, as a draft or as a version, with the
    row as it is then; `versions_changed` that there is another version, or another note on one.
    """

    opened = Signal(object)
    kept = Signal(object)
    versions_changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.row: SchemaRow | None = None
        self.text = ""
        self.base = 0
        self.versions: tuple[Version, ...] = ()
        self._bridge = bridge
        self._saved = ""
        self._wanted = 0
        self._save_soon = later(self, _SAVE_MS, self.save)

    @property
    def id(self) -> int:
        """The open schema's id; 0 where none is open."""
        return self.row.id if self.row is not None else 0

    @property
    def bound_for(self) -> int:
        """The schema that is open, or that is about to be."""
        return self._wanted or self.id

    @property
    def unsaved(self) -> bool:
        """Whether something was typed that the store has not yet."""
        return self.text != self._saved

    # Opening

    def open(self, schema: int) -> None:
        """Open a schema as it was left; one that is open stays as it is."""
        if schema == self.bound_for:
            return
        self.save()
        self._wanted = schema

        def show(state: SchemaState | None) -> None:
            if self._wanted == schema:
                self.show(state)

        def failed(error: EngineError) -> None:
            self.forget({schema} - {self.id})
            self._bridge.failed.emit(error)

        self._bridge.ask_store(lambda store: read_state(store, schema), show, failed)

    def show(self, state: SchemaState | None) -> None:
        """Show a schema that was read, after saving the one that is left; None for none."""
        self.save()
        self._wanted = 0
        self.row = state.row if state is not None else None
        self.text = self._saved = state.text if state is not None else ""
        self.base = state.base if state is not None else 0
        self.versions = state.versions if state is not None else ()
        self.opened.emit(state)

    def forget(self, schemas: Collection[int]) -> None:
        """Neither open nor keep any of these schemas: they are gone for good."""
        if self._wanted in schemas:
            self._wanted = 0
        if self.id in schemas:
            self._saved = self.text
            self.show(None)

    def take_row(self, row: SchemaRow | None) -> None:
        """Take the schema's row as the list has it; None where that has none."""
        if row is not None and row.id == self.id:
            self.row = row

    # Writing

    def edit(self, text: str) -> None:
        """Take what a person has typed."""
        if self.row is not None:
            self.text = text
            self._save_soon.start()

    def save(self) -> None:
        """Save what was typed, if it has changed, without waiting for a pause in the typing."""
        self._save_soon.stop()
        schema, text = self.id, self.text
        if not schema or text == self._saved:
            return

        def back(row: SchemaRow | None) -> None:
            if row is not None:
                self._written(row)

        failed = self._begin(text)
        self._bridge.ask_store(lambda store: store.schemas.keep_draft(schema, text), back, failed)

    def save_version(self, note: str = "", done: Callable[[Version], None] | None = None) -> None:
        """Save what was typed as the next version; `done` is given it, or the latest one where nothing has changed."""
        self._save_soon.stop()
        schema, text = self.id, self.text
        if not schema:
            return

        def write(store: Store) -> tuple[Version, SchemaRow | None]:
            return store.schemas.save_version(schema, text, note), store.schemas.get(schema)

        def back(result: tuple[Version, SchemaRow | None] | None) -> None:
            if result is None:
                return
            version, row = result
            if schema == self.id:
                others = (known for known in self.versions if known.number != version.number)
                self.versions, self.base = (version, *others), version.number
                self.versions_changed.emit()
            if row is not None:
                self._written(row)
            if done is not None:
                done(version)

        self._bridge.ask_store(write, back, self._begin(text))

    def set_note(self, number: int, note: str) -> None:
        """Say something else of a version."""
        schema = self.id

        def back(done: bool | None) -> None:
            if done and schema == self.id:
                self.versions = tuple(
                    replace(version, note=note) if version.number == number else version for version in self.versions
                )
                self.versions_changed.emit()

        def write(store: Store) -> bool:
            store.schemas.set_note(schema, number, note)
            return True

        self._bridge.ask_store(write, back)

    def version_text(self, number: int, done: Callable[[str], None]) -> None:
        """Read the text of a version; nothing is done with it where another schema is open by then."""
        schema = self.id

        def back(text: str | None) -> None:
            if text is not None and schema == self.id:
                done(text)

        self._bridge.ask_store(lambda store: store.schemas.version_text(schema, number), back)

    def close(self) -> None:
        """Save what is unsaved."""
        self.save()

    def _begin(self, text: str) -> Callable[[EngineError], None]:
        """Take a text for saved; return what is to be done where that fails."""
        schema, before, self._saved = self.id, self._saved, text

        def failed(error: EngineError) -> None:
            if schema == self.id and self._saved is text:
                self._saved = before  # to be tried again with the next edit, or at the end
            self._bridge.failed.emit(error)

        return failed

    def _written(self, row: SchemaRow) -> None:
        if self.row is not None and self.row.id == row.id:
            self.row = with_text_of(self.row, row)
        self.kept.emit(row)


def read_state(store: Store, schema: int) -> SchemaState | None:
    """Read a schema from the store; None where there is none. Runs on the store's lane."""
    return store.schemas.load(schema) if store.schemas.get(schema) is not None else None


def with_text_of(row: SchemaRow, written: SchemaRow) -> SchemaRow:
    """Return a row with what another one of the same schema says of its text: the rest may have changed since."""
    return replace(row, version=written.version, size=written.size, differs=written.differs, updated=written.updated)
