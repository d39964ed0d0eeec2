"""Sections of the panel below one another, or where the window is wide in two columns."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from app.widgets.controls import ground

WIDTH: Final = 320
"""The width of a column."""


class SideBySide(QScrollArea):
    """Two columns that can be put below one another; what has no room is scrolled to."""

    def __init__(self, first: QWidget, second: QWidget) -> None:
        super().__init__()
        self._columns = (first, second)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        held = ground("canvas")
        self._whole = QVBoxLayout(held)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._sides = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._sides.setSpacing(0)
        self._between = ground("hairline")
        self._between.setFixedWidth(1)
        self._between.hide()
        self._sides.addWidget(first, 0, Qt.AlignmentFlag.AlignTop)
        self._sides.addWidget(self._between)
        self._sides.addWidget(second, 0, Qt.AlignmentFlag.AlignTop)
        self._whole.addLayout(self._sides)
        self._whole.addStretch(1)
        self.setWidget(held)

    def spread(self, *, wide: bool) -> None:
        """Put the columns side by side, or one below the other."""
        self._sides.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        for column in self._columns:
            self._sides.setStretchFactor(column, int(wide))
        self._whole.setStretch(0, int(wide))
        self._whole.setStretch(1, int(not wide))
        self._between.setVisible(wide)


def stacked(*sections: QWidget) -> QWidget:
    """Return sections below one another."""
    made = ground("canvas")
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for section in sections:
        column.addWidget(section)
    return made
