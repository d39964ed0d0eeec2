"""Where the columns of a form stand: labels and values share their left edges down the whole form."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.style import tokens

GUTTER = 24
"""What stands before a label: the box that says whether an optional field is given."""
INDENT = 16
GAP = 16
TRAIL = 96
"""What stands behind a value: the box for null, and the button that takes an item away."""
SHORT = 184
"""The width of what is short by its nature: numbers, dates."""
_LEAST_LABEL, _MOST_LABEL = 104, 208
_LEAST_DEEP = 64
_LEAST_VALUE, _MOST_VALUE = 128, 480


class Columns(QObject):
    """The widths of a form's columns, in pixels, for the width that it has now."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._width = 720
        self._outermost = _MOST_LABEL
        self.value = _MOST_VALUE
        self.fit(self._width)

    def fit(self, width: int) -> None:
        """Share out another width of the whole form."""
        room = width - 2 * tokens.ANSWER_MARGIN
        label = max(_LEAST_LABEL, min(_MOST_LABEL, round(room * 0.28)))
        value = max(_LEAST_VALUE, min(_MOST_VALUE, room - GUTTER - label - GAP - TRAIL))
        if (label, value) != (self._outermost, self.value):
            self._outermost, self.value = label, value
            self.changed.emit()

    @property
    def short(self) -> int:
        """The width of a short control."""
        return min(SHORT, self.value)

    def indent(self, depth: int) -> int:
        """Return how far in a row of a depth begins; from some depth on, no further."""
        return min(INDENT * depth, self._outermost - _LEAST_DEEP)

    def label(self, depth: int) -> int:
        """Return the width of a label at a depth."""
        return self._outermost - self.indent(depth)

    def whole(self, depth: int) -> int:
        """Return the width of what spans label and value."""
        return self.label(depth) + GAP + self.value
