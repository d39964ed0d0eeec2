"""Patterns: does one match a key, with the regular expressions of JSON Schema (ECMA-262), in bounded time."""

from __future__ import annotations

import functools

import jsonschema_rs


def finds(pattern: str, key: str) -> bool:
    """Tell whether a pattern matches somewhere in a key; false where it is no pattern or takes too long to tell."""
    matcher = _matcher(pattern)
    return matcher is not None and matcher.is_valid(key)


def is_pattern(pattern: str) -> bool:
    """Tell whether values can be checked against a pattern: it is one, and not too large."""
    return _matcher(pattern) is not None


@functools.lru_cache(maxsize=4096)
def _matcher(pattern: str) -> jsonschema_rs.Draft202012Validator | None:
    try:
        return jsonschema_rs.Draft202012Validator({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return None
