"""JSON Pointers (RFC 6901)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def to_pointer(path: Iterable[str | int]) -> str:
    """Return the pointer of a path of keys and indices; the whole document is the empty string."""
    return "".join(f"/{escape(str(step))}" for step in path)


def escape(step: str) -> str:
    """Return one reference token of a pointer."""
    return step.replace("~", "~0").replace("/", "~1")


def unescape(token: str) -> str:
    """Return the key that a reference token stands for."""
    return token.replace("~1", "/").replace("~0", "~")


def value_at(value: Any, pointer: str) -> Any:
    """Return what a pointer leads to within a JSON value; None where that is nothing."""
    for token in pointer.split("/")[1:]:
        if isinstance(value, dict):
            value = value.get(unescape(token))
        elif isinstance(value, list) and token.isascii() and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return value
