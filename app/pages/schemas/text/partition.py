"""An ascending list of places in a text, quick to keep in step with the text while somebody types."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Partition:
    """Places of which all from one on can be moved at once.

    Those from `_step` on are stored without `_shift`: whoever types moves the same ones with each letter, and it is
    only added up when somebody types elsewhere.
    """

    def __init__(self, places: list[int]) -> None:
        self._places = places
        self._step = len(places)
        self._shift = 0

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> int:
        return self._places[index] + (self._shift if index >= self._step else 0)

    def find(self, place: int) -> int:
        """Return the index of the last place that is not behind a place; -1 where all are."""
        places, step = self._places, self._step
        if step < len(places) and places[step] + self._shift <= place:
            return bisect.bisect_right(places, place - self._shift, step) - 1
        return bisect.bisect_right(places, place, 0, step) - 1

    def move(self, index: int, by: int) -> None:
        """Move all places from an index on."""
        if by:
            self._take_step(index)
            self._shift += by

    def put(self, first: int, last: int, places: Sequence[int]) -> None:
        """Put places in instead of those from `first` up to but not including `last`."""
        self._take_step(last)
        self._places[first:last] = places
        self._step = first + len(places)

    def _take_step(self, index: int) -> None:
        places, step, shift = self._places, self._step, self._shift
        if shift and index > step:
            places[step:index] = [place + shift for place in places[step:index]]
        elif shift and index < step:
            places[index:step] = [place - shift for place in places[index:step]]
        self._step = index
