"""What the tree of a schema shows: its rows, lazily and for whatever text, and what each of them says."""

from engine.schema.outline.row import Row, RowKind
from engine.schema.outline.rows import Outline
from engine.schema.outline.says import Says
from engine.schema.outline.targets import Targets
from engine.schema.outline.types import Shape
from engine.schema.outline.wording import Word

__all__ = ["Outline", "Row", "RowKind", "Says", "Shape", "Targets", "Word"]
