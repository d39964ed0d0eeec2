"""What a value of a record says in a cell of the table, what it is sorted by, and how it is copied."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from app import figures
from app.style.plain_text import one_line
from engine.spreadsheet import protect

if TYPE_CHECKING:
    from collections.abc import Iterable

SortKey = tuple[Any, ...]

_NUMERAL: Final = re.compile(r"(?<![\d.,])[-+\N{MINUS SIGN}]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![.,]?\d)", re.ASCII)
_DECIMALS: Final = re.compile(r"\d[.,](\d{1,2})\D*$")
_GROUPED: Final = re.compile(r"\d[.,'\s]\d{3}(?!\d)")
_FIGURES: Final = re.compile(r"(\d+)", re.ASCII)
_LONGEST_QUOTE: Final = 60
_LARGEST: Final = 1e15
"""Numbers beyond are shown as they are spelled: figures behind the point would not be theirs."""


def words(value: Any, quote: str | None = None) -> str:
    """Return what a value says on one line: numbers as their quote writes them, lists as how many items they have."""
    if isinstance(value, str):
        return one_line(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number_words(value, quote)
    if isinstance(value, list):
        return items(len(value))
    return one_line(json.dumps(value, ensure_ascii=False))


def items(count: int) -> str:
    """Return how many items a list has, in words."""
    return "1 item" if count == 1 else f"{figures.number(count)} items"


def number_words(value: int | float, quote: str | None = None) -> str:
    """Return a number as it stands in the document, where that is this number in plain figures ("1,284.00").

    Figures that are written otherwise ("1.284,00 €") give their decimals and whether thousands are parted. Without
    a quote it is spelled as JSON does, without a fraction that is nothing.
    """
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    quote = quote[:_LONGEST_QUOTE] if quote else ""
    for found in _NUMERAL.finditer(quote):
        numeral = found[0].replace("\N{MINUS SIGN}", "-")
        if float(numeral.replace(",", "")) == value:
            return numeral.removeprefix("+")
    if abs(value) >= _LARGEST:
        return str(value)
    decimals = _DECIMALS.search(quote)
    places = len(decimals[1]) if decimals else 0
    if quote and round(value, places) == value:
        return f"{value:,.{places}f}" if _GROUPED.search(quote) else f"{value:.{places}f}"
    return str(int(value)) if value == int(value) else str(value)


def sort_key(value: Any) -> SortKey:
    """Return what a value that is not None is sorted by: numbers by size, texts by their letters and numbers."""
    if isinstance(value, bool | int | float):
        return 0, value
    if isinstance(value, list):
        return 0, len(value)
    return 1, natural(words(value))


@lru_cache(maxsize=20_000)
def natural(text: str) -> tuple[str | int, ...]:
    """Return what sorts "a9" before "a10", capitals and accents aside."""
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    parts = _FIGURES.split(plain)
    return tuple(int(part) if at % 2 else part for at, part in enumerate(parts))


def copied(value: Any, quote: str | None = None) -> str:
    """Return a value for the clipboard: one line without tabs that a spreadsheet takes for no formula."""
    if isinstance(value, str):
        return protect(" ".join(value.split()))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return number_words(value, quote).replace(",", "")
    if isinstance(value, list | dict):
        return protect(json.dumps(value, ensure_ascii=False))
    return words(value)


def as_lines(rows: Iterable[Iterable[str]]) -> str:
    """Return cells parted by tabs and lines, as spreadsheets take them from the clipboard."""
    return "\n".join("\t".join(row) for row in rows)
