"""The other of the two themes, for a part of the window: a screen is looked at in both before it is shipped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTemporaryDir

from app.style.sheet import stylesheet
from app.style.theme import Theme, palette

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.style.tokens import ThemeName


class TurnedTheme(Theme):
    """Light where the window is dark, and dark where it is light. It reaches only what it is put on."""

    def __init__(self, theme: Theme) -> None:
        # Not the base's: that puts itself on the whole application.
        QObject.__init__(self, theme)
        self._images = QTemporaryDir()
        self._drawn: set[ThemeName] = set()
        self._turned = theme
        self.fonts = theme.fonts
        self.choice = theme.choice
        self.name = _other(theme.name)
        theme.changed.connect(self._turn)

    def dress(self, widget: QWidget) -> None:
        """Put the theme on a widget and on what is in it."""
        widget.setPalette(palette(self.tokens))
        widget.setStyleSheet(stylesheet(self.tokens, self._image_paths()))

    def _turn(self) -> None:
        self.name = _other(self._turned.name)
        self.changed.emit()


def _other(name: ThemeName) -> ThemeName:
    return "light" if name == "dark" else "dark"
