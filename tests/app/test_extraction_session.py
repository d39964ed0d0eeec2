"""Extractions as pages use them: rows saved in a store, corrections of them, and a few runs with the bundled model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from app.exchange import Draft
from app.session import Session
from app.session.extraction import CellPlace
from engine.documents.ocr import is_installed
from engine.errors import RecordIncomplete
from engine.extraction import ExtractionPlan
from engine.store import Correction, Row, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.document_shown import DocumentShown
    from app.session.extraction import Extractions
    from engine.errors import EngineError

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


def test_a_job_whose_program_was_killed_is_shown_with_what_was_in_flight_to_do(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)], more=["2.txt", "3.txt"])
    with Store(profile) as store:
        kept = store.jobs.get(job)
        assert kept is not None
        store.jobs.start(kept, "2.txt")
    extractions = shown(start(), job, qtbot)
    assert [row.row.state for row in extractions.rows] == ["done", "pending", "pending"]
    assert (extractions.state, extractions.coverage.pending, extractions.coverage.running) == ("paused", 2, 0)


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


def test_a_second_correction_of_a_cell_gives_way_to_the_first_when_it_is_taken_back(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)])
    extractions = shown(start(), job, qtbot)
    extractions.edit("1.txt", "/vendor", "Nord")
    extractions.set_absent("1.txt", "/vendor")
    assert extractions.rows[0].row.state == "incomplete"

    extractions.undo()
    assert (extractions.rows[0].record["vendor"], extractions.rows[0].row.state) == ("Nord", "done")
    assert extractions.can_undo
    assert extractions.can_redo
    extractions.undo()
    assert extractions.rows[0].record["vendor"] == "Nordlicht"
    assert not extractions.can_undo
    qtbot.waitUntil(lambda: corrections(profile, job) == [])


def test_text_that_is_no_value_of_the_field_is_told_and_leaves_the_cell(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)])
    extractions = shown(start(), job, qtbot)
    with qtbot.waitSignal(extractions.failed) as told:
        extractions.edit("1.txt", "/total", "a lot")
    assert "is no number" in told.args[0].message
    assert extractions.rows[0].record["total"] == 10.5
    assert not extractions.can_undo


def test_an_alternative_is_chosen_by_its_number(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    others = [
        {"value": "Nordlicht", "quote": "Nordlicht", "spans": [], "places": [], "probability": 0.5},
        {"value": "Nord", "quote": "Nord", "spans": [[8, 12]], "places": [{"page": 1}], "probability": 0.3},
        {"value": None, "quote": None, "spans": [], "places": [], "probability": 0.2},
    ]
    vendor = {"/vendor": cell("Nordlicht", alternatives=others)}
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5, **vendor)])
    extractions = shown(start(), job, qtbot)
    assert extractions.rows[0].cells["/vendor"].alternatives == ()
    whole = extractions.cell("1.txt", "/vendor")
    assert whole is not None
    assert [each["value"] for each in whole.alternatives] == ["Nordlicht", "Nord", None]

    extractions.choose("1.txt", "/vendor", 1)
    chosen = extractions.cell("1.txt", "/vendor")
    assert chosen is not None
    assert (chosen.value, chosen.state, chosen.spans, chosen.places) == ("Nord", "edited", ((8, 12),), ({"page": 1},))
    extractions.choose("1.txt", "/vendor", 2)
    assert extractions.rows[0].cells["/vendor"].state == "absent"
    extractions.undo()
    extractions.undo()
    extractions.choose("1.txt", "/vendor", 0)
    assert extractions.rows[0].cells["/vendor"].state == "exact"
    assert extractions.rows[0].cells["/vendor"].reviewed


def test_text_chosen_in_the_document_becomes_the_value_and_keeps_its_place(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 99.0)])
    extractions = shown(start(), job, qtbot)
    text = text_of("Nordlicht", 1)
    place = text.index("Due 11 March 2024")
    with qtbot.waitSignal(extractions.row_changed):
        extractions.take_span("1.txt", "/due", place, len(text) - 1)

    due = extractions.rows[0].cells["/due"]
    assert (due.value, due.quote) == ("2024-03-11", "11 March 2024")
    assert text[slice(*due.spans[0])] == "11 March 2024"
    qtbot.waitUntil(lambda: [each.spans for each in corrections(profile, job)] == [due.spans])


def test_a_correction_that_cannot_be_saved_is_not_shown_any_more(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)])
    extractions = shown(start(), job, qtbot)
    extractions._bridge.ask_store(lambda store: store._database._connection.execute("PRAGMA query_only=ON") and None)

    with qtbot.waitSignal(extractions.failed) as told:
        extractions.edit("1.txt", "/vendor", "Nord")
        assert extractions.rows[0].record["vendor"] == "Nord"

    assert "cannot be written" in told.args[0].message
    assert extractions.rows[0].record["vendor"] == "Nordlicht"
    assert not extractions.can_undo


def test_the_cells_to_look_at_are_those_of_which_least_is_sure(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    rows = [
        done("1.txt", "Nordlicht", 10.5),
        done("2.txt", "Applegate", 20.5, **{"/vendor": cell("Applegate", probability=0.05)}),
        done("3.txt", "Brixton", 30.5, **{"/total": cell(30.5, "doubtful", probability=0.99)}),
    ]
    job = save(profile, folder, rows)
    extractions = shown(start(), job, qtbot)
    qtbot.waitUntil(lambda: extractions.cells == 6)
    assert extractions.to_review[0] == CellPlace("3.txt", "/total")
    assert extractions.to_review[1] == CellPlace("2.txt", "/vendor")

    extractions.set_share_right(0.1)
    qtbot.waitUntil(lambda: extractions.to_review == [CellPlace("3.txt", "/total")])
    extractions.accept("3.txt", "/total")
    assert extractions.to_review == []
    assert extractions.rows[2].cells["/total"].reviewed
    extractions.undo()
    qtbot.waitUntil(lambda: extractions.to_review == [CellPlace("3.txt", "/total")])


def test_what_is_missing_is_to_be_looked_at_until_a_person_has_filled_it_in(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    error = RecordIncomplete("The document does not have total, which the schema asks for.", where="/total")
    row = Row(
        "1.txt",
        "incomplete",
        sha256="ab" * 32,
        record={"vendor": "Nordlicht", "total": None},
        error=error.to_json(),
        cells={"/vendor": cell("Nordlicht"), "/total": cell(None, "absent")},
    )
    job = save(profile, folder, [row])
    extractions = shown(start(), job, qtbot)
    extractions.set_share_right(0)
    qtbot.waitUntil(lambda: extractions.to_review == [CellPlace("1.txt", "/total")])
    extractions.edit("1.txt", "/total", "12,50")
    assert (extractions.rows[0].row.state, extractions.rows[0].error) == ("done", None)
    assert extractions.to_review == []


def test_corrections_of_one_job_teach_the_next_with_the_same_schema(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    names = [f"{number}.txt" for number in range(12)]
    first = save(profile, folder, [done(name, "Nordlicht", 10.5) for name in names])
    second = save(profile, folder, [done("1.txt", "Applegate", 20.5)])
    extractions = shown(start(), second, qtbot)
    before = extractions.rows[0].cells["/vendor"].confidence
    shown(extractions, first, qtbot)
    for name in names:
        extractions.edit(name, "/vendor", "Somebody else")
    shown(extractions, second, qtbot)
    after = extractions.rows[0].cells["/vendor"].confidence
    assert before is not None
    assert after is not None
    assert after < before - 0.2


def test_known_values_tell_how_many_are_right_and_follow_corrections(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    truth = tmp_path / "truth.jsonl"
    truth.write_text(json.dumps({"document": "1.txt", "vendor": "Nordlicht", "total": 12.5}) + "\n", "utf-8")
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)])
    extractions = shown(start(), job, qtbot)
    extractions.set_truth(truth)
    qtbot.waitUntil(lambda: extractions.accuracy is not None)
    assert extractions.accuracy is not None
    assert extractions.accuracy.fields["total"].wrong == 1

    extractions.edit("1.txt", "/total", "12.5")
    qtbot.waitUntil(lambda: extractions.accuracy is not None and extractions.accuracy.all.wrong == 0)

    extractions = start()
    qtbot.waitUntil(lambda: extractions.accuracy is not None)
    extractions.set_truth(None)
    assert extractions.accuracy is None


def test_a_file_of_known_values_that_cannot_be_read_is_told_and_forgotten(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    extractions = shown(start(), save(profile, folder, [done("1.txt", "Nordlicht", 10.5)]), qtbot)
    with qtbot.waitSignal(extractions.failed):
        extractions.set_truth(tmp_path / "nothing.jsonl")
    assert extractions.truth_path is None


def test_rows_are_written_as_they_were_corrected(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot, tmp_path: Path
) -> None:
    extractions = shown(start(), save(profile, folder, [done("1.txt", "Nordlicht", 10.5)]), qtbot)
    extractions.edit("1.txt", "/vendor", "Nord & Licht")
    with qtbot.waitSignal(extractions.told) as told:
        extractions.export(tmp_path / "rows.csv", sources=True, confidence=True)
    assert told.args[0] == "One document exported to rows.csv"
    assert "Nord & Licht" in (tmp_path / "rows.csv").read_text("utf-8-sig")

    with qtbot.waitSignal(extractions.told):
        extractions.save_evaluation(tmp_path / "truth.jsonl")
    kept = json.loads((tmp_path / "truth.jsonl").read_text("utf-8"))
    assert kept == {"document": "1.txt", "vendor": "Nord & Licht"}

    with qtbot.waitSignal(extractions.failed) as refused:
        extractions.export(tmp_path / "rows.doc")
    assert "not as .doc" in refused.args[0].message


def test_the_items_of_a_list_can_be_the_rows_and_are_on_the_next_start(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    item = {"type": "object", "properties": {"name": {"type": "string"}, "price": {"type": "number"}}}
    schema = json.dumps(
        {"type": "object", "properties": {"vendor": {"type": "string"}, "items": {"type": "array", "items": item}}}
    )
    job = save(profile, folder, [Row("1.txt", "done", record={"vendor": "N", "items": []}, cells={})], schema)
    extractions = shown(start(), job, qtbot)
    assert [unit.title for unit in extractions.units] == ["Documents", "items"]
    with qtbot.waitSignal(extractions.unit_changed):
        extractions.set_unit(extractions.units[1])
    assert [column.title for column in extractions.columns] == ["vendor", "items.name", "items.price"]

    extractions = start()
    assert extractions.unit.path == ("items",)


def test_a_job_is_renamed_deleted_and_taken_out_of_the_bin(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)])
    extractions = shown(start(), job, qtbot)
    extractions.rename(job, "  March  invoices ")
    assert extractions.name == "March invoices"
    with qtbot.waitSignal(extractions.told) as told:
        extractions.delete(job)
    assert told.args[0] == "March invoices deleted"
    assert (extractions.jobs, extractions.id, extractions.rows) == ([], None, [])
    told.args[1]()
    qtbot.waitUntil(lambda: [entry.name for entry in extractions.jobs] == ["March invoices"])


def test_a_job_that_is_set_up_otherwise_can_be_run_or_set_back(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)])
    extractions = shown(start(), job, qtbot)
    assert extractions.state == "done"
    extractions.set_instructions("Read the small print, too.")
    assert (extractions.state, extractions.setup_differs) == ("ready", True)

    extractions = start()
    assert extractions.setup.instructions == "Read the small print, too."
    assert extractions.state == "ready"
    extractions.revert_setup()
    assert (extractions.state, extractions.setup.instructions) == ("done", "")


def test_a_document_is_read_to_be_shown_and_one_that_is_gone_says_so(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5), done("gone.txt", "Applegate", 20.5)])
    extractions = shown(start(), job, qtbot)
    read: list[DocumentShown] = []
    refused: list[EngineError] = []
    extractions.read_document("1.txt", read.append, refused.append)
    extractions.read_document("gone.txt", read.append, refused.append)
    extractions.picture("1.txt", 1, 200, lambda _: None, refused.append)
    qtbot.waitUntil(lambda: len(read) == 1 and len(refused) == 2)
    assert (read[0].name, read[0].text) == ("1.txt", text_of("Nordlicht", 1).strip())


def test_sources_that_are_not_there_are_told_beside_them(
    start: Callable[..., Extractions], folder: Path, qtbot: QtBot
) -> None:
    extractions = start()
    extractions.set_sources([folder])
    extractions.add_sources([folder / "missing"])
    qtbot.waitUntil(lambda: extractions.sources_found.error is not None)
    assert extractions.sources_found.count == 0
    extractions.set_sources([])
    assert extractions.state == "new"
    with qtbot.waitSignal(extractions.failed) as told:
        extractions.run()
    assert told.args[0].message == "The job has no documents yet."


def test_a_job_without_a_model_ends_with_a_sentence(
    start: Callable[..., Extractions], folder: Path, qtbot: QtBot
) -> None:
    extractions = start()
    extractions.set_sources([folder])
    extractions.set_schema(SCHEMA)
    with qtbot.waitSignals([extractions.failed, extractions.ended]):
        extractions.run()
    assert extractions.state == "ready"
    assert extractions.running is None


def test_text_recognition_that_is_not_installed_is_named(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    extractions = shown(start(), save(profile, folder, [done("1.txt", "Nordlicht", 10.5)]), qtbot)
    if is_installed():
        pytest.skip("text recognition is installed here")
    with qtbot.waitSignal(extractions.failed) as told:
        extractions.recognise("1.txt")
    assert "pip install" in told.args[0].advice


def test_a_job_of_many_documents_is_shown_at_once_and_filled_in(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done(f"{number}.txt", "Nordlicht", number) for number in range(900)])
    extractions = start()
    lengths: list[tuple[int, bool]] = []
    extractions.opened.connect(lambda: lengths.append((len(extractions.rows), extractions.loading)))
    resets: list[int] = []
    extractions.rows_reset.connect(lambda: resets.append(sum(bool(row.cells) for row in extractions.rows)))
    shown(extractions, job, qtbot)
    assert lengths[0][0] == 900
    assert resets == [800, 900]
    whole = extractions.row("899.txt")
    assert whole is not None
    assert whole.record["total"] == 899


def test_a_folder_becomes_rows_while_the_window_looks_on(
    start: Callable[..., Extractions], folder: Path, qtbot: QtBot
) -> None:
    extractions = start(model=True)
    extractions.set_sources([folder])
    extractions.set_schema(SCHEMA, "Invoice")
    grown: list[tuple[int, dict[str, str]]] = []
    extractions.growing.connect(lambda row, values: grown.append((row, values)))
    extractions.run()
    assert extractions.state == "running"
    assert extractions.running is not None
    assert extractions.running.name.startswith("invoices, ")

    qtbot.waitUntil(lambda: extractions.state == "done", timeout=120_000)

    assert any(values.get("/vendor") for _, values in grown)

    assert [row.row.document for row in extractions.rows] == ["1.txt", "2.txt", "3.txt"]
    assert [row.record["total"] for row in extractions.rows] == [10.5, 20.5, 30.5]
    assert extractions.coverage.total == extractions.coverage.ended == 3
    qtbot.waitUntil(lambda: [entry.state for entry in extractions.jobs] == ["done"])
    assert extractions.name.startswith("invoices, ")

    extractions.edit("1.txt", "/vendor", "Nord & Licht")
    extractions.edit("2.txt", "/vendor", "Apple & Gate")
    (folder / "1.txt").write_text(text_of("Everest", 7), "utf-8")
    extractions.run()
    qtbot.waitUntil(lambda: extractions.running is None, timeout=120_000)
    qtbot.waitUntil(lambda: not extractions.rows[0].cells["/vendor"].reviewed)
    assert extractions.rows[0].record["total"] == 70.5
    assert extractions.rows[1].record["vendor"] == "Apple & Gate"


def test_a_job_that_the_window_is_closed_on_is_paused_and_goes_on_with_what_is_left(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    for number in range(4, 24):
        (folder / f"{number}.txt").write_text(text_of("Everest", number), "utf-8")
    extractions = start(model=True)
    extractions.set_sources([folder])
    extractions.set_schema(SCHEMA, "Invoice", 3)
    extractions.run()
    qtbot.waitUntil(lambda: extractions.coverage.ended > 0, timeout=120_000)

    extractions = start(model=True)
    assert extractions.state == "paused"
    qtbot.waitUntil(lambda: not extractions.loading)
    ended = [row.row.document for row in extractions.rows if row.row.state in {"done", "incomplete"}]
    assert 0 < len(ended) < 23
    assert extractions.setup.schema_id == 3

    again: list[int] = []
    extractions.row_changed.connect(
        lambda index: again.append(index) if extractions.rows[index].row.document in ended else None
    )
    extractions.resume()
    qtbot.waitUntil(lambda: extractions.coverage.ended > len(ended), timeout=120_000)
    extractions.pause()
    assert extractions.state == "pausing"
    qtbot.waitUntil(lambda: extractions.state == "paused", timeout=60_000)
    reached = extractions.coverage.ended
    assert len(ended) < reached < 23
    assert not any(row.row.state == "running" for row in extractions.rows)

    extractions.resume()
    qtbot.waitUntil(lambda: extractions.coverage.ended > reached, timeout=120_000)
    extractions.stop()
    qtbot.waitUntil(lambda: extractions.running is None, timeout=30_000)
    assert extractions.state in {"paused", "done"}
    assert again == []


def test_a_field_that_is_added_is_asked_for_and_what_was_said_of_the_others_stays(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    schema = json.loads(SCHEMA)
    del schema["properties"]["due"]
    extractions = start(model=True)
    extractions.set_sources([folder])
    extractions.set_schema(json.dumps(schema))
    extractions.run()
    qtbot.waitUntil(lambda: extractions.state == "done", timeout=120_000)
    first = extractions.id
    extractions.edit("2.txt", "/vendor", "Apple & Gate")

    extractions.set_schema(SCHEMA)
    assert extractions.state == "ready"
    extractions.run()
    qtbot.waitUntil(lambda: extractions.state == "done" and extractions.id != first, timeout=120_000)
    qtbot.waitUntil(lambda: not extractions.loading)

    assert [column.title for column in extractions.columns] == ["vendor", "total", "due", "paid"]
    assert extractions.rows[1].record["vendor"] == "Apple & Gate"
    assert all("/due" in row.cells for row in extractions.rows)


def test_a_job_goes_on_while_another_is_looked_at_and_no_second_one_begins(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    for number in range(4, 12):
        (folder / f"{number}.txt").write_text(text_of("Everest", number), "utf-8")
    other = save(profile, folder / "elsewhere", [done("1.txt", "Nordlicht", 10.5)])
    extractions = start(model=True)
    extractions.set_sources([folder])
    extractions.set_schema(SCHEMA)
    extractions.run()
    qtbot.waitUntil(lambda: extractions.coverage.ended > 0, timeout=120_000)
    running = extractions.id
    assert running is not None

    shown(extractions, other, qtbot)
    assert (extractions.state, extractions.progress) == ("done", None)
    with qtbot.waitSignal(extractions.failed) as told:
        extractions.run()
    assert told.args[0].message.startswith("invoices, ")
    assert "still running" in told.args[0].message
    assert len(extractions.rows) == 1

    extractions.open(running)
    qtbot.waitUntil(lambda: extractions.id == running and not extractions.loading)
    assert extractions.state == "running"
    with qtbot.waitSignal(extractions.ended, timeout=120_000) as ended:
        pass
    assert ended.args[1].ended == 11
    assert ended.args[2] is False
    assert extractions.state == "done"
    assert all(row.record for row in extractions.rows)


def test_a_window_can_be_closed_while_a_document_is_being_read(
    start: Callable[..., Extractions], profile: Path, folder: Path, qtbot: QtBot
) -> None:
    job = save(profile, folder, [done("1.txt", "Nordlicht", 10.5)])
    extractions = shown(start(), job, qtbot)
    refused: list[EngineError] = []
    extractions.read_document("1.txt", lambda _: None, refused.append)
    start()
    qtbot.wait(100)
    assert refused == []
