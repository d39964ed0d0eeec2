"""What every part of a form is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.models.form_state import FormState
    from app.style.theme import Theme
    from app.widgets.form.body import Body
    from app.widgets.form.columns import Columns
    from app.widgets.form.place import Place
    from engine.schema.form import Control, Field

    BodyOf = Callable[["Parts", Control, Place, Field, str], Body]
    """Makes what is inside a place whose value has rows of its own, under the field that holds there."""

_ROWS = 80
"""Rows that unfold by themselves; what is beyond is a click away, so that no schema is too large to open."""


class Parts(QObject):
    """The theme, the state and the columns of one form, and how many rows may still unfold by themselves.

    `rebuilt` says that there are other widgets now, so that the focus has another way to go.
    """

    rebuilt = Signal()

    def __init__(self, theme: Theme, state: FormState, columns: Columns, body_of: BodyOf, parent: QObject) -> None:
        super().__init__(parent)
        self._body_of = body_of
        self.theme = theme
        self.state = state
        self.columns = columns
        self._rows_left = _ROWS

    def inside(self, control: Control, place: Place, field: Field, tag: str) -> Body:
        """Return what is inside a place; `tag` is the property that a switch stands for, where there is one."""
        return self._body_of(self, control, place, field, tag)

    def afford(self, rows: int) -> bool:
        """Tell whether so many rows may unfold by themselves, and count them."""
        if rows > self._rows_left:
            return False
        self._rows_left -= rows
        return True
