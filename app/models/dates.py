"""Times as a list shows them: shorter the nearer they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from app import figures

if TYPE_CHECKING:
    from datetime import date

Age = Literal["Today", "Yesterday", "This week", "This month", "Earlier"]
AGES: Final[tuple[Age, ...]] = ("Today", "Yesterday", "This week", "This month", "Earlier")

UNKNOWN: Final = datetime.fromtimestamp(0, UTC).astimezone()
"""Stands for a time that cannot be read; it is shown as nothing, and is older than all others."""


def local(stamp: str) -> datetime:
    """Return a stored time (ISO 8601) as this machine's clock has it; UNKNOWN where it is none.

    What was imported may say anything, and a row has to be painted all the same.
    """
    try:
        return datetime.fromisoformat(stamp).astimezone()
    except (ValueError, OverflowError, OSError):  # the last two: a year that this machine's clock cannot show
        return UNKNOWN


def age(day: date, today: date, first_day: int = 0) -> Age:
    """Return how long ago a day was; weeks begin on `first_day` (0 is Monday). What is still to come is today."""
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    if day >= today - timedelta(days=(today.weekday() - first_day) % 7):
        return "This week"
    return "This month" if (day.year, day.month) == (today.year, today.month) else "Earlier"


def short(at: datetime, today: date) -> str:
    """Return a time as the end of a row shows it: 11:02, Tue, 14 Mar, 14 Mar 2025."""
    if at == UNKNOWN:
        return ""
    day = at.date()
    if day >= today:
        return figures.clock(at)
    if day > today - timedelta(days=7):
        return figures.weekday(day)
    return figures.day(day, year=day.year != today.year)


def full(at: datetime) -> str:
    """Return a time in full: Tue 14 Mar 2025, 11:02."""
    if at == UNKNOWN:
        return "at a time that is not known"
    return f"{figures.weekday(at)} {figures.moment(at)}"
