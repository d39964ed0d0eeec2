"""Fields for the props of a part: each shows a value, and tells what is made of it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QVBoxLayout, QWidget

from app import figures
from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.widgets.controls import button, label
from app.widgets.growing_text import GrowingText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.style.theme import Theme

_LONG: Final = 200
"""Letters from which on a text has several lines."""
_LONGEST: Final = 4_000
_NOTHING: Final = "\N{EN DASH}"


@dataclass(frozen=True)
class Spot:
    """One field: the prop it is about, and the member of it where that is an object."""

    name: str
    member: str = ""

    @property
    def words(self) -> str:
        """What the field is called."""
        words = f"{self.name} {self.member}".replace("_", " ").strip()
        return words[:1].upper() + words[1:]


class Field(QWidget):
    """A control, and under it what is wrong with what stands there."""

    changed = Signal(object)
    json_asked = Signal()

    def __init__(self, theme: Theme, control: QWidget, name: str) -> None:
        super().__init__()
        self.control = control
        control.setAccessibleName(name)
        self.setFocusProxy(control)
        self.wrong = label(theme, "", 12, ink="brick")
        self.wrong.setWordWrap(True)
        self.wrong.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(control)
        column.addWidget(self.wrong)

    def show_value(self, value: Any) -> None:
        """Show a value, but over nothing that is being typed."""
        raise NotImplementedError

    def commit(self) -> None:
        """Tell what is typed and was not told yet; what is chosen is told at once."""

    def refuse(self, sentence: str) -> None:
        """Say what is wrong; nothing where all is well."""
        self.wrong.setText(sentence)
        self.wrong.setVisible(bool(sentence))


class LineField(Field):
    """A text or a number on one line. What is empty is null where the prop can be null."""

    def __init__(self, theme: Theme, spot: Spot, schema: Mapping[str, Any], *, nullable: bool, number: bool) -> None:
        self._line = _Line()
        super().__init__(theme, self._line, spot.words)
        self._schema = schema
        self._nullable = nullable
        self._number = number
        self._known: Any = ""
        self._line.setFont(theme.fonts.text(13, tabular=number))
        self._line.setMaxLength(_LONGEST)
        self._line.setPlaceholderText(_NOTHING if nullable else "")
        self._line.editingFinished.connect(self.commit)
        self._line.restored.connect(self._show)
        self._line.textEdited.connect(lambda _text: self.refuse(""))

    def show_value(self, value: Any) -> None:
        """Show a value, but over nothing that is being typed."""
        typing = self._line.hasFocus() and self._line.text() != self._words()
        self._known = value
        if not typing:
            self._show()

    def _show(self) -> None:
        if self._line.text() != self._words():
            self._line.setText(self._words())
            self._line.setCursorPosition(0)
        self.refuse("")

    def _words(self) -> str:
        value = self._known
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def commit(self) -> None:
        """Tell what is typed, if it is other than what there was."""
        text = self._line.text()
        if text == self._words():
            return
        if not text.strip() and self._nullable:
            value: Any = None
        elif self._number:
            value = _number(text, whole=self._schema.get("type") == "integer")
            if value is None:
                self.refuse("A whole number." if self._schema.get("type") == "integer" else "A number.")
                return
        else:
            value = _meant(text, self._schema)
        self.refuse("")
        self._known = value
        self.changed.emit(value)

    def refuse(self, sentence: str) -> None:
        """Say what is wrong, at the line too."""
        super().refuse(sentence)
        set_kind(self._line, "error" if sentence else "")


class TextField(Field):
    """A text of several lines, or a list with one entry a line."""

    def __init__(self, theme: Theme, spot: Spot, *, nullable: bool, listed: bool) -> None:
        self._text = GrowingText(theme, spot.words, _NOTHING if nullable else "", most=6, around=14)
        super().__init__(theme, self._text, spot.words)
        self._nullable = nullable
        self._listed = listed
        self._known: Any = None
        set_kind(self._text, "field")
        self._text.installEventFilter(self)
        if listed:
            self._text.setToolTip("One a line")

    def show_value(self, value: Any) -> None:
        """Show a value, but over nothing that is being typed."""
        typing = self._text.hasFocus() and self._text.whole != self._words()
        self._known = value
        if not typing and self._text.whole != self._words():
            self._text.write(self._words())
        if not typing:
            self.refuse("")

    def _words(self) -> str:
        if self._listed:
            return "\n".join(str(each) for each in self._known) if isinstance(self._known, list) else ""
        return self._known if isinstance(self._known, str) else ""

    def eventFilter(self, watched: Any, event: Any) -> bool:
        """Take over what was typed when the field is left, or with Ctrl+Enter."""
        if watched is self._text:
            if isinstance(event, QFocusEvent) and event.lostFocus():
                self.commit()
            elif isinstance(event, QKeyEvent) and event.type() == QKeyEvent.Type.KeyPress:
                enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
                if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                    self.commit()
                    return True
        return super().eventFilter(watched, event)

    def commit(self) -> None:
        """Tell what is typed, if it is other than what there was."""
        text = self._text.whole
        if text == self._words():
            return
        value: Any = text
        if self._listed:
            value = [line.strip() for line in text.split("\n") if line.strip()]
        elif not text.strip() and self._nullable:
            value = None
        self._known = value
        self.changed.emit(value)


class ChoiceField(Field):
    """One of the values that a prop can have."""

    def __init__(self, theme: Theme, spot: Spot, choices: list[Any], *, nullable: bool) -> None:
        self._box = _Box()
        super().__init__(theme, self._box, spot.words)
        self._choices = [*([None] if nullable else []), *(choice for choice in choices if choice is not None)]
        self._box.setFont(theme.fonts.text())
        set_kind(self._box, "field")
        self._box.setMaxVisibleItems(14)
        for choice in self._choices:
            self._box.addItem(_NOTHING if choice is None else one_line(str(choice), 60).replace("_", " "))
        self._box.activated.connect(lambda at: self.changed.emit(self._choices[at]))

    def show_value(self, value: Any) -> None:
        """Show a value; one that is none of the choices shows as nothing chosen."""
        at = next((at for at, choice in enumerate(self._choices) if choice == value), -1)
        self._box.setCurrentIndex(at)
        self.refuse("")


class CheckField(Field):
    """Yes or no."""

    def __init__(self, theme: Theme, spot: Spot) -> None:
        self._box = QCheckBox()
        super().__init__(theme, self._box, spot.words)
        self._box.setFont(theme.fonts.text())
        self._box.clicked.connect(lambda checked: self.changed.emit(bool(checked)))

    def show_value(self, value: Any) -> None:
        """Show a value."""
        self._box.setChecked(value is True)
        self.refuse("")


class JsonButton(Field):
    """Something that is edited as JSON: how much of it there is, and the way there."""

    def __init__(self, theme: Theme, spot: Spot) -> None:
        self._button = button(theme, "", "link", name=f"{spot.words}: edit as JSON")
        super().__init__(theme, self._button, spot.words)
        self._button.setToolTip("Edit as JSON")
        self._button.clicked.connect(self.json_asked.emit)

    def show_value(self, value: Any) -> None:
        """Show how much there is."""
        if isinstance(value, list | dict):
            words = f"{figures.number(len(value))} {'entry' if len(value) == 1 else 'entries'}"
        else:
            words = _NOTHING if value is None else one_line(json.dumps(value, ensure_ascii=False), 30)
        self._button.setText(words)


class _Line(QLineEdit):
    """A line that Esc restores, before Esc means anything around."""

    restored = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setModified(False)
            self.restored.emit()
        else:
            super().keyPressEvent(event)


class _Box(QComboBox):
    """A box that the wheel scrolls past rather than changes."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def field_for(theme: Theme, spot: Spot, schema: Mapping[str, Any], *, nullable: bool) -> Field:
    """Return the field that fits what a schema allows."""
    kind, choices = schema.get("type"), schema.get("enum")
    kinds = {each for each in (kind if isinstance(kind, list) else [kind]) if each != "null"}
    if isinstance(choices, list):
        return ChoiceField(theme, spot, choices, nullable=nullable)
    if kinds == {"boolean"}:
        return CheckField(theme, spot)
    if kinds and kinds <= {"integer", "number"}:
        return LineField(theme, spot, schema, nullable=nullable, number=True)
    items = schema.get("items")
    if kinds == {"array"} and isinstance(items, dict) and items.get("type") == "string" and "enum" not in items:
        return TextField(theme, spot, nullable=nullable, listed=True)
    if kinds == {"string"} and int(schema.get("maxLength", 0)) > _LONG:
        return TextField(theme, spot, nullable=nullable, listed=False)
    if kinds and kinds <= {"string", "number", "integer", "boolean"}:
        return LineField(theme, spot, schema, nullable=nullable, number=False)
    return JsonButton(theme, spot)


def _number(text: str, *, whole: bool) -> int | float | None:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    if not math.isfinite(value) or (whole and value != int(value)):
        return None
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def _meant(text: str, schema: Mapping[str, Any]) -> Any:
    """Return what a text means where it may be a number or a truth too."""
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if text in {"true", "false"} and "boolean" in kinds:
        return text == "true"
    if "number" in kinds or "integer" in kinds:
        value = _number(text, whole="number" not in kinds)
        if value is not None:
            return value
    return text
