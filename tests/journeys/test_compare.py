"""From an answer to one under other settings, beside it, and on with the better of the two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from jsonschema.validators import Draft202012Validator
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.journeys.drafts import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.session import Session
    from app.window import Window

    Start = Callable[[], tuple[Window, Session]]

LOADING_MS = 240_000
ANSWER_MS = 120_000


def test_a_question_is_asked_under_two_more_settings_and_the_other_answer_is_used(start: Start, qtbot: QtBot) -> None:
    window, session = start()
    page = window.playground
    window.activateWindow()
    page._fill(SMALL)
    page.run()
    qtbot.waitUntil(lambda: session.chat.answer is not None and not session.chat.answer.running, timeout=LOADING_MS)
    first = session.chat.answer
    assert first is not None
    assert first.state == "done", first.error

    page.answer._beside.click()
    compare = page.compare
    qtbot.waitUntil(lambda: len(compare.columns) == 2 and compare.columns[1].settings.isVisible())
    compare.columns[1].settings.sampling.temperature.set_value(1.5)
    compare.columns[1].settings.sampling.seed.set_value(11)
    compare.add.click()
    compare.columns[2].adjust.setChecked(True)
    compare.columns[2].settings.sampling.seed.set_value(12)
    assert compare.run.accessibleName() == "Run 2"
    assert [column.words.line for column in compare.columns[1:]] == [
        "temperature 1.5 · seed 11",
        "temperature 1.5 · seed 12",
    ]
    qtbot.waitUntil(window.isActiveWindow)
    compare.setFocus()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: session.comparison.running, timeout=ANSWER_MS)
    assert compare.run.accessibleName() == "Stop"
    assert session.chat.conversation.head == first.message, "what is compared changes nothing that is shown"
    qtbot.waitUntil(lambda: not session.comparison.running and session.chat.running is None, timeout=ANSWER_MS)
    answers = [column.column.shown for column in compare.columns]
    for answer in answers[1:]:
        assert answer is not None
        assert answer.state == "done", answer.error
        Draft202012Validator(json.loads(SMALL.schema)).validate(json.loads(answer.text))
        assert answer.receipt is not None
        assert answer.receipt["request"]["sampling"]["seed"] == answer.draft.seed

    values = [json.loads(answer.text) for answer in answers if answer is not None]
    qtbot.waitUntil(lambda: compare.differences.found.compared == 3)
    found = compare.differences.found
    assert bool(found.count) == any(value != values[0] for value in values)
    for at, column in enumerate(compare.columns):
        assert column.tree._marked == found.pointers(at)

    other = answers[2]
    assert other is not None
    compare.columns[2].use.click()
    qtbot.waitUntil(lambda: session.chat.focus.message == other.message)
    assert page.conversation.isVisible()
    assert session.chat.conversation.head == other.message

    window.close()
    again, restored = start()
    assert restored.chat.answer is not None
    assert restored.chat.answer.text == other.text
    again.playground.message.compare.click()
    qtbot.waitUntil(lambda: len(again.playground.compare.columns) == 3)
    texts = {column.column.shown.text for column in again.playground.compare.columns if column.column.shown}
    assert texts == {answer.text for answer in answers if answer is not None}
