"""What is known of models on this machine: folders to look into, files with their hashes, pins and options, benchmarks.

A file is known by its path, as it was given, and a benchmark by the SHA-256 of the model it was run with, so that it
stays with the model wherever the file goes. Nothing here looks at the files themselves.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from engine.store.messages import now
from engine.store.words import clean

if TYPE_CHECKING:
    import sqlite3

    from engine.store.database import Database

Origin = Literal["added", "downloaded", "found"]
"""How a file came on the list: by hand, by a download of this program, or by lying in a folder that is looked into."""

_FILE = "path, size, changed_ns, sha256, pinned, options, origin, source"
_MOST_BENCHMARKS = 50
"""Kept of each model; older ones go."""


@dataclass(frozen=True)
class KeptFile:
    """What is kept of a model file; of a split model the path is that of its first part.

    `sha256` is the hash of its content when it had `size` bytes and was last changed at `changed_ns` (nanoseconds of
    the Unix epoch; all three None before it was computed); whoever asks compares these two with the file before
    believing it. `pinned` is the hash that a person wants it to have. `options` are load options and `source` says
    where a downloaded file is from, both as plain JSON.
    """

    path: str
    size: int | None
    changed_ns: int | None
    sha256: str | None
    pinned: str | None
    options: dict[str, Any] | None
    origin: Origin
    source: dict[str, Any] | None


@dataclass(frozen=True)
class KeptBenchmark:
    """A benchmark of a model. `created` is ISO 8601, UTC; `name` is how the model was called; `figures` plain JSON."""

    id: int
    created: str
    name: str
    figures: dict[str, Any]


class Models:
    """The models of a profile. All methods raise StoreError when the file cannot be used.

    Paths are any strings the system may give, names that are no valid text included.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    # Folders

    def folders(self) -> list[str]:
        """Return the folders that are looked into, in the order in which they were added."""
        return [_path(row["path"]) for row in self._database.rows("SELECT path FROM model_folders ORDER BY id")]

    def add_folder(self, path: str) -> None:
        """Look into a folder from now on; files in it that were taken off the list are on it again."""
        below = path if path.endswith(os.sep) else path + os.sep
        with self._database.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO model_folders (path) VALUES (?)", (_kept(path),))
            for (kept,) in connection.execute("SELECT path FROM model_files WHERE removed IS NOT NULL").fetchall():
                if _path(kept).startswith(below):
                    connection.execute("UPDATE model_files SET removed = NULL WHERE path = ?", (kept,))

    def remove_folder(self, path: str) -> None:
        """Do not look into a folder any more; what is known of the files in it stays."""
        self._database.write("DELETE FROM model_folders WHERE path = ?", (_kept(path),))

    # Files

    def files(self, *, removed: bool = False) -> list[KeptFile]:
        """Return what is known of files, by path; or of those that were taken off the list."""
        which = f"removed IS {'NOT ' if removed else ''}NULL ORDER BY path"
        return [_file(row) for row in self._database.rows(f"SELECT {_FILE} FROM model_files WHERE {which}")]  # noqa: S608

    def get(self, path: str) -> KeptFile | None:
        """Return what is known of a file, on the list or not; None where nothing is."""
        found = self._database.rows(f"SELECT {_FILE} FROM model_files WHERE path = ?", (_kept(path),))  # noqa: S608
        return _file(found[0]) if found else None

    def keep(self, path: str, *, origin: Origin, source: dict[str, Any] | None = None) -> None:
        """Put a file on the list, or on it again; what is known of it stays."""
        self._put(path, origin=origin, source=_dump(source), removed=None)

    def forget(self, path: str) -> None:
        """Take a file off the list, wherever it lies; `restore` puts it back with all that is known of it."""
        self._put(path, removed=now())

    def restore(self, path: str) -> None:
        """Put a file back on the list."""
        self._database.write("UPDATE model_files SET removed = NULL WHERE path = ?", (_kept(path),))

    def put_hash(self, path: str, size: int, changed_ns: int, sha256: str) -> None:
        """Save the hash that a file had at this size and time of change."""
        self._put(path, size=size, changed_ns=changed_ns, sha256=sha256)

    def pin(self, path: str, sha256: str | None) -> None:
        """Say which hash a file has to have; None ends that."""
        self._put(path, pinned=sha256)

    def put_options(self, path: str, options: dict[str, Any] | None) -> None:
        """Save how a file is to be loaded; None goes back to the defaults."""
        self._put(path, options=_dump(options))

    # Benchmarks

    def add_benchmark(self, sha256: str, name: str, figures: dict[str, Any]) -> int:
        """Save a benchmark of a model and return its id; of each model the newest fifty are kept.

        The id of an endpoint stands for the hash of a model that is elsewhere.
        """
        with self._database.transaction() as connection:
            made: int = connection.execute(
                "INSERT INTO model_benchmarks (sha256, name, figures, created) VALUES (?, ?, ?, ?) RETURNING id",
                (sha256, clean(name), json.dumps(figures), now()),
            ).fetchone()[0]
            connection.execute(
                "DELETE FROM model_benchmarks WHERE sha256 = ? AND id NOT IN "
                "(SELECT id FROM model_benchmarks WHERE sha256 = ? ORDER BY id DESC LIMIT ?)",
                (sha256, sha256, _MOST_BENCHMARKS),
            )
        return made

    def benchmarks(self, sha256: str) -> list[KeptBenchmark]:
        """Return the benchmarks of a model, newest first."""
        rows = self._database.rows(
            "SELECT id, created, name, figures FROM model_benchmarks WHERE sha256 = ? ORDER BY id DESC", (sha256,)
        )
        return [KeptBenchmark(row["id"], row["created"], row["name"], json.loads(row["figures"])) for row in rows]

    def _put(self, path: str, **columns: object) -> None:
        names = ", ".join(columns)
        changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
        self._database.write(
            f"INSERT INTO model_files (path, {names}) VALUES (?{', ?' * len(columns)}) "  # noqa: S608 - our own names
            f"ON CONFLICT (path) DO UPDATE SET {changes}",
            (_kept(path), *columns.values()),
        )


def _kept(path: str) -> bytes:
    """Return a path as the file keeps it: names of files need not be valid text, which SQLite's TEXT has to be."""
    return path.encode("utf-8", "surrogatepass")


def _path(kept: bytes) -> str:
    return kept.decode("utf-8", "surrogatepass")


def _dump(value: dict[str, Any] | None) -> str | None:
    """Return plain JSON in ASCII: there are paths in it, which need not be valid text either."""
    return None if value is None else json.dumps(value)


def _file(row: sqlite3.Row) -> KeptFile:
    path, size, changed_ns, sha256, pinned, options, origin, source = row
    return KeptFile(
        _path(path),
        size,
        changed_ns,
        sha256,
        pinned,
        None if options is None else json.loads(options),
        cast("Origin", origin),
        None if source is None else json.loads(source),
    )
