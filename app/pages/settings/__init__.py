"""Settings: how the window looks, and where things are kept."""

from app.pages.settings.page import SettingsPage

__all__ = ["SettingsPage"]
