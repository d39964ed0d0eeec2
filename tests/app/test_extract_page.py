"""The page of extractions without a model: rows are saved as the engine would, and looked at in the window."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAccessible, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from app.job_notice import standing
from app.pages.extract.coverage_bar import CoverageBar, Reach
from app.pages.extract.export_popover import ExportChoice
from app.pages.extract.page import ExtractPage
from app.pages.extract.setting_up import sample_folder
from app.pages.extract.words import duration, looking, pace, share
from engine.errors import DocumentError, SchemaInvalid
from engine.extraction import ExtractionPlan
from engine.store import Coverage, Row, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme
    from app.window import Window

SCHEMA = json.dumps(
    {
        "title": "Invoice",
        "type": "object",
        "properties": {"vendor": {"type": "string"}, "total": {"type": "number"}, "paid": {"type": "boolean"}},
        "required": ["vendor", "total"],
        "additionalProperties": False,
    }
)
TEXTS = {
    "1.txt": "Hargreaves & Sons\nTotal due 1,284.00\nPaid on account 36.00, balance 1,248.00\n",
    "2.txt": "Brook Lane Nursery\nTotal 212.25\n",
    "3.txt": "Ridge Timber\nTotal 870.00\n",
}


def cell(value: Any, state: str, text: str, quote: str | None, chance: float, *others: Any) -> dict[str, Any]:
    """Return a cell as the engine saves it; `others` are quotes that it might have been, with their chances."""

    def alternative(value: Any, quote: str | None, chance: float) -> dict[str, Any]:
        spans = [[text.index(quote), text.index(quote) + len(quote)]] if quote else []
        return {"value": value, "quote": quote, "spans": spans, "places": [{"page": 1}], "probability": chance}

    chosen = alternative(value, quote, chance)
    return {
        **chosen,
        "state": state,
        "probability": {"mean": chance, "min": chance, "margin": chance, "removed": 0.0, "absence": 0.0},
        "alternatives": [chosen, *(alternative(*each) for each in others)],
    }


def rows() -> list[Row]:
    first, second = TEXTS["1.txt"], TEXTS["2.txt"]
    return [
        Row(
            "1.txt",
            "done",
            record={"vendor": "Hargreaves & Sons", "total": 1284.0, "paid": False},
            cells={
                "/vendor": cell("Hargreaves & Sons", "exact", first, "Hargreaves & Sons", 0.99),
                "/total": cell(
                    1284.0, "doubtful", first, "1,284.00", 0.54, (1248.0, "1,248.00", 0.38), (None, None, 0.05)
                ),
                "/paid": cell(False, "found", first, None, 0.9),
            },
        ),
        Row(
            "2.txt",
            "done",
            record={"vendor": "Brook Lane Nursery", "total": 212.25, "paid": True},
            cells={
                "/vendor": cell("Brook Lane Nursery", "exact", second, "Brook Lane Nursery", 0.99),
                "/total": cell(212.25, "normalised", second, "212.25", 0.98),
                "/paid": cell(True, "doubtful", second, None, 0.4, (False, None, 0.39)),
            },
        ),
        Row(
            "3.txt",
            "failed",
            error=DocumentError("The file is locked with a password.", advice="Unlock it.").to_json(),
        ),
    ]


def save(profile: Path, folder: Path, schema: str = SCHEMA) -> int:
    """Save a job with its rows, of documents that are there."""
    folder.mkdir(exist_ok=True)
    for name, text in TEXTS.items():
        (folder / name).write_text(text, "utf-8")
    plan = {
        "sources": [str(folder.resolve())],
        "schema": schema,
        "instructions": ExtractionPlan((folder,), schema).instructions,
        "sampling": {},
        "reproducible": False,
        "grounding": 1,
    }
    with Store(profile) as store:
        job = store.jobs.open(plan, identity="one", name="March invoices", again=True)
        store.jobs.set_documents(job, list(TEXTS))
        for row in rows():
            store.jobs.save(job, row)
        store.jobs.settle(job)
        return job.id


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> ExtractPage:
    """Return the page on a profile in which nothing was extracted yet."""
    window.resize(1280, 800)
    window.show_page("Extract")
    made = window.page("Extract")
    assert isinstance(made, ExtractPage)
    qtbot.waitUntil(lambda: made.session.sources_found.count > 0 and bool(made.session.columns))
    return made


@pytest.fixture
def filled(open_window: Callable[[Path], Window], tmp_path: Path, qtbot: QtBot) -> ExtractPage:
    """Return the page with a job whose rows are there."""
    job = save(tmp_path / "profile", tmp_path / "invoices")
    window = open_window(tmp_path / "profile")
    window.resize(1280, 800)
    window.show_page("Extract")
    made = window.page("Extract")
    assert isinstance(made, ExtractPage)
    made.session.open(job)
    qtbot.waitUntil(lambda: made.session.id == job and len(made.session.to_review) >= 2)
    made.session.set_share_right(0.0)
    qtbot.waitUntil(lambda: [place.pointer for place in made.session.to_review] == ["/paid", "/total"])
    return made


def value(page: ExtractPage, document: str, pointer: str) -> Any:
    found = page.session.cell(document, pointer)
    return found.value if found is not None else None


def chosen(page: ExtractPage) -> tuple[str, str] | None:
    place = page.reviewing.place
    return (place.document, place.pointer) if place is not None else None


def press(qtbot: QtBot, page: ExtractPage, key: Qt.Key, keys: Qt.KeyboardModifier | None = None) -> None:
    """Press a key where the keyboard is."""
    target = QApplication.focusWidget() or page
    qtbot.keyClick(target, key, keys or Qt.KeyboardModifier.NoModifier)


# Setting up


def test_the_first_start_stands_ready_to_read_the_sample_invoices(page: ExtractPage) -> None:
    assert page.session.setup.sources == (sample_folder(),)
    assert page.setup.sources.words == "Sample invoices 6 files"
    assert page.setup.schema.words == "Invoice 8 fields"
    assert page.head.go.isEnabled()
    assert page.head.go.property("kind") == "primary"
    assert page.middle.currentWidget() is page.empty
    assert page.empty.line.text() == "6 sample invoices stand ready: Run makes a row of each."


def test_what_is_dropped_takes_the_place_of_the_sample_and_is_added_to_what_is_there(
    page: ExtractPage, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "a.txt").write_text("Dear Mina", "utf-8")
    (tmp_path / "b.txt").write_text("Dear Ines", "utf-8")
    drop(page, folder)
    qtbot.waitUntil(lambda: page.session.sources_found.names == ("a.txt",))
    drop(page, tmp_path / "b.txt")
    qtbot.waitUntil(lambda: page.session.sources_found.count == 2)
    assert page.setup.sources.words == "letters and 1 more 2 files"


def test_a_schema_that_is_dropped_becomes_the_schema(page: ExtractPage, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "invoice.json").write_text(SCHEMA, "utf-8")
    drop(page, tmp_path / "invoice.json")
    qtbot.waitUntil(lambda: len(page.session.columns) == 3)
    assert page.session.setup.sources == (sample_folder(),)
    assert page.setup.schema.words == "Invoice 3 fields"


def drop(page: ExtractPage, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(400, 400),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    page.dropEvent(event)


def test_a_folder_that_is_gone_is_said_where_it_is_chosen_and_run_waits(
    page: ExtractPage, tmp_path: Path, qtbot: QtBot
) -> None:
    page.session.set_sources([tmp_path / "gone"])
    qtbot.waitUntil(lambda: page.session.sources_found.error is not None)
    assert not page.head.go.isEnabled()
    assert page.head.go.toolTip() == page.session.sources_found.error.message
    assert page.empty.line.text() == page.session.sources_found.error.message


def test_how_documents_are_read_is_chosen_with_what_it_means(page: ExtractPage) -> None:
    page.setting_up.offer_options()
    options = page.setting_up.options
    options.second_look.click()
    options.limit.setCurrentText("1 minute")
    assert page.session.setup.second_look
    assert page.session.setup.seconds_per_document == 60.0
    options.limit.setCurrentText("as long as it takes")
    assert page.session.setup.seconds_per_document is None
    assert "read twice" in page.setup.options.toolTip()
    options.hide()


def test_instructions_are_typed_at_length_and_shown_in_a_line(page: ExtractPage) -> None:
    page.setting_up.edit_instructions()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    dialog.text.write("Dates are day first.\nNames as printed.")
    dialog._keep()
    assert page.setup.instructions.words == "Dates are day first. Names as printed."


# Reviewing


def test_the_keyboard_alone_reviews_worst_first(filled: ExtractPage, qtbot: QtBot) -> None:
    page = filled
    page.focus_table()
    press(qtbot, page, Qt.Key.Key_F8)
    assert chosen(page) == ("2.txt", "/paid")
    assert page.review.place.text() == "1 of 2 to review, worst first"
    press(qtbot, page, Qt.Key.Key_Return)
    paid = page.session.cell("2.txt", "/paid")
    assert paid is not None
    assert paid.reviewed
    assert chosen(page) == ("1.txt", "/total")
    press(qtbot, page, Qt.Key.Key_2)
    assert value(page, "1.txt", "/total") == 1248.0
    assert page.review.place.text() == "nothing left to review"

    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert value(page, "1.txt", "/total") == 1284.0
    press(qtbot, page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert value(page, "1.txt", "/total") == 1248.0


def test_del_says_that_the_document_does_not_have_it(filled: ExtractPage, qtbot: QtBot) -> None:
    filled.table.choose_cell("1.txt", "/total")
    filled.focus_table()
    press(qtbot, filled, Qt.Key.Key_Delete)
    assert value(filled, "1.txt", "/total") is None
    assert filled.session.rows[0].row.state == "incomplete"


def test_what_is_typed_is_read_as_the_field_asks_or_refused_where_it_was_typed(
    filled: ExtractPage, qtbot: QtBot
) -> None:
    page = filled
    page.reviewing.choose("1.txt", "/total")
    page.review.edit.click()
    assert page.review.value.text() == "1,284.00"
    page.review.value.setText("twelve hundred")
    press(qtbot, page, Qt.Key.Key_Return)
    assert page.review.editing
    assert "twelve hundred" in page.review.wrong.line
    assert page.trouble.isHidden()
    page.review.value.setText("1,300.50")
    press(qtbot, page, Qt.Key.Key_Return)
    assert not page.review.editing
    assert value(page, "1.txt", "/total") == 1300.5
    assert page.table.cells.hasFocus()


def test_escape_leaves_the_value_as_it_was(filled: ExtractPage, qtbot: QtBot) -> None:
    filled.reviewing.choose("1.txt", "/total")
    filled.review.edit.click()
    filled.review.value.setText("5")
    press(qtbot, filled, Qt.Key.Key_Escape)
    assert not filled.review.editing
    assert value(filled, "1.txt", "/total") == 1284.0


def test_alternatives_are_numbered_and_those_without_room_stay_within_reach(filled: ExtractPage) -> None:
    page = filled
    page.reviewing.choose("1.txt", "/total")
    shown = [control.words for control in page.review.choices[: page.review.picking.count]]
    assert shown == ["1,284.00  0.54", "1,248.00  0.38", "not in document  0.05"]
    assert page.review.choices[0].isChecked()
    page.review.picking.resize(200, 32)
    assert not page.review.picking.more.isHidden()
    assert page.review.picking.more.text() == "+1"


def test_a_cell_shows_its_place_in_the_document_and_a_mark_leads_back(filled: ExtractPage, qtbot: QtBot) -> None:
    page = filled
    page.reviewing.choose("1.txt", "/total")
    qtbot.waitUntil(lambda: page.document.document is not None and bool(page.document._marks))
    marks = {(mark.start, mark.tone, mark.key) for mark in page.document._marks}
    text = TEXTS["1.txt"]
    assert marks == {
        (0, "found", "/vendor"),
        (text.index("1,284.00"), "doubtful", "/total"),
        (text.index("1,248.00"), "other", "/total"),
    }
    assert page.document.notice.text == "Two places in the text fit total. Both are marked."
    page.document.mark_clicked.emit("/vendor")
    assert chosen(page) == ("1.txt", "/vendor")
    assert page.table.current() == ("1.txt", "/vendor")


def test_text_of_the_document_goes_into_the_chosen_cell(filled: ExtractPage, qtbot: QtBot) -> None:
    page = filled
    page.reviewing.choose("1.txt", "/total")
    qtbot.waitUntil(lambda: page.document.document is not None)
    start = TEXTS["1.txt"].index("36.00")
    page.document.text_chosen.emit(start, start + 5)
    qtbot.waitUntil(lambda: value(page, "1.txt", "/total") == 36.0)


def test_a_document_that_failed_says_why_wherever_it_is_chosen(filled: ExtractPage, qtbot: QtBot) -> None:
    filled.table.choose_cell("3.txt", "")
    filled.reviewing.choose("3.txt", "")
    assert filled.review.where.line == "3.txt"
    assert filled.review.note.line == "The file is locked with a password."
    assert not filled.review.accept.isEnabled()


# How far it is


def test_the_bar_says_how_far_the_job_is_and_filters_by_state(filled: ExtractPage, qtbot: QtBot) -> None:
    page = filled
    assert page.coverage.read.text() == "3 of 3 read"
    failed = page.coverage.states["failed"]
    failed.click()
    assert page.table.table.rowCount() == 1
    failed.click()
    assert page.table.table.rowCount() == 3


def test_one_of_thousands_that_failed_is_still_counted_in_words(theme: Theme, qtbot: QtBot) -> None:
    bar = CoverageBar(theme)
    qtbot.addWidget(bar)
    bar.resize(1200, 53)
    bar.show_reach(Reach(total=10_000, read=4_000, failed=1, seconds_left=29_000, documents_per_minute=12.2))
    assert bar.read.text() == "4,001 of 10,000 read"
    assert bar.states["failed"].accessibleName().startswith("1 failed")
    assert bar.pace.line == "5,999 left, about 8 h 3 min at 4.9 s a document"
    assert "4,001 of 10,000 read, 1 failed" in bar.accessibleName()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (pace(36, 176.0, 12.2), "36 left, about 3 min at 4.9 s a document"),
        (pace(36, None, None), "36 left"),
        (pace(36, 12.0, 180.0), "36 left, about 12 s, 180 a minute"),
        (duration(0.2), "1 s"),
        (share(0.985), "98.5\N{NO-BREAK SPACE}%"),
        (
            looking(14, 504, 0.98),
            "14 of 504 values need a look, worst first. Of the rest 98\N{NO-BREAK SPACE}% are expected to be right.",
        ),
    ],
)
def test_numbers_are_said_as_people_say_them(said: str, expected: str) -> None:
    assert said == expected


def test_the_slider_says_how_many_values_to_look_at(filled: ExtractPage, qtbot: QtBot) -> None:
    filled.coverage.slider.setValue(200)
    qtbot.waitUntil(lambda: filled.session.share_right == 1.0 and len(filled.session.to_review) == 6)
    assert filled.coverage.right.text() == "100\N{NO-BREAK SPACE}% right"
    qtbot.waitUntil(lambda: filled.coverage.slider.toolTip().startswith("6 of 6 values need a look"))


# Before anything is chosen


def test_run_says_that_it_waits_for_the_model_and_shows_its_rows_at_once(page: ExtractPage, qtbot: QtBot) -> None:
    page.run()
    assert page.middle.currentWidget() is page.split
    assert page.coverage.read.text() == "0 of 6 read"
    assert page.coverage.pace.line == "Waiting for the model, 6 left"
    assert {row.row.state for row in page.session.rows} == {"pending"}
    # There is no model here, so nothing comes of it, and it stands ready as before.
    qtbot.waitUntil(page.trouble.isVisible)
    assert page.middle.currentWidget() is page.empty
    assert page.empty.line.text() == "6 sample invoices stand ready: Run makes a row of each."


def test_the_table_has_all_the_room_until_a_document_is_shown(filled: ExtractPage, qtbot: QtBot) -> None:
    assert filled.right.isHidden()
    assert filled.table.width() == filled.width()
    filled.table.choose_cell("2.txt", "/vendor")
    assert filled.right.isVisible()
    assert filled.right.width() == 384
    filled.session.new()
    assert filled.right.isHidden()


def test_the_worst_cell_is_looked_at_when_rows_come_without_taking_the_keyboard(
    filled: ExtractPage, qtbot: QtBot
) -> None:
    filled.head.name.setFocus()
    filled.run()
    filled.session.set_share_right(1.0)
    qtbot.waitUntil(lambda: chosen(filled) == ("2.txt", "/paid"))
    assert filled.table.current() == ("2.txt", "/paid")
    assert QApplication.focusWidget() is filled.head.name


def test_a_cell_that_a_person_chose_stays_when_rows_come(filled: ExtractPage, qtbot: QtBot) -> None:
    filled.table.choose_cell("1.txt", "/vendor")
    filled.run()
    with qtbot.waitSignal(filled.session.review_changed):
        filled.session.set_share_right(1.0)
    assert chosen(filled) == ("1.txt", "/vendor")


# Changes and troubles


def test_another_setup_is_said_above_the_rows_and_can_be_taken_back(filled: ExtractPage) -> None:
    assert not filled.head.go.isEnabled() or filled.session.coverage.failed
    filled.session.set_instructions("Quote names as printed.")
    assert not filled.changed.isHidden()
    assert filled.head.go.isEnabled()
    filled.changed.back.click()
    assert filled.changed.isHidden()
    assert filled.session.setup.instructions == ""


def test_what_keeps_it_from_running_is_said_with_the_way_on(filled: ExtractPage, qtbot: QtBot) -> None:
    page = filled
    page.session.failed.emit(SchemaInvalid("The schema asks for a type that there is not.", where="/type"))
    assert page.trouble.what.text() == "The schema asks for a type that there is not. (/type)"
    asked: list[tuple[Any, str]] = []
    page.schema_wanted.disconnect()
    page.schema_wanted.connect(lambda schema, text: asked.append((schema, text)))
    page.trouble.way.click()
    assert asked == [(None, SCHEMA)]
    assert len(page.session.rows) == 3


def test_what_is_said_of_a_file_goes_when_a_schema_is_set_and_leads_to_files_alone(
    page: ExtractPage, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "bad.json").write_text('{"type": ', "utf-8")
    drop(page, tmp_path / "bad.json")
    qtbot.waitUntil(page.trouble.isVisible)
    asked: list[str] = []
    page.schema_wanted.connect(lambda _schema, text: asked.append(text))
    page.trouble.way.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    dialog.close()
    assert asked == []
    (tmp_path / "schema.json").write_text(SCHEMA, "utf-8")
    drop(page, tmp_path / "schema.json")
    qtbot.waitUntil(page.trouble.isHidden)
    assert page.session.setup.schema_text
    # The same schema once more is as good as another.
    drop(page, tmp_path / "bad.json")
    qtbot.waitUntil(page.trouble.isVisible)
    drop(page, tmp_path / "schema.json")
    qtbot.waitUntil(page.trouble.isHidden)


def test_what_is_said_of_documents_and_of_the_schema_goes_with_them(page: ExtractPage, tmp_path: Path) -> None:
    page.session.failed.emit(DocumentError("The folder is gone."))
    page.session.set_instructions("Names as printed.")
    page.setting_up.set_schema(SCHEMA, "Invoice", None)
    assert page.trouble.isVisible()
    page.session.set_sources([tmp_path])
    assert page.trouble.isHidden()
    page.session.failed.emit(SchemaInvalid("The schema asks for a type that there is not.", where="/type"))
    page.session.set_sources([tmp_path, tmp_path / "more"])
    assert page.trouble.isVisible()
    page.session.set_schema('{"type": "object"}', "Other")
    assert page.trouble.isHidden()


def test_a_deleted_extraction_comes_back_with_undo(filled: ExtractPage, qtbot: QtBot) -> None:
    page = filled
    page.ways.show_jobs()
    assert page.ways.jobs.model.rowCount() == 1
    qtbot.keyClick(page.ways.jobs.view, Qt.Key.Key_Delete)
    page.ways.jobs.hide()
    assert page.session.jobs == []
    assert page.told.words.text() == "March invoices deleted"
    page.told.undo.click()
    qtbot.waitUntil(lambda: [job.name for job in page.session.jobs] == ["March invoices"])


def test_the_name_is_changed_where_it_stands(filled: ExtractPage, qtbot: QtBot) -> None:
    page = filled
    page.head.name.setFocus()
    page.head.name.selectAll()
    qtbot.keyClicks(page.head.name, "April")
    press(qtbot, page, Qt.Key.Key_Return)
    assert page.session.name == "April"
    page.head.name.setFocus()
    qtbot.keyClicks(page.head.name, "xyz")
    press(qtbot, page, Qt.Key.Key_Escape)
    assert page.head.name.text() == "April"


# Out


def test_the_last_choice_of_an_export_is_remembered(filled: ExtractPage, tmp_path: Path, qtbot: QtBot) -> None:
    page = filled
    page.ways.offer_export()
    page.ways.export.format.parts["csv"].click()
    page.ways.export.sources.click()
    page.ways.export.save.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    target = tmp_path / "out.csv"
    dialog.filesSelected.emit([str(target)])
    dialog.close()
    qtbot.waitUntil(target.exists)
    assert "Hargreaves & Sons" in target.read_text("utf-8-sig")
    assert page._whole.setting("extract.export") == {"format": "csv", "sources": True, "confidence": False}


@pytest.mark.parametrize("kept", [None, 7, {"format": "pdf"}, {"sources": "yes"}])
def test_a_remembered_choice_that_makes_no_sense_is_forgotten(kept: Any) -> None:
    assert ExportChoice.from_json(kept) == ExportChoice()


# The window


def test_every_command_of_the_page_is_in_the_palette(window: Window) -> None:
    names = {command.name for command in window.commands()}
    assert {
        "Run the extraction",
        "New extraction",
        "Export the table",
        "Compare with known values",
        "Extract with this schema",
        "Next value to review",
    } <= names


def test_extracting_with_the_schema_of_the_editor_sets_it_up(window: Window, qtbot: QtBot) -> None:
    window.show_page("Schemas")
    editing = window._session.schema_editing
    editing.make("invoice", SCHEMA)
    qtbot.waitUntil(lambda: editing.document.text == SCHEMA and editing.editable)
    (command,) = [each for each in window.commands() if each.name == "Extract with this schema"]
    assert command.able()
    command.do()
    page = window.page("Extract")
    assert isinstance(page, ExtractPage)
    assert window.pages.currentWidget() is page
    qtbot.waitUntil(lambda: page.session.setup.schema_text == SCHEMA)
    assert page.session.setup.schema_name == "invoice"


def test_everything_on_the_filled_page_that_takes_the_keyboard_says_what_it_is(filled: ExtractPage) -> None:
    filled.show_accuracy(shown=True)
    filled.reviewing.choose("1.txt", "/total")
    silent = [
        widget
        for widget in filled.findChildren(type(filled).__mro__[2])
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.objectName().startswith("qt_")
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert silent == []


def test_narrow_and_wide_windows_leave_nothing_over_something_else(filled: ExtractPage, qtbot: QtBot) -> None:
    window = filled.window()
    filled.table.choose_cell("1.txt", "/total")
    for width, height, document in ((1280, 800, 384), (1920, 1080, 640)):
        window.resize(width, height)
        qtbot.waitUntil(lambda wide=document: abs(filled.split.sizes()[1] - wide) <= 2)
        bar = filled.coverage
        assert bar.pace.geometry().right() <= bar.width()
        spans = sorted(
            (each.mapTo(bar, QPoint(0, 0)).x(), each.mapTo(bar, QPoint(each.width(), 0)).x())
            for each in (bar.read, *bar.states.values(), bar.slider, bar.right, bar.filter)
            if each.isVisible()
        )
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


@pytest.mark.parametrize(
    ("coverage", "said"),
    [
        (Coverage(), "March invoices"),
        (
            Coverage(done=80, failed=3, empty=1, pending=30, running=6),
            "84 of 120 \N{EN DASH} March invoices",
        ),
    ],
)
def test_the_title_says_how_far_the_running_job_is(coverage: Coverage, said: str) -> None:
    assert standing(coverage, "March invoices") == said


def test_who_is_not_looking_is_told_that_a_job_has_ended(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    window.show_page("Extract")
    session = window._session.extractions
    told: list[tuple[str, str]] = []
    assert window._job_notice is not None
    window._job_notice.told.connect(lambda heading, words: told.append((heading, words)))
    looking = [True]
    monkeypatch.setattr(window, "isActiveWindow", lambda: looking[0])
    session.ended.emit("March invoices", Coverage(done=116, failed=3, empty=1), False)
    assert told == []
    looking[0] = False
    session.ended.emit("March invoices", Coverage(done=116, failed=3, empty=1), False)
    session.ended.emit("March invoices", None, False)
    session.ended.emit("March invoices", Coverage(done=80, pending=40), True)
    assert told == [
        ("March invoices has been read", f"{Coverage(done=116, failed=3, empty=1)}."),
        ("March invoices has stopped", "Its page says why."),
    ]
