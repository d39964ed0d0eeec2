"""Which Espalier this is, and where it says what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.pages.settings.privacy import open_folder
from app.pages.settings.rows import SettingsSection, across
from app.widgets.controls import button, label
from app.widgets.facts import CodeValue
from engine._version import __version__

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme


class AboutSection(SettingsSection):
    """The version and the logs."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, "about")
        logs = session.profile / "logs"
        path = CodeValue(theme, "Logs")
        path.show_text(str(logs))
        self.open = button(theme, "Open the folder", "", "folder-open", name="Open the folder of logs")
        self.open.clicked.connect(lambda: open_folder(logs))
        self.add("about.version", label(theme, f"Espalier {__version__}, Apache License 2.0", 13, 500))
        self.add("about.logs", across(path, self.open))
