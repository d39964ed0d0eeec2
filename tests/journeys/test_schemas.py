"""From a sentence to a strict, versioned schema with a live sample: by the tree alone, and by the text alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema_rs
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QInputDialog

from app.pages.schemas.page import SchemasPage
from app.pages.schemas.rewrite_dialog import RewriteDialog
from engine.schema.dialects.strict import strict_violations
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.session import Session
    from app.window import Window

    Start = Callable[[], tuple[Window, Session]]

LOADING_MS = 240_000


def editor(window: Window, qtbot: QtBot) -> SchemasPage:
    """Go to the page of schemas, and wait for the library."""
    window.show_page("Schemas")
    page = window.page("Schemas")
    assert isinstance(page, SchemasPage)
    qtbot.waitUntil(lambda: bool(page.library.examples) and page.library.known, timeout=LOADING_MS)
    return page


def examined(page: SchemasPage, qtbot: QtBot) -> None:
    """Wait until it is known of the text as it is how it will be held to."""

    def known() -> bool:
        examination = page.editing.examination
        return examination is not None and (examination.planned or not examination.valid)

    qtbot.waitUntil(known, timeout=LOADING_MS)


def sampled(page: SchemasPage, qtbot: QtBot) -> str:
    """Wait for a sample of the text as it is; return it."""

    def done() -> bool:
        samples = page.editing.trial.samples
        return bool(samples) and samples[0].state == "done" and not page.editing.trial.stale

    qtbot.waitUntil(done, timeout=LOADING_MS)
    return page.editing.trial.samples[0].text


def answer_dialog(kind: type, qtbot: QtBot) -> object:
    """Wait for a dialog of a kind and return it."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), kind), timeout=LOADING_MS)
    return QApplication.activeModalWidget()


def save_version(page: SchemasPage, qtbot: QtBot, note: str) -> None:
    qtbot.waitUntil(page.head.save.isEnabled, timeout=LOADING_MS)
    page.head.save.click()
    dialog = answer_dialog(QInputDialog, qtbot)
    assert isinstance(dialog, QInputDialog)
    dialog.setTextValue(note)
    before = len(page.library.desk.versions)
    dialog.accept()
    qtbot.waitUntil(lambda: len(page.library.desk.versions) == before + 1)


def test_a_sentence_becomes_a_strict_versioned_schema_without_touching_the_text(
    start: Start, qtbot: QtBot, profile: Path
) -> None:
    window, _ = start()
    page = editor(window, qtbot)
    page.describe()
    qtbot.waitUntil(page.describe_bar.isVisible, timeout=LOADING_MS)
    qtbot.keyClicks(page.describe_bar.sentence, "A parcel: sender, weight in grams, and whether it is fragile")
    qtbot.keyClick(page.describe_bar.sentence, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.editing.writing.running)
    qtbot.waitUntil(lambda: not page.editing.writing.running, timeout=LOADING_MS)
    document = page.editing.document
    written = json.loads(document.text)
    assert written["properties"]
    assert document.undo_label == "Write from a description"

    tree = page.tree.view
    first = f"/properties/{next(iter(written['properties']))}"
    tree.select([first])
    tree.setFocus()
    qtbot.keyClick(tree, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(json.loads(document.text)["properties"]) == len(written["properties"]) + 1)
    qtbot.keyClick(tree, Qt.Key.Key_Space)
    assert len(json.loads(document.text)["required"]) == len(written["properties"])

    page.problems.rewrite.click()
    dialog = answer_dialog(RewriteDialog, qtbot)
    assert isinstance(dialog, RewriteDialog)
    assert dialog.changes.count() > 0
    dialog.apply.click()
    strict = json.loads(document.text)
    assert strict_violations(strict) == []

    save_version(page, qtbot, "strict")
    examined(page, qtbot)
    sample = json.loads(sampled(page, qtbot))
    jsonschema_rs.validate(strict, sample)
    assert list(sample) == list(strict["properties"])

    window.close()
    with Store(profile) as store:
        row = store.schemas.all()[0]
        versions = store.schemas.load(row.id).versions
        assert versions[0].note == "strict"
        assert json.loads(store.schemas.version_text(row.id, versions[0].number)) == strict


def test_a_schema_is_written_mended_and_kept_without_touching_the_tree(start: Start, qtbot: QtBot) -> None:
    window, _ = start()
    page = editor(window, qtbot)
    qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.editing.editable)
    text = page.text.view
    text.setFocus()
    text.selectAll()
    QApplication.clipboard().setText(
        '{"type": "object", "properties": {"age": {"type": "integer", "minimum": 9, "maximum": 1}}, '
        '"required": ["age"], "additionalProperties": false}'
    )
    text.paste()
    examined(page, qtbot)
    rules = [problem.rule for problem in page.problems.model.problems]
    assert "empty-range" in rules

    row = page.problems.model.index(rules.index("empty-range"))
    page.problems.view.setCurrentIndex(row)
    page.problems.view.setFocus()
    qtbot.keyClick(page.problems.view, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    age = json.loads(page.editing.document.text)["properties"]["age"]
    assert (age["minimum"], age["maximum"]) == (1, 9)
    qtbot.waitUntil(lambda: "empty-range" not in [each.rule for each in page.problems.model.problems])

    text.setFocus()
    qtbot.keyClick(text, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(text, Qt.Key.Key_Backspace)
    assert page.editing.document.stale
    assert page.tree_model.stale
    qtbot.keyClick(text, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not page.editing.document.stale
    examined(page, qtbot)
    sample = json.loads(sampled(page, qtbot))
    jsonschema_rs.validate(json.loads(page.editing.document.text), sample)
    save_version(page, qtbot, "by hand")
    assert page.library.desk.versions[0].note == "by hand"
    window.close()
