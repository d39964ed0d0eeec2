"""A cell as the numbers that the confidence in it is computed from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

KINDS = ("number", "date", "text", "choice", "free")
NAMES = (
    *KINDS,
    "absent",
    "doubtful",
    "chosen",
    "gap",
    "least",
    "removed",
    "absence",
    "label",
    "edges",
    "taken",
    "repeats",
    "item",
    "others",
    "agrees",
)
_FURTHEST = 4.0


def features(pointer: str, cell: Mapping[str, Any]) -> NDArray[np.float64]:
    """Return the features of a cell as a row keeps it, given its place in the record.

    Their shape is (len(NAMES),), and each is about between -1 and 1. What a cell does not tell counts as neither good
    nor bad: 0.
    """
    told = cell.get("signals") or {}
    chances = cell.get("probability") or {}
    value = cell.get("value")
    kind = told.get("kind", "text")
    chosen, rival = _shares(cell)
    found = {
        kind if kind in KINDS else "text": 1.0,
        "absent": float(value is None or value in ({}, [])),
        # Where a second look is the reason, `agrees` says it.
        "doubtful": float(cell.get("state") == "doubtful" and cell.get("agrees") is not False),
        "chosen": 0.0 if chosen is None else _log_odds(chosen) / _FURTHEST,
        "gap": 0.0 if chosen is None else chosen - rival,
        "least": _number(chances.get("min"), 0.5) - 0.5,
        "removed": _number(chances.get("removed"), 0.3) - 0.3,
        "absence": _number(chances.get("absence"), 0.0),
        "label": max(_number(told.get("label"), 0.0), _number(told.get("above"), 0.0) / 2),
        "edges": _number(told.get("edges"), 1.0) / 2 - 0.5,
        "taken": float(_number(told.get("taken"), 0.0) > 0),
        "repeats": math.log1p(_number(told.get("repeats"), 0.0)) / 2,
        "item": float(any(step.isdigit() for step in pointer.split("/"))),
        "others": math.log1p(_number(told.get("others"), 0.0)) / 4,
        "agrees": 0.0 if cell.get("agrees") is None else 1.0 if cell["agrees"] else -1.0,
    }
    return np.array([found.get(name, 0.0) for name in NAMES])


def _shares(cell: Mapping[str, Any]) -> tuple[float | None, float]:
    """Return the probability of the value that a cell holds, and that of the likeliest other one."""
    own: float | None = None
    other = 0.0
    for each in cell.get("alternatives") or ():
        if own is None and each["value"] == cell.get("value"):
            own = each["probability"]
        else:
            other = max(other, each["probability"])
    if own is None:
        own = (cell.get("probability") or {}).get("mean")
    return own, other


def _log_odds(probability: float) -> float:
    kept = min(max(probability, 1e-6), 1 - 1e-6)
    return float(np.clip(math.log(kept / (1 - kept)), -_FURTHEST, _FURTHEST))


def _number(value: Any, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) else otherwise
