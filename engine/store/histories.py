"""Whole schemas as values: read with every version, saved in one go. What export and import work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.store.messages import now
from engine.store.schema_names import kept_tags, schema_name, tags_of
from engine.store.schema_text import decoded, encoded, sha256_of
from engine.store.schemas import put_version
from engine.store.words import clean

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from engine.store.database import Database


@dataclass(frozen=True)
class Edition:
    """A version of a history; its number is its place in the list, counted from 1."""

    text: str
    note: str = ""
    created: str = ""


@dataclass(frozen=True)
class History:
    """A schema with all its versions, the first one first; there is at least one.

    `draft` is what was typed since, None where that is the last version, and `base` the number of the version it goes
    on from. Times are ISO 8601, or empty where they are not known.
    """

    name: str
    editions: tuple[Edition, ...]
    tags: tuple[str, ...] = ()
    pinned: bool = False
    created: str = ""
    updated: str = ""
    draft: str | None = None
    base: int = 1

    @property
    def text(self) -> str:
        """What was typed last."""
        return self.editions[-1].text if self.draft is None else self.draft


class Histories:
    """The schemas of a profile as values. Raises StoreError when the file cannot be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, schema: int) -> History:
        """Return a schema as it is. Raises KeyError where there is none."""
        with self._database.snapshot():
            found = self._database.rows("SELECT * FROM schemas WHERE id = ?", (schema,))
            if not found:
                raise KeyError(schema)
            versions = self._database.rows(
                "SELECT text, note, created FROM schema_versions WHERE schema = ? ORDER BY number", (schema,)
            )
            draft = self._database.rows("SELECT text, base FROM schema_drafts WHERE id = ?", (schema,))
        row = found[0]
        return History(
            name=row["name"],
            editions=tuple(Edition(decoded(text), note, created) for text, note, created in versions),
            tags=tags_of(row["tags"]),
            pinned=bool(row["pinned"]),
            created=row["created"],
            updated=row["updated"],
            draft=decoded(draft[0]["text"]) if draft else None,
            base=draft[0]["base"] if draft else len(versions),
        )

    def insert(self, histories: Iterable[History]) -> list[int]:
        """Save schemas, all of them or none; return their ids."""
        with self._database.transaction() as connection:
            return [_insert(connection, history) for history in histories]

    def holds(self, history: History) -> bool:
        """Tell whether a schema is there already: one made at the same moment, with the same versions and draft.

        Where the moment is not known, the same name and the same text are enough.
        """
        made = clean(history.created)
        draft = _draft_of(history)
        sought = [sha256_of(encoded(edition.text)) for edition in history.editions]
        return any(
            self._drafted(row["id"]) == (sha256_of(draft) if draft is not None else None)
            and self._versions(row["id"])[0 if made else -1 :] == sought
            for row in self._database.rows(
                "SELECT id FROM schemas WHERE name = ? AND (created = ? OR ? = '') AND deleted IS NULL",
                (schema_name(history.name), made, made),
            )
        )

    def _versions(self, schema: int) -> list[str]:
        rows = self._database.rows("SELECT sha256 FROM schema_versions WHERE schema = ? ORDER BY number", (schema,))
        return [row["sha256"] for row in rows]

    def _drafted(self, schema: int) -> str | None:
        rows = self._database.rows("SELECT sha256 FROM schema_drafts WHERE id = ?", (schema,))
        return rows[0]["sha256"] if rows else None


def _insert(connection: sqlite3.Connection, history: History) -> int:
    created = clean(history.created) or now()
    schema: int = connection.execute(
        "INSERT INTO schemas (name, tags, pinned, created, updated) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (
            schema_name(history.name),
            kept_tags(history.tags),
            history.pinned,
            created,
            clean(history.updated) or created,
        ),
    ).fetchone()[0]
    last = len(history.editions)
    for number, edition in enumerate(history.editions, start=1):
        state = "latest" if number == last else "older"
        at = clean(edition.created) or created
        put_version(connection, schema, number, state, encoded(edition.text), clean(edition.note), at)
    draft = _draft_of(history)
    if draft is not None:
        connection.execute(
            "INSERT INTO schema_drafts (id, base, state, size, sha256, text) VALUES (?, ?, 'done', ?, ?, ?)",
            (schema, history.base, len(draft), sha256_of(draft), draft),
        )
    return schema


def _draft_of(history: History) -> bytes | None:
    """Return the draft of a history, where it differs from the last version."""
    if history.draft is None or history.draft == history.editions[-1].text:
        return None
    return encoded(history.draft)
