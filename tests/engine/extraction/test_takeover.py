"""A field read anew, a new column, a changed schema: what still holds stays, and the rest alone is asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.documents import DocumentPool
from engine.errors import InvalidRequest
from engine.extraction import ExtractionJob, ExtractionPlan
from engine.extraction.fields import fields_of, schema_of
from engine.extraction.job.receipts import request_of
from engine.extraction.review import by_document, review
from engine.model.client import ModelClient
from engine.store import Correction, Job, Row, Store

VENDOR = {"type": "string", "maxLength": 30}
TOTAL = {"type": "number"}


def schema(required: tuple[str, ...] = (), **properties: Any) -> str:
    made = {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}
    return json.dumps(made)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    for number, vendor in enumerate(("Nordlicht", "Applegate"), start=1):
        (made / f"{number}.txt").write_text(f"INVOICE\n{vendor} Ltd\nTotal: {number * 10}.50 EUR\n", "utf-8")
    return made


def asked_keys(row: Row) -> list[str]:
    """Return the fields that the last request of a row asked for."""
    assert row.receipt
    properties: dict[str, Any] = json.loads(row.receipt["request"]["constraint"]["schema_text"])["properties"]
    return list(properties)


def done(job: ExtractionJob) -> Job:
    assert job.job
    return job.job


def test_a_field_is_read_anew_over_all_documents_and_the_rest_of_each_row_stays(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    plan = ExtractionPlan((folder,), schema(("vendor", "total"), vendor=VENDOR, total=TOTAL))
    job = ExtractionJob(plan, store, model_client, pool)
    job.run()
    before = job.rows()
    for row in before:
        assert row.cells
        row.cells["/vendor"]["note"] = "untouched"
        store.jobs.save(done(job), row)
    store.jobs.correct(done(job), [Correction("1.txt", "/total", "edited", 99)])
    told: list[Row] = []
    coverage = job.run_fields(["total"], told.append)
    assert (coverage.done, coverage.pending) == (2, 0)
    assert sorted(row.document for row in told) == ["1.txt", "2.txt"]
    for row, old in zip(job.rows(), before, strict=True):
        assert row.record.keys() == old.record.keys()
        assert row.record["vendor"] == old.record["vendor"]
        assert row.cells
        assert row.cells["/vendor"]["note"] == "untouched"
        assert row.cells["/total"]["state"] == "normalised"
        assert asked_keys(row) == ["total"]
        assert row.receipt
        assert row.receipt["plan"]["fields"] == ["total"]
        assert len(row.receipt["others"]) == 1
        text = (folder / row.document).read_text("utf-8")
        assert text.rstrip() in request_of(row.receipt["others"][0], text.rstrip()).messages[-1].content
    said = by_document(store.jobs.corrections(done(job)))["1.txt"]
    assert review(job.rows()[0], said, None, plan.schema_text).record["total"] == 99
    with pytest.raises(InvalidRequest, match="no field price"):
        job.run_fields(["price"])


def test_fields_that_were_not_all_read_anew_go_on_where_they_were(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    plan = ExtractionPlan((folder,), schema(vendor=VENDOR, total=TOTAL))
    job = ExtractionJob(plan, store, model_client, pool, lanes=1)
    job.run()
    before = {row.document: row.record for row in job.rows()}
    first: list[Row] = []
    coverage = job.run_fields(["total"], first.append, None, lambda: bool(first))
    assert (coverage.done, coverage.pending) == (1, 1)
    (left,) = store.jobs.rows(done(job), "pending")
    assert left.fields == ("total",)
    assert left.record == before[left.document]
    second: list[Row] = []
    assert job.run(second.append).done == 2
    assert [row.document for row in second] == [left.document]
    assert asked_keys(second[0]) == ["total"]


def test_a_schema_whose_fields_are_tied_together_is_read_as_a_whole(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    tied = json.dumps(json.loads(schema(vendor=VENDOR, total=TOTAL)) | {"dependentRequired": {"total": ["vendor"]}})
    job = ExtractionJob(ExtractionPlan((folder,), tied), store, model_client, pool)
    job.run(only=["1.txt"])
    told: list[Row] = []
    job.run_fields(["total"], told.append)
    assert [row.document for row in told] == ["1.txt"]
    assert asked_keys(told[0]) == ["vendor", "total"]


def test_a_new_column_asks_for_nothing_else_and_a_removed_one_goes(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    first = ExtractionJob(
        ExtractionPlan((folder,), schema(("vendor",), vendor=VENDOR, total=TOTAL)), store, model_client, pool
    )
    first.run()
    store.jobs.correct(
        done(first),
        [
            Correction("1.txt", "/vendor", "edited", "Nord"),
            Correction("1.txt", "/total", "edited", 3),
            Correction("2.txt", "/vendor", "accepted"),
        ],
    )
    (folder / "2.txt").write_text("INVOICE\nZenith Ltd\nTotal: 7.50 EUR\n", "utf-8")
    (folder / "3.txt").write_text("INVOICE\nEverest Ltd\nTotal: 8.50 EUR\n", "utf-8")
    plan = ExtractionPlan((folder,), schema(("vendor",), vendor=VENDOR, kind={"enum": ["invoice", "letter"]}))
    second = ExtractionJob(plan, store, model_client, pool, after=done(first))
    assert second.run().done == 3
    assert done(second).id != done(first).id
    one, two, three = second.rows()
    assert asked_keys(one) == ["kind"]
    assert asked_keys(two) == asked_keys(three) == ["vendor", "kind"]
    assert list(one.record) == ["vendor", "kind"]
    assert one.record["vendor"] == first.rows()[0].record["vendor"]
    assert set(one.cells or ()) == {"/vendor", "/kind"}
    assert [(each.document, each.pointer, each.value) for each in store.jobs.corrections(done(second))] == [
        ("1.txt", "/vendor", "Nord")
    ]
    told: list[Row] = []
    ExtractionJob(plan, store, model_client, pool, after=done(first)).run(told.append)
    assert told == []


def test_an_older_one_of_two_jobs_of_the_same_plan_goes_on_by_itself(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    plan = ExtractionPlan((folder,), schema(vendor=VENDOR))
    older = ExtractionJob(plan, store, model_client, pool)
    older.run(only=["1.txt"])
    ExtractionJob(plan, store, model_client, pool, again=True).run(only=["2.txt"])
    told: list[Row] = []
    again = ExtractionJob(plan, store, model_client, pool, after=done(older))
    assert again.run(told.append).done == 2
    assert done(again) == done(older)
    assert [row.document for row in told] == ["2.txt"]


def test_a_takeover_that_was_ended_in_the_middle_is_taken_up_again(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    first = ExtractionJob(ExtractionPlan((folder,), schema(vendor=VENDOR)), store, model_client, pool)
    first.run()
    store.jobs.correct(done(first), [Correction("1.txt", "/vendor", "edited", "Nord")])
    plan = ExtractionPlan((folder,), schema(vendor=VENDOR, total=TOTAL))
    second = ExtractionJob(plan, store, model_client, pool, after=done(first))
    second.run(should_stop=lambda: True)
    assert [row.fields for row in second.rows()] == [("total",), ("total",)]
    store.jobs.reset(done(second), ["1.txt"])
    store.jobs.take_back(done(second), [("1.txt", "/vendor")])  # as if it had been killed before it came to these
    again = ExtractionJob(plan, store, model_client, pool)
    assert again.run().ended == 2
    assert done(again).id == done(second).id
    assert [asked_keys(row) for row in again.rows()] == [["total"], ["total"]]
    assert [each.value for each in store.jobs.corrections(done(again))] == ["Nord"]


def test_all_documents_again_takes_nothing_over(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    plan = ExtractionPlan((folder,), schema(vendor=VENDOR))
    first = ExtractionJob(plan, store, model_client, pool)
    first.run(only=["1.txt"])
    told: list[Row] = []
    second = ExtractionJob(plan, store, model_client, pool, after=done(first), again=True)
    assert second.run(told.append).ended == 2
    assert done(second).id != done(first).id
    assert len(told) == 2


def test_a_schema_that_only_lost_a_field_needs_no_model(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    first = ExtractionJob(ExtractionPlan((folder,), schema(vendor=VENDOR, total=TOTAL)), store, model_client, pool)
    first.run()
    told: list[Row] = []
    elsewhere = folder / "2.txt"
    plan = ExtractionPlan((elsewhere,), schema(vendor=VENDOR))
    second = ExtractionJob(plan, store, model_client, pool, after=done(first))
    assert second.run(told.append).done == 1
    assert told == []
    (row,) = second.rows()
    assert row.record == {"vendor": first.rows()[1].record["vendor"]}


@pytest.mark.parametrize("changes", [{"instructions": "Read."}, {"grounding": False}])
def test_nothing_is_taken_over_where_it_is_asked_otherwise(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool, changes: dict[str, Any]
) -> None:
    first = ExtractionJob(ExtractionPlan((folder,), schema(vendor=VENDOR)), store, model_client, pool)
    first.run(only=["1.txt"])
    told: list[Row] = []
    plan = ExtractionPlan((folder,), schema(vendor=VENDOR, total=TOTAL), **changes)
    ExtractionJob(plan, store, model_client, pool, after=done(first)).run(told.append)
    assert sorted(row.document for row in told) == ["1.txt", "2.txt"]
    assert all(asked_keys(row) == ["vendor", "total"] for row in told)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": TOTAL}, {"a": TOTAL, "b": VENDOR}, True),
        ({"a": TOTAL}, {"a": TOTAL | {"description": "What is to be paid."}}, False),
        ({"a": {"properties": {"x": {}, "y": {}}}}, {"a": {"properties": {"y": {}, "x": {}}}}, False),
    ],
)
def test_a_field_is_the_same_where_its_schema_is(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    first, second = fields_of(schema(**one)), fields_of(schema(**other))
    assert first
    assert second
    assert (first["a"] == second["a"]) == same
    required = fields_of(schema(("a",), **one))
    assert required
    assert required["a"] != first["a"]


def test_what_a_field_refers_to_belongs_to_it() -> None:
    def hashes(amount: Any, other: Any) -> dict[str, str]:
        properties = {"a": {"$ref": "#/$defs/sum"}, "b": {"$ref": "#/$defs/other"}}
        definitions = {"sum": {"allOf": [{"$ref": "#/$defs/amount"}]}, "amount": amount, "other": other}
        found = fields_of(json.dumps({"type": "object", "properties": properties, "$defs": definitions}))
        assert found
        return found

    before, after = hashes(TOTAL, VENDOR), hashes({"type": "integer"}, VENDOR)
    assert before["a"] != after["a"]
    assert before["b"] == after["b"]


@pytest.mark.parametrize(
    "whole",
    [
        {"type": "array", "items": {}},
        {"type": "object"},
        {"type": "object", "properties": {"a": {}}, "if": {"required": ["a"]}},
        {"type": "object", "properties": {"a": {}}, "minProperties": 1},
        {"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "string"}},
        {"type": "object", "properties": {"a": {}}, "required": ["b"]},
        {"type": "object", "properties": {"a": {"$ref": "#"}}},
        {"type": "object", "properties": {"a": {"$ref": "other.json"}}},
        True,
    ],
)
def test_fields_that_cannot_be_told_apart_are_not(whole: Any) -> None:
    assert fields_of(json.dumps(whole)) is None


def test_the_schema_of_some_fields_keeps_what_they_need() -> None:
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {"b": {"$ref": "#/$defs/x"}, "a": TOTAL, "c": VENDOR},
        "required": ["c", "a"],
        "$defs": {"x": VENDOR},
    }
    part = json.loads(schema_of(json.dumps(whole), {"a", "b"}))
    assert list(part["properties"]) == ["b", "a"]
    assert part["required"] == ["a"]
    assert part["additionalProperties"] is False
    assert part["$defs"] == whole["$defs"]


def test_a_job_of_which_nothing_was_read_goes_on_under_another_plan(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    """As one that was sent to a server which never answered, and is then read here."""
    first = ExtractionJob(ExtractionPlan((folder,), schema(total=TOTAL)), store, model_client, pool)
    first.run(should_stop=lambda: True)
    store.jobs.save(done(first), Row("1.txt", "failed", error={"kind": "EndpointGarbled", "message": "No."}))
    second = ExtractionJob(
        ExtractionPlan((folder,), schema(vendor=VENDOR)), store, model_client, pool, after=done(first)
    )
    assert second.run(retry_failed=False).done == 2
    assert done(second).id == done(first).id
    assert [job.id for job in store.jobs.all()] == [done(first).id]
    assert all(asked_keys(row) == ["vendor"] for row in second.rows())


def test_a_job_that_is_running_elsewhere_or_of_which_something_is_known_keeps_its_plan(
    folder: Path, store: Store, model_client: ModelClient, pool: DocumentPool
) -> None:
    first = ExtractionJob(ExtractionPlan((folder,), schema(total=TOTAL)), store, model_client, pool)
    first.run(should_stop=lambda: True)
    job = done(first)
    with store.jobs.claim(job):
        assert store.jobs.plan_anew(job, {}, identity="other") is None
    other = store.jobs.open({"other": True}, identity="taken")
    assert store.jobs.plan_anew(job, {}, identity=other.identity) is None
    store.jobs.correct(job, [Correction("1.txt", "/total", "edited", 3)])
    assert store.jobs.plan_anew(job, {}, identity="other") is None
    assert store.jobs.get(job.id) == job
