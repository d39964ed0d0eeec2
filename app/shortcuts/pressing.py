"""Keys that a person presses, and which of them can stand for a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

_MODIFIERS: Final = {
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
    Qt.Key.Key_unknown,
}
_TEXT: Final = {"Ctrl+A", "Ctrl+C", "Ctrl+V", "Ctrl+X"}
_FIXED: Final = {"Esc", "Tab", "Shift+Tab", "Backtab", "Shift+Backtab"}


def pressed_keys(event: QKeyEvent) -> str:
    """Return the keys of an event, written portably; "" while only Shift, Ctrl and the like are down."""
    if Qt.Key(event.key()) in _MODIFIERS:
        return ""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.GroupSwitchModifier
    key = Qt.Key.Key_Enter if event.key() == Qt.Key.Key_Return else Qt.Key(event.key())
    keys = QKeySequence(QKeyCombination(held, key))
    return keys.toString(QKeySequence.SequenceFormat.PortableText)


def why_not(keys: str) -> str:
    """Return in a sentence why keys cannot stand for a command; "" where they can."""
    *held, key = keys.replace("++", "+Plus").split("+")
    if keys in _FIXED:
        return "Esc stops and closes, Tab goes on to the next: these stay as they are."
    if keys in _TEXT:
        return "These keys select, copy, cut and paste text."
    is_function = len(key) > 1 and key[0] == "F" and key[1:].isdigit()
    if not is_function and not {"Ctrl", "Alt", "Meta"} & set(held):
        return "Without Ctrl or Alt these keys write or walk. Hold one of the two, or take a function key."
    if {"Ctrl", "Alt"} <= set(held) and len(key) == 1:
        return "Ctrl and Alt together write signs on many keyboards."
    return ""
