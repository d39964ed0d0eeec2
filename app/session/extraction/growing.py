"""An answer that is still being written, as the values that it has so far."""

from __future__ import annotations

import json
from typing import Any

from engine.schema.pointer import to_pointer

_MOST = 500
"""Values that are shown of one document while it is read."""


def values_so_far(text: str) -> dict[str, str]:
    """Return what stands in each place of an unfinished JSON text, by JSON Pointer, as it was written.

    The last is the one that grows: it may be cut anywhere.
    """
    from pydantic_core import from_json

    try:
        written = from_json(text, allow_partial="trailing-strings")
    except (ValueError, RecursionError):
        return {}
    found: dict[str, str] = {}
    pending: list[tuple[tuple[str | int, ...], Any]] = [((), written)]
    while pending and len(found) < _MOST:
        path, value = pending.pop()
        if isinstance(value, dict | list):
            inside = list(value.items() if isinstance(value, dict) else enumerate(value))
            pending.extend(((*path, step), below) for step, below in reversed(inside))
        elif value is not None:
            found[to_pointer(path)] = value if isinstance(value, str) else json.dumps(value)
    return found
