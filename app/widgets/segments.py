"""One of a few, side by side in one box."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QPushButton, QSizePolicy

from app.style.theme import set_kind
from app.widgets.controls import button

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.style.theme import Theme


class Segments(QFrame):
    """One of a few, side by side in one box."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, names: Mapping[Any, str], what: str) -> None:
        super().__init__()
        set_kind(self, "segments")
        self.setAccessibleName(what)
        self.parts: dict[str, QPushButton] = {}
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for key, words in names.items():
            part = button(theme, words, "segment", name=f"{what}: {words}")
            part.setCheckable(True)
            part.clicked.connect(lambda _checked=False, which=key: self.chosen.emit(which))
            group.addButton(part)
            row.addWidget(part)
            self.parts[key] = part

    @property
    def current(self) -> str:
        """The one that is chosen."""
        return next((key for key, part in self.parts.items() if part.isChecked()), next(iter(self.parts)))

    def choose(self, key: str) -> None:
        """Choose one."""
        self.parts[key].setChecked(True)
