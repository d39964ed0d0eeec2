"""Fields for the keywords of a schema: each shows what is written, and tells what is typed once that can be said."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final, Literal

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QComboBox, QLineEdit

from app.pages.schemas.tree.values import read_value, show_value
from app.style.theme import set_kind
from app.style.tips import plain_tip
from app.widgets.growing_text import GrowingText
from engine.errors import EngineError
from engine.schema.editing import Kind

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.schema.editing import Node

Form = Literal["text", "whole", "number", "positive", "value"]
LONGEST: Final = 4_000
"""Letters of a value that a field takes; longer ones are edited as JSON."""
FORMATS: Final = (
    "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri",
    "uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer", "relative-json-pointer", "regex",
)  # fmt: skip
"""The formats of JSON Schema 2020-12 (Validation, section 7.3), the commonest first."""
_REFUSALS: Final = {
    "whole": "A whole number, 0 or more.",
    "number": "A number.",
    "positive": "A number above 0.",
}


class Unsaid(ValueError):
    """What is typed is no value of the form; says what would be."""


def read(text: str, form: Form, *, textual: bool = False) -> Any:
    """Return the value of what is typed. Raises Unsaid."""
    if form == "text":
        return text
    if form == "value":
        return read_value(text, textual=textual)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Unsaid(_REFUSALS[form]) from None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or (isinstance(value, float) and not math.isfinite(value)):
        raise Unsaid(_REFUSALS[form])
    if form == "whole" and (value < 0 or value != int(value)):
        raise Unsaid(_REFUSALS[form])
    if form == "positive" and value <= 0:
        raise Unsaid(_REFUSALS[form])
    return int(value) if form == "whole" else value


def shown(node: Node | None, form: Form, *, textual: bool = False) -> str:
    """Return what stands in a field for a value: strings without quotes where that cannot mislead, else as written."""
    if node is None:
        return ""
    if node.end - node.start > LONGEST:
        return node.source[node.start : node.start + LONGEST] + "…"
    if node.kind is Kind.STRING and form in {"text", "value"}:
        try:
            value = node.value()
        except EngineError:
            return node.text
        return str(value) if form == "text" else show_value(value, textual=textual)
    return node.text


class KeywordLine(QLineEdit):
    """A keyword's value on one line. What is empty is taken away; what cannot be said is kept in the field and told."""

    put = Signal(str, object)
    dropped = Signal(str)

    def __init__(self, theme: Theme, keyword: str, form: Form, name: str, placeholder: str = "") -> None:
        super().__init__()
        self.keyword = keyword
        self._form: Form = form
        self._textual = False
        self._known = ""
        mono = keyword == "pattern"
        self.setFont(theme.fonts.code() if mono else theme.fonts.text(tabular=form in _REFUSALS))
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setMaxLength(2 * LONGEST)
        self.editingFinished.connect(self.commit)
        self.textEdited.connect(lambda _text: self._refuse(""))

    def show_node(self, node: Node | None, *, textual: bool = False) -> None:
        """Show the value of a node, but over nothing that is being typed."""
        text = shown(node, self._form, textual=textual)
        if text == self._known and textual == self._textual:
            return
        typing = self.hasFocus() and self.text() != self._known
        self._known, self._textual = text, textual
        long = node is not None and node.end - node.start > LONGEST
        self.setReadOnly(long)
        self.setToolTip("Too long for a field: edit it as JSON." if long else "")
        if not typing:
            self.setText(text)
            self.setCursorPosition(0)
            self._refuse("")

    def commit(self) -> None:
        """Tell what is typed, if it is other than what there was."""
        text = self.text() if self._form == "text" else self.text().strip()
        if text == self._known or self.isReadOnly():
            return
        if not text:
            self._known = text
            self.dropped.emit(self.keyword)
            return
        try:
            value = read(text, self._form, textual=self._textual)
        except Unsaid as refusal:
            self._refuse(str(refusal))
            return
        self._known = text
        self.put.emit(self.keyword, value)

    def restore(self) -> None:
        """Show again what there was."""
        self.setText(self._known)
        self._refuse("")

    def forget(self) -> None:
        """Be empty, for another row."""
        self._known = ""
        self.restore()

    def _refuse(self, why: str) -> None:
        set_kind(self, "error" if why else "")
        if not self.isReadOnly():
            self.setToolTip(plain_tip(why))
        self.setAccessibleDescription(why)


class KeywordText(GrowingText):
    """A keyword's text over some lines; told when the field is left, or by Ctrl+Enter."""

    put = Signal(str, object)
    dropped = Signal(str)

    def __init__(self, theme: Theme, keyword: str, name: str, placeholder: str = "") -> None:
        super().__init__(theme, name, placeholder, most=4, around=16)
        self.keyword = keyword
        self._known = ""

    def show_node(self, node: Node | None) -> None:
        """Show the value of a node, but over nothing that is being typed."""
        text = shown(node, "text")
        if text == self._known:
            return
        typing = self.hasFocus() and self.toPlainText() != self._known
        self._known = text
        self.setReadOnly(node is not None and node.end - node.start > LONGEST)
        if not typing:
            self.setPlainText(text)

    def commit(self) -> None:
        """Tell what is typed, if it is other than what there was."""
        text = self.toPlainText()
        if text == self._known or self.isReadOnly():
            return
        self._known = text
        if text:
            self.put.emit(self.keyword, text)
        else:
            self.dropped.emit(self.keyword)

    def forget(self) -> None:
        """Be empty, for another row."""
        self._known = ""
        self.setPlainText("")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell what was typed."""
        super().focusOutEvent(event)
        self.commit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell at Ctrl+Enter what was typed."""
        if event.matches(QKeySequence.StandardKey.InsertParagraphSeparator) and event.modifiers():
            self.commit()
            return
        super().keyPressEvent(event)


class FormatBox(QComboBox):
    """The formats that JSON Schema names, and any other that is typed."""

    put = Signal(str, object)
    dropped = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.keyword = "format"
        self._known = ""
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setFont(theme.fonts.text())
        self.setAccessibleName("Format")
        self.addItems(["", *FORMATS])
        self.line = QLineEdit()
        self.setLineEdit(self.line)
        self.line.setPlaceholderText("any")
        self.line.editingFinished.connect(self.commit)
        self.activated.connect(lambda _index: self.commit())

    def show_node(self, node: Node | None) -> None:
        """Show the value of a node, but over nothing that is being typed."""
        text = shown(node, "text")
        typing = self.line.hasFocus() and self.currentText() != self._known
        self._known = text
        if not typing:
            self.setCurrentText(text)

    def commit(self) -> None:
        """Tell which format is chosen or typed, if it is another."""
        text = self.currentText().strip()
        if text == self._known:
            return
        self._known = text
        if text:
            self.put.emit(self.keyword, text)
        else:
            self.dropped.emit(self.keyword)
