"""The preview: its head, the screen, what will be sent, and the way through the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app import figures
from app.pages.interface.scrubber import Scrubber
from app.pages.interface.send_bar import SendBar
from app.pages.interface.stage import Device, Stage
from app.style import tokens
from app.style.theme import set_state
from app.widgets.controls import Chip, EmptyState, Mark, button, ground, icon_button, label

if TYPE_CHECKING:
    from PySide6.QtGui import QCloseEvent, QResizeEvent
    from PySide6.QtWidgets import QPushButton

    from app.shortcuts import Shortcuts
    from app.style.theme import Theme

DEVICES: Final[dict[Device, tuple[str, str]]] = {
    "phone": ("device-mobile", "As wide as a phone, 390 px"),
    "tablet": ("device-tablet", "As wide as a tablet, 768 px"),
    "desktop": ("desktop", "As wide as there is room"),
}
NARROWEST: Final = 392
"""As narrow as a phone, with its border."""
_ROOM_FOR_TITLE: Final = 348
_ROOM_FOR_WIDTH: Final = 440
"""The width of the head, without what is said of the answer, from which on it also has room for these."""


class Strip(QFrame):
    """A line over the preview: what went wrong, or what is to be known of it, and a way on."""

    acted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("rule", "below")
        self.mark = Mark(theme, "triangle", "amberMark")
        self.words = label(theme, "", 13)
        self.words.setWordWrap(True)
        self.way = button(theme, "")
        self.way.clicked.connect(self.acted)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.ANSWER_MARGIN, 6, 12, 6)
        row.setSpacing(8)
        row.addWidget(self.mark)
        row.addWidget(self.words, 1)
        row.addWidget(self.way)
        self.setMinimumHeight(40)
        self.hide()

    def say(self, words: str, way: str = "", *, failed: bool = False) -> None:
        """Show a sentence and the words of a way on; without a sentence nothing."""
        self.words.setText(words)
        self.way.setText(way)
        self.way.setAccessibleName(way)
        self.way.setVisible(bool(way))
        self.mark.show_state("cross" if failed else "ring", "brickMark" if failed else "text3")
        set_state(self, "ground", "brick" if failed else "canvas")
        self.setVisible(bool(words))


class PreviewPanel(QFrame):
    """What a screen looks like, and what can be done with how it is shown. It changes no screen itself."""

    device_chosen = Signal(str)
    inspect_asked = Signal(bool)
    theme_asked = Signal(bool)
    """Whether the screen is to be shown in the other theme."""
    reset_asked = Signal()
    full_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setAccessibleName("Preview")
        self.stage = Stage(theme)
        self.live = Chip(theme)
        self.width_words = label(theme, "", 13, ink="text2", tabular=True)
        self._title = label(theme, "Preview", 15, 600)
        self.group = QButtonGroup(self)
        self.devices: dict[Device, QPushButton] = {}
        for device, (icon, words) in DEVICES.items():
            made = icon_button(theme, icon, words)
            made.setCheckable(True)
            self.group.addButton(made)
            self.devices[device] = made
        self.inspect = icon_button(theme, "cursor", "Choose parts by clicking them", "Ctrl+Shift+C")
        self.inspect.setCheckable(True)
        self.other_theme = icon_button(theme, "circle-half", "Show the screen in the other theme")
        self.other_theme.setCheckable(True)
        self.reset = icon_button(theme, "arrow-counter-clockwise", "Forget what was typed and chosen")
        self.full = icon_button(theme, "arrows-out", "The preview alone", "F11")
        self.strip = Strip(theme)
        self.send_bar = SendBar(theme)
        self.scrubber = Scrubber(theme)
        self.empty = EmptyState(
            theme, "Nothing has been described yet", "Say at the left what the screen is for, and press Run."
        )
        self.middle = QStackedWidget()
        self.middle.addWidget(self.stage)
        self.middle.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.strip)
        column.addWidget(self.middle, 1)
        column.addWidget(self.send_bar)
        column.addWidget(self.scrubber)
        self._connect()
        self.choose("desktop")
        self.show_screen(None)

    def _head(self) -> QFrame:
        head = ground("surface", "below")
        head.setFixedHeight(tokens.HEADER)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 12, 0)
        row.setSpacing(4)
        row.addWidget(self._title)
        row.addSpacing(6)
        row.addWidget(self.live)
        row.addStretch(1)
        row.addWidget(self.width_words)
        row.addSpacing(6)
        for made in self.devices.values():
            row.addWidget(made)
        row.addSpacing(8)
        for made in (self.inspect, self.other_theme, self.reset, self.full):
            row.addWidget(made)
        return head

    def _connect(self) -> None:
        for device, made in self.devices.items():
            made.clicked.connect(lambda _=False, which=device: self._choose(which))
        self.inspect.toggled.connect(self.inspect_asked)
        self.other_theme.toggled.connect(self.theme_asked)
        self.reset.clicked.connect(self.reset_asked)
        self.full.clicked.connect(self.full_asked)
        self.stage.width_changed.connect(lambda width: self.width_words.setText(f"{figures.number(width)} wide"))

    # What the page may ask for

    def show_screen(self, screen: QWidget | None) -> None:
        """Show a screen; None where there is nothing to show."""
        if screen is not None:
            self.stage.show_screen(screen)
        self.middle.setCurrentWidget(self.stage if screen is not None else self.empty)
        for widget in (self.width_words, *self.devices.values(), self.inspect, self.other_theme, self.reset, self.full):
            widget.setEnabled(screen is not None)
        self._fit()
        self.scrubber.setVisible(screen is not None)

    def choose(self, device: Device) -> None:
        """Show the screen as wide as a device."""
        self.devices[device].setChecked(True)
        self.stage.choose(device)

    def show_live(self, words: str, state: str = "go") -> None:
        """Say that the answer is being written, or what else is shown than the screen as it is."""
        self.live.say(words, state)
        self._fit()

    def show_full(self, *, full: bool) -> None:
        """Say whether the preview is shown alone."""
        name = "Back to the window" if full else "The preview alone"
        self.full.setAccessibleName(name)
        self.full.setToolTip(f"{name} ({'Esc' if full else 'F11'})")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out of the head what there is no room for, rather than cut it off."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - (self.live.sizeHint().width() if self.live.text() else 0)
        self.width_words.setVisible(self.middle.currentWidget() is self.stage and room >= _ROOM_FOR_WIDTH)
        self._title.setVisible(room >= _ROOM_FOR_TITLE)

    def _choose(self, device: Device) -> None:
        self.stage.choose(device)
        self.device_chosen.emit(device)


class FullPreview(QWidget):
    """The preview alone on the screen; Esc or F11 goes back."""

    closed = Signal()

    def __init__(self, preview: PreviewPanel, shortcuts: Shortcuts) -> None:
        super().__init__()
        self.setWindowTitle("Preview")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._told = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(preview)
        shortcuts.bind(self, {"interface.full": self.close, "interface.stop": self.close})

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tell once, before the preview could go with the window."""
        if not self._told:
            self._told = True
            self.closed.emit()
        super().closeEvent(event)
