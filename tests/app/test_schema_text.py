from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QColor,
    QDropEvent,
    QGuiApplication,
    QHelpEvent,
    QInputMethodEvent,
    QKeySequence,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QToolTip, QVBoxLayout, QWidget

from app.pages.schemas.text import SchemaTextPane, SchemaTextView
from app.pages.schemas.text.menu import text_menu
from app.pages.schemas.text.signs import shown
from app.pages.schemas.text.tips import tip
from engine.schema.drafts import Draft
from engine.schema.editing import Edit, EditableSchema, Rename, Set

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme

SCHEMA = """{
  "title": "invoice",
  "type": "object",
  "properties": {
    "number": {
      "type": "string",
      "minLength": 1
    },
    "total": { "type": "number" }
  },
  "required": ["number"],
  "$defs": {
    "party": {
      "title": "Party",
      "type": "object"
    }
  }
}
"""
NASTY = 'a"{}[]:, \t\n\r\x00\xa0\u2028\u2029\ufdd0\ufffc\u202e\u200b\U0001f600\ud800\udc00é\ufeff\U000e0041'
_DEEDS = ["type", "replace", "write", "paste", "key", "undo", "redo", "fold", "fold all", "unfold"]
_CONTROL, _SHIFT, _ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@dataclass(frozen=True)
class Problem:
    start: int
    end: int
    severity: str
    sentence: str


@pytest.fixture
def pane(theme: Theme, qtbot: QtBot) -> SchemaTextPane:
    made = SchemaTextPane(theme)
    qtbot.addWidget(made)
    made.resize(620, 500)
    made.show()
    made.activateWindow()
    made.view.setFocus()
    qtbot.waitUntil(made.view.hasFocus)
    return made


@pytest.fixture
def view(pane: SchemaTextPane) -> SchemaTextView:
    return pane.view


@pytest.fixture
def schema(pane: SchemaTextPane) -> EditableSchema:
    made = EditableSchema(SCHEMA)
    pane.open(made)
    return made


def opened(pane: SchemaTextPane, text: str) -> EditableSchema:
    """Open a text, with the caret where `|` stands in it."""
    caret = text.find("|")
    made = EditableSchema(text.replace("|", "", 1))
    pane.open(made)
    if caret >= 0:
        pane.view.go_to(caret, caret)
    return made


def with_caret(view: SchemaTextView) -> str:
    """Return the text, its selection in `«»` or its caret as `|`."""
    text = view.syntax.text
    start, end = view.selection()
    if start != end:
        return f"{text[:start]}«{text[start:end]}»{text[end:]}"
    return f"{text[:start]}|{text[start:]}"


def picture(view: SchemaTextView) -> list[str]:
    """Return what Qt shows, row by row."""
    return view.document().toRawText().split("\u2029")


def press(view: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(view, key, held)


def write(view: QWidget, text: str) -> None:
    """Press the keys that write a text, whatever characters they are."""
    for char in text:
        QTest.sendKeyEvent(QTest.KeyAction.Click, view, Qt.Key.Key_unknown, char, Qt.KeyboardModifier.NoModifier)


# The document is the truth


def test_what_is_typed_goes_to_the_document(pane: SchemaTextPane, view: SchemaTextView) -> None:
    schema = opened(pane, '{"a": |1}')
    write(view, "2é\U0001f600")
    press(view, Qt.Key.Key_Left)
    press(view, Qt.Key.Key_Left)
    press(view, Qt.Key.Key_Delete)
    press(view, Qt.Key.Key_Backspace)
    assert schema.text == '{"a": \U0001f6001}'
    assert picture(view) == ['{"a": \U0001f6001}']


def test_each_hidden_character_is_a_sign_and_stays_what_it_is(pane: SchemaTextPane, view: SchemaTextView) -> None:
    text = '{"a\xa0b": "\x00\u2028\u202e\ufdd0\ud800",\r\n "c": "\r"}'
    schema = opened(pane, text)
    assert picture(view) == ['{"a·b": "□¶□□□",', ' "c": "¶"}']
    press(view, Qt.Key.Key_End, _CONTROL)
    write(view, " ")
    press(view, Qt.Key.Key_A, _CONTROL)
    press(view, Qt.Key.Key_C, _CONTROL)
    assert schema.text == text + " "
    assert QGuiApplication.clipboard().text() == schema.text.replace("\ud800", "\ufffd")


def test_lines_end_as_those_of_the_text_do(pane: SchemaTextPane, view: SchemaTextView) -> None:
    schema = opened(pane, '{\r\n  "a": 1|\r\n}')
    press(view, Qt.Key.Key_Return)
    write(view, "2")
    assert schema.text == '{\r\n  "a": 1\r\n  2\r\n}'
    press(view, Qt.Key.Key_Home)
    press(view, Qt.Key.Key_Backspace)
    assert schema.text == '{\r\n  "a": 1  2\r\n}'
    QGuiApplication.clipboard().setText("x\ny\r\nz")
    press(view, Qt.Key.Key_V, _CONTROL)
    assert schema.text == '{\r\n  "a": 1x\r\ny\r\nz  2\r\n}'


def test_what_is_pasted_is_taken_as_it_is(pane: SchemaTextPane, view: SchemaTextView) -> None:
    schema = opened(pane, '{"a": "|"}')
    hostile = "\x00\u202e\u2029\ufdd0\xa0\ufeff\U000e0041 \r {[[["
    QGuiApplication.clipboard().setText(hostile)
    view.paste()
    assert schema.text == f'{{"a": "{hostile}"}}'
    view.undo()
    assert schema.text == '{"a": ""}'


def test_undo_goes_back_through_what_anybody_did_and_shows_where(schema: EditableSchema, view: SchemaTextView) -> None:
    press(view, Qt.Key.Key_End, _CONTROL)
    write(view, "  ")
    schema.apply(Rename("/properties/total", "sum"), label="Rename")
    assert view.caret == len(schema.text)
    press(view, Qt.Key.Key_Z, _CONTROL)
    assert '"total": {' in schema.text
    assert view.caret == schema.text.index('"total"') + len('"total"')
    press(view, Qt.Key.Key_Z, _CONTROL)
    assert schema.text == SCHEMA
    press(view, Qt.Key.Key_Z, _CONTROL | _SHIFT)
    press(view, Qt.Key.Key_Y, _CONTROL)
    assert schema.text == SCHEMA.replace('"total"', '"sum"') + "  "
    assert picture(view) == schema.text.split("\n")


def test_qt_keeps_no_history_of_its_own(schema: EditableSchema, view: SchemaTextView) -> None:
    write(view, "x")
    assert not view.document().isUndoAvailable()


def test_a_change_from_elsewhere_keeps_selection_and_scroll(pane: SchemaTextPane, view: SchemaTextView) -> None:
    text = "[\n" + "".join(f"  {number},\n" for number in range(300)) + "  0\n]"
    schema = opened(pane, text)
    start = text.index("  250,") + 2
    view.go_to(start, start + 3)
    before = view.cursorRect().top()
    schema.replace((Edit(2, 2, "  true,\n" * 7),), "Insert")
    assert with_caret(view).count("«250»") == 1
    assert view.cursorRect().top() == before
    schema.replace((Edit(len(schema.text) - 1, len(schema.text), "0]"),), "Insert")
    assert view.cursorRect().top() == before
    assert picture(view) == schema.text.split("\n")


def test_edits_at_several_places_are_shown_at_each(schema: EditableSchema, view: SchemaTextView) -> None:
    schema.apply(
        Set("/title", "bill"), Rename("/properties/number", "no"), Set("/$defs/party/type", "array"), label="x"
    )
    assert picture(view) == schema.text.split("\n")
    schema.undo()
    assert picture(view) == SCHEMA.split("\n")


def test_another_document_takes_the_place_of_the_first(
    pane: SchemaTextPane, schema: EditableSchema, view: SchemaTextView
) -> None:
    other = opened(pane, '{"b": 1}')
    schema.type(0, 0, " ")
    assert picture(view) == ['{"b": 1}']
    write(view, " ")
    assert other.text == ' {"b": 1}'
    pane.open(None)
    write(view, "x")
    assert picture(view) == [""]
    assert view.isReadOnly()


def test_what_changes_qts_text_by_itself_becomes_an_edit(pane: SchemaTextPane, view: SchemaTextView) -> None:
    # So do tools for the blind, which write into Qt's document.
    schema = opened(pane, '{\r\n  "a\x00": 1\r\n}')
    cursor = QTextCursor(view.document())
    cursor.setPosition(picture(view)[0].__len__() + 1 + len('  "a□": '))
    cursor.setPosition(cursor.position() + 1, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText("[\n2]")
    assert schema.text == '{\r\n  "a\x00": [\r\n2]\r\n}'
    assert picture(view) == ["{", '  "a□": [', "2]", "}"]
    view.setPlainText("{}")
    assert schema.text == "{}"
    schema.undo()
    schema.undo()
    assert schema.text == '{\r\n  "a\x00": 1\r\n}'


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whoever_edits_the_picture_is_that_of_the_text_and_undoing_all_gives_the_first(
    pane: SchemaTextPane, data: st.DataObject
) -> None:
    view = pane.view
    first = data.draw(st.text(NASTY, max_size=60) | st.sampled_from([SCHEMA, SCHEMA.replace("\n", "\r\n")]))
    schema = opened(pane, first)
    for _ in range(data.draw(st.integers(1, 8))):
        places = st.integers(0, len(schema.text))
        start, end = sorted((data.draw(places), data.draw(places)))
        text = data.draw(st.text(NASTY, max_size=5))
        match data.draw(st.sampled_from(_DEEDS)):
            case "type":
                schema.type(start, end, text)
            case "replace":
                schema.replace((Edit(start, start, text), Edit(end, end, text)), "Both")
            case "write":
                view.go_to(start, end)
                write(view, text.replace("\n", "").replace("\x00", ""))
            case "paste":
                view.go_to(start, end)
                QGuiApplication.clipboard().setText(text.encode("utf-16", "replace").decode("utf-16"))
                view.paste()
            case "key":
                view.go_to(start, start)
                keys = [Qt.Key.Key_Return, Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_Tab, Qt.Key.Key_Backtab]
                press(view, data.draw(st.sampled_from(keys)))
            case "undo":
                view.undo()
            case "redo":
                view.redo()
            case "fold":
                view.go_to(start, start)
                view.fold()
            case "fold all":
                view.fold_all()
            case "unfold":
                view.go_to(start, start)
                view.unfold()
        assert view.syntax.text == schema.text
        assert picture(view) == [view.rows.shown(row) for row in range(len(view.rows))]
        assert view.rows.folds or picture(view) == shown(schema.text.replace("\r\n", "\n")).split("\n")
        assert not view.rows.is_hidden(view.caret)
        assert 0 <= view.caret <= len(schema.text)
    while schema.undo():
        pass
    assert schema.text == first
    view.unfold_all()
    assert picture(view) == shown(first.replace("\r\n", "\n")).split("\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        '{"a": [1, {"b": "' + "x" * 9_000,
        "[" * 20_000,
        "\u202e" * 300 + "\x00" + "\U0001f600" * 3_000,
        '{"a" "b" : : ,, "\\',
        "]" * 500 + "\r" * 500,
    ],
)
def test_no_text_is_too_hostile_to_be_shown_and_edited(pane: SchemaTextPane, view: SchemaTextView, text: str) -> None:
    schema = opened(pane, text)
    for key in (Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_BraceLeft, Qt.Key.Key_QuoteDbl, Qt.Key.Key_Up):
        press(view, key)
    view.fold_all()
    view.fold()
    view.unfold_all()
    view.suggest()
    pane.grab()
    while schema.undo():
        pass
    assert schema.text == text


# Keys


@pytest.mark.parametrize(
    ("before", "typed", "after"),
    [
        ("|", "{", "{|}"),
        ("|", "{}", "{}|"),
        ('{"a": |}', "[", '{"a": [|]}'),
        ('{"a": |1}', "[", '{"a": [|1}'),
        ("{|}", '"a"', '{"a"|}'),
        ('{"a|": 1}', '"', '{"a"|": 1}'),
        ('{"a": "x{|"}', "{", '{"a": "x{{|"}'),
        ('{"a": "x|"}', "\\", '{"a": "x\\|"}'),
        ("[|]", "]", "[]|]"),
        ("{\n  [\n    |\n}", "]", "{\n  [\n  ]|\n}"),
    ],
)
def test_brackets_and_quotes_come_in_pairs(
    pane: SchemaTextPane, view: SchemaTextView, before: str, typed: str, after: str
) -> None:
    opened(pane, before)
    write(view, typed)
    assert with_caret(view) == after


def test_a_pair_goes_as_it_came(pane: SchemaTextPane, view: SchemaTextView) -> None:
    opened(pane, "|")
    write(view, "[")
    press(view, Qt.Key.Key_Backspace)
    assert with_caret(view) == "|"
    opened(pane, "[|]")  # written by somebody else: only what is asked for goes
    press(view, Qt.Key.Key_Backspace)
    assert with_caret(view) == "|]"


def test_what_is_selected_is_put_between_quotes(pane: SchemaTextPane, view: SchemaTextView) -> None:
    opened(pane, "[abc]")
    view.go_to(1, 4)
    write(view, '"')
    assert with_caret(view) == '["«abc»"]'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{|"a": 1}', '{\n  |"a": 1}'),
        ("{|}", "{\n  |\n}"),
        ('{\n    "a": 1,|\n}', '{\n    "a": 1,\n    |\n}'),
        ('{\n  "a": [|]\n}', '{\n  "a": [\n    |\n  ]\n}'),
        ('{\n |   "a": 1\n}', '{\n \n |   "a": 1\n}'),
    ],
)
def test_enter_keeps_the_indent(pane: SchemaTextPane, view: SchemaTextView, before: str, after: str) -> None:
    opened(pane, before)
    press(view, Qt.Key.Key_Return)
    assert with_caret(view) == after


def test_tab_indents_and_shift_tab_takes_it_back(pane: SchemaTextPane, view: SchemaTextView) -> None:
    schema = opened(pane, '{\n  "a": 1,\n\n  "b": 2\n}')
    view.go_to(4, len(schema.text) - 1)
    press(view, Qt.Key.Key_Tab)
    assert schema.text == '{\n    "a": 1,\n\n    "b": 2\n}'
    assert with_caret(view) == '{\n    «"a": 1,\n\n    "b": 2\n»}'
    press(view, Qt.Key.Key_Backtab, _SHIFT)
    press(view, Qt.Key.Key_Backtab, _SHIFT)
    assert schema.text == '{\n"a": 1,\n\n"b": 2\n}'
    view.go_to(2, 2)
    press(view, Qt.Key.Key_Tab)
    assert with_caret(view).startswith('{\n  |"a"')


def test_after_escape_tab_leaves_the_text_and_that_is_said(theme: Theme, qtbot: QtBot) -> None:
    outside = QWidget()
    qtbot.addWidget(outside)
    column = QVBoxLayout(outside)
    view, after = SchemaTextView(theme), QLineEdit()
    column.addWidget(view)
    column.addWidget(after)
    schema = EditableSchema("{}")
    view.open(schema)
    outside.show()
    outside.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    press(view, Qt.Key.Key_Escape)
    press(view, Qt.Key.Key_Tab)
    assert after.hasFocus()
    assert schema.text == "{}"
    press(after, Qt.Key.Key_Backtab, _SHIFT)
    assert view.hasFocus()
    press(view, Qt.Key.Key_Tab)
    assert schema.text == "  {}"
    assert "Escape, then Tab" in view.accessibleDescription()
    assert view.accessibleName()


def test_words_and_selections_are_deleted(pane: SchemaTextPane, view: SchemaTextView) -> None:
    opened(pane, "[one two| three]")
    press(view, Qt.Key.Key_Backspace, _CONTROL)
    assert with_caret(view) == "[one | three]"
    press(view, Qt.Key.Key_Delete, _CONTROL)
    assert with_caret(view) == "[one |three]"
    view.go_to(1, 5)
    press(view, Qt.Key.Key_X, _CONTROL)
    assert with_caret(view) == "[|three]"
    assert QGuiApplication.clipboard().text() == "one "


def test_an_input_method_types_what_it_settles_on(pane: SchemaTextPane, view: SchemaTextView) -> None:
    schema = opened(pane, '{"|x": 1}')
    QApplication.sendEvent(view, QInputMethodEvent("にほ", []))
    assert schema.text == '{"x": 1}'
    assert view.textCursor().block().layout().preeditAreaText() == "にほ"
    settled = QInputMethodEvent()
    settled.setCommitString("日本")
    QApplication.sendEvent(view, settled)
    assert with_caret(view) == '{"日本|x": 1}'
    assert picture(view) == ['{"日本x": 1}']
    assert view.textCursor().block().layout().preeditAreaText() == ""
    replacing = QInputMethodEvent()
    replacing.setCommitString("国", -1, 1)
    QApplication.sendEvent(view, replacing)
    assert with_caret(view) == '{"日国|x": 1}'


def drop(view: SchemaTextView, place: int, text: str, action: Qt.DropAction) -> QDropEvent:
    cursor = view.cursor_of(place, place)
    data = QMimeData()
    data.setText(text)
    event = QDropEvent(
        QPointF(view.cursorRect(cursor).center()),
        action,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    view.dropEvent(event)
    return event


def test_what_is_dropped_is_put_in_and_undone_at_once(pane: SchemaTextPane, view: SchemaTextView) -> None:
    schema = opened(pane, "[1, 2]")
    drop(view, 3, "\n3,", Qt.DropAction.CopyAction)
    assert with_caret(view) == "[1,«\n3,» 2]"
    schema.undo()
    assert schema.text == "[1, 2]"


def test_what_is_dragged_to_another_place_moves_there(pane: SchemaTextPane, view: SchemaTextView) -> None:
    schema = opened(pane, "[1, 2, 3]")
    view.go_to(1, 4)
    view.drop(7, "1, ", moves=True)
    assert with_caret(view) == "[2, «1, »3]"
    view.drop(1, "1, ", moves=True)
    assert with_caret(view) == "[«1, »2, 3]"
    view.drop(2, "1, ", moves=True)
    assert schema.text == "[1, 2, 3]"
    schema.undo()
    schema.undo()
    assert schema.undo_label is None


# Folding


def test_an_object_is_folded_and_shown_again(schema: EditableSchema, view: SchemaTextView) -> None:
    line = SCHEMA[: SCHEMA.index('"number": {')].count("\n")
    view.toggle_fold(line)
    assert picture(view)[line : line + 2] == ['    "number": {', "    },"]
    note = view.fold_note(line)
    assert note is not None
    assert note[0] == "… 2 lines"
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=note[1].center().toPoint())
    assert picture(view) == SCHEMA.split("\n")


def test_keys_fold_what_the_caret_is_in(schema: EditableSchema, view: SchemaTextView) -> None:
    place = SCHEMA.index('"minLength"')
    view.go_to(place, place)
    press(view, Qt.Key.Key_BraceLeft, _CONTROL | _SHIFT)
    assert '    "number": {' in picture(view)
    assert '      "minLength": 1' not in picture(view)
    press(view, Qt.Key.Key_BraceRight, _CONTROL | _SHIFT)
    assert picture(view) == SCHEMA.split("\n")


def test_folds_stay_while_the_text_changes_elsewhere_and_in_them(schema: EditableSchema, view: SchemaTextView) -> None:
    view.toggle_fold(SCHEMA[: SCHEMA.index('"number": {')].count("\n"))
    schema.apply(Set("/title", "bill"), Set("/properties/number/maxLength", 9), label="x")
    view.go_to(0, 0)
    write(view, " ")
    assert '      "minLength": 1,' not in picture(view)
    assert '  "title": "bill",' in picture(view)
    while schema.undo():
        pass
    view.unfold_all()
    assert picture(view) == SCHEMA.split("\n")


def test_what_is_folded_all_at_once_is_folded_inside_too(schema: EditableSchema, view: SchemaTextView) -> None:
    press(view, Qt.Key.Key_Underscore, _CONTROL | _SHIFT)
    assert picture(view) == [
        "{", '  "title": "invoice",', '  "type": "object",', '  "properties": {', "  },",
        '  "required": ["number"],', '  "$defs": {', "  }", "}", "",
    ]  # fmt: skip
    view.toggle_fold(3)
    assert picture(view)[3:7] == ['  "properties": {', '    "number": {', "    },", '    "total": { "type": "number" }']


def test_the_caret_never_stands_where_nobody_sees_it(schema: EditableSchema, view: SchemaTextView) -> None:
    place = SCHEMA.index('"minLength"')
    view.go_to(place, place)
    view.fold_all()
    assert view.caret == SCHEMA.index('"properties": {') + len('"properties": {')
    press(view, Qt.Key.Key_Delete)  # would join what cannot be seen: it is shown instead
    assert schema.text == SCHEMA
    assert '    "number": {' in picture(view)
    view.fold_all()
    view.go_to(place, place)
    assert '      "minLength": 1' in picture(view)


def test_a_copy_across_a_fold_has_what_is_in_it(schema: EditableSchema, view: SchemaTextView) -> None:
    view.fold_all()
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text() == SCHEMA


def test_the_handle_beside_a_line_folds_it(schema: EditableSchema, view: SchemaTextView) -> None:
    margin = view._margin
    box = next(each.box for each in view.in_sight() if each.row == 3)
    QTest.mouseClick(margin, Qt.MouseButton.LeftButton, pos=QPoint(margin.width() - 5, round(box.center().y())))
    assert picture(view)[3:5] == ['  "properties": {', "  },"]
    QTest.mouseClick(margin, Qt.MouseButton.LeftButton, pos=QPoint(20, round(box.center().y())))
    assert view.caret == SCHEMA.index('  "properties"')


# Problems


def _problems() -> list[Problem]:
    number, title = SCHEMA.index('"minLength"'), SCHEMA.index('"title"')
    return [
        Problem(number, number + 14, "error", "Nothing fits."),
        Problem(title, title + 7, "hint", "A name would do."),
        Problem(len(SCHEMA) + 50, len(SCHEMA) + 60, "warning", "Beyond the end."),
    ]


def _underlined(view: SchemaTextView) -> list[tuple[str, QColor]]:
    wave = QTextFormat.Property.TextUnderlineStyle
    return [
        (each.cursor.selectedText(), each.format.underlineColor())
        for each in view.extraSelections()
        if each.format.hasProperty(wave)
    ]


def test_problems_are_underlined_and_go_along_with_the_text(
    schema: EditableSchema, view: SchemaTextView, theme: Theme
) -> None:
    view.show_problems(_problems())
    expected = [('"title"', theme.colour("text3")), ('"minLength": 1', theme.colour("brickMark"))]
    assert _underlined(view) == expected
    schema.type(0, 0, "\n\n")
    view.go_to(0, 0)
    write(view, " ")
    assert _underlined(view) == expected
    assert {view.rows.line(each.row) for each in view.in_sight()} >= set(view.severities(list(view.in_sight())))


def test_a_folded_line_has_the_worst_mark_of_what_is_in_it(schema: EditableSchema, view: SchemaTextView) -> None:
    view.show_problems(_problems())
    view.fold_all()
    marks = view.severities(list(view.in_sight()))
    assert marks[3] == "error"
    assert marks[1] == "hint"
    view.grab()


def test_f8_goes_from_problem_to_problem(pane: SchemaTextPane, schema: EditableSchema, view: SchemaTextView) -> None:
    view.show_problems(_problems()[:2])
    view.fold_all()
    seen = []
    for held in (Qt.KeyboardModifier.NoModifier,) * 3:
        press(view, Qt.Key.Key_F8, held)
        seen.append(view.caret)
    title, number = SCHEMA.index('"title"'), SCHEMA.index('"minLength"')
    assert seen == [title, number, title]
    press(view, Qt.Key.Key_F8, _SHIFT)
    assert view.caret == number
    view.show_problems([])
    told: list[str] = []
    view.told.connect(told.append)
    press(view, Qt.Key.Key_F8)
    assert told == ["There are no problems."]


def test_under_the_pointer_problems_come_first_then_what_the_keyword_means(
    schema: EditableSchema, view: SchemaTextView
) -> None:
    view.show_problems(_problems())
    said = tip(view.syntax, SCHEMA.index('"minLength"') + 2, Draft.D2020, view.problems)
    assert said.startswith("Nothing fits.\n\nminLength\nThe fewest characters")
    assert "U+202E" in tip(EditableSchema('"\u202e"').syntax, 1, Draft.D2020, view.problems)


def test_help_is_shown_where_the_pointer_rests(schema: EditableSchema, view: SchemaTextView) -> None:
    place = SCHEMA.index('"required"') + 3
    point = view.cursorRect(view.cursor_of(place, place)).center() + QPoint(2, 0)
    event = QHelpEvent(QEvent.Type.ToolTip, view.viewport().mapTo(view, point), view.viewport().mapToGlobal(point))
    QApplication.sendEvent(view, event)
    assert "The properties that have to be there." in QToolTip.text()
    QToolTip.hideText()


# Suggestions


def _offered(view: SchemaTextView) -> list[str]:
    rows = view.completing.list.rows
    return [str(rows.index(row).data()) for row in range(rows.rowCount())] if view.completing.is_open else []


def test_a_keyword_is_suggested_while_it_is_typed_and_brings_a_value(
    pane: SchemaTextPane, view: SchemaTextView, qtbot: QtBot
) -> None:
    schema = opened(pane, '{\n  "title": "x",\n  |\n}')
    write(view, '"ty')
    qtbot.waitUntil(lambda: _offered(view)[:1] == ["type"])
    press(view, Qt.Key.Key_Tab)
    assert with_caret(view) == '{\n  "title": "x",\n  "type": "«string»"\n}'
    qtbot.waitUntil(lambda: "integer" in _offered(view))
    press(view, Qt.Key.Key_Down)
    press(view, Qt.Key.Key_Down)
    press(view, Qt.Key.Key_Return)
    assert schema.text == '{\n  "title": "x",\n  "type": "integer"\n}'
    assert not view.completing.is_open


def test_suggestions_are_asked_for_and_put_away(schema: EditableSchema, view: SchemaTextView) -> None:
    place = SCHEMA.index('"number"]') + 1
    view.go_to(place, place)
    press(view, Qt.Key.Key_Space, _CONTROL)
    assert _offered(view) == ["number", "total"]
    press(view, Qt.Key.Key_Escape)
    assert not view.completing.is_open
    press(view, Qt.Key.Key_Space, _CONTROL)
    press(view, Qt.Key.Key_Left)
    assert not view.completing.is_open
    place = SCHEMA.index("invoice")
    view.go_to(place, place)
    press(view, Qt.Key.Key_Space, _CONTROL)
    assert not view.completing.is_open
    assert schema.text == SCHEMA


def test_a_click_takes_a_suggestion(pane: SchemaTextPane, view: SchemaTextView) -> None:
    schema = opened(pane, '{"uniqueItems": |}')
    view.suggest()
    rows = view.completing.list.list
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualRect(rows.model().index(1, 0)).center())
    assert schema.text == '{"uniqueItems": false}'


def test_the_suggestions_are_a_sound_list(pane: SchemaTextPane, view: SchemaTextView, qtmodeltester: object) -> None:
    opened(pane, "{|}")
    view.suggest()
    qtmodeltester.check(view.completing.list.rows)  # type: ignore[attr-defined]
    index = view.completing.list.rows.index(0)
    assert ": " in str(index.data(Qt.ItemDataRole.AccessibleTextRole))


# JSON Pointers, draft, layout, head


def test_the_pointer_of_the_caret_is_told_once_it_rests(
    schema: EditableSchema, view: SchemaTextView, qtbot: QtBot
) -> None:
    told: list[str] = []
    view.pointer_changed.connect(told.append)
    for word in ('"title"', '"total"', '"minLength"'):
        place = SCHEMA.index(word) + 1
        view.go_to(place, place)
    qtbot.waitUntil(lambda: told == ["/properties/number/minLength"])
    view.copy_pointer()
    assert QGuiApplication.clipboard().text() == "/properties/number/minLength"


def test_a_pointer_is_shown_by_its_key(schema: EditableSchema, view: SchemaTextView) -> None:
    view.fold_all()
    assert view.show_pointer("/properties/number/minLength")
    assert '«"minLength"»' in with_caret(view)
    assert view.show_pointer("/required/0")
    assert with_caret(view)[view.caret :].startswith('|"number"]')
    assert not view.show_pointer("/properties/nothing")


def test_the_draft_is_what_the_text_names_or_shows(pane: SchemaTextPane, view: SchemaTextView, qtbot: QtBot) -> None:
    opened(pane, '{"$schema": "http://json-schema.org/draft-07/schema#"}')
    assert view.draft is Draft.D7
    opened(pane, '{"items": [{}]}')
    assert view.draft is Draft.D7
    view.show_draft(Draft.D6)
    assert view.draft is Draft.D6
    opened(pane, '{"$schema": ')
    assert view.draft is Draft.D2020
    schema = opened(pane, "{}")
    schema.replace((Edit(1, 1, '"$schema": "https://json-schema.org/draft/2019-09/schema"'),), "x")
    qtbot.waitUntil(lambda: view.draft is Draft.D2019)


def test_laying_out_anew_is_one_step_and_keeps_the_caret_at_its_word(
    pane: SchemaTextPane, view: SchemaTextView
) -> None:
    schema = opened(pane, '{"b":1,\n"a":{"x": [1,2|2],"x":{"y":{"z":{}}}}}')
    before = schema.text
    press(view, Qt.Key.Key_F, _ALT | _SHIFT)
    assert with_caret(view).splitlines()[:4] == ["{", '  "b": 1,', '  "a": {', '    "x": [1, 2|2],']
    view.undo()
    assert schema.text == before
    told: list[str] = []
    view.told.connect(told.append)
    schema.type(0, 1, "")
    view.format_document()
    assert told == ["The text is not JSON at the moment, so it cannot be laid out."]


def test_a_layout_that_took_long_is_not_put_on_another_text(theme: Theme, qtbot: QtBot) -> None:
    waiting: list[Callable[[], None]] = []
    view = SchemaTextView(theme, lambda job, done: waiting.append(lambda: done(job())))
    qtbot.addWidget(view)
    schema = EditableSchema('{"a":1}')
    view.open(schema)
    view.format_document()
    schema.type(1, 1, " ")
    told: list[str] = []
    view.told.connect(told.append)
    waiting.pop()()
    assert schema.text == '{ "a":1}'
    assert "changed meanwhile" in told[0]


def test_the_head_says_whether_the_tree_is_in_step(pane: SchemaTextPane, schema: EditableSchema) -> None:
    assert pane.state == "In step with the tree"
    schema.type(0, 1, "")
    assert pane.state == "Tree is from the last good text"
    schema.undo()
    assert pane.state == "In step with the tree"


def test_the_menu_offers_what_can_be_done(pane: SchemaTextPane, schema: EditableSchema, view: SchemaTextView) -> None:
    write(view, " ")
    menu = text_menu(view)
    able = {action.text().partition("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()}
    assert able["Undo Typing"]
    assert not able["Redo"]
    assert not able["Cut"]
    next(action for action in menu.actions() if action.text().startswith("Fold all")).trigger()
    assert len(picture(view)) == 10


def test_the_views_keys_are_not_the_windows(view: SchemaTextView) -> None:
    from PySide6.QtGui import QKeyEvent

    for key, held in ((Qt.Key.Key_F, _CONTROL), (Qt.Key.Key_Space, _CONTROL), (Qt.Key.Key_F8, _SHIFT)):
        event = QKeyEvent(QEvent.Type.ShortcutOverride, key, held)
        event.ignore()
        QApplication.sendEvent(view, event)
        assert event.isAccepted(), QKeySequence(key).toString()


def test_colours_are_those_of_the_theme(schema: EditableSchema, view: SchemaTextView, theme: Theme) -> None:
    def colour(word: str) -> str:
        row, unit = view.rows.position(SCHEMA.index(word))
        formats = view.document().findBlockByNumber(row).layout().formats()
        covering = [each for each in formats if each.start <= unit < each.start + each.length]
        return covering[-1].format.foreground().color().name()

    view.grab()
    assert colour('"invoice"') == theme.colour("synStr").name()
    assert colour("1\n") == theme.colour("synNum").name()
    assert colour(": {") == theme.colour("text2").name()
    theme.choose("dark")
    view.grab()
    assert colour('"invoice"') == theme.colour("synStr").name()
    theme.choose("light")


def test_a_line_without_end_is_laid_out_in_parts_and_has_one_number(pane: SchemaTextPane, view: SchemaTextView) -> None:
    text = '{"a": [' + ", ".join(f'"item {number}"' for number in range(2000)) + "]}"
    schema = opened(pane, text)
    assert "".join(picture(view)) == text
    assert max(map(len, picture(view))) <= 2000
    place = text.index('"item 1500"') + 1
    view.go_to(place, place)
    write(view, "x")
    press(view, Qt.Key.Key_Backspace)
    for _ in range(1200):
        press(view, Qt.Key.Key_Right)
    assert view.caret == place + 1200
    assert "".join(picture(view)) == schema.text == text
    assert {view.rows.line(row) for row in range(len(view.rows))} == {0}
    pane.grab()
