"""Icons: glyphs of the Phosphor font that QtAwesome carries, painted in the theme's colours.

The font and its character map are read from QtAwesome's folder without importing it: the import alone costs
0.13 s, a seventh of what the window may take to appear, and its icons would have to be made again for each theme.
An engine here asks the theme for its colour at the moment it paints.
"""

from __future__ import annotations

import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QRawFont

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor, QPainterPath


class GlyphMissing(LookupError):
    """An icon name that the font does not have: a bug, found by a test that asks for every name in use."""


def _newest(pattern: str) -> Path:
    spec = importlib.util.find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("QtAwesome is not installed, and with it the icons")
    return max((Path(spec.origin).parent / "fonts").glob(pattern))


@cache
def _font() -> QRawFont:
    return QRawFont(str(_newest("phosphor-*.ttf")), 64)


@cache
def _codepoints() -> dict[str, str]:
    table: dict[str, str] = json.loads(_newest("phosphor-charmap-*.json").read_text("utf-8"))
    return table


@cache
def glyph(name: str) -> QPainterPath:
    """Return the outline of an icon, in a square of 64 units."""
    try:
        point = int(_codepoints()[name], 16)
    except KeyError:
        raise GlyphMissing(name) from None
    (index,) = _font().glyphIndexesForString(chr(point))
    path = _font().pathForGlyph(index)
    return path.translated(0, _font().ascent() - (_font().ascent() + _font().descent() - 64) / 2)


def svg_path(name: str) -> str:
    """Return the outline of an icon as the path of an SVG: M, L, C and Z in a square of 64 units."""
    outline = glyph(name)
    written: list[str] = []
    at = 0
    while at < outline.elementCount():
        element = outline.elementAt(at)
        if element.isCurveTo():
            points = [outline.elementAt(at + step) for step in range(3)]
            at += 2
        else:
            points = [element]
            if element.isMoveTo() and written:
                written.append("Z")
        sign = "C" if element.isCurveTo() else "M" if element.isMoveTo() else "L"
        written.append(sign + " ".join(f"{round(point.x, 2):g} {round(point.y, 2):g}" for point in points))
        at += 1
    return "".join([*written, "Z"]) if written else ""


def paint_glyph(painter: QPainter, name: str, rect: QRectF, colour: QColor) -> None:
    """Paint an icon to fill the largest square in the middle of `rect`."""
    side = min(rect.width(), rect.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.center() - QPointF(side / 2, side / 2))
    painter.scale(side / 64, side / 64)
    painter.fillPath(glyph(name), colour)
    painter.restore()


class GlyphEngine(QIconEngine):
    """An icon that asks for its colours whenever it is painted, so that a change of theme needs no new icon."""

    def __init__(self, name: str, normal: Callable[[], QColor], disabled: Callable[[], QColor]) -> None:
        super().__init__()
        glyph(name)
        self._name = name
        self._normal = normal
        self._disabled = disabled

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Paint the glyph in `rect`."""
        colour = self._disabled() if mode == QIcon.Mode.Disabled else self._normal()
        paint_glyph(painter, self._name, QRectF(rect), colour)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the glyph on a transparent ground."""
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        """Return an equal engine."""
        return GlyphEngine(self._name, self._normal, self._disabled)


def glyph_image(name: str, pixels: int, colour: QColor) -> QPixmap:
    """Return an icon as a picture, for the places where a stylesheet wants a file."""
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_glyph(painter, name, QRectF(0, 0, pixels, pixels), colour)
    painter.end()
    return pixmap


__all__ = ["GlyphEngine", "GlyphMissing", "glyph", "glyph_image", "paint_glyph", "svg_path"]
