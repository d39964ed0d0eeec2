from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QFontMetricsF, QPalette, QTextDocument
from PySide6.QtWidgets import QLineEdit

from app.style.fonts import font_files
from app.style.icons import GlyphMissing, glyph, svg_path
from app.style.sheet import stylesheet
from app.style.tips import plain_tip
from app.style.tokens import DARK, LIGHT, THEMES, Tokens, mix
from engine.interface.catalogue import bundled

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from app.style.theme import Theme

GROUNDS = ("canvas", "surface", "raised", "sunken", "hover", "select")
PAIRS = [
    *((ink, ground) for ink in ("text", "text2", "text3") for ground in GROUNDS),
    ("accentText", "surface"),
    ("accentText", "canvas"),
    ("accentText", "sunken"),
    ("accentText", "accentSoft"),
    ("accentText", "hover"),
    ("accentText", "select"),
    ("onAccent", "accent"),
    ("onAccent", "accentHover"),
    ("amber", "amberSoft"),
    ("brick", "brickSoft"),
    ("brick", "canvas"),
    ("brick", "sunken"),
    ("brick", "surface"),
    ("brick", "hover"),
    ("brick", "select"),
    ("text", "brickSoft"),
    ("text", "provisionalRow"),
    ("text", "failedRow"),
    ("synStr", "raised"),
    ("synNum", "raised"),
    ("synKw", "raised"),
    ("synStr", "surface"),
    ("synNum", "surface"),
    ("synKw", "surface"),
]


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    parts = [channel / 255 for channel in bytes.fromhex(colour[1:])]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(tokens: Tokens, ink: str, ground: str) -> None:
    named = tokens.named()
    assert contrast(named[ink], named[ground]) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("mark", ["accent", "amberMark", "brickMark", "text3"])
def test_marks_and_focus_rings_can_be_seen(tokens: Tokens, mark: str) -> None:
    named = tokens.named()
    # Doubt is never shown in the rail or the status bar.
    grounds = ("canvas", "surface", "raised") if mark == "amberMark" else ("canvas", "surface", "raised", "sunken")
    assert all(contrast(named[mark], named[ground]) >= 3 for ground in grounds)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_token_of_the_stylesheet_is_known(tokens: Tokens) -> None:
    text = stylesheet(tokens, {"down": "d.png", "check": "c.png"})
    assert re.findall(r"\$\w+", text.split("*/", 1)[1]) == []
    assert "#2F7D4FSoft" not in text


def test_a_mix_lies_between_its_colours() -> None:
    assert mix("#000000", "#FFFFFF", 0.5) == "#808080"
    assert mix("#102030", "#FFFFFF", 0) == "#102030"


def test_an_unknown_icon_is_refused(qapp: QApplication) -> None:
    with pytest.raises(GlyphMissing):
        glyph("no-such-icon")


def test_each_drawing_of_an_interface_is_there(qapp: QApplication) -> None:
    from engine.interface.catalogue import bundled

    drawn = bundled().components["icon"].prop("name")
    assert drawn is not None
    for name in [*drawn.schema["enum"], *(component.icon for component in bundled().components.values())]:
        assert not glyph(name).isEmpty()


def test_the_fonts_are_there_and_their_weights_differ(theme: Theme) -> None:
    assert font_files("fontpkg_inter")
    assert font_files("fontpkg_jetbrains_mono")
    words = "Northwind Botanicals"
    widths = [QFontMetricsF(theme.fonts.text(15, weight)).horizontalAdvance(words) for weight in (400, 500, 600)]
    assert widths[0] < widths[1] < widths[2]


def test_figures_in_columns_are_equally_wide(theme: Theme) -> None:
    metrics = QFontMetricsF(theme.fonts.text(13, tabular=True))
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("0000")


def test_a_missing_font_is_no_disaster() -> None:
    assert font_files("fontpkg_nobody_has") == []


def test_the_theme_switches_live(theme: Theme, qapp: QApplication) -> None:
    seen: list[str] = []
    theme.changed.connect(lambda: seen.append(theme.name))
    theme.choose("dark")
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.canvas
    theme.choose("light")
    theme.choose("light")
    assert seen == ["dark", "light"]
    assert set(THEMES) == {"light", "dark"}


def test_a_placeholder_is_as_dark_as_a_hint(theme: Theme, qtbot: QtBot) -> None:
    field = QLineEdit()
    qtbot.addWidget(field)
    field.ensurePolished()
    assert field.palette().color(QPalette.ColorRole.PlaceholderText) == theme.colour("text3")


def test_a_tooltip_shows_its_text_as_it_is() -> None:
    words = 'Line 1: "whole" is <b>no</b> type\n  & nothing else'
    shown = QTextDocument()
    shown.setHtml(plain_tip(words))
    assert shown.toPlainText() == words
    assert plain_tip("") == ""


def test_following_the_system_gives_a_theme(theme: Theme) -> None:
    theme.choose("system")
    assert theme.name in THEMES


@pytest.mark.parametrize("name", bundled().schema["$defs"]["glyph"]["enum"])
def test_each_drawing_of_a_generated_interface_can_leave_the_window_as_a_path(name: str, qapp: QApplication) -> None:
    path = svg_path(name)
    assert re.fullmatch(r"(?:[MLC](?: ?-?[\d.]+)+|Z)+", path)
    assert all(-2 <= float(number) <= 66 for number in re.findall(r"-?[\d.]+", path))
    assert path.count("M") == path.count("Z")
