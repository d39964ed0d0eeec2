"""The commands of the window by their stable names, and the keys that stand for them: the one place that knows all."""

from app.shortcuts.actions import ACTIONS, BY_ID, OF_WIDGETS, PLACES, Action, Place, meet
from app.shortcuts.hints import as_signs, show_keys, with_keys
from app.shortcuts.pressing import pressed_keys, why_not
from app.shortcuts.shortcuts import Shortcuts, native

__all__ = [
    "ACTIONS",
    "BY_ID",
    "OF_WIDGETS",
    "PLACES",
    "Action",
    "Place",
    "Shortcuts",
    "as_signs",
    "meet",
    "native",
    "pressed_keys",
    "show_keys",
    "why_not",
    "with_keys",
]
