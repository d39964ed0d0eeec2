"""A value as JSON, edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from app.style.theme import set_kind
from app.widgets.form.value_control import ValueControl, example_of, raw_text
from app.widgets.json_editor import JsonEditor
from engine.errors import EngineError
from engine.schema.form import ABSENT, is_large, json_text, read_json_text, same

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.models.form_state import FormState
    from app.style.theme import Theme
    from engine.schema.form import Field, Path

_JSON_LINES = 14


class JsonControl(ValueControl):
    """Whatever no other control shows as it is, as JSON."""

    def __init__(self, theme: Theme, state: FormState, path: Path, field: Field, name: str) -> None:
        super().__init__(state, path, field)
        self.edit = JsonEditor(theme, f"{name}, JSON", numbers=False)
        self.edit.setPlaceholderText(example_of(field) or "JSON")
        self.edit.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        set_kind(self.edit, "json-field")
        self.edit.document().setDocumentMargin(5)
        self._known = ""
        self.edit.textChanged.connect(self._typed)
        self._hold(self.edit)
        self._fit()

    def show_value(self, value: Any, draft: str | None) -> None:
        """Show a value; text that is this value already stays as it is laid out."""
        typed = raw_text(self.edit)
        if draft is not None:
            self._show(draft, typed)
        elif value is ABSENT:
            self._show("", typed)
        elif is_large(value):
            self._show("Too much to be edited as text; it is kept as it is.", typed, fixed=True)
        elif not _is_json_of(typed, value):
            try:
                self._show(json_text(value), typed)
            except EngineError as error:
                self._show(error.message, typed, fixed=True)

    def mark(self, *, wrong: bool) -> None:
        """Show whether the value is wrong."""
        set_kind(self.edit, "json-error" if wrong else "json-field")

    def chain(self) -> list[QWidget]:
        """Return the editor."""
        return [self.edit]

    def _show(self, text: str, typed: str, *, fixed: bool = False) -> None:
        self.edit.setReadOnly(fixed)
        if text != typed:
            self._known = text
            self.edit.setPlainText(text)

    def _typed(self) -> None:
        # Colouring the text is a change for Qt, too.
        text = raw_text(self.edit)
        if text != self._known:
            self._known = text
            self._state.type_json(self._path, text)

    def _fit(self) -> None:
        whole = max(1, round(self.edit.document().size().height()))
        lines = min(_JSON_LINES, whole)
        scrolls = Qt.ScrollBarPolicy.ScrollBarAsNeeded if whole > lines else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.edit.setVerticalScrollBarPolicy(scrolls)
        self.edit.setFixedHeight(max(28, lines * self.edit.fontMetrics().lineSpacing() + 12))


def _is_json_of(text: str, value: Any) -> bool:
    try:
        return same(read_json_text(text), value)
    except EngineError:
        return False
