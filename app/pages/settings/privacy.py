"""What is stored where, how much of it, and deleting it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app import figures
from app.pages.settings.erase_dialog import EraseDialog
from app.pages.settings.rows import SettingsSection, across
from app.style import tokens
from app.widgets.controls import button, ground, label
from app.widgets.facts import CodeValue

if TYPE_CHECKING:
    from pathlib import Path

    from app.session import Session
    from app.session.profile_data import Holding, Part
    from app.style.theme import Theme

NAMES: Final[dict[Part, tuple[str, str]]] = {
    "threads": ("Threads, answers, attachments", "thread"),
    "interfaces": ("Interfaces", "interface"),
    "schemas": ("Schemas and their versions", "schema"),
    "jobs": ("Extractions, with what documents said", "extraction"),
    "settings": ("Settings, drafts, models elsewhere", ""),
    "models": ("Downloaded models", ""),
    "copies": ("Copies of the database", ""),
    "caches": ("Caches: how models run best here", ""),
    "logs": ("Logs, without what anybody wrote", ""),
}

_FOLDERS: Final[dict[Part, str]] = {"models": "models", "copies": "backups", "caches": "cache", "logs": "logs"}


class PrivacySection(SettingsSection):
    """The table, the folder, and what can be deleted."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, "privacy")
        self._theme = theme
        self._session = session
        self.table = HoldingsTable(theme, session.profile)
        folder = CodeValue(theme, "The profile's folder")
        folder.show_text(str(session.profile))
        self.open = button(theme, "Open the folder", "", "folder-open")
        self.open.clicked.connect(lambda: open_folder(session.profile))
        self.clear_caches = button(theme, "Clear the caches")
        self.clear_logs = button(theme, "Empty the logs")
        self.erase = button(theme, "Delete data…", "danger")
        data = session.profile_data
        self.clear_caches.clicked.connect(data.clear_caches)
        self.clear_logs.clicked.connect(data.clear_logs)
        self.erase.clicked.connect(self._erase)
        self.add("privacy.holdings", self.table, below=True)
        self.add("privacy.folder", across(folder, self.open))
        self.add("privacy.clear", across(self.clear_caches, self.clear_logs))
        self.add("privacy.erase", across(self.erase))
        data.measured.connect(self.table.show_holdings)

    def _erase(self) -> None:
        EraseDialog(self._theme, self._session, self.window()).open()


class HoldingsTable(QWidget):
    """What there is, where it lies, and how much of it. There are few rows, and always the same."""

    def __init__(self, theme: Theme, profile: Path) -> None:
        super().__init__()
        self._profile = profile
        self.amounts: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, words in enumerate(("What", "Where", "How much")):
            made = label(theme, words, 12, 500, ink="text2")
            grid.addWidget(made, 0, column, right if column == 2 else left)
        grid.setRowMinimumHeight(0, tokens.ROW)
        line = ground("line")
        line.setFixedHeight(1)
        grid.addWidget(line, 1, 0, 1, 3)
        for number, (part, (words, _)) in enumerate(NAMES.items(), 1):
            row = 2 * number
            grid.setRowMinimumHeight(row, tokens.ROW)
            grid.addWidget(label(theme, words, 13), row, 0)
            place = {"models": "models", "copies": "backups", "caches": "cache", "logs": "logs"}.get(
                part, "espalier.db"
            )
            grid.addWidget(label(theme, place, 12, ink="text3"), row, 1)
            amount = self.amounts[part] = label(theme, "…", 13, 500, tabular=True)
            grid.addWidget(amount, row, 2, right)
            rule = ground("hairline")
            rule.setFixedHeight(1)
            grid.addWidget(rule, row + 1, 0, 1, 3)
        row = 2 * len(NAMES) + 2
        grid.setRowMinimumHeight(row, tokens.ROW)
        grid.addWidget(label(theme, "The database as a whole", 13), row, 0)
        grid.addWidget(label(theme, "espalier.db", 12, ink="text3"), row, 1)
        self.whole = label(theme, "…", 13, 500, tabular=True)
        grid.addWidget(self.whole, row, 2, right)

    def show_holdings(self, holdings: list[Holding], database: int) -> None:
        """Show what was measured."""
        for holding in holdings:
            self.amounts[holding.part].setText(amount(holding))
        self.whole.setText(figures.size(database))


def amount(holding: Holding) -> str:
    """Say how much there is of a part: 12 threads, 98.1 MB, nothing."""
    if holding.count is not None:
        noun = NAMES[holding.part][1]
        return f"{figures.number(holding.count)} {noun}{'' if holding.count == 1 else 's'}" if holding.count else "none"
    if holding.size is None:
        return "in the database"
    return figures.size(holding.size) if holding.size else "nothing"


def open_folder(folder: Path) -> None:
    """Show a folder in the system's own window of files."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
