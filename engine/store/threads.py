"""Threads and their folders: titles, pins, settings, unsent drafts, and the bin."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.store.messages import dump, now
from engine.store.words import clean

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping

    from engine.store.database import Database

INTERFACE: Final = "interface"
"""The kind of a thread that is a generated interface: no conversation, and listed in a gallery of its own."""

_LONGEST_NAME = 1_000
_ROW = "id, title, folder, pinned, kind, created, updated, deleted"


@dataclass(frozen=True)
class Folder:
    """A folder of threads."""

    id: int
    name: str


@dataclass(frozen=True)
class Thread:
    """A conversation as a list shows it. Times are ISO 8601.

    `kind` is the response format it is set to, or `INTERFACE`; `title` is empty before anything was asked; `deleted` is
    when it went into the bin, None where it is not there.
    """

    id: int
    title: str
    folder: int | None
    pinned: bool
    kind: str
    created: str
    updated: str
    deleted: str | None = None


@dataclass(frozen=True)
class Desk:
    """What stands ready in a thread: its settings as plain JSON, the unsent draft, and the message it ends with."""

    settings: dict[str, Any]
    draft: str
    head: int | None


class Threads:
    """The threads of a profile. All methods raise StoreError when the file cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # Reading

    def all(self, *, deleted: bool = False) -> list[Thread]:
        """Return the threads, or those in the bin; the ones that were written to last come first."""
        rows = self._database.rows(
            f"SELECT {_ROW} FROM threads WHERE deleted IS {'NOT ' if deleted else ''}NULL "  # noqa: S608
            "ORDER BY updated DESC, id DESC"
        )
        return [_thread(row) for row in rows]

    def get(self, thread: int) -> Thread | None:
        """Return one thread, wherever it is; None where there is none."""
        rows = self._database.rows(f"SELECT {_ROW} FROM threads WHERE id = ?", (thread,))  # noqa: S608
        return _thread(rows[0]) if rows else None

    def desk(self, thread: int) -> Desk:
        """Return what stands ready in a thread. Raises KeyError where there is none."""
        rows = self._database.rows("SELECT settings, draft, head FROM threads WHERE id = ?", (thread,))
        if not rows:
            raise KeyError(thread)
        return Desk(json.loads(rows[0]["settings"]), rows[0]["draft"], rows[0]["head"])

    def folders(self) -> list[Folder]:
        """Return the folders by name."""
        return [
            Folder(row["id"], row["name"])
            for row in self._database.rows("SELECT id, name FROM folders ORDER BY name COLLATE NOCASE, id")
        ]

    # Writing

    def create(
        self,
        settings: Mapping[str, Any] | None = None,
        *,
        kind: str = "",
        title: str = "",
        folder: int | None = None,
        created: str | None = None,
    ) -> Thread:
        """Make a thread; with a title it keeps that, without it takes one from the first question."""
        at = created or now()
        with self._database.transaction() as connection:
            row = connection.execute(
                "INSERT INTO threads (title, titled, folder, kind, settings, created, updated) "  # noqa: S608
                f"VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING {_ROW}",
                (name_of(title), bool(title), folder, clean(kind), dump(dict(settings or {})), clean(at), clean(at)),
            ).fetchone()
        return _thread(row)

    def rename(self, thread: int, title: str) -> None:
        """Give a thread a title; an empty one lets the first question name it again."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE threads SET title = ?, titled = ? WHERE id = ?", (name_of(title), bool(title), thread)
            )

    def pin(self, threads: Iterable[int], *, pinned: bool) -> None:
        """Pin threads, or unpin them."""
        self._set("pinned", int(pinned), threads)

    def move(self, threads: Iterable[int], folder: int | None) -> None:
        """Put threads into a folder, or into none."""
        self._set("folder", folder, threads)

    def delete(self, threads: Iterable[int]) -> None:
        """Put threads into the bin."""
        self._set("deleted", now(), threads)

    def restore(self, threads: Iterable[int]) -> None:
        """Take threads out of the bin."""
        self._set("deleted", None, threads)

    def empty_bin(self) -> int:
        """Remove what is in the bin, threads and branches, for good; return how many threads that were."""
        with self._database.transaction() as connection:
            removed = connection.execute("DELETE FROM threads WHERE deleted IS NOT NULL").rowcount
            connection.execute("DELETE FROM messages WHERE deleted IS NOT NULL")
            return removed

    def duplicate(self, thread: int) -> Thread:
        """Copy a thread with its whole tree, its settings and its draft. Raises KeyError where there is none."""
        with self._database.transaction() as connection:
            at = now()
            made = connection.execute(
                "INSERT INTO threads (title, titled, folder, kind, settings, draft, created, updated) "
                "SELECT CASE title WHEN '' THEN '' ELSE title || ' (copy)' END, titled, folder, kind, settings, draft, "
                "?, ? FROM threads WHERE id = ? RETURNING id",
                (at, at, thread),
            ).fetchone()
            if made is None:
                raise KeyError(thread)
            copy: int = made["id"]
            copies: dict[int | None, int | None] = {None: None}
            for row in connection.execute(
                "SELECT * FROM messages WHERE thread = ? AND deleted IS NULL AND state <> 'writing' ORDER BY id",
                (thread,),
            ).fetchall():
                if row["parent"] not in copies:
                    continue
                copies[row["id"]] = connection.execute(
                    "INSERT INTO messages (thread, parent, role, state, size, created, text) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (copy, copies[row["parent"]], row["role"], row["state"], row["size"], row["created"], row["text"]),
                ).lastrowid
            pairs = [(to, of) for of, to in copies.items() if of is not None]
            copied = [(copy, to, of) for to, of in pairs]
            connection.executemany(
                "INSERT INTO answers SELECT ?, request, receipt, error, details, trace FROM answers WHERE message = ?",
                pairs,
            )
            connection.executemany(
                "INSERT INTO attachments (thread, message, name, media, size, sha256, text, content) "
                "SELECT ?, ?, name, media, size, sha256, text, content FROM attachments WHERE message = ?",
                copied,
            )
            connection.execute(
                "INSERT INTO attachments (thread, message, name, media, size, sha256, text, content) "
                "SELECT ?, NULL, name, media, size, sha256, text, content FROM attachments "
                "WHERE thread = ? AND message IS NULL",
                (copy, thread),
            )
            at_end = connection.execute("SELECT head FROM threads WHERE id = ?", (thread,)).fetchone()[0]
            while at_end not in copies:  # being written, or in the bin: the copy ends before it, on the same branch
                above = connection.execute("SELECT parent FROM messages WHERE id = ?", (at_end,)).fetchone()
                at_end = above["parent"] if above is not None else None
            connection.execute("UPDATE threads SET head = ? WHERE id = ?", (copies[at_end], copy))
        found = self.get(copy)
        assert found is not None
        return found

    def keep_draft(self, thread: int, draft: str) -> None:
        """Save what a person is still writing in a thread."""
        self._database.write("UPDATE threads SET draft = ? WHERE id = ?", (clean(draft), thread))

    def keep_settings(self, thread: int, settings: Mapping[str, Any], *, kind: str) -> None:
        """Save the settings of a thread; `kind` is its response format."""
        self._database.write(
            "UPDATE threads SET settings = ?, kind = ? WHERE id = ?", (dump(dict(settings)), clean(kind), thread)
        )

    def go_to(self, thread: int, head: int | None) -> None:
        """Say which message a thread ends with: the branch that it shows."""
        self._database.write("UPDATE threads SET head = ? WHERE id = ?", (head, thread))

    def make_folder(self, name: str) -> Folder:
        """Make a folder."""
        with self._database.transaction() as connection:
            identity: int = connection.execute(
                "INSERT INTO folders (name, created) VALUES (?, ?) RETURNING id", (name_of(name), now())
            ).fetchone()[0]
        return Folder(identity, name_of(name))

    def rename_folder(self, folder: int, name: str) -> None:
        """Rename a folder."""
        self._database.write("UPDATE folders SET name = ? WHERE id = ?", (name_of(name), folder))

    def remove_folder(self, folder: int) -> list[int]:
        """Remove a folder; its threads stay, in none. Returns their ids, so that this can be undone."""
        with self._database.transaction() as connection:
            held = connection.execute("SELECT id FROM threads WHERE folder = ? ORDER BY id", (folder,)).fetchall()
            connection.execute("DELETE FROM folders WHERE id = ?", (folder,))
        return [row["id"] for row in held]

    def _set(self, column: str, value: object, threads: Iterable[int]) -> None:
        with self._database.transaction() as connection:
            connection.executemany(
                f"UPDATE threads SET {column} = ? WHERE id = ?",  # noqa: S608
                [(value, thread) for thread in threads],
            )


class Presets:
    """Named settings of the Playground, as plain JSON."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> dict[str, dict[str, Any]]:
        """Return every preset by name."""
        rows = self._database.rows("SELECT name, settings FROM presets ORDER BY name COLLATE NOCASE")
        return {row["name"]: json.loads(row["settings"]) for row in rows}

    def put(self, name: str, settings: Mapping[str, Any]) -> None:
        """Save a preset; one of the same name is replaced."""
        self._database.write(
            "INSERT OR REPLACE INTO presets (name, settings, updated) VALUES (?, ?, ?)",
            (name_of(name), dump(dict(settings)), now()),
        )

    def remove(self, name: str) -> None:
        """Remove a preset."""
        self._database.write("DELETE FROM presets WHERE name = ?", (name_of(name),))


def name_of(text: str) -> str:
    """Return a title or a name as it is kept: what a list must read for every row is cut at 1,000 characters."""
    text = clean(text)
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1] + "…"


def _thread(row: sqlite3.Row) -> Thread:
    identity, title, folder, pinned, kind, created, updated, deleted = row
    return Thread(identity, title, folder, bool(pinned), kind, created, updated, deleted)
