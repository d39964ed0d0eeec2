"""JSON Pointers (RFC 6901)."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
