"""The environment of processes that run modules of this engine."""

from __future__ import annotations

import os
from pathlib import Path


def host_environment() -> dict[str, str]:
    """Return this process's environment, in which another one imports the same engine."""
    root = str(Path(__file__).resolve().parents[2])
    inherited = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([root, inherited] if inherited else [root])
    return os.environ | {"PYTHONPATH": path}
