"""What stands on a screen, as a person would find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QPushButton, QSlider, QWidget

from app.widgets.generated.words import Words
from app.widgets.text_field import TextField

if TYPE_CHECKING:
    from app.widgets.generated.screen import Screen


def texts(screen: Screen) -> list[str]:
    """Return the texts that can be seen, from top to bottom."""
    seen = [each for each in screen.findChildren(Words) if each.isVisible() and each.said]
    seen.sort(key=lambda each: (each.mapTo(screen, each.rect().topLeft()).y(), each.x()))
    return [each.said for each in seen]


def press(screen: Screen, name: str) -> None:
    """Press what is called so."""
    control(screen, name, QAbstractButton).click()


def control(screen: Screen, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    """Return the one control in sight of an accessible name."""
    kinds = (QLineEdit, TextField, QComboBox, QSlider, QAbstractButton)
    found = [each for each in screen.findChildren(kind) if isinstance(each, kinds) and each.accessibleName() == name]
    (seen,) = [each for each in found if each.isVisible()]
    return seen


def line(screen: Screen, name: str) -> QLineEdit:
    """Return the line of text of that label."""
    found = control(screen, name, QLineEdit)
    assert isinstance(found, QLineEdit)
    return found


def push_button(screen: Screen, name: str) -> QPushButton:
    """Return the button of that name."""
    found = control(screen, name, QPushButton)
    assert isinstance(found, QPushButton)
    return found
