"""A schema as a form to fill in, with the JSON of the value beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app import figures
from app.style import tokens
from app.widgets.controls import Chip, button, ground, label, section_title
from app.widgets.elided_label import ElidedLabel
from app.widgets.form import SchemaForm
from app.widgets.json_editor import JsonView
from app.widgets.splits import split_of
from engine.errors import EngineError
from engine.schema.form import ABSENT, json_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.style.theme import Theme

_LONGEST = 200_000
"""Characters of JSON that are shown."""
_FORM, _JSON = 760, 440


class FormDialog(QDialog):
    """The form at the left, the JSON that follows it at the right. `example_kept` has the JSON of a valid value."""

    example_kept = Signal(str)

    def __init__(self, theme: Theme, schema: str, initial: Any = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Fill in a form")
        self.resize(_FORM + _JSON, 760)
        self.form = SchemaForm(theme)
        self.chip = Chip(theme)
        self.chip.hide()
        self.name = ElidedLabel(theme, 13, ink="text2", hugs=True)
        self.first = button(theme, "Go to the first", "link")
        self.first.hide()
        self.json = JsonView(theme, "JSON of the value")
        self.json.setPlaceholderText("Nothing is given yet")
        self.copy = button(theme, "Copy JSON", "", "copy")
        self.keep = button(theme, "Keep as an example")
        self.close_button = button(theme, "Close")
        self.note = label(theme, "", 12, ink="text3")
        self._newest = 0
        self._build(theme)
        self.form.changed.connect(self._follow)
        self.form.ready.connect(self._begin)
        self.form.checked.connect(self._judge)
        self.form.refused.connect(lambda _error: self._judge())
        self.first.clicked.connect(self.form.go_to_problem)
        self.copy.clicked.connect(lambda: self._written(QGuiApplication.clipboard().setText))
        self.keep.clicked.connect(lambda: self._written(self._keep))
        self.close_button.clicked.connect(self.close)
        self._judge()
        self.form.show_schema(schema, ABSENT if initial is None else initial)

    def _build(self, theme: Theme) -> None:
        top, bottom = ground("surface", "below"), ground("canvas", "above")
        head = QHBoxLayout(top)
        head.setContentsMargins(tokens.ANSWER_MARGIN, 0, tokens.PANEL_MARGIN, 0)
        head.setSpacing(8)
        head.addStrut(tokens.HEADER)
        head.addWidget(label(theme, "Fill in a form", 15, 600))
        head.addWidget(self.name)
        head.addSpacing(4)
        head.addWidget(self.chip)
        head.addWidget(self.first)
        head.addStretch(1)
        side = ground("canvas")
        beside = QVBoxLayout(side)
        beside.setContentsMargins(tokens.PANEL_MARGIN, 0, 4, 0)
        beside.setSpacing(0)
        title = QHBoxLayout()
        title.addStrut(tokens.TABS)
        title.addWidget(section_title(theme, "JSON"))
        title.addStretch(1)
        title.addWidget(self.note)
        title.addSpacing(12)
        beside.addLayout(title)
        beside.addWidget(self.json, 1)
        split = split_of(Qt.Orientation.Horizontal, self.form, side)
        split.setSizes([_FORM, _JSON])
        split.setStretchFactor(0, 1)
        foot = QHBoxLayout(bottom)
        foot.setContentsMargins(tokens.ANSWER_MARGIN, 12, tokens.PANEL_MARGIN, 12)
        foot.setSpacing(8)
        foot.addWidget(label(theme, "Boxes at the left say which optional fields are given.", 12, ink="text3"))
        foot.addStretch(1)
        for each in (self.copy, self.keep, self.close_button):
            foot.addWidget(each)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(top)
        column.addWidget(split, 1)
        column.addWidget(bottom)

    # The value

    def _begin(self) -> None:
        state = self.form.state
        self.name.say(state.fields.root.title if state is not None else "")
        self.form.setFocus()
        self._follow(self.form.value())

    def _follow(self, value: object) -> None:
        self._newest += 1
        number = self._newest

        def show(text: str) -> None:
            if number == self._newest:
                self._show(text)

        self.form.submit(lambda: _written(value), show)
        self._judge()

    def _show(self, text: str) -> None:
        """Show other JSON, and leave what is the same where it is."""
        self.note.setText(
            f"The first {figures.number(_LONGEST)} of {figures.number(len(text))} characters"
            if len(text) > _LONGEST
            else ""
        )
        shown, held = text[:_LONGEST], self.json.toPlainText()
        same = min(len(shown), len(held))
        start = next((at for at in range(same) if shown[at] != held[at]), same)
        room = same - start
        end = next((at for at in range(room) if shown[-1 - at] != held[-1 - at]), room)
        cursor = QTextCursor(self.json.document())
        cursor.setPosition(_units(held[:start]))
        cursor.setPosition(_units(held[: len(held) - end]), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(shown[start : len(shown) - end])

    def _written(self, done: Callable[[str], None]) -> None:
        value = self.form.value()
        self.form.submit(lambda: _written(value), done)

    def _keep(self, text: str) -> None:
        self.example_kept.emit(text)
        self.note.setText("Kept as an example")

    # Whether it is valid

    def _judge(self) -> None:
        form = self.form
        given = form.value() is not ABSENT
        self.copy.setEnabled(given)
        self.keep.setEnabled(form.valid)
        if form.checking:
            return
        missing = sum(1 for problem in form.problems if problem.missing)
        wrong = len(form.problems) - missing
        self.first.setVisible(bool(form.problems))
        if wrong:
            self.chip.say("One problem" if wrong == 1 else f"{figures.number(wrong)} problems", "failed")
        elif missing:
            self.chip.say(f"{figures.number(missing)} to fill in", "doubt")
        else:
            self.chip.say("Valid", "go")


def _written(value: Any) -> str:
    if value is ABSENT:
        return ""
    try:
        return json_text(value)
    except EngineError as error:
        return error.message


def _units(text: str) -> int:
    """Return the length of a text as Qt counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
