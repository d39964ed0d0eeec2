"""Settings that were saved under a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.exchange import Draft

if TYPE_CHECKING:
    from app.bridge import Bridge


class Presets(QObject):
    """Everything of a draft but its prompt, by name; `changed` tells of other presets."""

    changed = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._settings: dict[str, dict[str, Any]] = {}

    @property
    def names(self) -> list[str]:
        """The names of the presets, in order."""
        return sorted(self._settings, key=str.casefold)

    def show(self, settings: dict[str, dict[str, Any]]) -> None:
        """Take what was read from the store."""
        self._settings = dict(settings)
        self.changed.emit()

    def applied(self, name: str, prompt: str) -> Draft:
        """Return a preset's settings with a prompt."""
        return Draft.of(self._settings[name], prompt)

    def put(self, name: str, draft: Draft) -> None:
        """Save a draft's settings under a name; a preset of that name is replaced."""
        settings = draft.settings()
        self._settings[name] = settings
        self._bridge.ask_store(lambda store: store.presets.put(name, settings))
        self.changed.emit()

    def remove(self, name: str) -> None:
        """Remove a preset."""
        del self._settings[name]
        self._bridge.ask_store(lambda store: store.presets.remove(name))
        self.changed.emit()
