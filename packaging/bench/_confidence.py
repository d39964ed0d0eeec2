"""How good the confidence in cells is, before and after corrections; for any benchmark that has cells and known values.

Cells are judged against known values, and some of them, drawn at random, are told to the calibration as a person's
corrections; the rest is what confidence is measured on. No cell is measured with weights that were fitted on its own
folder, but for the corrections themselves.

With some hundred cells, confidences that are exactly the chances would not have a calibration error of 0:
`ece_by_chance` is what they would have, found by drawing what is right from the confidences.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from _instances import agrees
from _report import ratio

from engine.extraction.confidence import Calibration, Judged, auroc, ece, to_review
from engine.extraction.confidence.measures import ece_of_equal_widths
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

CORRECTIONS = 50
DRAWS = 20
SHARE_RIGHT = 0.98
_MISSING = object()


@dataclass(frozen=True)
class JudgedFolder:
    """The judged cells of a folder's documents, and what the confidence in them is computed from at first."""

    name: str
    judged: tuple[Judged, ...]
    prior: Calibration


@dataclass(frozen=True)
class Quality:
    """Means over the draws; None where nothing can be said. `ece_constant` is that of the corrections' share of right.

    `reviewed` is the share of cells that `to_review` wants to be looked at so that 98 % of the rest are right, and
    `right_unseen` the share of right ones among that rest.
    """

    cells: int
    corrections: int
    right: float | None
    ece_before: float | None
    auroc_before: float | None
    ece: float | None
    auroc: float | None
    ece_of_equal_widths: float | None
    ece_constant: float | None
    ece_by_chance: float | None
    reviewed: float | None
    right_unseen: float | None


def judge(cells: Mapping[str, Mapping[str, Any]], truth: Mapping[str, Any]) -> list[Judged]:
    """Return a document's cells with whether they are right; those of fields that the truth does not know are left."""
    found = []
    for pointer, cell in cells.items():
        steps = [unescape(step) for step in pointer.split("/")[1:]]
        if steps and steps[0] in truth:
            known = _at(truth, steps)
            found.append(Judged(pointer, cell, known is not _MISSING and agrees(cell["value"], known)))
    return found


def with_defaults(folders: Mapping[str, Sequence[Judged]]) -> list[JudgedFolder]:
    """Return folders that the default weights were not fitted on, to begin with these."""
    return [JudgedFolder(name, tuple(judged), Calibration.default()) for name, judged in folders.items()]


def with_the_others(folders: Mapping[str, Sequence[Judged]]) -> list[JudgedFolder]:
    """Return folders that each begin with weights fitted on the other ones.

    What is called "invoices" and "invoices/items" is of the same documents: neither is fitted on the other.
    """
    found = []
    for name, judged in folders.items():
        others = [each for other, those in folders.items() if _kind(other) != _kind(name) for each in those]
        found.append(JudgedFolder(name, tuple(judged), Calibration.fit_default(others)))
    return found


def measure(folders: Sequence[JudgedFolder], *, corrections: int = CORRECTIONS, draws: int = DRAWS) -> Quality:
    """Measure confidence on cells that were not corrected; of few cells half are."""
    everything = [
        (folder, Judged(f"/{folder.name}{each.pointer}", each.cell, each.right))
        for folder in folders
        for each in folder.judged
    ]
    corrections = min(corrections, len(everything) // 2)
    before = [(folder.prior.confidence(each.pointer, each.cell), each.right) for folder, each in everything]
    kept: list[tuple[float | None, ...]] = []
    drawn = random.Random(0)
    for _ in range(draws):
        order = drawn.sample(range(len(everything)), len(everything))
        said = [everything[place][1] for place in order[:corrections]]
        rest = [everything[place] for place in order[corrections:]]
        fitted = {folder.name: Calibration.fit(said, folder.prior) for folder in folders}
        pairs = [(fitted[folder.name].confidence(each.pointer, each.cell), each.right) for folder, each in rest]
        usual = ratio(sum(each.right for each in said), len(said)) or 0.0
        threshold = to_review([confidence for confidence, _ in pairs], SHARE_RIGHT)
        left = [right for confidence, right in pairs if confidence >= threshold]
        kept.append(
            (
                ece(pairs),
                auroc(pairs),
                ece_of_equal_widths(pairs),
                ece((usual, right) for _, right in pairs),
                ece((confidence, drawn.random() < confidence) for confidence, _ in pairs),
                ratio(len(pairs) - len(left), len(pairs)),
                ratio(sum(left), len(left)),
            )
        )
    found = [_mean(values) for values in zip(*kept, strict=True)]
    return Quality(
        len(everything),
        corrections,
        ratio(sum(right for _, right in before), len(before)),
        ece(before),
        auroc(before),
        *found,
    )


def figures(folders: Mapping[str, Sequence[Judged]], *, samples: bool) -> dict[str, float | None]:
    """Return `ece` and `auroc` after corrections, for a closing line: of the samples' folders, or of others.

    The default weights were fitted on the samples, so theirs are fitted anew.
    """
    found = measure(with_the_others(folders) if samples else with_defaults(folders))
    return {"ece": found.ece, "auroc": found.auroc, "ece_by_chance": found.ece_by_chance}


def _kind(name: str) -> str:
    return name.partition("/")[0]


def _at(value: Any, steps: Iterable[str]) -> Any:
    for step in steps:
        if isinstance(value, list) and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return _MISSING
    return value


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
