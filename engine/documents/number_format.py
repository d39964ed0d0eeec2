"""Numbers as a spreadsheet shows them, from its format codes (ECMA-376, part 1, 18.8.31), without grouping."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|(?P<skipped>\[[^\]]*\]|[_*].)'
    r"|(?P<body>[#0?][#0?,]*(?:\.[#0?]*)?|\.[#0?]+)|(?P<other>.)",
    re.DOTALL,
)
_PLAIN = frozenset(("", "general", "@"))
_UNLIKE = re.compile(r"[#0?]\s*/|[eE][+-]")
"""Fractions and powers of ten: what is shown of them is no number that one could quote."""
_LARGEST = 10**21


def show_value(value: object, pattern: str) -> str:
    """Return a cell's value as text: dates as ISO 8601, numbers with the decimals and the unit of their format.

    Digits are not grouped and the decimal sign is a point, since both depend on who looks.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, pattern)
    if isinstance(value, dt.datetime):
        has_time = value.time() != dt.time() or "h" in pattern.casefold()
        return f"{value:%Y-%m-%d} {_clock(value.time())}" if has_time else f"{value:%Y-%m-%d}"
    if isinstance(value, dt.time):
        return _clock(value)
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        rest = f":{seconds % 60:02}" if seconds % 60 else ""
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}{rest}"
    return str(value)


def _clock(time: dt.time) -> str:
    return f"{time:%H:%M:%S}" if time.second else f"{time:%H:%M}"


def _number(value: float, pattern: str) -> str:
    exact = Decimal(f"{value:.15g}")  # what a spreadsheet keeps: 0.1 + 0.2 is 0.3
    if not exact.is_finite() or abs(exact) >= _LARGEST:
        return str(value)
    sections = pattern.split(";")
    section = sections[1] if exact < 0 and len(sections) > 1 else sections[0]
    if pattern.casefold() in _PLAIN or _UNLIKE.search(section):
        return _plain(exact)
    before, body, after = "", "", ""
    is_percent = False
    for token in _TOKEN.finditer(section):
        kind, text = token.lastgroup, token.group(token.lastgroup or 0)
        if kind == "body" and not body:
            body = text
        elif kind in {"quoted", "escaped", "currency", "other"}:
            is_percent |= kind == "other" and text == "%"
            shown = "" if text in {"(", ")", "-", "+"} else text
            before, after = (before, after + shown) if body else (before + shown, after)
    if not body or body.endswith(","):  # words alone, or shown in thousands: the value itself says more
        return _plain(exact)
    return f"{before.lstrip()}{_digits(exact * 100 if is_percent else exact, body)}{after.rstrip()}"


def _digits(number: Decimal, body: str) -> str:
    whole, _, decimals = body.partition(".")
    rounded = abs(number).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    written, _, fraction = f"{rounded:f}".partition(".")
    while fraction and decimals[len(fraction) - 1] != "0" and fraction[-1] == "0":
        fraction = fraction[:-1]
    sign = "-" if number < 0 and rounded else ""
    return f"{sign}{written.zfill(whole.count('0'))}{'.' if fraction else ''}{fraction}"


def _plain(number: Decimal) -> str:
    written = f"{number:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
