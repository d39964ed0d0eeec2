"""Pictures of interfaces, made one at a time while nothing else is going on, and kept."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.style.theme import Theme

_MOST: Final = 200
"""Pictures that are kept."""
_PAUSE_MS: Final = 15
"""Between two pictures, so that whoever types or scrolls comes first."""


class Pictures(QObject):
    """Pictures by the text of a tree and the theme. `made` tells that one more is there.

    `render` makes the picture of a tree; None where it cannot be made.
    """

    made = Signal()

    def __init__(self, theme: Theme, render: Callable[[object], QImage | None], parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._render = render
        self._kept: dict[str, QImage] = {}
        self._wanted: dict[str, str] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._make)
        theme.changed.connect(self._forget_wanted)

    def of(self, tree_text: str) -> QImage | None:
        """Return the picture of a tree, null where it cannot be made; None where it is yet to be made, as it will."""
        key = self._key(tree_text)
        known = self._kept.get(key)
        if known is None:
            self._wanted[key] = tree_text
            if not self._soon.isActive():
                self._soon.start()
        return known

    @property
    def idle(self) -> bool:
        """Whether no picture is waited for."""
        return not self._wanted

    def _key(self, tree_text: str) -> str:
        return f"{self._theme.name} {hashlib.sha256(tree_text.encode('utf-8', 'surrogatepass')).hexdigest()}"

    def _make(self) -> None:
        if not self._wanted:
            return
        key = next(iter(self._wanted))
        text = self._wanted.pop(key)
        try:
            tree = json.loads(text)
        except (ValueError, RecursionError):
            tree = None
        picture = self._render(tree) if isinstance(tree, dict) else None
        self._kept[key] = picture if picture is not None else QImage()
        while len(self._kept) > _MOST:
            del self._kept[next(iter(self._kept))]
        if self._wanted:
            self._soon.start()
        self.made.emit()

    def _forget_wanted(self) -> None:
        """Make none in a theme that is not shown any more; those that are seen are asked for again."""
        self._wanted.clear()
