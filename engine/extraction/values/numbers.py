"""Numbers and amounts in a text, with the separators that the text itself uses.

1.234 and 1,234 mean two things. Which sign is the decimal one is told by the numbers that can be read in one way only
("1.234,50", "0,5", "12,99"); where a document has none, or as many of each kind, three digits behind one separator
are taken for a group, and the number is ambiguous unless it is an amount of money, which has no three decimals.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.extraction.values.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterator

_DIGITS = re.compile(r"\d+(?:[.,'\u2019\u00a0\u202f]\d+)*")
_BLANK_GROUPS = re.compile(r"(?<![\w.,])\d{1,3}(?: \d{3})+(?:[.,]\d+)?(?![\w]|[.,]\d)")
_MINUS = "-\u2212\u2013"
_MARKS = re.compile("['\u2019\u00a0\u202f ]")
_CURRENCY = re.compile(r"(?:^|[^\w])(?:[A-Z]{3}|Rs\.?|kr\.?|Fr\.?)$")
_CODE = re.compile(r"(?:EUR|USD|GBP|CHF|PLN|SEK|NOK|DKK|CZK|HUF|INR|JPY|CNY|CAD|AUD)$")
_UNIT = re.compile(r"[^\W\d_]+(?![\w])")
_CHAIN = re.compile(r"[\w.]*[-/:][\w.]*[-/:]")
_REACH = 40
"""Characters of a word on either side of a number that are looked at."""
_MOST_DIGITS = 15
"""Digits that a double holds; a longer number is an identifier."""


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    digits: str
    negative: bool


def find_numbers(text: str) -> list[Reading]:
    """Return the numbers of a text in its order; overlapping ones where blanks may group digits or part numbers."""
    found = list(_find(text))
    decimal = _decimal_sign(each.digits for each in found)
    readings = []
    for each in found:
        value, other = _read(each.digits, decimal)
        if value is not None:
            sign = -1 if each.negative else 1
            rival = None if other is None or _is_amount(text, each.start, each.end) else _json(sign * other)
            readings.append(Reading(each.start, each.end, _json(sign * value), rival))
    return readings


def _find(text: str) -> Iterator[_Found]:
    for match in _DIGITS.finditer(text):
        if _stands_alone(text, *match.span()):
            yield _signed(text, *match.span())
    for match in _BLANK_GROUPS.finditer(text):
        yield _signed(text, *match.span())


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether digits are a number, and no part of a name, a date, a time or a telephone number."""
    digits = text[start:end]
    if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
        return False
    before, after = text[start - 1 : start], text[end : end + 1]
    has_decimals = not digits.isdigit()
    if before.isalnum() or before == "_":
        line = text[max(start - 8, 0) : start]
        if not (has_decimals and _CURRENCY.search(line)):
            return False
    if (after.isalnum() or after == "_") and not _UNIT.match(text, end):
        return False
    if _CHAIN.search(_word(text, start, end)):
        return False
    joined = text[start - 2 : start - 1] if start > 1 and before in {"-", "/", ":"} else ""
    if before == "#" or joined.isalpha() or (before == ":" and joined.isdigit()):
        return False
    return not (after in {":", "/"} and text[end + 1 : end + 2].isdigit())


def _is_amount(text: str, start: int, end: int) -> bool:
    """Tell whether a currency stands before or behind a number."""
    around = text[max(start - 4, 0) : start].rstrip(), text[end : end + 4].lstrip()
    signs = around[0][-1:], around[1][:1]
    if any(sign and unicodedata.category(sign) == "Sc" for sign in signs):
        return True
    return bool(_CODE.match(around[0][-3:]) or _CODE.match(around[1][:3]))


def _word(text: str, start: int, end: int) -> str:
    """Return the word around a number, as far as is needed to tell what it is."""
    before = re.split(r"\s", text[max(start - _REACH, 0) : start])[-1]
    after = re.split(r"\s", text[end : end + _REACH], maxsplit=1)[0]
    return before + text[start:end] + after


def _signed(text: str, start: int, end: int) -> _Found:
    """Return a number with its sign: before it, behind it as accountants write it, or brackets around it."""
    digits = text[start:end]
    before, after = text[start - 1 : start], text[end : end + 1]
    if before and before in _MINUS and (start == 1 or not (text[start - 2].isalnum() or text[start - 2] == ")")):
        return _Found(start - 1, end, digits, negative=True)
    if after and after in "-\u2212" and not text[end + 1 : end + 2].strip():
        return _Found(start, end + 1, digits, negative=True)
    if before == "(" and after == ")" and not digits.isdigit():
        return _Found(start - 1, end + 1, digits, negative=True)
    return _Found(start, end, digits, negative=False)


def _decimal_sign(numbers: Iterator[str]) -> str:
    """Return the sign that numbers of one meaning use for decimals; nothing where they do not agree."""
    counted = Counter(sign for digits in numbers if (sign := _certain_sign(digits)))
    ranked = counted.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return ""
    return ranked[0][0]


def _certain_sign(digits: str) -> str:
    """Return the decimal sign that one number shows by itself."""
    plain = _MARKS.sub("", digits)
    signs = [sign for sign in plain if sign in ".,"]
    if not signs:
        return ""
    last = signs[-1]
    decimals = len(plain) - plain.rindex(last) - 1
    if len(signs) == 1:
        return last if decimals != 3 or plain.index(last) > 3 or plain[0] == "0" or plain != digits else ""
    if len(set(signs)) == 1:
        return "," if last == "." else "."
    return last if signs.count(last) == 1 else ""


def _read(digits: str, decimal: str) -> tuple[Decimal | None, Decimal | None]:
    """Return what a number means, and what else it could well mean."""
    plain = _MARKS.sub("", digits)
    if sum(character.isdigit() for character in plain) > _MOST_DIGITS:
        return None, None
    signs = [sign for sign in plain if sign in ".,"]
    if not signs:
        return Decimal(plain), None
    last = signs[-1]
    if len(signs) == 1:
        as_decimal, as_group = Decimal(plain.replace(",", ".")), Decimal(plain.replace(last, ""))
        if _certain_sign(digits):
            return as_decimal, None
        if decimal:
            return (as_decimal if last == decimal else as_group), None
        return as_group, as_decimal
    parts = re.split("[.,]", plain)
    if len(set(signs)) == 1:
        return (Decimal("".join(parts)), None) if _are_groups(parts) else (None, None)
    if signs.count(last) > 1 or not _are_groups(parts[:-1]):
        return None, None
    return Decimal("".join(parts[:-1]) + "." + parts[-1]), None


def _are_groups(parts: list[str]) -> bool:
    """Tell whether digits are grouped: by three, or but for the last by two, as in India."""
    inner = {len(part) for part in parts[1:-1]}
    return 1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[-1:]) and inner in (set(), {3}, {2})


def _json(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
