"""Settings saved by name: they come back in other threads and other windows, and without the prompt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QInputDialog, QMenu

from app.exchange import Draft
from app.pages.playground.example import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.window import Window

WARM = replace(EXAMPLE, prompt="not this", format="text", temperature=0.9, system="Be brief.", max_tokens=33)


@pytest.fixture(autouse=True)
def cleared(clear_away: None) -> None:
    """Clear away after every test."""


def entries(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


def choose(menu: QMenu, words: str) -> None:
    next(action for action in menu.actions() if action.text() == words).trigger()


def test_a_preset_is_named_in_a_dialog_and_used_elsewhere(
    open_window: Callable[[Path], Window], profile: Path, qtbot: QtBot
) -> None:
    window = open_window(profile)
    page = window.playground
    page._fill(WARM)
    choose(page.inspector.presets, "Save as a preset…")
    (dialog,) = page.inspector.findChildren(QInputDialog)
    dialog.setTextValue("warm & brief")
    dialog.accept()
    assert "warm && brief" in entries(page.inspector.presets)
    window.close()

    again = open_window(profile).playground
    again._fill(replace(EXAMPLE, prompt="my own words"))
    choose(again.inspector.presets, "warm && brief")
    assert again.draft == replace(WARM, prompt="my own words")

    remove = next(action.menu() for action in again.inspector.presets.actions() if action.menu() is not None)
    assert isinstance(remove, QMenu)
    choose(remove, "warm && brief")
    assert "warm && brief" not in entries(again.inspector.presets)


def test_resetting_keeps_the_prompt_and_the_response_format(
    open_window: Callable[[Path], Window], profile: Path
) -> None:
    page = open_window(profile).playground
    page._fill(WARM)
    choose(page.inspector.presets, "Reset sampling and system prompt")
    assert page.draft == Draft(prompt=WARM.prompt, format="text", schema=WARM.schema)


def test_the_seed_that_was_drawn_is_shown_where_none_was_given(
    open_window: Callable[[Path], Window], profile: Path
) -> None:
    sampling = open_window(profile).playground.inspector.sampling
    sampling.show_drawn(123)
    assert sampling.seed.field.placeholderText() == "drawn: 123"
    sampling.show_drawn(None)
    assert sampling.seed.field.placeholderText() == "drawn anew"
