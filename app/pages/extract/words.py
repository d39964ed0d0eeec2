"""What the page says of numbers, times and states, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app import figures
from app.models.dates import UNKNOWN, local, short
from app.models.extract_values import words

if TYPE_CHECKING:
    from datetime import date

NOT_THERE: Final = "not in document"
WAITS: Final = "Waiting for the model"


def count(many: int, one: str, more: str = "") -> str:
    """Return a number with its noun: 1 file, 1,204 files."""
    return f"{figures.number(many)} {one if many == 1 else more or one + 's'}"


def duration(seconds: float) -> str:
    """Return an estimate in words: 40 s, 3 min, 2 h 10 min."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def pace(left: int, seconds_left: float | None, documents_per_minute: float | None) -> str:
    """Return how long what is left will take: 36 left, about 3 min at 4.9 s a document."""
    said = f"{figures.number(left)} left"
    if seconds_left is None:
        return said
    said += f", about {duration(seconds_left)}"
    if not documents_per_minute:
        return said
    each = 60 / documents_per_minute
    return (
        f"{said} at {figures.number(each, 1)} s a document"
        if each >= 1
        else f"{said}, {figures.number(documents_per_minute)} a minute"
    )


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
    tenths = round(part * 1000)
    return figures.percent(tenths / 1000, 1 if tenths % 10 else 0)


def looking(to_look_at: int, cells: int, right: float) -> str:
    """Say in words how many cells a wanted share of right ones asks to be looked at."""
    if not cells:
        return f"Choose how many of the values are to be right: {share(right)} now."
    if not to_look_at:
        all_of_them = f"{share(right)} of {figures.number(cells)} values"
        return f"{all_of_them} are expected to be right as they stand: none needs a look."
    verb = "needs" if to_look_at == 1 else "need"
    return (
        f"{figures.number(to_look_at)} of {figures.number(cells)} values {verb} a look, worst first. "
        f"Of the rest {share(right)} are expected to be right."
    )
