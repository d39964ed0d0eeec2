"""The schema editor: a tree and a text of one document, and what is said of it; without the model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.pages.schemas.files import TextDialog
from app.pages.schemas.form_dialog import FormDialog
from app.pages.schemas.page import SchemasPage
from app.pages.schemas.rewrite_dialog import RewriteDialog
from app.pages.schemas.versions_dialog import VersionsDialog
from engine.schema.editing import Set
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window import Window

PATIENCE_MS = 60_000
INVOICE = """{
  "type": "object",
  "properties": {
    "vendor": { "$ref": "#/$defs/party" },
    "total": { "type": "number" }
  },
  "required": ["vendor"],
  "$defs": { "party": { "type": "object", "properties": { "name": { "type": "string" } } } }
}
"""


@pytest.fixture
def window(open_window: Callable[[Path], Window], profile: Path, clear_away: None) -> Window:
    made = open_window(profile)
    made.show_page("Schemas")
    return made


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> SchemasPage:
    page = window.page("Schemas")
    assert isinstance(page, SchemasPage)
    qtbot.waitUntil(lambda: bool(page.library.examples) and page.library.known, timeout=PATIENCE_MS)
    return page


@pytest.fixture
def invoice(page: SchemasPage, qtbot: QtBot) -> SchemasPage:
    """Open a schema of one's own."""
    page.editing.make("Invoice", INVOICE)
    qtbot.waitUntil(lambda: page.editing.document.text == INVOICE and page.editing.editable, timeout=PATIENCE_MS)
    return page


def dialog(kind: type, qtbot: QtBot) -> object:
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind), timeout=PATIENCE_MS)
    return QApplication.activeModalWidget()


def test_whoever_has_no_schema_yet_sees_an_example_that_can_be_copied_and_not_edited(
    page: SchemasPage, qtbot: QtBot
) -> None:
    assert page.editing.example is not None
    assert page.text.view.isReadOnly()
    before = page.editing.document.text
    page.edits.remove(["/properties/summary"])
    assert page.editing.document.text == before
    assert "Copy it" in page.told.words.text()
    page.head.copy.click()
    qtbot.waitUntil(lambda: page.editing.editable, timeout=PATIENCE_MS)
    assert page.editing.document.text == before
    assert not page.text.view.isReadOnly()
    qtbot.waitUntil(page.told.isHidden)


def test_an_edit_in_the_tree_changes_its_own_span_of_the_text_and_one_in_the_text_the_tree(
    invoice: SchemasPage, qtbot: QtBot
) -> None:
    invoice.tree.intents.rename_asked.emit("/properties/total", "sum")
    assert invoice.editing.document.text == INVOICE.replace('"total"', '"sum"')
    assert invoice.tree_model.pointer_of(invoice.tree.view.currentIndex()) == "/properties/sum"

    text = invoice.text.view
    place = invoice.editing.document.text.index('"sum"') + 1
    text.setFocus()
    text.show_span(place, place + 3)
    qtbot.keyClicks(text, "amount")
    assert invoice.tree_model.index_of("/properties/amount").isValid()
    invoice.editing.undo()
    invoice.editing.undo()
    assert invoice.editing.document.text == INVOICE


def test_what_is_chosen_in_one_view_is_shown_in_the_other(invoice: SchemasPage, qtbot: QtBot) -> None:
    tree, text = invoice.tree.view, invoice.text.view
    tree.setFocus()
    tree.setCurrentIndex(invoice.tree_model.index_of("/properties/total"))
    qtbot.waitUntil(lambda: text.pointer.startswith("/properties/total"))
    text.setFocus()
    place = INVOICE.index('"name"') + 2
    text.show_span(place, place)
    qtbot.waitUntil(
        lambda: invoice.tree_model.pointer_of(tree.currentIndex()).startswith("/$defs/party/properties/name")
    )


def test_a_definition_that_is_needed_is_not_taken_away_without_a_question(invoice: SchemasPage, qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QMessageBox

    invoice.edits.remove(["/$defs/party"])
    asked = dialog(QMessageBox, qtbot)
    assert isinstance(asked, QMessageBox)
    assert "/properties/vendor" in asked.informativeText()
    inline = next(button for button in asked.buttons() if button.text() == "Inline it everywhere")
    inline.click()
    assert json.loads(invoice.editing.document.text)["properties"]["vendor"]["properties"] == {
        "name": {"type": "string"}
    }


def test_a_broken_text_keeps_the_tree_and_says_where_it_is_broken(invoice: SchemasPage, qtbot: QtBot) -> None:
    rows = invoice.tree_model.rowCount(invoice.tree_model.index_of(""))
    invoice.editing.document.type(0, 1, "")
    assert invoice.tree_model.rowCount(invoice.tree_model.index_of("")) == rows
    assert invoice.text.state != "In step with the tree"
    invoice.tree.intents.required_asked.emit(["/properties/total"], True)
    assert "not JSON" in invoice.told.words.text()
    qtbot.waitUntil(lambda: any(each.rule == "syntax" for each in invoice.problems.model.problems), timeout=PATIENCE_MS)
    invoice.editing.undo()
    assert invoice.text.state == "In step with the tree"


def test_a_text_that_comes_back_is_examined_though_it_was_left_meanwhile(invoice: SchemasPage, qtbot: QtBot) -> None:
    editing = invoice.editing
    qtbot.waitUntil(lambda: editing.examination is not None and editing.examination.planned, timeout=PATIENCE_MS)
    editing.apply(Set("/title", "x"), label="Title")
    editing.examine_now()
    editing.document.type(0, 1, "")  # broken before it is told what the other text is
    told = editing._examined_text
    qtbot.waitUntil(lambda: editing._examined_text != told, timeout=PATIENCE_MS)
    editing.undo()
    text = editing.document.text
    qtbot.waitUntil(lambda: editing.trial._schema == text, timeout=PATIENCE_MS)


def test_what_is_typed_is_on_the_disk_without_being_saved(
    invoice: SchemasPage, window: Window, qtbot: QtBot, profile: Path
) -> None:
    invoice.editing.apply(Set("/title", "x"), label="Title")
    text = invoice.editing.document.text
    window.close()
    with Store(profile) as store:
        row = store.schemas.all()[0]
        assert store.schemas.text(row.id) == text
        assert row.version == 1


def test_a_version_is_brought_back_as_one_edit(invoice: SchemasPage, qtbot: QtBot) -> None:
    invoice.editing.apply(Set("/title", "x"), label="Title")
    invoice.library.desk.save_version("with a title")
    qtbot.waitUntil(lambda: len(invoice.library.desk.versions) == 2, timeout=PATIENCE_MS)
    invoice.show_versions()
    shown = dialog(VersionsDialog, qtbot)
    assert isinstance(shown, VersionsDialog)
    shown.versions.setCurrentRow(2)
    qtbot.waitUntil(lambda: "title" in (shown.changes.item(0).text() if shown.changes.count() else ""))
    shown.restore.click()
    qtbot.waitUntil(lambda: invoice.editing.document.text == INVOICE, timeout=PATIENCE_MS)
    invoice.editing.undo()
    assert '"title"' in invoice.editing.document.text


def test_make_strict_shows_what_it_changes_before_it_does(invoice: SchemasPage, qtbot: QtBot) -> None:
    invoice.rewrite("strict")
    shown = dialog(RewriteDialog, qtbot)
    assert isinstance(shown, RewriteDialog)
    assert invoice.editing.document.text == INVOICE
    assert any("total" in shown.changes.item(row).text() for row in range(shown.changes.count()))
    shown.apply.click()
    assert json.loads(invoice.editing.document.text)["required"] == ["vendor", "total"]
    invoice.editing.undo()
    assert invoice.editing.document.text == INVOICE


def test_a_profile_that_is_chosen_is_looked_at_now_and_after_the_next_start(invoice: SchemasPage, qtbot: QtBot) -> None:
    def strict() -> bool:
        return any(problem.profile == "strict" for problem in invoice.problems.model.problems)

    qtbot.waitUntil(lambda: invoice.editing.examination is not None, timeout=PATIENCE_MS)
    assert not strict()
    invoice.problems.profile_asked.emit("strict", True)
    qtbot.waitUntil(strict, timeout=PATIENCE_MS)
    again = SchemasPage(invoice._theme, invoice._session)
    qtbot.addWidget(again)
    assert "strict" in again.editing.settings.profiles


@pytest.mark.parametrize(
    ("text", "name", "properties"),
    [
        ('{"type": "object", "properties": {"a": {}}}', "Untitled", ["a"]),
        ("class Parcel(BaseModel):\n    sender: str\n    grams: int\n", "Parcel", ["sender", "grams"]),
        ('{"name": "Ada", "age": 36}', "Untitled", ["name", "age"]),
        (
            '{"type": "function", "function": {"name": "send", "parameters": {"properties": {"to": {}}}}}',
            "send",
            ["to"],
        ),
    ],
)
def test_what_is_pasted_becomes_a_schema(
    page: SchemasPage, qtbot: QtBot, text: str, name: str, properties: list[str]
) -> None:
    QGuiApplication.clipboard().setText(text)
    page.ways.paste()
    qtbot.waitUntil(lambda: page.editing.editable, timeout=PATIENCE_MS)
    assert page.editing.name == name
    assert list(json.loads(page.editing.document.text)["properties"]) == properties


def test_files_become_schemas_and_a_library_comes_back_whole(
    invoice: SchemasPage, qtbot: QtBot, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    invoice.library.export([invoice.library.desk.id], kept, "library")
    qtbot.waitUntil(kept.exists, timeout=PATIENCE_MS)
    invoice.library.delete([invoice.library.desk.id])
    examples = tmp_path / "answers.jsonl"
    examples.write_text('{"a": 1}\n{"a": 2}\n', "utf-8")
    invoice.ways.take_files([kept, examples, tmp_path / "missing.json"])
    qtbot.waitUntil(lambda: {row.name for row in invoice.library.rows} == {"Invoice", "answers"}, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "missing.json" in invoice.told.words.text(), timeout=PATIENCE_MS)


def test_what_cannot_be_read_is_refused_in_a_sentence_and_nothing_is_lost(invoice: SchemasPage, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setText("{{{ \0 \u202e")
    invoice.ways.paste()
    qtbot.waitUntil(lambda: not invoice.told.isHidden(), timeout=PATIENCE_MS)
    assert invoice.editing.document.text == INVOICE


@pytest.mark.parametrize(
    ("target", "words"),
    [("response_format", '"json_schema"'), ("typescript", "export "), ("tool", '"parameters"')],
)
def test_a_schema_goes_out_in_another_form(invoice: SchemasPage, qtbot: QtBot, target: str, words: str) -> None:
    invoice.ways.export(target)  # type: ignore[arg-type]
    shown = dialog(TextDialog, qtbot)
    assert isinstance(shown, TextDialog)
    assert words in shown.text.toPlainText()
    shown.close()


def test_a_value_is_typed_into_a_form_and_kept_as_an_example(invoice: SchemasPage, qtbot: QtBot) -> None:
    invoice.fill_in()
    shown = dialog(FormDialog, qtbot)
    assert isinstance(shown, FormDialog)
    qtbot.waitUntil(lambda: shown.form.state is not None, timeout=PATIENCE_MS)
    shown.form.set_value({"vendor": {"name": "Ada"}, "total": 3.0})
    qtbot.waitUntil(shown.keep.isEnabled, timeout=PATIENCE_MS)
    shown.keep.click()
    qtbot.waitUntil(lambda: '"examples"' in invoice.editing.document.text, timeout=PATIENCE_MS)
    assert json.loads(invoice.editing.document.text)["examples"] == [{"vendor": {"name": "Ada"}, "total": 3.0}]
    shown.close()


def test_a_schema_goes_to_the_playground_and_comes_back_as_the_same_one(
    invoice: SchemasPage, window: Window, qtbot: QtBot
) -> None:
    schema = invoice.library.desk.id
    invoice.use_asked.emit(invoice.editing.document.text)
    assert window.pages.currentWidget() is window.playground
    assert window.playground.draft.schema == INVOICE
    window.playground.edit_schema_asked.emit(INVOICE)
    qtbot.waitUntil(lambda: window.pages.currentWidget() is invoice)
    qtbot.waitUntil(lambda: invoice.library.desk.id == schema, timeout=PATIENCE_MS)
    assert len(invoice.library.rows) == 1


def test_a_schema_that_is_deleted_gives_way_to_another(invoice: SchemasPage, qtbot: QtBot) -> None:
    invoice.list.view.select_row(invoice.list.model.index_of(schema=invoice.library.desk.id))
    invoice.list.delete_chosen()
    assert invoice.editing.example is not None
    assert not invoice.list.undo_bar.isHidden()
    invoice.library.undo()
    assert [row.name for row in invoice.library.rows] == ["Invoice"]


def test_the_library_finds_a_schema_by_what_it_says(invoice: SchemasPage, qtbot: QtBot) -> None:
    qtbot.keyClicks(invoice.list.search, "vendor")
    qtbot.waitUntil(lambda: invoice.list.model.rowCount() == 1, timeout=PATIENCE_MS)
    qtbot.keyClick(invoice.list.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: invoice.list.model.rowCount() > 2, timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "{" * 5_000,
        '"' + "x" * 2_000_000,
        '{"a": "\u202e\u2066"}',
        '{"type": 5, "properties": []}',
        "[" * 200_000,
    ],
)
def test_hostile_text_gives_problems_and_no_exceptions(invoice: SchemasPage, qtbot: QtBot, text: str) -> None:
    invoice.editing.put_text(text, "Paste")
    qtbot.waitUntil(lambda: bool(invoice.problems.model.problems), timeout=PATIENCE_MS)
    invoice.editing.undo()
    assert invoice.editing.document.text == INVOICE
