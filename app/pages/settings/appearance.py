"""How the window looks, and how dates and numbers are written."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox

from app import figures
from app.pages.settings.rows import SettingsSection, across
from app.scale import LEAST, has_room
from app.style.theme import set_kind
from app.widgets.controls import button, label
from app.widgets.segments import Segments
from engine.settings import ISO, LANGUAGES, SCALES, SYSTEM, Size, ThemeChoice

if TYPE_CHECKING:
    from app.session import Session
    from app.style.theme import Theme

_THEMES: dict[ThemeChoice, str] = {"system": "As the system", "light": "Light", "dark": "Dark"}
_SIZES: dict[Size, str] = {
    "small": "Small",
    "normal": "Normal",
    "large": "Large",
    "larger": "Larger",
    "largest": "Largest",
}
_EXAMPLE = datetime(2025, 3, 14, 14, 5)


class AppearanceSection(SettingsSection):
    """The theme, at once; the size, at the next start."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, "appearance")
        self._session = session
        self.themes = Segments(theme, _THEMES, "Theme")
        self.sizes = Segments(theme, _SIZES, "Size")
        self.themes.chosen.connect(lambda choice: session.preferences.put("appearance", theme=choice))
        self.sizes.chosen.connect(lambda choice: session.preferences.put("appearance", size=choice))
        self.restart = button(theme, "Start again now", "", "arrow-clockwise")
        self.restart.clicked.connect(session.restart)
        self.add("appearance.theme", across(self.themes))
        self.add("appearance.size", across(self.sizes, self.restart))
        self.show_now()

    def show_now(self) -> None:
        """Show what is chosen, and which sizes the screen has room for."""
        now = self._session.preferences.now.appearance
        self.themes.choose(now.theme)
        self.sizes.choose(now.size)
        shown = self._session.preferences.shown_size
        self.restart.setVisible(now.size != shown)
        for choice, factor in SCALES.items():
            room = has_room(self.screen(), shown, choice) or choice == now.size
            needed = f": needs a screen of {LEAST[0] * factor:.0f} by {LEAST[1] * factor:.0f} pixels"
            self.sizes.parts[choice].setEnabled(room)
            self.sizes.parts[choice].setToolTip(figures.percent(factor) + ("" if room else needed))


class LocaleSection(SettingsSection):
    """Whose way of writing dates and numbers is used, with an example of each."""

    def __init__(self, theme: Theme, session: Session) -> None:
        super().__init__(theme, "locale")
        self._session = session
        self.language = QComboBox()
        self.language.setFont(theme.fonts.text())
        self.language.setMinimumWidth(232)
        set_kind(self.language, "field")
        self.language.setAccessibleName("Language of dates and numbers")
        for tag, words in {SYSTEM: "As the system", ISO: "ISO 8601, in any language", **LANGUAGES}.items():
            self.language.addItem(words, tag)
        self.example = label(theme, "", 13, 500, tabular=True)
        self.language.activated.connect(self._choose)
        self.add("locale.language", across(self.language, self.example))
        self.show_now()

    def _choose(self, index: int) -> None:
        self._session.preferences.put("locale", language=self.language.itemData(index))

    def show_now(self) -> None:
        """Show what is chosen, and what it makes of a number and a moment."""
        self.language.setCurrentIndex(self.language.findData(self._session.preferences.now.locale.language))
        self.example.setText(f"{figures.number(12_345.6, 1)}   {figures.moment(_EXAMPLE)}")
