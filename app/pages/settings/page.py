"""Settings: the theme, and where this profile's things lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from app.style import tokens
from app.widgets.controls import ground, label, section_title
from engine._version import __version__

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme, ThemeChoice

_CHOICES: tuple[tuple[ThemeChoice, str], ...] = (
    ("system", "As the system"),
    ("light", "Light"),
    ("dark", "Dark"),
)
THEME_SETTING = "window.theme"


class SettingsPage(QFrame):
    """A few choices, each effective at once and remembered."""

    title = "Settings"

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__()
        self._theme = theme
        self._session = session
        self.setProperty("ground", "surface")
        head = ground("surface", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.ANSWER_MARGIN, 0, tokens.ANSWER_MARGIN, 0)
        row.addWidget(label(theme, self.title, 15, 600))
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
        self._buttons[theme.choice].setChecked(True)

        body = QVBoxLayout()
        body.setContentsMargins(tokens.ANSWER_MARGIN, 16, tokens.ANSWER_MARGIN, 24)
        body.setSpacing(0)
        body.addWidget(section_title(theme, "Appearance"))
        body.addSpacing(4)
        body.addLayout(self._grid((("Theme", choices),)))
        body.addSpacing(24)
        body.addWidget(section_title(theme, "This profile"))
        body.addSpacing(4)
        folder = self._fact(str(session.profile))
        logs = self._fact(str(session.profile / "logs"))
        network = label(theme, "Never used, unless you ask for a download", 13)
        version = label(theme, f"Espalier {__version__}", 13)
        facts = (("Folder", folder), ("Logs", logs), ("Network", network), ("Version", version))
        body.addLayout(self._grid(facts))
        body.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(body, 1)

    def _fact(self, text: str) -> QWidget:
        made = label(self._theme, text, 12)
        made.setFont(self._theme.fonts.code(12))
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return made

    def _grid(self, rows: tuple[tuple[str, QWidget], ...]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, tokens.LABELS)
        grid.setColumnStretch(1, 1)
        for number, (name, widget) in enumerate(rows):
            grid.setRowMinimumHeight(number, tokens.ROW)
            grid.addWidget(label(self._theme, name, 13, ink="text2"), number, 0)
            grid.addWidget(widget, number, 1)
        return grid

    def choose(self, choice: ThemeChoice) -> None:
        """Switch the theme and remember it."""
        self._buttons[choice].setChecked(True)
        self._theme.choose(choice)
        self._session.put_setting(THEME_SETTING, choice)
