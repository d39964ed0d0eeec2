"""Every setting by its name: the way to it from the palette."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.models.commands import Command
from app.pages.settings.entries import ENTRIES, SECTIONS

if TYPE_CHECKING:
    from app.models.page_commands import Frame


def commands(frame: Frame) -> list[Command]:
    """Return a command for each row of the page."""

    def show(key: str) -> None:
        from app.pages.settings.page import SettingsPage

        frame.show_page("Settings")
        page = frame.page("Settings")
        assert isinstance(page, SettingsPage), "the settings page is the settings page"
        page.show_setting(key)

    return [
        Command(
            f"Setting: {entry.name}",
            partial(show, entry.key),
            words=f"{SECTIONS[entry.section]} {entry.words}".casefold(),
            id=f"settings.show/{entry.key}",
        )
        for entry in ENTRIES
    ]
