from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QHelpEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from app.shortcuts import ACTIONS, BY_ID, OF_WIDGETS, PLACES, Shortcuts, meet, with_keys

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.window import Window

_CONTROL = Qt.KeyboardModifier.ControlModifier


def test_no_two_commands_that_are_heard_at_once_have_the_same_keys() -> None:
    assert len(BY_ID) == len(ACTIONS)
    for one, other in combinations(ACTIONS, 2):
        if meet(one.place, other.place):
            assert not set(one.keys) & set(other.keys), (one.id, other.id)


def test_keys_are_written_as_they_are_kept() -> None:
    for action in ACTIONS:
        assert action.place in PLACES
        for keys in action.keys:
            assert QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText) == keys


def test_every_command_is_in_the_palette_once_with_its_keys(window: Window) -> None:
    commands = window.commands()
    counted = Counter(command.id for command in commands)
    assert set(counted.values()) == {1}
    assert set(BY_ID) - set(counted) == {"window.palette"} | OF_WIDGETS
    keys = {command.id: command.keys for command in commands}
    assert keys["playground.run"] == "Ctrl+Enter"
    assert keys["window.models"] == "Ctrl+5"


@pytest.mark.parametrize("enter", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_is_either_of_the_two_keys(qtbot: QtBot, enter: Qt.Key) -> None:
    widget, pressed = QWidget(), list[str]()
    qtbot.addWidget(widget)
    Shortcuts(widget).bind(widget, {"playground.run": lambda: pressed.append("run")})
    widget.show()
    qtbot.waitUntil(widget.isActiveWindow)
    widget.setFocus()
    qtbot.keyClick(widget, enter, _CONTROL)
    assert pressed == ["run"]


def test_changed_keys_are_heard_at_once_and_the_old_ones_no_more(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.isActiveWindow)
    shortcuts = window.session.shortcuts
    shortcuts.use({"window.models": ("Ctrl+Shift+M",), "playground.continue": ("Ctrl+J",), "no.such": ("Ctrl+1",)})
    qtbot.keyClick(window, Qt.Key.Key_5, _CONTROL)
    assert window.pages.currentWidget() is window.playground
    qtbot.keyClick(window, Qt.Key.Key_M, _CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert window.pages.currentWidget() is window.page("Models")
    (models,) = [command for command in window.commands() if command.id == "window.models"]
    assert models.keys == shortcuts.shown("window.models") == "Ctrl+Shift+M"
    shortcuts.use({"window.models": ()})
    window.show_page("Playground")
    qtbot.keyClick(window, Qt.Key.Key_M, _CONTROL | Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(window, Qt.Key.Key_5, _CONTROL)
    assert window.pages.currentWidget() is window.playground
    shortcuts.use({})
    qtbot.keyClick(window, Qt.Key.Key_5, _CONTROL)
    assert window.pages.currentWidget() is window.page("Models")


def test_fixed_keys_stay() -> None:
    shortcuts = Shortcuts()
    shortcuts.use({"playground.stop": ("Ctrl+J",)})
    assert shortcuts.keys("playground.stop") == ("Esc",)


def test_a_page_that_was_not_shown_is_not_made_to_list_its_commands(window: Window) -> None:
    offered = {command.id for command in window.commands() if command.able()}
    assert not window.is_made("Extract")
    assert {"extract.run", "schemas.new", "interface.new"} <= offered
    assert not {"extract.stop", "schemas.strict", "interface.export_json", "window.use_schema"} & offered


def test_tooltips_and_hints_say_the_keys_that_are_in_force(window: Window, qtbot: QtBot) -> None:
    shortcuts = window.session.shortcuts
    tip = window.playground.threads.new.toolTip()
    assert with_keys(shortcuts, tip, "playground.new") == tip == "New thread (Ctrl+N)"
    assert window.playground.composer._key.text() == "Ctrl ↵"
    shortcuts.use({"playground.new": ("Ctrl+J",), "playground.run": ("F5",), "window.palette": ("Ctrl+Shift+P",)})
    assert with_keys(shortcuts, tip, "playground.new") == "New thread (Ctrl+J)"
    assert window.playground.composer._key.text() == "F5"
    assert window.status._palette.text() == "Ctrl+Shift+P"
    shortcuts.use({"playground.new": (), "window.palette": ()})
    assert with_keys(shortcuts, tip, "playground.new") == "New thread"
    assert window.status._palette.text() == "Commands"


def test_a_tooltip_is_shown_with_the_changed_keys(window: Window, qtbot: QtBot) -> None:
    window.session.shortcuts.use({"playground.new": ("Ctrl+J",)})
    button = window.playground.threads.new
    at = button.rect().center()
    QApplication.sendEvent(button, QHelpEvent(QEvent.Type.ToolTip, at, button.mapToGlobal(at)))
    qtbot.waitUntil(lambda: QToolTip.text() == "New thread (Ctrl+J)")
    QToolTip.hideText()
