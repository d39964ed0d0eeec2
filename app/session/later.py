"""Timers that do something once, a while after the last time they were asked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable


def later(owner: QObject, milliseconds: int, intent: Callable[[], None]) -> QTimer:
    """Return a timer; each `start` puts the intent off anew."""
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(intent)
    return timer
