"""The process that examines schemas for an `Examiner`: a request as JSON, the examination as plain data.

What is known before the schema is planned is told on the way, since planning may take too long.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from engine.constraint.examine import examine
from engine.schema.problems import Settings
from engine.workers.serving import run

if TYPE_CHECKING:
    from engine.workers.serving import Tell


def _examine(request: bytes, tell: Tell) -> dict[str, Any] | None:
    """Examine a text; None where that takes more memory than it may."""
    asked = json.loads(request)
    settings = Settings.from_json(asked["settings"])
    try:
        return examine(asked["text"], settings, tell=lambda first: tell(first.to_json())).to_json()
    except MemoryError:
        return None


if __name__ == "__main__":
    run(_examine)
