"""How the database came to its form: ordered, named steps. A step that has shipped is never edited.

`PRAGMA user_version` is the number of steps a file has seen. A file of every old version is kept as a test
fixture by running only the first steps.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from sqlite3 import Connection
from typing import Any

from engine.store.words import clean

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


def threads_and_messages(connection: Connection) -> None:
    """Make room for conversations; the one exchange that was kept until now becomes the first thread."""
    for statement in (
        "CREATE TABLE folders (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, created TEXT NOT NULL) STRICT",
        """CREATE TABLE threads (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            title TEXT NOT NULL DEFAULT '',
            titled INTEGER NOT NULL DEFAULT 0,
            folder INTEGER REFERENCES folders (id) ON DELETE SET NULL,
            pinned INTEGER NOT NULL DEFAULT 0,
            kind TEXT NOT NULL DEFAULT '',
            created TEXT NOT NULL, updated TEXT NOT NULL, deleted TEXT,
            head INTEGER,
            settings TEXT NOT NULL DEFAULT '{}',
            draft TEXT NOT NULL DEFAULT ''
        ) STRICT""",
        "CREATE INDEX threads_by_update ON threads (updated, id, title, folder, pinned, kind, created, deleted)",
        """CREATE TABLE messages (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            thread INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
            parent INTEGER REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,
            role TEXT NOT NULL CHECK (role IN ('system', 'user', 'assistant', 'tool')),
            state TEXT NOT NULL CHECK (state IN ('done', 'writing', 'stopped', 'failed', 'interrupted')),
            size INTEGER NOT NULL,
            created TEXT NOT NULL, deleted TEXT,
            text TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX messages_by_thread ON messages (thread, id, parent, role, state, size, created, deleted)",
        "CREATE INDEX messages_by_parent ON messages (parent)",
        "CREATE INDEX messages_in_bin ON messages (id) WHERE deleted IS NOT NULL",
        "CREATE INDEX messages_unfinished ON messages (id) WHERE state = 'writing'",
        """CREATE TABLE answers (
            message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
            request TEXT NOT NULL, receipt TEXT, error TEXT, details TEXT NOT NULL DEFAULT '{}', trace BLOB
        ) STRICT""",
        """CREATE TABLE answer_pieces (
            id INTEGER PRIMARY KEY,
            message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
            keep INTEGER, text TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX pieces_by_message ON answer_pieces (message)",
        """CREATE TABLE attachments (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            thread INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
            message INTEGER REFERENCES messages (id) ON DELETE CASCADE,
            name TEXT NOT NULL, media TEXT NOT NULL, size INTEGER NOT NULL, sha256 TEXT NOT NULL,
            text TEXT NOT NULL, content BLOB
        ) STRICT""",
        "CREATE INDEX attachments_by_thread ON attachments (thread, message)",
        "CREATE INDEX attachments_by_message ON attachments (message)",
        """CREATE TABLE presets (
            name TEXT PRIMARY KEY, settings TEXT NOT NULL, updated TEXT NOT NULL
        ) STRICT, WITHOUT ROWID""",
        *_index_text("message_text", "messages", ("text",), settled="{row}.state <> 'writing'"),
        *_index_text("thread_text", "threads", ("title", "draft")),
        *_index_text("attachment_text", "attachments", ("name", "text")),
    ):
        connection.execute(statement)
    _keep_exchange(connection)


def _index_text(index: str, table: str, columns: tuple[str, ...], settled: str = "1") -> list[str]:
    """Return the statements of a full-text index that follows its table (https://www.sqlite.org/fts5.html).

    What is indexed of a text is `espalier_words` of it, which every connection brings along
    (`engine.store.words.indexed`); the view says so to FTS5, for its own checks and for a rebuild. `settled` says of
    a row ({row}) whether it is in the index: a text that is still growing is not.
    """
    names = ", ".join(columns)

    def words(row: str) -> str:
        return ", ".join(f"espalier_words({row}.{column})" for column in columns)

    def put(row: str) -> str:
        return f"INSERT INTO {index} (rowid, {names}) SELECT {row}.id, {words(row)} WHERE {settled.format(row=row)};"

    def drop(row: str) -> str:
        return (
            f"INSERT INTO {index} ({index}, rowid, {names}) "
            f"SELECT 'delete', {row}.id, {words(row)} WHERE {settled.format(row=row)};"
        )

    watched = ", ".join(columns if settled == "1" else (*columns, "state"))
    where = f"WHERE {settled.format(row=table)}"
    return [
        f"CREATE VIEW {index}_source (id, {names}) AS SELECT id, {words(table)} FROM {table} {where}",  # noqa: S608 - our own names
        f"""CREATE VIRTUAL TABLE {index} USING fts5({names}, content='{index}_source', content_rowid='id',
            tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')""",
        f"CREATE TRIGGER {index}_made AFTER INSERT ON {table} BEGIN {put('new')} END",
        f"CREATE TRIGGER {index}_changed AFTER UPDATE OF {watched} ON {table} BEGIN {drop('old')} {put('new')} END",
        f"CREATE TRIGGER {index}_gone AFTER DELETE ON {table} BEGIN {drop('old')} END",
    ]


def _keep_exchange(connection: Connection) -> None:
    """Make a thread of the draft and the exchange that the Playground kept before there were threads.

    What cannot be read becomes the unsent draft of a thread, as it stands: nothing is thrown away.
    """
    found = dict(connection.execute("SELECT key, text FROM drafts WHERE key LIKE 'playground.%'").fetchall())
    now = datetime.now(UTC).isoformat()
    draft: dict[str, Any] = {}
    exchange: dict[str, Any] = {}
    asked: dict[str, Any] = {}
    try:
        draft = _object(found.get("playground.draft") or "{}")
    except (ValueError, RecursionError):
        _keep_unread(connection, found["playground.draft"], now)
    try:
        exchange = _object(found.get("playground.exchange") or "{}")
        asked = _object(exchange.get("draft") or "{}")
    except (ValueError, RecursionError):
        _keep_unread(connection, found["playground.exchange"], now)
        exchange = {}
    if draft or exchange:
        _keep_thread(connection, draft, exchange, asked, now)
    connection.execute("DELETE FROM drafts WHERE key IN ('playground.draft', 'playground.exchange')")


def _keep_thread(
    connection: Connection, draft: dict[str, Any], exchange: dict[str, Any], asked: dict[str, Any], now: str
) -> None:
    prompt = clean(str(asked.pop("prompt", "")))
    unsent = clean(str(draft.pop("prompt", "")))
    asked_at = clean(str(exchange.get("asked_at") or now))
    thread = connection.execute(
        "INSERT INTO threads (title, kind, settings, draft, created, updated) VALUES (?, ?, ?, ?, ?, ?)",
        (
            next((line.strip() for line in (prompt or unsent).splitlines() if line.strip()), "")[:80],
            clean(str((draft or asked).get("format", ""))),
            _dump(draft or asked),
            unsent,
            asked_at,
            asked_at,
        ),
    ).lastrowid
    if not exchange:
        return
    put = "INSERT INTO messages (thread, parent, role, state, size, created, text) VALUES (?, ?, ?, ?, ?, ?, ?)"
    message = connection.execute(put, (thread, None, "user", "done", len(prompt), asked_at, prompt)).lastrowid
    text = clean(str(exchange.get("text", "")))
    state = exchange["state"] if exchange.get("state") in {"done", "stopped", "failed"} else "interrupted"
    answer = connection.execute(put, (thread, message, "assistant", state, len(text), asked_at, text)).lastrowid
    details = {key: exchange[key] for key in ("tokens", "forced", "prompt_tokens", "closed") if key in exchange}
    connection.execute(
        "INSERT INTO answers (message, request, receipt, error, details) VALUES (?, ?, ?, ?, ?)",
        (
            answer,
            _dump(asked),
            *(_dump(exchange[key]) if exchange.get(key) else None for key in ("receipt", "error")),
            _dump(details),
        ),
    )
    connection.execute("UPDATE threads SET head = ? WHERE id = ?", (answer, thread))


def _keep_unread(connection: Connection, text: str, now: str) -> None:
    connection.execute(
        "INSERT INTO threads (title, titled, draft, created, updated) VALUES (?, 1, ?, ?, ?)",
        ("Recovered draft", text, now, now),
    )


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("no object")  # noqa: TRY004 - as for any other text that cannot be read
    return value


def _dump(value: object) -> str:
    return clean(json.dumps(value, ensure_ascii=False))


def schemas_and_versions(connection: Connection) -> None:
    """Make room for the library of schemas, and take note of which threads and jobs hold which schema."""
    for statement in (
        """CREATE TABLE schemas (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            tags TEXT NOT NULL DEFAULT '',
            pinned INTEGER NOT NULL DEFAULT 0,
            created TEXT NOT NULL, updated TEXT NOT NULL, deleted TEXT
        ) STRICT""",
        """CREATE TABLE schema_versions (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            schema INTEGER NOT NULL REFERENCES schemas (id) ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number >= 1),
            state TEXT NOT NULL CHECK (state IN ('latest', 'older')),
            size INTEGER NOT NULL, sha256 TEXT NOT NULL, created TEXT NOT NULL,
            note TEXT NOT NULL DEFAULT '',
            text BLOB NOT NULL,
            UNIQUE (schema, number)
        ) STRICT""",
        "CREATE INDEX latest_versions ON schema_versions (schema, number, size) WHERE state = 'latest'",
        """CREATE TABLE schema_drafts (
            id INTEGER PRIMARY KEY REFERENCES schemas (id) ON DELETE CASCADE,
            base INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('done', 'writing')),
            size INTEGER NOT NULL, sha256 TEXT NOT NULL,
            text BLOB NOT NULL
        ) STRICT""",
        "CREATE INDEX schema_drafts_unfinished ON schema_drafts (id) WHERE state = 'writing'",
        """CREATE TABLE schema_uses (
            holder TEXT NOT NULL CHECK (holder IN ('thread', 'job')),
            id INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            PRIMARY KEY (holder, id)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX uses_by_schema ON schema_uses (sha256, holder, id)",
        *_index_text("schema_name_text", "schemas", ("name", "tags")),
        *_index_text("schema_note_text", "schema_versions", ("note",)),
        *_index_text("schema_version_text", "schema_versions", ("text",), settled="{row}.state = 'latest'"),
        *_index_text("schema_draft_text", "schema_drafts", ("text",), settled="{row}.state = 'done'"),
        *_note_uses("thread", "threads", "settings"),
        *_note_uses("job", "jobs", "plan"),
    ):
        connection.execute(statement)


def _note_uses(holder: str, table: str, column: str) -> list[str]:
    """Return the statements that keep note of the schema which each row of a table holds in its plain JSON.

    `espalier_schema` (`engine.store.schema_text.held_by`) is NULL where there is none, and OR IGNORE leaves out a row
    that lacks what may not be NULL (https://www.sqlite.org/lang_conflict.html).
    """
    put = "INSERT OR IGNORE INTO schema_uses (holder, id, sha256) SELECT"
    drop = f"DELETE FROM schema_uses WHERE holder = '{holder}' AND id = old.id;"  # noqa: S608 - our own names
    new = f"{put} '{holder}', new.id, espalier_schema(new.{column})"
    return [
        f"CREATE TRIGGER {holder}_schema_made AFTER INSERT ON {table} BEGIN {new}; END",
        f"CREATE TRIGGER {holder}_schema_changed AFTER UPDATE OF {column} ON {table} BEGIN {drop} {new}; END",
        f"CREATE TRIGGER {holder}_schema_gone AFTER DELETE ON {table} BEGIN {drop} END",
        f"{put} '{holder}', id, espalier_schema({column}) FROM {table}",
    ]


def cells_of_rows(connection: Connection) -> None:
    """Keep of each row of a job where its values stand, and let it be incomplete: its table is written anew."""
    kept = "job, document, position, state, sha256, record, notes, error, receipt, seconds, updated"
    for statement in (
        """CREATE TABLE job_rows_with_cells (
            job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            document TEXT NOT NULL,
            position INTEGER,
            state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'incomplete', 'failed')),
            sha256 TEXT, record TEXT, notes TEXT NOT NULL DEFAULT '[]', error TEXT, receipt TEXT,
            seconds REAL,
            cells TEXT,
            updated TEXT NOT NULL,
            PRIMARY KEY (job, document)
        ) STRICT, WITHOUT ROWID""",
        f"INSERT INTO job_rows_with_cells ({kept}) SELECT {kept} FROM job_rows",  # noqa: S608 - our own names
        "DROP TABLE job_rows",
        "ALTER TABLE job_rows_with_cells RENAME TO job_rows",
    ):
        connection.execute(statement)


def names_and_corrections_of_jobs(connection: Connection) -> None:
    """Give jobs a name, an end and a bin; keep what a person says of a cell, and once what all receipts of a job say.

    A row may be empty now, and lack some fields only, so its table is written anew. Its cells are packed (zlib).
    """
    kept = "job, document, position, state, sha256, record, notes, error, receipt, seconds, updated"
    connection.create_function(
        "espalier_packed", 1, lambda text: None if text is None else zlib.compress(text.encode())
    )
    for statement in (
        "ALTER TABLE jobs ADD COLUMN name TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE jobs ADD COLUMN finished TEXT",
        "ALTER TABLE jobs ADD COLUMN deleted TEXT",
        """CREATE TABLE job_rows_with_parts (
            job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            document TEXT NOT NULL,
            position INTEGER,
            state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'incomplete', 'empty', 'failed')),
            sha256 TEXT, record TEXT, notes TEXT NOT NULL DEFAULT '[]', error TEXT, receipt TEXT,
            parts TEXT NOT NULL DEFAULT '{}',
            seconds REAL,
            cells BLOB,
            fields TEXT,
            updated TEXT NOT NULL,
            PRIMARY KEY (job, document)
        ) STRICT, WITHOUT ROWID""",
        f"INSERT INTO job_rows_with_parts ({kept}) SELECT {kept} FROM job_rows",  # noqa: S608 - our own names
        """UPDATE job_rows_with_parts AS made SET cells = (
            SELECT espalier_packed(cells) FROM job_rows AS old
            WHERE old.job = made.job AND old.document = made.document
        )""",
        "DROP TABLE job_rows",
        "ALTER TABLE job_rows_with_parts RENAME TO job_rows",
        "CREATE INDEX rows_by_position ON job_rows (job, position, state)",
        """CREATE TABLE job_parts (
            job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            sha256 TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (job, sha256)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE job_corrections (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            job INTEGER NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
            document TEXT NOT NULL,
            pointer TEXT NOT NULL,
            sha256 TEXT,
            kind TEXT NOT NULL CHECK (kind IN ('accepted', 'edited', 'absent')),
            value TEXT NOT NULL, quote TEXT, spans TEXT NOT NULL DEFAULT '[]',
            at TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX corrections_by_cell ON job_corrections (job, document, pointer, id)",
    ):
        connection.execute(statement)
    for job, plan in connection.execute("SELECT id, plan FROM jobs").fetchall():
        folder = json.loads(plan).get("folder")
        if isinstance(folder, str):
            name = clean(re.split(r"[/\\]", folder.rstrip("/\\"))[-1])
            connection.execute("UPDATE jobs SET name = ? WHERE id = ?", (name, job))


def models_and_endpoints(connection: Connection) -> None:
    """Make room for what is known of model files, for their benchmarks, and for models elsewhere.

    Paths are bytes, since names of files need not be valid text.
    """
    for statement in (
        "CREATE TABLE model_folders (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE) STRICT",
        """CREATE TABLE model_files (
            path BLOB PRIMARY KEY,
            origin TEXT NOT NULL DEFAULT 'found' CHECK (origin IN ('added', 'downloaded', 'found')),
            source TEXT,
            size INTEGER, changed_ns INTEGER, sha256 TEXT,
            pinned TEXT,
            options TEXT,
            removed TEXT
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE model_benchmarks (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            sha256 TEXT NOT NULL, name TEXT NOT NULL, figures TEXT NOT NULL, created TEXT NOT NULL
        ) STRICT""",
        "CREATE INDEX benchmarks_by_model ON model_benchmarks (sha256, id)",
        """CREATE TABLE endpoints (
            id TEXT PRIMARY KEY, position INTEGER NOT NULL, data TEXT NOT NULL, deleted TEXT
        ) STRICT, WITHOUT ROWID""",
    ):
        connection.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (
    settings_drafts_jobs,
    threads_and_messages,
    schemas_and_versions,
    cells_of_rows,
    names_and_corrections_of_jobs,
    models_and_endpoints,
)
