"""The head of the editor: which schema is open, as which version, and what can be done with all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from app.style import tokens
from app.widgets.controls import Chip, button, icon_button
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from app.session import SchemaRow
    from app.style.theme import Theme
    from engine.resources import ExampleSchema


class SchemaHead(QFrame):
    """A row of 48 px. It asks for everything and changes nothing itself."""

    rename_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.setProperty("rule", "below")
        self.setFixedHeight(tokens.HEADER)
        self.name = ElidedLabel(theme, 15, 600, hugs=True)
        self.version = Chip(theme)
        self.state = ElidedLabel(theme, 13, ink="text2", hugs=True)
        self.undo = icon_button(theme, "arrow-u-up-left", "Undo", "Ctrl+Z")
        self.redo = icon_button(theme, "arrow-u-up-right", "Redo", "Ctrl+Shift+Z")
        self.versions = icon_button(theme, "clock-counter-clockwise", "Versions")
        self.copy = button(theme, "Copy to yours", icon="copy")
        self.save = button(theme, "Save version", icon="git-commit")
        self.save.setToolTip("Keep this text as a version (Ctrl+S)")
        self.describe = button(theme, "Describe", icon="magic-wand")
        self.describe.setToolTip("Have the model write or change the schema")
        self.bring = button(theme, "Import", icon="download-simple")
        self.give = button(theme, "Export", icon="upload-simple")
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(self.name)
        row.addWidget(self.version)
        row.addWidget(self.state)
        row.addStretch(1)
        row.addWidget(self.undo)
        row.addWidget(self.redo)
        row.addWidget(self.versions)
        for widget in (self.copy, self.describe, self.save, self.bring, self.give):
            row.addWidget(widget)

    def show_schema(self, row: SchemaRow | None, example: ExampleSchema | None, *, unsaved: bool) -> None:
        """Say which schema is open; `unsaved` that the text differs from the latest version."""
        own = row is not None and example is None
        self.name.say(example.name if example is not None else row.name if row is not None else "Schemas")
        if example is not None:
            self.version.say("example")
        elif row is not None:
            self.version.say(f"v{row.version}, draft" if unsaved else f"v{row.version}", "")
        else:
            self.version.say("")
        self.copy.setVisible(example is not None)
        for widget in (self.undo, self.redo, self.versions, self.save, self.describe):
            widget.setVisible(own)
        self.save.setEnabled(own and unsaved)
        self.give.setEnabled(own or example is not None)

    def offer_undo(self, undo: str | None, redo: str | None) -> None:
        """Say what can be undone and done again."""
        for control, words, what in ((self.undo, "Undo", undo), (self.redo, "Redo", redo)):
            control.setEnabled(what is not None)
            keys = "Ctrl+Z" if words == "Undo" else "Ctrl+Shift+Z"
            control.setToolTip(f"{words}: {what} ({keys})" if what is not None else f"{words} ({keys})")
