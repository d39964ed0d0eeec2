"""Whether an extracted value is the known one, however each of them is spelled."""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from engine.extraction.values import find_dates, find_numbers

_CLOSE = 1e-9
_YES, _NO = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0"})


def agrees(found: Any, known: Any) -> bool:
    """Tell whether a value is right.

    Texts are compared without regard to case, blanks and signs at their ends, numbers and dates by what they mean,
    lists without regard to order. A number or date may be spelled as a person writes it in a table: "1.234,50".
    """
    if known is None or found is None:
        return known is None and found is None
    if isinstance(found, bool) or isinstance(known, bool):
        return _truth(found) is _truth(known) is not None
    if isinstance(known, list):
        return isinstance(found, list) and _same_items(found, known)
    if isinstance(known, dict):
        return isinstance(found, dict) and all(agrees(found.get(key), value) for key, value in known.items())
    if isinstance(found, list | dict):
        return False
    if isinstance(found, str) and isinstance(known, str):
        return folded(found) == folded(known) or _same_day(found, known)
    if isinstance(found, str):
        return folded(found) == folded(_spelled(known))
    if isinstance(known, str):
        return any(_close(found, number) for number in _numbers(known))
    return _close(found, known)


def folded(text: str) -> str:
    """Return a text without regard to case, to the kind and number of blanks, and to signs at its ends."""
    plain = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    start, end = 0, len(plain)
    while start < end and not _counts(plain[start]):
        start += 1
    while end > start and not _counts(plain[end - 1]):
        end -= 1
    return plain[start:end] or plain


def _counts(character: str) -> bool:
    """Tell whether a character at an end belongs to a text: letters, digits, and signs such as those of currencies."""
    return unicodedata.category(character)[0] in "LNMS"


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = value.strip().casefold() if isinstance(value, str) else ""
    return True if word in _YES else False if word in _NO else None


def _same_items(found: list[Any], known: list[Any]) -> bool:
    if len(found) != len(known):
        return False
    left = list(found)
    for each in known:
        place = next((index for index, other in enumerate(left) if agrees(other, each)), None)
        if place is None:
            return False
        del left[place]
    return True


def _same_day(found: str, known: str) -> bool:
    """Tell whether two texts are the same date: one of them as it is kept, the other as it may be written."""
    for day, other in ((found, known), (known, found)):
        whole = [each for each in find_dates(other) if each.end - each.start == len(other.strip())]
        if any(day.strip() in {each.value, each.other} for each in whole):
            return True
    return False


def _numbers(text: str) -> list[float]:
    """Return what a text that is one number, with a currency perhaps, can mean."""
    return [value for each in find_numbers(text) for value in (each.value, each.other) if value is not None]


def _close(one: float, other: float) -> bool:
    return one == other or math.isclose(one, other, rel_tol=0, abs_tol=_CLOSE)


def _spelled(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)
