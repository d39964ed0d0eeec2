"""The models that Espalier recommends: `resources/models.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass

from engine.resources import resource


@dataclass(frozen=True)
class Recommended:
    """A model that is worth having. `pattern` picks one file of the repository, or all parts of one model.

    `parameters` is how many it has, as its makers say ("4B"); `good_at` is one plain sentence. `size_hint` is about how
    many bytes it takes, so that something can be said before the hub is asked; the hub knows it exactly.
    """

    repository: str
    pattern: str
    name: str
    licence: str
    good_at: str
    parameters: str
    size_hint: int


def recommended() -> tuple[Recommended, ...]:
    """Read the list, smallest first."""
    entries = json.loads(resource("models.json").read_text("utf-8"))
    return tuple(sorted((Recommended(**entry) for entry in entries), key=lambda model: model.size_hint))
