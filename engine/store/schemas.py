"""The library of schemas: each with its versions, which stay as they were saved, and a draft of what is typed since.

A version is kept each time somebody saves; the newest is the `latest`. A draft is there only while what is typed
differs from it. Texts come back as they were given, byte for byte, whatever they hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from engine.store.messages import now
from engine.store.schema_names import kept_tags, schema_name, tags_of
from engine.store.schema_search import find_schemas
from engine.store.schema_text import decoded, encoded, sha256_of
from engine.store.schema_uses import uses_of
from engine.store.words import clean

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from engine.store.database import Database
    from engine.store.schema_search import SchemaHit
    from engine.store.schema_uses import Uses

_ROWS = (
    "SELECT schemas.id, schemas.name, schemas.tags, schemas.pinned, latest.number, "
    "coalesce(schema_drafts.size, latest.size), schema_drafts.id IS NOT NULL, "
    "schemas.created, schemas.updated, schemas.deleted "
    "FROM schemas JOIN schema_versions AS latest INDEXED BY latest_versions "
    "ON latest.schema = schemas.id AND latest.state = 'latest' "
    "LEFT JOIN schema_drafts ON schema_drafts.id = schemas.id WHERE {which}"
)
_VERSION = "number, note, created, size, sha256"


@dataclass(frozen=True)
class SchemaRow:
    """A schema as a list shows it. Times are ISO 8601; `updated` is when its text was last written.

    `version` is the number of the latest version, and `differs` says that something else was typed since; `size` is
    in bytes, of what was typed last; `deleted` is when it went into the bin, None for where it is not.
    """

    id: int
    name: str
    tags: tuple[str, ...]
    pinned: bool
    version: int
    size: int
    differs: bool
    created: str
    updated: str
    deleted: str | None = None


@dataclass(frozen=True)
class Version:
    """A version without its text. Numbers begin with 1; `size` is in bytes, `created` ISO 8601."""

    number: int
    note: str
    created: str
    size: int
    sha256: str


@dataclass(frozen=True)
class SchemaState:
    """A schema as an editor opens it.

    `text` is what was typed last, `base` the version it goes on from; `versions` are the newest first.
    """

    row: SchemaRow
    text: str
    base: int
    versions: tuple[Version, ...]


class Latest(NamedTuple):
    """What a new text of a schema is compared with."""

    number: int
    sha256: str


class Schemas:
    """The schemas of a profile. All methods raise StoreError when the file cannot be used.

    Those that take one schema raise KeyError where there is none of that id.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # Reading

    def all(self, *, deleted: bool = False) -> list[SchemaRow]:
        """Return the schemas, or those in the bin; the ones that were written to last come first."""
        which = f"schemas.deleted IS {'NOT ' if deleted else ''}NULL ORDER BY schemas.updated DESC, schemas.id DESC"
        return [_row(row) for row in self._database.rows(_ROWS.format(which=which))]

    def get(self, schema: int) -> SchemaRow | None:
        """Return one schema, wherever it is; None where there is none."""
        found = self._database.rows(_ROWS.format(which="schemas.id = ?"), (schema,))
        return _row(found[0]) if found else None

    def load(self, schema: int) -> SchemaState:
        """Return a schema as an editor opens it."""
        with self._database.snapshot():
            row = self._known(schema)
            versions = tuple(
                Version(*found)
                for found in self._database.rows(
                    f"SELECT {_VERSION} FROM schema_versions WHERE schema = ? ORDER BY number DESC",  # noqa: S608
                    (schema,),
                )
            )
            draft = self._database.rows("SELECT base, text FROM schema_drafts WHERE id = ?", (schema,))
            if draft:
                return SchemaState(row, decoded(draft[0]["text"]), draft[0]["base"], versions)
            return SchemaState(row, self.version_text(schema, row.version), row.version, versions)

    def text(self, schema: int) -> str:
        """Return the text that was typed last."""
        return self.load(schema).text

    def holding(self, text: str) -> int | None:
        """Return the schema whose draft or latest version is a text, the one written to last; None where none is."""
        found = self._database.rows(
            "SELECT schemas.id FROM schemas "
            "JOIN schema_versions AS latest ON latest.schema = schemas.id AND latest.state = 'latest' "
            "LEFT JOIN schema_drafts ON schema_drafts.id = schemas.id "
            "WHERE coalesce(schema_drafts.sha256, latest.sha256) = ? AND schemas.deleted IS NULL "
            "ORDER BY schemas.updated DESC, schemas.id DESC LIMIT 1",
            (sha256_of(encoded(text)),),
        )
        return int(found[0]["id"]) if found else None

    def version_text(self, schema: int, number: int) -> str:
        """Return the text of a version; raises KeyError where there is none of that number."""
        found = self._database.rows(
            "SELECT text FROM schema_versions WHERE schema = ? AND number = ?", (schema, number)
        )
        if not found:
            raise KeyError((schema, number))
        return decoded(found[0]["text"])

    def search(self, typed: str, limit: int = 60) -> list[SchemaHit]:
        """Return where all the words of `typed` stand together (`engine.store.schema_search`)."""
        return find_schemas(self._database, typed, limit)

    def used_by(self, schema: int) -> Uses:
        """Return the threads and jobs that hold a text of this schema (`engine.store.schema_uses`)."""
        return uses_of(self._database, schema)

    # Writing

    def make(self, name: str, text: str, *, tags: Iterable[str] = (), note: str = "") -> SchemaRow:
        """Make a schema; the text is its first version."""
        with self._database.transaction() as connection:
            at = now()
            schema: int = connection.execute(
                "INSERT INTO schemas (name, tags, created, updated) VALUES (?, ?, ?, ?) RETURNING id",
                (schema_name(name), kept_tags(tags), at, at),
            ).fetchone()[0]
            put_version(connection, schema, 1, "latest", encoded(text), clean(note), at)
        return self._known(schema)

    def keep_draft(self, schema: int, text: str) -> SchemaRow:
        """Save what is typed; where that is the latest version again, there is no draft."""
        kept = encoded(text)
        sha256 = sha256_of(kept)
        with self._database.transaction() as connection:
            latest = _latest(connection, schema)
            if sha256 == latest.sha256:
                connection.execute("DELETE FROM schema_drafts WHERE id = ?", (schema,))
            else:
                # Its words are in the index from the next search on: to put them there takes longer than to save it.
                connection.execute(
                    "INSERT INTO schema_drafts (id, base, state, size, sha256, text) VALUES (?, ?, 'writing', ?, ?, ?) "
                    "ON CONFLICT (id) DO UPDATE SET state = excluded.state, size = excluded.size, "
                    "sha256 = excluded.sha256, text = excluded.text",
                    (schema, latest.number, len(kept), sha256, kept),
                )
            _touch(connection, schema)
        return self._known(schema)

    def save_version(self, schema: int, text: str, note: str = "") -> Version:
        """Save a text as the next version, which ends the draft; return it.

        A text that is the latest version already makes none: that one is returned, with the note where one is given.
        """
        kept, note = encoded(text), clean(note)
        with self._database.transaction() as connection:
            latest = _latest(connection, schema)
            number = latest.number
            connection.execute("DELETE FROM schema_drafts WHERE id = ?", (schema,))
            if sha256_of(kept) != latest.sha256:
                number += 1
                connection.execute(
                    "UPDATE schema_versions SET state = 'older' WHERE schema = ? AND state = 'latest'", (schema,)
                )
                put_version(connection, schema, number, "latest", kept, note, now())
                _touch(connection, schema)
            elif note:
                _note(connection, schema, number, note)
            return Version(
                *connection.execute(
                    f"SELECT {_VERSION} FROM schema_versions WHERE schema = ? AND number = ?",  # noqa: S608
                    (schema, number),
                ).fetchone()
            )

    def set_note(self, schema: int, number: int, note: str) -> None:
        """Say something else of a version."""
        with self._database.transaction() as connection:
            _note(connection, schema, number, clean(note))

    def rename(self, schema: int, name: str) -> None:
        """Give a schema a name; others may have the same."""
        self._database.write("UPDATE schemas SET name = ? WHERE id = ?", (schema_name(name), schema))

    def set_tags(self, schema: int, tags: Iterable[str]) -> None:
        """Give a schema tags in place of those it has; one that differs from another in case alone is left out."""
        self._database.write("UPDATE schemas SET tags = ? WHERE id = ?", (kept_tags(tags), schema))

    def pin(self, schemas: Iterable[int], *, pinned: bool) -> None:
        """Pin schemas, or unpin them."""
        self._set("pinned", int(pinned), schemas)

    def duplicate(self, schema: int) -> SchemaRow:
        """Copy a schema: its latest version becomes the first of the copy, its draft the draft of the copy.

        The older versions are the history of the other one. A copy of them would be found as used wherever those are.
        """
        with self._database.transaction() as connection:
            latest = _latest(connection, schema)
            at = now()
            name, tags = connection.execute("SELECT name, tags FROM schemas WHERE id = ?", (schema,)).fetchone()
            copy: int = connection.execute(
                "INSERT INTO schemas (name, tags, created, updated) VALUES (?, ?, ?, ?) RETURNING id",
                (schema_name(f"{name} (copy)"), tags, at, at),
            ).fetchone()[0]
            connection.execute(
                "INSERT INTO schema_versions (schema, number, state, size, sha256, created, note, text) "
                "SELECT ?, 1, 'latest', size, sha256, ?, ?, text FROM schema_versions WHERE schema = ? AND number = ?",
                (copy, at, f"Copy of {name}, version {latest.number}", schema, latest.number),
            )
            connection.execute(
                "INSERT INTO schema_drafts (id, base, state, size, sha256, text) "
                "SELECT ?, 1, state, size, sha256, text FROM schema_drafts WHERE id = ?",
                (copy, schema),
            )
        return self._known(copy)

    def delete(self, schemas: Iterable[int]) -> None:
        """Put schemas into the bin."""
        self._set("deleted", now(), schemas)

    def restore(self, schemas: Iterable[int]) -> None:
        """Take schemas out of the bin."""
        self._set("deleted", None, schemas)

    def empty_bin(self) -> int:
        """Remove what is in the bin, with every version, for good; return how many schemas that were."""
        with self._database.transaction() as connection:
            return connection.execute("DELETE FROM schemas WHERE deleted IS NOT NULL").rowcount

    # Parts

    def _known(self, schema: int) -> SchemaRow:
        found = self.get(schema)
        if found is None:
            raise KeyError(schema)
        return found

    def _set(self, column: str, value: object, schemas: Iterable[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                f"UPDATE schemas SET {column} = ? WHERE id = ?",  # noqa: S608
                [(value, schema) for schema in schemas],
            )


def put_version(
    connection: sqlite3.Connection, schema: int, number: int, state: str, kept: bytes, note: str, created: str
) -> None:
    """Save a version. To be called in a transaction."""
    connection.execute(
        "INSERT INTO schema_versions (schema, number, state, size, sha256, created, note, text) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (schema, number, state, len(kept), sha256_of(kept), created, note, kept),
    )


def _latest(connection: sqlite3.Connection, schema: int) -> Latest:
    found = connection.execute(
        "SELECT number, sha256 FROM schema_versions WHERE schema = ? AND state = 'latest'", (schema,)
    ).fetchone()
    if found is None:
        raise KeyError(schema)
    return Latest(*found)


def _note(connection: sqlite3.Connection, schema: int, number: int, note: str) -> None:
    changed = connection.execute(
        "UPDATE schema_versions SET note = ? WHERE schema = ? AND number = ?", (note, schema, number)
    ).rowcount
    if not changed:
        raise KeyError((schema, number))


def _touch(connection: sqlite3.Connection, schema: int) -> None:
    connection.execute("UPDATE schemas SET updated = ? WHERE id = ?", (now(), schema))


def _row(row: sqlite3.Row) -> SchemaRow:
    identity, name, tags, pinned, version, size, differs, created, updated, deleted = row
    return SchemaRow(
        identity, name, tags_of(tags), bool(pinned), version, size, bool(differs), created, updated, deleted
    )
