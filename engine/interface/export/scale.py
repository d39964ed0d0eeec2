"""Round numbers along an axis, as people would write them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_STEPS = (1, 2, 2.5, 5, 10)


def ticks(values: Sequence[float], most: int = 5, *, from_zero: bool = True) -> list[float]:
    """Return evenly spaced round numbers around the values, at most about `most`; at least two.

    `from_zero` keeps zero on the axis, as bars need it.
    """
    finite = [value for value in values if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
    if from_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= abs(high) * 1e-9:
        low, high = (min(low, 0.0), max(high, 0.0)) if high else (0.0, 1.0)
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return [0.0, 1.0]
    rough = span / max(most - 1, 1)
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next((factor * magnitude for factor in _STEPS if factor * magnitude >= rough * 0.999), 10 * magnitude)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [index * step for index in range(first, last + 1)]


def written(value: float) -> str:
    """Return a number for an axis: `1.2k`, `40`, `0.25`."""
    size = abs(value)
    for factor, sign in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e4, "k")):
        if size >= factor:
            unit = 1e3 if sign == "k" else factor
            return f"{value / unit:.4g}{sign}"
    return f"{value:.6g}"
