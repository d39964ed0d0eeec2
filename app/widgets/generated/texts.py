"""Parts that only show: text, pictures, icons, badges, alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.style.drawing import paint_mark
from app.style.icons import GlyphMissing, glyph, paint_glyph
from app.style.plain_text import one_line
from app.style.theme import set_state
from app.style.tips import plain_tip
from app.widgets.controls import Chip
from app.widgets.generated.containers import MARKS
from app.widgets.generated.layouts import MEASURE, Extent
from app.widgets.generated.part import TONES, Part
from app.widgets.generated.words import Words

if TYPE_CHECKING:
    from PySide6.QtGui import QFont, QImage, QPaintEvent

    from app.style.theme import Theme

STYLES: Final = ("body", "title", "heading", "caption", "label", "code")
_SHORTEST: Final = 160
"""The width that text keeps in a row before it goes on below."""
_GROUNDS: Final = {
    "neutral": "hover",
    "info": "hover",
    "good": "accentSoft",
    "warning": "amberSoft",
    "bad": "brickSoft",
}


def _style_of(theme: Theme, style: str) -> tuple[QFont, str, int]:
    """Return the font, the ink and the height of a line of a style of text."""
    fonts = theme.fonts
    return {
        "title": (fonts.text(20, 600), "", 28),
        "heading": (fonts.text(13, 600), "", 20),
        "body": (fonts.text(13), "", 20),
        "caption": (fonts.text(12), "text2", 18),
        "label": (fonts.text(13), "text2", 20),
        "code": (fonts.code(12), "", 18),
    }[style]


class Text(Part):
    """A text in one of six styles."""

    _AROUND: Final = 10

    def build(self) -> None:
        """Make the label."""
        self.style_name = "body"
        font, ink, line = _style_of(self.host.theme, "body")
        self.words = Words(self, font, ink, line=line)

    def refresh(self) -> None:
        """Show the text in its style."""
        style = self.word("style", STYLES)
        if style != self.style_name:
            self.style_name = style
            self.words.wear(*_style_of(self.host.theme, style))
            self.touch()
            self.update()
        if self.words.say(self.text("text")):
            self.touch()

    @property
    def _edge(self) -> int:
        return self._AROUND if self.style_name == "code" else 0

    def measure(self) -> Extent:
        """Take the width of the text, up to what can be read."""
        wish = min(MEASURE, self.words.natural() + 2 * self._edge)
        heading = self.style_name in {"title", "heading"}
        empty = not self.words.said
        return Extent(
            min(wish, _SHORTEST),
            wish,
            MEASURE,
            anchor=None if self.style_name == "code" else self.words.line // 2,
            above=0 if empty else 20 if heading else 8,
            below=0 if empty else 10 if heading else 8 if self.style_name != "label" else 4,
        )

    def high(self, width: int) -> int:
        """Return the height of the text."""
        return self.words.height_at(width - 2 * self._edge) + (2 * self._edge if self.words.said else 0)

    def arrange(self) -> None:
        """Place the text."""
        width, height = self.width(), self.height()
        edge = self._edge
        self.words.setGeometry(edge, edge, width - 2 * edge, height - 2 * edge)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the ground of code."""
        if self.style_name == "code" and self.words.said:
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.host.theme.colour("hover"))
            painter.drawRoundedRect(self.rect(), 6, 6)
            painter.end()

    def spoken(self) -> tuple[str, ...]:
        """Return the text."""
        return (self.words.said,)


class Image(Part):
    """A picture that a person attached, or the words for one that nobody did."""

    _EMPTY: Final = 96
    _BESIDE: Final = 120

    def build(self) -> None:
        """Make the label for the words."""
        self.words = Words(self, self.host.theme.fonts.text(12), "text2", line=18)
        self._name = ""

    def refresh(self) -> None:
        """Show the picture of that name."""
        name, words = self.string("src"), self.text("alt")
        if self.words.say(words) | (name != self._name):
            self._name = name
            self.setAccessibleName(words)
            self.setToolTip(plain_tip(words))
            self.words.setVisible(self._picture is None)
            self.touch()
            self.update()
        self.wrong.pop("src", None)
        if self.closed and name and self._picture is None:
            self.wrong["src"] = f"There is no picture “{one_line(name, 80)}” attached."

    @property
    def _picture(self) -> QImage | None:
        found = self.host.images.get(self._name)
        return found if found is not None and not found.isNull() else None

    def measure(self) -> Extent:
        """Take the picture's width, up to what is there."""
        picture = self._picture
        # Beside other parts the words of a missing picture are no wider than a small one would be.
        missing = self._BESIDE if self.above is not None and self.above.kind == "row" else MEASURE // 2
        wish = missing if picture is None else max(1, round(picture.width() / picture.devicePixelRatio()))
        return Extent(min(120, wish), min(wish, 2 * MEASURE), above=16, below=16, apart=16)

    def high(self, width: int) -> int:
        """Return the height at the picture's own proportions."""
        picture = self._picture
        if picture is None:
            return max(self._EMPTY, self.words.height_at(width - 24) + 56)
        return max(1, min(4_000, round(picture.height() * width / max(1, picture.width()))))

    def arrange(self) -> None:
        """Place the words."""
        width, height = self.width(), self.height()
        below = self.words.height_at(width - 24)
        self.words.setGeometry(12, height - below - 12, width - 24, below)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the picture, or a dashed frame for it."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        picture = self._picture
        if picture is not None:
            painter.drawImage(QRectF(self.rect()), picture)
        else:
            theme = self.host.theme
            painter.setPen(QPen(theme.colour("line"), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
            room = self.height() - (self.words.height() + 12 if self.words.said else 0)
            paint_glyph(painter, "image", QRectF(12, room / 2 - 12, 24, 24), theme.colour("text3"))
        painter.end()

    def spoken(self) -> tuple[str, ...]:
        """Return the words for the picture."""
        return (self.words.said,)


class Icon(Part):
    """A glyph with the word for it."""

    def build(self) -> None:
        """Make the label."""
        self.words = Words(self, self.host.theme.fonts.text())
        self._glyph = ""

    def refresh(self) -> None:
        """Show the glyph, and the word beside it."""
        name = self.string("name")
        if self.growing == "name":
            name = self._glyph
        if self.words.say(self.text("label")) | (name != self._glyph):
            self._glyph = name
            self.setAccessibleName(self.words.said or name)
            self.touch()
            self.update()

    def measure(self) -> Extent:
        """Take the room of glyph and word."""
        wish = 18 + (6 + self.words.natural() if self.words.said else 0)
        return Extent(min(wish, _SHORTEST), min(wish, MEASURE), inline="icon", anchor=10, above=8, below=8)

    def high(self, width: int) -> int:
        """Return the height of the word."""
        return max(20, self.words.height_at(width - 24))

    def arrange(self) -> None:
        """Place the word."""
        width, height = self.width(), self.height()
        self.words.setGeometry(24, 0, max(0, width - 24), height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the glyph."""
        try:
            glyph(self._glyph)
        except GlyphMissing:
            return
        painter = QPainter(self)
        paint_glyph(painter, self._glyph, QRectF(0, 1, 18, 18), self.host.theme.colour("text2"))
        painter.end()

    def spoken(self) -> tuple[str, ...]:
        """Return the name of the glyph, and the word."""
        return self._glyph, self.words.said


class Badge(Part):
    """A word in a chip."""

    _STATES: Final = {"good": "go", "warning": "doubt", "bad": "failed"}

    def build(self) -> None:
        """Make the chip."""
        self.chip = Chip(self.host.theme)
        self.chip.setParent(self)
        self._said = ("", "neutral")

    def refresh(self) -> None:
        """Show the word in the colours of its tone."""
        said = (one_line(self.text("text"), 80), self.word("tone", TONES))
        if said != self._said:
            self._said = said
            self.chip.setText(said[0])
            set_state(self.chip, "state", self._STATES.get(said[1], ""))
            self.chip.setVisible(bool(said[0]))
            self.touch()

    def measure(self) -> Extent:
        """Take the room of the chip."""
        wish = self.chip.sizeHint().width() if self._said[0] else 0
        return Extent(min(wish, _SHORTEST), wish, inline="badge", anchor=10, above=8, below=8, apart=8)

    def high(self, width: int) -> int:
        """Return the height of a chip."""
        del width
        return 20

    def arrange(self) -> None:
        """Fill the part with the chip."""
        width = self.width()
        self.chip.setGeometry(0, 0, width, 20)

    def spoken(self) -> tuple[str, ...]:
        """Return word and tone."""
        return self._said


class Alert(Part):
    """A sentence that has to be seen, on the soft ground of its tone, with its mark."""

    _LEFT: Final = 34
    _AROUND: Final = 10

    def build(self) -> None:
        """Make title and text."""
        self.title = Words(self, self.host.theme.fonts.text(13, 600))
        self.words = Words(self, self.host.theme.fonts.text())
        self.tone = "info"

    def refresh(self) -> None:
        """Show both in the colours of the tone."""
        tone = self.word("tone", TONES, "info")
        if self.title.say(self.text("title")) | self.words.say(self.text("text")) | (tone != self.tone):
            self.tone = tone
            self.setAccessibleName(" ".join(filter(None, (self.title.said, self.words.said)))[:400])
            self.touch()
            self.update()

    def measure(self) -> Extent:
        """Take all the width that can be read."""
        wish = max(self.title.natural(), self.words.natural()) + self._LEFT + 12
        return Extent(min(wish, 200), min(wish, MEASURE), MEASURE, weight=1, above=12, below=12, apart=16)

    def high(self, width: int) -> int:
        """Return the height of title and text."""
        inner = width - self._LEFT - 12
        return max(20, self.title.height_at(inner) + self.words.height_at(inner)) + 2 * self._AROUND

    def arrange(self) -> None:
        """Place title and text."""
        width = self.width()
        inner = width - self._LEFT - 12
        above = self.title.height_at(inner)
        self.title.setGeometry(self._LEFT, self._AROUND, inner, above)
        self.words.setGeometry(self._LEFT, self._AROUND + above, inner, self.words.height_at(inner))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint ground and mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.host.theme.colour(_GROUNDS[self.tone]))
        painter.drawRoundedRect(self.rect(), 6, 6)
        shape, ink = MARKS.get(self.tone, ("speck", "text2"))
        paint_mark(painter, shape, QPointF(18, self._AROUND + 10), self.host.theme.colour(ink))
        painter.end()

    def spoken(self) -> tuple[str, ...]:
        """Return tone, title and text."""
        return self.tone, self.title.said, self.words.said
