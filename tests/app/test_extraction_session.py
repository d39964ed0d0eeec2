"""Extractions as pages use them: rows saved in a store, corrections of them, and a few runs with the bundled model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from app.exchange import Draft
from app.session import Session
from engine.extraction import ExtractionPlan
from engine.store import Correction, Row, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session.extraction import Extractions

SCHEMA = json.dumps(
    {
        "type": "object",
        "properties": {
            "vendor": {"type": "string", "maxLength": 40},
            "total": {"type": "number"},
            "due": {"type": ["string", "null"], "format": "date"},
            "paid": {"type": "boolean"},
        },
        "required": ["vendor", "total"],
        "additionalProperties": False,
    }
)
VENDORS = ("Nordlicht", "Applegate", "Brixton")


def text_of(vendor: str, number: int) -> str:
    return f"INVOICE\n{vendor} Ltd\nTotal: {number * 10}.50 EUR\nDue 1{number} March 2024\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "invoices"
    made.mkdir()
    for number, vendor in enumerate(VENDORS, start=1):
        (made / f"{number}.txt").write_text(text_of(vendor, number), "utf-8")
    return made


@pytest.fixture
def start(profile: Path, qtbot: QtBot) -> Iterator[Callable[..., Extractions]]:
    """Start the extractions of a session on the profile, as often as the program would be started."""
    made: list[Session] = []

    def begin(*, model: bool = False) -> Extractions:
        if made:
            made[-1].close()
        session = Session(profile)
        made.append(session)
        session.restore(Draft(format="text"))
        if model:
            session.start()
        extractions = session.extractions
        qtbot.waitUntil(lambda: extractions._mirror.known and extractions._wanted is None)
        return extractions

    yield begin
    if made:
        made[-1].close()
    for each in made:
        each.deleteLater()


def cell(value: Any, state: str = "exact", probability: float = 0.9, **more: Any) -> dict[str, Any]:
    said = {"value": value, "state": state, "quote": None if value is None else str(value), "spans": [], "places": []}
    mean = {"mean": probability, "min": probability, "margin": probability, "removed": 0.0, "absence": 0.0}
    return said | {"probability": mean} | more


def done(document: str, vendor: str, total: float, **cells: Any) -> Row:
    record = {"vendor": vendor, "total": total}
    return Row(
        document,
        "done",
        sha256="ab" * 32,
        record=record,
        cells={"/vendor": cell(vendor), "/total": cell(total, "normalised")} | cells,
    )


def save(profile: Path, folder: Path, rows: Sequence[Row], schema: str = SCHEMA, more: Sequence[str] = ()) -> int:
    """Save a job with rows as the engine would; `more` are documents that are still to do."""
    plan = {
        "sources": [str(folder.resolve())],
        "schema": schema,
        "instructions": ExtractionPlan((folder,), schema).instructions,
        "sampling": {},
        "reproducible": False,
        "grounding": 1,
    }
    with Store(profile) as store:
        job = store.jobs.open(plan, identity="one", name="invoices", again=True)
        store.jobs.set_documents(job, [*(row.document for row in rows), *more])
        for row in rows:
            store.jobs.save(job, row)
        store.jobs.settle(job)
        return job.id


def shown(extractions: Extractions, job: int, qtbot: QtBot) -> Extractions:
    """Open a job and wait until its rows are there."""
    extractions.open(job)
    qtbot.waitUntil(lambda: extractions.id == job and not extractions.loading)
    return extractions


def corrections(profile: Path, job: int) -> list[Correction]:
    with Store(profile) as store:
        found = store.jobs.get(job)
        assert found is not None
        return store.jobs.corrections(found)


def test_a_job_that_was_saved_is_listed_and_opens_with_its_rows(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)], more=["2.txt"])
    extractions = start()
    assert [(entry.id, entry.name, entry.state) for entry in extractions.jobs] == [(job, "invoices", "paused")]
    assert extractions.state == "new"

    shown(extractions, job, qtbot)

    assert [row.row.document for row in extractions.rows] == ["1.txt", "2.txt"]
    assert extractions.rows[0].cells["/vendor"].value == "Nordlicht"
    assert [column.title for column in extractions.columns] == ["vendor", "total", "due", "paid"]
    assert extractions.state == "paused"
    assert extractions.setup.sources == (folder.resolve(),)


def test_the_job_that_was_open_last_is_shown_on_the_next_start(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)])
    extractions = shown(start(), job, qtbot)
    extractions.set_share_right(0.9)

    extractions = start()

    assert (extractions.id, extractions.state, extractions.share_right) == (job, "done", 0.9)


def test_the_setup_of_a_new_job_is_there_after_a_restart(
    start: Callable[..., Extractions], folder: Path, qtbot: QtBot
) -> None:
    extractions = start()
    extractions.set_sources([folder])
    extractions.set_schema(SCHEMA, "Invoice", 7)
    extractions.set_instructions("Read carefully.")
    qtbot.waitUntil(lambda: extractions.sources_found.count == 3)
    assert extractions.state == "ready"

    setup = start().setup

    assert (setup.sources, setup.schema_name, setup.schema_id) == ((folder,), "Invoice", 7)
    assert setup.instructions == "Read carefully."


def test_a_correction_is_saved_and_can_be_taken_back_and_made_again(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)])
    extractions = shown(start(), job, qtbot)

    extractions.edit("1.txt", "/total", "1.284,00")
    assert extractions.rows[0].record["total"] == 1284
    qtbot.waitUntil(lambda: [each.value for each in corrections(profile, job)] == [1284])

    extractions.undo()
    assert extractions.rows[0].record["total"] == 10.5
    qtbot.waitUntil(lambda: corrections(profile, job) == [])

    extractions.redo()
    assert extractions.rows[0].cells["/total"].state == "edited"
    qtbot.waitUntil(lambda: [each.value for each in corrections(profile, job)] == [1284])


def test_a_folder_becomes_rows_while_the_window_looks_on(
    start: Callable[..., Extractions], folder: Path, qtbot: QtBot
) -> None:
    extractions = start(model=True)
    extractions.set_sources([folder])
    extractions.set_schema(SCHEMA, "Invoice")
    extractions.run()
    assert extractions.state == "running"

    qtbot.waitUntil(lambda: extractions.state == "done", timeout=120_000)

    assert [row.row.document for row in extractions.rows] == ["1.txt", "2.txt", "3.txt"]
    assert [row.record["total"] for row in extractions.rows] == [10.5, 20.5, 30.5]
    assert extractions.coverage.total == extractions.coverage.ended == 3
    qtbot.waitUntil(lambda: [entry.state for entry in extractions.jobs] == ["done"])
    assert extractions.name.startswith("invoices, ")
