"""Numbers that satisfy given keywords, for whoever needs an example: by bounds and multiples."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST = 60
_HUGE = 10**300


def numbers(said: list[dict[str, Any]], *, whole: bool) -> Iterator[int | float]:
    """Yield different numbers about the bounds and multiples of all of `said`; whoever asks has to check them.

    Whole numbers alone where `whole` is true.
    """
    least, most = _bound(said, ("minimum", "exclusiveMinimum"), max), _bound(said, ("maximum", "exclusiveMaximum"), min)
    steps = [Fraction(str(each["multipleOf"])) for each in said if each.get("multipleOf")]
    if whole:
        steps.append(Fraction(1))
    seen = set[Fraction]()
    for value in _multiples(least, most, steps) if steps else _between(least, most):
        inside = (least is None or value >= least) and (most is None or value <= most)
        if inside and value not in seen and abs(value) < _HUGE:
            seen.add(value)
            yield int(value) if value.denominator == 1 else float(value)


def _bound(said: list[dict[str, Any]], names: tuple[str, str], stricter: Any) -> Fraction | None:
    found = [each[name] for each in said for name in names if name in each and not isinstance(each[name], bool)]
    return Fraction(str(stricter(found))) if found else None


def _multiples(least: Fraction | None, most: Fraction | None, steps: list[Fraction]) -> Iterator[Fraction]:
    step = steps[0]
    for other in steps[1:]:
        step = Fraction(
            math.lcm(step.numerator * other.denominator, other.numerator * step.denominator),
            step.denominator * other.denominator,
        )
    yield from (Fraction(0), step, -step)
    for index in range(_MOST):
        if least is not None:
            yield (math.ceil(least / step) + index) * step
        if most is not None:
            yield (math.floor(most / step) - index) * step
        yield index * step
        yield -index * step


def _between(least: Fraction | None, most: Fraction | None) -> Iterator[Fraction]:
    low = least if least is not None else (most or Fraction(0)) - 1
    high = most if most is not None else low + 2
    yield from (Fraction(0), Fraction(1), Fraction(-1), low, high, Fraction(1, 2), Fraction(3, 2))
    for index in range(1, _MOST):
        part = (high - low) / 2 ** min(index, 8)
        yield from (low + part, high - part, low + index, high - index, low + index + Fraction(1, 2))
