"""Long lists as one part and its data: what a template made of each row is folded into a `repeat` over a source."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from engine.interface.sources import Column, Source
from engine.interface.state import State, interpolate, names_in

if TYPE_CHECKING:
    from engine.interface.dialects.imported import Tree

MANY: Final = 24
"""Lists of more rows than this are folded, where they can be."""
_TEXTS: Final = frozenset({"alt", "delta", "label", "text", "title", "value"})
"""The props in which a column of a row can stand."""
_INPUTS: Final = frozenset({"choice", "dialog", "field", "form", "slider", "toggle"})
"""Parts that have a name of their own in each row, so that no row stands for another."""


def folded(rows: list[list[Tree]], name: str) -> tuple[Tree, Source] | None:
    """Return one part for all rows and the source it goes through; None where the rows differ in more than texts."""
    if not rows or any(not _alike(first, second) for first, second in pairwise(rows)):
        return None
    columns: dict[str, list[str]] = {}
    children = _joined(rows, columns)
    cells = tuple(zip(*columns.values(), strict=True)) if columns else ((),) * len(rows)
    source = Source(name, tuple(Column(column, "text") for column in columns), cells)
    return {"type": "repeat", "source": name, "children": children}, source


def _alike(one: Any, other: Any, key: str = "") -> bool:
    """Tell whether two parts differ in nothing but texts that can be columns."""
    if isinstance(one, dict) and isinstance(other, dict):
        if one.get("type") in _INPUTS or one.keys() != other.keys():
            return False
        return all(_alike(value, other[name], name) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_alike(left, right, key) for left, right in zip(one, other, strict=True))
    if isinstance(one, str) and isinstance(other, str) and key in _TEXTS:
        return one == other or not (names_in(one) or names_in(other))
    return type(one) is type(other) and bool(one == other)


def _joined(values: list[Any], columns: dict[str, list[str]], key: str = "text") -> Any:
    """Return what stands for the same place of each row; texts that differ become a column."""
    first = values[0]
    if isinstance(first, dict):
        return {name: _joined([value[name] for value in values], columns, name) for name in first}
    if isinstance(first, list):
        return [_joined([value[at] for value in values], columns, key) for at in range(len(first))]
    if not isinstance(first, str) or all(value == first for value in values):
        return first
    nothing = State()
    cells = [interpolate(value, nothing) for value in values]
    known = next((name for name, others in columns.items() if others == cells), None)
    if known is None:
        known = f"{key}_{len(columns) + 1}"
        columns[known] = cells
    return f"{{{known}}}"
