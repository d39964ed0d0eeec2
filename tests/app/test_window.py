from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget

from app.alerts import show_error
from app.exchange import Answer, Draft
from app.pages.playground.example import EXAMPLE
from app.pages.settings.page import SettingsPage
from app.window import PAGES, SETTINGS
from engine.errors import TransferError
from engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme
    from app.window import Window

ALL_PAGES = [name for name, _ in PAGES] + [SETTINGS[0]]


def test_the_first_start_opens_on_the_worked_example(window: Window) -> None:
    assert window.pages.currentWidget() is window.playground
    assert window.playground.draft == EXAMPLE
    assert window.playground.composer.can_run


def test_the_fields_of_the_schema_stand_there_before_anything_is_run(window: Window, qtbot: QtBot) -> None:
    tree = window.playground.answer.tree
    qtbot.waitUntil(lambda: tree.rowCount() == 6)
    assert window.playground.exchange.middle.currentWidget() is window.playground.answer


@pytest.mark.parametrize("number", range(1, 6))
def test_keys_switch_pages(window: Window, qtbot: QtBot, number: int) -> None:
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0.value + number), Qt.KeyboardModifier.ControlModifier)
    assert window.pages.currentWidget() is window.page(PAGES[number - 1][0])


@pytest.mark.parametrize("name", ALL_PAGES)
def test_everything_that_takes_the_focus_says_what_it_is(window: Window, name: str) -> None:
    window.show_page(name)
    silent = []
    for widget in [window.centralWidget(), *window.findChildren(QWidget)]:
        takes_focus = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        internal = (
            widget.objectName().startswith("qt_") or widget.parent().__class__.__name__ == "QComboBoxPrivateContainer"
        )
        if takes_focus and widget.isVisible() and not internal:
            spoken = QAccessible.queryAccessibleInterface(widget)
            if not spoken.text(QAccessible.Text.Name):
                silent.append(widget)
    assert silent == []


def test_the_keyboard_reaches_every_control_of_the_playground(window: Window, qtbot: QtBot) -> None:
    page = window.playground
    qtbot.waitUntil(window.isActiveWindow)
    page.composer.text.setFocus()
    reached: set[QWidget] = set()
    for _ in range(80):
        focused = window.focusWidget()
        if focused is not None:
            reached.add(focused)
        qtbot.keyClick(focused or window, Qt.Key.Key_Tab)
    wanted = {
        page.composer.text,
        page.inspector.response.format,
        page.inspector.response.schema,
        page.inspector.system.text,
        page.inspector.system.exact,
    }
    assert wanted <= reached


def test_no_label_guesses_at_html(window: Window) -> None:
    for name in ALL_PAGES:
        window.show_page(name)
    formats = {label.textFormat() for label in window.findChildren(QLabel) if not label.objectName().startswith("qt_")}
    assert formats == {Qt.TextFormat.PlainText}


def test_drafts_come_back(open_window: Callable[[Path], Window], tmp_path: Path, qtbot: QtBot) -> None:
    window = open_window(tmp_path)
    page = window.playground
    page.composer.write("What is a pear?")
    page.inspector.system.text.setPlainText("Be brief.")
    page.inspector.response.regex.setPlainText("[a-z]+")
    page.inspector.response.format.setCurrentIndex(page.inspector.response.format.findData("regex"))
    page.inspector.sampling.temperature.set_value(0.4)
    page.inspector.sampling.seed.set_value(42)
    before = page.draft
    window.close()
    assert open_window(tmp_path).playground.draft == before


def test_a_draft_is_on_disk_half_a_second_after_it_was_typed(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    window.playground.composer.write("nearly lost")

    def saved() -> None:
        with Store(tmp_path / "profile") as store:
            assert [store.threads.desk(thread.id).draft for thread in store.threads.all()] == ["nearly lost"]

    qtbot.waitUntil(saved, timeout=2000)


def test_the_layout_comes_back(open_window: Callable[[Path], Window], tmp_path: Path) -> None:
    window = open_window(tmp_path)
    window.resize(1100, 700)
    window.show_page("Models")
    window.playground.fold_inspector(folded=True)
    window.close()
    again = open_window(tmp_path)
    assert again.height() == 700  # the width is cut to the offscreen screen's
    assert again.pages.currentWidget() is again.page("Models")
    assert again.playground.inspector.isHidden()


def test_the_theme_is_chosen_live_and_remembered(window: Window, theme: Theme, tmp_path: Path) -> None:
    window.choose_theme("dark")
    assert theme.name == "dark"
    window.close()
    with Store(tmp_path / "profile") as store:
        assert store.settings.get("settings")["appearance"]["theme"] == "dark"


def test_the_palette_finds_does_and_gives_the_focus_back(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.isActiveWindow)
    window.playground.composer.text.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = window.palette_view
    assert palette.isVisible()
    assert palette.field.hasFocus()
    qtbot.keyClicks(palette.field, "gto models")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert window.pages.currentWidget() is window.page("Models")
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_the_palette_walks_with_the_arrows(window: Window, qtbot: QtBot) -> None:
    window.open_palette()
    palette = window.palette_view
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 1
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == palette.list.model().rowCount() - 1


def test_an_invalid_schema_is_shown_at_its_line_and_never_run(window: Window, qtbot: QtBot) -> None:
    page = window.playground
    page.inspector.response.schema.setPlainText('{\n  "type": "object",\n  "properties": {"a": {"type": "strng"}}\n}')
    qtbot.waitUntil(lambda: bool(page.inspector.response.schema.problems))
    assert page.inspector.response.schema.problems[0].line == 3
    assert "Line 3" in page.inspector.response.problem.text()
    page.run()
    qtbot.waitUntil(lambda: page.inspector.response.schema.textCursor().blockNumber() == 2)
    assert window._session.chat.answer is None
    assert page.composer.prompt != ""


def test_a_schema_with_a_slip_in_a_keyword_is_told_so_and_runs_all_the_same(window: Window, qtbot: QtBot) -> None:
    response = window.playground.inspector.response
    response.schema.setPlainText('{\n  "type": "string",\n  "maxlenght": 3\n}')
    qtbot.waitUntil(lambda: bool(response.schema.problems))
    assert 'Line 3: Unknown keyword "maxlenght"' in response.problem.text()
    assert response.problem.isVisibleTo(window)
    assert window._session.desk.check is not None
    assert window._session.desk.check.valid
    response.go_to_line.click()
    assert response.schema.textCursor().blockNumber() == 2


def test_greedy_is_a_temperature_of_nought(window: Window, qtbot: QtBot) -> None:
    sampling = window.playground.inspector.sampling
    assert sampling.greedy.isChecked()
    assert not sampling.top_p.isEnabled()
    sampling.greedy.click()
    assert sampling.temperature.value > 0
    assert sampling.top_p.isEnabled()
    sampling.greedy.click()
    assert sampling.temperature.value == 0


def test_folded_sampling_leaves_the_schema_its_room(open_window: Callable[[Path], Window], tmp_path: Path) -> None:
    window = open_window(tmp_path)
    inspector = window.playground.inspector
    before = inspector.response.schema.height()
    inspector.sampling.seed.set_value(42)
    inspector.sampling.fold.click()
    QApplication.processEvents()
    assert inspector.response.schema.height() > before + 150
    assert inspector.sampling.summary.text() == "seed 42, up to 512 tokens"
    assert inspector.sampling.fold.accessibleName() == "Show: Sampling"
    window.close()
    again = open_window(tmp_path).playground
    assert again.inspector.sampling.folded
    again.toggle_sampling()
    assert not again.inspector.sampling.folded
    assert again.inspector.sampling.temperature.isVisible()


def test_the_system_prompt_takes_the_room_that_it_needs(window: Window) -> None:
    text = window.playground.inspector.system.text
    one = text.height()
    text.setPlainText("Copy names exactly.\nSay null when absent.")
    assert text.height() > one
    text.setPlainText("line\n" * 40)
    assert text.height() < one * 6
    text.clear()
    assert text.height() == one


def test_titles_begin_at_the_same_place_on_every_page(window: Window) -> None:
    places = set()
    for name in ("Models", "Settings"):  # the others have a panel at the left, or begin with a name
        window.show_page(name)
        QApplication.processEvents()
        (title,) = [shown for shown in window.page(name).findChildren(QLabel) if shown.text() == name]
        places.add(title.mapTo(window, QPoint(0, 0)).x())
    assert len(places) == 1


def test_the_settings_show_the_theme_in_force(window: Window, theme: Theme) -> None:
    page = window.page("Settings")
    assert isinstance(page, SettingsPage)
    window.choose_theme("dark")
    assert page.appearance.themes.current == "dark"


def test_run_needs_a_prompt(window: Window) -> None:
    composer = window.playground.composer
    composer.write("   ")
    assert not composer.can_run
    assert not composer._run.isEnabled()


def test_an_empty_composer_shows_the_empty_state(window: Window, qtbot: QtBot) -> None:
    page = window.playground
    page.composer.write("")
    assert page.exchange.middle.currentWidget() is page.exchange.empty


def test_a_click_on_the_model_opens_models(window: Window, qtbot: QtBot) -> None:
    qtbot.mouseClick(window.status._name, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    assert window.pages.currentWidget() is window.page("Models")


def test_wide_windows_show_read_beside_json(window: Window, qtbot: QtBot) -> None:
    window.resize(1920, 1080)
    panel = window.playground.answer
    qtbot.waitUntil(lambda: panel.json.isVisible() and panel.stem.isVisible())
    window.resize(1280, 800)
    qtbot.waitUntil(lambda: not panel.json.isVisible())
    assert panel.stem.isVisible()


def test_a_window_made_narrow_behind_another_page_has_one_pane(window: Window, qtbot: QtBot) -> None:
    window.resize(1920, 1080)
    panel = window.playground.answer
    qtbot.waitUntil(panel._right.isVisible)
    window.show_page("Models")
    window.resize(1280, 800)
    window.show_page("Playground")
    qtbot.waitUntil(lambda: panel.isVisible() and not panel._right.isVisible())
    assert panel._left.width() == panel.width()


def test_a_wide_window_shows_the_tokens_beside_plain_text(window: Window, qtbot: QtBot) -> None:
    window.resize(1920, 1080)
    panel = window.playground.answer
    qtbot.waitUntil(panel._right.isVisible)
    panel.show_answer(Answer("1", Draft(prompt="What is a pear?", format="text"), "2026-01-01T00:00:00Z", text="A"))
    assert panel._right.views.currentWidget() is panel.tokens
    assert panel._left.views.currentWidget() is panel.read
    panel.show_answer(Answer("2", EXAMPLE, "2026-01-01T00:00:00Z", text="{"))
    assert panel._right.views.currentWidget() is panel.json
    assert panel.json.writing


def test_what_is_taken_back_is_gone_from_the_json(window: Window) -> None:
    panel = window.playground.answer
    answer = Answer("1", EXAMPLE, "2026-01-01T00:00:00Z", state="writing")
    answer.text = '{"vendor": {"name": "North'
    panel.show_answer(answer)
    before = panel.json.toPlainText()
    answer.text = '{"vendor": {"name": "Northwind", "city": "Bonn"}, "invoice_number": "1'
    panel.show_answer(answer)
    answer.text = '{"vendor": {"name": "North'
    panel.show_answer(answer)
    assert panel.json.toPlainText() == before
    assert panel.json.writing


def test_two_answers_that_say_the_same_are_both_shown(window: Window) -> None:
    panel = window.playground.answer
    for name in ("1", "2"):
        panel.show_answer(
            Answer(name, EXAMPLE, "2026-01-01T00:00:00Z", state="done", text='{"invoice_number": "1047"}')
        )
        shown = [panel.tree.data(panel.tree.index(row, 1)) for row in range(panel.tree.rowCount())]
        assert "1047" in shown
        assert "1047" in panel.json.toPlainText()


@pytest.mark.parametrize(("reason", "chip"), [("length_closed", "closed early"), ("constructed", "completed")])
def test_an_answer_that_is_not_all_the_models_own_is_not_shown_as_done(window: Window, reason: str, chip: str) -> None:
    panel = window.playground.answer
    answer = Answer("1", EXAMPLE, "2026-01-01T00:00:00Z", state="done", text='{"total": 0}')
    answer.receipt = {"finish_reason": reason, "model": {"name": "Some-Model"}}
    panel._show_state(answer, 0)
    assert panel._chip.text() == chip
    assert panel._chip.property("state") == "doubt"
    assert panel.strip.isVisibleTo(panel)
    assert panel.strip._ground.property("ground") == "amber"
    answer.receipt = {"finish_reason": "stop", "model": {"name": "Some-Model"}}
    panel._show_state(answer, 0)
    assert panel._chip.text() == "done"
    assert not panel.strip.isVisibleTo(panel)


def test_an_empty_composer_has_no_length(window: Window) -> None:
    composer = window.playground.composer
    composer.show_count(218, 8192)
    assert composer._count.isVisible()
    composer.write("")
    assert not composer._count.isVisible()


def test_what_cannot_be_saved_is_not_sent(open_window: Callable[[Path], Window], tmp_path: Path, qtbot: QtBot) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    window = open_window(blocked)
    told: list[object] = []
    window._session.failed.connect(told.append)
    qtbot.waitUntil(lambda: bool(told))
    window.playground.run()
    qtbot.waitUntil(lambda: window._session.chat.answer is not None and window._session.chat.answer.state == "failed")
    assert window.playground.answer.strip.isVisible()
    assert "saved" in window.playground.answer.strip._what.text()


def test_a_failure_says_what_happened_and_below_it_where_and_what_to_do(window: Window) -> None:
    error = TransferError("It is <b>cut</b> off.", where="/tmp/a.json, /0", advice="Fetch it again.")
    show_error(window, window._session, error)
    show_error(window, window._session, error)
    (box,) = window.findChildren(QMessageBox)
    assert (box.text(), box.informativeText()) == ("It is <b>cut</b> off.", "/tmp/a.json, /0\n\nFetch it again.")
    assert box.textFormat() == Qt.TextFormat.PlainText


def test_the_least_window_shows_one_panel_beside_the_conversation_and_the_other_when_asked(window: Window) -> None:
    page = window.playground
    window.resize(1280, 800)
    QApplication.processEvents()
    assert page.threads.isVisible()
    assert page.inspector.isVisible()
    window.resize(960, 600)
    QApplication.processEvents()
    assert page.inspector.isVisible()
    assert not page.threads.isVisible()
    assert page.inspector.mapTo(window, page.inspector.rect().bottomRight()).x() < window.width(), "nothing is cut off"
    page.unfold_threads.click()
    assert page.threads.isVisible()
    assert not page.inspector.isVisible()
    window.resize(1280, 800)
    QApplication.processEvents()
    assert page.threads.isVisible()
    assert page.inspector.isVisible()
