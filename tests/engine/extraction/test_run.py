"""A run as whoever watches it sees it: it grows, pauses, keeps to its time, and asks once more where that helps."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from engine.documents import Document, DocumentPool, Page
from engine.errors import BudgetExceeded, EngineError, ModelError, TokenLimitReached
from engine.extraction import ExtractionJob, ExtractionPlan, Progress
from engine.extraction.excerpts import Source
from engine.extraction.job.reading import Answer, Outcome, Question, read
from engine.extraction.job.receipts import request_of
from engine.extraction.long import Arranger
from engine.extraction.long.measuring import measure_with
from engine.model.bundled import bundled_model
from engine.model.client import ModelClient
from engine.model.protocol import FinishReason, ModelInfo, Receipt, Sampling
from engine.store import Row, Store

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {"vendor": {"type": "string", "maxLength": 30}},
        "required": ["vendor"],
        "additionalProperties": False,
    }
)
WORDY = json.dumps(
    {
        "type": "object",
        "properties": {"words": {"type": "array", "items": {"type": "string", "minLength": 20}, "minItems": 40}},
        "required": ["words"],
    }
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    for number, vendor in enumerate(("Nordlicht", "Applegate", "Brixton", "Castello"), start=1):
        (made / f"{number}.txt").write_text(f"INVOICE\n{vendor} Ltd\n", "utf-8")
    return made


def test_an_answer_is_told_as_it_grows(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    told: list[tuple[str, str]] = []
    job = ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool)
    job.run(on_growing=lambda name, text: told.append((name, text)))
    assert {name for name, _ in told} == {"1.txt", "2.txt", "3.txt", "4.txt"}
    for name, text in told:
        record = next(row.record for row in job.rows() if row.document == name)
        assert json.dumps(record).startswith(text)


def test_a_paused_run_ends_what_is_in_flight_and_begins_nothing(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    plan = ExtractionPlan((folder,), SCHEMA)
    growing: set[str] = set()
    job = ExtractionJob(plan, store, model_client, pool, lanes=1)
    coverage = job.run(on_growing=lambda name, _: growing.add(name), should_pause=lambda: bool(growing))
    assert (coverage.done, coverage.pending, coverage.running) == (1, 3, 0)
    assert {row.document for row in job.rows() if row.state == "done"} == growing
    assert job.job
    found = store.jobs.get(job.job.id)
    assert found
    assert found.finished is None
    assert ExtractionJob(plan, store, model_client, pool).run().done == 4


def test_documents_that_are_named_are_done_anew_and_no_others(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    plan = ExtractionPlan((folder,), SCHEMA)
    first: list[Row] = []
    ExtractionJob(plan, store, model_client, pool).run(first.append, only=["2.txt", "gone.txt"])
    assert [row.document for row in first] == ["2.txt"]
    again: list[Row] = []
    coverage = ExtractionJob(plan, store, model_client, pool).run(again.append, only=["2.txt", "3.txt"])
    assert sorted(row.document for row in again) == ["2.txt", "3.txt"]
    assert (coverage.done, coverage.pending) == (2, 2)


def test_progress_says_how_quick_it_is(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    told: list[Progress] = []
    ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool).run(None, told.append)
    assert told[0].documents_per_minute is None
    assert (told[-1].documents_per_minute or 0) > 0
    assert [progress.coverage.total for progress in told] == [4] * len(told)
    assert told[-1].coverage == store.jobs.coverage(store.jobs.all()[0])


def test_a_document_that_takes_too_long_is_a_row_that_says_so_and_the_next_one_has_its_turn(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    for name in ("2.txt", "3.txt", "4.txt"):
        (folder / name).unlink()
    plan = ExtractionPlan((folder,), WORDY, grounding=False, seconds_per_document=0.4)
    job = ExtractionJob(plan, store, model_client, pool)
    coverage = job.run()
    assert (coverage.failed, coverage.done) == (1, 0)
    (row,) = job.rows()
    assert row.error
    assert row.error["kind"] == "DocumentLate"
    assert row.error["message"] == "The document was not answered within 0.4 seconds."
    assert row.error["where"] == "1.txt"
    assert row.receipt
    assert row.receipt["finish_reason"] == "cancelled"
    assert ExtractionJob(ExtractionPlan((folder,), SCHEMA), store, model_client, pool).run().done == 1


def test_a_file_that_takes_too_long_to_be_read_is_given_up(
    folder: Path, store: Store, model_client: ModelClient
) -> None:
    canvas = Canvas(str(folder / "0.pdf"))
    for page in range(2_000):
        canvas.drawString(50, 700, f"Page {page} of a report that goes on and on.")
        canvas.showPage()
    canvas.save()
    with DocumentPool(workers=1) as pool:
        pool.submit(folder / "1.txt").result()  # what a worker takes to start is not the file's time
        job = ExtractionJob(ExtractionPlan((folder,), SCHEMA, seconds_per_document=0.5), store, model_client, pool)
        rows: dict[str, Row] = {}
        job.run(lambda row: rows.setdefault(row.document, row), only=["0.pdf"])
    (row,) = rows.values()
    assert row.state == "failed"
    assert row.error
    assert row.error["message"] == "The document was not read within 0.5 seconds."
    assert row.error["where"] == "0.pdf"


def test_a_row_tells_what_made_it_and_can_be_run_again_without_keeping_the_text(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool, tmp_path: Path
) -> None:
    text = f"INVOICE\nNordlicht Ltd\nPaid: 3.50\n{'A line of small print. ' * 60}\nTotal: 12.50\n"
    (folder / "1.txt").write_text(text, "utf-8")
    schema = json.dumps(
        {
            "type": "object",
            "properties": {"total": {"type": "number"}, "paid": {"type": "number"}},
            "required": ["total"],
        }
    )
    plan = ExtractionPlan((folder,), schema)
    job = ExtractionJob(plan, store, model_client, pool)
    job.run(only=["1.txt"])
    row = job.rows()[0]
    receipt = row.receipt
    assert receipt
    assert row.sha256
    assert receipt["model"]["sha256"] == model_client.wait_until_ready().sha256
    assert len(receipt["plan"]["schema_sha256"]) == 64
    assert isinstance(receipt["seed"], int)
    assert "small print" not in json.dumps(receipt)
    document = pool.submit(folder / "1.txt").result()
    model = model_client.wait_until_ready()
    made = plan.request(plan.whole(Source(document), model), model)
    assert request_of(receipt, document.text) == made.model_copy(update={"id": receipt["request"]["id"]})


def test_a_model_that_is_changed_meanwhile_ends_the_run_and_mixes_nothing(
    folder: Path, store: Store, pool: DocumentPool, cache_dir: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.gguf"
    other.write_bytes(bundled_model().read_bytes() + bytes(32))
    with ModelClient(cache_dir=cache_dir) as client:
        plan = ExtractionPlan((folder,), SCHEMA)

        def change(_: Row) -> None:
            if client.state.model is not None and client.state.model.path != str(other):
                client.load(other)
                assert client.wait_until_ready(60).path == str(other)

        job = ExtractionJob(plan, store, client, pool, lanes=1)
        with pytest.raises(ModelError, match="changed while the extraction ran"):
            job.run(change)
        rows = job.rows()
        assert sorted(row.state for row in rows) == ["done", "pending", "pending", "pending"]


@dataclass
class Play:
    """Plays answers to the questions that are asked of a document."""

    client: ModelClient
    model: ModelInfo

    def __call__(self, *answers: dict[str, Any], sampling: Sampling | None = None) -> tuple[list[Question], Outcome]:
        plan = ExtractionPlan((Path("x"),), SCHEMA, sampling=sampling or Sampling(), grounding=False)
        document = Document(Path("a.txt"), "0" * 64, "text", (Page(1, "INVOICE\nNordlicht Ltd"),), ("It was guessed.",))
        arranger = Arranger(plan, self.model, measure_with(self.client))
        reading = read(plan, arranger.arrange(Source(document)), arranger, self.model)
        questions = [next(reading)]
        for answer in answers:
            given = Answer(questions[-1], **{key: answer[key] for key in answer if key != "ended"})
            if "ended" in answer:
                given.receipt = self.receipt(questions[-1], answer["ended"])
            try:
                questions.append(reading.send(given))
            except StopIteration as over:
                return questions, over.value
        raise AssertionError("it asks on")

    def receipt(self, question: Question, reason: FinishReason) -> Receipt:
        return Receipt(
            request=question.request,
            model=self.model,
            finish_reason=reason,
            seed=0,
            started_at="2026",
            engine_version="1",
        )


@pytest.fixture
def play(model_client: ModelClient) -> Play:
    return Play(model_client, model_client.wait_until_ready())


GOOD = {"text": '{"vendor": "Nordlicht"}', "ended": "stop"}


def test_a_good_answer_is_asked_for_once(play: Play) -> None:
    questions, outcome = play(GOOD)
    assert len(questions) == 1
    assert questions[0].watched
    assert outcome.record == {"vendor": "Nordlicht"}
    assert outcome.notes == ("It was guessed.",)


@pytest.mark.parametrize(
    "first",
    [
        {"circled": True, "error": EngineError("Stopped.")},
        {"error": TokenLimitReached("The limit was reached.")},
        {"text": '{"vendor": "Nord Nord"}', "ended": "length_closed"},
    ],
)
def test_an_answer_that_goes_in_circles_is_written_again_with_a_penalty(play: Play, first: dict[str, Any]) -> None:
    questions, outcome = play(first, GOOD)
    one, two = (question.request.sampling for question in questions)
    assert (one.repetition_penalty, two.repetition_penalty) == (1.0, 1.15)
    assert two.seed != one.seed
    assert not questions[1].watched
    assert outcome.record == {"vendor": "Nordlicht"}
    assert "repetition penalty of 1.15" in outcome.notes[-1]


@pytest.mark.parametrize(
    "first",
    [{"error": BudgetExceeded("The checks failed.")}, {"text": '{"vendor": "made up"}', "ended": "constructed"}],
)
def test_an_answer_that_does_not_pass_the_checks_is_tried_with_another_seed(play: Play, first: dict[str, Any]) -> None:
    questions, outcome = play(first, GOOD, sampling=Sampling(seed=41, temperature=0.2))
    again = questions[1].request.sampling
    assert (again.seed, again.temperature, again.repetition_penalty) == (42, 0.7, 1.0)
    assert outcome.record == {"vendor": "Nordlicht"}
    assert "with the seed 42 and a temperature of 0.7" in outcome.notes[-1]


def test_what_is_made_up_twice_is_no_record(play: Play) -> None:
    made_up = {"text": '{"vendor": "made up"}', "ended": "constructed"}
    questions, outcome = play(made_up, made_up)
    assert len(questions) == 2
    assert outcome.record is None
    assert isinstance(outcome.error, BudgetExceeded)


def test_a_failure_that_another_seed_does_not_mend_is_not_tried_again(play: Play) -> None:
    questions, outcome = play({"error": EngineError("The context is full.")})
    assert len(questions) == 1
    assert str(outcome.error) == "The context is full."


def test_a_record_that_was_closed_twice_says_that_it_may_be_cut_short(play: Play) -> None:
    closed = {"text": '{"vendor": "Nord"}', "ended": "length_closed"}
    _, outcome = play(closed, closed)
    assert outcome.record == {"vendor": "Nord"}
    assert any("cut short" in note for note in outcome.notes)
    assert len(outcome.answers) == 1
