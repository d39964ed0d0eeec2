from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget

from app import figures
from app.pages.settings.entries import ENTRIES
from app.pages.settings.erase_dialog import WORD, EraseDialog
from app.pages.settings.page import SettingsPage
from app.restarting import start_anew
from app.scale import chosen_size, has_room, scaled
from app.shortcuts import ACTIONS, BY_ID, why_not
from engine.settings import KEY
from engine.store import Store, claim_profile
from engine.store.archive import back_up_profile
from tests.engine.keyrings import MemoryKeyring, using_keyring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window import Window

_CONTROL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(window: Window, qtbot: QtBot) -> Iterator[SettingsPage]:
    window.show_page("Settings")
    made = window.page("Settings")
    assert isinstance(made, SettingsPage)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield made
    figures.use("en-GB")


def shown_rows(page: SettingsPage) -> list[str]:
    return [key for section in page.sections.values() for key, row in section.rows.items() if row.isVisible()]


def words(page: SettingsPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel) if label.isVisible())


# Choosing


def test_what_is_chosen_is_there_at_the_next_start(
    open_window: Callable[[Path], Window], tmp_path: Path, qtbot: QtBot
) -> None:
    first = open_window(tmp_path)
    first.show_page("Settings")
    page = first.page("Settings")
    assert isinstance(page, SettingsPage)
    page.appearance.themes.parts["dark"].click()
    page.appearance.sizes.parts["small"].click()
    page.locale_.language.setCurrentIndex(page.locale_.language.findData("de-DE"))
    page.locale_.language.activated.emit(page.locale_.language.currentIndex())
    page.network.use.parts["never"].click()
    page.folders.exports.chosen.emit(str(tmp_path))
    assert page.locale_.example.text().startswith("12.345,6")
    assert not page.appearance.restart.isHidden()
    first.close()
    again = open_window(tmp_path)
    now = again.session.preferences.now
    assert (now.appearance.theme, now.appearance.size, now.locale.language) == ("dark", "small", "de-DE")
    assert (now.network.use, now.folders.exports) == ("never", str(tmp_path))
    assert not again.session.network_allowed
    again.show_page("Settings")
    page = again.page("Settings")
    assert isinstance(page, SettingsPage)
    assert page.appearance.sizes.current == "small"
    assert page.appearance.restart.isHidden(), "it is the size of this run already"
    figures.use("en-GB")


def test_the_network_follows_the_setting_at_once(page: SettingsPage, window: Window) -> None:
    assert window.session.network_allowed
    page.network.use.parts["never"].click()
    assert not window.session.network_allowed
    page.network.use.parts["asked"].click()
    assert window.session.network_allowed


def test_a_bad_setting_is_told_and_stops_nothing(
    open_window: Callable[[Path], Window], tmp_path: Path, qtbot: QtBot
) -> None:
    with Store(tmp_path) as store:
        store.settings.put(KEY, {"version": 1, "appearance": {"theme": "plaid", "size": "large"}})
    window = open_window(tmp_path)
    window.show_page("Settings")
    page = window.page("Settings")
    assert isinstance(page, SettingsPage)
    assert page.appearance.themes.current == "system"
    assert page.appearance.sizes.current == "large"
    assert "'plaid' cannot be used" in words(page)


def test_settings_of_a_newer_version_are_not_written_over(
    open_window: Callable[[Path], Window], tmp_path: Path
) -> None:
    newer = {"version": 9, "appearance": {"theme": "dark", "shine": 3}}
    with Store(tmp_path) as store:
        store.settings.put(KEY, newer)
    window = open_window(tmp_path)
    window.choose_theme("light")
    assert window.session.preferences.now.appearance.theme == "light"
    window.close()
    with Store(tmp_path) as store:
        assert store.settings.get(KEY) == newer


def test_the_size_is_known_before_there_is_an_application(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    assert chosen_size(tmp_path / "nothing") == "normal"
    with Store(tmp_path) as store:
        store.settings.put(KEY, {"appearance": {"size": "larger"}})
        assert chosen_size(tmp_path) == "larger"
    monkeypatch.setenv("QT_SCALE_FACTOR", "2")
    with scaled("larger"):
        assert os.environ["QT_SCALE_FACTOR"] == "2.6"
    assert os.environ["QT_SCALE_FACTOR"] == "2"
    (tmp_path / "espalier.db").write_bytes(b"no database")
    assert chosen_size(tmp_path) == "normal"


def test_sizes_that_the_screen_has_no_room_for_cannot_be_chosen(page: SettingsPage) -> None:
    screen = page.screen().size()
    room = screen.width() / 1.5 >= 960 and screen.height() / 1.5 >= 600
    assert page.appearance.sizes.parts["largest"].isEnabled() == room
    assert page.appearance.sizes.parts["small"].isEnabled()
    assert has_room(page.screen(), "largest", "normal")


# Finding


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("dark", "appearance.theme"),
        ("font", "appearance.size"),
        ("decimal comma", "locale.language"),
        ("token", "network.keys"),
        ("DISK space", "privacy.holdings"),
        ("zip", "backup.write"),
    ],
)
def test_a_search_leaves_what_it_finds(page: SettingsPage, query: str, found: str) -> None:
    page.search.setText(query)
    rows = shown_rows(page)
    assert found in rows
    assert len(rows) < len(ENTRIES) / 2
    page.search.clear()
    assert len(shown_rows(page)) == len(ENTRIES)


def test_a_search_finds_shortcuts_by_name_and_by_keys(page: SettingsPage) -> None:
    page.search.setText("ctrl+shift+a")
    names = [page.keyboard.model.index(row).data() for row in range(page.keyboard.model.rowCount())]
    assert names == ["Playground", "Attach files"]
    page.search.setText("words that nothing has")
    assert shown_rows(page) == []
    assert page.none.isVisible()


def test_every_setting_is_reached_from_the_palette(page: SettingsPage, window: Window, qtbot: QtBot) -> None:
    commands = {command.id: command for command in window.commands()}
    window.show_page("Playground")
    for entry in ENTRIES:
        assert f"settings.show/{entry.key}" in commands
    commands["settings.show/backup.restore"].do()
    assert window.pages.currentWidget() is page
    qtbot.waitUntil(page.backup.restore.hasFocus)
    row = page.sections["backup"].rows["backup.restore"]
    place = row.mapTo(page.view, row.rect().center())
    assert page.view.rect().contains(place)


def test_the_arrow_keys_walk_along_the_sections(page: SettingsPage, qtbot: QtBot) -> None:
    page.names["appearance"].setFocus()
    qtbot.keyClick(page.names["appearance"], Qt.Key.Key_Down)
    assert page.names["locale"].hasFocus()
    assert page.names["locale"].isChecked()


def test_everything_that_takes_the_keyboard_says_what_it_is(page: SettingsPage) -> None:
    silent = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not widget.objectName().startswith("qt_")
        and not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert silent == []


# Shortcuts


def press(page: SettingsPage, qtbot: QtBot, action: str, key: Qt.Key, held: Qt.KeyboardModifier = _CONTROL) -> None:
    view = page.keyboard.view
    page.keyboard.show_command(action)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert view.listening is BY_ID[action]
    qtbot.keyClick(view, key, held)


def test_keys_are_changed_by_pressing_others_and_work_at_once(
    page: SettingsPage, window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    press(page, qtbot, "window.models", Qt.Key.Key_M, _CONTROL | _SHIFT)
    assert window.session.shortcuts.keys("window.models") == ("Ctrl+Shift+M",)
    qtbot.keyClick(window, Qt.Key.Key_5, _CONTROL)
    assert window.pages.currentWidget() is page
    qtbot.keyClick(window, Qt.Key.Key_M, _CONTROL | _SHIFT)
    assert window.pages.currentWidget() is window.page("Models")
    page.told.undo.click()
    assert window.session.shortcuts.keys("window.models") == ("Ctrl+5",)


def test_a_key_that_the_window_knows_is_taken_and_not_obeyed_while_it_is_listened_for(
    page: SettingsPage, window: Window, qtbot: QtBot
) -> None:
    press(page, qtbot, "playground.continue", Qt.Key.Key_5)
    assert window.pages.currentWidget() is page
    assert "belongs to Go to Models (Everywhere) already" in words(page)


def test_keys_of_another_command_are_told_and_swapped(page: SettingsPage, window: Window, qtbot: QtBot) -> None:
    shortcuts = window.session.shortcuts
    press(page, qtbot, "playground.new", Qt.Key.Key_R)
    assert shortcuts.keys("playground.new") == ("Ctrl+N",), "nothing changes before it is asked"
    assert "Run again" in words(page)
    page.keyboard.swap.click()
    assert shortcuts.keys("playground.new") == ("Ctrl+R",)
    assert shortcuts.keys("playground.run_again") == ("Ctrl+N",)
    page.told.undo.click()
    assert shortcuts.changes == {}


def test_keys_can_be_taken_from_another_command(page: SettingsPage, window: Window, qtbot: QtBot) -> None:
    press(page, qtbot, "schemas.versions", Qt.Key.Key_S)
    assert page.keyboard.swap.isHidden(), "there is nothing to swap them for"
    page.keyboard.take.click()
    shortcuts = window.session.shortcuts
    assert (shortcuts.keys("schemas.versions"), shortcuts.keys("schemas.save")) == (("Ctrl+S",), ())
    assert shortcuts.keys("extract.export") == ("Ctrl+S",), "another page does not hear the same keys"


@pytest.mark.parametrize("keys", ["A", "Shift+A", "Del", "Tab", "Ctrl+C", "Enter", "Ctrl+Alt+Q", "Esc"])
def test_keys_that_write_or_walk_cannot_stand_for_a_command(keys: str) -> None:
    assert why_not(keys)


def test_the_usual_keys_of_every_command_could_be_chosen() -> None:
    for action in ACTIONS:
        if not action.fixed:
            assert [why_not(keys) for keys in action.keys] == [""] * len(action.keys), action.id


def test_fixed_keys_cannot_be_changed_or_taken(page: SettingsPage, window: Window, qtbot: QtBot) -> None:
    page.keyboard.show_command("playground.stop")
    qtbot.keyClick(page.keyboard.view, Qt.Key.Key_Return)
    qtbot.keyClick(page.keyboard.view, Qt.Key.Key_Delete)
    assert page.keyboard.view.listening is None
    assert window.session.shortcuts.keys("playground.stop") == ("Esc",)
    assert not page.keyboard.change.isEnabled()


def test_keys_that_an_editor_takes_are_not_given_to_its_page(page: SettingsPage, window: Window, qtbot: QtBot) -> None:
    press(page, qtbot, "schemas.versions", Qt.Key.Key_H)
    assert "Ctrl+H belongs to Replace in the text (Text of a schema), and stays there." in words(page)
    assert window.session.shortcuts.changes == {}


def test_keys_are_taken_away_and_all_come_back(page: SettingsPage, window: Window, qtbot: QtBot) -> None:
    shortcuts = window.session.shortcuts
    page.keyboard.show_command("playground.run")
    page.keyboard.view.setFocus()
    qtbot.keyClick(page.keyboard.view, Qt.Key.Key_Delete)
    press(page, qtbot, "window.quit", Qt.Key.Key_W)
    assert shortcuts.changes == {"playground.run": (), "window.quit": ("Ctrl+W",)}
    page.keyboard.show_command("window.quit")
    page.keyboard.reset.click()
    assert shortcuts.changes == {"playground.run": ()}
    page.keyboard.reset_all.click()
    assert shortcuts.changes == {}
    page.told.undo.click()
    assert shortcuts.changes == {"playground.run": ()}


def test_escape_leaves_the_keys_as_they_are(page: SettingsPage, window: Window, qtbot: QtBot) -> None:
    press(page, qtbot, "playground.run", Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier)
    assert page.keyboard.view.listening is None
    assert window.session.shortcuts.changes == {}


# What is stored


def test_what_is_stored_is_counted(page: SettingsPage, window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: page.privacy.table.amounts["threads"].text() == "1 thread")
    assert page.privacy.table.amounts["schemas"].text() == "none"
    assert page.privacy.table.whole.text().endswith("kB")


def test_caches_are_cleared_and_nothing_else(page: SettingsPage, window: Window, qtbot: QtBot) -> None:
    cache = window.session.profile / "cache"
    cache.mkdir(exist_ok=True)
    (cache / "layouts.json").write_text("{}")
    page.privacy.clear_caches.click()
    qtbot.waitUntil(lambda: not list(cache.iterdir()))
    qtbot.waitUntil(page.told.isVisible)
    assert (window.session.profile / "espalier.db").exists()


def test_deleting_wants_a_word_and_says_what_the_copies_hold(page: SettingsPage, window: Window) -> None:
    page.privacy.erase.click()
    dialog = window.findChild(EraseDialog)
    assert dialog is not None
    assert not dialog.go.isEnabled()
    dialog.typed.setText("yes")
    assert not dialog.go.isEnabled()
    dialog.typed.setText(WORD)
    assert dialog.go.isEnabled()
    assert dialog.note.isHidden()
    dialog.parts["copies"].setChecked(False)
    assert "daily copies" in dialog.note.text()
    for box in dialog.parts.values():
        box.setChecked(False)
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_deleting_all_deletes_all(
    page: SettingsPage, window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(QApplication, "exit", codes.append)
    profile = window.session.profile
    with using_keyring(MemoryKeyring()):
        window.session.leaving_asked.connect(lambda job: start_anew(window, window.session, job))
        page.privacy.erase.click()
        dialog = window.findChild(EraseDialog)
        assert dialog is not None
        dialog.typed.setText(WORD)
        dialog.go.click()
        qtbot.waitUntil(lambda: bool(codes))
    assert [path.name for path in profile.rglob("*") if path.is_file() and path.suffix != ".lock"] == []


def test_a_backup_is_written_and_restored_by_the_page(
    page: SettingsPage, window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(QApplication, "exit", codes.append)
    session, target = window.session, tmp_path / "everything.zip"
    session.leaving_asked.connect(lambda job: start_anew(window, session, job))
    with qtbot.waitSignal(session.profile_data.told):
        session.profile_data.back_up(target)
    with Store(session.profile) as store:
        store.threads.create(title="Written later")
    page.backup.look_into(target)
    qtbot.waitUntil(lambda: bool(page.backup.findChildren(QMessageBox)))
    (box,) = page.backup.findChildren(QMessageBox)
    assert "1 thread, as of" in box.informativeText()
    next(each for each in box.buttons() if each.text() == "Restore").click()
    qtbot.waitUntil(lambda: bool(codes))
    with claim_profile(session.profile), Store(session.profile) as store:
        assert "Written later" not in [thread.title for thread in store.threads.all()]
    assert list((session.profile / "backups").glob("before-restore-*.db"))


def test_a_damaged_backup_is_refused_with_a_sentence(
    page: SettingsPage, window: Window, qtbot: QtBot, tmp_path: Path
) -> None:
    target = tmp_path / "everything.zip"
    back_up_profile(window.session.profile, target)
    target.write_bytes(target.read_bytes()[:-40])
    told: list[str] = []
    window.session.failed.connect(lambda error: told.append(error.message))
    page.backup.look_into(target)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["This is no backup of Espalier."]
    assert not page.backup.findChildren(QMessageBox)


def test_keys_are_looked_for_when_asked_and_forgotten(page: SettingsPage, qtbot: QtBot) -> None:
    keyring = MemoryKeyring()
    with using_keyring(keyring):
        keyring.set_password("espalier", "hub", "hf_secret")
        page.network.look.click()
        qtbot.waitUntil(lambda: "A token of the hub is kept" in words(page))
        assert "hf_secret" not in words(page)
