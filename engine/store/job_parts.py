"""What many receipts of a job have in common, taken out of each so that it is kept once."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SHORTEST = 100
"""Characters below which a part is not worth a reference."""


def take_out(receipt: dict[str, Any], pointers: Iterable[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a receipt without the parts at some JSON Pointers (null stands there), and their JSON text by pointer.

    A pointer that leads nowhere is passed over, and so is a part that is short.
    """
    left = copy.deepcopy(receipt)
    parts: dict[str, str] = {}
    for pointer in pointers:
        holder, key = holder_of(left, pointer)
        if holder is None:
            continue
        text = json.dumps(holder[key], ensure_ascii=False)
        if len(text) >= _SHORTEST:
            parts[pointer] = text
            holder[key] = None
    return left, parts


def fill_in(receipt: dict[str, Any], parts: Mapping[str, Any]) -> None:
    """Put parts back to where they were taken out."""
    for pointer, part in parts.items():
        holder, key = holder_of(receipt, pointer)
        if holder is not None:
            holder[key] = part


def holder_of(value: Any, pointer: str) -> tuple[Any, Any]:
    """Return what holds the place of a pointer, and its key there; None where there is no such place."""
    holder, key = value, None
    for step in (each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:]):
        holder = value if key is None else holder[key]
        key = int(step) if isinstance(holder, list) and step.isdecimal() else step
        known = key in holder if isinstance(holder, dict) else isinstance(holder, list) and key in range(len(holder))
        if not known:
            return None, None
    return (None, None) if key is None else (holder, key)
