"""Which rows a value has below its own, and how many of them there is room for."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from app.models.shape import ANYTHING

if TYPE_CHECKING:
    from app.models.shape import Shape

MOST_ROWS: Final = 1_000
"""Rows of an answer, folded ones too: a view makes so many in a tenth of a second, and nobody reads further."""
_LONGEST_POINTER: Final = 4_000
"""Characters of a place below which nothing is shown apart: each row would hold them once more."""


class _Rest(str):
    __slots__ = ()


REST: Final = _Rest("…")
"""The key of the row that stands for those there is no room for."""

Keys = list[tuple[str | int, "Shape"]]


class Room:
    """How many more rows an answer may have, from its first to its last."""

    def __init__(self) -> None:
        self.left = MOST_ROWS

    def below(self, pointer: str, shape: Shape, value: Any) -> tuple[Keys, int]:
        """Return the rows that a value of this shape has or will have below it, and how many more it has than that.

        The fields of an object come before what is inside them, so that one that is vast hides none beside it.
        """
        if len(pointer) > _LONGEST_POINTER:
            return [], 0
        if isinstance(value, list):
            return self._items(shape, value)
        if shape.kind != "object" and not isinstance(value, dict):
            return [], 0
        given = value if isinstance(value, dict) else {}
        named = dict(shape.properties)
        unnamed = ((name, ANYTHING) for name in given if name not in named)
        every = len(named) + len(given) - sum(name in given for name in named)
        keys: Keys = list(islice(chain(shape.properties, unnamed), max(1, self.left)))
        self.left -= len(keys)
        return keys, every - len(keys)

    def _items(self, shape: Shape, value: list[Any]) -> tuple[Keys, int]:
        item = shape.item or ANYTHING
        if item.scalar:
            return [], 0
        some, room = 0, self.left
        while some < len(value) and room > 0:
            room -= 1 if shape.columns else 1 + _rows_inside(value[some], room)
            some += 1
        self.left -= some
        return [(number, item) for number in range(some)], len(value) - some


def _rows_inside(value: Any, most: int) -> int:
    """Return how many rows there would be below a value's own, about, as far as `most`."""
    if not isinstance(value, dict | list):
        return 0
    found = 0
    for part in value.values() if isinstance(value, dict) else value:
        if found >= most:
            break
        found += 1 + _rows_inside(part, most - found)
    return found
