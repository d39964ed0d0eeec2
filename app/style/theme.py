"""The theme in force: its colours, fonts and icons, and the one place where it is switched."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from app.style.fonts import Fonts
from app.style.icons import GlyphEngine, glyph_image
from app.style.sheet import stylesheet
from app.style.tokens import THEMES, ThemeName, Tokens

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

ThemeChoice = Literal["system", "light", "dark"]
_IMAGES = {"down": "caret-down", "check": "check"}


class Theme(QObject):
    """Colours, fonts and icons; `changed` says that the colours are others now."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: ThemeChoice = "system") -> None:
        super().__init__(app)
        self._app = app
        self._images = QTemporaryDir()
        self._drawn: set[ThemeName] = set()
        self.fonts = Fonts.load()
        self.choice: ThemeChoice = choice
        self.name: ThemeName = self._resolve(choice)
        fusion = QStyleFactory.create("Fusion")
        app.setStyle(fusion)
        app.setFont(self.fonts.text())
        self._apply()
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def tokens(self) -> Tokens:
        """The colours in force, as text."""
        return THEMES[self.name]

    def colour(self, token: str) -> QColor:
        """Return a colour of the theme in force by its token's name."""
        return _colour(self.name, token)

    def choose(self, choice: ThemeChoice) -> None:
        """Switch the theme, live."""
        self.choice = choice
        self._switch(self._resolve(choice))

    def icon(self, name: str, ink: str = "text2", disabled: str = "line") -> QIcon:
        """Return an icon that follows the theme."""
        return QIcon(GlyphEngine(name, lambda: self.colour(ink), lambda: self.colour(disabled)))

    def _follow_system(self) -> None:
        if self.choice == "system":
            self._switch(self._resolve("system"))

    def _resolve(self, choice: ThemeChoice) -> ThemeName:
        if choice != "system":
            return choice
        return "dark" if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"

    def _switch(self, name: ThemeName) -> None:
        if name == self.name:
            return
        self.name = name
        self._apply()
        self.changed.emit()

    def _apply(self) -> None:
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(stylesheet(self.tokens, self._image_paths()))

    def _image_paths(self) -> dict[str, str]:
        paths = {key: self._images.filePath(f"{key}-{self.name}.png") for key in (*_IMAGES, "checkDisabled")}
        if self.name not in self._drawn:
            glyph_image("caret-down", 40, self.colour("text2")).save(paths["down"])
            glyph_image("check", 56, self.colour("onAccent")).save(paths["check"])
            glyph_image("check", 56, self.colour("text3")).save(paths["checkDisabled"])
            self._drawn.add(self.name)
        return paths


@functools.cache
def _colour(theme: ThemeName, token: str) -> QColor:
    return QColor(getattr(THEMES[theme], token))


def palette(tokens: Tokens) -> QPalette:
    """Return the palette of a theme: what Qt paints where no stylesheet rule applies."""
    role = QPalette.ColorRole
    colours = {
        role.Window: tokens.canvas,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.canvas,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.text3,
        role.Button: tokens.raised,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.onAccent,
        role.ToolTipBase: tokens.raised,
        role.ToolTipText: tokens.text,
        role.Highlight: tokens.accentLine,
        role.HighlightedText: tokens.text,
        role.Link: tokens.accentText,
        role.LinkVisited: tokens.accentText,
        role.Accent: tokens.accent,
        role.Light: tokens.hairline,
        role.Midlight: tokens.hairline,
        role.Mid: tokens.line,
        role.Dark: tokens.line,
        role.Shadow: tokens.line,
    }
    made = QPalette()
    for which, colour in colours.items():
        made.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.text3))
    return made


def set_kind(widget: QWidget, kind: str) -> None:
    """Give a widget the stylesheet's `kind` (primary, flat, icon, error, ...), now or later."""
    set_state(widget, "kind", kind)


def set_state(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the stylesheet asks for.

    A widget that was polished already has to be polished again to take notice. One that was not must not be: the
    style would remember the font of that moment, and put it back over the one that is set afterwards.
    """
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        font = widget.font()
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.setFont(font)
    widget.update()
