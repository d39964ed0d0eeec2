"""The ways from documents to records that `bench extract` compares, and what each made of a folder."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from _extract_folders import part
from _instances import is_valid, satisfies
from _ours import as_dicts
from _plain import PlainAnswer, PlainFailed
from _report import tell

from engine.extraction import ExtractionJob
from engine.extraction.excerpts import Source
from engine.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from _extract_folders import Folder
    from _ours import Ours
    from _pauses import Pauses
    from _plain import Plain

    from engine.documents import Document, DocumentPool
    from engine.extraction import ExtractionPlan
    from engine.model.protocol import GenerateRequest
    from engine.store import Row

PLAIN_TOKENS = 512


@dataclass
class Outcome:
    """What one side made of one folder: records by document, None where there is no valid one.

    `finished` names the documents whose answer came to its end, valid or not; `flagged` those whose row says that it
    is incomplete, empty or failed. `rows` are those of a job.
    """

    seconds: float = 0.0
    records: dict[str, Any] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    flagged: set[str] = field(default_factory=set)
    rows: list[Row] = field(default_factory=list)
    each_s: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def valid(self) -> int:
        """How many documents have a record that satisfies the schema."""
        return sum(record is not None for name, record in self.records.items() if name not in self.flagged)


class Sides:
    """Both sides over the same folders; what is asked of documents is made once, from the same parsed text."""

    def __init__(self, ours: Ours, pool: DocumentPool, pauses: Pauses, scratch: Path) -> None:
        self._ours = ours
        self._pool = pool
        self._pauses = pauses
        self._scratch = scratch
        self._profiles = 0
        self.documents: dict[str, dict[str, Document]] = {}
        self.requests: dict[str, list[GenerateRequest]] = {}
        self._asked_plainly: dict[str, dict[str, GenerateRequest]] = {}

    def parse(self, folder: Folder) -> None:
        """Read a folder's documents and make the requests that are asked of them."""
        futures = {name: self._pool.submit(folder.documents / name) for name in folder.truth}
        documents = {name: future.result() for name, future in futures.items()}
        self.documents[folder.name] = documents
        grounded, free = (
            {
                name: plan.request(plan.whole(Source(document), self._ours.info), self._ours.info)
                for name, document in documents.items()
            }
            for plan in (folder.plan, folder.ungrounded)
        )
        self.requests[folder.name] = list(grounded.values())
        self._asked_plainly[folder.name] = free

    def extract(self, folder: Folder, plan: ExtractionPlan | None = None) -> Outcome:
        """Run the job, or that of another plan, on a fresh profile with nothing left in the context."""
        self._ours.forget()
        self._profiles += 1
        with Store(self._scratch / f"profile {self._profiles}") as store:
            job = ExtractionJob(plan or folder.plan, store, self._ours.client, self._pool)
            start = time.monotonic()
            job.run()
            outcome = Outcome(self._since(start))
            for row in job.rows():
                if row.document in folder.truth:
                    _take(folder, row, outcome)
        return outcome

    def loop(self, folder: Folder, own_way: Plain) -> Outcome:
        """Ask llama-cpp-python for one document after the other."""
        outcome = Outcome()
        schema = json.loads(folder.schema_text)
        for name, request in self._asked_plainly[folder.name].items():
            start = time.monotonic()
            answer: PlainAnswer | None = None
            try:
                answer = own_way.ask(as_dicts(request.messages), schema, max_tokens=PLAIN_TOKENS)
            except PlainFailed as failure:
                outcome.notes.append(f"{name}: {failure}")
            outcome.each_s[name] = self._since(start)
            whole = answer is not None and answer.finish_reason == "stop"
            if answer and whole:
                outcome.finished.add(name)
            outcome.records[name] = (
                json.loads(answer.text) if answer and whole and is_valid(answer.text, schema) else None
            )
            if answer and outcome.records[name] is None:
                what = "not valid" if whole else "cut"
                outcome.notes.append(f"{name}: {what} after {answer.tokens} tokens: {answer.text[:200]}")
        outcome.seconds = sum(outcome.each_s.values())
        tell(f"plain, {folder.name}: {outcome.seconds:.1f} s")
        return outcome

    def both(self, folder: Folder, ours: Outcome, plain: Outcome) -> tuple[float, float]:
        """Return the seconds of each side for the documents that both finished; ours has a run of its own for it."""
        names = [name for name in folder.truth if name in ours.finished & plain.finished]
        theirs = sum(plain.each_s[name] for name in names)
        if len(names) == len(folder.truth):
            return ours.seconds, theirs
        if not names:
            return 0.0, 0.0
        self._profiles += 1
        some = part(folder, names, self._scratch / f"part {self._profiles}")
        return self.extract(some).seconds, theirs

    def _since(self, start: float) -> float:
        """Return the seconds since a monotonic time, without those in which the machine stood still."""
        end = time.monotonic()
        return end - start - self._pauses.lost(start, end)


def _take(folder: Folder, row: Row, outcome: Outcome) -> None:
    valid = row.state == "done" and satisfies(row.record, json.loads(folder.schema_text))
    outcome.rows.append(row)
    outcome.records[row.document] = row.record if valid or row.state == "incomplete" else None
    if row.state in {"incomplete", "empty", "failed"}:
        outcome.flagged.add(row.document)
    if row.state in {"done", "incomplete"}:
        outcome.finished.add(row.document)
    if row.state == "done" and not valid:
        outcome.faults.append(f"{folder.name}/{row.document}: the record does not satisfy the schema")
    if row.error:
        outcome.notes.append(f"{row.document}: {row.error['kind']}: {row.error['message']}")
