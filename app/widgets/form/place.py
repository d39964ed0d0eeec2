"""Where a row of a form stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.schema.form import Field, Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its path and field, its name as it is shown, and what a person may do with it.

    `around` are the fields that it stands in, outermost first.
    """

    path: Path
    field: Field
    name: str
    around: tuple[Field, ...] = ()
    required: bool = True
    renamed: bool = False
    removed: bool = False

    @property
    def depth(self) -> int:
        """How far in it stands."""
        return len(self.around)
