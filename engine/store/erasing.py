"""What a profile holds, where and how much of it, and deleting it for good, part by part."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from engine.store.backup import COMPANIONS, explaining_files
from engine.store.database import Database
from engine.store.profile import DATABASE

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

Part = Literal["threads", "interfaces", "schemas", "jobs", "settings", "models", "copies", "caches", "logs"]
PARTS: Final[tuple[Part, ...]] = (
    "threads",
    "interfaces",
    "schemas",
    "jobs",
    "settings",
    "models",
    "copies",
    "caches",
    "logs",
)
_IN_DATABASE: Final[dict[Part, tuple[str, ...]]] = {
    "threads": ("DELETE FROM threads WHERE kind != 'interface'", "DELETE FROM folders", "DELETE FROM presets"),
    "interfaces": ("DELETE FROM threads WHERE kind = 'interface'",),
    "schemas": ("DELETE FROM schemas",),
    "jobs": ("DELETE FROM jobs",),
    "settings": ("DELETE FROM settings", "DELETE FROM drafts", "DELETE FROM endpoints"),
}
_COUNTS: Final[dict[Part, str]] = {
    "threads": "SELECT count(*) FROM threads WHERE kind != 'interface'",
    "interfaces": "SELECT count(*) FROM threads WHERE kind = 'interface'",
    "schemas": "SELECT count(*) FROM schemas",
    "jobs": "SELECT count(*) FROM jobs",
}
_FOLDERS: Final[dict[Part, str]] = {"models": "models", "copies": "backups", "caches": "cache", "logs": "logs"}


@dataclass(frozen=True)
class Holding:
    """What there is of a part: where it lies, how many there are of it (None where they are not counted), and bytes.

    Of parts of the database the size is not known by itself, and None.
    """

    part: Part
    where: Path
    count: int | None
    size: int | None


def holdings(profile: Path) -> list[Holding]:
    """Return what a profile holds, deleted things that can still be brought back included.

    Walks through folders, so on a worker.
    """
    database = profile / DATABASE
    found = []
    counts = _counted(database)
    for part in PARTS:
        if part in _FOLDERS:
            where = profile / _FOLDERS[part]
            found.append(Holding(part, where, None, size_of(where) + sum(map(size_of, _strays(profile, part)))))
        else:
            found.append(Holding(part, database, counts.get(part), None))
    return found


def database_size(profile: Path) -> int:
    """Return the bytes of the database with what SQLite keeps beside it."""
    database = profile / DATABASE
    return sum(size_of(database.with_name(database.name + end)) for end in ("", *COMPANIONS))


def size_of(path: Path) -> int:
    """Return the bytes of a file or of all files below a folder; links are not followed, what is gone is nothing."""
    total = 0
    with contextlib.suppress(OSError):
        if path.is_symlink() or not path.is_dir():
            return path.lstat().st_size
        for child in path.iterdir():
            total += size_of(child)
    return total


def erase(profile: Path, parts: Collection[Part]) -> None:
    """Delete parts of a profile for good. Where it is all of the database, its file goes.

    To be called under `claim_profile`, with no `Store` open. Copies of the database hold what was deleted from it until
    they are deleted too (`copies`). What is deleted is overwritten in the database's file; a disk may keep it longer.
    Raises StoreError.
    """
    database = profile / DATABASE
    with explaining_files(profile):
        if set(_IN_DATABASE) <= set(parts):
            for end in ("", *COMPANIONS):
                database.with_name(database.name + end).unlink(missing_ok=True)
        elif database.exists():
            _erase_rows(database, [part for part in _IN_DATABASE if part in parts])
        for part, name in _FOLDERS.items():
            if part in parts:
                erase_folder(profile / name)
                for stray in _strays(profile, part):
                    stray.unlink(missing_ok=True)


def erase_folder(folder: Path) -> None:
    """Delete what is in a folder, and the folder; of a link, only the link. Raises StoreError."""
    with explaining_files(folder):
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)


def empty_folder(folder: Path) -> None:
    """Delete what is in a folder while the program runs. A log that is open is emptied. Raises StoreError."""
    with explaining_files(folder):
        for child in folder.iterdir() if folder.is_dir() else ():
            if child.is_dir() and not child.is_symlink():
                shutil.rmtree(child)
            elif child.suffix == ".log":
                child.open("wb").close()
            else:
                child.unlink()


def _erase_rows(database: Path, parts: Collection[Part]) -> None:
    if not parts:
        return
    opened = Database(database)
    try:
        opened.write("PRAGMA secure_delete=ON")
        with opened.transaction() as connection:
            for part in parts:
                for statement in _IN_DATABASE[part]:
                    connection.execute(statement)
        for index in opened.rows("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'"):
            # Words of deleted texts stay in the index until its parts are merged.
            opened.write(f"INSERT INTO {index['name']} ({index['name']}) VALUES ('optimize')")  # noqa: S608
        opened.write("VACUUM")
        opened.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        opened.close()


def _counted(database: Path) -> dict[Part, int]:
    if not database.exists():
        return dict.fromkeys(_COUNTS, 0)
    counts: dict[Part, int] = {}
    with contextlib.closing(sqlite3.connect(database, timeout=5)) as connection:
        for part, query in _COUNTS.items():
            with contextlib.suppress(sqlite3.DatabaseError):
                counts[part] = int(connection.execute(query).fetchone()[0])
    return counts


def _strays(profile: Path, part: Part) -> list[Path]:
    """Return the copies of the database that lie beside it: of an older form, or damaged."""
    if part != "copies":
        return []
    return [*profile.glob(f"{DATABASE}.version-*"), *profile.glob(f"{DATABASE}.damaged-*")]
