"""Jobs, what a person said of their cells, and what their receipts have in common."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.store import Correction, Coverage, Job, Row, Store
from engine.store.database import Database
from engine.store.migrations import MIGRATIONS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path) as opened:
        yield opened


def make_job(store: Store, *documents: str) -> Job:
    job = store.jobs.open({"sources": ["/x"]}, identity="i", name="Invoices")
    store.jobs.set_documents(job, documents)
    return job


def test_jobs_of_an_older_version_are_named_after_their_folder_and_keep_their_rows(tmp_path: Path) -> None:
    database = Database(tmp_path / "espalier.db", MIGRATIONS[:4])
    for number, folder in enumerate(("/home/me/invoices/", r"C:\\letters"), start=1):
        database.write(
            "INSERT INTO jobs (identity, plan, created) VALUES (?, ?, '2026')",
            (str(number), f'{{"folder": "{folder}"}}'),
        )
    database.write(
        "INSERT INTO job_rows (job, document, position, state, sha256, record, notes, cells, receipt, updated) "
        "VALUES (1, 'a.txt', 0, 'incomplete', 'h', '{\"a\": 1}', '[\"n\"]', '{\"/a\": {}}', '{\"seed\": 1}', '2026')"
    )
    database.close()
    with Store(tmp_path) as store:
        letters, invoices = store.jobs.all()
        assert (letters.name, invoices.name) == ("letters", "invoices")
        assert (invoices.finished, invoices.deleted) == (None, None)
        assert store.jobs.rows(invoices) == [
            Row("a.txt", "incomplete", "h", {"a": 1}, ("n",), receipt={"seed": 1}, cells={"/a": {}})
        ]


def test_a_job_is_renamed_put_into_the_bin_and_taken_out_again(store: Store) -> None:
    job = make_job(store, "a")
    store.jobs.rename(job.id, "  March \n invoices ")
    renamed = store.jobs.get(job.id)
    assert renamed
    assert renamed.name == "March invoices"
    store.jobs.delete(job.id)
    assert store.jobs.all() == []
    assert [each.id for each in store.jobs.all(deleted=True)] == [job.id]
    other = store.jobs.open({}, identity="i")
    assert other.id != job.id
    store.jobs.restore(job.id)
    assert [each.id for each in store.jobs.all()] == [other.id, job.id]
    assert store.jobs.get(99) is None


def test_a_job_has_ended_while_no_document_is_to_do(store: Store) -> None:
    job = make_job(store, "a", "b")

    def finished() -> str | None:
        store.jobs.settle(job)
        found = store.jobs.get(job.id)
        assert found
        return found.finished

    store.jobs.save(job, Row("a", "done", record={}))
    assert finished() is None
    store.jobs.save(job, Row("b", "empty"))
    first = finished()
    assert first
    assert finished() == first
    store.jobs.set_documents(job, ["a", "b", "c"])
    assert finished() is None


def test_an_empty_document_counts_as_read(store: Store) -> None:
    job = make_job(store, "a", "b", "c")
    store.jobs.save(job, Row("a", "empty"))
    store.jobs.save(job, Row("b", "done", record={}))
    coverage = store.jobs.coverage(job)
    assert coverage == Coverage(pending=1, done=1, empty=1)
    assert (coverage.total, coverage.ended) == (3, 2)
    assert str(coverage) == "2 of 3 read, 0 failed, 1 empty, 1 to do"


def test_rows_come_a_piece_at_a_time_or_by_name(store: Store) -> None:
    names = [f"{number}.txt" for number in range(7)]
    job = make_job(store, *names)
    store.jobs.save(job, Row("3.txt", "done", record={}))
    pieces = list(store.jobs.pieces(job, size=3))
    assert [[row.document for row in piece] for piece in pieces] == [names[:3], names[3:6], names[6:]]
    assert [row.document for piece in store.jobs.pieces(job, "pending", size=3) for row in piece] == [
        name for name in names if name != "3.txt"
    ]
    assert [row.document for row in store.jobs.some(job, ["5.txt", "gone", "3.txt"])] == ["3.txt", "5.txt"]
    assert store.jobs.rows(job)[3].record == {}


def test_states_are_told_of_all_documents_and_what_is_held_of_those_that_have_something(store: Store) -> None:
    job = make_job(store, "b", "a", "c", "d")
    store.jobs.save(job, Row("a", "failed", error={"kind": "EngineError", "message": "No."}))
    store.jobs.save(job, Row("d", "done", record={"x": 1}))
    store.jobs.ask_for(job, ["d"], ["y"])
    store.jobs.start(job, "c")
    assert store.jobs.states(job) == {"b": "pending", "a": "failed", "c": "running", "d": "pending"}
    assert store.jobs.held(job) == ["a", "d"]


def test_the_newest_correction_of_a_cell_counts_until_it_is_taken_back(store: Store) -> None:
    job = make_job(store, "a", "b")
    one = Correction("a", "/x", "edited", None, "q", ((1, 2), (3, 4)))
    store.jobs.correct(job, [one, Correction("a", "/y", "absent")])
    store.jobs.correct(job, [Correction("a", "/x", "edited", {"n": 1}), Correction("b", "/x", "edited", 0)])
    found = {(each.document, each.pointer): each for each in store.jobs.corrections(job)}
    assert {key: each.value for key, each in found.items()} == {
        ("a", "/x"): {"n": 1},
        ("a", "/y"): None,
        ("b", "/x"): 0,
    }
    store.jobs.take_back(job, [("a", "/x"), ("b", "/x")])
    found = {(each.document, each.pointer): each for each in store.jobs.corrections(job)}
    assert found.keys() == {("a", "/x"), ("a", "/y")}
    back = found["a", "/x"]
    assert (back.kind, back.value, back.quote, back.spans) == ("edited", None, "q", ((1, 2), (3, 4)))
    assert back.at


def test_what_is_accepted_is_the_value_that_stands_there(store: Store) -> None:
    job = make_job(store, "a", "b")
    cells = {"/x": {"value": "V", "state": "exact", "quote": "v", "spans": [[1, 2]]}}
    store.jobs.save(job, Row("a", "done", record={"x": "V"}, cells=cells))
    store.jobs.save(job, Row("b", "done", record={"x~/": ["W"]}))
    store.jobs.correct(job, [Correction("a", "/x", "accepted"), Correction("b", "/x~0~1/0", "accepted")])
    one, two = store.jobs.corrections(job)
    assert (one.value, one.quote, one.spans) == ("V", "v", ((1, 2),))
    assert two.value == "W"


def test_a_correction_is_said_of_the_bytes_that_were_read(store: Store) -> None:
    job = make_job(store, "a")
    store.jobs.save(job, Row("a", "done", sha256="one", record={}))
    store.jobs.correct(job, [Correction("a", "/x", "edited", 1)])
    store.jobs.reset(job, ["a"])
    assert len(store.jobs.corrections(job)) == 1
    store.jobs.save(job, Row("a", "done", sha256="two", record={}))
    assert store.jobs.corrections(job) == []
    store.jobs.save(job, Row("a", "done", sha256="one", record={}))
    assert len(store.jobs.corrections(job)) == 1


def test_what_receipts_have_in_common_is_kept_once_and_comes_back_in_each(store: Store, tmp_path: Path) -> None:
    names = [f"{number}.txt" for number in range(30)]
    job = make_job(store, *names)
    long = "the same schema " * 1_000

    def receipt(number: int) -> dict[str, Any]:
        return {"request": {"schema": long, "messages": [{"text": long}, {"text": f"{number}"}]}, "model": {"a": 1}}

    common = ("/request/schema", "/request/messages/0", "/model", "/not/there", "/request/messages/7")
    for number, name in enumerate(names):
        store.jobs.save(job, Row(name, "done", record={}, receipt=receipt(number)), common=common)
    assert [row.receipt for row in store.jobs.rows(job)] == [receipt(number) for number in range(30)]
    with closing(sqlite3.connect(tmp_path / "espalier.db")) as connection:
        (size,) = connection.execute("SELECT sum(length(receipt)) + sum(length(parts)) FROM job_rows").fetchone()
        (kept,) = connection.execute("SELECT sum(length(text)) FROM job_parts").fetchone()
    assert size + kept < 3 * len(long)


def test_a_document_the_job_does_not_have_cannot_be_saved(store: Store) -> None:
    job = make_job(store, "a")
    with pytest.raises(KeyError):
        store.jobs.save(job, Row("b", "done", record={}))


def test_a_row_that_lacks_some_fields_keeps_the_others(store: Store) -> None:
    job = make_job(store, "a", "b")
    done = Row("a", "done", "h", {"x": 1}, cells={"/x": {"value": 1}}, receipt={"seed": 1})
    store.jobs.save(job, done)
    store.jobs.ask_for(job, ["a", "b"], ["y"])
    store.jobs.ask_for(job, ["a"], ["z", "y"])
    one, two = store.jobs.rows(job)
    assert one == replace(done, state="pending", fields=("y", "z"))
    assert two == Row("b", "pending")
    store.jobs.reset(job, ["a"])
    assert store.jobs.rows(job)[0] == Row("a", "pending")
