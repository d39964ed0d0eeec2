"""The connection: how the file is opened, how a write becomes durable, and what SQLite's errors mean."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from engine.errors import StoreDamaged, StoreError
from engine.store.migrations import MIGRATIONS, Migration
from engine.store.schema_text import held_by
from engine.store.words import indexed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

APPLICATION_ID = 0x45535041  # "ESPA" (https://www.sqlite.org/pragma.html#pragma_application_id)
RESTORE = "Let Espalier's window put the newest backup in its place; the damaged file is kept beside it."
_BUSY_MS = 5_000


class Database:
    """One SQLite file in WAL mode, brought to the newest form when it is opened.

    WAL with `synchronous=FULL`: a commit is in the log and synced before it returns. NORMAL would outlive a
    `kill -9` too, but not a power cut, and a row is a minute of a machine's work against a millisecond.

    Raises StoreError for a file that is newer than this program, is no database of ours, is locked or cannot be
    written, and StoreDamaged for one that is damaged: at once where its first page, its length or its tables are
    wrong, later when a broken page is met. Not all pages are read when a file is opened, which would take a second
    for 200 MB; the daily backup reads them all (`engine.store.backup`). A file of an older version is copied beside
    itself before it is changed.
    """

    def __init__(self, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
        self.path = path
        with self._explaining():
            # Transactions are begun by hand: the module's own begin too late for a read followed by a write.
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=_BUSY_MS / 1000)
        try:
            with self._explaining():
                self._open(migrations)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the connection; what was acknowledged is on disk already."""
        self._connection.close()

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Run a query and return all its rows."""
        with self._explaining():
            return self._connection.execute(statement, parameters).fetchall()

    def start_of(self, table: str, column: str, row: int, size: int) -> bytes:
        """Return the first `size` bytes of a text, in UTF-8, without reading the rest of it."""
        with self._explaining(), self._connection.blobopen(table, column, row, readonly=True) as text:
            return text.read(size)

    def write(self, statement: str, parameters: Sequence[object] = ()) -> int:
        """Run one statement as a transaction of its own; return the number of rows changed."""
        with self._explaining():
            return self._connection.execute(statement, parameters).rowcount

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run several statements that are all kept or all undone."""
        with self._explaining():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite has rolled back by itself after a full disk
                    self._connection.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Run several queries over one state of the file, without keeping others from writing."""
        with self._explaining():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    def _open(self, migrations: Sequence[Migration]) -> None:
        connection = self._connection
        connection.row_factory = sqlite3.Row
        connection.create_function("espalier_words", 1, indexed, deterministic=True)
        connection.create_function("espalier_schema", 1, held_by, deterministic=True)
        connection.execute("PRAGMA trusted_schema=ON")  # the triggers call these functions; not every build lets them
        version = self._check_form(newest=len(migrations))
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        if version == len(migrations):
            return
        if version:
            self._back_up(version)
        with self.transaction():
            # Another process may have migrated while this one waited for the lock.
            version = self._check_form(newest=len(migrations))
            for number, migrate in enumerate(migrations[version:], start=version + 1):
                migrate(connection)
                connection.execute(
                    "INSERT INTO migrations (number, name, applied) VALUES (?, ?, datetime('now'))",
                    (number, migrate.__name__),
                )
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={len(migrations)}")

    def _check_form(self, newest: int) -> int:
        version: int = self._connection.execute("PRAGMA user_version").fetchone()[0]
        application: int = self._connection.execute("PRAGMA application_id").fetchone()[0]
        tables: int = self._connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if tables and application != APPLICATION_ID:
            raise StoreError(
                "This database was made by another program.",
                where=str(self.path),
                advice="Choose another folder with --profile.",
            )
        if version > newest:
            raise StoreError(
                f"The profile was last used by a newer Espalier: its database has version {version}, "
                f"and this program knows up to {newest}.",
                where=str(self.path),
                advice="Update Espalier, or choose another folder with --profile.",
            )
        return version

    def _back_up(self, version: int) -> Path:
        """Copy the file before it is changed; the copy appears under its name only when whole."""
        copy = self.path.with_name(f"{self.path.name}.version-{version}")
        partial = copy.with_name(f"{copy.name}.{os.getpid()}.part")
        partial.unlink(missing_ok=True)
        try:
            with contextlib.closing(sqlite3.connect(partial)) as target:
                self._connection.backup(target)
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
            partial.replace(copy)
        except OSError as error:
            raise StoreError(
                f"The database has to be changed for this version, and no copy could be made first: "
                f"{error.strerror or error}.",
                where=str(copy),
                advice="Free some disk space, then start again. Nothing was changed.",
            ) from error
        finally:
            partial.unlink(missing_ok=True)
        return copy

    @contextlib.contextmanager
    def _explaining(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise  # the wrong OS thread, or a closed store: a bug
        except sqlite3.DatabaseError as error:
            raise explain(error, self.path) from error


def explain(error: sqlite3.DatabaseError, path: Path) -> StoreError:
    """Turn SQLite's result code (https://www.sqlite.org/rescode.html) into a sentence; a bug stays itself."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    advice: str | None
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return StoreDamaged("The database is damaged or is no database at all.", where=str(path), advice=RESTORE)
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}:
        message = "The database cannot be written: the file or its folder is read-only."
        advice = "Change its permissions, or choose another folder with --profile."
    elif code == sqlite3.SQLITE_CANTOPEN:
        message = "The database cannot be opened: its folder is missing or may not be written."
        advice = "Change its permissions, or choose another folder with --profile."
    elif code == sqlite3.SQLITE_FULL:
        message = "The disk is full, so nothing more can be saved."
        advice = "Free some space and try again; what was saved before is kept."
    elif code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        message = "The database is in use by another program."
        advice = "Close it, or wait, and try again."
    elif code in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PROTOCOL}:
        message = f"The disk reported an error: {error}."
        advice = "Check the disk; what was saved before is kept as far as the disk holds it."
    else:
        raise error
    return StoreError(message, where=str(path), advice=advice)
