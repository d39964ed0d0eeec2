"""Least and greatest between which nothing is left: of numbers, lengths and counts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeGuard

from engine.schema.editing import Operation, Remove, Rename, Set
from engine.schema.problems.found import Found, quoted, told
from engine.schema.problems.problem import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.problems.subject import Spot, Subject

_COUNTS = (
    ("string", "minLength", "maxLength"),
    ("array", "minItems", "maxItems"),
    ("array", "minContains", "maxContains"),
    ("object", "minProperties", "maxProperties"),
)
_LONGEST = 20
"""Digits of a bound that is reckoned with."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """The strictest bound of numbers on one side. `exclusive` says that the value itself lies outside."""

    value: int | float
    exclusive: bool
    keyword: str
    flag: str | None = None
    """The keyword that makes it exclusive, where that is another one (draft 4)."""

    @property
    def spoken(self) -> str:
        """What a sentence calls it."""
        return f"{self.keyword} {told(self.value)}{' (exclusive)' if self.flag else ''}"


def empty_ranges(subject: Subject) -> Iterator[Found]:
    """Yield the pairs of keywords between which nothing is left."""
    for spot, said in subject.said:
        if _speaks_of(said, "number", "integer"):
            first, last = _low(said), _high(said)
            if first is not None and last is not None and _empty(first, last):
                yield _numbers(spot, said, first, last)
        for kind, least, most in _COUNTS:
            low, high = said.get(least), said.get(most)
            if _speaks_of(said, kind) and _is_number(low) and _is_number(high) and low > high:
                yield _counts(spot, kind, (least, low), (most, high))
        if _speaks_of(said, "object"):
            yield from _objects(spot, said)
        if _speaks_of(said, "array"):
            yield from _arrays(spot, said)


def missing_multiples(subject: Subject) -> Iterator[Found]:
    """Yield the bounds of numbers between which none of the multiples lies that a number has to be."""
    for spot, said in subject.said:
        low, high = _low(said), _high(said)
        if low is None or high is None or _empty(low, high) or not _speaks_of(said, "number", "integer"):
            continue
        step = _step(said)
        if step is None:
            continue
        first = _first(low, step)
        if not _is_up_to(first, high):
            yield _no_multiple(spot, said, low, high, first)


def _numbers(spot: Spot, said: dict[str, Any], low: _Bound, high: _Bound) -> Found:
    fixes = []
    swapped = {**said, low.keyword: high.value, high.keyword: low.value}
    if low.value > high.value and _holds(swapped):
        operations = (
            Set(f"{spot.pointer}/{low.keyword}", high.value),
            Set(f"{spot.pointer}/{high.keyword}", low.value),
        )
        fixes.append(Fix("Swap them", operations))
    if low.value == high.value:
        allowed = _inclusive(spot, said, low, high)
        if allowed is not None:
            fixes.append(Fix(f"Allow {told(low.value)}", allowed))
    for bound in (low, high):
        fixes += [_removed(spot, bound)] if _holds(_without(said, bound)) else []
    relation = "is above" if low.value > high.value else "leaves nothing up to"
    return Found(
        "empty-range",
        f"{spot.pointer}/{low.keyword}",
        f"Empty range: {low.spoken} {relation} {high.spoken}, so no {_called(spot, 'number')} can be written.",
        tuple(fixes),
    )


def _holds(said: dict[str, Any]) -> bool:
    low, high = _low(said), _high(said)
    return low is None or high is None or not _empty(low, high)


def _without(said: dict[str, Any], bound: _Bound) -> dict[str, Any]:
    return {key: value for key, value in said.items() if key not in {bound.keyword, bound.flag}}


def _removed(spot: Spot, bound: _Bound) -> Fix:
    flag = (Remove(f"{spot.pointer}/{bound.flag}"),) if bound.flag else ()
    return Fix(f"Remove {bound.keyword}", (*flag, Remove(f"{spot.pointer}/{bound.keyword}")))


def _inclusive(spot: Spot, said: dict[str, Any], low: _Bound, high: _Bound) -> tuple[Operation, ...] | None:
    operations: list[Operation] = []
    for bound, plain in ((low, "minimum"), (high, "maximum")):
        if not bound.exclusive:
            continue
        if bound.flag:
            operations.append(Set(f"{spot.pointer}/{bound.flag}", False))
        elif plain in said:
            operations += (Remove(f"{spot.pointer}/{bound.keyword}"), Set(f"{spot.pointer}/{plain}", bound.value))
        else:
            operations.append(Rename(f"{spot.pointer}/{bound.keyword}", plain))
    return tuple(operations) or None


def _counts(spot: Spot, kind: str, lower: tuple[str, float], upper: tuple[str, float]) -> Found:
    (least, low), (most, high) = lower, upper
    at = f"{spot.pointer}/{least}", f"{spot.pointer}/{most}"
    swap = Fix("Swap them", (Set(at[0], high), Set(at[1], low)))
    return Found(
        "empty-range",
        at[0],
        f"Empty range: {least} {told(low)} is above {most} {told(high)}, so no {_called(spot, kind)} can be written.",
        (swap, Fix(f"Remove {least}", (Remove(at[0]),)), Fix(f"Remove {most}", (Remove(at[1]),))),
    )


def _objects(spot: Spot, said: dict[str, Any]) -> Iterator[Found]:
    least, most = said.get("minProperties"), said.get("maxProperties")
    required = {name for name in said.get("required", ()) if isinstance(name, str)}
    if _is_number(most) and len(required) > most:
        at = f"{spot.pointer}/maxProperties"
        sentence = f"{len(required):,} names are required, and maxProperties is {told(most)}"
        yield _short(spot, "object", at, sentence, "maxProperties", len(required))
    open_ended = said.get("patternProperties") or said.get("additionalProperties") is not False
    named = said.get("properties", {})
    if _is_number(least) and not open_ended and least > len(named):
        at = f"{spot.pointer}/minProperties"
        sentence = f"minProperties is {told(least)}, and {_many(len(named), 'property', 'properties')} can be there"
        yield _short(spot, "object", at, sentence, "minProperties", len(named))


def _arrays(spot: Spot, said: dict[str, Any]) -> Iterator[Found]:
    items = said.get("items")
    first, rest = (items, "additionalItems") if isinstance(items, list) else (said.get("prefixItems", ()), "items")
    least = said.get("minItems")
    if _is_number(least) and said.get(rest) is False and least > len(first):
        at = f"{spot.pointer}/minItems"
        sentence = f"minItems is {told(least)}, and {_many(len(first), 'item', 'items')} can be there"
        yield _short(spot, "array", at, sentence, "minItems", len(first))


def _short(spot: Spot, kind: str, at: str, sentence: str, keyword: str, fitting: int) -> Found:
    fixes = (Fix(f"Set {keyword} to {fitting}", (Set(at, fitting),)), Fix(f"Remove {keyword}", (Remove(at),)))
    return Found("empty-range", at, f"{sentence}, so no {_called(spot, kind)} can be written.", fixes)


def _no_multiple(spot: Spot, said: dict[str, Any], low: _Bound, high: _Bound, first: Fraction) -> Found:
    multiple = "multipleOf" in said
    whole = said.get("type") == "integer"
    what = f"{'whole ' if whole else ''}multiple of {told(said['multipleOf'])}" if multiple else "whole number"
    fixes = []
    if not high.exclusive:
        raised = int(first) if first.denominator == 1 else float(first)
        fixes.append(Fix(f"Raise {high.keyword} to {told(raised)}", (Set(f"{spot.pointer}/{high.keyword}", raised),)))
    without = {key: value for key, value in said.items() if key != "multipleOf"}
    step = _step(without)
    if multiple and (step is None or _is_up_to(_first(low, step), high)):
        fixes.append(Fix("Remove multipleOf", (Remove(f"{spot.pointer}/multipleOf"),)))
    fixes.append(_removed(spot, high))
    return Found(
        "no-multiple",
        f"{spot.pointer}/{'multipleOf' if multiple else low.keyword}",
        f"No {what} lies between {low.spoken} and {high.spoken}, so no {_called(spot, 'number')} can be written.",
        tuple(fixes),
    )


def _is_up_to(value: Fraction, high: _Bound) -> bool:
    most = Fraction(str(high.value))  # as it is written, and not as a float is rounded
    return value < most or (value == most and not high.exclusive)


def _step(said: dict[str, Any]) -> Fraction | None:
    """Return the number of which every value is a multiple; None where there is none."""
    steps = [Fraction(str(said["multipleOf"]))] if _is_number(said.get("multipleOf")) and said["multipleOf"] > 0 else []
    steps += [Fraction(1)] if said.get("type") == "integer" else []
    if len(steps) < 2:
        return steps[0] if steps else None
    return Fraction(math.lcm(steps[0].numerator, steps[0].denominator), steps[0].denominator)


def _first(low: _Bound, step: Fraction) -> Fraction:
    least = Fraction(str(low.value))
    first = math.ceil(least / step) * step
    return first + step if first == least and low.exclusive else first


def _low(said: dict[str, Any]) -> _Bound | None:
    return _bound(said, "minimum", "exclusiveMinimum", 1)


def _high(said: dict[str, Any]) -> _Bound | None:
    return _bound(said, "maximum", "exclusiveMaximum", -1)


def _bound(said: dict[str, Any], plain: str, exclusive: str, sign: int) -> _Bound | None:
    found = []
    if _is_number(said.get(plain)):
        flag = said.get(exclusive) is True
        found.append(_Bound(said[plain], flag, plain, exclusive if flag else None))
    if _is_number(said.get(exclusive)):
        found.append(_Bound(said[exclusive], exclusive=True, keyword=exclusive))
    return max(found, key=lambda bound: (bound.value * sign, bound.exclusive), default=None)


def _empty(low: _Bound, high: _Bound) -> bool:
    return low.value > high.value or (low.value == high.value and (low.exclusive or high.exclusive))


def _is_number(value: Any) -> TypeGuard[int | float]:
    """Tell whether a value is a number that is reckoned with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and len(str(value)) <= _LONGEST


def _speaks_of(said: dict[str, Any], *kinds: str) -> bool:
    named = said.get("type")
    types = named if isinstance(named, list) else [named]
    return named is None or any(kind in types for kind in kinds)


def _many(count: int, one: str, several: str) -> str:
    return f"only {count:,} {one if count == 1 else several}" if count else f"no {one}"


def _called(spot: Spot, kind: str) -> str:
    return kind if spot.name is None else quoted(spot.name)
