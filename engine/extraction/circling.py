"""Noticing an answer that goes in circles, long before its limit: what small models do where a text has no end."""

from __future__ import annotations

import re

_WINDOWS = ((60, 12), (240, 80))
"""Characters at the end of an answer, and the longest period that has to fill them."""

_ESCAPED = re.compile(r"\\.", re.DOTALL)


def is_circling(text: str) -> bool:
    """Tell whether the end of unfinished JSON text repeats itself within one string or one number.

    Equal items of a list are no circle: a document may well say the same thing twenty times.
    """
    for size, longest in _WINDOWS:
        tail = text[-size:]
        if len(tail) == size and any(tail[period:] == tail[:-period] for period in range(1, longest + 1)):
            return tail.isdigit() or ('"' not in tail and _is_in_string(text))
    return False


def _is_in_string(text: str) -> bool:
    return _ESCAPED.sub("", text).count('"') % 2 == 1
