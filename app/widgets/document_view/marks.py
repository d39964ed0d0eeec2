"""Spans of a document that are marked: what was found there, what is chosen, what is doubtful, what fits as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtGui import QColor, QPainter, QPen

from app.style.tokens import LIGHT, mix

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from PySide6.QtCore import QRectF

    from app.style.theme import Theme

Tone = Literal["found", "chosen", "doubtful", "other"]

_WORDS: Final[dict[Tone, str]] = {
    "found": "Found here",
    "chosen": "Chosen",
    "doubtful": "Doubtful",
    "other": "Fits as well",
}
_RANK: Final[tuple[Tone, ...]] = ("other", "found", "doubtful", "chosen")
_RADIUS: Final = 2.0
_FRAME: Final = 1.5

# On paper, in both themes: laid over it as ink is, so that what is printed there stays as dark as it was.
_PAPER_TINTS: Final[dict[Tone, str]] = {
    "found": mix("#FFFFFF", LIGHT.accent, 0.19),
    "chosen": mix("#FFFFFF", LIGHT.accent, 0.30),
    "doubtful": mix("#FFFFFF", LIGHT.amberMark, 0.34),
    "other": mix("#FFFFFF", LIGHT.amberMark, 0.17),
}
_PAPER_HIT: Final = mix("#FFFFFF", LIGHT.text3, 0.22)
_PAPER_SELECTION: Final = mix("#FFFFFF", LIGHT.accent, 0.45)
_TINTS: Final[dict[Tone, str]] = {
    "found": "accentSoft",
    "chosen": "accentSoft",
    "doubtful": "amberSoft",
    "other": "amberSoft",
}


@dataclass(frozen=True)
class Mark:
    """A span of the document's text (code points), and what it stands for.

    `key` is handed back when the mark is clicked. `label` is said under the pointer, as "total: 1,284.00". A mark
    that is `chosen`, or of that tone, has a frame.
    """

    start: int
    end: int
    tone: Tone
    key: Hashable = None
    label: str = ""
    chosen: bool = False

    @property
    def is_framed(self) -> bool:
        """Whether it stands out from the others."""
        return self.chosen or self.tone == "chosen"

    @property
    def words(self) -> str:
        """What is said of it under the pointer and aloud."""
        return f"{self.label}\n{_WORDS[self.tone]}" if self.label else _WORDS[self.tone]


def in_order(marks: Iterable[Mark]) -> list[Mark]:
    """Return marks in the order in which they are painted: what matters most comes last, over the others."""
    return sorted(marks, key=lambda mark: (mark.is_framed, _RANK.index(mark.tone), -mark.start))


def at(marks: Sequence[Mark], offset: int) -> Mark | None:
    """Return the mark that is on top at a character, of marks in their order."""
    return next((mark for mark in reversed(marks) if mark.start <= offset < mark.end), None)


class MarkPainter:
    """Paints marks as rounded boxes, below the text or over a picture of it."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme

    def paint_on_paper(self, painter: QPainter, mark: Mark, boxes: Sequence[QRectF]) -> None:
        """Tint a picture."""
        self.tint_paper(painter, boxes, _PAPER_TINTS[mark.tone])
        if mark.is_framed:
            self._frame(painter, boxes, QColor(LIGHT.accent if mark.tone in {"found", "chosen"} else LIGHT.amberMark))

    def paint_hit_on_paper(self, painter: QPainter, boxes: Sequence[QRectF]) -> None:
        """Tint what was searched for on a picture."""
        self.tint_paper(painter, boxes, _PAPER_HIT)

    def paint_selection_on_paper(self, painter: QPainter, boxes: Sequence[QRectF]) -> None:
        """Tint what is selected on a picture."""
        self.tint_paper(painter, boxes, _PAPER_SELECTION)

    def paint_below_text(self, painter: QPainter, mark: Mark, boxes: Sequence[QRectF]) -> None:
        """Paint the ground of a mark, before the text is painted over it."""
        ground = QColor(self._theme.colour(_TINTS[mark.tone]))
        if mark.tone == "other":
            ground.setAlphaF(0.6)
        self._fill(painter, boxes, ground)
        if mark.is_framed:
            self._frame(painter, boxes, self.frame_colour(mark))

    def paint_hit_below_text(self, painter: QPainter, boxes: Sequence[QRectF]) -> None:
        """Paint the ground of what was searched for."""
        self._fill(painter, boxes, self._theme.colour("select"))

    def ground(self, mark: Mark) -> QColor:
        """Return the colour of a mark's ground, for a cell."""
        return self._theme.colour(_TINTS[mark.tone])

    def frame_colour(self, mark: Mark) -> QColor:
        """Return the colour of a mark's frame in the theme in force."""
        return self._theme.colour("accent" if mark.tone in {"found", "chosen"} else "amberMark")

    def paint_emphasis(self, painter: QPainter, boxes: Sequence[QRectF], strength: float, *, on_paper: bool) -> None:
        """Paint a ring that comes closer as `strength` falls from 1 to 0."""
        if strength <= 0:
            return
        colour = QColor(LIGHT.accent) if on_paper else QColor(self._theme.colour("accent"))
        colour.setAlphaF(min(strength, 1.0))
        painter.setPen(QPen(colour, 2))
        reach = 2 + 8 * strength
        for box in boxes:
            painter.drawRoundedRect(box.adjusted(-reach, -reach, reach, reach), 4, 4)

    def tint_paper(self, painter: QPainter, boxes: Sequence[QRectF], tint: str) -> None:
        """Lay a colour over a picture as ink: white becomes the colour, black stays."""
        painter.save()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
        self._fill(painter, boxes, QColor(tint))
        painter.restore()

    def _fill(self, painter: QPainter, boxes: Sequence[QRectF], colour: QColor) -> None:
        painter.setPen(QPen(QColor(0, 0, 0, 0)))
        painter.setBrush(colour)
        for box in boxes:
            painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        painter.setBrush(QColor(0, 0, 0, 0))

    def _frame(self, painter: QPainter, boxes: Sequence[QRectF], colour: QColor) -> None:
        painter.setPen(QPen(colour, _FRAME))
        painter.setBrush(QColor(0, 0, 0, 0))
        for box in boxes:
            painter.drawRoundedRect(box, _RADIUS, _RADIUS)
