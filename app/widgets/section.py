"""A section of a side panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.style import tokens
from app.widgets.controls import icon_button, label, section_title, set_icon

if TYPE_CHECKING:
    from app.style.theme import Theme

_ABOVE, _BELOW = 10, 4


class Section(QFrame):
    """A title, at most one action at its right, and room below them for what can be set; a hairline ends it.

    One that `folds` can be reduced to its title, and to a summary that stands beside it.
    """

    edited = Signal()
    fold_changed = Signal(bool)

    def __init__(
        self, theme: Theme, title: str, action: QWidget | None = None, *, last: bool = False, folds: bool = False
    ) -> None:
        super().__init__()
        self._theme = theme
        self._title = title
        self.folded = False
        self.setProperty("ground", "canvas")
        if not last:
            self.setProperty("rule", "below")
        self.fold = icon_button(theme, "caret-down", "")
        self.fold.clicked.connect(lambda: self.set_folded(folded=not self.folded))
        if not folds:
            self.fold.hide()  # to show it here, before it has a parent, would open a window
        self.summary = label(theme, "", 12, ink="text3")
        self._row = QHBoxLayout()
        self._row.setSpacing(4)
        self._row.addStrut(tokens.CONTROL)
        self._row.addWidget(section_title(theme, title))
        self._row.addWidget(self.fold)
        self._row.addWidget(self.summary)
        self._row.addStretch(1)
        if action is not None:
            self._row.addWidget(action)
        self._body = QWidget()
        self.inside = QVBoxLayout(self._body)
        self.inside.setContentsMargins(tokens.PANEL_MARGIN, 0, tokens.PANEL_MARGIN, 12)
        self.inside.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row)
        column.addWidget(self._body, 1)
        self._show_fold()

    def set_folded(self, *, folded: bool) -> None:
        """Reduce the section to its title, or show it whole."""
        if folded != self.folded:
            self.folded = folded
            self._show_fold()
            self.fold_changed.emit(folded)

    def _show_fold(self) -> None:
        # The action's text, not its invisible border, ends where the fields below it end.
        right = tokens.PANEL_MARGIN - tokens.BUTTON_INSET
        self._row.setContentsMargins(tokens.PANEL_MARGIN, _ABOVE, right, _ABOVE if self.folded else _BELOW)
        self._body.setHidden(self.folded)
        self.summary.setVisible(self.folded)
        set_icon(self._theme, self.fold, "caret-right" if self.folded else "caret-down")
        name = f"{'Show' if self.folded else 'Fold'}: {self._title}"
        self.fold.setAccessibleName(name)
        self.fold.setToolTip(name)
