"""Settings: the theme, and where this profile's things lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from app.style import tokens
from app.widgets.facts import Facts
from app.widgets.page import Page
from engine._version import __version__

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme, ThemeChoice

_CHOICES: tuple[tuple[ThemeChoice, str], ...] = (
    ("system", "As the system"),
    ("light", "Light"),
    ("dark", "Dark"),
)


class SettingsPage(Page):
    """A few choices, each effective at once and remembered."""

    title = "Settings"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme)
        self._theme = theme
        self._session = session
        self._buttons: dict[ThemeChoice, QRadioButton] = {}
        self._group = QButtonGroup(self)
        choices = QWidget()
        line = QHBoxLayout(choices)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(24)
        for choice, words in _CHOICES:
            made = QRadioButton(words)
            made.setFont(theme.fonts.text())
            made.setAccessibleName(f"Theme: {words}")
            made.clicked.connect(lambda _=False, which=choice: self.choose(which))
            self._group.addButton(made)
            self._buttons[choice] = made
            line.addWidget(made)
        line.addStretch(1)
        self._show_choice()
        session.preferences.changed.connect(self._show_choice)
        appearance = Facts(theme, "Appearance")
        appearance.add("Theme", choices)
        profile = Facts(theme, "This profile")
        profile.add_code("Folder", str(session.profile))
        profile.add_code("Logs", str(session.profile / "logs"))
        profile.add_text("Network", "Never used, unless you ask for a download")
        profile.add_text("Version", f"Espalier {__version__}")

        body = QVBoxLayout()
        body.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 24)
        body.setSpacing(24)
        body.addWidget(appearance)
        body.addWidget(profile)
        body.addStretch(1)
        self.column.addLayout(body, 1)

    def _show_choice(self) -> None:
        self._buttons[self._session.preferences.now.appearance.theme].setChecked(True)

    def choose(self, choice: ThemeChoice) -> None:
        """Switch the theme and remember it."""
        self._session.preferences.put("appearance", theme=choice)
