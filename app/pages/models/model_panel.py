"""The panel of a model of this machine: how it is loaded, what it takes, how quick it is, what its file says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.pages.models.benchmark_section import BenchmarkSection
from app.pages.models.file_section import FileSection
from app.pages.models.fit_section import FitSection
from app.pages.models.load_with import LoadWith
from app.pages.models.side_by_side import SideBySide, stacked
from app.style import tokens
from app.style.plain_text import breakable, one_line
from app.widgets.controls import button, ground, label

if TYPE_CHECKING:
    from app.style.theme import Theme

_LONGEST: Final = 120
_WORD: Final = 24
"""Letters of what is said of the button, and of a word in it that has room beside the button."""


class ModelPanel(QWidget):
    """Sections below one another; where the window is wide, in two columns. Its foot has the one button that acts."""

    load_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.load_with = LoadWith(theme)
        self.fit = FitSection(theme)
        self.benchmark = BenchmarkSection(theme)
        self.file = FileSection(theme)
        self.load = button(theme, "Load", "primary")
        self.load.clicked.connect(self.load_asked)
        self.says = label(theme, "", 12, ink="text3")
        self.says.setWordWrap(True)
        self.foot = ground("canvas", "above")
        self._build()

    def _build(self) -> None:
        self.columns = SideBySide(
            stacked(self.load_with, self.fit),
            stacked(self.benchmark, self.file),
        )
        row = QHBoxLayout(self.foot)
        row.setContentsMargins(tokens.PANEL_MARGIN, 10, tokens.PANEL_MARGIN, 10)
        row.setSpacing(12)
        row.addWidget(self.says, 1)
        row.addWidget(self.load)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.columns, 1)
        whole.addWidget(self.foot)

    def show_deed(self, words: str, says: str, *, able: bool = True) -> None:
        """Show what can be done with the model: the words of the button, "" for nothing, and what that means."""
        self.load.setText(words)
        self.load.setAccessibleName(words)
        self.load.setEnabled(able)
        self.says.setText(breakable(one_line(says, _LONGEST), _WORD))
        self.foot.setVisible(bool(words))
