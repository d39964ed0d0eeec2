"""The strip above the tokens: the values the model was least certain of, and what the marks mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from app import figures
from app.models.visible import shortened
from app.pages.playground.answer.token_tint import LEAST, tint
from app.style import tokens
from app.style.drawing import paint_mark
from app.style.tips import plain_tip
from app.widgets.controls import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.models.token_values import Doubt
    from app.style.theme import Theme

_GAP = 6
_NAME_WIDTH = 140
_SWATCHES = 6
_SWATCH = 14
_NARROW = 520
_SCALE = ("1.0", f"{LEAST}")
_WORD_GAP = 20
_CROSS = 13
# A word, and its mark: the colour of its underline, or the cross.
_FORCED = ("forced", "line")
_ADDED = ("added", "amberMark")
_TAKEN_BACK = ("taken back", "cross")


class TokenStrip(QFrame):
    """Chips, the least certain value first, as many as there is room for, and the legend at the right."""

    asked = Signal(int)
    """A value was chosen: the index of its least probable token."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._doubts: tuple[Doubt, ...] = ()
        self._chips: list[DoubtChip] = []
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.setFixedHeight(tokens.TABS + 1)
        self.setAccessibleName("Least certain values")
        self._title = label(theme, "Least certain first", 12, ink="text2")
        self._title.setParent(self)
        self._legend = Legend(theme)
        self._legend.setParent(self)

    @property
    def chips(self) -> list[DoubtChip]:
        """The chips, the least certain value first."""
        return [chip for chip in self._chips if not chip.isHidden()]

    def show_marks(self, *, taken_back: bool, added: bool) -> None:
        """Tell which of the rarer marks the legend has to explain."""
        if self._legend.show_marks(taken_back=taken_back, added=added):
            self._place()

    def show_doubts(self, doubts: Sequence[Doubt], *, settled: bool) -> None:
        """Show the values that are least certain; `settled` tells that no other will come."""
        doubts = tuple(doubts)
        while len(self._chips) < len(doubts):
            chip = DoubtChip(self._theme, self)
            chip.clicked.connect(lambda _=False, which=chip: self.asked.emit(which.doubt.index))
            self._chips.append(chip)
        if doubts != self._doubts:
            self._doubts = doubts
            for chip, doubt in zip(self._chips, doubts, strict=False):
                chip.show_doubt(doubt)
            self._place()
        title = "Least certain first" if doubts else "Every value at 0.9 or above" if settled else ""
        if title != self._title.text():
            self._title.setText(title)
            self._place()

    def show_selected(self, index: int) -> None:
        """Mark the chip whose token is selected."""
        for chip, doubt in zip(self._chips, self._doubts, strict=False):
            chip.setChecked(doubt.index == index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many chips as fit."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        self._legend.shorten(short=self.width() < _NARROW)
        legend = self._legend.sizeHint()
        right = self.width() - tokens.ANSWER_MARGIN - legend.width()
        self._legend.setGeometry(right, 0, legend.width(), tokens.TABS)
        x = tokens.ANSWER_MARGIN
        # Where it is narrow a chip says more than the words before it.
        self._title.setVisible(self.width() >= _NARROW or not self._doubts)
        title = self._title.sizeHint().width() if not self._title.isHidden() else -12
        self._title.setGeometry(x, 0, max(min(title, right - x), 0), tokens.TABS)
        x += title + 12
        full = False
        for place, chip in enumerate(self._chips):
            width = chip.sizeHint().width()
            full = full or x + width + 2 * _GAP > right
            if place < len(self._doubts) and not full:
                chip.setGeometry(x, (tokens.TABS - tokens.CONTROL) // 2, width, tokens.CONTROL)
                x += width + _GAP
                chip.show()
            else:
                chip.hide()


class DoubtChip(QAbstractButton):
    """A value and how probable its least probable token was; a click leads there."""

    doubt: Doubt

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCheckable(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def show_doubt(self, doubt: Doubt) -> None:
        """Show a value."""
        self.doubt = doubt
        metrics = QFontMetricsF(self._theme.fonts.text(12))
        self._name = metrics.elidedText(shortened(doubt.name, 60), Qt.TextElideMode.ElideMiddle, _NAME_WIDTH)
        said = figures.number(doubt.probability, 2)
        self._number = said.removeprefix("0")
        where = shortened(doubt.pointer, 200) or "the answer"
        self.setAccessibleName(f"{where}, least probable token {said}")
        self.setToolTip(plain_tip(f"{where}\nits least probable token had {said}"))
        self.updateGeometry()
        self.update()

    def nextCheckState(self) -> None:
        """Stay as it is: which chip is marked follows from the token that is selected."""

    def sizeHint(self) -> QSize:
        """Return the width of mark, name and number."""
        name = QFontMetricsF(self._theme.fonts.text(12)).horizontalAdvance(self._name)
        number = QFontMetricsF(self._theme.fonts.text(12, tabular=True)).horizontalAdvance(self._number)
        return QSize(round(22 + name + 4 + number + 8), tokens.CONTROL)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the chip: quiet, ground on hover and where its token is selected."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focused = self.hasFocus()
        ground = "select" if self.isChecked() or self.isDown() else "hover" if self.underMouse() else "surface"
        painter.setBrush(self._theme.colour(ground))
        painter.setPen(QPen(self._theme.colour("accent" if focused else "hairline"), 2 if focused else 1))
        inset = 1.0 if focused else 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        paint_mark(painter, "triangle", QPointF(13, self.height() / 2), self._theme.colour("amberMark"))
        area = QRectF(22, 0, self.width() - 30, self.height())
        painter.setPen(self._theme.colour("text"))
        painter.setFont(self._theme.fonts.text(12))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._name)
        painter.setPen(self._theme.colour("text2"))
        painter.setFont(self._theme.fonts.text(12, tabular=True))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._number)
        painter.end()


class Legend(QWidget):
    """What the marks mean: forced tokens, and the tint of drawn ones."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rarer: list[tuple[str, str]] = []
        self._short = False
        self.setAccessibleName("Legend")
        self.setAccessibleDescription("Forced tokens are underlined. Drawn ones are tinted below probability 0.9.")
        self.setToolTip(
            plain_tip(
                "Underlined: forced, nothing else could stand there.\n"
                "Amber, broken underline: added to end the answer, or made up to pass the checks.\n"
                "Tinted: drawn with a probability below 0.9, the fullest tint from 0.4 down.\n"
                "Brick cross: something was written there and taken back."
            )
        )
        theme.changed.connect(self.update)

    def show_marks(self, *, taken_back: bool, added: bool) -> bool:
        """Explain the rarer marks too, where there are any; tell whether the legend is another now."""
        words = [_ADDED] * added + [_TAKEN_BACK] * taken_back
        changed = words != self._rarer
        self._rarer = words
        self.update()
        return changed

    def shorten(self, *, short: bool) -> None:
        """Leave the rarer marks to the tooltip where there is little room."""
        self._short = short
        self.update()

    @property
    def _words(self) -> list[tuple[str, str]]:
        return [_FORCED, *(() if self._short else self._rarer)]

    def _scale_width(self) -> float:
        metrics = QFontMetricsF(self._theme.fonts.text(12))
        return sum(map(metrics.horizontalAdvance, _SCALE)) + 12 + _SWATCHES * _SWATCH

    def sizeHint(self) -> QSize:
        """Return the width of words and swatches."""
        metrics = QFontMetricsF(self._theme.fonts.text(12))
        words = sum(
            metrics.horizontalAdvance(text) + _WORD_GAP + _CROSS * (mark == "cross") for text, mark in self._words
        )
        return QSize(round(words + self._scale_width()) + 1, tokens.TABS)

    def paintEvent(self, _event: Any) -> None:
        """Paint each word with its mark, then the scale's ends and its swatches."""
        painter = QPainter(self)
        painter.setFont(self._theme.fonts.text(12))
        middle, x = self.height() / 2, 0.0
        for text, mark in self._words:
            painter.setPen(self._theme.colour("text3"))
            if mark == "cross":
                paint_mark(painter, "cross", QPointF(x + 4, middle), self._theme.colour("brickMark"))
                x += _CROSS
            width = QFontMetricsF(painter.font()).horizontalAdvance(text)
            painter.drawText(QRectF(x, 0, width + 1, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
            if mark != "cross":
                style = Qt.PenStyle.SolidLine if mark == "line" else Qt.PenStyle.DashLine
                painter.setPen(QPen(self._theme.colour(mark), 1, style, Qt.PenCapStyle.FlatCap))
                painter.drawLine(QPointF(x, middle + 8), QPointF(x + width, middle + 8))
            x += width + _WORD_GAP
        area = QRectF(x, 0, self.width() - x, self.height())
        painter.setPen(self._theme.colour("text2"))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, _SCALE[0])
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, _SCALE[1])
        left = round(x + QFontMetricsF(painter.font()).horizontalAdvance(_SCALE[0]) + 6)
        box = QRectF(left, middle - 5.5, _SWATCHES * _SWATCH, 11)
        for swatch in range(1, _SWATCHES):
            share = (swatch - 1) / (_SWATCHES - 2)
            colour = tint(self._theme, 0.899 + (LEAST - 0.899) * share)
            if colour is not None:
                painter.fillRect(QRectF(left + swatch * _SWATCH, box.top(), _SWATCH, box.height()), colour)
        painter.setPen(self._theme.colour("line"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5).toRect())
        painter.end()
