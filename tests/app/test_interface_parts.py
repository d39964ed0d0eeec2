"""The parts of the page of interfaces over plain values: scrubber, lists, and the fields of a component."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit

from app.models.interface_gallery import Gallery, Shown
from app.models.interface_problems import PartProblems
from app.models.interface_turns import TurnFact, TurnList, TurnRow
from app.pages.interface.composer import Composer
from app.pages.interface.property_fields import Spot
from app.pages.interface.property_form import PropertyForm
from app.pages.interface.scrubber import Scrubber, Stops
from app.pages.interface.showing import stops_of
from app.pages.interface.turns_view import TurnsView
from engine.interface.catalogue import bundled
from engine.interface.reading import Problem

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester
    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme

NOW = datetime.fromisoformat("2026-03-14T12:00:00+00:00")


def spoken(model: Any) -> list[str]:
    return [model.data(model.index(at), Qt.ItemDataRole.AccessibleTextRole) for at in range(model.rowCount())]


# The scrubber


@pytest.fixture
def scrubber(theme: Theme, qtbot: QtBot) -> Scrubber:
    made = Scrubber(theme)
    qtbot.addWidget(made)
    made.resize(600, 48)
    made.show()
    return made


def test_stops_are_as_many_as_tokens_and_end_where_the_text_ends() -> None:
    text = '{"type": "root", "children": [{"type": "text", "text": "Hello"}]}'
    stops = stops_of(text, 12)
    assert len(stops) == 12
    assert stops.ends[0] == 0
    assert stops.ends[-1] == len(text)
    assert len(stops.ticks) == 2
    written = [text[: stops.ends[tick]] for tick in stops.ticks]
    assert ['"root"' in written[0], '"text"' in written[0], '"text"' in written[1]] == [True, False, True]
    assert stops.after(0) == stops.ticks[0]
    assert stops.before(12) == stops.ticks[1]
    assert stops.after(stops.ticks[1]) == 12
    assert stops.before(stops.ticks[0]) == 0


def test_whoever_stands_at_the_end_of_an_answer_that_grows_stays_there(scrubber: Scrubber) -> None:
    moved: list[int | None] = []
    scrubber.moved.connect(moved.append)
    scrubber.show_stops(Stops([4, 8, 12]), about=9)
    assert scrubber.words.text() == "3 of about 9 tokens"
    scrubber.show_stops(Stops([4, 8, 12, 16]), about=9)
    assert scrubber.at_end
    assert moved == []
    scrubber.go(1)
    scrubber.show_stops(Stops([4, 8, 12, 16, 20]))
    assert scrubber.place == 4
    assert scrubber.words.text() == "1 of 5 tokens"
    assert moved == [4]


def test_what_is_still_to_come_cannot_be_shown(scrubber: Scrubber) -> None:
    scrubber.show_stops(Stops([4, 8]), about=50)
    scrubber.slider.setValue(40)
    assert scrubber.slider.value() == 2
    assert scrubber.place is None


def test_the_answer_is_played_from_its_beginning_to_its_end(scrubber: Scrubber, qtbot: QtBot) -> None:
    scrubber.show_stops(Stops(range(1, 9)))
    moved: list[int | None] = []
    scrubber.moved.connect(moved.append)
    scrubber.play.click()
    qtbot.waitUntil(lambda: not scrubber.playing)
    assert moved == [0, 1, 2, 3, 4, 5, 6, 7, None]
    assert scrubber.play.accessibleName() == "Play how it was written"


def test_the_slider_goes_where_it_is_pressed_and_walks_by_parts(scrubber: Scrubber, qtbot: QtBot) -> None:
    scrubber.show_stops(Stops(range(1, 101), [30, 60]))
    middle = scrubber.slider.rect().center()
    qtbot.mouseClick(scrubber.slider, Qt.MouseButton.LeftButton, pos=middle)
    assert 45 <= scrubber.slider.value() <= 55
    qtbot.keyClick(scrubber.slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert scrubber.slider.value() == 60
    qtbot.keyClick(scrubber.slider, Qt.Key.Key_Left)
    assert scrubber.slider.value() == 59
    qtbot.keyClick(scrubber.slider, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert scrubber.slider.value() == 30
    assert scrubber.slider.accessibleDescription() == "30 of 100 tokens"


def test_without_an_answer_there_is_nothing_to_go_through(scrubber: Scrubber) -> None:
    scrubber.show_stops(Stops(()))
    assert not scrubber.slider.isEnabled()
    assert scrubber.words.text() == ""


# Turns


def turn(number: int, words: str, *facts: str) -> TurnRow:
    marks = tuple(TurnFact("check", "accent", each) for each in facts)
    return TurnRow(number, words, "2026-03-14T11:02:00+00:00", facts=marks)


def test_turns_say_what_was_asked_and_how_it_went(qtmodeltester: ModelTester) -> None:
    model = TurnList()
    qtmodeltester.check(model)
    model.show_turns([turn(1, "A login form"), turn(2, "With a logo", "4 components, depth 2")])
    first = QPersistentModelIndex(model.index_of(1))
    model.show_turns([turn(1, "A login form", "3 components, depth 1"), turn(5, "With a photo")])
    assert first.isValid()
    assert spoken(model) == ["You: A login form, 3 components, depth 1", "You: With a photo"]
    assert not model.index_of(2).isValid()


def test_a_turn_is_shown_edited_and_asked_again_where_it_is_clicked(theme: Theme, qtbot: QtBot) -> None:
    model = TurnList()
    view = TurnsView(theme, model)
    qtbot.addWidget(view)
    view.resize(264, 400)
    view.show()
    row = TurnRow(
        7, "A form\nwith two lines", "", facts=(TurnFact("cross", "brickMark", "It failed."),), way_on="Ask again"
    )
    model.show_turns([row])
    told: list[tuple[str, int]] = []
    view.chosen.connect(lambda message: told.append(("show", message)))
    view.edit_asked.connect(lambda message: told.append(("edit", message)))
    view.again_asked.connect(lambda message: told.append(("again", message)))
    box = view.visualRect(model.index(0))
    for at in (view.painting.edit_box(box), view.painting.way_box(box, row)):
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at.center())
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.topLeft() + box.bottomLeft() / 50)
    assert told == [("edit", 7), ("again", 7), ("show", 7)]
    assert box.height() > 80
    view.resize(140, 400)
    qtbot.waitUntil(lambda: view.visualRect(model.index(0)).width() <= 140)


# The gallery


def test_the_gallery_lists_ones_own_first_and_is_searched_by_all_words(qtmodeltester: ModelTester) -> None:
    model = Gallery(clock=lambda: NOW)
    qtmodeltester.check(model)
    examples = [Shown("login", "Welcome back", "{}", about="A login form")]
    own = [
        Shown(3, "", "{}", "2026-03-14T10:00:00+00:00"),
        Shown(2, "Greenhouse day", "{}", "2026-03-13T10:00:00+00:00"),
    ]
    model.show_interfaces(examples, own)
    told = spoken(model)
    assert told[0].startswith("Untitled, Changed")
    assert told[2] == "Welcome back, Worked example, A login form"
    kept = QPersistentModelIndex(model.index_of(2))
    model.show_interfaces(examples, [Shown(4, "New", "{}"), *own])
    assert kept.isValid()
    model.search("day GREEN")
    assert [row.split(",")[0] for row in spoken(model)] == ["Greenhouse day"]
    model.search("")
    assert model.rowCount() == 4


def test_problems_tell_their_place(qtmodeltester: ModelTester) -> None:
    model = PartProblems()
    qtmodeltester.check(model)
    one = Problem("/children/2", "unknown", "There is no component “sparkline”.", None)
    other = Problem("", "prop", "The title is too long.", "title")
    model.show_problems([one, other])
    assert spoken(model) == ["There is no component “sparkline”. At /children/2", "The title is too long. At /title"]
    model.show_problems([one])
    assert model.rowCount() == 1


# The composer


def test_the_composer_runs_with_ctrl_enter_once_there_is_a_sentence(theme: Theme, qtbot: QtBot) -> None:
    composer = Composer(theme)
    qtbot.addWidget(composer)
    composer.resize(264, 100)
    composer.show()
    asked: list[str] = []
    composer.run_asked.connect(lambda: asked.append(composer.sentence))
    assert not composer.run.isEnabled()
    qtbot.keyClick(composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == []
    qtbot.keyClicks(composer.text, "A login form")
    qtbot.keyClick(composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert asked == ["A login form"]
    composer.show_running(running=True)
    assert composer.run.accessibleName() == "Stop"
    assert not composer.can_run
    composer.show_target("Figure " + "temperature " * 20)
    assert composer.width() == 264


# The fields of a component


@pytest.fixture
def form(theme: Theme, qtbot: QtBot) -> PropertyForm:
    made = PropertyForm(theme)
    qtbot.addWidget(made)
    made.resize(272, 400)
    made.show()
    return made


def component(name: str) -> Any:
    found = bundled().component(name)
    assert found is not None
    return found


def test_each_kind_of_prop_has_a_field_that_fits_it(form: PropertyForm) -> None:
    form.show_part(component("field"), {"type": "field", "kind": "email", "name": "mail", "required": True})
    kinds = {spot.name: type(each.control) for spot, each in form.fields.items()}
    assert issubclass(kinds["kind"], QComboBox)
    assert issubclass(kinds["name"], QLineEdit)
    assert issubclass(kinds["required"], QCheckBox)
    form.show_part(component("markdown"), {"text": "# Hello"})
    assert isinstance(form.fields[Spot("text")].control, QPlainTextEdit)
    form.show_part(component("choice"), {"options": ["a", "b"]})
    options = form.fields[Spot("options")].control
    assert isinstance(options, QPlainTextEdit)
    assert options.toPlainText() == "a\nb"
    form.show_part(component("divider"), {})
    assert form.fields == {}


def test_an_action_is_edited_member_by_member(form: PropertyForm, qtbot: QtBot) -> None:
    told: list[tuple[str, Any]] = []
    form.put.connect(lambda name, value: told.append((name, value)))
    action = {"kind": "submit", "target": None, "value": None}
    form.show_part(component("button"), {"label": "Go", "style": "primary", "action": action})
    target = form.fields[Spot("action", "target")].control
    assert isinstance(target, QLineEdit)
    qtbot.keyClicks(target, "login")
    qtbot.keyClick(target, Qt.Key.Key_Return)
    assert told == [("action", {**action, "target": "login"})]
    target.clear()
    qtbot.keyClick(target, Qt.Key.Key_Return)
    assert told[-1] == ("action", action)


def test_what_is_no_number_is_said_in_place_and_not_taken(form: PropertyForm, qtbot: QtBot) -> None:
    told: list[tuple[str, Any]] = []
    form.put.connect(lambda name, value: told.append((name, value)))
    form.show_part(component("slider"), {"name": "n", "label": "N", "min": 0, "max": 10, "step": 1, "value": 5})
    field = form.fields[Spot("max")]
    line = field.control
    assert isinstance(line, QLineEdit)
    line.setText("ten")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert told == []
    assert field.wrong.text() == "A number."
    line.setText("20")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert told == [("max", 20)]
    assert not field.wrong.text()


def test_a_value_that_changes_elsewhere_is_not_put_over_what_is_being_typed(form: PropertyForm, qtbot: QtBot) -> None:
    metric = component("metric")
    form.show_part(metric, {"label": "Water", "value": "1"})
    line = form.fields[Spot("label")].control
    assert isinstance(line, QLineEdit)
    form.activateWindow()
    qtbot.waitUntil(form.isActiveWindow)
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_End)
    qtbot.keyClicks(line, " today")
    form.show_part(metric, {"label": "Rain", "value": "2"})
    assert line.text() == "Water today"
    value = form.fields[Spot("value")].control
    assert isinstance(value, QLineEdit)
    assert value.text() == "2"
