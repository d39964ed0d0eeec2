"""Where JSON values that answer the same question differ, by JSON Pointer. Knows no Qt; not for its thread.

Objects are compared key by key. Arrays are aligned by what their items say, so that an item more or less at the front
does not make all others differ.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any, Final

from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

_ALIKE: Final = 0.5
"""How alike two items of arrays have to be (0..1) to be taken for the same one, changed."""
_CELLS: Final = 2_500
"""Pairs of items that are looked at one by one; longer arrays are aligned by their equal items first."""
_LETTERS: Final = 200
_NOWHERE: Final = -1
"""Stands for the index of an item that an array does not have."""


class _Mark:
    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return self._name


PENDING: Final = _Mark("PENDING")
"""Stands for a value that is still to come: nothing differs from it."""
ABSENT: Final = _Mark("ABSENT")
"""Stands for a value that is not there and will not come."""


class OpenObject(dict[str, Any]):
    """An object that is still being written: keys that it lacks may come."""


class OpenArray(list[Any]):
    """An array that is still being written: more items may come."""


@dataclass(frozen=True)
class Difference:
    """One place at which the values differ, by its pointer in each of them.

    An object that lacks a key has the pointer at which it would stand. None is for an array that lacks an item, and for
    what is still to come. `agree` says which values are there what the first is, or the first of which one is known.
    """

    pointers: tuple[str | None, ...]
    agree: tuple[bool, ...] = ()


@dataclass(frozen=True)
class ValueDiff:
    """What differs, in reading order, and which place of one value stands beside which of another."""

    differences: tuple[Difference, ...] = ()
    places: tuple[tuple[str | None, ...], ...] = ()

    def differing(self, at: int) -> frozenset[str]:
        """Return the pointers at which a value differs from the first; for the first itself, where any other does."""
        return frozenset(
            pointer for entry in self.differences if (pointer := entry.pointers[at]) is not None and not entry.agree[at]
        )

    def beside(self, at: int, other: int) -> dict[str, str]:
        """Return which place of the value `other` stands beside each place of the value `at`."""
        return {
            here: there
            for place in self.places
            if (here := place[at]) is not None and (there := place[other]) is not None
        }


def settled(value: Any, closed: Container[str], pointer: str = "") -> Any:
    """Return the parts of a growing value that are complete; `closed` has their pointers."""
    if pointer in closed:
        return value
    if isinstance(value, dict):
        parts = ((key, settled(part, closed, _below(pointer, key))) for key, part in value.items())
        return OpenObject((key, part) for key, part in parts if part is not PENDING)
    if isinstance(value, list):
        items = (settled(part, closed, _below(pointer, index)) for index, part in enumerate(value))
        return OpenArray(part for part in items if part is not PENDING)
    return PENDING


def compare_values(values: Sequence[Any]) -> ValueDiff:
    """Compare two or more JSON values; any may be PENDING, or hold open parts as `settled` returns them."""
    walk = _Walk()
    walk.visit(tuple("" if value is not PENDING else None for value in values), tuple(values))
    return ValueDiff(tuple(walk.differences), tuple(walk.places))


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: numbers by their value, true and false unlike any number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(part, other[key]) for key, part in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


class _Walk:
    """Goes through several values side by side."""

    def __init__(self) -> None:
        self.differences: list[Difference] = []
        self.places: list[tuple[str | None, ...]] = []

    def visit(self, pointers: tuple[str | None, ...], values: tuple[Any, ...]) -> None:
        there = [value for value in values if value is not PENDING]
        if len(there) < 2:
            return
        self.places.append(pointers)
        if any(value is ABSENT for value in there):
            if any(value is not ABSENT for value in there):
                self._differ(pointers, values)
        elif all(isinstance(value, dict) for value in there):
            for key in _merged(there):
                self._go_on(pointers, [(key, _part(value, key)) for value in values])
        elif all(isinstance(value, list) for value in there):
            for row in _aligned([value if isinstance(value, list) else None for value in values]):
                self._go_on(pointers, row)
        elif not all(same(there[0], value) for value in there[1:]):
            self._differ(pointers, values)

    def _differ(self, pointers: tuple[str | None, ...], values: tuple[Any, ...]) -> None:
        first = next(at for at, value in enumerate(values) if value is not PENDING)
        agree = tuple(at != first and same(values[first], value) for at, value in enumerate(values))
        self.differences.append(Difference(pointers, agree))

    def _go_on(self, above: tuple[str | None, ...], parts: Sequence[tuple[str | int, Any]]) -> None:
        pointers = tuple(
            None if pointer is None or part is PENDING or key == _NOWHERE else _below(pointer, key)
            for pointer, (key, part) in zip(above, parts, strict=True)
        )
        self.visit(pointers, tuple(part for _, part in parts))


def _below(pointer: str, key: str | int) -> str:
    return f"{pointer}/{escape(str(key))}"


def _part(value: Any, key: str) -> Any:
    if not isinstance(value, dict):
        return PENDING
    return value.get(key, PENDING if isinstance(value, OpenObject) else ABSENT)


def _merged(objects: Iterable[dict[str, Any]]) -> list[str]:
    """Return the keys of several objects in one order: one that others lack stands behind the key it follows."""
    order: list[str] = []
    known: set[str] = set()
    for entry in objects:
        fresh: dict[str, list[str]] = {}
        last = ""
        first: list[str] = []
        behind = first
        for key in entry:
            if key in known:
                last = key
                behind = fresh.setdefault(last, [])
            else:
                behind.append(key)
        known.update(entry)
        order = [*first, *(name for key in order for name in (key, *fresh.get(key, ())))]
    return order


# Arrays


def _aligned(arrays: Sequence[list[Any] | None]) -> list[list[tuple[int, Any]]]:
    """Return the items of several arrays in rows: index and item of each array, ABSENT or PENDING where it has none."""
    rows: list[dict[int, int]] = []
    for at, array in enumerate(arrays):
        if array is None:
            continue
        standing = [_item(arrays, *next(iter(row.items()))) for row in rows]
        merged: list[dict[int, int]] = []
        done = taken = 0
        for row, index in [*_pairs(standing, array), (len(rows), len(array))]:
            merged += rows[done:row]
            merged += [{at: fresh} for fresh in range(taken, index)]
            if row < len(rows):
                merged.append({**rows[row], at: index})
            done, taken = row + 1, index + 1
        rows = merged
    last = [max((place for place, row in enumerate(rows) if at in row), default=-1) for at in range(len(arrays))]
    return [
        [
            (row[at], _item(arrays, at, row[at])) if at in row else (_NOWHERE, _lacking(array, after=place > last[at]))
            for at, array in enumerate(arrays)
        ]
        for place, row in enumerate(rows)
    ]


def _item(arrays: Sequence[list[Any] | None], at: int, index: int) -> Any:
    array = arrays[at]
    assert array is not None, "only arrays have items"
    return array[index]


def _lacking(array: list[Any] | None, *, after: bool) -> _Mark:
    """Return what stands for an item that an array does not have, behind its last one or among them."""
    if array is None or (after and isinstance(array, OpenArray)):
        return PENDING
    return ABSENT


def _pairs(one: list[Any], other: list[Any]) -> list[tuple[int, int]]:
    """Return which items of two arrays belong together, in order: equal ones, alike ones, then what is left between."""
    begin = 0
    while begin < min(len(one), len(other)) and same(one[begin], other[begin]):
        begin += 1
    end = 0
    while end < min(len(one), len(other)) - begin and same(one[-1 - end], other[-1 - end]):
        end += 1
    left, right = (begin, len(one) - end), (begin, len(other) - end)
    anchors = _anchors(one, other, left, right)
    found = [(index, index) for index in range(begin)]
    at, beside = begin, begin
    for here, there in [*anchors, (left[1], right[1])]:
        found += zip(range(at, here), range(beside, there), strict=False)
        if here < left[1]:
            found.append((here, there))
        at, beside = here + 1, there + 1
    found += [(len(one) - end + index, len(other) - end + index) for index in range(end)]
    return found


def _anchors(one: list[Any], other: list[Any], left: tuple[int, int], right: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the equal and the alike items within two ranges."""
    if (left[1] - left[0]) * (right[1] - right[0]) <= _CELLS:
        return _likest(one, other, left, right)
    left_words = [_spelled(item) for item in one[slice(*left)]]
    right_words = [_spelled(item) for item in other[slice(*right)]]
    found: list[tuple[int, int]] = []
    at, beside = left[0], right[0]
    for block in SequenceMatcher(None, left_words, right_words).get_matching_blocks():
        here, there = left[0] + block.a, right[0] + block.b
        if (here - at) * (there - beside) <= _CELLS:
            found += _likest(one, other, (at, here), (beside, there))
        found += [(here + step, there + step) for step in range(block.size)]
        at, beside = here + block.size, there + block.size
    return found


def _likest(one: list[Any], other: list[Any], left: tuple[int, int], right: tuple[int, int]) -> list[tuple[int, int]]:
    """Return the pairs, in order, that are alike and whose likeness is the greatest in all (Needleman-Wunsch)."""
    rows, columns = left[1] - left[0], right[1] - right[0]
    like = [
        [_likeness(one[left[0] + row], other[right[0] + column]) for column in range(columns)] for row in range(rows)
    ]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            alike = like[row][column]
            both = best[row + 1][column + 1] + alike if alike >= _ALIKE else 0.0
            best[row][column] = max(both, best[row + 1][column], best[row][column + 1])
    found: list[tuple[int, int]] = []
    row = column = 0
    while row < rows and column < columns:
        alike = like[row][column]
        if alike >= _ALIKE and best[row][column] == best[row + 1][column + 1] + alike:
            found.append((left[0] + row, right[0] + column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return found


def _likeness(one: Any, other: Any) -> float:
    """Return how alike two items are, from 0 to 1; objects by the share of their fields that are."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = one.keys() | other.keys()
        alike = sum(_likeness_of_parts(one[key], other[key]) for key in one.keys() & other.keys())
        return alike / len(keys) if keys else 1.0
    return _likeness_of_parts(one, other)


def _likeness_of_parts(one: Any, other: Any) -> float:
    if same(one, other):
        return 1.0
    if isinstance(one, str) and isinstance(other, str):
        return SequenceMatcher(None, one[:_LETTERS], other[:_LETTERS]).quick_ratio()
    if isinstance(one, list) and isinstance(other, list):
        return sum(map(same, one, other)) / max(len(one), len(other))
    return 0.0


def _spelled(value: Any) -> str:
    """Return a value's one spelling: equal for equal values, but for whole numbers spelled as fractions."""
    return json.dumps(value, sort_keys=True)
