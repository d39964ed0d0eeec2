"""What is ticked, picked or switched: buttons whose words break into lines, painted in the theme's colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QRadioButton

from app.style.icons import paint_glyph
from app.style.plain_text import in_signs
from app.widgets.generated.words import LINE, Flow

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

    from app.style.theme import Theme

Look = Literal["box", "circle", "switch", "segment"]
_WIDTHS: Final[dict[Look, int]] = {"box": 16, "circle": 16, "switch": 30, "segment": 0}
_GAP: Final = 8
_SEGMENT: Final = 12
HIGH: Final = 28


if TYPE_CHECKING:
    _Button = QAbstractButton
else:
    _Button = object  # Qt's classes cannot be combined with one another


class Option(_Button):
    """A mixin for buttons: the words beside the mark, and how high they are at a width."""

    look: Look
    words: str
    _theme: Theme
    _flow: Flow

    def begin(self, theme: Theme, look: Look) -> None:
        """Take theme and look."""
        self._theme = theme
        self.look = look
        self.words = ""
        self._flow = Flow(theme.fonts.text(), LINE)
        self.setFont(theme.fonts.text())
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def say(self, words: str) -> bool:
        """Show other words; tell whether they are."""
        words = in_signs(words)
        if words == self.words:
            return False
        self.words = words
        self.setAccessibleName(words)
        self.update()
        return True

    def wear(self, look: Look) -> None:
        """Take another look."""
        if look != self.look:
            self.look = look
            self.update()

    @property
    def _left(self) -> int:
        return _SEGMENT if self.look == "segment" else _WIDTHS[self.look] + _GAP

    def natural(self, look: Look | None = None) -> int:
        """Return the width on one line, perhaps in another look."""
        wide = self._flow.natural(self.words)
        if (look or self.look) == "segment":
            return wide + 2 * _SEGMENT
        return wide + _WIDTHS[look or self.look] + _GAP

    def height_at(self, width: int) -> int:
        """Return the height of the words at a width, at least that of a control."""
        return max(HIGH, self._flow.height(self.words, max(1, width - self._left)) + HIGH - LINE)

    def sizeHint(self) -> QSize:
        """Return the size on one line."""
        return QSize(self.natural(), HIGH)

    def hitButton(self, pos: QPoint) -> bool:
        """Take a click on the words as one on the mark."""
        return bool(self.rect().contains(pos))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint mark and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen, able = self.isChecked(), self.isEnabled()
        colour = self._theme.colour
        if self.look == "segment":
            self._paint_segment(painter, chosen=chosen)
        else:
            self._paint_mark(painter, chosen=chosen, able=able)
        ink = "text3" if not able else "text"
        if self.look == "segment" and able:
            ink = "accentText" if chosen else "text2"
        painter.setPen(colour(ink))
        left = self._left
        wide = self.width() - left - (_SEGMENT if self.look == "segment" else 0)
        top = (HIGH - LINE) / 2
        if self.look == "segment":
            left += max(0, (wide - self._flow.natural(self.words)) // 2)
        self._flow.paint(painter, self.words, left, top, max(1, self.width() - self._left), QRectF(event.rect()))
        painter.end()

    def _paint_segment(self, painter: QPainter, *, chosen: bool) -> None:
        inner = QRectF(self.rect()).adjusted(2, 2, -2, -2)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen or (self.underMouse() and self.isEnabled()):
            painter.setBrush(self._theme.colour("accentSoft" if chosen else "hover"))
            painter.drawRoundedRect(inner, 4, 4)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.colour("accent"), 2))
            painter.drawRoundedRect(inner, 4, 4)

    def _paint_mark(self, painter: QPainter, *, chosen: bool, able: bool) -> None:
        colour = self._theme.colour
        wide = _WIDTHS[self.look]
        mark = QRectF(0, (HIGH - 16) / 2, wide, 16).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = 4 if self.look == "box" else 7.5
        hover = able and self.underMouse()
        edge = "accent" if chosen and able else "line" if chosen or (able and not hover) else "text3"
        painter.setPen(QPen(colour(edge if able else "hairline"), 1))
        ground = "accent" if chosen and able else "line" if chosen else "sunken" if self.look == "switch" else "raised"
        painter.setBrush(colour(ground))
        if self.hasFocus():
            painter.setPen(QPen(colour("text" if chosen else "accent"), 2))
            mark.adjust(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(mark, radius, radius)
        if self.look == "switch":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("onAccent" if chosen else "text3" if able else "line"))
            middle = QPointF(wide - 8 if chosen else 8, HIGH / 2)
            painter.drawEllipse(middle, 5, 5)
        elif chosen and self.look == "box":
            paint_glyph(painter, "check", mark.adjusted(2, 2, -2, -2), colour("onAccent"))
        elif chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("onAccent"))
            painter.drawEllipse(mark.center(), 3.2, 3.2)


class Tick(Option, QCheckBox):
    """A box or a switch."""

    def __init__(self, theme: Theme, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.begin(theme, look)


class Pick(Option, QRadioButton):
    """One of several, of which at most one is chosen; the arrow keys walk along them."""

    def __init__(self, theme: Theme, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self.begin(theme, look)

    def pick(self, *, chosen: bool) -> None:
        """Show whether it is chosen; none of several can be."""
        if chosen != self.isChecked():
            self.setAutoExclusive(False)
            self.setChecked(chosen)
            self.setAutoExclusive(True)
