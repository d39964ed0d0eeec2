"""What the confidence in a cell is computed from before anybody has corrected one.

Fitted by `packaging/dev.py bench confidence --fit` on the cells that the bundled model, SmolLM2 135M, makes of the
sample documents (`resources/samples`), held against their known values: no other documents, and nothing by hand but
the priors of `engine.extraction.confidence.calibration`.
"""

from __future__ import annotations

BASE = -0.54
WEIGHTS = {
    "number": -0.35,
    "date": 0.03,
    "text": -0.05,
    "choice": 0.34,
    "free": 0.0,
    "absent": -0.11,
    "doubtful": -0.5,
    "chosen": 0.91,
    "gap": 0.86,
    "least": 0.34,
    "removed": -0.79,
    "absence": -0.09,
    "label": 1.72,
    "edges": 0.7,
    "taken": -0.61,
    "repeats": -3.0,
    "item": 0.0,
    "others": -0.06,
    "agrees": 0.5,
}
