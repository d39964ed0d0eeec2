"""The lock that pins a model to the hash of its file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.widgets.controls import set_icon

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from app.style.theme import Theme

_PINNED: Final = "Pinned: another file in its place would be refused. Press to unpin"
_OPEN: Final = "Pin by its SHA-256: another file in its place is refused then"


def show_pin(theme: Theme, lock: QPushButton, *, pinned: bool) -> None:
    """Show a lock closed or open, and say what that means."""
    lock.setChecked(pinned)
    set_icon(theme, lock, "lock-simple" if pinned else "lock-simple-open", "accentText" if pinned else "text2")
    says = _PINNED if pinned else _OPEN
    lock.setAccessibleName(says)
    lock.setToolTip(says)
