"""What an extraction is set up with: its sources, its schema, its instructions, and how it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy

from app.style.icons import paint_glyph
from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.style.tips import plain_tip

if TYPE_CHECKING:
    from app.style.theme import Theme

HEIGHT: Final = 56
_LEFT: Final = 44
_RIGHT: Final = 34
_WIDEST: Final = 320
_LONGEST: Final = 400


class SetupCell(QPushButton):
    """A caption over what is chosen, with a count beside it; a press changes it."""

    def __init__(self, theme: Theme, caption: str, icon: str, trailing: str, *, stretches: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._caption = caption
        self._icon = icon
        self._trailing = trailing
        self._stretches = stretches
        self._words = ""
        self._count = ""
        self._ink = "text"
        set_kind(self, "setup")
        self.setAutoDefault(False)
        wide = QSizePolicy.Policy.Expanding if stretches else QSizePolicy.Policy.Maximum
        self.setSizePolicy(wide, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT)
        theme.changed.connect(self.update)

    @property
    def words(self) -> str:
        """What is said under the caption."""
        return f"{self._words} {self._count}".strip()

    def say(self, words: str, count: str = "", *, ink: str = "text", tip: str = "") -> None:
        """Show what is chosen, and how much that is; `ink` is text3 where nothing is, brick where it cannot be."""
        self._words, self._count, self._ink = one_line(words, _LONGEST), count, ink
        self.setAccessibleName(f"{self._caption}: {self.words}")
        self.setToolTip(plain_tip(tip or self._words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the width of the words, within reason."""
        fonts = self._theme.fonts
        words = QFontMetricsF(fonts.text(13, 600)).horizontalAdvance(self._words)
        if self._count:
            words += 8 + QFontMetricsF(fonts.text(12, tabular=True)).horizontalAdvance(self._count)
        wide = max(words, QFontMetricsF(fonts.text(12)).horizontalAdvance(self._caption))
        return QSize(min(round(wide) + _LEFT + _RIGHT, _WIDEST) + 1, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Return what leaves a word."""
        return QSize(min(self.sizeHint().width(), 150), HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint icon, caption, words, count, and what says that it can be pressed."""
        theme, painter = self._theme, QPainter(self)
        if self.isDown():
            painter.fillRect(self.rect(), theme.colour("select"))
        elif self.isEnabled() and self.underMouse():
            painter.fillRect(self.rect(), theme.colour("hover"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint_glyph(painter, self._icon, QRectF(17, 21, 14, 14), theme.colour("text2"))
        paint_glyph(painter, self._trailing, QRectF(self.width() - 25, 22, 12, 12), theme.colour("text2"))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.setFont(theme.fonts.text(12))
        painter.setPen(theme.colour("text2"))
        painter.drawText(QRectF(_LEFT, 10, self.width() - _LEFT, 18), middle, self._caption)
        room = self.width() - _LEFT - _RIGHT
        counts = theme.fonts.text(12, tabular=True)
        beside = 8 + QFontMetricsF(counts).horizontalAdvance(self._count) if self._count else 0
        font = theme.fonts.text(13, 600 if self._ink == "text" else 400)
        metrics = QFontMetricsF(font)
        cut = Qt.TextElideMode.ElideRight if self._stretches else Qt.TextElideMode.ElideMiddle
        words = metrics.elidedText(self._words, cut, max(room - beside, 24))
        painter.setFont(font)
        painter.setPen(theme.colour(self._ink))
        painter.drawText(QRectF(_LEFT, 26, room, 20), middle, words)
        if self._count:
            at = _LEFT + metrics.horizontalAdvance(words) + 8
            painter.setFont(counts)
            painter.setPen(theme.colour("text2"))
            painter.drawText(QRectF(at, 26, beside, 20), middle, self._count)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -5, -5), 6, 6)
        painter.end()


class OptionsCell(QPushButton):
    """Opens how documents are read; its tooltip tells what is set."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        set_kind(self, "setup")
        self.setAutoDefault(False)
        self.setFixedSize(44, HEIGHT)
        theme.changed.connect(self.update)
        self.say("")

    def say(self, words: str) -> None:
        """Tell how documents are read."""
        self.setAccessibleName(f"How documents are read: {words}")
        self.setToolTip(f"How documents are read\n{words}".strip())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the sliders."""
        theme, painter = self._theme, QPainter(self)
        if self.isDown():
            painter.fillRect(self.rect(), theme.colour("select"))
        elif self.underMouse():
            painter.fillRect(self.rect(), theme.colour("hover"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = 16.0
        middle = QPointF(self.width() / 2 - side / 2, self.height() / 2 - side / 2)
        paint_glyph(painter, "sliders-horizontal", QRectF(middle.x(), middle.y(), side, side), theme.colour("text2"))
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4, 4, -5, -5), 6, 6)
        painter.end()


class SetupBar(QFrame):
    """The row under the head: each part shows what is chosen, and a press changes it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.setFixedHeight(HEIGHT + 1)
        self.sources = SetupCell(theme, "Sources", "folder-open", "caret-down")
        self.schema = SetupCell(theme, "Schema", "brackets-curly", "caret-down")
        self.instructions = SetupCell(theme, "Instructions", "quotes", "pencil-simple", stretches=True)
        self.options = OptionsCell(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for number, cell in enumerate((self.sources, self.schema, self.instructions, self.options)):
            if number:
                rule = QFrame()
                rule.setProperty("ground", "hairline")
                rule.setFixedSize(1, HEIGHT)
                row.addWidget(rule)
            row.addWidget(cell, 1 if cell is self.instructions else 0)
