"""The numbers of a chart: which can be drawn, the scale they are read on, and how people write them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.interface.state import as_number

if TYPE_CHECKING:
    from collections.abc import Sequence

_LARGEST: Final = 1e300
_SMALLEST: Final = 1e-300
_MARKS: Final = 4
_SCALES: Final = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


def drawable(given: Any) -> float | None:
    """Return a number that can be drawn, be it written as text; None for anything else."""
    number = as_number(given)
    if number is None or abs(number) > _LARGEST:
        return None
    return number if abs(number) >= _SMALLEST else 0.0


@dataclass(frozen=True, slots=True)
class Scale:
    """From where to where values are shown, and the marks between: `low <= marks <= high`."""

    low: float
    high: float
    marks: tuple[float, ...]

    def words(self) -> list[str]:
        """Write the marks alike, those of millions and more shortened."""
        step = self.marks[1] - self.marks[0] if len(self.marks) > 1 else 0.0
        size, unit = next(((size, unit) for size, unit in _SCALES if self._most >= size <= step * 100), (1.0, ""))
        if not 1e-6 <= self._most < 1e15:
            return [f"{mark:.3g}" for mark in self.marks]
        decimals = max(0, -math.floor(math.log10(step / size) + 1e-9)) if step else 2
        return [f"{mark / size:,.{decimals}f}{unit}" if mark else "0" for mark in self.marks]

    @property
    def _most(self) -> float:
        return max(map(abs, self.marks), default=0.0)


def scale(values: Sequence[float], *, from_zero: bool, marks: int = _MARKS) -> Scale:
    """Return a scale over values, with about so many round marks. Zero is on it `from_zero`, or where it is near."""
    low, high = min(values), max(values)
    if from_zero or (0 <= low <= high / 2) or (low / 2 <= high <= 0):
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low < _SMALLEST:
        around = abs(low) / 10 if abs(low) > _SMALLEST else 1.0
        low, high = (low, high + around) if low == 0 else (low - around, high + around)
    step = _round_step((high - low) / marks)
    low = step * math.floor(low / step + 1e-9)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return Scale(low, high, tuple(step * index for index in range(first, last + 1)))


def _round_step(least: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next((factor * power for factor in (1.0, 2.0, 5.0) if factor * power >= least * (1 - 1e-9)), 10 * power)


def spell(value: float) -> str:
    """Write a number for people, with at most six digits behind or around the point."""
    if value and not 1e-6 <= abs(value) < 1e15:
        return f"{value:.4g}"
    whole = len(str(int(abs(value))))
    words = f"{value:,.{max(0, 6 - whole)}f}"
    return words.rstrip("0").rstrip(".") if "." in words else words
