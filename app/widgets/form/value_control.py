"""What every control of a single value has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from app.style.plain_text import one_line
from app.widgets.form.leaving import Leaving
from engine.errors import EngineError
from engine.schema.form import json_text, labels

if TYPE_CHECKING:
    from app.models.form_state import FormState
    from engine.schema.form import Field, Path

HINT = 80
"""Characters that a hint or an option takes at most."""
_FORMATS = {
    "date": "YYYY-MM-DD", "date-time": "YYYY-MM-DDThh:mm:ssZ", "time": "hh:mm:ssZ", "duration": "P1DT2H",
    "email": "name@example.org", "uri": "https://", "ipv4": "192.0.2.1", "hostname": "example.org",
}  # fmt: skip


class ValueControl(QWidget):
    """Shows one value and takes what is typed over it. `short` asks for little room, `hugs` for its own."""

    short = False
    hugs = False

    def __init__(self, state: FormState, path: Path, field: Field) -> None:
        super().__init__()
        self._state = state
        self._path = path
        self._field = field
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)

    def show_value(self, value: Any, draft: str | None) -> None:
        """Show a value, `ABSENT` for none, or the text that is no value yet."""
        raise NotImplementedError

    def mark(self, *, wrong: bool) -> None:
        """Show whether the value is wrong."""

    def chain(self) -> list[QWidget]:
        """Return what takes the focus, in order."""
        return []

    def _hold(self, inner: QWidget) -> None:
        self._row.addWidget(inner)
        Leaving(inner, self._left)

    def _left(self) -> None:
        self._state.held.pause()
        self._state.see(self._path)


def raw_text(edit: QPlainTextEdit) -> str:
    """Return the text of an editor; what it calls plain has other blanks where some do not break."""
    return edit.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")


def placeholder(field: Field) -> str:
    """Return what stands in an empty control: the default, an example, or how the format looks."""
    for value in field.default:
        return f"{said(value)[:HINT]} (default)"
    for value in field.examples:
        return f"such as {said(value)[:HINT]}"
    return _FORMATS.get(field.format, "") if field.kind == "string" else ""


def titled(field: Field) -> list[str]:
    """Return the options of a field as a menu shows them, with their titles."""
    titles = [option.title for option in field.options]
    return [
        one_line(f"{label}\u2002{title}" if title and title != label else label, HINT)
        for label, title in zip(labels(field), titles, strict=True)
    ]


def example_of(field: Field) -> str:
    """Return the default or an example of a field; nothing where it has none."""
    for value in (*field.default, *field.examples):
        return said(value)[:HINT]
    return ""


def said(value: Any) -> str:
    """Return a value on one line: text as it is, the rest as JSON."""
    if isinstance(value, str) and value:
        return one_line(value)
    try:
        return json_text(value, flat=True)
    except EngineError as error:
        return error.message
