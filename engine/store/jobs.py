"""Extraction jobs: what was asked, and one row for each document, in whatever state it is."""

from __future__ import annotations

import contextlib
import hashlib
import json
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from engine.errors import StoreError
from engine.store.job_parts import fill_in, holder_of, take_out
from engine.store.lock import lock_file
from engine.store.words import clean

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from engine.store.database import Database

RowState = Literal["pending", "running", "done", "incomplete", "empty", "failed"]
"""`empty` is a document that was read and holds no text."""

_ANSWERED: frozenset[RowState] = frozenset(("done", "incomplete"))
_LONGEST_NAME = 1_000
_FORGET = (
    "UPDATE job_rows SET state = 'pending', sha256 = NULL, record = NULL, notes = '[]', error = NULL, receipt = NULL, "
    "parts = '{{}}', seconds = NULL, cells = NULL, fields = NULL, updated = ? WHERE {rows}"
)
"""Makes rows pending again and drops what they held."""
_ALL = -1


@dataclass(frozen=True)
class Job:
    """A job as saved. `plan` is plain JSON: everything that decides its answers; `identity` is its hash.

    Times are ISO 8601. `finished` is when its last document was done, None while some are to do; `deleted` when it went
    into the bin, None where it is not there.
    """

    id: int
    identity: str
    plan: dict[str, Any]
    created: str
    name: str = ""
    finished: str | None = None
    deleted: str | None = None


@dataclass(frozen=True)
class Row:
    """One document of a job.

    `document` is its name within the job; `sha256` that of the bytes that were read; `record` the answer, when
    `state` is "done"; `error` an `EngineError.to_json()`, when it is "failed" or "empty"; `receipt` plain JSON. An
    "incomplete" row has both: what was found, and what the document does not have. `cells` tell by JSON Pointer where
    the values of the record come from, as plain JSON; None where that is not known. `fields` are the keys of the record
    that are still to be read, or could not be: the row has the others already; None stands for all of it.
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
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Coverage:
    """How many documents of a job are in which state."""

    pending: int = 0
    running: int = 0
    done: int = 0
    failed: int = 0
    incomplete: int = 0
    empty: int = 0

    @property
    def total(self) -> int:
        """All documents."""
        return self.pending + self.running + self.ended

    @property
    def ended(self) -> int:
        """Those of which is known what became of them."""
        return self.done + self.incomplete + self.empty + self.failed

    def __str__(self) -> str:
        rest = self.pending + self.running
        said = [f"{self.ended} of {self.total} read"]
        if self.incomplete:
            said.append(f"{self.incomplete} of them incomplete")
        said.append(f"{self.failed} failed")
        if self.empty:
            said.append(f"{self.empty} empty")
        return ", ".join([*said, f"{rest} to do"] if rest else said)


CorrectionKind = Literal["accepted", "edited", "absent"]


@dataclass(frozen=True)
class Correction:
    """What a person said of a cell: that it is right, what it is instead, or that the document does not have it.

    `pointer` is the cell's JSON Pointer in the record. `value` is plain JSON; `spans` are the places in the document's
    text where it stands, if it does, and `quote` what stands there. `at` is when it was said (ISO 8601), given by the
    store.
    """

    document: str
    pointer: str
    kind: CorrectionKind
    value: Any = None
    quote: str | None = None
    spans: tuple[tuple[int, int], ...] = ()
    at: str = ""


class Jobs:
    """The jobs of a profile. All methods raise StoreError when the file cannot be used."""

    def __init__(self, database: Database, locks: Path) -> None:
        self._database = database
        self._locks = locks

    # Jobs

    def open(self, plan: Mapping[str, Any], *, identity: str, name: str = "", again: bool = False) -> Job:
        """Return the newest job of this identity that is not in the bin, or make it under a name.

        `again` makes a new one and keeps the old.
        """
        with self._database.transaction() as connection:
            found = None if again else connection.execute(
                "SELECT * FROM jobs WHERE identity = ? AND deleted IS NULL ORDER BY id DESC LIMIT 1", (identity,)
            ).fetchone()  # fmt: skip
            if found is None:
                found = connection.execute(
                    "INSERT INTO jobs (identity, plan, created, name) VALUES (?, ?, ?, ?) RETURNING *",
                    (identity, json.dumps(plan, ensure_ascii=False), _now(), _name(name)),
                ).fetchone()
        return _job(found)

    def all(self, *, deleted: bool = False) -> list[Job]:
        """Return the jobs, or those in the bin, newest first."""
        rows = self._database.rows(
            f"SELECT * FROM jobs WHERE deleted IS {'NOT ' if deleted else ''}NULL ORDER BY id DESC"  # noqa: S608
        )
        return [_job(row) for row in rows]

    def get(self, job: int) -> Job | None:
        """Return one job, wherever it is; None where there is none."""
        rows = self._database.rows("SELECT * FROM jobs WHERE id = ?", (job,))
        return _job(rows[0]) if rows else None

    def rename(self, job: int, name: str) -> None:
        """Give a job another name."""
        self._database.write("UPDATE jobs SET name = ? WHERE id = ?", (_name(name), job))

    def delete(self, job: int) -> None:
        """Put a job into the bin; its rows and corrections stay with it."""
        self._database.write("UPDATE jobs SET deleted = ? WHERE id = ? AND deleted IS NULL", (_now(), job))

    def restore(self, job: int) -> None:
        """Take a job out of the bin."""
        self._database.write("UPDATE jobs SET deleted = NULL WHERE id = ?", (job,))

    def plan_anew(self, job: Job, plan: Mapping[str, Any], *, identity: str) -> Job | None:
        """Give a job of which nothing has been read another plan, and return it; what failed under the first is to do.

        None, and nothing is changed, where a document was read or a person said something, where another job has this
        plan already, or where the job is running.
        """
        with contextlib.ExitStack() as claimed:
            try:
                claimed.enter_context(self.claim(job))
            except StoreError:
                return None
            with self._database.transaction() as connection:
                found = connection.execute(
                    "UPDATE jobs SET plan = ?, identity = ?, finished = NULL WHERE id = ? AND deleted IS NULL "
                    "AND NOT EXISTS (SELECT 1 FROM jobs WHERE identity = ? AND deleted IS NULL) "
                    "AND NOT EXISTS (SELECT 1 FROM job_rows WHERE job = ? "
                    "AND (record IS NOT NULL OR state NOT IN ('pending', 'failed'))) "
                    "AND NOT EXISTS (SELECT 1 FROM job_corrections WHERE job = ?) RETURNING *",
                    (json.dumps(plan, ensure_ascii=False), identity, job.id, identity, job.id, job.id),
                ).fetchone()
                if found is not None:
                    connection.execute(_FORGET.format(rows="job = ? AND state = 'failed'"), (_now(), job.id))
        return None if found is None else _job(found)

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

    def settle(self, job: Job) -> None:
        """Note whether the job has ended: when its last document was done, or that some are to do."""
        self._database.write(
            "UPDATE jobs SET finished = CASE WHEN EXISTS ("
            "SELECT 1 FROM job_rows WHERE job = jobs.id AND position IS NOT NULL AND state IN ('pending', 'running')"
            ") THEN NULL ELSE coalesce(finished, ?) END WHERE id = ?",
            (_now(), job.id),
        )

    # Rows

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
        return [row for piece in self.pieces(job, *states, size=_ALL) for row in piece]

    def pieces(self, job: Job, *states: RowState, size: int = 200) -> Iterator[list[Row]]:
        """Yield the documents of a job in order, so many at a time; between two of them others may write."""
        some = f"AND state IN ({','.join('?' * len(states))})" if states else ""
        place = -1
        while True:
            rows = self._database.rows(
                "SELECT * FROM job_rows WHERE job = ? AND position IS NOT NULL "  # noqa: S608
                f"AND position > ? {some} ORDER BY position LIMIT ?",
                (job.id, place, *states, size),
            )
            if rows:
                place = rows[-1]["position"]
                parts = self._parts(job)
                yield [_row(row, parts) for row in rows]
            if len(rows) < size or size == _ALL:
                return

    def some(self, job: Job, documents: Sequence[str]) -> list[Row]:
        """Return those documents of a job that it has, in its order."""
        rows = self._database.rows(
            "SELECT * FROM job_rows WHERE job = ? AND position IS NOT NULL "
            "AND document IN (SELECT value FROM json_each(?)) ORDER BY position",
            (job.id, _dump(documents)),
        )
        parts = self._parts(job) if rows else {}
        return [_row(row, parts) for row in rows]

    def states(self, job: Job) -> dict[str, RowState]:
        """Return what has become of each document of a job, in order."""
        rows = self._database.rows(
            "SELECT document, state FROM job_rows WHERE job = ? AND position IS NOT NULL ORDER BY position", (job.id,)
        )
        return {row["document"]: row["state"] for row in rows}

    def held(self, job: Job) -> list[str]:
        """Return the documents of a job of which something is known, in order: what became of them, or some fields."""
        rows = self._database.rows(
            "SELECT document FROM job_rows WHERE job = ? AND position IS NOT NULL "
            "AND (record IS NOT NULL OR state NOT IN ('pending', 'running')) ORDER BY position",
            (job.id,),
        )
        return [row["document"] for row in rows]

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
                _FORGET.format(rows="job = ? AND document = ?"),
                [(_now(), job.id, document) for document in documents],
            )

    def ask_for(self, job: Job, documents: Sequence[str], fields: Sequence[str]) -> None:
        """Make documents pending again for some fields of their records; what else their rows hold stays.

        A row that lacks all of its record goes on to lack all of it, one that lacks other fields lacks these too.
        """
        with self._database.transaction() as connection:
            for document in documents:
                found = connection.execute(
                    "SELECT record, fields FROM job_rows WHERE job = ? AND document = ?", (job.id, document)
                ).fetchone()
                if found is None or found["record"] is None:
                    continue
                lacking = dict.fromkeys([*(_load(found["fields"]) or ()), *fields])
                connection.execute(
                    "UPDATE job_rows SET state = 'pending', fields = ?, error = NULL, updated = ? "
                    "WHERE job = ? AND document = ?",
                    (_dump(list(lacking)), _now(), job.id, document),
                )

    def save(self, job: Job, row: Row, *, common: Iterable[str] = (), corrections: Iterable[Correction] = ()) -> None:
        """Save what became of a document. When this returns, the row is on disk.

        `common` are JSON Pointers into the receipt, to what is likely to be the same in other receipts of the job: it
        is kept once. `corrections` are kept with the row, or neither is. Raises KeyError where the job has no such
        document.
        """
        receipt, parts = (None, {}) if row.receipt is None else take_out(row.receipt, common)
        hashes = {pointer: hashlib.sha256(text.encode()).hexdigest() for pointer, text in parts.items()}
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR IGNORE INTO job_parts (job, sha256, text) VALUES (?, ?, ?)",
                [(job.id, hashes[pointer], text) for pointer, text in parts.items()],
            )
            changed = connection.execute(
                "UPDATE job_rows SET state = ?, sha256 = ?, record = ?, notes = ?, error = ?, receipt = ?, "
                "parts = ?, seconds = ?, cells = ?, fields = ?, updated = ? WHERE job = ? AND document = ?",
                (
                    row.state,
                    row.sha256,
                    _dump(row.record) if row.state in _ANSWERED or row.record is not None else None,
                    _dump(row.notes),
                    _dump(row.error) if row.error is not None else None,
                    _dump(receipt) if receipt is not None else None,
                    _dump(hashes),
                    row.seconds,
                    zlib.compress(_dump(row.cells).encode()) if row.cells is not None else None,
                    _dump(row.fields) if row.fields is not None else None,
                    _now(),
                    job.id,
                    row.document,
                ),
            ).rowcount
            if not changed:
                raise KeyError(row.document)
            _correct(connection, job, corrections)

    def coverage(self, job: Job) -> Coverage:
        """Count the documents of a job by state."""
        counted = self._database.rows(
            "SELECT state, count(*) AS n FROM job_rows WHERE job = ? AND position IS NOT NULL GROUP BY state",
            (job.id,),
        )
        return Coverage(**{row["state"]: row["n"] for row in counted})

    # Corrections

    def correct(self, job: Job, corrections: Iterable[Correction]) -> None:
        """Keep what a person said of some cells; the newest of a cell counts.

        It is said of the document as it was read: where its bytes are others later, it does not count until they are
        these again. What is accepted without a value is the one that the cell has now, whatever it becomes.
        """
        said_of = list(corrections)
        accepted = {said.document for said in said_of if said.kind == "accepted"}
        rows = {row.document: row for row in self.some(job, sorted(accepted))} if accepted else {}
        with self._database.transaction() as connection:
            _correct(connection, job, [_accepted(each, rows.get(each.document)) for each in said_of])

    def take_back(self, job: Job, cells: Iterable[tuple[str, str]]) -> None:
        """Forget the newest correction of each cell (document and pointer); the one before it counts again."""
        with self._database.transaction() as connection:
            connection.executemany(
                "DELETE FROM job_corrections WHERE id = ("
                "SELECT max(id) FROM job_corrections WHERE job = ? AND document = ? AND pointer = ?)",
                [(job.id, document, pointer) for document, pointer in cells],
            )

    def corrections(self, job: Job) -> list[Correction]:
        """Return the newest correction of each cell that has one, of the documents as they were read last."""
        rows = self._database.rows(
            "SELECT said.*, max(said.id) FROM job_corrections AS said "
            "LEFT JOIN job_rows AS row ON row.job = said.job AND row.document = said.document "
            "WHERE said.job = ? AND (said.sha256 IS NULL OR row.sha256 IS NULL OR said.sha256 = row.sha256) "
            "GROUP BY said.document, said.pointer ORDER BY said.id",
            (job.id,),
        )
        return [_correction(row) for row in rows]

    def _parts(self, job: Job) -> dict[str, Any]:
        found = self._database.rows("SELECT sha256, text FROM job_parts WHERE job = ?", (job.id,))
        return {row["sha256"]: json.loads(row["text"]) for row in found}


def _job(row: sqlite3.Row) -> Job:
    return Job(
        id=row["id"],
        identity=row["identity"],
        plan=json.loads(row["plan"]),
        created=row["created"],
        name=row["name"],
        finished=row["finished"],
        deleted=row["deleted"],
    )


def _row(row: sqlite3.Row, parts: Mapping[str, Any]) -> Row:
    receipt = _load(row["receipt"])
    if receipt is not None:
        fill_in(receipt, {pointer: parts[sha256] for pointer, sha256 in json.loads(row["parts"]).items()})
    return Row(
        document=row["document"],
        state=row["state"],
        sha256=row["sha256"],
        record=_load(row["record"]),
        notes=tuple(json.loads(row["notes"])),
        error=_load(row["error"]),
        receipt=receipt,
        seconds=row["seconds"],
        cells=None if row["cells"] is None else json.loads(zlib.decompress(row["cells"])),
        fields=None if row["fields"] is None else tuple(json.loads(row["fields"])),
    )


def _correction(row: sqlite3.Row) -> Correction:
    return Correction(
        document=row["document"],
        pointer=row["pointer"],
        kind=row["kind"],
        value=json.loads(row["value"]),
        quote=row["quote"],
        spans=tuple((start, end) for start, end in json.loads(row["spans"])),
        at=row["at"],
    )


def _correct(connection: sqlite3.Connection, job: Job, corrections: Iterable[Correction]) -> None:
    connection.executemany(
        "INSERT INTO job_corrections (job, document, pointer, sha256, kind, value, quote, spans, at) "
        "VALUES (:job, :document, :pointer, "
        "(SELECT sha256 FROM job_rows WHERE job = :job AND document = :document), "
        ":kind, :value, :quote, :spans, :at)",
        [
            {
                "job": job.id,
                "document": said.document,
                "pointer": said.pointer,
                "kind": said.kind,
                "value": _dump(said.value),
                "quote": said.quote,
                "spans": _dump(said.spans),
                "at": said.at or _now(),
            }
            for said in corrections
        ],
    )


def _accepted(said: Correction, row: Row | None) -> Correction:
    """Return a correction that accepts a cell with what the cell says."""
    if said.kind != "accepted" or said.value is not None or row is None:
        return said
    cell = (row.cells or {}).get(said.pointer)
    if cell is not None:
        spans = tuple((start, end) for start, end in cell.get("spans", ()))
        return replace(said, value=cell["value"], quote=cell.get("quote"), spans=spans)
    holder, key = holder_of(row.record, said.pointer)
    return said if holder is None else replace(said, value=holder[key])


def _name(name: str) -> str:
    return clean(" ".join(name.split()))[:_LONGEST_NAME]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _load(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _now() -> str:
    return datetime.now(UTC).isoformat()
