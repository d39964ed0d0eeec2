"""Where a row of a form stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.schema.form import Field, Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its path and field, its name as it is shown, and what a person may do with it.

    `depth` is how far in it stands, `around` are the fields that it stands in, outermost first.
    """

    path: Path
    field: Field
    name: str
    depth: int = 0
    around: tuple[Field, ...] = ()
    required: bool = True
    renamed: bool = False
    removed: bool = False
