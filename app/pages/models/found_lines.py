"""Plain lines of what a server was found to understand, each with a mark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.widgets.controls import Mark, label, set_ink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.models.endpoint_words import Line
    from app.style.theme import Theme
    from engine.errors import EngineError


class FoundLines(QWidget):
    """A few lines; they wrap where they have to."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: list[tuple[QWidget, Mark, QLabel]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    @property
    def words(self) -> list[str]:
        """What is said."""
        return [said.text() for row, _, said in self._rows if not row.isHidden()]

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show these instead of those that are there."""
        while len(self._rows) < len(lines):
            self._add()
        for at, (row, mark, said) in enumerate(self._rows):
            row.setVisible(at < len(lines))
            if at < len(lines):
                shape, colour, words = lines[at]
                mark.show_state(shape, colour)
                said.setText(words)
                ink = {"brickMark": "brick", "amberMark": "amber", "text3": "text3"}.get(colour, "text2")
                set_ink(said, ink)
        self.setVisible(bool(lines))

    def show_error(self, error: EngineError) -> None:
        """Say why nothing was found, and what to do."""
        lines: list[Line] = [("cross", "brickMark", error.message)]
        if error.advice:
            lines.append(("ring", "text3", error.advice))
        self.show_lines(lines)

    def _add(self) -> None:
        whole = QWidget()
        mark, said = Mark(self._theme, "ring"), label(self._theme, "", 12)
        said.setWordWrap(True)
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 2, 0, 2)
        row.setSpacing(6)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(said, 1)
        self._column.addWidget(whole)
        self._rows.append((whole, mark, said))
