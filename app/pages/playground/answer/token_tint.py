"""The tint of a token: none from 0.9 up, then from the surface to amber at 0.4."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QColor

from app.models.token_values import CERTAIN
from app.style.tokens import THEMES, ThemeName, mix

if TYPE_CHECKING:
    from app.style.theme import Theme

LEAST: Final = 0.4
_SHARES: Final[dict[ThemeName, tuple[float, float]]] = {"light": (0.18, 0.45), "dark": (0.20, 0.53)}
_STEPS: Final = 40


def tint(theme: Theme, probability: float) -> QColor | None:
    """Return the ground of a token drawn with this probability; None where it has none."""
    if probability >= CERTAIN:
        return None
    doubt = min((CERTAIN - probability) / (CERTAIN - LEAST), 1.0)
    return _tint(theme.name, round(doubt * _STEPS))


@cache
def _tint(name: ThemeName, step: int) -> QColor:
    least, most = _SHARES[name]
    theme = THEMES[name]
    return QColor(mix(theme.surface, theme.amberMark, least + (most - least) * step / _STEPS))
