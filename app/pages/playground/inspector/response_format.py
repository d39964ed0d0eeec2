"""The response format, and the schema, expression or grammar that it is held to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from app.exchange import FORMATS
from app.pages.playground.inspector.enforcement_bar import EnforcementBar
from app.style.plain_text import breakable
from app.widgets.controls import button, icon_button, label, set_ink
from app.widgets.json_editor import JsonEditor
from app.widgets.section import Section

if TYPE_CHECKING:
    from app.checks import Problem, SchemaCheck
    from app.exchange import Draft, FormatName, Preview
    from app.style.theme import Theme

_LONGEST_WORD = 30
"""Letters of a word, such as a pointer into the schema, that have room on a line."""


class ResponseFormatSection(Section):
    """What an answer is held to, what is wrong with it, and how its keywords are enforced."""

    saved_asked = Signal(QPoint)
    """Where on the screen the saved schemas may be offered."""

    def __init__(self, theme: Theme) -> None:
        go_to_line = button(theme, "Go to line", "go")
        super().__init__(theme, "Response format", go_to_line)
        self._check: SchemaCheck | None = None
        self.go_to_line = go_to_line
        self.go_to_line.clicked.connect(self.go_to_problem)
        self.format = QComboBox()
        self.format.setFont(theme.fonts.text())
        self.format.setAccessibleName("Response format")
        for name, shape in FORMATS.items():
            self.format.addItem(shape.words, name)
        self.format.currentIndexChanged.connect(self._format_chosen)
        self.saved = icon_button(theme, "books", "Saved schemas")
        self.saved.clicked.connect(
            lambda: self.saved_asked.emit(self.saved.mapToGlobal(QPoint(0, self.saved.height() + 4)))
        )
        self.schema = JsonEditor(theme, "Schema")
        self.regex = JsonEditor(theme, "Regular expression", json=False, numbers=False)
        self.regex.setPlaceholderText("[A-Z]{2}-[0-9]{4}")
        self.lark = JsonEditor(theme, "Lark grammar", json=False)
        self.lark.setPlaceholderText('start: "yes" | "no"')
        self.note = label(theme, "", 12, ink="text3")
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.texts = QStackedWidget()
        self.texts.setMinimumHeight(132)
        for widget in (self.schema, self.regex, self.lark, self.note):
            self.texts.addWidget(widget)
        for editor in (self.schema, self.regex, self.lark):
            editor.textChanged.connect(self.edited)
        self.enforcement = EnforcementBar(theme)
        self.problem = label(theme, "", 12, ink="brick")
        self.problem.setWordWrap(True)
        self.problem.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.problem.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.format, 1)
        row.addWidget(self.saved)
        self.inside.addLayout(row)
        self.inside.addSpacing(8)
        self.inside.addWidget(self.texts, 1)
        self.inside.addSpacing(8)
        self.inside.addWidget(self.enforcement)
        self.inside.addWidget(self.problem)

    # What it holds

    def choose(self, format_name: str) -> None:
        """Choose a response format by its name."""
        self.format.setCurrentIndex(self.format.findData(format_name))

    def show_draft(self, draft: Draft) -> None:
        """Fill the controls."""
        self.choose(draft.format)
        for editor, text in ((self.schema, draft.schema), (self.regex, draft.regex), (self.lark, draft.lark)):
            if editor.whole != text:
                editor.write(text)
        self._show_format()

    def apply(self, draft: Draft) -> Draft:
        """Return a draft with what the controls hold."""
        return replace(
            draft,
            format=self.format.currentData(),
            schema=self.schema.whole,
            regex=self.regex.whole,
            lark=self.lark.whole,
        )

    def _format_chosen(self) -> None:
        self._show_format()
        self.edited.emit()

    def _show_format(self) -> None:
        name: FormatName = self.format.currentData()
        editors: dict[str, QWidget] = {"schema": self.schema, "regex": self.regex, "lark": self.lark}
        self.note.setText(FORMATS[name].note)
        self.texts.setCurrentWidget(editors.get(name, self.note))
        self.saved.setVisible(name == "schema")
        self.enforcement.setVisible(name == "schema" and not (self._check and self._check.problems))
        for widget in (self.problem, self.go_to_line):
            widget.setVisible(name == "schema" and bool(self._shown))

    # Checks

    def show_check(self, check: SchemaCheck) -> None:
        """Show what is wrong with the schema, at its line, or else what may not be meant so."""
        self._check = check
        self.schema.show_problems((*check.problems, *check.warnings))
        if self._shown:
            first = self._shown[0]
            more = len(self._shown) - 1
            set_ink(self.problem, "amber" if first.warning else "brick")
            words = f"Line {first.line}: {first.message}" + (f" And {more} more." if more else "")
            self.problem.setText(breakable(words, _LONGEST_WORD))
            self.go_to_line.setText(f"Go to line {first.line}")
        self._show_format()

    @property
    def _shown(self) -> tuple[Problem, ...]:
        """What the line below the schema tells: its problems, or where it has none its warnings."""
        return (self._check.problems or self._check.warnings) if self._check else ()

    def show_preview(self, preview: Preview | None) -> None:
        """Show how the schema's keywords would be held to."""
        self.enforcement.show_preview(preview)

    def go_to_problem(self) -> None:
        """Put the caret at the first problem."""
        if self._shown:
            problem = self._shown[0]
            self.schema.go_to(problem.line, problem.column)
