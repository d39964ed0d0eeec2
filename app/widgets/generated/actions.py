"""Buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.generated.layouts import Extent
from app.widgets.generated.part import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from app.style.fonts import Weight

HIGH: Final = 28
_MOST: Final = 320
_WEIGHTS: Final[dict[str, Weight]] = {"primary": 600, "quiet": 400}
_KINDS: Final = {"primary": "primary", "secondary": "", "quiet": "flat", "danger": "danger"}


class Button(Part):
    """Something to press, once all of it is there."""

    _PROP = "label"

    def build(self) -> None:
        """Make the button."""
        self.button = QPushButton(self)
        self.button.setAutoDefault(False)
        self.button.setEnabled(False)
        self.button.setAccessibleName("Button")
        self.button.clicked.connect(self.press)
        self.style_name = ""
        self.label = ""
        self._wear("secondary")

    def press(self) -> None:
        """Do what the action says."""
        self.host.act(self, self.value("action"))

    def _wear(self, style: str) -> None:
        if style != self.style_name:
            self.style_name = style
            set_kind(self.button, _KINDS[style])
            self.button.setFont(self.host.theme.fonts.text(13, _WEIGHTS.get(style, 500)))
            self.touch()

    def refresh(self) -> None:
        """Show label and style."""
        self._wear(self.word("style", tuple(_KINDS), "secondary"))
        self.name(self.text(self._PROP), able=self.closed)

    def name(self, label: str, *, able: bool) -> None:
        """Show a label, and whether the button can be pressed."""
        label = one_line(label.strip(), 120)
        if label != self.label:
            self.label = label
            self.button.setAccessibleName(label or "Button")
            self._elide(self.width())
            self.touch()
        self.button.setEnabled(able)

    def _natural(self) -> int:
        return self.button.fontMetrics().horizontalAdvance(self.label) + self._around

    @property
    def _around(self) -> int:
        """What border and padding take of the width: a quiet button shows neither, and stands closer to its edge."""
        return 20 if self.style_name == "quiet" else 29

    def _elide(self, width: int) -> None:
        metrics = self.button.fontMetrics()
        shown = metrics.elidedText(self.label, Qt.TextElideMode.ElideRight, max(24, width - self._around + 1))
        if width >= self._natural() - 1:
            shown = self.label
        self.button.setText(shown.replace("&", "&&"))
        self.button.setToolTip(plain_tip(self.label) if shown != self.label else "")

    def measure(self) -> Extent:
        """Hug the label."""
        wish = min(_MOST, max(48, self._natural()))
        return Extent(min(wish, 96), wish, _MOST, inline="button", anchor=HIGH // 2, apart=8)

    def high(self, width: int) -> int:
        """Return the height of a control."""
        del width
        return HIGH

    def arrange(self) -> None:
        """Fill the part with the button."""
        width = self.width()
        self._elide(width)
        self.button.setGeometry(0, 0, width, HIGH)

    def spoken(self) -> tuple[str, ...]:
        """Return label and style."""
        return self.label, self.style_name

    def focusable(self) -> Sequence[QWidget]:
        """Return the button."""
        return (self.button,)


class Submit(Button):
    """The button of a form itself; it is no node of its own."""

    def press(self) -> None:
        """Do what the form's action says."""
        if self.above is not None:
            self.host.act(self.above, self.above.value("action"))

    def show_label(self, label: str, *, able: bool) -> None:
        """Show the form's label for it."""
        self._wear("primary")
        self.name(label, able=able)
