"""The foot of the preview: a slider over every prefix of an answer, with a tick where a part began."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QSlider

from app import figures
from app.style import tokens
from app.widgets.controls import icon_button, label, set_icon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme

HEIGHT: Final = 48
_HANDLE: Final = 7.0
_GROOVE: Final = 4.0
_TICK: Final = 4.0
_LONGEST_MS: Final = 20_000
"""How long it takes at most to play an answer, however long it is."""


class Stops:
    """The places of an answer's text at which the slider can stand: the end of each token, and none of the text."""

    def __init__(self, ends: Sequence[int], opened: Sequence[int] = ()) -> None:
        self.ends = (0, *ends)
        self.ticks = tuple(sorted({self.at(place) for place in opened}))

    def __len__(self) -> int:
        """Return the number of the last stop."""
        return len(self.ends) - 1

    def at(self, place: int) -> int:
        """Return the first stop whose text holds the character before `place`."""
        return min(len(self), bisect_left(self.ends, place))

    def before(self, stop: int) -> int:
        """Return the tick before a stop, or the beginning."""
        found = bisect_left(self.ticks, stop)
        return self.ticks[found - 1] if found else 0

    def after(self, stop: int) -> int:
        """Return the tick after a stop, or the end."""
        found = bisect_right(self.ticks, stop)
        return self.ticks[found] if found < len(self.ticks) else len(self)


class ScrubSlider(QSlider):
    """A slider that goes where it is pressed, and paints ticks above its groove."""

    stepped = Signal(int)
    """A person wants the part before (-1) or after (1)."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self.ticks: tuple[int, ...] = ()
        self.setAccessibleName("How much of the answer is shown")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Return a width that leaves room to aim, and the height of handle and ticks."""
        return QSize(160, 30)

    def minimumSizeHint(self) -> QSize:
        """Return what is needed to aim at all."""
        return QSize(80, 30)

    def _x(self, value: int) -> float:
        span = max(1, self.maximum() - self.minimum())
        return _HANDLE + (self.width() - 2 * _HANDLE) * (value - self.minimum()) / span

    def _value_at(self, x: float) -> int:
        share = (x - _HANDLE) / max(1.0, self.width() - 2 * _HANDLE)
        return round(self.minimum() + min(1.0, max(0.0, share)) * (self.maximum() - self.minimum()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go where the pointer is."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setSliderPosition(self._value_at(event.position().x()))
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self.setSliderPosition(self._value_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Stay where the pointer left."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk by tokens with the arrow keys, by parts with Ctrl and the arrow keys."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in steps:
            self.stepped.emit(steps[Qt.Key(event.key())])
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the groove, the ticks that fit above it, and the handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = self._theme.colour
        middle, here = self.height() / 2 + 4, self._x(self.sliderPosition())
        painter.setPen(Qt.PenStyle.NoPen)
        for left, right, ink in (
            (_HANDLE, self.width() - _HANDLE, "hairline"),
            (_HANDLE, here, "accent" if self.isEnabled() else "line"),
        ):
            painter.setBrush(colour(ink))
            painter.drawRoundedRect(QRectF(left, middle - _GROOVE / 2, right - left, _GROOVE), 2, 2)
        last = -3.0
        for tick in self.ticks:
            x = round(self._x(tick))
            if x - last >= 3:
                painter.fillRect(QRectF(x, middle - 14, 1, _TICK), colour("text3" if tick <= self.value() else "line"))
                last = x
        ring = "accent" if self.isEnabled() else "line"
        painter.setPen(QPen(colour(ring), 3 if self.hasFocus() else 2))
        painter.setBrush(colour("raised" if self.isEnabled() else "canvas"))
        painter.drawEllipse(QPointF(here, middle), _HANDLE - 1, _HANDLE - 1)
        painter.end()


class Scrubber(QFrame):
    """To the beginning, play, the slider, and how much of the answer is shown.

    `moved` is given the number of characters of the answer that are to be shown, or None where that is all there is:
    what is on the screen then is the live one again.
    """

    moved = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._stops = Stops(())
        self._about = 0
        self._unit = "tokens"
        self._quiet = False
        self.setProperty("ground", "surface")
        self.setProperty("rule", "above")
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName("The answer as it was written")
        self.begin = icon_button(theme, "skip-back", "To the beginning", "Home")
        self.play = icon_button(theme, "play", "Play how it was written")
        self.slider = ScrubSlider(theme)
        self.slider.setToolTip("Every step of the answer; Ctrl and the arrow keys go from part to part")
        self.words = label(theme, "", 13, ink="text2", tabular=True)
        self._playing = QTimer(self)
        self._playing.setInterval(tokens.FRAME_MS)
        self._playing.timeout.connect(self._advance)
        self.begin.clicked.connect(lambda: self.go(0))
        self.play.clicked.connect(self.toggle)
        self.slider.valueChanged.connect(self._moved)
        self.slider.sliderPressed.connect(self.pause)
        self.slider.stepped.connect(self.step)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, tokens.PANEL_MARGIN, 0)
        row.setSpacing(4)
        row.addWidget(self.begin)
        row.addWidget(self.play)
        row.addSpacing(8)
        row.addWidget(self.slider, 1)
        row.addSpacing(8)
        row.addWidget(self.words)
        self.show_stops(Stops(()))

    # What the page may ask for

    @property
    def at_end(self) -> bool:
        """Whether all there is of the answer is shown."""
        return self.slider.value() >= len(self._stops)

    @property
    def place(self) -> int | None:
        """How many characters are to be shown; None for all there are."""
        return None if self.at_end else self._stops.ends[self.slider.value()]

    @property
    def playing(self) -> bool:
        """Whether the answer is played."""
        return self._playing.isActive()

    def show_stops(self, stops: Stops, *, about: int = 0, unit: str = "tokens") -> None:
        """Take the stops of an answer; of one that grows, whoever stands at the end stays there.

        `about` is how many stops there will be, as far as can be guessed; 0 where it cannot, or they are all there.
        """
        following = self.at_end
        self._stops, self._about, self._unit = stops, max(about, 0), unit
        self._quiet = True
        self.slider.setRange(0, max(len(stops), self._about, 1))
        self.slider.ticks = stops.ticks
        self.slider.setPageStep(max(1, len(stops) // 10))
        if following or self.slider.value() > len(stops):
            self.slider.setValue(len(stops))
        self._quiet = False
        for control in (self.begin, self.play, self.slider):
            control.setEnabled(len(stops) > 0)
        self.slider.update()
        self._say()

    def go(self, stop: int) -> None:
        """Show the answer up to a stop, as if a person had moved the slider."""
        self.pause()
        self.slider.setValue(min(max(stop, 0), len(self._stops)))

    def go_to_end(self) -> None:
        """Show all there is."""
        self.go(len(self._stops))

    def step(self, by: int) -> None:
        """Go to where the part before or after began."""
        at = self.slider.value()
        self.go(self._stops.before(at) if by < 0 else self._stops.after(at))

    def toggle(self) -> None:
        """Play the answer, from its beginning if all of it is shown; or stay where it is."""
        if self.playing:
            self.pause()
            return
        if self.at_end:
            self.slider.setValue(0)
        self._playing.start()
        self._show_playing()

    def pause(self) -> None:
        """Stay where it is."""
        if self.playing:
            self._playing.stop()
            self._show_playing()

    # Parts

    def _advance(self) -> None:
        count = len(self._stops)
        by = max(1, count * tokens.FRAME_MS // _LONGEST_MS)
        self.slider.setValue(min(count, self.slider.value() + by))
        if self.at_end:
            self.pause()

    def _moved(self, value: int) -> None:
        if value > len(self._stops):  # what is still to come cannot be shown
            self.slider.setValue(len(self._stops))
            return
        self._say()
        if not self._quiet:
            self.moved.emit(self.place)

    def _say(self) -> None:
        count, at = len(self._stops), self.slider.value()
        whole = max(count, self._about)
        unit = self._unit if whole != 1 else self._unit.removesuffix("s")
        if not count:
            words = ""
        elif self._about > count:
            words = f"{figures.number(at)} of about {figures.number(whole)} {unit}"
        elif at < count:
            words = f"{figures.number(at)} of {figures.number(count)} {unit}"
        else:
            words = f"{figures.number(count)} {unit}"
        self.words.setText(words)
        self.slider.setAccessibleDescription(words)

    def _show_playing(self) -> None:
        set_icon(self._theme, self.play, "pause" if self.playing else "play")
        name = "Stay here" if self.playing else "Play how it was written"
        self.play.setAccessibleName(name)
        self.play.setToolTip(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Play or pause with the space bar."""
        if event.key() == Qt.Key.Key_Space:
            self.toggle()
        else:
            super().keyPressEvent(event)
