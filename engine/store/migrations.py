"""How the database came to its form: ordered, named steps. A step that has shipped is never edited.

`PRAGMA user_version` is the number of steps a file has seen. A file of every old version is kept as a test
fixture by running only the first steps.
"""

from __future__ import annotations

from collections.abc import Callable
from sqlite3 import Connection

Migration = Callable[[Connection], None]


def settings_drafts_jobs(connection: Connection) -> None:
    """Make the first form: settings, drafts, and extraction jobs with one row a document."""
    for statement in (
        """CREATE TABLE migrations (
            number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied TEXT NOT NULL
        ) STRICT""",
        "CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """CREATE TABLE drafts (
            key TEXT PRIMARY KEY, text TEXT NOT NULL, updated TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE jobs (
            id INTEGER PRIMARY KEY, identity TEXT NOT NULL, plan TEXT NOT NULL, created TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX jobs_by_identity ON jobs (identity, id)",
        """CREATE TABLE job_rows (
            job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            document TEXT NOT NULL,
            position INTEGER,
            state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed')),
            sha256 TEXT, record TEXT, notes TEXT NOT NULL DEFAULT '[]', error TEXT, receipt TEXT,
            seconds REAL,
            updated TEXT NOT NULL,
            PRIMARY KEY (job, document)
        ) STRICT, WITHOUT ROWID""",
    ):
        connection.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (settings_drafts_jobs,)
