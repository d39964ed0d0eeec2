"""Formats that strings turn out to have: those that the validator accepts and that no other text has by accident."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

import jsonschema_rs

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST = 2_000
"""Characters of a string that may have a format."""

_SHAPES = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d"),
    "date": re.compile(r"\d{4}-\d\d-\d\d\Z"),
    "time": re.compile(r"\d\d:\d\d:\d\d"),
    "uuid": re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-"),
    "ipv4": re.compile(r"\d{1,3}(?:\.\d{1,3}){3}\Z"),
    "ipv6": re.compile(r"[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\Z"),
    "email": re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]+\Z"),
    # Every "word:word" is a URI (RFC 3986); these are those that somebody means as one.
    "uri": re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*://|mailto:|urn:)\S"),
}


def formats_of(text: str) -> tuple[str, ...]:
    """Return the formats that a string has, out of date-time, date, time, uuid, ipv4, ipv6, email and uri."""
    return tuple(name for name in _SHAPES if has_format(name, text))


def has_format(name: str, text: str) -> bool:
    """Tell whether a string has a format, which is one that `formats_of` knows."""
    return len(text) <= _LONGEST and _SHAPES[name].match(text) is not None and _check(name)(text)


@functools.cache
def _check(name: str) -> Callable[[str], bool]:
    return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True).is_valid
