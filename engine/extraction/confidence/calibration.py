"""The chance that a cell's value is right: first by default weights, then by what a person has found right and wrong.

A logistic regression over the features of a cell, with an intercept for each field. Its weights are normal around the
default ones, closely enough that a few corrections of different fields move little and fifty much. A field's own
intercept is normal around zero, and less closely: five corrections of one field that are all alike say something of
this field. None of it makes a cell certain, however alike corrections are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.extraction.confidence.features import NAMES, features
from engine.extraction.confidence.logistic import chance, fit_logistic
from engine.extraction.confidence.weights import BASE, WEIGHTS
from engine.extraction.signals import fold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from engine.extraction.review import Judged

RIDGE = 2.0
"""Precision of each default weight around what is expected of it."""
EXPECTED = {"doubtful": -0.5, "agrees": 0.5, "repeats": -3.0}
"""What weights are expected to be, where not 0: of what the samples have too little to tell.

A place that the same field of several items quotes is right for one of them at most.
"""
EXPECTED_RIDGE = 10.0
BASE_RIDGE = 0.1
STIFFNESS = 16.0
BASE_STIFFNESS = 16.0
FIELD_STIFFNESS = 2.0
"""Precisions of a calibration's weights around the default ones, of its intercept, and of each field's."""


@dataclass(frozen=True)
class Calibration:
    """Weights of the features, an intercept, and one of each field by its folded pointer ("/items/*/price")."""

    weights: tuple[float, ...]
    base: float
    fields: Mapping[str, float] = field(default_factory=dict)

    @staticmethod
    @cache
    def default() -> Calibration:
        """Return what holds before there are corrections."""
        return Calibration(tuple(WEIGHTS[name] for name in NAMES), BASE)

    @classmethod
    def fit(cls, judged: Sequence[Judged], prior: Calibration | None = None) -> Calibration:
        """Return what a person's judgements make of a prior, by default the default weights."""
        prior = prior or cls.default()
        if not judged:
            return prior
        names = sorted({fold(each.pointer) for each in judged})
        places = {name: place for place, name in enumerate(names)}
        intercepts = np.zeros((len(judged), len(names)))
        for row, each in enumerate(judged):
            intercepts[row, places[fold(each.pointer)]] = 1.0
        inputs = np.hstack([_inputs(judged), intercepts])
        mean = np.array([*prior.weights, prior.base, *(prior.fields.get(name, 0.0) for name in names)])
        precision = np.array(
            [STIFFNESS] * len(NAMES) + [BASE_STIFFNESS] + [FIELD_STIFFNESS] * len(names), dtype=np.float64
        )
        found = fit_logistic(inputs, _right(judged), mean, precision).tolist()
        fields = {**prior.fields, **dict(zip(names, found[len(NAMES) + 1 :], strict=True))}
        return cls(tuple(found[: len(NAMES)]), found[len(NAMES)], fields)

    @classmethod
    def fit_default(cls, judged: Sequence[Judged]) -> Calibration:
        """Return weights that are fitted on cells of many kinds of documents, for others to begin with."""
        mean = np.array([*(EXPECTED.get(name, 0.0) for name in NAMES), 0.0])
        precision = np.array([*(EXPECTED_RIDGE if name in EXPECTED else RIDGE for name in NAMES), BASE_RIDGE])
        found = fit_logistic(_inputs(judged), _right(judged), mean, precision).tolist()
        return cls(tuple(found[:-1]), found[-1])

    def confidence(self, pointer: str, cell: Mapping[str, Any]) -> float:
        """Return the chance that a cell's value is right, from 0 to 1, given its place in the record.

        A value that the schema does not allow is not right: 0. One of a row that tells nothing of its cells, and one
        that the model did not write, have the chance that is usual for their field.
        """
        if cell.get("state") == "failed":
            return 0.0
        score = (
            float(features(pointer, cell) @ np.array(self.weights)) + self.base + self.fields.get(fold(pointer), 0.0)
        )
        return float(chance(np.array([score]))[0])


def _inputs(judged: Sequence[Judged]) -> NDArray[np.float64]:
    return np.array([np.append(features(each.pointer, each.cell), 1.0) for each in judged])


def _right(judged: Sequence[Judged]) -> NDArray[np.float64]:
    return np.array([float(each.right) for each in judged])
