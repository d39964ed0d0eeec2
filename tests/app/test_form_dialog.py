"""The dialog in which a schema is filled in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QGuiApplication

from app.pages.schemas.form_dialog import FormDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme

SCHEMA = {
    "title": "invoice",
    "type": "object",
    "properties": {"number": {"type": "string"}, "total": {"type": "number", "minimum": 0}},
    "required": ["number", "total"],
}


@pytest.fixture
def opened(theme: Theme, qtbot: QtBot) -> Callable[..., FormDialog]:
    def make(initial: Any = None, schema: str = "") -> FormDialog:
        dialog = FormDialog(theme, schema or json.dumps(SCHEMA), initial)
        qtbot.addWidget(dialog)
        dialog.show()
        with qtbot.waitSignals([dialog.form.refused if schema else dialog.form.checked]):
            pass
        return dialog

    return make


def edit(dialog: FormDialog, name: str) -> Any:
    shown: Any = dialog.form.fields_shown
    return shown.rows[name].control.edit


def test_the_json_follows_what_is_typed(opened: Callable[..., FormDialog], qtbot: QtBot) -> None:
    dialog = opened({"number": "a\U0001f600b", "total": 1.0})
    qtbot.waitUntil(lambda: dialog.json.toPlainText() == '{"number": "a\U0001f600b", "total": 1.0}')
    edit(dialog, "number").setFocus()
    qtbot.keyClicks(edit(dialog, "number"), "x")
    qtbot.waitUntil(lambda: dialog.json.toPlainText() == '{"number": "xa\U0001f600b", "total": 1.0}')
    edit(dialog, "number").selectAll()
    qtbot.keyClicks(edit(dialog, "number"), "y" * 60)
    qtbot.waitUntil(lambda: json.loads(dialog.json.toPlainText())["number"] == "y" * 60)


def test_the_chip_says_what_is_left_to_do(opened: Callable[..., FormDialog], qtbot: QtBot) -> None:
    dialog = opened()
    assert dialog.chip.text() == "2 to fill in"
    assert not dialog.keep.isEnabled()
    qtbot.keyClicks(edit(dialog, "number"), "A")
    with qtbot.waitSignal(dialog.form.checked):
        qtbot.keyClicks(edit(dialog, "total"), "-1")
    assert dialog.chip.text() == "One problem"
    dialog.first.click()
    assert edit(dialog, "total").hasFocus()
    edit(dialog, "total").selectAll()
    with qtbot.waitSignal(dialog.form.checked):
        qtbot.keyClicks(edit(dialog, "total"), "1")
    assert dialog.chip.text() == "Valid"
    assert dialog.keep.isEnabled()


def test_a_valid_value_is_kept_as_an_example_and_copied(opened: Callable[..., FormDialog], qtbot: QtBot) -> None:
    dialog = opened({"total": 1.0, "number": "\u202e"})
    with qtbot.waitSignal(dialog.example_kept) as kept:
        dialog.keep.click()
    assert kept.args == ['{"total": 1.0, "number": "\\u202e"}']
    dialog.copy.click()
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == '{"total": 1.0, "number": "\\u202e"}')


def test_a_schema_that_is_broken_leaves_nothing_to_do(opened: Callable[..., FormDialog]) -> None:
    dialog = opened(schema='{"type": 5}')
    assert not dialog.copy.isEnabled()
    assert not dialog.keep.isEnabled()
