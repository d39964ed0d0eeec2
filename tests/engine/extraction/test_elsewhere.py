"""A job whose model is elsewhere: the same rows, and nothing is lost when it goes away."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

import pytest

from engine.errors import (
    AnswerInvalid,
    Cancelled,
    EndpointRefused,
    EndpointUnreachable,
    EngineError,
    NetworkOff,
    PromptTooLong,
)
from engine.extraction import ExtractionJob, ExtractionPlan
from engine.extraction.export.contents import model_of
from engine.extraction.plan import WHERE_NOT_MASKED
from engine.extraction.ranking import cells_to_review
from engine.extraction.results import results
from engine.network import Network
from engine.remote.backend import RemoteBackend
from engine.remote.endpoint import Capabilities, Endpoint
from engine.remote.fallback import FallbackBackend
from engine.store import Job, Row
from tests.engine.remote.played import Played, failed, finished, growing, unreachable
from tests.engine.remote.scripted import Asked, ScriptedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from engine.documents import DocumentPool
    from engine.model.client import ModelClient
    from engine.model.protocol import GenerateRequest, RequestEvent
    from engine.store import Store

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "vendor": {"type": "string", "maxLength": 40},
            "total": {"type": "number"},
            "phone": {"type": ["string", "null"]},
        },
        "required": ["vendor", "total", "phone"],
        "additionalProperties": False,
    }
)
DOCUMENTS = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    for number in range(DOCUMENTS):
        (made / f"{number:02}.txt").write_text(f"INVOICE\nFirm{number} Ltd\nTotal due 1,{number:03}.50\n", "utf-8")
    return made


def number_of(request: GenerateRequest) -> int:
    found = re.search(r"Firm(\d+) ", request.messages[-1].content)
    assert found
    return int(found[1])


def record(request: GenerateRequest) -> str:
    number = number_of(request)
    return json.dumps({"vendor": f"Firm{number} Ltd", "total": f"1,{number:03}.50", "phone": None})


def server(
    answers: Callable[[int], EngineError | None] = lambda number: None, *, lanes: int = 4, name: str = "far"
) -> Played:
    """Return a server that reads invoices well, but for those of which it is told how it fails."""
    made = Played(name, lanes=lanes)

    def play(request: GenerateRequest) -> Iterator[RequestEvent]:
        error = answers(number_of(request))
        if error is not None:
            yield failed(request, error)
            return
        text = record(request)
        yield from growing(request, text)
        yield finished(request, text, made.model)

    made.play = play
    return made


def states(job: ExtractionJob) -> dict[str, int]:
    rows = [row.state for row in job.rows()]
    return {state: rows.count(state) for state in sorted(set(rows))}


def test_values_have_their_places_and_numbers_are_read_by_rule(folder: Path, store: Store, pool: DocumentPool) -> None:
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, server(), pool)
    assert job.run().done == DOCUMENTS
    row = job.rows()[7]
    text = (folder / row.document).read_text("utf-8")
    assert row.record == {"vendor": "Firm7 Ltd", "total": 1007.5, "phone": None}
    assert row.cells is not None
    assert {pointer: cell["state"] for pointer, cell in row.cells.items()} == {
        "/vendor": "exact", "/total": "normalised", "/phone": "absent",
    }  # fmt: skip
    for pointer, words in (("/vendor", "Firm7 Ltd"), ("/total", "1,007.50")):
        assert row.cells[pointer]["spans"] == [[text.index(words), text.index(words) + len(words)]]
    assert row.receipt is not None
    assert row.receipt["guarantee"] == "checked"
    assert job.job is not None
    assert model_of(row, job.job) == {"name": "far", "sha256": None, "endpoint": "http://far.example/v1"}


def test_how_sure_a_value_is_is_not_known_without_probabilities_and_comes_last_in_review(
    folder: Path, store: Store, pool: DocumentPool, model_client: ModelClient
) -> None:
    plan = ExtractionPlan((folder / "03.txt", folder / "04.txt"), SCHEMA)
    for backend in (server(), model_client):
        job = ExtractionJob(plan, store, backend, pool)
        job.run()
    there, here = (results(store.jobs, each) for each in reversed(store.jobs.all()))
    assert {cell.confidence for row in there for cell in row.cells.values()} == {None}
    assert all(cell.confidence is not None for row in here for cell in row.cells.values())
    ranked = cells_to_review([*there, *here], 1.0)
    assert len(ranked) == 12
    assert [each.cell.confidence is None for each in ranked] == [False] * 6 + [True] * 6


def test_a_value_that_is_not_there_leaves_the_row_incomplete(folder: Path, store: Store, pool: DocumentPool) -> None:
    far = server()

    def play(request: GenerateRequest) -> Iterator[RequestEvent]:
        text = '{"vendor": null, "total": null, "phone": null}'
        yield from growing(request, text)
        yield finished(request, text, far.model)

    far.play = play
    job = ExtractionJob(ExtractionPlan((folder / "00.txt",), SCHEMA), store, far, pool)
    assert job.run().incomplete == 1
    (row,) = job.rows()
    assert row.error is not None
    assert row.error["missing"] == ["/vendor", "/total"]


def test_a_model_elsewhere_is_told_of_null_since_no_mask_shows_it(
    folder: Path, store: Store, pool: DocumentPool, model_client: ModelClient
) -> None:
    far = server()
    ExtractionJob(ExtractionPlan((folder / "00.txt",), SCHEMA), store, far, pool).run()
    assert WHERE_NOT_MASKED in far.asked[0].messages[0].content
    ExtractionJob(ExtractionPlan((folder / "00.txt",), SCHEMA, grounding=False), store, far, pool).run()
    assert WHERE_NOT_MASKED not in far.asked[-1].messages[0].content


def test_as_many_documents_are_with_it_at_once_as_it_takes(folder: Path, store: Store, pool: DocumentPool) -> None:
    all_there = threading.Barrier(8)

    def waits(number: int) -> None:
        if number < 8:
            all_there.wait(30)

    far = server(waits, lanes=8)
    assert ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, far, pool).run().done == DOCUMENTS
    assert far.most_at_once == 8


def test_address_and_name_are_what_a_job_is_found_again_by(folder: Path, store: Store, pool: DocumentPool) -> None:
    plan = ExtractionPlan((folder,), SCHEMA)
    for backend in (server(), server(), server(name="other")):
        ExtractionJob(plan, store, backend, pool).run()
    assert len(store.jobs.all()) == 2
    assert not backend.closed
    assert len(backend.asked) == DOCUMENTS


@pytest.mark.parametrize("lanes", [1, 4])
def test_a_server_that_goes_away_ends_the_run_with_one_error_and_no_row_is_lost(
    folder: Path, store: Store, pool: DocumentPool, lanes: int
) -> None:
    answered: list[int] = []

    def goes_away(number: int) -> EngineError | None:
        if len(answered) >= 5 and number not in answered:
            return unreachable("far")
        answered.append(number)
        return None

    far = server(goes_away, lanes=lanes)
    plan = ExtractionPlan((folder,), SCHEMA)
    job = ExtractionJob(plan, store, far, pool)
    with pytest.raises(EndpointUnreachable, match=rf"^{lanes + 2} requests in a row were not answered, so the run"):
        job.run()
    assert states(job) == {"done": len(answered), "pending": DOCUMENTS - len(answered)}
    again = server()
    assert ExtractionJob(plan, store, again, pool).run().done == DOCUMENTS
    assert not {number_of(request) for request in again.asked} & set(answered)


def test_a_document_that_the_server_never_answers_fails_alone(folder: Path, store: Store, pool: DocumentPool) -> None:
    far = server(lambda number: unreachable("far") if number == 5 else None)
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, far, pool)
    coverage = job.run()
    assert (coverage.done, coverage.failed) == (DOCUMENTS - 1, 1)
    (row,) = (row for row in job.rows() if row.state == "failed")
    assert (row.document, (row.error or {})["message"]) == ("05.txt", "Nobody answers there.")
    assert [number_of(request) for request in far.asked].count(5) == 3


@pytest.mark.parametrize(
    "error",
    [AnswerInvalid("It is not what was asked for.", where="/total"), PromptTooLong("It is too long.")],
    ids=["an invalid answer", "a document that is too long"],
)
def test_what_is_wrong_with_one_answer_fails_its_row_only(
    folder: Path, store: Store, pool: DocumentPool, error: EngineError
) -> None:
    job = ExtractionJob(
        ExtractionPlan((folder,), SCHEMA), store, server(lambda number: error if number in {2, 9} else None), pool
    )
    coverage = job.run()
    assert (coverage.done, coverage.failed) == (DOCUMENTS - 2, 2)
    assert [row.document for row in job.rows() if row.state == "failed"] == ["02.txt", "09.txt"]


@pytest.mark.parametrize(
    "error", [EndpointRefused("The key is not known."), NetworkOff("The network is off.")], ids=lambda error: error.kind
)
def test_a_server_that_lets_nothing_in_ends_the_run_at_once(
    folder: Path, store: Store, pool: DocumentPool, error: EngineError
) -> None:
    far = server(lambda _: error)
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, far, pool)
    with pytest.raises(type(error), match=f"^{error.message}"):
        job.run()
    assert states(job) == {"pending": DOCUMENTS}
    assert len(far.asked) <= 4


def test_stop_leaves_what_is_in_flight_to_be_done(folder: Path, store: Store, pool: DocumentPool) -> None:
    far = server()
    started = threading.Event()

    def waits(request: GenerateRequest) -> Iterator[RequestEvent]:
        started.set()
        assert far.stopped(request.id, 30)
        yield failed(request, Cancelled("Stopped."))

    far.play = waits
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, far, pool)
    assert job.run(should_stop=started.is_set).pending == DOCUMENTS


def test_another_model_goes_on_with_the_job_and_each_row_says_who_read_it(
    folder: Path, store: Store, pool: DocumentPool
) -> None:
    first = server(lambda number: unreachable("far") if number >= 6 else None)
    second = server(name="near")
    plan = ExtractionPlan((folder,), SCHEMA)
    job = ExtractionJob(plan, store, FallbackBackend([first, second]), pool)
    assert job.run().done == DOCUMENTS
    read_by: dict[str, Any] = {row.document: (row.receipt or {})["model"]["name"] for row in job.rows()}
    assert {read_by[f"{number:02}.txt"] for number in range(6, DOCUMENTS)} == {"near"}
    passed_over = [row.receipt["attempts"] for row in job.rows() if row.receipt and row.receipt["attempts"]]
    assert {attempt["error"]["fields"]["kind"] for each in passed_over for attempt in each} == {"EndpointUnreachable"}
    assert ExtractionJob(plan, store, server(), pool).run().done == DOCUMENTS
    assert len(store.jobs.all()) == 1


def test_what_a_server_makes_up_is_told_to_it_and_never_becomes_a_value(
    folder: Path, store: Store, pool: DocumentPool
) -> None:
    def makes_up(asked: Asked) -> None:
        asked.stream(['{"vendor": "Globex Imaginary", "total": "999.99", "phone": ', "null}"])

    known = Capabilities(server="vllm", models=("far",), structured="json_schema")
    with ScriptedServer([makes_up]) as server:
        endpoint = Endpoint(id="e", name="far", url=server.url, model="far", attempts=2, capabilities=known)
        with RemoteBackend(endpoint, Network(), lambda: None) as backend:
            job = ExtractionJob(ExtractionPlan((folder / "03.txt",), SCHEMA), store, backend, pool)
            assert job.run().incomplete == 1
    (row,) = job.rows()
    assert row.record == {"vendor": None, "total": None, "phone": None}
    assert (row.error or {})["missing"] == ["/vendor", "/total"]
    first, second = server.chats
    wire = first.body["response_format"]["json_schema"]["schema"]["properties"]
    assert wire["total"] == {"anyOf": [{"type": "string", "enum": ["1,003.50"]}, {"type": "null"}]}
    told = second.body["messages"][-1]["content"]
    assert '"Globex Imaginary" does not stand in the document' in told
    assert 'copy one of "1,003.50" exactly' in told


def test_a_row_that_was_not_read_yet_still_tells_which_model_its_job_is_of() -> None:
    def model_of_job(identity: str) -> Any:
        return model_of(Row("a", "pending"), Job(1, "a", {"model": identity}, ""))

    assert model_of_job("http://far/v1 a model") == {"name": "a model", "sha256": None, "endpoint": "http://far/v1"}
    assert model_of_job("12ab + 34cd x 1") == {"name": None, "sha256": "12ab"}
