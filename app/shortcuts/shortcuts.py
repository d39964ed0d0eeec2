"""The keys in force, and the widgets that hear them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut

from app.shortcuts.actions import ACTIONS, BY_ID, meet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    from app.shortcuts.actions import Action

_WITHIN = Qt.ShortcutContext.WidgetWithChildrenShortcut


class Shortcuts(QObject):
    """Which keys stand for which command: those of the registry, unless they are changed; none is a change too."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._changes: dict[str, tuple[str, ...]] = {}

    def keys(self, action: str) -> tuple[str, ...]:
        """Return the keys of a command, written portably."""
        return self._changes.get(action, BY_ID[action].keys)

    def shown(self, action: str) -> str:
        """Return the first keys of a command as this machine writes them; "" where it has none."""
        keys = self.keys(action)
        return native(keys[0]) if keys else ""

    def all_shown(self, action: str) -> str:
        """Return all keys of a command as this machine writes them: Ctrl+Shift+Z, Ctrl+Y."""
        return ", ".join(map(native, self.keys(action)))

    @property
    def changes(self) -> dict[str, tuple[str, ...]]:
        """The keys that are not the usual ones, by command."""
        return dict(self._changes)

    def is_changed(self, action: str) -> bool:
        """Whether a command has other keys than its usual ones."""
        return action in self._changes

    def rivals(self, action: str, keys: str) -> list[Action]:
        """Return the commands that have these keys already and are heard where this one is."""
        place = BY_ID[action].place
        return [
            other
            for other in ACTIONS
            if other.id != action and meet(other.place, place) and keys in self.keys(other.id)
        ]

    def use(self, changes: Mapping[str, tuple[str, ...]]) -> None:
        """Let these keys be in force, and those of the registry for every other command that can be changed."""
        taken = {
            action: keys
            for action, keys in changes.items()
            if action in BY_ID and not BY_ID[action].fixed and keys != BY_ID[action].keys
        }
        if taken != self._changes:
            self._changes = taken
            self.changed.emit()

    def bind(
        self, owner: QWidget, intents: Mapping[str, Callable[[], object]], context: Qt.ShortcutContext = _WITHIN
    ) -> None:
        """Do what is intended when the keys of a command are pressed in a widget, whatever they come to be."""
        _Bound(self, owner, intents, context)


class _Bound(QObject):
    """The `QShortcut`s of a widget: they come and go with what is in force, and end with the widget."""

    def __init__(
        self,
        shortcuts: Shortcuts,
        owner: QWidget,
        intents: Mapping[str, Callable[[], object]],
        context: Qt.ShortcutContext,
    ) -> None:
        super().__init__(owner)
        self._shortcuts = shortcuts
        self._owner = owner
        self._intents = intents
        self._context = context
        self._made: dict[str, tuple[tuple[str, ...], list[QShortcut]]] = {}
        shortcuts.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        for action, intent in self._intents.items():
            keys = self._shortcuts.keys(action)
            before, made = self._made.get(action, ((), []))
            if keys == before:
                continue
            for shortcut in made:
                shortcut.setEnabled(False)
                shortcut.deleteLater()
            self._made[action] = (keys, [self._heard(key, intent) for each in keys for key in _both_enters(each)])

    def _heard(self, keys: str, intent: Callable[[], object]) -> QShortcut:
        shortcut = QShortcut(QKeySequence(keys), self._owner, context=self._context)
        shortcut.activated.connect(intent)
        return shortcut


def native(keys: str) -> str:
    """Return keys as this machine writes them."""
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _both_enters(keys: str) -> tuple[str, ...]:
    """Return keys for the Enter of the letters and for that of the figures, which Qt tells apart."""
    *modifiers, last = keys.split("+")
    return (keys, "+".join((*modifiers, "Return"))) if last == "Enter" else (keys,)
