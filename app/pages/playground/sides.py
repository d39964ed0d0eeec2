"""The panels beside the conversation, of which a narrow window has room for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from app.style import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

Side = Literal["threads", "inspector"]
LEAST_TALK: Final = 440
LEAST_INSPECTOR: Final = 288
_BOTH: Final = tokens.THREADS + LEAST_TALK + LEAST_INSPECTOR + 1
"""From this width on there is room for both panels beside the conversation."""


class Sides:
    """Shows what is wanted and has room: where there is room for one only, the one that was wanted last."""

    def __init__(self, panels: Mapping[Side, tuple[QWidget, QWidget]]) -> None:
        """Take each panel with the button that brings it back."""
        self._panels = panels
        self._wanted: dict[Side, bool] = dict.fromkeys(panels, True)
        self._last: Side = "inspector"
        self._room = True

    def want(self, side: Side, *, shown: bool) -> None:
        """Show a panel or hide it, as far as there is room."""
        self._wanted[side] = shown
        if shown:
            self._last = side
        self._show()

    def fit(self, width: int) -> None:
        """Make do with the width of the page."""
        if (width >= _BOTH) != self._room:
            self._room = not self._room
            self._show()

    def _show(self) -> None:
        crowded = not self._room and all(self._wanted.values())
        for side, (panel, button) in self._panels.items():
            shown = self._wanted[side] and (not crowded or side == self._last)
            panel.setVisible(shown)
            button.setVisible(not shown)
