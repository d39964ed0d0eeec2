"""`bench remote`: extractions by a model behind an endpoint: nothing is lost, and what is not valid is an error.

A folder of small invoices is extracted through llama-cpp-python's own server with the bundled model on loopback, with
1, 4 and 16 requests in flight. That server computes one answer at a time, so that more in flight is no quicker there;
it shows that they wait for each other. Then through a server that was written to misbehave, which is quick: it shows
what becomes of answers that are late, cut off, invalid or made up.

Each row has to be a record that satisfies the schema and whose texts stand in its document, or a typed error with a
sentence. `lost` counts documents that have no such end, or were done twice.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from _misbehaving import Misbehaving
from _report import close, print_table, say, say_load, tell

from engine.documents import DocumentPool
from engine.errors import EngineError
from engine.extraction import ExtractionJob, ExtractionPlan
from engine.network import Network
from engine.remote.backend import RemoteBackend
from engine.remote.endpoint import Capabilities, Endpoint
from engine.remote.probing import probe
from engine.store import Store
from tests.engine.remote.peer import Peer

if TYPE_CHECKING:
    from engine.store import Row

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"vendor": {"type": ["string", "null"], "maxLength": 24}, "total": {"type": ["number", "null"]}},
    "required": ["vendor", "total"],
    "additionalProperties": False,
}
_NAMES = ("Nordlicht", "Applegate", "Brixton", "Castello", "Dufour", "Everest", "Falken", "Grove")
_MOST_TOKENS = 32
_SECONDS = 600.0
_IN_FLIGHT = (1, 4, 16)


@dataclass
class Outcome:
    """What became of a job's documents. `answers` count requests by how they ended, rows and retries alike."""

    title: str
    documents: int
    minutes: float = 0.0
    valid: int = 0
    right: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    retried: int = 0
    lost: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        """The share of documents that are a valid record or a typed error."""
        return (self.valid + self.errors.total() - len(self.faults)) / self.documents

    @property
    def pace(self) -> float:
        """Documents a minute."""
        return self.documents / self.minutes if self.minutes else 0.0


def main(argv: list[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench remote", description=__doc__.split("\n\n")[0])
    parser.add_argument("--documents", type=int, default=200, metavar="N", help="documents of each job (200)")
    parser.add_argument("--seed", type=int, default=1, help="of what the misbehaving server does")
    parser.add_argument("--misbehaving-only", action="store_true", help="leave the real server out")
    asked = parser.parse_args(argv)
    say_load()
    scratch = Path(tempfile.mkdtemp(prefix="espalier-remote-"))
    outcomes: list[Outcome] = []
    try:
        folder = _write(scratch / "documents", asked.documents)
        if not asked.misbehaving_only:
            with Peer(scratch / "server.log") as peer:
                outcomes += _through_peer(scratch, folder, peer)
        with Misbehaving(asked.seed) as unruly:
            endpoint = Endpoint(
                id="unruly",
                name="Misbehaving",
                url=unruly.url,
                model="unruly",
                concurrency=max(_IN_FLIGHT),
                capabilities=Capabilities(server="vllm", models=("unruly",), structured="json_schema"),
            )
            outcomes.append(_run("misbehaving", scratch, folder, endpoint))
            say(f"What it did: {', '.join(f'{count} {way}' for way, count in sorted(unruly.done.items()))}.")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return _close(outcomes)


def _through_peer(scratch: Path, folder: Path, peer: Peer) -> list[Outcome]:
    first = Endpoint(id="peer", name="llama-cpp-python", url=peer.url, model="bundled", seconds=_SECONDS)
    known = probe(first, Network())
    say(f"The server: {known.server} {known.version}, {known.structured}, {known.context:,} tokens.")
    # One request at a time is what such servers are sent, since by themselves they break off what runs when another
    # arrives. This one was started to let them wait, so that it can be asked as llama.cpp's own server is.
    patient = known.model_copy(update={"server": "llama-server"})
    return [
        _run(
            f"{count} in flight",
            scratch,
            folder,
            first.model_copy(update={"concurrency": count, "capabilities": patient}),
        )
        for count in _IN_FLIGHT
    ]


def _write(folder: Path, documents: int) -> Path:
    folder.mkdir()
    for number in range(documents):
        text = f"INVOICE {number}\nVendor: {_vendor(number)}\nTotal: {_total(number)}\n"
        (folder / f"{number:04}.txt").write_text(text, "utf-8")
    return folder


def _vendor(number: int) -> str:
    return f"{_NAMES[number % len(_NAMES)]} {number} Ltd"


def _total(number: int) -> str:
    return f"{100 + number}.50"


def _run(title: str, scratch: Path, folder: Path, endpoint: Endpoint) -> Outcome:
    """Extract the folder, and judge its rows."""
    plan = ExtractionPlan((folder,), json.dumps(SCHEMA), max_tokens=_MOST_TOKENS)
    outcome = Outcome(title, sum(1 for _ in folder.iterdir()))
    ended: Counter[str] = Counter()
    profile = scratch / title.replace(" ", "-")
    begun = time.monotonic()
    with (
        Store(profile) as store,
        DocumentPool() as documents,
        RemoteBackend(endpoint, Network(), lambda: None) as backend,
    ):
        job = ExtractionJob(plan, store, backend, documents)

        def hear(row: Row) -> None:
            ended[row.document] += 1
            if ended.total() % 50 == 0:
                tell(f"{title}: {ended.total()} of {outcome.documents}")

        try:
            job.run(hear)
        except EngineError as error:
            tell(f"{title}: the job stopped: {error}")
        outcome.minutes = (time.monotonic() - begun) / 60
        rows = {row.document: row for row in job.rows()}
    for path in sorted(folder.iterdir()):
        if ended[path.name] != 1 or path.name not in rows:
            outcome.lost += 1
        else:
            _judge(outcome, rows[path.name], path.read_text("utf-8"))
    return outcome


def _judge(outcome: Outcome, row: Row, text: str) -> None:
    """Count a row as valid, or as an error; or find fault with it."""
    attempts = (row.receipt or {}).get("attempts", ())
    outcome.retried += len(attempts)
    if row.error is not None:
        error = EngineError.from_json(row.error)
        outcome.errors[error.kind] += 1
        if error.kind == "EngineError" or not error.message:
            outcome.faults.append(f"{outcome.title}, {row.document}: an error without a kind or a sentence")
        return
    outcome.valid += 1
    record = row.record
    if not jsonschema_rs.is_valid(SCHEMA, record):
        outcome.faults.append(f"{outcome.title}, {row.document}: {record} does not satisfy the schema")
    quotes = [cell["quote"] for cell in (row.cells or {}).values() if cell["value"] is not None]
    if any(quote is None or quote not in text for quote in quotes):
        outcome.faults.append(f"{outcome.title}, {row.document}: {record} does not stand in the document")
    number = int(row.document.split(".")[0])
    outcome.right += record == {"vendor": _vendor(number), "total": float(_total(number))}


def _close(outcomes: list[Outcome]) -> int:
    print_table(
        "Extractions through an endpoint",
        ("", "documents", "valid", "right", "errors", "asked again", "lost", "documents/min"),
        [
            (
                each.title,
                each.documents,
                each.valid,
                each.right,
                each.errors.total(),
                each.retried,
                each.lost,
                each.pace,
            )
            for each in outcomes
        ],
    )
    for each in outcomes:
        if each.errors:
            say(f"{each.title}: {', '.join(f'{count} {kind}' for kind, count in each.errors.most_common())}.")
    figures: dict[str, Any] = {
        "valid_or_error_share": min(each.share for each in outcomes),
        "lost": sum(each.lost for each in outcomes),
        "documents": outcomes[0].documents,
    }
    for each in outcomes:
        name = each.title.split()[0]
        figures |= {
            f"documents_per_minute_{name}": each.pace,
            f"valid_{name}": each.valid,
            f"right_{name}": each.right,
            f"asked_again_{name}": each.retried,
        }
    faults = [fault for each in outcomes for fault in each.faults]
    return close(figures, faults + ([f"{figures['lost']} documents are lost"] if figures["lost"] else []))
