"""A form, filled in as a person does: with the keyboard and the mouse."""

from __future__ import annotations

import copy
import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QWheelEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QMenu, QWidget

from app.widgets.form import SchemaForm
from app.widgets.form.choice_controls import BooleanControl, MenuControl, SearchControl
from app.widgets.form.items_body import ItemsBody
from app.widgets.form.json_control import JsonControl
from app.widgets.form.line_controls import ConstControl, LineControl, LinesControl
from app.widgets.form.object_body import ObjectBody
from app.widgets.form.switch import Menu
from app.widgets.form.table_body import TableBody
from engine.errors import SchemaInvalid
from engine.schema.form import ABSENT, same

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme
    from app.widgets.form.row import Row

INVOICE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["number", "total"],
    "properties": {
        "number": {"type": "string", "examples": ["OL-0093"]},
        "total": {"type": "number", "minimum": 0},
        "issued": {"type": "string", "format": "date"},
        "vat": {"type": ["string", "null"]},
        "paid": {"type": "boolean"},
        "size": {"enum": ["s", "m", "l"]},
        "country": {"enum": ["AT", "BE", "CH", "DE", "FR", "IT"]},
        "note": {"type": "string", "maxLength": 900},
        "any": {},
        "to": {
            "oneOf": [
                {"type": "object", "properties": {"kind": {"const": "mail"}, "address": {"type": "string"}},
                 "required": ["kind", "address"]},
                {"type": "object", "properties": {"kind": {"const": "post"}, "street": {"type": "string"}},
                 "required": ["kind"]},
            ]
        },
        "lines": {
            "type": "array",
            "items": {"properties": {"sku": {"type": "string"}, "n": {"type": "integer", "minimum": 1}}},
        },
        "tags": {"type": "array", "items": {"type": "string"}},
        "grid": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        "labels": {"type": "object", "additionalProperties": {"type": "string"}},
        "previous": {"$ref": "#"},
    },
}  # fmt: skip


@pytest.fixture
def opened(theme: Theme, qtbot: QtBot) -> Callable[..., SchemaForm]:
    def make(schema: Any, value: Any = ABSENT) -> SchemaForm:
        form = SchemaForm(theme)
        qtbot.addWidget(form)
        form.resize(800, 900)
        form.show()
        form.activateWindow()
        with qtbot.waitSignal(form.checked):
            form.show_schema(json.dumps(schema), value)
        return form

    return make


def row(form: SchemaForm, *path: str | int) -> Row:
    body: Any = form.fields_shown
    found: Any = None
    for step in path:
        found = body.rows[step]
        body = found.body
    return found  # type: ignore[no-any-return]


def control(form: SchemaForm, *path: str | int) -> Any:
    return row(form, *path).control


def said(found: Row) -> tuple[str, ...]:
    return found.head.complaints.said if found.head.complaints is not None else ()


def type_in(qtbot: QtBot, widget: QWidget, text: str) -> None:
    widget.setFocus()
    qtbot.keyClicks(widget, text)


def click(box: QCheckBox | None, qtbot: QtBot) -> None:
    assert box is not None
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))


# Typing


def test_what_is_typed_is_the_value_in_the_order_of_the_schema(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    values: list[Any] = []
    form.changed.connect(values.append)
    type_in(qtbot, control(form, "issued").edit, "2024-03-18")
    type_in(qtbot, control(form, "total").edit, "12.50")
    type_in(qtbot, control(form, "number").edit, "A1")
    assert values[-1] == {"number": "A1", "total": 12.5, "issued": "2024-03-18"}
    assert list(form.value()) == ["number", "total", "issued"]
    assert control(form, "total").edit.text() == "12.50"
    with qtbot.waitSignal(form.checked):
        pass
    assert form.valid


def test_each_kind_of_value_has_its_own_control(opened: Any) -> None:
    form = opened(INVOICE)
    kinds = {name: type(found.control) for name, found in form.fields_shown.rows.items() if found.control}
    assert kinds == {
        "number": LineControl, "total": LineControl, "issued": LineControl, "vat": LineControl, "paid": BooleanControl,
        "size": MenuControl, "country": SearchControl, "note": LinesControl, "any": JsonControl,
    }  # fmt: skip
    assert control(form, "number").edit.placeholderText() == "such as OL-0093"
    assert control(form, "issued").edit.placeholderText() == "YYYY-MM-DD"


def test_text_that_is_no_number_is_kept_and_told(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    with qtbot.waitSignal(form.checked):
        type_in(qtbot, control(form, "total").edit, "12a")
    assert form.value()["total"] == "12a"
    assert said(row(form, "total")) == ("“12a” is not a number.",)
    with qtbot.waitSignal(form.checked):
        qtbot.keyClick(control(form, "total").edit, Qt.Key.Key_Backspace)
    assert form.value()["total"] == 12
    assert said(row(form, "total")) == ()


def test_what_is_missing_is_told_once_a_person_has_been_there(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    assert [problem.where for problem in form.problems] == ["/number", "/total"]
    assert said(row(form, "number")) == ()
    control(form, "number").edit.setFocus()
    qtbot.keyClick(control(form, "number").edit, Qt.Key.Key_Tab)
    assert said(row(form, "number")) == ("This is required.",)
    assert said(row(form, "total")) == ()


def test_an_optional_field_is_given_by_typing_and_left_out_by_its_box(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    found = row(form, "issued")
    assert not found.head.given.isChecked()
    type_in(qtbot, found.control.edit, "2024")
    assert found.head.given.isChecked()
    click(found.head.given, qtbot)
    assert form.value() == {}
    assert found.control.edit.text() == ""
    click(found.head.given, qtbot)
    assert form.value() == {"issued": "2024"}
    assert found.control.edit.text() == "2024"


def test_null_is_a_box_and_typing_takes_it_back(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE, {"vat": "AT1"})
    found = row(form, "vat")
    click(found.head.null, qtbot)
    assert form.value() == {"vat": None}
    assert found.control.edit.placeholderText() == "none"
    click(found.head.null, qtbot)
    assert form.value() == {"vat": "AT1"}
    click(found.head.null, qtbot)
    type_in(qtbot, found.control.edit, "x")
    assert form.value() == {"vat": "x"}
    assert not found.head.null.isChecked()


def test_true_and_false_are_a_key_away(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    yes, no = control(form, "paid").segments.buttons
    yes.setFocus()
    qtbot.keyClick(yes, Qt.Key.Key_Space)
    assert form.value() == {"paid": True}
    qtbot.keyClick(yes, Qt.Key.Key_Right)
    qtbot.keyClick(no, Qt.Key.Key_Space)
    assert form.value() == {"paid": False}


def test_a_menu_is_chosen_with_the_keyboard_and_not_by_the_wheel(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    menu = control(form, "size").menu
    menu.setFocus()
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    assert form.value() == {"size": "m"}
    at = QPointF(5, 5)
    wheel = QWheelEvent(
        at, menu.mapToGlobal(at), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(menu, wheel)
    assert form.value() == {"size": "m"}


def test_one_of_many_is_found_by_typing(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    found = control(form, "country")
    with qtbot.waitSignal(form.checked):
        type_in(qtbot, found.line, "f")
    assert said(row(form, "country")) == ("This is not one of the choices.",)
    finder = found.menu.completer()
    assert [finder.completionModel().index(at, 0).data() for at in range(finder.completionCount())] == ["FR"]
    finder.activated.emit("FR")
    assert form.value() == {"country": "FR"}
    assert found.line.text() == "FR"


def test_long_text_has_lines(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE, {"note": "a\u00a0b\nc"})
    edit = control(form, "note").edit
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    type_in(qtbot, edit, "d")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert form.value() == {"note": "a\u00a0b\ncd\n"}


def test_text_with_a_line_break_gets_lines_though_it_was_a_line(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE, {"number": "A"})
    control(form, "number").edit.setFocus()
    form.state.type_text(("number",), "A\nB")
    assert isinstance(control(form, "number"), LinesControl)
    assert control(form, "number").edit.hasFocus()


def test_json_in_place_is_a_value_once_it_parses(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    edit = control(form, "any").edit
    with qtbot.waitSignal(form.checked):
        type_in(qtbot, edit, '{"a": [1, 2.0')
    assert form.value() == {}
    assert said(row(form, "any"))[0].startswith("This is not JSON yet")
    with qtbot.waitSignal(form.checked):
        type_in(qtbot, edit, "]}")
    assert same(form.value(), {"any": {"a": [1, 2.0]}})
    assert said(row(form, "any")) == ()


def test_any_field_can_be_edited_as_json_and_back(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE, {"total": 1.5})
    line = control(form, "total").edit
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    edit = control(form, "total").edit
    assert edit.hasFocus()
    assert edit.toPlainText() == "1.5"
    edit.selectAll()
    type_in(qtbot, edit, "2e1")
    qtbot.keyClick(edit, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert control(form, "total").edit.text() == "20.0"


# What is inside


def test_a_choice_keeps_what_was_typed_in_each_branch(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    (switch,) = row(form, "to").switches
    mail, _post = switch.segments.buttons
    qtbot.mouseClick(mail, Qt.MouseButton.LeftButton)
    assert list(row(form, "to").body.rows) == ["address"]
    type_in(qtbot, control(form, "to", "address").edit, "me@x")
    qtbot.mouseClick(row(form, "to").switches[0].segments.buttons[1], Qt.MouseButton.LeftButton)
    assert form.value() == {"to": {"kind": "post"}}
    type_in(qtbot, control(form, "to", "street").edit, "Mill Lane")
    qtbot.mouseClick(row(form, "to").switches[0].segments.buttons[0], Qt.MouseButton.LeftButton)
    assert form.value() == {"to": {"kind": "mail", "address": "me@x"}}
    assert control(form, "to", "address").edit.text() == "me@x"


def test_recursion_opens_on_demand(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    assert row(form, "previous").body is None
    before = len(form.findChildren(QWidget))
    row(form, "previous")._add.click()
    assert form.value() == {"previous": {}}
    row(form, "previous", "previous")._add.click()
    type_in(qtbot, control(form, "previous", "previous", "number").edit, "x")
    assert form.value() == {"previous": {"previous": {"number": "x"}}}
    assert len(form.findChildren(QWidget)) < 4 * before


def test_an_endless_requirement_is_not_built_to_its_end(opened: Any) -> None:
    form = opened({"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {
        "v": {"type": "string"}, "next": {"$ref": "#/$defs/n"}}, "required": ["v", "next"]}}})  # fmt: skip
    assert len(form.findChildren(QWidget)) < 600


def test_ten_thousand_fields_are_not_ten_thousand_widgets(opened: Any, qtbot: QtBot) -> None:
    form = opened({"type": "object", "properties": {f"p{at}": {"type": "string"} for at in range(10_000)}})
    assert len(form.findChildren(QWidget)) < 1000
    body = form.fields_shown
    before = len(body.rows)
    body.more.click()
    assert len(body.rows) == before + 100
    type_in(qtbot, body.adder.line, "p7777")
    qtbot.keyClick(body.adder.line, Qt.Key.Key_Return)
    assert control(form, "p7777").edit.hasFocus()
    type_in(qtbot, control(form, "p7777").edit, "found")
    assert form.value() == {"p7777": "found"}


def test_other_fields_are_added_renamed_and_removed(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE, {"labels": {"a": "1"}})
    adder = row(form, "labels").body.adder
    type_in(qtbot, adder.line, "a")
    qtbot.keyClick(adder.line, Qt.Key.Key_Return)
    assert "already" in adder.wrong.text()
    type_in(qtbot, adder.line, "b")
    qtbot.keyClick(adder.line, Qt.Key.Key_Return)
    type_in(qtbot, control(form, "labels", "ab").edit, "2")
    assert form.value() == {"labels": {"a": "1", "ab": "2"}}
    key = row(form, "labels", "a").head.key
    assert key is not None
    type_in(qtbot, key, "b")
    qtbot.keyClick(key, Qt.Key.Key_Return)
    assert "already" in said(row(form, "labels", "a"))[0]
    type_in(qtbot, key, "c")
    qtbot.keyClick(key, Qt.Key.Key_Return)
    assert list(form.value()["labels"].items()) == [("abc", "1"), ("ab", "2")]
    remove = row(form, "labels", "abc").head.remove
    assert remove is not None
    remove.click()
    assert form.value() == {"labels": {"ab": "2"}}


def test_a_field_that_the_schema_has_not_is_shown_and_told(opened: Any) -> None:
    form = opened(INVOICE, {"number": "a", "total": 1, "zzz": [1]})
    assert said(row(form, "zzz")) == ("The schema has no such field.",)
    assert control(form, "zzz").edit.toPlainText() == "[1]"


def test_a_table_is_filled_in_with_the_keyboard(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    row(form, "lines")._add.click()
    body = row(form, "lines").body
    assert isinstance(body, TableBody)
    view = body.view
    view.setFocus()
    view.setCurrentIndex(body.model.index(0, 0))
    for text in ("A1", "B2"):
        qtbot.keyClick(view, Qt.Key.Key_Return)
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit)
        qtbot.keyClicks(editor, text)
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(view.hasFocus)
    assert form.value() == {"lines": [{"sku": "A1"}, {"sku": "B2"}]}
    assert view.currentIndex().row() == 2
    view.setCurrentIndex(body.model.index(0, 0))
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert form.value() == {"lines": [{"sku": "B2"}, {"sku": "A1"}]}
    qtbot.keyClick(view, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert form.value() == {"lines": [{"sku": "B2"}]}


def test_a_row_of_a_table_opens_as_a_form(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE, {"number": "x", "total": 1, "lines": [{"sku": "a", "n": 0}, {"sku": "b"}]})
    body = row(form, "lines").body
    assert body.complaints.said == ("Row 1, n: This is below the minimum of 1.",)
    body.open_row(0)
    edit = body.row.body.rows["n"].control.edit
    edit.selectAll()
    with qtbot.waitSignal(form.checked):
        type_in(qtbot, edit, "3")
    assert form.value()["lines"] == [{"sku": "a", "n": 3}, {"sku": "b"}]
    assert body.model.index(0, 1).data() == "3"
    assert body.complaints.said == ()
    body.view.setCurrentIndex(body.model.index(0, 0))
    body.delete.click()
    assert form.value()["lines"] == [{"sku": "b"}]
    assert body.row is None


def test_a_cell_of_few_values_is_chosen_from_a_menu(opened: Any, qtbot: QtBot) -> None:
    item = {"properties": {"a": {"enum": ["x", "y"]}, "b": {"type": ["boolean", "null"]}}}
    form = opened({"type": "array", "items": item}, [{"a": "x", "b": True}])
    body = form.fields_shown.body
    for column, index in ((0, 1), (1, 2)):
        body.view.setCurrentIndex(body.model.index(0, column))
        body.view.setFocus()
        qtbot.keyClick(body.view, Qt.Key.Key_Return)
        menu = body.view.findChild(Menu)
        menu.setCurrentIndex(index)
        menu.activated.emit(index)
        qtbot.waitUntil(lambda: body.view.findChild(Menu) is None)
    assert form.value() == [{"a": "y", "b": None}]
    assert body.model.index(0, 1).data() == "null"


def test_nested_lists_have_rows_that_are_added_and_moved(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE, {"grid": [[1], [2]]})
    body = row(form, "grid").body
    assert isinstance(body, ItemsBody)
    body.add.click()
    assert form.value() == {"grid": [[1], [2], []]}
    body.rows[2].move_asked.emit(-1)
    assert form.value() == {"grid": [[1], [], [2]]}
    remove = body.rows[0].head.remove
    assert remove is not None
    remove.click()
    assert form.value() == {"grid": [[], [2]]}


def test_a_tuple_has_its_places(opened: Any, qtbot: QtBot) -> None:
    form = opened({"prefixItems": [{"type": "string", "title": "Left"}, {"type": "number"}], "items": False}, ["x"])
    body = form.fields_shown.body
    type_in(qtbot, body.rows[1].control.edit, "2.0")
    assert same(form.value(), ["x", 2.0])
    assert not body.add.isVisible()


def test_a_constant_that_is_missing_is_put_in(opened: Any) -> None:
    form = opened({"type": "object", "properties": {"v": {"const": 2}}, "required": ["v"]}, {})
    found = control(form, "v")
    assert isinstance(found, ConstControl)
    found.put.click()
    assert form.value() == {"v": 2}
    assert not found.put.isVisible()


# Identity

VALUES: list[Any] = [
    {},
    [],
    None,
    "text",
    {"zzz": 1, "total": 1.0, "number": "", "issued": "", "a": {"b": []}},
    {"number": 5, "total": "5", "paid": "true", "size": 1, "country": "ZZ", "note": 1, "to": {"kind": "fax"}},
    {"to": [], "lines": {"a": 1}, "tags": [1, "a", None, "x\ny"], "grid": [[1.0], 1, ["a"]], "labels": {"\u202e": 1}},
    {"previous": {"previous": {"total": 1e300}}, "vat": None, "any": None, "total": None},
    {"number": "a\u0000b\r\n\u2028", "note": "\u00a0\ud83d\ude00 \ufeff", "x\u0000y": "\t"},
    {"size": "m", "country": "FR", "paid": False, "issued": "2024-03-18", "vat": "x", "any": {"a": 1.0}},
    {"lines": [{"sku": "a", "zzz": 1}, 5, {"n": 1.0}], "to": {"address": 1, "kind": "mail"}},
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_going_through_a_form_changes_nothing(opened: Any, qtbot: QtBot, value: Any) -> None:
    before = copy.deepcopy(value)
    form = opened(INVOICE, value)
    for widget in form.fields_shown.chain():
        if widget.isVisible() and widget.isEnabled():
            widget.setFocus()
    form.setFocus()
    form.state.see_all()
    assert same(form.value(), before)
    assert form.value() is value
    assert not form.state.held.can_undo


def test_tab_goes_down_the_form_also_through_what_was_added_later(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE)
    row(form, "previous")._add.click()
    row(form, "labels")._add.click()
    qtbot.waitUntil(lambda: not form._order.isActive())
    chain = [each for each in form.fields_shown.chain() if each.isVisible() and each.isEnabled()]
    chain = [each for each in chain if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
    chain[0].setFocus()
    tops: list[int] = []
    while not tops or QApplication.focusWidget() is not chain[0]:
        focused = QApplication.focusWidget()
        assert focused is not None
        tops.append(focused.mapTo(form.fields_shown, QPoint(0, 0)).y())
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert all(later >= sooner - 8 for sooner, later in pairwise(tops))
    assert tops[-1] > form.height() // 2


def test_everything_that_takes_the_focus_says_what_it_is(opened: Any) -> None:
    form = opened(INVOICE, VALUES[4])
    unnamed = [each for each in form.fields_shown.chain() if not each.accessibleName()]
    assert unnamed == []


def test_hostile_names_are_painted_as_text(opened: Any) -> None:
    form = opened(
        {
            "type": "object",
            "properties": {
                "<b>x</b>": {"type": "string", "description": "<img src='file:///etc/passwd'>"},
                "\u202eabc\u0000": {"oneOf": [{"title": "<i>", "type": "string"}, {"title": "&x", "type": "integer"}]},
            },
        },
        {"&k": "\u202e"},
    )
    assert all(each.textFormat() == Qt.TextFormat.PlainText for each in form.findChildren(QLabel) if each.text())
    assert not any("\u202e" in each.text() or "\u0000" in each.text() for each in form.findChildren(QLabel))
    assert row(form, "\u202eabc\u0000").switches[0].segments.buttons[1].text() == "&&x"
    form.grab()


# Around it


def test_a_problem_is_gone_to_through_what_is_folded(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE, {"number": "a", "total": 1, "previous": {"number": "b", "total": -1}})
    row(form, "previous").set_folded(folded=True)
    assert said(row(form, "previous")) == ("One problem inside.",)
    form.go_to_problem()
    assert control(form, "previous", "total").edit.hasFocus()


def test_undo_takes_back_a_deleted_row(opened: Any, qtbot: QtBot) -> None:
    form = opened(INVOICE, {"lines": [{"sku": "a"}, {"sku": "b"}]})
    body = row(form, "lines").body
    body.view.setFocus()
    body.view.setCurrentIndex(body.model.index(0, 0))
    qtbot.keyClick(body.view, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    assert form.value() == {"lines": [{"sku": "b"}]}
    qtbot.keyClick(body.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert form.value() == {"lines": [{"sku": "a"}, {"sku": "b"}]}
    assert body.model.count == 2


def test_a_schema_that_is_none_is_said_and_shown_as_no_form(theme: Theme, qtbot: QtBot) -> None:
    form = SchemaForm(theme)
    qtbot.addWidget(form)
    with qtbot.waitSignal(form.refused) as refused:
        form.show_schema('{"type": "strng"}')
    assert isinstance(refused.args[0], SchemaInvalid)
    assert form.value() is ABSENT
    assert not form.valid


def test_another_value_and_another_theme_can_be_shown(opened: Any, theme: Theme, qtbot: QtBot) -> None:
    form = opened(INVOICE, {"number": "a"})
    with qtbot.waitSignal(form.checked):
        form.set_value({"number": "b", "total": 2})
    assert form.valid
    assert isinstance(form.fields_shown, ObjectBody)
    assert control(form, "number").edit.text() == "b"
    theme.choose("dark")
    form.grab()
    assert not form.state.held.can_undo


def test_a_form_that_is_closed_while_it_is_checked_is_gone(theme: Theme, qtbot: QtBot) -> None:
    form = SchemaForm(theme)
    form.show_schema(json.dumps({"type": "array", "items": {"type": "string"}}), ["x"] * 50_000)
    gone: list[bool] = []
    form.destroyed.connect(lambda *_: gone.append(True))
    form.deleteLater()
    qtbot.waitUntil(lambda: bool(gone))
    other = SchemaForm(theme)
    qtbot.addWidget(other)
    with qtbot.waitSignal(other.checked):
        other.show_schema("true", 1)
    assert other.valid


def test_the_menu_of_a_row_copies_its_value_and_its_pointer(opened: Any) -> None:
    form = opened({"properties": {"a/b": {"type": "number"}}}, {"a/b": 1.0})
    found = row(form, "a/b")
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), found.mapToGlobal(QPoint(5, 5)))
    copied = []
    for name in ("Copy value as JSON", "Copy JSON Pointer"):
        QApplication.sendEvent(found, event)
        menu = found.findChild(QMenu)
        assert menu is not None
        next(action for action in menu.actions() if action.text() == name).trigger()
        copied.append(QGuiApplication.clipboard().text())
        menu.close()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert copied == ["1.0", "/a~1b"]
