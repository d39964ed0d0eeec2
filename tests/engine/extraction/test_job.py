"""A folder to rows, with the bundled model: nothing is lost, nothing is done twice."""

import json
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.documents import DocumentPool, read_document
from engine.errors import ConstraintError, DocumentError, StoreError
from engine.extraction import ExtractionJob, ExtractionPlan, Progress
from engine.extraction.job.receipts import request_of
from engine.model.client import ModelClient
from engine.model.protocol import Failed, Finished, GenerateRequest, LoadOptions, RequestEvent
from engine.store import Row, Store

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"vendor": {"type": "string", "maxLength": 40}, "total": {"type": "number"}},
        "required": ["vendor", "total"],
        "additionalProperties": False,
    }
)

VENDORS = ("Nordlicht", "Applegate", "Brixton", "Castello", "Dufour", "Everest")


@pytest.fixture(scope="module")
def small_client(cache_dir: Path) -> Iterator[ModelClient]:
    """Return the bundled model with room for little more than a page."""
    with ModelClient(options=LoadOptions(context=1024, lanes=1), cache_dir=cache_dir) as client:
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    for number, vendor in enumerate(VENDORS, start=1):
        text = f"INVOICE\n{vendor} Ltd\nTotal: {number * 10}.50 EUR\n"
        (made / f"{number}.txt").write_text(text, "utf-8")
    return made


def test_every_document_becomes_a_row_that_satisfies_the_schema(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool)
    told: list[Progress] = []
    rows: list[Row] = []
    coverage = job.run(rows.append, told.append)
    assert (coverage.done, coverage.failed, coverage.total) == (6, 0, 6)
    assert [row.document for row in job.rows()] == [f"{number}.txt" for number in range(1, 7)]
    assert sorted(row.document for row in rows) == [row.document for row in job.rows()]
    for row in job.rows():
        assert set(row.record) == {"vendor", "total"}
        assert row.sha256
        assert row.seconds
        assert row.receipt
        assert row.receipt["finish_reason"] == "stop"
    assert told[0].coverage.pending == 6
    assert told[0].seconds_left is None
    assert told[-1].coverage == coverage
    assert told[-1].seconds_left == 0
    assert max(len(progress.reading) for progress in told) > 1


def test_the_instructions_are_computed_once_for_all_documents(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool)
    job.run()
    receipts = [row.receipt for row in job.rows() if row.receipt]
    assert sum(receipt["shared_tokens"] > receipt["prompt_tokens"] / 2 for receipt in receipts) >= 2


def test_a_job_that_was_stopped_goes_on_and_does_nothing_twice(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    plan = ExtractionPlan((folder,), SCHEMA)
    first: list[Row] = []
    stopped = ExtractionJob(plan, store, model_client, pool, lanes=1)
    coverage = stopped.run(first.append, None, lambda: len(first) >= 2)
    assert coverage.done >= 2
    assert coverage.pending == 6 - coverage.done
    assert coverage.running == 0
    second: list[Row] = []
    assert ExtractionJob(plan, store, model_client, pool).run(second.append).done == 6
    assert not {row.document for row in first} & {row.document for row in second}
    third: list[Row] = []
    assert ExtractionJob(plan, store, model_client, pool).run(third.append).done == 6
    assert not third


def test_a_changed_document_is_done_again_and_again_does_all(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    for path in sorted(folder.iterdir())[2:]:
        path.unlink()
    plan = ExtractionPlan((folder,), SCHEMA)
    ExtractionJob(plan, store, model_client, pool).run()
    (folder / "1.txt").write_text("INVOICE\nZenith Ltd\nTotal: 99.00 EUR", "utf-8")
    rows: list[Row] = []
    ExtractionJob(plan, store, model_client, pool).run(rows.append)
    assert [row.document for row in rows] == ["1.txt"]
    ExtractionJob(plan, store, model_client, pool, again=True).run(rows.append)
    assert sorted(row.document for row in rows) == ["1.txt", "1.txt", "2.txt"]


def test_a_document_that_fails_is_a_row_and_the_run_goes_on(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    (folder / "2.txt").write_bytes(b"\n\n")
    (folder / "3.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool)
    coverage = job.run()
    assert (coverage.done, coverage.failed, coverage.empty) == (5, 1, 1)
    rows = {row.document: row for row in job.rows() if row.state != "done"}
    assert {name: row.state for name, row in rows.items()} == {"2.txt": "empty", "3.pdf": "failed"}
    for name, row in rows.items():
        assert row.error
        assert row.error["where"] == name
        assert row.record is None
        assert row.receipt is None
    assert job.job
    assert job.job.name == folder.parent.name
    found = store.jobs.get(job.job.id)
    assert found
    assert found.finished
    told: list[Row] = []
    job.run(told.append, retry_failed=False)
    assert told == []
    (folder / "2.txt").write_text("INVOICE\nBrixton Ltd\nTotal: 5.00 EUR", "utf-8")
    again = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool).run(told.append)
    assert (again.done, again.failed) == (6, 1)
    assert sorted(row.document for row in told) == ["2.txt", "3.pdf"]


def test_a_document_larger_than_the_context_is_searched_and_says_what_was_not_read(
    folder: Path, store: Store, pool: DocumentPool, small_client: ModelClient
) -> None:
    for path in folder.iterdir():
        path.unlink()
    line = "Item delivered as ordered and paid in full on the day of delivery.\n"
    text = "INVOICE\nVendor: Nordlicht Ltd\n" + line * 4_000 + "\nTotal: 10.50 EUR\n\n" + line * 4_000
    (folder / "long.txt").write_text(text, "utf-8")
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, small_client, pool)
    assert job.run().done == 1
    (row,) = job.rows()
    assert row.record["total"] == 10.5
    assert row.cells
    (start, end), *_ = row.cells["/total"]["spans"]
    assert text[start:end] == "10.50"
    assert "a search found them likeliest" in row.notes[0]
    told = re.fullmatch(r"([\d,]+) of ([\d,]+) characters were searched and not read by the model\.", row.notes[1])
    assert told
    unread, total = (int(number.replace(",", "")) for number in told.groups())
    assert 100 < total - unread < 1024 * 8


def test_a_list_is_gathered_from_all_of_a_document_that_does_not_fit(
    folder: Path, store: Store, pool: DocumentPool, small_client: ModelClient
) -> None:
    for path in folder.iterdir():
        path.unlink()
    rows = [f"P-{number:03d}     Bracket {number}     {number}.25" for number in range(1, 26)]
    text = "Price list of Nordlicht GmbH\n\nArticle     Name     Price\n" + "\n".join(rows)
    (folder / "prices.txt").write_text(text, "utf-8")
    text = read_document(folder / "prices.txt").text
    part = {"article": {"type": "string"}, "name": {"type": "string"}, "price": {"type": "number"}}
    item = {"type": "object", "properties": part, "required": list(part), "additionalProperties": False}
    schema = json.dumps(
        {
            "type": "object",
            "properties": {"vendor": {"type": "string"}, "parts": {"type": "array", "items": item, "maxItems": 12}},
            "required": ["vendor", "parts"],
            "additionalProperties": False,
        }
    )
    job = ExtractionJob(ExtractionPlan((folder,), schema), store, small_client, pool)
    assert job.run().done == 1
    (row,) = job.rows()
    assert row.receipt
    requests = [row.receipt, *row.receipt["others"]]
    assert len(requests) > 3
    # What the small model makes of a row is its own; that it was given each row, and where its values stand, is ours.
    assert len(row.record["parts"]) == 12
    assert row.record["parts"] == list({json.dumps(each): each for each in row.record["parts"]}.values())
    assert row.cells
    prices = [row.cells[f"/parts/{number}/price"] for number in range(12)]
    starts = [price["spans"][0][0] for price in prices]
    assert starts == sorted(starts)
    for pointer, cell in row.cells.items():
        if cell["spans"]:
            start, end = cell["spans"][0]
            assert text[start:end] == cell["quote"], pointer
    assert any("The schema allows 12 items of parts" in note for note in row.notes)
    for receipt in requests:
        again = request_of(receipt, text)
        assert again.grounding
        content = again.messages[again.grounding.message].content
        assert all(content[start:end] in text for start, end in again.grounding.pieces)
    read = {
        number
        for receipt in requests
        for piece in receipt["request"]["messages"][-1]["content"]
        if isinstance(piece, dict)
        for number in range(piece["start"], piece["end"])
    }
    assert read == set(range(len(text)))


def test_a_list_that_does_not_fit_into_one_answer_is_gathered_piece_by_piece(
    folder: Path, store: Store, pool: DocumentPool, model_client: ModelClient
) -> None:
    for path in folder.iterdir():
        path.unlink()
    names = ("Amber", "Birch", "Cedar", "Dahlia", "Elm", "Fern", "Ginger", "Hazel")
    text = "\n\n".join(f"The garden has a {name}, which was planted by the {name} society." for name in names)
    (folder / "garden.txt").write_text(text, "utf-8")
    schema = json.dumps({"type": "array", "items": {"type": "string", "maxLength": 60}, "minItems": 1})
    plan = ExtractionPlan((folder,), schema, max_tokens=40)
    job = ExtractionJob(plan, store, model_client, pool)
    assert job.run().total == 1
    (row,) = job.rows()
    assert row.receipt
    assert all(receipt["generated_tokens"] <= 40 for receipt in (row.receipt, *row.receipt.get("others", ())))
    if row.state == "done":
        assert all(each in text for each in row.record)


def test_an_answer_cut_off_by_its_limit_is_tried_once_more_and_then_fails(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    for path in sorted(folder.iterdir())[1:]:
        path.unlink()
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA, max_tokens=4), store, model_client, pool)
    assert job.run().failed == 1
    (row,) = job.rows()
    assert row.error
    assert row.error["kind"] == "TokenLimitReached"
    assert row.record is None
    assert any("repetition penalty" in note for note in row.notes)
    assert row.receipt
    assert row.receipt["request"]["sampling"]["repetition_penalty"] > 1
    assert ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool).run().done == 1


UNFINDABLE = json.dumps(
    {
        "type": "object",
        "properties": {
            "words": {
                "type": "array",
                "items": {"type": "string", "maxLength": 12},
                "contains": {"pattern": "^q-[0-9]{6}$"},
            }
        },
        "required": ["words"],
    }
)
"""The bundled model does not find such a word, so an answer is constructed for it."""


class Listened(ModelClient):
    """A client whose requests can be waited for from outside."""

    sent = False

    def submit(self, request: GenerateRequest, listener: Callable[[RequestEvent], None]) -> None:
        self.ended = threading.Event()
        self.sent = True

        def listen(event: RequestEvent) -> None:
            listener(event)
            if isinstance(event, Finished | Failed):
                self.last = event
                self.ended.set()

        super().submit(request, listen)


def test_a_job_that_is_stopped_keeps_no_record_that_was_made_up(
    folder: Path, store: Store, pool: DocumentPool, cache_dir: Path
) -> None:
    for path in sorted(folder.iterdir())[1:]:
        path.unlink()

    def stop_with_the_answer_in_the_inbox() -> bool:
        return client.sent and client.ended.wait(120)

    with Listened(cache_dir=cache_dir) as client:
        job = ExtractionJob(ExtractionPlan((folder,), UNFINDABLE, max_tokens=80, grounding=False), store, client, pool)
        coverage = job.run(None, None, stop_with_the_answer_in_the_inbox)
        assert isinstance(client.last, Finished)
        assert client.last.receipt.finish_reason == "constructed"
    assert (coverage.done, coverage.failed, coverage.pending) == (0, 0, 1)
    (row,) = job.rows()
    assert row.record is None


def test_no_record_is_made_up_where_the_model_finds_none(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    for path in sorted(folder.iterdir())[1:]:
        path.unlink()
    job = ExtractionJob(
        ExtractionPlan((folder,), UNFINDABLE, max_tokens=80, grounding=False), store, model_client, pool
    )
    assert job.run().failed == 1
    (row,) = job.rows()
    assert row.record is None
    assert row.error
    assert row.error["kind"] == "BudgetExceeded"
    assert row.receipt
    assert row.receipt["finish_reason"] == "constructed"


def test_every_value_of_a_row_tells_where_it_stands_in_the_document(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    for path in sorted(folder.iterdir())[2:]:
        path.unlink()
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool)
    assert job.run().done == 2
    for row in job.rows():
        text = (folder / row.document).read_text("utf-8")
        assert row.cells is not None
        assert row.cells["/vendor"]["state"] == "exact"
        assert row.cells["/total"]["state"] == "normalised"
        for pointer, cell in row.cells.items():
            start, end = cell["spans"][0]
            assert text[start:end] == cell["quote"]
            assert row.record[pointer[1:]] == cell["value"]
            assert cell["places"] == [{"page": 1}]
            assert 0 <= cell["probability"]["absence"] <= 1


def test_a_document_that_lacks_a_field_is_a_row_that_says_so_and_keeps_the_rest(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    for path in sorted(folder.iterdir())[1:]:
        path.unlink()
    (folder / "1.txt").write_text("INVOICE\nNordlicht Ltd\nThe total follows.\n", "utf-8")
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool)
    coverage = job.run()
    assert (coverage.incomplete, coverage.done, coverage.failed) == (1, 0, 0)
    (row,) = job.rows()
    assert row.state == "incomplete"
    assert row.error
    assert row.error["kind"] == "RecordIncomplete"
    assert row.error["where"] == "/total"
    assert row.record["total"] is None
    assert row.record["vendor"] in "INVOICE Nordlicht Ltd The total follows."
    assert row.cells
    assert row.cells["/total"]["state"] == "absent"
    assert row.cells["/total"]["probability"]["absence"] == pytest.approx(1.0)
    told: list[Row] = []
    job.run(told.append)
    assert told == []


def test_a_schema_that_cannot_be_held_to_fails_the_run_and_no_document(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    schema = '{"type": "object", "properties": {"a": {"$ref": "https://example.org/a.json"}}, "required": ["a"]}'
    job = ExtractionJob(ExtractionPlan((folder,), schema), store, model_client, pool)
    with pytest.raises(ConstraintError):
        job.run()
    assert {row.state for row in job.rows()} == {"pending"}


def test_a_folder_without_documents_is_a_sentence(
    tmp_path: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    with pytest.raises(DocumentError):
        ExtractionJob(ExtractionPlan((tmp_path / "nowhere",), SCHEMA), store, model_client, pool).run()


def test_a_job_cannot_run_twice_at_a_time(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    plan = ExtractionPlan((folder,), SCHEMA)
    job = store.jobs.open(
        plan.to_json(model_client.wait_until_ready()), identity=plan.identity(model_client.wait_until_ready())
    )
    with (
        Store(store.profile) as other,
        other.jobs.claim(job),
        pytest.raises(StoreError, match="running already"),
    ):
        ExtractionJob(plan, store, model_client, pool).run()


def test_documents_hit_by_a_crash_of_the_host_are_done_by_the_next_one(
    folder: Path, store: Store, pool: DocumentPool, cache_dir: Path
) -> None:
    for path in sorted(folder.iterdir())[4:]:
        path.unlink()
    with ModelClient(cache_dir=cache_dir) as client:
        client.wait_until_ready(timeout=60)
        host = client.pid
        assert host
        killed: list[Row] = []

        def kill_once(row: Row) -> None:
            if not killed:
                os.kill(host, signal.SIGKILL)
            killed.append(row)

        job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, client, pool)
        coverage = job.run(kill_once)
    assert (coverage.done, coverage.failed) == (4, 0)
    assert len(killed) == 4
