"""Where a schema is used: the threads that answer under it and the jobs that extract with it.

They hold its text, not its id, so that nothing that happens in the library changes what they do. Triggers of the
database note the hash of the text that each of them holds (`engine.store.migrations`), and a schema is used where that
is the hash of one of its versions, or of its draft.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from engine.store.database import Database

_HOLDERS = {
    "thread": (
        "SELECT threads.id, threads.title, threads.updated, schema_uses.sha256 "
        "FROM schema_uses JOIN threads ON threads.id = schema_uses.id AND threads.deleted IS NULL "
        "WHERE schema_uses.holder = 'thread' AND schema_uses.sha256 IN (SELECT value FROM json_each(?)) "
        "ORDER BY threads.updated DESC, threads.id DESC"
    ),
    "job": (
        "SELECT jobs.id, jobs.name, jobs.created, schema_uses.sha256 "
        "FROM schema_uses JOIN jobs ON jobs.id = schema_uses.id AND jobs.deleted IS NULL "
        "WHERE schema_uses.holder = 'job' AND schema_uses.sha256 IN (SELECT value FROM json_each(?)) "
        "ORDER BY jobs.id DESC"
    ),
}


@dataclass(frozen=True)
class Use:
    """One user of a schema: a thread with its title, or a job with its name; `updated` is ISO 8601.

    `version` is the newest version of the text that it holds; None where that is the draft alone.
    """

    kind: Literal["thread", "job"]
    id: int
    title: str
    version: int | None
    updated: str


@dataclass(frozen=True)
class Uses:
    """Who uses a schema, the latest first."""

    threads: tuple[Use, ...] = ()
    jobs: tuple[Use, ...] = ()


def uses_of(database: Database, schema: int) -> Uses:
    """Return who uses a schema; nobody uses one that does not exist, and what is in the bin uses none."""
    with database.snapshot():
        texts: dict[str, int | None] = {
            row["sha256"]: None for row in database.rows("SELECT sha256 FROM schema_drafts WHERE id = ?", (schema,))
        }
        for row in database.rows(
            "SELECT number, sha256 FROM schema_versions WHERE schema = ? ORDER BY number", (schema,)
        ):
            texts[row["sha256"]] = row["number"]
        hashes = json.dumps(list(texts))

        def users(kind: Literal["thread", "job"]) -> tuple[Use, ...]:
            return tuple(
                Use(kind, identity, str(title), texts[sha256], updated)
                for identity, title, updated, sha256 in database.rows(_HOLDERS[kind], (hashes,))
            )

        return Uses(users("thread"), users("job"))
