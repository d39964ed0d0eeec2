"""Keys in tooltips: those that are in force, whatever the words were written with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.shortcuts.shortcuts import Shortcuts

_KEYS: Final = re.compile(r" \([^()]*\)$")


def show_keys(shortcuts: Shortcuts, widgets: Mapping[str, QWidget]) -> None:
    """Let the tooltips of widgets end in the keys of their commands, as far as they say keys."""
    for action, widget in widgets.items():
        _Tip(shortcuts, widget, action)


def with_keys(shortcuts: Shortcuts, words: str, action: str) -> str:
    """Return the words of a tooltip with the keys that are in force, or without any."""
    keys = shortcuts.shown(action)
    return _KEYS.sub(f" ({keys})" if keys else "", words)


def as_signs(keys: str) -> str:
    """Return keys as a small cap shows them: Ctrl ↵."""
    return keys.replace("Enter", "↵").replace("+", " ")


class _Tip(QObject):
    """Shows a tooltip with other keys than it was written with, where they were changed."""

    def __init__(self, shortcuts: Shortcuts, widget: QWidget, action: str) -> None:
        super().__init__(widget)
        self._shortcuts = shortcuts
        self._action = action
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show the words with the keys that are in force."""
        if (
            event.type() == QEvent.Type.ToolTip
            and isinstance(event, QHelpEvent)
            and isinstance(watched, QWidget)
            and self._shortcuts.is_changed(self._action)
        ):
            QToolTip.showText(event.globalPos(), with_keys(self._shortcuts, watched.toolTip(), self._action), watched)
            return True
        return False
