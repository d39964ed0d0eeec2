from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QSlider, QWidget

from engine.interface.acting import Send
from tests.app.generated.finding import control, line, press, push_button, texts
from tests.app.generated.nodes import act, button, choice, field, form, holding, root, slider, text, toggle
from tests.app.generated.trees import spelt

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.widgets.generated.screen import Screen

    Make = Callable[..., Screen]


def test_what_a_person_typed_wins_over_what_the_model_writes_later(make_screen: Make) -> None:
    whole = spelt(root(field("name", value="The model's own")))
    screen = make_screen()
    screen.show_text(whole[: whole.index('"value"')])
    QTest.keyClicks(line(screen, "Name"), "mine")
    for end in range(whole.index('"value"'), len(whole) + 1):
        screen.show_text(whole[:end])
    assert line(screen, "Name").text() == "mine"
    assert screen.state.get("name") == "mine"


def test_a_value_grows_in_the_field_while_it_is_written(make_screen: Make) -> None:
    whole = spelt(root(field("name", value="Ines Calloway")))
    screen = make_screen()
    screen.show_text(whole[: whole.index(" Calloway")])
    assert line(screen, "Name").text() == "Ines"


def test_the_focus_and_the_caret_stay_where_they_are_while_the_rest_is_written(make_screen: Make) -> None:
    whole = spelt(root(field("name"), text("Below"), field("bed"), button("Go", act("ask"))))
    screen = make_screen()
    screen.show_text(whole[: whole.index("Below")])
    edit = line(screen, "Name")
    edit.setFocus()
    QTest.keyClicks(edit, "abc")
    edit.setCursorPosition(1)
    screen.show_text(whole)
    assert screen.window().focusWidget() is edit
    assert edit.cursorPosition() == 1


def test_what_can_be_pressed_can_only_be_once_all_of_it_is_there(make_screen: Make) -> None:
    tree = root(button("Send it", act("ask", value="Go on")), toggle("rain"), choice("bed", "North", "South"))
    whole = spelt(tree)
    screen = make_screen()
    for name, end in (("Send it", "Go on"), ("Rain", '"value": false'), ("Bed", '"required"')):
        screen.show_text(whole[: whole.index(end)])
        assert not control(screen, name).isEnabled()
    screen.show_text(whole)
    assert all(control(screen, name).isEnabled() for name in ("Send it", "Rain", "Bed"))


def test_texts_follow_the_state(make_screen: Make) -> None:
    screen = make_screen(root(field("name"), text("Hello {name}, {{name}} and {nobody}")))
    assert "Hello , {name} and {nobody}" in texts(screen)
    QTest.keyClicks(line(screen, "Name"), "Ines")
    assert "Hello Ines, {name} and {nobody}" in texts(screen)


def test_a_name_that_is_still_being_written_is_held_back(make_screen: Make) -> None:
    whole = spelt(root(field("name", value="Ines"), text("Hello {name}!")))
    screen = make_screen()
    screen.show_text(whole[: whole.index("ame}!")])
    assert "Hello " in texts(screen)


def test_parts_come_and_go_with_what_they_depend_on(make_screen: Make) -> None:
    when = holding("when", text("Bring a coat"), name="rain", op="equals", value=True)
    screen = make_screen(root(toggle("rain"), when, text("Always")))
    assert "Bring a coat" not in texts(screen)
    press(screen, "Rain")
    assert "Bring a coat" in texts(screen)
    press(screen, "Rain")
    assert "Bring a coat" not in texts(screen)


def test_a_repetition_shows_its_parts_for_each_row_of_its_source(make_screen: Make) -> None:
    screen = make_screen(root(holding("repeat", text("{bed} takes {litres} l"), source="beds")))
    assert texts(screen)[1:] == ["North takes 48 l", "South takes 36 l", "Frame takes 8 l"]
    assert screen.created == 1 + 1 + 3


def test_a_choice_takes_one_and_boxes_several(make_screen: Make) -> None:
    screen = make_screen(
        root(
            choice("bed", "North", "South", display="radio", value="South"),
            choice("days", "Mon", "Tue", "Wed", display="checkboxes", value=["Wed"]),
            choice("size", "Small", "Large", display="segmented"),
            choice("kind", "Beans", "Peas", value="Peas"),
        )
    )
    assert screen.state.values == {"bed": "South", "days": ["Wed"], "size": None, "kind": "Peas"}
    press(screen, "Bed: North")
    press(screen, "Days: Mon")
    press(screen, "Size: Large")
    menu = control(screen, "Kind")
    assert isinstance(menu, QComboBox)
    menu.activated.emit(0)
    assert screen.state.values == {"bed": "North", "days": ["Mon", "Wed"], "size": "Large", "kind": "Beans"}
    assert menu.currentText() == "Beans"


def test_a_slider_gives_numbers_of_its_scale(make_screen: Make) -> None:
    screen = make_screen(root(slider("share", 0, 1, 0.25, 0.05), text("{share}")))
    rail = control(screen, "Share")
    assert isinstance(rail, QSlider)
    QTest.keyClick(rail, Qt.Key.Key_Right)
    assert screen.state.get("share") == pytest.approx(0.3)
    assert "0.3" in texts(screen)


@pytest.mark.parametrize("step", [1, 1e-308, 0.5, 1e9, -1, 0])
def test_a_slider_reaches_its_end_however_small_its_steps_are(make_screen: Make, step: float) -> None:
    screen = make_screen(root(slider("share", 0, 1_000_000, 0, step)))
    rail = control(screen, "Share")
    assert isinstance(rail, QSlider)
    QTest.keyClick(rail, Qt.Key.Key_End)
    assert screen.state.get("share") == pytest.approx(1_000_000)


def test_the_wheel_changes_no_input_that_it_passes(make_screen: Make) -> None:
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    screen = make_screen(root(slider("share", 0, 10, 5), choice("bed", "North", "South", value="North")))
    for name in ("Share", "Bed"):
        event = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(control(screen, name), event)
    assert screen.state.values == {"share": 5, "bed": "North"}


FORM = form("order", field("name", required=True), field("litres", "number"), field("mail", "email", required=True))


def test_a_form_says_below_each_field_what_is_wrong_and_goes_to_the_first(make_screen: Make) -> None:
    screen = make_screen(root(FORM))
    sent: list[object] = []
    screen.sent.connect(sent.append)
    QTest.keyClicks(line(screen, "Litres"), "many")
    press(screen, "Send")
    assert texts(screen).count("Please fill this in.") == 2
    assert "This is not a number." in texts(screen)
    assert screen.window().focusWidget() is line(screen, "Name")
    assert line(screen, "Name").accessibleDescription() == "Please fill this in."
    assert sent == []


def test_a_sentence_goes_when_the_field_is_mended_and_the_form_is_sent_when_all_are(make_screen: Make) -> None:
    screen = make_screen(root(FORM))
    sent: list[object] = []
    screen.sent.connect(sent.append)
    press(screen, "Send")
    QTest.keyClicks(line(screen, "Name"), "Ines")
    assert texts(screen).count("Please fill this in.") == 1
    QTest.keyClicks(line(screen, "Mail"), "ines@example.org")
    QTest.keyClick(line(screen, "Mail"), Qt.Key.Key_Return)
    assert sent == [Send("submit", "order", {"name": "Ines", "litres": None, "mail": "ines@example.org"})]


def test_a_button_within_a_form_that_submits_examines_it_as_well(make_screen: Make) -> None:
    screen = make_screen(root(form("order", field("name", required=True), button("Order", act("submit")))))
    sent: list[object] = []
    screen.sent.connect(sent.append)
    press(screen, "Order")
    assert sent == []
    assert "Please fill this in." in texts(screen)


def test_what_a_condition_hides_is_not_asked_for(make_screen: Make) -> None:
    hidden = holding("when", field("why", required=True), name="rain", op="filled", value=None)
    screen = make_screen(root(form("order", toggle("rain"), hidden)))
    sent: list[object] = []
    screen.sent.connect(sent.append)
    press(screen, "Send")
    assert sent == [Send("submit", "order", {"rain": False})]


def test_tab_goes_through_the_tree_in_its_order_also_where_a_part_was_written_anew(make_screen: Make) -> None:
    screen = make_screen(root(field("one"), holding("card", field("two"), title=None, tone="neutral"), field("three")))
    screen.grow_part("/children/1", spelt(holding("card", field("new"), field("newer"), title=None, tone="neutral")))
    screen.activateWindow()
    line(screen, "One").setFocus()
    passed = []
    for _ in range(4):
        passed.append(screen.window().focusWidget().accessibleName())
        QTest.keyClick(screen.window().focusWidget(), Qt.Key.Key_Tab)
    assert passed == ["One", "New", "Newer", "Three"]


def test_tab_leads_from_another_widget_of_the_window_to_the_screen(make_screen: Make) -> None:
    window = QWidget()
    before, after = QLineEdit(window), QLineEdit(window)
    screen = make_screen(root(field("one"), field("two")))
    screen.setParent(window)
    screen.come_after(before)
    window.show()
    screen.show()
    window.activateWindow()
    before.setFocus()
    passed = []
    for _ in range(4):
        passed.append(window.focusWidget())
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert passed == [before, line(screen, "One"), line(screen, "Two"), after]
    screen.setParent(None)
    window.deleteLater()


def test_the_same_name_twice_is_one_value(make_screen: Make) -> None:
    screen = make_screen(root(field("name", value="first"), field("name", value="second")))
    one, other = (part.focusable()[0] for path in ("0", "1") for part in screen.parts_at(f"/children/{path}"))
    one.setCursorPosition(5)  # type: ignore[attr-defined]
    QTest.keyClicks(one, "!")
    assert one.text() == other.text() == "first!"  # type: ignore[attr-defined]


def test_buttons_set_toggle_and_reset(make_screen: Make) -> None:
    screen = make_screen(
        root(
            field("name", value="Ines"),
            toggle("rain"),
            button("Set", act("set", "name", "Otto")),
            button("Turn", act("toggle", "rain")),
            button("Back", act("reset")),
        )
    )
    press(screen, "Set")
    press(screen, "Turn")
    assert screen.state.values == {"name": "Otto", "rain": True}
    assert line(screen, "Name").text() == "Otto"
    press(screen, "Back")
    assert screen.state.values == {"name": "Ines", "rain": False}


def test_a_button_that_asks_sends_its_sentence_with_the_values(make_screen: Make) -> None:
    screen = make_screen(root(field("bed", value="North"), button("Why?", act("ask", None, "Why is {bed} dry?"))))
    sent: list[object] = []
    screen.sent.connect(sent.append)
    push_button(screen, "Why?").click()
    assert sent == [Send("ask", "", {"bed": "North"}, "Why is North dry?")]


def test_a_password_is_masked_wherever_it_is_told(make_screen: Make) -> None:
    screen = make_screen(
        root(
            form("login", field("mail"), field("pin", "password")),
            text("You typed {pin}"),
            button("Save", act("export", "login", "json")),
            button("Save all", act("export", None, "csv")),
        )
    )
    sent: list[Any] = []
    screen.sent.connect(sent.append)
    saved: list[str] = []
    screen.export_asked.connect(lambda _, content: saved.append(content))
    QTest.keyClicks(line(screen, "Pin"), "hunter2")
    assert screen.state.get("pin") == "hunter2"
    for label in ("Send", "Save", "Save all"):
        press(screen, label)
    assert sent[0].values == {"mail": None, "pin": "••••"}
    assert len(saved) == 2
    assert all("••••" in each for each in saved)
    told = repr((sent, saved, screen.outline()))
    assert "You typed ••••" in told
    assert "hunter2" not in told


def test_a_password_does_not_come_to_light_in_a_screen_that_asks_for_a_text_of_its_name(make_screen: Make) -> None:
    screen = make_screen(root(field("pin", "password")))
    QTest.keyClicks(line(screen, "Pin"), "hunter2")
    screen.show_tree(root(field("pin", "text")))
    assert screen.state.get("pin") is None
    assert "hunter2" not in repr(screen.outline())


def test_a_password_stays_typed_while_its_screen_is_written_anew(make_screen: Make) -> None:
    tree = spelt(root(field("pin", "password"), text("Below")))
    screen = make_screen()
    screen.show_text(tree)
    QTest.keyClicks(line(screen, "Pin"), "hunter2")
    for end in range(len(tree)):
        screen.show_text(tree[:end])
        assert screen.state.told("pin") in {None, "••••"}
        assert "hunter2" not in repr(screen.outline())
    screen.show_text(tree)
    assert screen.state.get("pin") == "hunter2"
