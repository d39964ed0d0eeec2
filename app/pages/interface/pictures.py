"""Pictures of interfaces, made one at a time while nothing else is going on, and kept."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.interface_gallery import Key, Shown
    from app.session.interfaces import Attached
    from app.style.theme import Theme

_MOST: Final = 200
"""Pictures that are kept."""
_PAUSE_MS: Final = 15
"""Between two pictures, so that whoever types or scrolls comes first."""


class Pictures(QObject):
    """Pictures of interfaces by their trees and the theme. `made` tells that one more is there.

    `fetch` reads what is attached to an interface, `render` makes the picture of a tree with that; None where it
    cannot be made.
    """

    made = Signal()

    def __init__(
        self,
        theme: Theme,
        fetch: Callable[[Key, Callable[[Attached], None]], None],
        render: Callable[[Any, Attached], QImage | None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fetch = fetch
        self._render = render
        self._kept: dict[str, QImage] = {}
        self._small: dict[tuple[str, int], QImage] = {}
        self._wanted: dict[str, Shown] = {}
        self._busy = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_PAUSE_MS)
        self._soon.timeout.connect(self._make)
        theme.changed.connect(self._forget_wanted)

    def of(self, entry: Shown) -> QImage | None:
        """Return a picture, null where it cannot be made; None where it is yet to be made, as it will."""
        key = self._name(entry)
        known = self._kept.get(key)
        if known is None:
            self._wanted[key] = entry
            self._go_on()
        return known

    def scaled(self, entry: Shown, pixels: int) -> QImage | None:
        """Return a picture so wide, made smaller once; as `of`."""
        image = self.of(entry)
        if image is None or image.isNull() or pixels < 1:
            return image
        key = self._name(entry), pixels
        known = self._small.get(key)
        if known is None:
            if len(self._small) > _MOST:
                self._small.clear()
            known = self._small[key] = image.scaledToWidth(pixels, Qt.TransformationMode.SmoothTransformation)
        return known

    @property
    def idle(self) -> bool:
        """Whether no picture is waited for."""
        return not self._wanted and not self._busy

    def _name(self, entry: Shown) -> str:
        digest = hashlib.sha256(entry.tree_text.encode("utf-8", "surrogatepass")).hexdigest()
        return f"{self._theme.name} {entry.key} {digest}"

    def _go_on(self) -> None:
        if self._wanted and not self._busy and not self._soon.isActive():
            self._soon.start()

    def _make(self) -> None:
        if not self._wanted or self._busy:
            return
        key = next(iter(self._wanted))
        entry = self._wanted.pop(key)
        self._busy = True
        self._fetch(entry.key, lambda attached: self._paint(key, entry, attached))

    def _paint(self, key: str, entry: Shown, attached: Attached) -> None:
        self._busy = False
        if key == self._name(entry):  # the theme is still the one that it was asked for in
            try:
                tree = json.loads(entry.tree_text)
            except (ValueError, RecursionError):
                tree = None
            picture = self._render(tree, attached) if isinstance(tree, dict) else None
            self._kept[key] = picture if picture is not None else QImage()
            while len(self._kept) > _MOST:
                del self._kept[next(iter(self._kept))]
            self.made.emit()
        self._go_on()

    def _forget_wanted(self) -> None:
        """Make none in a theme that is not shown any more; those that are seen are asked for again."""
        self._wanted.clear()
