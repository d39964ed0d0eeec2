"""Text and numbers: a line, several lines, and the value that cannot be another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from app.style.theme import set_kind
from app.widgets.controls import button
from app.widgets.elided_label import ElidedLabel
from app.widgets.form.value_control import HINT, ValueControl, placeholder, raw_text, said
from app.widgets.growing_text import GrowingText
from engine.schema.form import ABSENT, read, same, spell

if TYPE_CHECKING:
    from app.models.form_state import FormState
    from app.style.theme import Theme
    from engine.schema.form import Field, Path

_LINES = 10
_SHORT = frozenset({"date", "date-time", "duration", "ipv4", "time"})
_SHORT_TEXT = 12


class LineControl(ValueControl):
    """One line: a string, or a number as JSON spells it."""

    def __init__(self, theme: Theme, state: FormState, path: Path, field: Field, name: str) -> None:
        super().__init__(state, path, field)
        number = field.kind in {"integer", "number"}
        self.short = number or field.format in _SHORT or (field.longest or HINT) <= _SHORT_TEXT
        self.edit = QLineEdit()
        self.edit.setFont(theme.fonts.text(tabular=number or field.format in _SHORT))
        self.edit.setAccessibleName(name)
        self._hint = placeholder(field)
        self.edit.setPlaceholderText(self._hint)
        self.edit.textEdited.connect(lambda text: state.type_text(path, text))
        self._hold(self.edit)

    def show_value(self, value: Any, draft: str | None) -> None:
        """Show a value; a number that is the one typed keeps its spelling."""
        typed = self.edit.text()
        self.edit.setPlaceholderText("none" if value is None else self._hint)
        if value is ABSENT or value is None:
            text = draft or ""
            if not typed.strip() and not text.strip() and value is ABSENT:
                return
        else:
            text = spell(self._field, value) or ""
            if typed and same(read(self._field, typed), value):
                return
        if text != typed:
            self.edit.setText(text)
            if not self.edit.hasFocus():
                self.edit.setCursorPosition(0)

    def mark(self, *, wrong: bool) -> None:
        """Show whether the value is wrong."""
        set_kind(self.edit, "error" if wrong else "")

    def chain(self) -> list[QWidget]:
        """Return the line."""
        return [self.edit]


class LinesControl(ValueControl):
    """Several lines."""

    def __init__(self, theme: Theme, state: FormState, path: Path, field: Field, name: str) -> None:
        super().__init__(state, path, field)
        self.edit = GrowingText(theme, name, placeholder(field), most=_LINES, around=12)
        set_kind(self.edit, "field")
        self.edit.document().documentLayout().documentSizeChanged.connect(lambda size: self._scroll(size.height()))
        self._scroll(1)
        self._known = ""
        self.edit.textChanged.connect(self._typed)
        self._hold(self.edit)

    def show_value(self, value: Any, draft: str | None) -> None:
        """Show a text."""
        del draft
        text = value if isinstance(value, str) else ""
        if text != raw_text(self.edit):
            self._known = text
            self.edit.setPlainText(text)

    def mark(self, *, wrong: bool) -> None:
        """Show whether the value is wrong."""
        set_kind(self.edit, "field-error" if wrong else "field")

    def chain(self) -> list[QWidget]:
        """Return the lines."""
        return [self.edit]

    def _typed(self) -> None:
        if raw_text(self.edit) != self._known:
            self._known = raw_text(self.edit)
            self._state.type_text(self._path, self._known)

    def _scroll(self, lines: float) -> None:
        # The height of a line is rounded, so that a bar would come where all can be seen.
        policy = Qt.ScrollBarPolicy
        self.edit.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if lines > _LINES else policy.ScrollBarAlwaysOff)


class ConstControl(ValueControl):
    """The only value there may be: nothing to type, but it can be missing."""

    def __init__(self, theme: Theme, state: FormState, path: Path, field: Field, name: str) -> None:
        super().__init__(state, path, field)
        self._value = None if field.kind == "null" else field.options[0].value
        self.words = ElidedLabel(theme, 13)
        self.words.setFixedHeight(28)
        self.words.say(said(self._value))
        self.put: QPushButton = button(theme, "Put in", name=f"{name}: put in {said(self._value)[:HINT]}")
        self.put.clicked.connect(lambda: state.put(path, self._value))
        self._row.addWidget(self.words, 1)
        self._row.addWidget(self.put)

    def show_value(self, value: Any, draft: str | None) -> None:
        """Show the value; where it is not given, as what would be."""
        del draft
        self.words.setEnabled(value is not ABSENT)
        self.put.setVisible(value is ABSENT)

    def chain(self) -> list[QWidget]:
        """Return the button."""
        return [self.put]
