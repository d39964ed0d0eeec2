"""Which control a value is typed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.widgets.form.choice_controls import BooleanControl, MenuControl, SearchControl
from app.widgets.form.json_control import JsonControl
from app.widgets.form.line_controls import ConstControl, LineControl, LinesControl
from engine.schema.form import MENU

if TYPE_CHECKING:
    from app.models.form_state import FormState
    from app.style.theme import Theme
    from app.widgets.form.value_control import ValueControl
    from engine.schema.form import Control, Field, Path


def control_for(
    control: Control, theme: Theme, state: FormState, path: Path, field: Field, name: str
) -> ValueControl | None:
    """Return what a value is typed in; None for one that has rows of its own."""
    match control:
        case "line":
            return LineControl(theme, state, path, field, name)
        case "lines":
            return LinesControl(theme, state, path, field, name)
        case "enum":
            few = len(field.options) <= MENU and field.kind == "enum"
            return (MenuControl if few else SearchControl)(theme, state, path, field, name)
        case "boolean":
            return BooleanControl(theme, state, path, field, name)
        case "const":
            return ConstControl(theme, state, path, field, name)
        case "json":
            return JsonControl(theme, state, path, field, name)
    return None
