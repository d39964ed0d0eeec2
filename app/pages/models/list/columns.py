"""Where the columns of the list stand: those that have no room are left out, the rest stay in line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.style import tokens

ROW: Final = 44
BUTTON: Final = 96
METER: Final = 88
_VERDICT: Final = 112
_GAP: Final = 16
_SIZE: Final = 80
_LICENCE: Final = 80
_CONTEXT: Final = 72
_NAME: Final = 208
"""What a name is given at least before a column has to go."""


@dataclass(frozen=True)
class Columns:
    """Left ends, but for `size` and `context`, whose figures end where they say; None where there is no room."""

    name: float
    end: float
    button: float
    verdict: float
    meter: float | None
    licence: float | None
    size: float
    context: float | None

    @property
    def figures(self) -> float:
        """Where the figures begin, and a name has to end."""
        return (self.context - _CONTEXT if self.context is not None else self.size - _SIZE) - _GAP


def columns_of(width: float) -> Columns:
    """Return the columns of a list of this width, margins and scroll bar included."""
    name, end = float(tokens.ANSWER_MARGIN), width - tokens.ANSWER_MARGIN
    button = end - BUTTON
    verdict = button - _VERDICT - _GAP
    at = verdict
    meter = licence = context = None

    def has_room(needed: float) -> bool:
        return at - needed - _GAP - _SIZE - _GAP - name >= _NAME

    if has_room(METER + _GAP):
        meter = at = verdict - METER - _GAP
    if has_room(_LICENCE + _GAP):
        licence = at = at - _LICENCE - _GAP
    size = at - _GAP
    if has_room(_CONTEXT + 2 * _GAP + 120):
        context = size - _SIZE - _GAP
    return Columns(name, end, button, verdict, meter, licence, size, context)
