"""Numbers, sizes, dates and times as a person reads them: the one place where the chosen way of writing is known.

There is one way for the whole window, as with Qt's own default locale. What is exported, copied as data or read from
a document is written elsewhere, and never depends on it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, QLocale, QTime

from engine.settings import ISO, SYSTEM

if TYPE_CHECKING:
    from datetime import date, datetime

_THIN: Final = "\N{NARROW NO-BREAK SPACE}"
_SPACE: Final = "\N{NO-BREAK SPACE}"
_ENGLISH: Final = "en-GB"
_SIZES: Final = (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3))
_LONGEST: Final = 10**15
"""Numbers beyond are written by Python: as floats they would no longer be exact."""


@dataclass(frozen=True)
class Way:
    """A way of writing: marks of numbers, and Qt's patterns of days and times."""

    locale: QLocale
    groups: str
    point: str
    day: str
    day_of_year: str
    day_in_words: str
    time: str
    plain: bool = True
    """Whether digits stand in groups of three, which Python writes quicker than Qt."""


@cache
def _way_of(language: str) -> Way:
    if language == ISO:
        return Way(QLocale(_ENGLISH), _THIN, ".", "yyyy-MM-dd", "MM-dd", "yyyy-MM-dd", "HH:mm")
    locale = QLocale.system() if language == SYSTEM else QLocale(language)
    if locale.language() == QLocale.Language.C or locale.zeroDigit() != "0":
        locale = QLocale(_ENGLISH)
    whole = _without_weekday(locale.dateFormat(QLocale.FormatType.LongFormat))
    locale.setNumberOptions(QLocale.NumberOption.DefaultNumberOptions)
    return Way(
        locale,
        locale.groupSeparator(),
        locale.decimalPoint(),
        _short(whole),
        _short(_without_year(whole)),
        whole,
        locale.timeFormat(QLocale.FormatType.ShortFormat).replace(_THIN, _SPACE),
        plain=locale.toString(12_345_678).count(locale.groupSeparator()) == 2,
    )


def _short(pattern: str) -> str:
    return pattern.replace("MMMM", "MMM").strip()


def _without_weekday(pattern: str) -> str:
    return re.sub(r"(?:'[^']*'|[\s,])*dddd(?:'[^']*'|[\s,.])*", "", pattern).strip()


def _without_year(pattern: str) -> str:
    pattern = re.sub(r"^y+(?:'[^']*'|[\s,.년年])*", "", pattern)
    return re.sub(r"(?:'[^']*'|[\s,])*\by+\b(?:\s*'[^']*')*\.?", "", pattern)


_chosen: list[Way] = [_way_of(_ENGLISH)]


def use(language: str) -> None:
    """Write from now on in the way of a language by its tag, of the system, or as ISO 8601 and ISO 80000 have it."""
    _chosen[0] = _way_of(language)


# Numbers


def number(value: float, places: int = 0) -> str:
    """Return a number with its digits in groups, and so many of them behind the point."""
    way = _chosen[0]
    if not way.plain and abs(value) < _LONGEST:
        return way.locale.toString(float(value), "f", places)
    written = f"{value:,}" if isinstance(value, int) and not places else f"{value:,.{places}f}"
    if (way.groups, way.point) == (",", "."):
        return written
    return written.replace(",", "\0").replace(".", way.point).replace("\0", way.groups)


def percent(share: float, places: int = 0) -> str:
    """Return a share (0..1) in hundredths: 84 %."""
    return f"{number(share * 100.0, places)}{_SPACE}%"


def size(count: int) -> str:
    """Return a number of bytes in the unit that says it shortest: 98.1 MB, powers of a thousand."""
    for unit, factor in _SIZES:
        if count >= factor * 0.9995:
            amount = count / factor
            return f"{number(amount, 0 if amount >= 99.95 else 1)} {unit}"
    return f"{count} B"


# Dates


def clock(at: datetime, *, seconds: bool = False) -> str:
    """Return the time of the day: 14:05."""
    way = _chosen[0]
    between = "." if ".mm" in way.time else ":"
    pattern = way.time.replace("mm", f"mm{between}ss") if seconds else way.time
    return way.locale.toString(QTime(at.hour, at.minute, at.second), pattern)


def day(of: date, *, year: bool = True, in_words: bool = False) -> str:
    """Return a day: 14 Mar 2025; without its year: 14 Mar; in words: 14 March 2025."""
    way = _chosen[0]
    pattern = way.day_in_words if in_words else way.day if year else way.day_of_year
    return way.locale.toString(QDate(of.year, of.month, of.day), pattern)


def weekday(of: date) -> str:
    """Return the short name of a day of the week: Tue."""
    way = _chosen[0]
    return way.locale.dayName(of.isoweekday(), QLocale.FormatType.ShortFormat)


def moment(at: datetime, *, year: bool = True, seconds: bool = False) -> str:
    """Return a day and a time: 14 Mar 2025, 14:05."""
    between = " " if _chosen[0].day.startswith("yyyy-") else ", "
    return f"{day(at, year=year)}{between}{clock(at, seconds=seconds)}"
