"""A value that was read from a text, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reading:
    """`text[start:end]` of a document means `value`, as plain JSON; `other` is what else it could well mean."""

    start: int
    end: int
    value: Any
    other: Any = None
