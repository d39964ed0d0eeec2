"""Fields: a line of text, a number, a date, or several lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.style.plain_text import one_line
from app.style.theme import set_kind
from app.widgets.generated.inputs import CONTROL, LABEL, LONGEST, Input
from app.widgets.generated.layouts import MEASURE, Extent
from app.widgets.text_field import TextField
from engine.interface.state import spelled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.style.theme import Theme


_KINDS: Final = ("text", "multiline", "number", "email", "password", "date", "time", "url", "search")
_SHORT: Final = frozenset({"number", "date", "time"})
_HINTS: Final = {"date": "YYYY-MM-DD", "time": "hh:mm", "url": "https://", "email": "name@example.org"}


class _Lines(TextField):
    """Some lines of text, more of them as they are written."""

    _LEAST, _MOST = 3, 10

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFont(theme.fonts.text())
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        set_kind(self, "field")

    def high(self) -> int:
        """Return the height that the text asks for."""
        lines = max(self._LEAST, min(self._MOST, round(self.document().size().height())))
        return lines * self.fontMetrics().lineSpacing() + 12

    def write_on(self, text: str) -> None:
        """Put a text in the place of what is there; one that goes on from it is only added to."""
        old = self.toPlainText()
        if text == old:
            return
        if old and text.startswith(old) and not self.hasFocus():
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text[len(old) :])
        else:
            self.write(text)


class Field(Input):
    """A line of text, a number, a date, or several lines."""

    def build(self) -> None:
        """Wait for the kind."""
        super().build()
        self.kind_shown = ""
        self._showing = False
        self.edit: QLineEdit | _Lines | None = None

    def refresh(self) -> None:
        """Show the kind of field that it is, what it is for and what is in it."""
        kind = self.word("kind", _KINDS)
        if kind != self.kind_shown and (self.closed or "kind" in self.values):
            self._make(kind)
        super().refresh()
        if self.edit is not None:
            hint = self.text("placeholder") or (_HINTS.get(kind, "") if self.closed else "")
            self.edit.setPlaceholderText(one_line(hint, LONGEST))
            self.edit.setEnabled(bool(self.name))

    def _make(self, kind: str) -> None:
        if self.edit is not None:
            self.edit.hide()
            self.edit.deleteLater()
        self.kind_shown = kind
        theme = self.host.theme
        if kind == "multiline":
            lines = _Lines(theme, self)
            lines.textChanged.connect(self._lines_typed)
            lines.document().documentLayout().documentSizeChanged.connect(self._lines_grown)
            self._lines_high = lines.high()
            self.edit = lines
        else:
            self.edit = QLineEdit(self)
            self.edit.setFont(theme.fonts.text(tabular=kind in _SHORT))
            if kind == "number":
                self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
            if kind == "password":
                self.edit.setEchoMode(QLineEdit.EchoMode.Password)
            if kind == "search":
                self.edit.addAction(theme.icon("magnifying-glass", "text3"), QLineEdit.ActionPosition.LeadingPosition)
            self.edit.textEdited.connect(self.give)
            self.edit.returnPressed.connect(lambda: self.host.act(self, {"kind": "enter"}))
        self.edit.show()
        self.touch()

    def _lines_typed(self) -> None:
        if isinstance(self.edit, _Lines) and not self._showing:
            self.give(self.edit.whole)

    def _lines_grown(self) -> None:
        if isinstance(self.edit, _Lines) and self.edit.high() != self._lines_high:
            self._lines_high = self.edit.high()
            self.touch()

    @property
    def is_secret(self) -> bool:
        """Whether it is a password, or may become one."""
        return self.word("kind", _KINDS) == "password" or not (self.closed or "kind" in self.values)

    def name_controls(self, name: str) -> None:
        """Say what the field is for."""
        if self.edit is not None:
            self.edit.setAccessibleName(one_line(name, LONGEST))
            if "&" not in self.label.said:  # a label would make a shortcut of it
                QLabel.setBuddy(self.label, self.edit)

    def show_value(self, value: Any) -> None:
        """Show a text; one that a person is typing stays."""
        text = value if isinstance(value, str) else "" if value is None else spelled(value)
        if isinstance(self.edit, QLineEdit):
            if self.edit.text() != text:
                place = self.edit.cursorPosition()
                self.edit.setText(text)
                self.edit.setCursorPosition(place if self.edit.hasFocus() else 0)
        elif self.edit is not None and self.edit.whole != text:
            self._showing = True
            self.edit.write_on(text)
            self._showing = False

    def mark(self, *, wrong: bool) -> None:
        """Show the edge of an error."""
        if self.edit is not None:
            multiline = isinstance(self.edit, _Lines)
            set_kind(self.edit, ("field-error" if wrong else "field") if multiline else "error" if wrong else "")

    def measure(self) -> Extent:
        """Take a line of its own, or a fourth of one for what is short."""
        kind = self.word("kind", _KINDS)
        short = kind in _SHORT
        return Extent(
            96 if short else 140,
            160 if short else 320,
            MEASURE,
            weight=1 if short else 2,
            units=1 if short else 4,
            anchor=None if kind == "multiline" else LABEL * bool(self.label.said) + CONTROL // 2,
        )

    def control_height(self, width: int) -> int:
        """Return the height of the control."""
        del width
        return self._lines_high if isinstance(self.edit, _Lines) else CONTROL

    def place_control(self, x: int, y: int, width: int, height: int) -> None:
        """Place the field."""
        if self.edit is not None:
            self.edit.setGeometry(x, y, width, height)

    def shows(self) -> tuple[str, ...]:
        """Return what stands in the field."""
        if self.edit is None:
            return ()
        text = self.edit.displayText() if isinstance(self.edit, QLineEdit) else self.edit.whole
        return self.kind_shown, text, self.edit.placeholderText()

    def focusable(self) -> Sequence[QWidget]:
        """Return the field."""
        return () if self.edit is None else (self.edit,)
