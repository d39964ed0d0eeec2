"""What a person has chosen in the settings: as it is now, changed, and kept."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.settings import KEY, AppSettings, Note, read, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.shortcuts import Shortcuts
    from engine.settings import Size

log = logging.getLogger(__name__)


class Preferences(QObject):
    """The settings in force. `changed` tells that they are others, after the keys of commands have followed.

    `notes` are about what was kept and could not be used; `kept` says whether changes outlast this run.
    """

    changed = Signal()

    def __init__(self, shortcuts: Shortcuts, put_setting: Callable[[str, Any], None]) -> None:
        super().__init__()
        self.now = AppSettings()
        self.notes: tuple[Note, ...] = ()
        self.kept = True
        self.shown_size: Size = "normal"
        """The size that everything has in this run."""
        self._shortcuts = shortcuts
        self._put_setting = put_setting

    def take(self, kept: Mapping[str, Any]) -> None:
        """Read the settings among all that the store keeps; those of before they had a form of their own are moved."""
        found = read(kept)
        self.notes, self.kept = found.notes, not found.newer
        for note in found.notes:
            log.warning("settings %s: %s", note.where, note.sentence)
        self.shown_size = found.settings.appearance.size
        self._use(found.settings)
        if KEY not in kept:
            self._keep()

    def put(self, section: str, **values: Any) -> None:
        """Change values of a section; they are in force and saved at once."""
        self._change(replace(self.now, **{section: replace(getattr(self.now, section), **values)}))

    def put_shortcuts(self, shortcuts: Mapping[str, tuple[str, ...]]) -> None:
        """Change the keys of commands: all that are not the usual ones."""
        self._change(replace(self.now, shortcuts=dict(shortcuts)))

    def _change(self, settings: AppSettings) -> None:
        if settings != self.now:
            self._use(settings)
            self._keep()

    def _use(self, settings: AppSettings) -> None:
        self.now = settings
        self._shortcuts.use(settings.shortcuts)
        self.changed.emit()

    def _keep(self) -> None:
        if self.kept:
            self._put_setting(KEY, write(self.now))
