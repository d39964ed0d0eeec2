"""A real server with a real model: what it understands, answers that it is held to, documents, and Stop."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from engine import Model
from engine.documents import DocumentPool
from engine.extraction import ExtractionJob, ExtractionPlan
from engine.model.protocol import TextDelta
from engine.network import Network
from engine.remote.backend import RemoteBackend
from engine.remote.endpoint import Capabilities, Endpoint
from engine.remote.probing import probe
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine.remote.peer import Peer

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 20},
        "age": {"type": "integer", "maximum": 150},
    },
    "required": ["name", "age"],
    "additionalProperties": False,
}
INVOICE = {
    "type": "object",
    "properties": {"vendor": {"type": "string", "maxLength": 40}, "total": {"type": "number"}},
    "required": ["vendor", "total"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def capabilities(peer: Peer) -> Capabilities:
    return probe(Endpoint(id="peer", name="Peer", url=peer.url), Network())


@pytest.fixture(scope="module")
def backend(peer: Peer, capabilities: Capabilities) -> Iterator[RemoteBackend]:
    endpoint = Endpoint(id="peer", name="Peer", url=peer.url, model="bundled", capabilities=capabilities)
    with RemoteBackend(endpoint, Network(), lambda: None) as opened:
        yield opened


@pytest.fixture(scope="module")
def model(backend: RemoteBackend) -> Model:
    return Model(backend, backend.wait_until_ready())


def test_what_it_understands_is_found_out(capabilities: Capabilities) -> None:
    assert (capabilities.server, capabilities.structured) == ("llama-cpp-python", "json_object+schema")
    assert capabilities.models == ("bundled",)
    assert capabilities.context == 2048
    assert capabilities.logprobs
    assert capabilities.seed
    assert capabilities.tokenize is not None


def test_an_answer_satisfies_its_schema_and_its_receipt_says_that_it_was_checked(model: Model) -> None:
    answer = model.generate("Anna Meyer is 34 and lives in Rome.", response_format=PERSON, max_tokens=40)
    assert answer.value.keys() == {"name", "age"}
    assert isinstance(answer.value["age"], int)
    assert answer.receipt.guarantee == "checked"
    assert answer.receipt.model.name == "bundled"
    assert answer.receipt.prompt_tokens > 20
    assert answer.receipt.generated_tokens > 5


def test_two_documents_become_rows_whose_values_stand_in_them(tmp_path: Path, backend: RemoteBackend) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, total in (("Nordlicht", "105.50"), ("Applegate", "240.00")):
        (folder / f"{name}.txt").write_text(f"INVOICE\n{name} Ltd\nTotal due: {total} EUR\n", "utf-8")
    plan = ExtractionPlan((folder,), json.dumps(INVOICE), max_tokens=48)
    with Store(tmp_path / "profile") as store, DocumentPool() as documents:
        job = ExtractionJob(plan, store, backend, documents)
        coverage = job.run()
        assert coverage.total == coverage.ended == 2
        cells = [(row.document, cell) for row in job.rows() for cell in (row.cells or {}).values()]
    assert cells
    for name, cell in cells:
        text = (folder / name).read_text("utf-8")
        assert (cell["value"] is None) == (not cell["spans"])
        assert [text[start:end] for start, end in cell["spans"][:1]] == ([cell["quote"]] if cell["spans"] else [])
        assert cell["probability"], "the server tells logprobs, so that it is known how sure a value is"


def test_stop_ends_an_answer_and_the_server_takes_the_next(model: Model) -> None:
    text = ""
    for event in model.stream("Count from one to a thousand in words.", max_tokens=400):
        if isinstance(event, TextDelta):
            text = event.onto(text)
            break
    assert text
    answer = model.generate("Say yes.", response_format={"enum": ["yes", "no"]}, max_tokens=8)
    assert answer.value in {"yes", "no"}
