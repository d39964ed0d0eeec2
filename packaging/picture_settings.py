"""The states of the settings that are pictured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.pages.settings.erase_dialog import EraseDialog
from app.pages.settings.page import SettingsPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def walk_settings(studio: Any) -> Iterator[Callable[[], bool]]:
    """Show each section, keys that belong to another command, a search, and deleting."""
    window, session = studio.window, studio.session
    window.show_page("Settings")
    page = window.page("Settings")
    assert isinstance(page, SettingsPage)
    yield studio.idle(600)  # until what is stored is measured
    for key in ("appearance", "keyboard", "network", "privacy"):
        page.show_section(key)
        yield from studio.picture(f"settings-{key}")
    page.keyboard.show_command("schemas.versions")
    page.keyboard.view.setFocus()
    page.keyboard.view.listen()
    page.show_section("keyboard")
    yield from studio.picture("settings-listening")
    page.keyboard.view.end_listening()
    action = page.keyboard.view.current
    assert action is not None
    page.keyboard.assign(action, "Ctrl+S")
    yield from studio.picture("settings-conflict")
    session.preferences.put("appearance", size="large")
    session.preferences.put("locale", language="de-DE")
    page.search.setText("dat")
    yield from studio.picture("settings-search")
    page.search.setText("nothing like this")
    yield from studio.picture("settings-none")
    page.search.clear()
    page.show_setting("folders.exports")
    yield from studio.picture("settings-sought")
    page.privacy.erase.click()
    dialog = page.window().findChild(EraseDialog)
    assert dialog is not None
    for theme in ("light", "dark"):
        studio.theme.choose(theme)
        dialog.grab().save(str(studio.folder / f"settings-delete-{theme}.png"))
    dialog.reject()
    window.open_palette()
    window.palette_view.field.setText("setting")
    yield from studio.picture("settings-palette")
    window.palette_view.close_palette()
