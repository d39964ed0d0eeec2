"""Choices: one of several, or several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.style.plain_text import one_line
from app.widgets.form.switch import Menu
from app.widgets.generated.inputs import CONTROL, LABEL, LONGEST, Input
from app.widgets.generated.layouts import MEASURE, Extent
from app.widgets.generated.options import Pick, Tick
from engine.interface.fitting import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from app.style.theme import Theme


class _Frame(QFrame):
    """What options stand in; as segments they have an edge around them and lines between."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.lines: list[int] = []
        self.edged = False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the edge."""
        if self.edged:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(self._theme.colour("line"))
            painter.setBrush(self._theme.colour("raised"))
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            for x in self.lines:
                painter.fillRect(x, 1, 1, self.height() - 2, self._theme.colour("line"))
            painter.end()


class Choice(Input):
    """One of several, or several of them: a menu, circles, segments, boxes."""

    _DISPLAYS: Final = ("dropdown", "radio", "segmented", "checkboxes")
    _GAP: Final = 20

    def build(self) -> None:
        """Wait for the display."""
        super().build()
        self.display = ""
        self.menu: Menu | None = None
        self.frame = _Frame(self.host.theme, self)
        self.buttons: list[Tick | Pick] = []
        self.options: list[str] = []
        self._is_odd = False

    def refresh(self) -> None:
        """Show the options, and which of them is chosen."""
        display = self.word("display", self._DISPLAYS)
        if display != self.display and (self.closed or "display" in self.values):
            self._take_down()
            self.display = display
        options = [one_line(self.filled(each), LONGEST) for each in self.items("options")]
        if self.display == "dropdown":
            self._fill_menu(options)
        elif self.display:
            self._fill_buttons(options)
        self.options = options
        self._examine()
        super().refresh()
        able = self.closed and bool(self.name)
        if self.menu is not None:
            self.menu.setEnabled(able)
        for each in self.buttons:
            each.setEnabled(able)

    def _examine(self) -> None:
        """Note a value that is none of the options."""
        if self._is_odd:
            self.wrong.pop("value", None)
        self._is_odd = False
        value = self.values.get("value")
        if self.closed and value not in (None, "", []):
            chosen = value if isinstance(value, list) else [value]
            if any(each not in self.items("options") for each in chosen):
                self._is_odd = True
                self.wrong["value"] = f"{shown(value)} is none of the options."

    def _take_down(self) -> None:
        if self.menu is not None:
            self.menu.hide()
            self.menu.deleteLater()
            self.menu = None
        while self.buttons:
            self._drop_button()
        self.options = []
        self.touch()

    def _drop_button(self) -> None:
        button = self.buttons.pop()
        button.hide()
        button.deleteLater()

    def _fill_menu(self, options: list[str]) -> None:
        if self.menu is None:
            self.menu = Menu(self.host.theme, "")
            self.menu.setParent(self)
            self.menu.setPlaceholderText("Choose…")
            self.menu.choose(-1)
            self.menu.activated.connect(self._chosen)
            self.menu.show()
            self.touch()
        shown = self.options if options[: len(self.options)] == self.options else []
        if not shown:
            self.menu.clear()
        if len(options) > len(shown):
            self.menu.addItems(options[len(shown) :])

    def _fill_buttons(self, options: list[str]) -> None:
        several = self.display == "checkboxes"
        changed = len(options) != len(self.buttons)
        while len(self.buttons) > len(options):
            self._drop_button()
        while len(self.buttons) < len(options):
            at = len(self.buttons)
            theme = self.host.theme
            made = Tick(theme, "box", self.frame) if several else Pick(theme, "circle", self.frame)
            made.clicked.connect(lambda _=False, which=at: self._chosen(which))
            made.show()
            self.buttons.append(made)
        for button, option in zip(self.buttons, options, strict=True):
            changed |= button.say(option)
        if changed:
            self.touch()

    def _chosen(self, at: int) -> None:
        if self.display == "checkboxes":
            written = self.items("options")
            self.give([written[which] for which, each in enumerate(self.buttons) if each.isChecked()])
        elif at < len(self.items("options")):
            self.give(self.items("options")[at])

    def written(self) -> Any:
        """Return the value that the model wrote; of several an array."""
        value, options = self.value("value"), self.items("options")
        if self.word("display", self._DISPLAYS) == "checkboxes":
            several = value if isinstance(value, list) else [] if value is None else [value]
            return [each for each in several if each in options]
        return value if isinstance(value, str) and value in options else None

    def show_value(self, value: Any) -> None:
        """Show what is chosen."""
        written = self.items("options")
        if self.menu is not None:
            self.menu.choose(written.index(value) if value in written else -1)
        for at, button in enumerate(self.buttons):
            option = written[at] if at < len(written) else None
            if isinstance(button, Pick):
                button.pick(chosen=option is not None and option == value and written.index(option) == at)
            else:
                button.setChecked(isinstance(value, list) and option in value)

    def name_controls(self, name: str) -> None:
        """Say what is chosen."""
        name = one_line(name, LONGEST)
        if self.menu is not None:
            self.menu.setAccessibleName(name)
            if "&" not in self.label.said:
                QLabel.setBuddy(self.label, self.menu)
        self.frame.setAccessibleName(name)
        for button in self.buttons:
            button.setAccessibleName(f"{name}: {button.words}" if name else button.words)

    def mark(self, *, wrong: bool) -> None:
        """Show the edge of an error."""
        if self.menu is not None:
            self.menu.mark(wrong=wrong)

    def _segments(self, width: int) -> list[int] | None:
        """Return the widths of the segments; None where they do not fit beside each other."""
        if self.display != "segmented" or not self.buttons:
            return None
        widths = [button.natural("segment") for button in self.buttons]
        return widths if sum(widths) + len(widths) - 1 <= width else None

    def _columns(self, width: int) -> int:
        """Return in how many columns boxes stand: those of a few short words need not stand below each other."""
        widest = max((button.natural() for button in self.buttons), default=1)
        count = len(self.buttons)
        if count <= (3 if self.display == "checkboxes" else 5):
            return 1
        most = max(1, min(3, (min(width, MEASURE) + self._GAP) // (widest + self._GAP)))
        rows = -(-count // most)
        return -(-count // rows)

    def measure(self) -> Extent:
        """Take half a line for a menu, the width of the options for the others."""
        label = self.label.natural()
        if self.display in {"", "dropdown"}:
            anchor = LABEL * bool(self.label.said) + CONTROL // 2
            return Extent(140, 240, MEASURE, weight=2, units=2, anchor=anchor)
        if self.display == "segmented":
            wish = sum(button.natural("segment") for button in self.buttons) + len(self.buttons)
            anchor = LABEL * bool(self.label.said) + CONTROL // 2
            return Extent(min(160, max(wish, label)), max(wish, label), MEASURE, weight=1, anchor=anchor, apart=24)
        widest = max((button.natural() for button in self.buttons), default=120)
        return Extent(min(160, widest), max(widest, label), MEASURE, weight=1, apart=24)

    def control_height(self, width: int) -> int:
        """Return the height of menu or options."""
        if self.display in {"", "dropdown"} or self._segments(width) is not None:
            return CONTROL
        return max(CONTROL, sum(max(row) for row in self._heights_of_rows(width)))

    def _heights_of_rows(self, width: int) -> list[list[int]]:
        columns = self._columns(width)
        cell = (width + self._GAP) // columns - self._GAP
        heights = [button.height_at(cell) for button in self.buttons]
        return [heights[at : at + columns] for at in range(0, len(heights), columns)]

    def place_control(self, x: int, y: int, width: int, height: int) -> None:
        """Place menu or options."""
        if self.menu is not None:
            self.menu.setGeometry(x, y, width, height)
        widths = self._segments(width)
        self.frame.edged = widths is not None
        self.frame.lines = []
        if widths is not None:
            self.frame.setGeometry(x, y, sum(widths) + len(widths) - 1, height)
            left = 0
            for button, wide in zip(self.buttons, widths, strict=True):
                if left:
                    self.frame.lines.append(left - 1)
                button.wear("segment")
                button.setGeometry(left, 0, wide, height)
                left += wide + 1
        else:
            self._place_rows(x, y, width, height)
        self.frame.update()

    def _place_rows(self, x: int, y: int, width: int, height: int) -> None:
        self.frame.setGeometry(x, y, width, height)
        columns = self._columns(width)
        cell = (width + self._GAP) // columns - self._GAP
        top = 0
        for row, heights in enumerate(self._heights_of_rows(width)):
            for column, high in enumerate(heights):
                button = self.buttons[row * columns + column]
                button.wear("box" if isinstance(button, Tick) else "circle")
                button.setGeometry(column * (cell + self._GAP), top, min(cell, button.natural() + 4), high)
            top += max(heights)

    def shows(self) -> tuple[str, ...]:
        """Return the options, those that are chosen with a mark."""
        if self.menu is not None:
            chosen = self.menu.currentText() if self.menu.currentIndex() >= 0 else ""
            return self.display, chosen, *self.options
        return self.display, *(f"{'x' if each.isChecked() else 'o'} {each.words}" for each in self.buttons)

    def focusable(self) -> Sequence[QWidget]:
        """Return menu or options."""
        return (self.menu,) if self.menu is not None else tuple(self.buttons)
