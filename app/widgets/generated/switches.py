"""Toggles and sliders: what is on or off, and a number between two others."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSlider, QWidget

from app.style.plain_text import one_line
from app.widgets.generated.inputs import LONGEST, Input
from app.widgets.generated.layouts import MEASURE, Extent
from app.widgets.generated.options import HIGH, Tick
from app.widgets.generated.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QWheelEvent


class Toggle(Input):
    """Something that is so or not: a switch or a box with its label beside it."""

    bare = True

    def build(self) -> None:
        """Make the switch."""
        super().build()
        self.tick = Tick(self.host.theme, "switch", self)
        self.tick.clicked.connect(lambda on: self.give(bool(on)))

    def refresh(self) -> None:
        """Show the label and the state."""
        self.tick.wear("box" if self.word("display", ("switch", "checkbox")) == "checkbox" else "switch")
        if self.tick.say(self.text("label")):
            self.touch()
        super().refresh()
        self.tick.setEnabled(self.closed and bool(self.name))

    def written(self) -> Any:
        """Return the value that the model wrote."""
        return self.flag("value")

    def name_controls(self, name: str) -> None:
        """Say what is switched."""
        self.tick.setAccessibleName(one_line(name, LONGEST))

    def show_value(self, value: Any) -> None:
        """Show whether it is so."""
        self.tick.setChecked(value is True or value == "true")

    def measure(self) -> Extent:
        """Take the width of switch and label."""
        wish = min(MEASURE, self.tick.natural() + 4)
        return Extent(min(wish, 160), wish, MEASURE, anchor=HIGH // 2, above=4, below=4, apart=20)

    def control_height(self, width: int) -> int:
        """Return the height of the label."""
        return self.tick.height_at(width)

    def place_control(self, x: int, y: int, width: int, height: int) -> None:
        """Place switch and label."""
        self.tick.setGeometry(x, y, min(width, self.tick.natural() + 4), height)

    def shows(self) -> tuple[str, ...]:
        """Return the label and whether it is so."""
        return self.tick.look, self.tick.words, "on" if self.tick.isChecked() else "off"

    def focusable(self) -> Sequence[QWidget]:
        """Return the switch."""
        return (self.tick,)


class _Rail(QSlider):
    """A slider that the wheel leaves alone, so that whoever scrolls past it changes nothing."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the screen."""
        event.ignore()


class Slider(Input):
    """A number between two others."""

    _MOST_STEPS: Final = 10_000
    _HIGH: Final = 24

    def build(self) -> None:
        """Make the rail, and the number beside the label."""
        super().build()
        self.rail = _Rail(Qt.Orientation.Horizontal, self)
        self.rail.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.rail.valueChanged.connect(self._moved)
        fonts = self.host.theme.fonts
        self.reading = Words(self, fonts.text(13, 500, tabular=True), aligned=Qt.AlignmentFlag.AlignRight)
        self._showing = False

    def _scale(self) -> tuple[float, float, int]:
        """Return where the scale begins, the length of a step, and how many there are."""
        low, high = self.number("min", 0), self.number("max", 100)
        step = self.number("step", 1)
        if high <= low:
            return low, 1, 0
        if not 0 < step <= high - low or math.isinf((high - low) / step):
            step = (high - low) / 100
        # Where there are too many steps, several are taken at once: the end can still be reached.
        step *= math.ceil((high - low) / step / self._MOST_STEPS)
        return low, step, max(1, round((high - low) / step))

    def refresh(self) -> None:
        """Show scale and value."""
        _, _, steps = self._scale()
        self._showing = True
        self.rail.setRange(0, steps)
        self.rail.setPageStep(max(1, steps // 10))
        self._showing = False
        super().refresh()
        self.rail.setEnabled(self.closed and bool(self.name))

    def written(self) -> Any:
        """Return the value that the model wrote."""
        return self.number("value", self._scale()[0])

    def name_controls(self, name: str) -> None:
        """Say what is set."""
        self.rail.setAccessibleName(one_line(name, LONGEST))
        if "&" not in self.label.said:
            QLabel.setBuddy(self.label, self.rail)

    def show_value(self, value: Any) -> None:
        """Show the number, and put the handle where it is."""
        low, step, steps = self._scale()
        try:
            number = float(value)
        except (TypeError, ValueError):
            number = low
        if not low - step <= number <= low + step * (steps + 1):
            number = min(max(number, low), low + step * steps)
        self._showing = True
        self.rail.setValue(round((number - low) / step))
        self._showing = False
        self.reading.say(f"{number:,.10g}")

    def _moved(self, at: int) -> None:
        if not self._showing:
            low, step, _ = self._scale()
            number = round(low + at * step, 10)
            self.give(int(number) if float(number).is_integer() else number)

    def measure(self) -> Extent:
        """Take a line, or share one."""
        return Extent(140, 280, MEASURE, weight=2, above=12, below=12, apart=24)

    def _top(self, width: int) -> int:
        return max(20, self.label.height_at(max(1, width - 72)))

    def control_height(self, width: int) -> int:
        """Return the height of the rail."""
        del width
        return self._HIGH

    def arrange(self) -> None:
        """Place label, number, rail and note."""
        width = self.width()
        super().arrange()
        self.label.setGeometry(0, 0, max(1, width - 72), self._top(width))
        self.reading.setGeometry(width - 72, 0, 72, 20)

    def place_control(self, x: int, y: int, width: int, height: int) -> None:
        """Place the rail."""
        self.rail.setGeometry(x, y, width, height)

    def shows(self) -> tuple[str, ...]:
        """Return the number."""
        return (self.reading.said, f"{self.rail.value()}/{self.rail.maximum()}")

    def focusable(self) -> Sequence[QWidget]:
        """Return the rail."""
        return (self.rail,)
