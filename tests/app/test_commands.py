from __future__ import annotations

from typing import TYPE_CHECKING

from app.models.commands import Command, CommandList, match

if TYPE_CHECKING:
    from pytestqt.modeltest import ModelTester


def commands() -> list[Command]:
    names = ("Run", "Run again", "Go to Models", "Theme: dark", "Show the exact prompt")
    return [Command(name, lambda: None) for name in names]


def test_the_list_is_a_sound_model(qtmodeltester: ModelTester) -> None:
    model = CommandList()
    model.set_commands(commands())
    model.search("r")
    qtmodeltester.check(model, force_py=True)


def test_the_beginnings_of_words_count_most() -> None:
    model = CommandList()
    model.set_commands(commands())
    model.search("gtm")
    assert model.data(model.index(0)) == "Go to Models"
    model.search("dark")
    assert model.data(model.index(0)) == "Theme: dark"


def test_letters_have_to_occur_in_their_order() -> None:
    assert match("nur", "Run") is None
    found = match("RA", "Run again")
    assert found is not None
    assert found[1] == (0, 4)


def test_words_that_are_not_shown_are_found_too() -> None:
    model = CommandList()
    model.set_commands([Command("Theme: dark", lambda: None, words="appearance")])
    model.search("appear")
    assert model.rowCount() == 1


def test_what_cannot_be_done_now_is_not_offered() -> None:
    model = CommandList()
    model.set_commands([Command("Stop", lambda: None, able=lambda: False)])
    assert model.rowCount() == 0
