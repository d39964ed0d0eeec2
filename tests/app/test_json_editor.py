from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from app.checks import Problem
from app.widgets.json_editor import JsonEditor, JsonView

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme


@pytest.fixture
def editor(theme: Theme, qtbot: QtBot) -> JsonEditor:
    made = JsonEditor(theme, "Schema")
    qtbot.addWidget(made)
    made.resize(320, 200)
    made.show()
    return made


def test_enter_keeps_the_indent_and_deepens_it_after_a_bracket(editor: JsonEditor, qtbot: QtBot) -> None:
    qtbot.keyClicks(editor, "{")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, '"a": [')
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.keyClicks(editor, "1")
    assert editor.toPlainText() == '{\n  "a": [\n    1'


def test_tab_leaves_the_editor(editor: JsonEditor) -> None:
    assert editor.tabChangesFocus()


def test_a_problem_is_underlined_at_its_line_and_can_be_gone_to(editor: JsonEditor) -> None:
    editor.setPlainText('{\n  "type": "strng",\n  "title": "x"\n}')
    editor.show_problems([Problem("no such type", 2, 3)])
    (mark,) = [entry for entry in editor.extraSelections() if entry.cursor.hasSelection()]
    assert mark.cursor.selectedText() == '"type": "strng"'
    editor.go_to(2, 3)
    assert editor.textCursor().blockNumber() == 1
    editor.grab()


def test_a_problem_past_the_end_does_no_harm(editor: JsonEditor) -> None:
    editor.setPlainText("{")
    editor.show_problems([Problem("not closed", 1, 99), Problem("nowhere", 99, 1)])
    editor.grab()


def test_numbers_make_room_as_the_text_grows(editor: JsonEditor) -> None:
    narrow = editor.gutter_width()
    editor.setPlainText("\n" * 1200)
    assert editor.gutter_width() > narrow


def test_the_view_only_adds(theme: Theme, qtbot: QtBot) -> None:
    view = JsonView(theme, "Answer as JSON")
    qtbot.addWidget(view)
    taken_away: list[int] = []
    view.show_json('{"a": ')
    view.document().contentsChange.connect(lambda _at, gone, _added: taken_away.append(gone))
    view.show_json('{"a": 1}')
    assert view.toPlainText() == '{\n  "a": 1\n}'
    assert set(taken_away) == {0}
    assert view.isReadOnly()


def test_a_caret_stands_where_the_next_text_will(theme: Theme, qtbot: QtBot) -> None:
    view = JsonView(theme, "Answer as JSON")
    qtbot.addWidget(view)
    view.resize(400, 200)
    view.show()
    view.show_json('["a", ', growing=True)
    before = view.head_rect()
    view.show_json('["a", 12', growing=True)
    after = view.head_rect()
    assert after.left() > before.left()
    accent = theme.colour("accent").rgb()
    assert view.viewport().grab(after).toImage().pixel(0, 4) == accent
    assert view.viewport().grab(before).toImage().pixel(0, 4) != accent
    view.show_json('["a", 12')
    assert view.viewport().grab(after).toImage().pixel(0, 4) != accent
