"""What the confidence in a cell is computed from before anybody has corrected one.

Fitted by `packaging/dev.py bench confidence --fit` on the cells that the bundled model, SmolLM2 135M, makes of the
sample documents (`resources/samples`), held against their known values: no other documents, and nothing by hand but
the priors of `engine.extraction.confidence.calibration`.
"""

from __future__ import annotations

BASE = -0.43
WEIGHTS = {
    "number": -0.47,
    "date": 0.34,
    "text": -0.03,
    "choice": 0.14,
    "free": 0.0,
    "absent": -0.02,
    "doubtful": -0.37,
    "chosen": 0.26,
    "gap": 1.02,
    "least": 0.21,
    "removed": -0.99,
    "absence": -0.04,
    "label": 2.03,
    "edges": 1.08,
    "taken": -0.99,
    "repeats": -2.93,
    "item": -0.3,
    "others": 0.24,
    "agrees": 0.51,
}
