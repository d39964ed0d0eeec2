"""Logistic regression with a Gaussian prior: the most probable weights, found by Newton's method."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEPS = 50
_CLOSE = 1e-8
_FURTHEST = 30.0


def fit_logistic(
    inputs: NDArray[np.float64],
    right: NDArray[np.float64],
    mean: NDArray[np.float64],
    precision: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the most probable weights, shape (n,), where each is normal around `mean` with a `precision` of its own.

    `inputs` has shape (cells, n), `right` is 0 or 1 for each cell. The precisions are above 0, so there is one answer,
    for cells that are all right or all wrong too. Iteratively reweighted least squares (Bishop 2006, 4.3.3), each step
    halved until it gains.
    """
    weights = mean.astype(np.float64).copy()
    loss = _loss(inputs, right, weights - mean, precision, weights)
    for _ in range(_STEPS):
        chances = chance(inputs @ weights)
        gradient = inputs.T @ (chances - right) + precision * (weights - mean)
        curvature = (inputs * (chances * (1 - chances))[:, None]).T @ inputs + np.diag(precision)
        step = np.linalg.solve(curvature, gradient)
        size = 1.0
        while size > _CLOSE:
            tried = weights - size * step
            found = _loss(inputs, right, tried - mean, precision, tried)
            if found <= loss:
                break
            size /= 2
        else:
            return weights
        gain, weights, loss = loss - found, tried, found
        if gain < _CLOSE:
            break
    return weights


def chance(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logistic function of scores."""
    return 1.0 / (1.0 + np.exp(-np.clip(scores, -_FURTHEST, _FURTHEST)))


def _loss(
    inputs: NDArray[np.float64],
    right: NDArray[np.float64],
    moved: NDArray[np.float64],
    precision: NDArray[np.float64],
    weights: NDArray[np.float64],
) -> float:
    scores = inputs @ weights
    return float(np.sum(np.logaddexp(0.0, scores) - right * scores) + 0.5 * np.sum(precision * moved * moved))
