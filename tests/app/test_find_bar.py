from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.pages.schemas.text import SchemaTextPane
from app.pages.schemas.text.search import Query, Search
from engine.schema.editing import EditableSchema

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from app.pages.schemas.text.find_bar import FindBar
    from app.style.theme import Theme

_CONTROL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TEXT = '{\n  "type": "Type",\n  "subtype": {\n    "a": 1,\n    "type_of": 2\n  }\n}'


@pytest.fixture
def pane(theme: Theme, qtbot: QtBot) -> SchemaTextPane:
    made = SchemaTextPane(theme)
    qtbot.addWidget(made)
    made.resize(620, 400)
    made.open(EditableSchema(TEXT))
    made.show()
    made.activateWindow()
    made.view.setFocus()
    qtbot.waitUntil(made.view.hasFocus)
    return made


@pytest.fixture
def bar(pane: SchemaTextPane, qtbot: QtBot) -> FindBar:
    QTest.keyClick(pane.view, Qt.Key.Key_H, _CONTROL)
    qtbot.waitUntil(pane.find_bar.field.hasFocus)
    return pane.find_bar


def press(widget: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(widget, key, held)


def test_what_is_found_is_counted_and_walked_through(pane: SchemaTextPane, bar: FindBar) -> None:
    QTest.keyClicks(bar.field, "type")
    starts = [found.start() for found in re.finditer("type", TEXT, re.IGNORECASE)]
    assert bar.count.text() == "1 of 4"
    walked = [pane.view.selection()]
    for key, held in ((Qt.Key.Key_Return, _SHIFT), (Qt.Key.Key_Return, _SHIFT), (Qt.Key.Key_F3, Qt.KeyboardModifier())):
        press(bar.field, key, held)
        walked.append(pane.view.selection())
    assert [TEXT[start:end].lower() for start, end in walked] == ["type"] * 4
    assert [start for start, _ in walked] == [starts[0], starts[3], starts[2], starts[3]]
    assert bar.count.text() == "4 of 4"
    press(bar.field, Qt.Key.Key_Escape)
    assert bar.isHidden()
    assert pane.view.hasFocus()
    press(pane.view, Qt.Key.Key_F3)
    assert not bar.isHidden()


def test_it_begins_with_what_is_selected(pane: SchemaTextPane, bar: FindBar) -> None:
    pane.view.go_to(26, 30)
    press(pane.view, Qt.Key.Key_F, _CONTROL)
    assert bar.field.text() == "type"
    assert bar.count.text() == "3 of 4"
    assert bar.replacement.isHidden()


def test_case_and_whole_words_narrow_it(bar: FindBar) -> None:
    QTest.keyClicks(bar.field, "Type")
    bar.match_case.click()
    assert bar.count.text() == "1 of 1"
    bar.match_case.click()
    bar.whole_word.click()
    assert bar.count.text() in {"1 of 2", "2 of 2"}
    QTest.keyClicks(bar.field, "xyz")
    assert bar.count.text() == "Not found"
    assert not bar.next.isEnabled()


def test_what_is_found_is_marked_and_what_is_folded_is_shown(pane: SchemaTextPane, bar: FindBar) -> None:
    pane.view.fold_all()
    QTest.keyClicks(bar.field, "type_of")
    assert '    "type_of": 2' in pane.view.document().toRawText().split("\u2029")
    marked = [each.cursor.selectedText() for each in pane.view.extraSelections()]
    assert marked == ["type_of"]
    press(bar.field, Qt.Key.Key_Escape)
    assert marked != [each.cursor.selectedText() for each in pane.view.extraSelections()]


def test_all_are_replaced_in_one_step(pane: SchemaTextPane, bar: FindBar) -> None:
    QTest.keyClicks(bar.field, "type")
    QTest.keyClicks(bar.replacement, "kind")
    bar.replace_all.click()
    assert pane.view.syntax.text == TEXT.replace("type", "kind").replace("Type", "kind")
    pane.view.undo()
    assert pane.view.syntax.text == TEXT


def test_one_is_replaced_and_the_next_shown(pane: SchemaTextPane, bar: FindBar) -> None:
    QTest.keyClicks(bar.field, "type")
    bar.replacement.setFocus()
    QTest.keyClicks(bar.replacement, "kind of type")
    press(bar.replacement, Qt.Key.Key_Return)
    assert pane.view.syntax.text.startswith('{\n  "kind of type": "Type"')
    start, end = pane.view.selection()
    assert pane.view.syntax.text[start:end] == "Type"
    bar.replace_one.click()
    assert '"kind of type": "kind of type"' in pane.view.syntax.text


def test_the_count_follows_the_text(pane: SchemaTextPane, bar: FindBar, qtbot: QtBot) -> None:
    QTest.keyClicks(bar.field, "type")
    assert pane.view.schema is not None
    pane.view.schema.type(len(TEXT), len(TEXT), " type")
    qtbot.waitUntil(lambda: bar.count.text().endswith("5"))


def test_expressions_are_searched_for_elsewhere_and_their_groups_filled_in(
    pane: SchemaTextPane, bar: FindBar, qtbot: QtBot
) -> None:
    bar.expression.click()
    bar.field.setText(r'"(\w+)": (\d)')
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 2")
    bar.replacement.setText(r'"\1\2": \2')
    bar.replace_all.click()
    qtbot.waitUntil(lambda: '"a1": 1' in pane.view.syntax.text and '"type_of2": 2' in pane.view.syntax.text)
    bar.field.setText("(a")
    qtbot.waitUntil(lambda: "no regular expression" in bar.field.toolTip())
    assert bar.field.property("kind") == "error"


def test_an_expression_that_never_ends_is_told(pane: SchemaTextPane, bar: FindBar, qtbot: QtBot) -> None:
    pane.open(EditableSchema(f'"{"a" * 60}!"'))
    press(pane.view, Qt.Key.Key_F, _CONTROL)
    bar.expression.click()
    bar.field.setText("(a+)+b")
    qtbot.waitUntil(lambda: "too long" in bar.field.toolTip(), timeout=20_000)
    bar.field.setText("a!")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 1", timeout=20_000)


def test_a_long_text_is_looked_through_in_slices(pane: SchemaTextPane, qtbot: QtBot) -> None:
    text = "x" * 99_997 + "Needle" + "x" * 3_000_000 + "needle"
    search = Search(pane)
    search.look(text, Query("needle"))
    qtbot.waitUntil(lambda: not search.running)
    assert search.starts == [99_997, len(text) - 6]
    search.look(text, Query("needle", match_case=True, whole_word=True))
    qtbot.waitUntil(lambda: not search.running)
    assert search.starts == []
