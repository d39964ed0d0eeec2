"""Editing a part of a schema as JSON where it stands: for all that has no field of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.checks import Problem
from app.widgets.controls import button, label
from app.widgets.json_editor import JsonEditor
from engine.errors import EngineError, SchemaSyntaxError
from engine.schema.document import read_json

if TYPE_CHECKING:
    from app.style.theme import Theme
    from engine.schema.editing import Node

LONGEST: Final = 100_000
"""Letters that can be edited here; more are edited in the text."""
_LONG_LINE = 60


class JsonField(QWidget):
    """An editor of JSON with what is wrong in it, and a way to put it into the schema."""

    applied = Signal(object)
    cancelled = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.editor = JsonEditor(theme, "JSON of the row")
        self.apply = button(theme, "Apply")
        self.apply.setToolTip("Apply (Ctrl+Enter)")
        self.cancel = button(theme, "Cancel", "flat")
        self.wrong = label(theme, "", 12, ink="brick")
        self.wrong.setWordWrap(True)
        self.apply.clicked.connect(self._apply)
        self.cancel.clicked.connect(lambda _=False: self.cancelled.emit())
        self.editor.textChanged.connect(lambda: self._tell(""))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self._apply)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.wrong, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.editor, 1)
        column.addLayout(row)

    def show_node(self, node: Node) -> None:
        """Show a value as it is written, less the indent of where it stands."""
        fits = node.end - node.start <= LONGEST
        self.editor.setPlainText(spread(node) if fits else "")
        self.editor.setReadOnly(not fits)
        self.apply.setEnabled(fits)
        self._tell("" if fits else "This is too long to be edited here: edit it in the text.")

    def _apply(self) -> None:
        try:
            value: Any = read_json(self.editor.toPlainText())
        except EngineError as error:
            self._tell(error.message)
            if isinstance(error, SchemaSyntaxError):
                self.editor.show_problems([Problem(error.message, error.line, error.column)])
                self.editor.go_to(error.line, error.column)
            return
        self.applied.emit(value)

    def _tell(self, wrong: str) -> None:
        self.wrong.setText(wrong)
        if self.editor.problems:
            self.editor.show_problems([])


def spread(node: Node) -> str:
    """Return a value's text as it would stand at the margin; what is long and on one line is spread over several."""
    first, *rest = node.text.split("\n")
    if not rest and len(first) > _LONG_LINE:
        try:
            return json.dumps(node.value(), indent=2, ensure_ascii=False)
        except EngineError:
            return first
    margin = min((len(line) - len(line.lstrip(" \t")) for line in rest if line.strip()), default=0)
    return "\n".join([first, *(line[margin:] for line in rest)])
