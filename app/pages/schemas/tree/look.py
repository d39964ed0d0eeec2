"""What the rows of the tree look like: icons, marks, and where each part of a row stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from app.style import tokens

if TYPE_CHECKING:
    from PySide6.QtCore import QRectF

    from app.models.schema_marks import Severity
    from app.style.drawing import MarkShape
    from engine.schema.outline import Shape

ROW: Final = tokens.NESTED_ROW
HEADER: Final = tokens.ROW
ENFORCED: Final = 102
"""Width of the column of marks."""

ICONS: Final[dict[Shape, str]] = {
    "string": "text-t", "number": "hash", "integer": "hash", "boolean": "toggle-left", "object": "cube",
    "array": "list-numbers", "null": "prohibit", "enum": "list-bullets", "const": "equals", "any": "asterisk",
    "nothing": "prohibit", "choice": "git-fork", "all": "intersect", "reference": "link-simple-break",
    "group": "stack", "data": "brackets-curly", "broken": "question",
}  # fmt: skip

WAY_MARKS: Final[dict[str, tuple[MarkShape, str]]] = {
    "mask": ("square", "accent"),
    "rewritten": ("half", "accent"),
    "check": ("diamond", "text"),
    "annotation": ("circle", "text3"),
    "refused": ("cross", "brickMark"),
}
FLAW_MARKS: Final[dict[Severity, tuple[MarkShape, str]]] = {
    "error": ("octagon", "brickMark"),
    "warning": ("triangle", "amberMark"),
    "hint": ("ring", "text3"),
}

_CHEVRON = 22
"""Where the middle of the uppermost chevron stands."""
_STEP = 16
_NARROW_STEP = 4
ICON_AT: Final = 17
NAME_AT: Final = 32
_USUAL_NAME = 64
"""What a name has at least before rows move on in narrow steps."""
_LEAST_NAME = 36
"""What the deepest row has for its name, however narrow the column."""


class Columns(NamedTuple):
    """Where the columns of constraints and of marks begin, and where the row ends."""

    constraints: int
    enforced: int
    width: int


class Parts(NamedTuple):
    """Where the parts of a row stand, for whoever paints them or points at them. Empty ones are not there."""

    chevron: QRectF
    icon: QRectF
    name: QRectF
    type: QRectF
    words: QRectF
    reference: QRectF
    way: QRectF
    flaw: QRectF


def indent(depth: int, column: int) -> int:
    """Return where the chevron of a row stands, in the middle.

    Rows that are too deep for the column of names move on in narrow steps, and at its end not at all.
    """
    room = column - _CHEVRON - NAME_AT
    wide = max(0, room - _USUAL_NAME) // _STEP
    steps = _STEP * min(depth, wide) + _NARROW_STEP * max(0, depth - wide)
    return _CHEVRON + max(0, min(steps, room - _LEAST_NAME))
