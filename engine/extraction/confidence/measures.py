"""How good confidences are: whether they are the chances they claim to be, and whether they rank."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BINS = 10
FEWEST = 20
"""Bins of the calibration error, and cells that each has at least."""
ABOVE_ALL = 1.01
"""A threshold that no confidence reaches."""
_CLOSE = 1e-9


def ece(pairs: Iterable[tuple[float, bool]]) -> float | None:
    """Return the expected calibration error of confidences, each with whether its value was right; None of none.

    In bins of about as many cells each, ten of them where each gets at least twenty, else fewer: in smaller ones chance
    alone makes a gap of a tenth. The gap between the mean confidence of a bin and its share of right values is weighted
    by how many it has (Nguyen and O'Connor 2015, arXiv:1508.05154). Equal confidences are in one bin.
    """
    found = sorted(pairs, key=lambda pair: pair[0])
    count = max(min(len(found) // FEWEST, BINS), 1)
    gaps = [0.0] * count
    before = 0
    for _, group in groupby(found, key=lambda pair: pair[0]):
        same = list(group)
        gaps[before * count // len(found)] += sum(confidence - right for confidence, right in same)
        before += len(same)
    return sum(map(abs, gaps)) / len(found) if found else None


def ece_of_equal_widths(pairs: Iterable[tuple[float, bool]]) -> float | None:
    """Return the same in ten bins of equal width, whatever they hold, for comparison (Guo et al. 2017)."""
    found = list(pairs)
    gaps = [0.0] * BINS
    for confidence, right in found:
        gaps[min(int(confidence * BINS), BINS - 1)] += confidence - right
    return sum(map(abs, gaps)) / len(found) if found else None


def auroc(pairs: Iterable[tuple[float, bool]]) -> float | None:
    """Return how often a right value has more confidence than a wrong one, ties counted half.

    A constant has 0.5. None where all values are right, or none is.
    """
    found = sorted(pairs)
    wrong_below = 0
    won = 0.0
    for _, group in groupby(found, key=lambda pair: pair[0]):
        same = [right for _, right in group]
        right, wrong = sum(same), len(same) - sum(same)
        won += right * (wrong_below + wrong / 2)
        wrong_below += wrong
    right = len(found) - wrong_below
    return won / (right * wrong_below) if right and wrong_below else None


def to_review(confidences: Iterable[float], share_right: float) -> float:
    """Return the threshold: cells with less confidence are to be looked at, those with as much are left.

    It is the lowest with which the cells that are left are expected to be right in that share: 0 where nothing has to
    be looked at, above 1 where everything has to.
    """
    ordered = sorted(confidences)
    total, left = sum(ordered), len(ordered)
    for confidence, group in groupby(ordered):
        if total >= share_right * left - _CLOSE:
            return 0.0 if left == len(ordered) else confidence
        same = list(group)
        total, left = total - sum(same), left - len(same)
    return ABOVE_ALL if ordered else 0.0
