"""What the page says of numbers, times and states, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.models.dates import UNKNOWN, local, short
from app.models.extract_values import words

if TYPE_CHECKING:
    from datetime import date

NOT_THERE: Final = "not in document"
WAITS: Final = "Waiting for the model"


def count(many: int, one: str, more: str = "") -> str:
    """Return a number with its noun: 1 file, 1,204 files."""
    return f"{many:,} {one if many == 1 else more or one + 's'}"


def duration(seconds: float) -> str:
    """Return an estimate in words: 40 s, 3 min, 2 h 10 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def pace(left: int, seconds_left: float | None, documents_per_minute: float | None) -> str:
    """Return how long what is left will take: 36 left, about 3 min at 4.9 s a document."""
    said = f"{left:,} left"
    if seconds_left is None:
        return said
    said += f", about {duration(seconds_left)}"
    if not documents_per_minute:
        return said
    each = 60 / documents_per_minute
    return f"{said} at {each:.1f} s a document" if each >= 1 else f"{said}, {documents_per_minute:.0f} a minute"


def begun(stamp: str, today: date) -> str:
    """Return when a job was begun: started 11:20, started 14 Mar."""
    at = local(stamp)
    return f"started {short(at, today)}" if at != UNKNOWN else ""


def shown(value: Any, quote: str | None = None) -> str:
    """Return a value on one line, numbers as their quote writes them; null is what the document does not have."""
    if value is None:
        return NOT_THERE
    return words(value, quote) or "(empty)"


def share(part: float) -> str:
    """Return a share as people say it: 98 %, 98.5 %."""
    percent = round(part * 1000) / 10
    return f"{percent:.0f}\N{NO-BREAK SPACE}%" if percent == round(percent) else f"{percent:.1f}\N{NO-BREAK SPACE}%"


def looking(to_look_at: int, cells: int, right: float) -> str:
    """Say in words how many cells a wanted share of right ones asks to be looked at."""
    if not cells:
        return f"Choose how many of the values are to be right: {share(right)} now."
    if not to_look_at:
        return f"{share(right)} of {cells:,} values are expected to be right as they stand: none needs a look."
    verb = "needs" if to_look_at == 1 else "need"
    return (
        f"{to_look_at:,} of {cells:,} values {verb} a look, worst first. "
        f"Of the rest {share(right)} are expected to be right."
    )
