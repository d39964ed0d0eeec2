"""Copies of the database: made while it is used, checked, and put in its place when it is damaged."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.errors import StoreDamaged, StoreError
from engine.store.database import APPLICATION_ID, RESTORE, explain
from engine.store.lock import lock_file
from engine.store.profile import DATABASE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FOLDER = "backups"
_PATTERN = "espalier-%Y%m%d-%H%M%S.db"
_STEP_PAGES = 256
_PAUSE_S = 0.002
"""Between two steps, so that whoever else uses the disk gets a turn."""
SPARE = 64 * 2**20
"""Bytes that a backup leaves free: saving what a person writes comes first."""
COMPANIONS = ("-wal", "-shm")
"""What SQLite keeps beside a database, by the ends of their names."""


@dataclass(frozen=True)
class Backup:
    """A whole copy of the database, and when it was made."""

    path: Path
    made: datetime


def backups(profile: Path) -> list[Backup]:
    """Return the backups of a profile, newest first."""
    found = []
    for path in (profile / _FOLDER).glob("espalier-*.db"):
        with contextlib.suppress(ValueError):  # a file of another name is none of ours
            found.append(Backup(path, datetime.strptime(path.name, _PATTERN).replace(tzinfo=UTC)))
    return sorted(found, key=lambda backup: backup.made, reverse=True)


def newest_backup(profile: Path) -> Backup | None:
    """Return the newest backup of a profile, or None."""
    return next(iter(backups(profile)), None)


def back_up(profile: Path, keep: int = 3) -> Backup:
    """Copy the database while others read and write it; keep the newest copies and remove older ones.

    The copy is the state of one moment. It gets its name when it is whole, on disk, and its every page was read
    and checked (`PRAGMA quick_check`); this is what finds damage that nobody has met yet. Raises StoreDamaged then,
    and StoreError where there is no room or nothing to copy; the older backups are kept.
    """
    database = profile / DATABASE
    folder = profile / _FOLDER
    busy = StoreError("A backup is being made already.", where=str(folder), advice="Wait until it is done.")
    with lock_file(profile / "locks" / "backup.lock", busy), explaining_files(folder):
        if not database.exists() or not database.stat().st_size:
            raise StoreError("There is no database to copy yet.", where=str(database))
        folder.mkdir(exist_ok=True)
        for left in folder.glob("*.part*"):  # by a process that was killed
            left.unlink()
        _require_room(database, folder)
        made = datetime.now(UTC).replace(microsecond=0)
        target = folder / made.strftime(_PATTERN)
        partial = target.with_name(f"{target.name}.part")
        try:
            copy_database(database, partial)
            check_copy(partial, database)
            sync(partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        for old in backups(profile)[max(1, keep) :]:
            old.path.unlink()
    return Backup(target, made)


def restore(profile: Path, backup: Backup) -> Path | None:
    """Put a backup in the place of the database and return where the old one is now; None if there was none.

    The old file is kept with its companions under `espalier.db.damaged-…`: put back by hand, the `-wal` file has to go
    with it, and none may stay beside another database. The copy is whole and on disk before anything is moved, and
    takes the name in one step where the file system has hard links. To be called under `claim_profile`, with no `Store`
    open. Raises StoreError where the backup cannot be used; nothing is changed then.
    """
    database = profile / DATABASE
    partial = profile / f"{DATABASE}.restored.part"
    with explaining_files(profile):
        try:
            shutil.copyfile(backup.path, partial)
            check_copy(partial, backup.path)
            sync(partial)
            kept = _move_aside(database, keep_name=True)
            partial.replace(database)
        finally:
            partial.unlink(missing_ok=True)
    return kept


def set_aside(profile: Path) -> Path | None:
    """Move the database away, so that the next `Store` begins a new one; return where it is now.

    For a damaged file without a backup. To be called under `claim_profile`, with no `Store` open.
    """
    with explaining_files(profile):
        return _move_aside(profile / DATABASE, keep_name=False)


def refuse_emptied(profile: Path) -> None:
    """Raise StoreDamaged where the database is an empty file though there are backups of it.

    SQLite takes an empty file for a new database. What was lost would be noticed late, and its backups removed as
    the new file gets some of its own.
    """
    database = profile / DATABASE
    with contextlib.suppress(OSError):
        if database.stat().st_size == 0 and newest_backup(profile) is not None:
            raise StoreDamaged("The database is empty, and it was not always.", where=str(database), advice=RESTORE)


def copy_database(database: Path, target: Path) -> None:
    """Write the state of one moment into a new file, while others read and write. Raises StoreError."""
    try:
        with (
            contextlib.closing(sqlite3.connect(database, isolation_level=None)) as source,
            contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            copy.execute("PRAGMA synchronous=OFF")  # synced as a whole at the end
            # Within a transaction all steps read one state, and writers in between do not make it begin again.
            source.execute("BEGIN")
            if source.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise StoreError("The database was made by another program.", where=str(database))
            source.backup(copy, pages=_STEP_PAGES, progress=lambda *_: time.sleep(_PAUSE_S))
            source.execute("COMMIT")
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, without companions
    except sqlite3.DatabaseError as error:
        raise explain(error, database) from error


def check_copy(copy: Path, blamed: Path) -> None:
    """Read every page of a copy. Raises StoreDamaged where they contradict each other, and names the file to blame."""
    try:
        with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA quick_check(1)")]
            application = connection.execute("PRAGMA application_id").fetchone()[0]
    except sqlite3.DatabaseError as error:
        raise explain(error, blamed) from error
    if found != ["ok"] or application != APPLICATION_ID:
        raise StoreDamaged(
            "The database is damaged: its pages contradict each other.", where=str(blamed), advice=RESTORE
        )


def _move_aside(database: Path, *, keep_name: bool) -> Path | None:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    kept = database.with_name(f"{database.name}.damaged-{stamp}")
    there = database.exists()
    if there and keep_name:
        try:
            os.link(database, kept)
        except OSError:  # a file system without hard links
            database.rename(kept)
    for companion in COMPANIONS:  # a log without its database would be taken for that of the next one
        beside = database.with_name(database.name + companion)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + companion))
    if there and not keep_name:
        database.rename(kept)
    return kept if there else None


def _require_room(database: Path, folder: Path) -> None:
    needed = database.stat().st_size + SPARE
    if shutil.disk_usage(folder).free < needed:
        raise StoreError(
            f"The disk has no room for a backup: {needed / 2**20:,.0f} MB are needed.",
            where=str(folder),
            advice="Free some space. What is saved is not affected.",
        )


def sync(path: Path) -> None:
    """Wait until a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextlib.contextmanager
def explaining_files(folder: Path) -> Iterator[None]:
    """Turn what the operating system refuses within the block into a StoreError."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The backup cannot be made or used: {error.strerror or error}.",
            where=str(error.filename or folder),
            advice="Check the disk and its permissions; nothing was removed.",
        ) from error
