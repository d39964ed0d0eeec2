"""The two typefaces, from their packages, in the few sizes and weights the design allows.

Both are variable fonts of which Qt registers only the regular instance: a `QFont` weight, or a `font-weight` in
a stylesheet, changes nothing there. The weight is therefore set on the `wght` axis, here and nowhere else.
"""

from __future__ import annotations

import importlib.util
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from PySide6.QtGui import QFont, QFontDatabase

log = logging.getLogger(__name__)

Weight = Literal[400, 500, 600]


def font_files(package: str) -> list[Path]:
    """Return the font files of an installed `fontpkg` package, upright ones first; none if it is missing."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return []
    return sorted(Path(spec.origin).parent.glob("files/*.ttf"), key=lambda path: "Italic" in path.name)


def _family(package: str, fallback: QFontDatabase.SystemFont) -> tuple[str, bool]:
    """Register a package's fonts; returns the family and whether its weight is an axis."""
    families = [
        family
        for path in font_files(package)
        for family in QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    ]
    if families:
        return families[0], True
    log.warning("%s is not installed: the system's font is used", package)
    return QFontDatabase.systemFont(fallback).family(), False


@dataclass(frozen=True)
class Fonts:
    """The fonts of the design, made once each: painting asks for them thousands of times. Nobody changes them."""

    sans: str
    mono: str
    sans_varies: bool
    mono_varies: bool

    @classmethod
    def load(cls) -> Fonts:
        """Register the fonts with Qt; needs a QGuiApplication."""
        sans, sans_varies = _family("fontpkg_inter", QFontDatabase.SystemFont.GeneralFont)
        mono, mono_varies = _family("fontpkg_jetbrains_mono", QFontDatabase.SystemFont.FixedFont)
        return cls(sans, mono, sans_varies, mono_varies)

    def text(self, pixels: int = 13, weight: Weight = 400, *, italic: bool = False, tabular: bool = False) -> QFont:
        """Return the sans in a size of the design (11, 12, 13, 15 or 20).

        Figures are tabular where they change or stand in columns, and nowhere else: with them the hyphens of
        "NB-2024-1047" are as wide as its digits.
        """
        return _text(self, pixels, weight, italic, tabular)

    def code(self, pixels: int = 12, weight: Weight = 400) -> QFont:
        """Return the monospace (12 or 13)."""
        return _code(self, pixels, weight)


@cache
def _text(fonts: Fonts, pixels: int, weight: Weight, italic: bool, tabular: bool) -> QFont:
    font = _sized(fonts.sans, pixels, weight, varies=fonts.sans_varies)
    font.setFeature(QFont.Tag("tnum"), int(tabular))
    font.setItalic(italic)
    return font


@cache
def _code(fonts: Fonts, pixels: int, weight: Weight) -> QFont:
    font = _sized(fonts.mono, pixels, weight, varies=fonts.mono_varies)
    font.setStyleHint(QFont.StyleHint.Monospace)
    for ligatures in ("liga", "calt"):
        font.setFeature(QFont.Tag(ligatures), 0)
    return font


def _sized(family: str, pixels: int, weight: Weight, *, varies: bool) -> QFont:
    font = QFont(family)
    font.setPixelSize(pixels)
    if varies:
        font.setVariableAxis(QFont.Tag("wght"), weight)
    else:
        font.setWeight(QFont.Weight(weight))
    return font
