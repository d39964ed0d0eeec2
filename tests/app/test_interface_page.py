"""The page of interfaces without a model: what a host would send is handed in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget

from app.pages.interface.page import InterfacePage
from engine.errors import ModelCrashed
from engine.interface.acting import Send
from engine.interface.editing import put_prop
from engine.interface.examples import example, examples
from engine.model.protocol import ErrorPayload, Failed, Started, TextDelta

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.widgets.generated.screen import Screen
    from app.window import Window

PATIENCE_MS = 60_000
LOGIN: dict[str, Any] = {
    "type": "form",
    "name": "login",
    "submit": "Log in",
    "action": {"kind": "submit", "target": None, "value": None},
    "children": [
        {
            "type": "field", "kind": "text", "name": "who", "label": "Name", "placeholder": None, "value": None,
            "required": False,
        },
        {"type": "toggle", "display": "switch", "name": "stay", "label": "Stay", "value": False},
    ],
}  # fmt: skip
TREE: dict[str, Any] = {
    "type": "root",
    "title": "Greenhouse",
    "children": [
        {"type": "text", "style": "body", "text": "Hello {who}"},
        LOGIN,
        {"type": "metric", "label": "Temperature", "value": "21.4", "delta": None, "tone": "neutral"},
    ],
}


class Host:
    """What stands in for the host process: it answers the open interface as a test has it answer."""

    def __init__(self, page: InterfacePage) -> None:
        self._page = page
        self._runs = page._whole.runs

    @property
    def _answer(self) -> Any:
        answer = self._page.session.running
        assert answer is not None
        return answer

    def write(self, text: str) -> None:
        """Go on with the answer until it says this."""
        answer = self._answer
        piece = text[len(answer.text) :]
        self._runs._events_arrived(
            [
                Started(id=answer.id, prompt_tokens=9, shared_tokens=0),
                TextDelta(id=answer.id, text=piece, tokens=max(1, len(piece) // 4), forced=0),
            ]
        )

    def finish(self, value: Any) -> None:
        """End the answer with a value."""
        self.write(json.dumps(value))
        answer = self._answer
        answer.state = "done"
        self._runs._end(answer)

    def fail(self) -> None:
        """End the answer without success."""
        answer = self._answer
        error = ModelCrashed("The model's process ended.", advice="Run it again.")
        self._runs._events_arrived([Failed(id=answer.id, error=ErrorPayload.of(error), text=answer.text)])


@pytest.fixture
def window(open_window: Callable[[Path], Window], profile: Path, clear_away: None) -> Window:
    made = open_window(profile)
    made.resize(1280, 800)
    made.show_page("Interface")
    return made


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> InterfacePage:
    page = window.page("Interface")
    assert isinstance(page, InterfacePage)
    qtbot.waitUntil(lambda: page.gallery.model.rowCount() == len(examples()) and page.session.gallery.known)
    return page


@pytest.fixture
def host(page: InterfacePage) -> Iterator[Host]:
    """Return what answers; whatever is still being written ends with the test."""
    made = Host(page)
    yield made
    if page.session.running is not None:
        made.fail()


def ask(page: InterfacePage, qtbot: QtBot, sentence: str) -> None:
    """Ask for something, and wait until that is saved."""
    page.composer.write(sentence)
    page.composer.run.click()
    qtbot.waitUntil(lambda: page.session.growing is not None, timeout=PATIENCE_MS)


def open_example(page: InterfacePage, qtbot: QtBot, key: str) -> Screen:
    page.open_example(key)
    qtbot.waitUntil(lambda: page.session.title == example(key).title and page.session.tree is not None)
    assert page.showing.live is not None
    return page.showing.live


@pytest.fixture
def greenhouse(page: InterfacePage, host: Host, qtbot: QtBot) -> InterfacePage:
    """Open an interface of one's own that has been written."""
    ask(page, qtbot, "A greenhouse")
    host.finish(TREE)
    assert page.session.tree == TREE
    return page


def live(page: InterfacePage) -> Screen:
    assert page.showing.live is not None
    return page.showing.live


def field(screen: Screen, name: str) -> QLineEdit:
    """Return the line that an input of a screen is typed into."""
    return next(each for each in screen.findChildren(QLineEdit) if each.accessibleName() == name)


def chosen(page: InterfacePage) -> str | None:
    """Return the part that is chosen in the tree, which is the one that is shown below it."""
    assert page.tree.part.path == page.tree.view.path
    return page.tree.view.path


# The gallery


def test_where_nothing_is_open_the_gallery_shows_the_worked_examples_with_pictures(
    page: InterfacePage, qtbot: QtBot
) -> None:
    assert page.middle.currentWidget() is page.gallery
    model = page.gallery.model
    said = [model.data(model.index(at), Qt.ItemDataRole.AccessibleTextRole) for at in range(model.rowCount())]
    assert len(said) == 5
    assert all("Worked example" in each for each in said)
    qtbot.waitUntil(lambda: page.pictures.idle, timeout=PATIENCE_MS)
    entries = [model.entry(model.index(at)) for at in range(model.rowCount())]
    pictures = [page.pictures.of(entry) for entry in entries if entry is not None]
    assert all(picture is not None and picture.width() == 640 for picture in pictures)


def test_a_search_narrows_the_gallery_and_enter_opens_a_copy(page: InterfacePage, qtbot: QtBot) -> None:
    page.search()
    qtbot.keyClicks(page.gallery.search, "appointment")
    assert page.gallery.model.rowCount() == 1
    qtbot.keyClick(page.gallery.search, Qt.Key.Key_Down)
    qtbot.keyClick(page.gallery.view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.session.title == "Book an appointment")
    assert page.middle.currentWidget() is page.work
    assert page.session.rows[0].title == "Book an appointment"
    page.gallery.search.setText("no such thing")
    assert page.gallery.middle.currentWidget() is page.gallery.none


def test_a_deleted_interface_comes_back_with_undo(greenhouse: InterfacePage, qtbot: QtBot) -> None:
    page, interface = greenhouse, greenhouse.session.id
    page.toggle_gallery()
    qtbot.waitUntil(lambda: page.gallery.model.index_of(interface).isValid())
    page.gallery.choose(interface)
    qtbot.keyClick(page.gallery.view, Qt.Key.Key_Delete)
    assert page.session.rows == []
    assert page.session.tree is None
    assert not page.conversation.told.isHidden()
    page.conversation.told.undo.click()
    qtbot.waitUntil(lambda: page.session.id == interface and page.session.tree == TREE)


def test_worked_examples_cannot_be_deleted(page: InterfacePage, qtbot: QtBot) -> None:
    page.gallery.choose("login")
    qtbot.keyClick(page.gallery.view, Qt.Key.Key_Delete)
    assert page.gallery.model.rowCount() == 5


# Asking


def test_a_screen_grows_in_the_preview_and_in_the_tree(page: InterfacePage, host: Host, qtbot: QtBot) -> None:
    ask(page, qtbot, "A greenhouse")
    assert page.composer.run.accessibleName() == "Stop"
    assert page.middle.currentWidget() is page.work
    text = json.dumps(TREE)
    host.write(text[: text.index('"toggle"')])
    assert page.preview.live.text() == "live"
    assert [row.type for row in page.tree.model.rows()] == ["root", "text", "form", "field"]
    turns = page.conversation.turns
    assert "Writing the form" in turns.data(turns.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert not page.tree.remove.isEnabled()
    made = live(page).created
    host.finish(TREE)
    assert live(page).created > made
    assert page.preview.live.text() == ""
    assert page.tree.count.line == "6 components"
    assert "6 components, depth 2" in turns.data(turns.index(0), Qt.ItemDataRole.AccessibleTextRole)
    assert page.composer.run.accessibleName() == "Run"


def test_what_was_typed_while_it_grew_is_still_there_when_it_has_ended(
    page: InterfacePage, host: Host, qtbot: QtBot
) -> None:
    ask(page, qtbot, "A greenhouse")
    text = json.dumps(TREE)
    host.write(text[: text.index('"toggle"')])
    qtbot.keyClicks(field(live(page), "Name"), "Mina")
    host.finish(TREE)
    assert field(live(page), "Name").text() == "Mina"
    assert live(page).state.get("who") == "Mina"


def test_a_failed_answer_says_why_and_keeps_what_had_come(page: InterfacePage, host: Host, qtbot: QtBot) -> None:
    ask(page, qtbot, "A greenhouse")
    text = json.dumps(TREE)
    host.write(text[: text.index('"form"')])
    host.fail()
    assert not page.preview.strip.isHidden()
    assert "process ended" in page.preview.strip.words.text()
    assert page.tree.model.row_at("/children/0") is not None
    page.preview.strip.way.click()
    qtbot.waitUntil(lambda: page.session.growing is not None)
    host.finish(TREE)
    assert page.preview.strip.isHidden()
    assert page.session.tree == TREE


def test_a_patch_changes_the_screen_without_making_it_anew(greenhouse: InterfacePage, host: Host, qtbot: QtBot) -> None:
    page = greenhouse
    made = live(page).created
    ask(page, qtbot, "In Fahrenheit")
    text = json.dumps(
        {"type": "patch", "changes": [{"op": "replace", "at": "/children/2", "node": TREE["children"][0]}]}
    )
    host.write(text[:14])
    assert live(page).created == made
    host.finish(json.loads(text))
    assert [row.type for row in page.tree.model.rows()] == ["root", "text", "form", "field", "toggle", "text"]
    assert live(page).created == made + 1


def test_what_a_patch_adds_below_the_fold_is_brought_into_sight(page: InterfacePage, host: Host, qtbot: QtBot) -> None:
    ask(page, qtbot, "A long list")
    host.finish({"type": "root", "title": "List", "children": [TREE["children"][2]] * 40})
    assert live(page).scroll_bar.value() == 0
    ask(page, qtbot, "Add a text")
    host.finish({"type": "patch", "changes": [{"op": "append", "at": "", "node": TREE["children"][0]}]})
    bar = live(page).scroll_bar
    qtbot.waitUntil(lambda: bar.value() > bar.maximum() - 40)


def test_nothing_is_called_live_before_the_first_word(page: InterfacePage, host: Host, qtbot: QtBot) -> None:
    ask(page, qtbot, "A greenhouse")
    assert page.session.running is not None
    assert page.preview.live.text() == ""
    host.write('{"type": "root", "title": "Green')
    assert page.preview.live.text() == "live"


def test_one_part_is_asked_for_from_the_tree_and_from_the_composer(
    greenhouse: InterfacePage, host: Host, qtbot: QtBot
) -> None:
    page = greenhouse
    page.choose("/children/2")
    page.tree.part.sentence.setText("In Fahrenheit")
    page.tree.part.redo.click()
    qtbot.waitUntil(lambda: page.session.growing is not None)
    assert page.session.growing is not None
    assert page.session.growing.path == "/children/2"
    node = {**TREE["children"][2], "value": "70.5"}
    host.finish(node)
    assert page.session.tree["children"][2] == node
    assert chosen(page) == "/children/2"

    page.composer.target.click()
    assert "Temperature" in page.composer.target.accessibleName()
    ask(page, qtbot, "Celsius again")
    assert page.session.growing is not None
    assert page.session.growing.path == "/children/2"
    assert "Whole screen" in page.composer.target.accessibleName()
    host.finish(TREE["children"][2])
    assert page.session.tree == TREE


def test_an_answer_that_changes_nothing_says_so(greenhouse: InterfacePage, host: Host, qtbot: QtBot) -> None:
    page, turns = greenhouse, greenhouse.conversation.turns
    for text, said in ((TREE, True), ({**TREE, "title": "Other"}, False)):
        ask(page, qtbot, "Call it otherwise")
        host.finish(text)
        told = turns.data(turns.index(turns.rowCount() - 1), Qt.ItemDataRole.AccessibleTextRole)
        assert ("Nothing has changed" in told) is said


def test_a_sentence_in_other_words_becomes_a_branch(greenhouse: InterfacePage, host: Host, qtbot: QtBot) -> None:
    page = greenhouse
    first = page.session.id
    page.conversation.view.setCurrentIndex(page.conversation.turns.index(0))
    qtbot.keyClick(page.conversation.view, Qt.Key.Key_F2)
    assert page.composer.sentence == "A greenhouse"
    ask(page, qtbot, "A glasshouse")
    host.finish({**TREE, "title": "Glass"})
    assert page.session.id == first
    assert [turn.text for turn in page.session.turns if turn.role == "user"] == ["A glasshouse"]
    assert page.session.tree["title"] == "Glass"


def test_an_earlier_turn_shows_its_own_screen_and_says_so(greenhouse: InterfacePage, host: Host, qtbot: QtBot) -> None:
    page = greenhouse
    ask(page, qtbot, "Warmer")
    host.finish({**TREE, "title": "Warm"})
    view = page.conversation.view
    view.setCurrentIndex(page.conversation.turns.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert page.session.tree == TREE
    assert not page.preview.strip.isHidden()
    page.preview.strip.way.click()
    assert page.session.tree["title"] == "Warm"


def test_variants_grow_side_by_side_and_one_is_gone_on_with(page: InterfacePage, host: Host, qtbot: QtBot) -> None:
    page.composer.write("A greenhouse")
    page.asking.run_variants(3)
    qtbot.waitUntil(lambda: page.session.growing is not None)
    assert page.middle.currentWidget() is page.variants
    qtbot.waitUntil(lambda: len(page.variants.columns) == 3)
    for title in ("One", "Two", "Three"):
        host.finish({**TREE, "title": title})
    outlines = [column.screen_.outline() for column in page.variants.columns]
    assert [str(each).count(title) > 0 for each, title in zip(outlines, ("One", "Two", "Three"), strict=True)] == [
        True
    ] * 3
    qtbot.keyClick(page.variants, Qt.Key.Key_2)
    assert page.middle.currentWidget() is page.work
    assert page.session.tree["title"] == "Two"


# Looking back


def test_looking_back_through_an_answer_never_loses_the_live_screen(greenhouse: InterfacePage, qtbot: QtBot) -> None:
    page = greenhouse
    qtbot.keyClicks(field(live(page), "Name"), "Mina")
    screen, slider = live(page), page.preview.scrubber.slider
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    assert page.showing.looking_back
    assert page.tree.model.count == 0
    qtbot.keyClick(slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(slider, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert [row.type for row in page.tree.model.rows()] == ["root", "text"]
    assert page.showing.screen is not screen
    assert not page.tree.remove.isEnabled()
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert page.showing.screen is screen
    assert screen.isVisible()
    assert field(screen, "Name").text() == "Mina"
    assert page.tree.model.count == 6


def test_every_prefix_can_be_shown(greenhouse: InterfacePage) -> None:
    page = greenhouse
    counts = []
    for stop in range(page.preview.scrubber.slider.maximum() + 1):
        page.preview.scrubber.go(stop)
        counts.append(page.tree.model.count)
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == 6
    assert not page.showing.looking_back


# Parts


def test_a_click_on_the_preview_chooses_in_the_tree_and_back(greenhouse: InterfacePage, qtbot: QtBot) -> None:
    page, screen = greenhouse, live(greenhouse)
    page.preview.inspect.click()
    box = screen.rect_of("/children/2")
    assert box is not None
    glass = screen.childAt(box.center())
    assert glass is not None
    qtbot.mouseClick(glass, Qt.MouseButton.LeftButton, pos=glass.mapFrom(screen, box.center()))
    assert chosen(page) == "/children/2"
    assert page.tree.part.pointer.line == "/children/2"
    page.tree.view.setFocus()
    qtbot.keyClick(page.tree.view, Qt.Key.Key_Up)
    assert chosen(page) == "/children/1/children/1"
    page.escape()
    assert not page.preview.inspect.isChecked()


def test_a_property_is_changed_in_its_field_and_taken_back(greenhouse: InterfacePage, qtbot: QtBot) -> None:
    page = greenhouse
    page.tree.part.choose_tab("Properties")
    page.choose("/children/2")
    fields = {spot.words: each for spot, each in page.tree.part.form.fields.items()}
    assert list(fields) == ["Label", "Value", "Delta", "Tone"]
    label = fields["Label"].control
    assert isinstance(label, QLineEdit)
    label.setFocus()
    label.selectAll()
    qtbot.keyClicks(label, "Humidity")
    qtbot.keyClick(label, Qt.Key.Key_Return)
    assert page.session.tree["children"][2]["label"] == "Humidity"
    assert "Humidity" in str(live(page).outline())
    tone = fields["Tone"].control
    qtbot.keyClick(tone, Qt.Key.Key_Down)
    assert page.session.tree["children"][2]["tone"] != "neutral"
    page.tree.undo.click()
    page.tree.undo.click()
    assert page.session.tree == TREE
    assert page.tree.redo.isEnabled()


def test_a_part_is_changed_as_json_and_what_is_wrong_is_said_where_it_is(
    greenhouse: InterfacePage, qtbot: QtBot
) -> None:
    page = greenhouse
    page.choose("/children/2")
    part = page.tree.part.json
    assert json.loads(part.editor.toPlainText()) == TREE["children"][2]
    part.editor.setPlainText('{"type": "metric",\n "label": }')
    part.apply.click()
    assert part.wrong.text()
    assert [problem.line for problem in part.editor.problems] == [2]
    assert page.session.tree == TREE
    part.editor.setPlainText("[1]")
    part.apply.click()
    assert "object" in part.wrong.text()
    part.editor.setPlainText(json.dumps({**TREE["children"][2], "value": "30"}))
    part.apply.click()
    assert page.session.tree["children"][2]["value"] == "30"
    assert part.foot.isHidden()


def test_json_that_is_being_typed_is_applied_or_discarded_by_keys(
    window: Window, greenhouse: InterfacePage, qtbot: QtBot
) -> None:
    page = greenhouse
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    page.choose("/children/2")
    editor = page.tree.part.json.editor
    editor.setFocus()
    before = editor.toPlainText()
    editor.setPlainText(before.replace("21.4", "30"))
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.toPlainText() == before
    assert chosen(page) == "/children/2"
    editor.setPlainText(before.replace("21.4", "30"))
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.session.tree["children"][2]["value"] == "30"
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert page.tree.view.path is None


def test_keys_that_mean_nothing_for_a_part_change_nothing(greenhouse: InterfacePage, qtbot: QtBot) -> None:
    page = greenhouse
    for path, key in (
        ("/children/0", Qt.Key.Key_Up),
        ("/children/2", Qt.Key.Key_Down),
        ("", Qt.Key.Key_Up),
        ("", Qt.Key.Key_Down),
    ):
        page.choose(path)
        qtbot.keyClick(page.tree.view, key, Qt.KeyboardModifier.AltModifier)
        assert page.session.tree == TREE
    page.choose("")
    qtbot.keyClick(page.tree.view, Qt.Key.Key_Delete)
    assert page.session.tree == TREE


@pytest.mark.parametrize(
    ("key", "modifier", "types", "after"),
    [
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, ["text", "metric"], "/children/1"),
        (Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier, ["text", "form", "form", "metric"], "/children/2"),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier, ["form", "text", "metric"], "/children/0"),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier, ["text", "metric", "form"], "/children/2"),
    ],
)
def test_keys_in_the_tree_change_the_part_and_undo_brings_it_back(
    greenhouse: InterfacePage,
    qtbot: QtBot,
    key: Qt.Key,
    modifier: Qt.KeyboardModifier,
    types: list[str],
    after: str,
) -> None:
    page = greenhouse
    page.choose("/children/1")
    page.tree.view.setFocus()
    qtbot.keyClick(page.tree.view, key, modifier)
    assert [node["type"] for node in page.session.tree["children"]] == types
    assert chosen(page) == after
    qtbot.keyClick(page.tree.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.session.tree == TREE
    qtbot.keyClick(
        page.tree.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert [node["type"] for node in page.session.tree["children"]] == types


def test_a_part_is_added_inside_after_and_around(greenhouse: InterfacePage) -> None:
    page = greenhouse
    page.edits.add("toggle", "/children/1", "children")
    assert chosen(page) == "/children/1/children/2"
    added = page.session.tree["children"][1]["children"][2]
    assert added["type"] == "toggle"
    assert added["name"] != "stay"
    page.edits.add("divider", "/children/0", None)
    assert [node["type"] for node in page.session.tree["children"]] == ["text", "divider", "form", "metric"]
    page.edits.wrap("card", "/children/3")
    assert page.session.tree["children"][3]["children"][0]["type"] == "metric"
    assert page.session.undo_label == "Wrap Figure in Card"


def test_an_unknown_component_is_in_the_list_of_problems_and_a_click_goes_there(
    greenhouse: InterfacePage, qtbot: QtBot
) -> None:
    page = greenhouse
    page.choose("/children/2")
    page.edits.replace("/children/2", {"type": "sparkline", "values": [1, 2]})
    assert not page.tree.part.tabs["Problems"].isHidden()
    row = page.tree.model.row_at("/children/2")
    assert row is not None
    assert page.tree.model.says(row) == "unknown"
    turns = page.conversation.turns
    assert "1 placeholder" in turns.data(turns.index(0), Qt.ItemDataRole.AccessibleTextRole)
    page.choose(None)
    page.tree.part.tabs["Problems"].click()
    page.tree.part.problems.setCurrentIndex(page.tree.part.model.index(0))
    qtbot.keyClick(page.tree.part.problems, Qt.Key.Key_Return)
    assert page.tree.view.path == "/children/2"


# Using the screen


def test_what_a_form_holds_is_shown_before_it_is_sent(greenhouse: InterfacePage, host: Host, qtbot: QtBot) -> None:
    page, bar = greenhouse, greenhouse.preview.send_bar
    qtbot.keyClicks(field(live(page), "Name"), "Mina")
    qtbot.keyClick(field(live(page), "Name"), Qt.Key.Key_Return)
    assert bar.isVisible()
    assert bar.waiting is not None
    assert bar.waiting.values == {"who": "Mina", "stay": False}
    assert len(page.session.turns) == 2
    qtbot.keyClick(bar.send, Qt.Key.Key_Escape)
    assert not bar.isVisible()
    assert page.session.running is None
    qtbot.keyClick(field(live(page), "Name"), Qt.Key.Key_Return)
    bar.send.click()
    qtbot.waitUntil(lambda: page.session.growing is not None)
    host.finish({**TREE, "title": "Welcome, Mina"})
    turns = page.conversation.turns
    assert "who: Mina" in turns.data(turns.index(1), Qt.ItemDataRole.AccessibleTextRole)
    assert page.session.tree["title"] == "Welcome, Mina"


def test_a_password_is_never_shown_sent_or_saved(
    greenhouse: InterfacePage, host: Host, profile: Path, qtbot: QtBot
) -> None:
    page, bar = greenhouse, greenhouse.preview.send_bar
    page.session.edit(lambda tree: put_prop(tree, "/children/1/children/0", "kind", "password"))
    qtbot.keyClicks(field(live(page), "Name"), "hunter2")
    qtbot.keyClick(field(live(page), "Name"), Qt.Key.Key_Return)
    assert bar.waiting is not None
    assert bar.waiting.values == {"who": "••••", "stay": False}
    page.preview.other_theme.click()
    assert field(live(page), "Name").text() == "hunter2"
    bar.send.click()
    qtbot.waitUntil(lambda: page.session.growing is not None)
    assert page.session.running is not None
    assert "••••" in page.session.running.draft.prompt
    shown = {each.text() for each in page.findChildren(QLabel)}
    assert "Hello ••••" in shown
    assert not [each for each in shown if "hunter2" in each]
    host.finish(TREE)
    page.session.close()
    saved = [each.read_bytes() for each in profile.rglob("*") if each.is_file() and "cache" not in each.parts]
    assert "••••".encode() in b"".join(saved)
    assert b"hunter2" not in b"".join(saved)


def test_forgetting_what_was_typed_forgets_what_was_wrong_with_it(
    page: InterfacePage, host: Host, qtbot: QtBot
) -> None:
    needed = {**LOGIN, "children": [{**LOGIN["children"][0], "required": True}]}
    ask(page, qtbot, "A login")
    host.finish({**TREE, "children": [needed]})
    before = str(live(page).outline())
    qtbot.keyClick(field(live(page), "Name"), Qt.Key.Key_Return)
    assert page.preview.send_bar.waiting is None
    qtbot.waitUntil(lambda: str(live(page).outline()) != before)
    page.preview.reset.click()
    qtbot.waitUntil(lambda: str(live(page).outline()) == before)


def test_what_a_button_asks_is_shown_with_what_goes_along(greenhouse: InterfacePage, host: Host, qtbot: QtBot) -> None:
    page, bar = greenhouse, greenhouse.preview.send_bar
    page.showing.sent.emit(Send("ask", "", {"who": "Mina"}, "Is it too warm for Mina?"))
    assert bar.asked.isVisible()
    assert bar.asked.text() == "Is it too warm for Mina?"
    assert bar.send.accessibleName() == "Ask"
    bar.send.click()
    qtbot.waitUntil(lambda: page.session.growing is not None)
    host.finish({**TREE, "title": "Yes"})
    turns = page.conversation.turns
    assert "Is it too warm for Mina?, who: Mina" in turns.data(turns.index(1), Qt.ItemDataRole.AccessibleTextRole)


def test_the_keyboard_stays_where_a_person_is(
    window: Window, greenhouse: InterfacePage, host: Host, qtbot: QtBot
) -> None:
    page, part, bar = greenhouse, greenhouse.tree.part, greenhouse.preview.send_bar
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    line = field(live(page), "Name")
    line.setFocus()
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert bar.send.hasFocus()
    qtbot.keyClick(bar.send, Qt.Key.Key_Escape)
    assert line.hasFocus()

    page.choose("/children/2")
    part.json.editor.setPlainText("[1]")
    part.json.apply.setFocus()
    part.json.apply.click()
    assert part.json.editor.hasFocus()
    part.sentence.setText("In Fahrenheit")
    part.redo.setFocus()
    part.redo.click()
    qtbot.waitUntil(lambda: page.session.growing is not None)
    assert part.sentence.hasFocus()
    qtbot.keyClicks(part.sentence, "too early")
    assert part.sentence.text() == ""
    host.finish(TREE["children"][2])

    page.toggle_gallery()
    assert page.gallery.view.hasFocus()
    qtbot.keyClick(page.gallery.view, Qt.Key.Key_Escape)
    assert page.composer.text.hasFocus()
    before = [page.conversation.view, page.conversation.more, page.conversation.gallery]
    for widget in before:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
        assert widget.hasFocus()


def test_what_an_import_changed_is_told_with_its_place(page: InterfacePage, qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "photo.json"
    parts = [{"id": "root", "component": "Image", "url": "https://example.org/cat.png", "description": "A cat"}]
    messages = [
        {"version": "v0.9", "createSurface": {"surfaceId": "s", "catalogId": "basic"}},
        {"version": "v0.9", "updateComponents": {"surfaceId": "s", "components": parts}},
    ]
    file.write_text(json.dumps(messages))
    page.session.import_file(file)
    qtbot.waitUntil(lambda: page.conversation.turns.rowCount() == 1)
    index = page.conversation.turns.index(0)
    for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
        assert "not fetched from https://example.org/cat.png" in index.data(role)
        assert "/components/0" in index.data(role)


def test_the_preview_is_as_wide_as_a_device_and_keeps_what_was_typed(greenhouse: InterfacePage, qtbot: QtBot) -> None:
    page = greenhouse
    qtbot.keyClicks(field(live(page), "Name"), "Mina")
    for device, width in (("phone", 390), ("tablet", 768)):
        page.preview.devices[device].click()  # type: ignore[index] # the names of devices
        assert live(page).width() == width
        assert page.preview.width_words.text() == f"{width} wide"
    page.preview.other_theme.click()
    assert field(live(page), "Name").text() == "Mina"
    page.preview.other_theme.click()
    page.preview.reset.click()
    qtbot.waitUntil(lambda: not field(live(page), "Name").text())


def test_data_that_is_attached_is_named_and_takes_nothing_away(
    greenhouse: InterfacePage, qtbot: QtBot, tmp_path: Path
) -> None:
    page = greenhouse
    qtbot.keyClicks(field(live(page), "Name"), "Mina")
    (tmp_path / "beds.csv").write_text("bed,litres\nNorth,48\nSouth,36\n", "utf-8")
    page.ways.take_files([tmp_path / "beds.csv"])
    qtbot.waitUntil(lambda: bool(page.session.sources), timeout=PATIENCE_MS)
    assert not page.conversation.attached.isHidden()
    assert field(live(page), "Name").text() == "Mina"
    off = next(each for each in page.conversation.attached.findChildren(QPushButton) if "off" in each.accessibleName())
    off.click()
    qtbot.waitUntil(lambda: not page.session.sources)
    assert page.conversation.attached.isHidden()
    page.ways.take_files([tmp_path / "missing.csv"])
    qtbot.waitUntil(lambda: "missing.csv" in page.conversation.told.words.text().replace("\u200b", ""))


def test_tab_leads_from_the_preview_through_the_screen_to_the_scrubber(
    window: Window, greenhouse: InterfacePage, qtbot: QtBot
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    greenhouse.preview.full.setFocus()
    reached = []
    for _ in range(4):
        focused = window.focusWidget()
        assert focused is not None
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
        reached.append(QAccessible.queryAccessibleInterface(window.focusWidget()).text(QAccessible.Text.Name))
    assert reached == ["Name", "Stay", "Log in", "To the beginning"]


def test_the_preview_alone_comes_back_as_it_was(greenhouse: InterfacePage, qtbot: QtBot) -> None:
    page = greenhouse
    qtbot.keyClicks(field(live(page), "Name"), "Mina")
    page.preview.full.click()
    full = page._full
    assert full is not None
    assert full.isVisible()
    assert page.preview.window() is full
    page.toggle_full()
    assert page.work.widget(0) is page.preview
    assert page.preview.isVisible()
    assert field(live(page), "Name").text() == "Mina"


# Ways out


@pytest.mark.parametrize("key", [each.key for each in examples()])
def test_a_worked_example_is_had_as_json_source_page_and_picture(page: InterfacePage, qtbot: QtBot, key: str) -> None:
    open_example(page, qtbot, key)
    clipboard = QGuiApplication.clipboard()

    def copied(target: str) -> str:
        clipboard.clear()
        page.ways.export(target, "copy")
        qtbot.waitUntil(lambda: bool(clipboard.text()), timeout=PATIENCE_MS)
        return clipboard.text()

    assert json.loads(copied("json")) == page.session.tree
    compile(copied("pyside"), f"{key}.py", "exec")
    written = copied("html")
    assert written.startswith("<!doctype html>")
    assert "<script" not in written
    page.ways.export("png", "copy")
    assert clipboard.image().width() > 390


def test_a_screen_is_saved_where_a_person_says(greenhouse: InterfacePage, qtbot: QtBot, tmp_path: Path) -> None:
    page, path = greenhouse, tmp_path / "greenhouse.json"
    page.ways._write(path, json.dumps(page.session.tree).encode())
    qtbot.waitUntil(path.exists)
    assert json.loads(path.read_text("utf-8")) == TREE
    qtbot.waitUntil(lambda: "greenhouse.json" in page.conversation.told.words.text())


# The page


def test_everything_that_takes_the_focus_says_what_it_is(window: Window, greenhouse: InterfacePage) -> None:
    greenhouse.tree.part.choose_tab("Properties")
    greenhouse.choose("/children/1")
    QApplication.processEvents()
    silent = [
        widget
        for widget in greenhouse.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.objectName().startswith("qt_")
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert silent == []


def test_the_page_comes_back_as_it_was_left(
    open_window: Callable[[Path], Window], window: Window, greenhouse: InterfacePage, profile: Path, qtbot: QtBot
) -> None:
    greenhouse.work.setSizes([500, 430])
    greenhouse.work.splitterMoved.emit(500, 1)
    greenhouse.show_device("phone")
    sizes = greenhouse.work.sizes()
    window.close()
    again = open_window(profile)
    again.resize(1280, 800)
    page = again.page("Interface")
    assert isinstance(page, InterfacePage)
    again.activateWindow()
    qtbot.waitUntil(page.composer.text.hasFocus)
    qtbot.waitUntil(lambda: page.session.tree == TREE, timeout=PATIENCE_MS)
    assert abs(page.work.sizes()[1] - sizes[1]) <= 2
    assert page.preview.stage.device == "phone"
    assert page.middle.currentWidget() is page.work
    assert [turn.text for turn in page.session.turns if turn.role == "user"] == ["A greenhouse"]


def test_a_narrow_window_still_shows_all_three_panels(window: Window, greenhouse: InterfacePage) -> None:
    window.resize(960, 600)
    QApplication.processEvents()
    for panel in (greenhouse.conversation, greenhouse.preview, greenhouse.tree):
        assert panel.width() >= 232
        assert panel.mapTo(window, QPoint(panel.width(), 0)).x() <= 960
    for said in ("", "live", "as it was written"):
        greenhouse.preview.show_live(said)
        QApplication.processEvents()
        words = [each for each in greenhouse.preview.findChildren(QLabel) if each.isVisible() and each.y() < 48]
        assert all(each.width() >= each.sizeHint().width() for each in words)
