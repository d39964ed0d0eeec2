"""Extraction jobs: what was asked, and one row for each document, in whatever state it is."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import StoreError
from engine.store.lock import lock_file

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from engine.store.database import Database

RowState = Literal["pending", "running", "done", "incomplete", "failed"]


@dataclass(frozen=True)
class Job:
    """A job as saved. `plan` is plain JSON: everything that decides its answers; `identity` is its hash."""

    id: int
    identity: str
    plan: dict[str, Any]
    created: str


@dataclass(frozen=True)
class Row:
    """One document of a job.

    `document` is its name within the job; `sha256` that of the file that was read; `record` the answer, when
    `state` is "done"; `error` an `EngineError.to_json()`, when it is "failed"; `receipt` plain JSON. An "incomplete"
    row has both: what was found, and what the document does not have. `cells` tell by JSON Pointer where the values
    of the record come from, as plain JSON; None where that is not known.
    """

    document: str
    state: RowState
    sha256: str | None = None
    record: Any = None
    notes: tuple[str, ...] = ()
    error: dict[str, Any] | None = None
    receipt: dict[str, Any] | None = None
    seconds: float | None = None
    cells: dict[str, Any] | None = None


@dataclass(frozen=True)
class Coverage:
    """How many documents of a job are in which state."""

    pending: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    incomplete: int = 0

    @property
    def total(self) -> int:
        """All documents."""
        return self.pending + self.running + self.done + self.incomplete + self.failed

    def __str__(self) -> str:
        rest = self.pending + self.running
        said = [f"{self.done + self.incomplete} of {self.total} read", f"{self.failed} failed"]
        if self.incomplete:
            said.insert(1, f"{self.incomplete} of them incomplete")
        return ", ".join([*said, f"{rest} to do"] if rest else said)


class Jobs:
    """The jobs of a profile. All methods raise StoreError when the file cannot be used."""

    def __init__(self, database: Database, locks: Path) -> None:
        self._database = database
        self._locks = locks

    def open(self, plan: Mapping[str, Any], *, identity: str, again: bool = False) -> Job:
        """Return the newest job of this identity, or make it; `again` makes a new one and keeps the old."""
        with self._database.transaction() as connection:
            found = None if again else connection.execute(
                "SELECT * FROM jobs WHERE identity = ? ORDER BY id DESC LIMIT 1", (identity,)
            ).fetchone()  # fmt: skip
            if found is None:
                found = connection.execute(
                    "INSERT INTO jobs (identity, plan, created) VALUES (?, ?, ?) RETURNING *",
                    (identity, json.dumps(plan, ensure_ascii=False), _now()),
                ).fetchone()
        return _job(found)

    def all(self) -> list[Job]:
        """Return all jobs, newest first."""
        return [_job(row) for row in self._database.rows("SELECT * FROM jobs ORDER BY id DESC")]

    @contextlib.contextmanager
    def claim(self, job: Job) -> Iterator[None]:
        """Be the only one to run a job; a lock of the operating system, so that a killed process frees it.

        Rows that a killed process left running are pending again. Raises StoreError if the job is running.
        """
        busy = StoreError(
            "This extraction is running already, in another window or terminal.",
            advice="Wait for it to end, or stop it there.",
        )
        with lock_file(self._locks / f"job-{job.id}.lock", busy):
            self._database.write(
                "UPDATE job_rows SET state = 'pending', updated = ? WHERE job = ? AND state = 'running'",
                (_now(), job.id),
            )
            yield

    def set_documents(self, job: Job, documents: Sequence[str]) -> None:
        """Say which documents the job has, in order; new ones become pending.

        A document that is no longer named keeps its row, out of sight, for when it is named again.
        """
        with self._database.transaction() as connection:
            connection.execute("UPDATE job_rows SET position = NULL WHERE job = ?", (job.id,))
            connection.executemany(
                "INSERT INTO job_rows (job, document, position, state, updated) "
                "VALUES (?, ?, ?, 'pending', ?) "
                "ON CONFLICT (job, document) DO UPDATE SET position = excluded.position",
                [(job.id, document, position, _now()) for position, document in enumerate(documents)],
            )

    def rows(self, job: Job, *states: RowState) -> list[Row]:
        """Return the documents of a job in order, all or those in the given states."""
        some = f"AND state IN ({','.join('?' * len(states))})" if states else ""
        return [
            _row(row)
            for row in self._database.rows(
                f"SELECT * FROM job_rows WHERE job = ? AND position IS NOT NULL {some} ORDER BY position",  # noqa: S608
                (job.id, *states),
            )
        ]

    def start(self, job: Job, document: str) -> None:
        """Mark a document as being worked on."""
        self._database.write(
            "UPDATE job_rows SET state = 'running', updated = ? WHERE job = ? AND document = ?",
            (_now(), job.id, document),
        )

    def reset(self, job: Job, documents: Sequence[str]) -> None:
        """Make documents pending again and drop what their rows held."""
        with self._database.transaction() as connection:
            connection.executemany(
                "UPDATE job_rows SET state = 'pending', sha256 = NULL, record = NULL, notes = '[]', "
                "error = NULL, receipt = NULL, seconds = NULL, cells = NULL, updated = ? "
                "WHERE job = ? AND document = ?",
                [(_now(), job.id, document) for document in documents],
            )

    def save(self, job: Job, row: Row) -> None:
        """Save what became of a document. When this returns, the row is on disk."""
        changed = self._database.write(
            "UPDATE job_rows SET state = ?, sha256 = ?, record = ?, notes = ?, error = ?, receipt = ?, "
            "seconds = ?, cells = ?, updated = ? WHERE job = ? AND document = ?",
            (
                row.state,
                row.sha256,
                _dump(row.record) if row.state in {"done", "incomplete"} else None,
                _dump(row.notes),
                _dump(row.error) if row.error is not None else None,
                _dump(row.receipt) if row.receipt is not None else None,
                row.seconds,
                _dump(row.cells) if row.cells is not None else None,
                _now(),
                job.id,
                row.document,
            ),
        )
        if not changed:
            raise KeyError(row.document)

    def coverage(self, job: Job) -> Coverage:
        """Count the documents of a job by state."""
        counted = self._database.rows(
            "SELECT state, count(*) AS n FROM job_rows WHERE job = ? AND position IS NOT NULL GROUP BY state",
            (job.id,),
        )
        return Coverage(**{row["state"]: row["n"] for row in counted})


def _job(row: sqlite3.Row) -> Job:
    return Job(row["id"], row["identity"], json.loads(row["plan"]), row["created"])


def _row(row: sqlite3.Row) -> Row:
    return Row(
        document=row["document"],
        state=row["state"],
        sha256=row["sha256"],
        record=_load(row["record"]),
        notes=tuple(json.loads(row["notes"])),
        error=_load(row["error"]),
        receipt=_load(row["receipt"]),
        seconds=row["seconds"],
        cells=_load(row["cells"]),
    )


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _load(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _now() -> str:
    return datetime.now(UTC).isoformat()
