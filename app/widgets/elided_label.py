"""A label of one line that is cut where there is no room for all of it; the tooltip has it whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from app.style.plain_text import one_line, paragraphs
from app.style.tips import plain_tip

if TYPE_CHECKING:
    from app.style.fonts import Weight
    from app.style.theme import Theme

_TOLD = 1_000


class ElidedLabel(QLabel):
    """Shows whatever text, as it is, on one line. It takes the room there is; one that `hugs` no more than it needs.

    The end is cut off, or the `middle` left out, as of names of files.
    """

    def __init__(
        self,
        theme: Theme,
        pixels: int = 13,
        weight: Weight = 400,
        ink: str = "",
        *,
        tabular: bool = False,
        hugs: bool = False,
        middle: bool = False,
    ) -> None:
        super().__init__()
        self._line = ""
        self._hugs = hugs
        self._cut = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.fonts.text(pixels, weight, tabular=tabular))
        wide = QSizePolicy.Policy.Maximum if hugs else QSizePolicy.Policy.Ignored
        self.setSizePolicy(wide, QSizePolicy.Policy.Preferred)
        if ink:
            self.setProperty("ink", ink)

    @property
    def line(self) -> str:
        """The line, whether or not all of it can be seen."""
        return self._line

    def say(self, text: str) -> None:
        """Show another text."""
        line = one_line(text.strip())
        if line != self._line:
            self._line = line
            self.setAccessibleName(line)
            self.setToolTip(plain_tip(paragraphs(text, _TOLD)))
            self.updateGeometry()
            self._elide()

    def sizeHint(self) -> QSize:
        """Return the width of the whole line, where the label hugs it."""
        usual = super().sizeHint()
        if not self._hugs:
            return usual
        return QSize(round(QFontMetricsF(self.font()).horizontalAdvance(self._line)) + 2, usual.height())

    def minimumSizeHint(self) -> QSize:
        """Return a width that leaves a few letters."""
        return QSize(24 if self._line else 0, super().minimumSizeHint().height())

    def _elide(self) -> None:
        metrics = QFontMetricsF(self.font())
        self.setText(metrics.elidedText(self._line, self._cut, self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the line anew."""
        super().resizeEvent(event)
        self._elide()
