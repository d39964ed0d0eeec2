"""Numbers, amounts and dates as A2UI's functions write them, in English and without the machine's own locale.

Dates follow the patterns of Unicode TR35, part 4. A point in time is written in the zone that it names, not in
the machine's, so that a file looks the same everywhere.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any, Final

_FIELD = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'")
_MOST_DECIMALS: Final = 20
_LARGEST: Final = 1e21
_LONGEST_NUMBER: Final = 60
_SYMBOLS: Final = {
    "AUD": "A$",
    "BRL": "R$",
    "CAD": "CA$",
    "CNY": "CN¥",
    "EUR": "€",
    "GBP": "£",
    "INR": "₹",
    "JPY": "¥",
    "KRW": "₩",
    "MXN": "MX$",
    "NZD": "NZ$",
    "USD": "$",
}
_WHOLE: Final = frozenset({"JPY", "KRW", "VND", "CLP", "ISK", "HUF"})
"""Currencies that are written without a part."""


def as_number(value: Any) -> float | None:
    """Return what a value counts, or None: a number, or a text that spells one; no infinities."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = value.strip()
        if not value or len(value) > _LONGEST_NUMBER:
            return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def plain_number(number: float) -> str:
    """Return a number as a person types it: `5`, `5.2`."""
    whole = number.is_integer() and abs(number) < _LARGEST
    return str(int(number)) if whole else repr(number)


def format_number(number: float, decimals: int | None = None, *, grouping: bool = True) -> str:
    """Return a number with groups of three: `12,400`. Without `decimals` it has as many as it needs, at most three."""
    places = 3 if decimals is None else max(0, min(decimals, _MOST_DECIMALS))
    try:
        rounded = Decimal(repr(number)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    except InvalidOperation:
        return plain_number(number)
    text = f"{rounded:,f}" if grouping else f"{rounded:f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def format_currency(number: float, currency: str, decimals: int | None = None, *, grouping: bool = True) -> str:
    """Return an amount with its sign in front: `$1,188.00`, `CHF 20.00`. `currency` is a code of ISO 4217."""
    code = currency.strip().upper()[:3]
    places = (0 if code in _WHOLE else 2) if decimals is None else decimals
    amount = format_number(abs(number), places, grouping=grouping)
    # A no-break space keeps a code and its amount on one line.
    return ("-" if number < 0 else "") + _SYMBOLS.get(code, f"{code}\N{NO-BREAK SPACE}") + amount


def as_moment(value: Any) -> datetime | None:
    """Return the point in time that a value names, or None: ISO 8601, or milliseconds since 1970."""
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    number = as_number(value)
    if number is None:
        return None
    try:
        return datetime.fromtimestamp(number / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def format_date(moment: datetime, pattern: str) -> str:
    """Return a point in time in a pattern of TR35: `E, MMM d` gives `Mon, Dec 15`. Unknown letters stay."""
    found = []
    for match in _FIELD.finditer(pattern):
        piece = match.group()
        if match.group(1):
            found.append(_field(moment, piece))
        elif piece.startswith("'"):
            found.append("'" if piece == "''" else piece[1:-1].replace("''", "'"))
        else:
            found.append(piece)
    return "".join(found)


def _field(moment: datetime, piece: str) -> str:
    letter, width = piece[0], len(piece)
    hours = moment.hour
    numbers = {
        "d": moment.day,
        "D": moment.timetuple().tm_yday,
        "H": hours,
        "h": hours % 12 or 12,
        "K": hours % 12,
        "k": hours or 24,
        "m": moment.minute,
        "s": moment.second,
    }
    if letter in numbers:
        return f"{numbers[letter]:0{min(width, 3)}d}"
    if letter in "yYu":
        return f"{moment.year % 100:02d}" if width == 2 else f"{moment.year:0{min(width, 4)}d}"
    if letter in "ML":
        names = {3: _MONTHS[moment.month - 1][:3], 4: _MONTHS[moment.month - 1], 5: _MONTHS[moment.month - 1][0]}
        return names.get(width, f"{moment.month:0{min(width, 2)}d}")
    if letter in "Eec":
        day = _DAYS[moment.weekday()]
        return {4: day, 5: day[0], 6: day[:2]}.get(width, day[:3])
    if letter == "a":
        return "AM" if hours < 12 else "PM"
    if letter == "S":
        return f"{moment.microsecond:06d}"[:width].ljust(min(width, 9), "0")
    if letter in "zZXx":
        return _zone(moment)
    return piece


def _zone(moment: datetime) -> str:
    offset = moment.utcoffset()
    if offset is None:
        return ""
    minutes = round(offset.total_seconds() / 60)
    return "UTC" if not minutes else f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
