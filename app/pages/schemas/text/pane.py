"""The right half of the schema page: the text, what draft it is in, and whether the tree is in step with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.pages.schemas.text.find_bar import FindBar
from app.pages.schemas.text.view import SchemaTextView, at_once
from app.style import tokens
from app.widgets.controls import Chip, Mark, ground, label
from app.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.style.theme import Theme
    from engine.schema.editing import EditableSchema

_TOLD_MS = 6_000


class SchemaTextPane(QFrame):
    """A head, the find bar when it is asked for, and the text; the text is `view`."""

    def __init__(self, theme: Theme, apart: Callable[..., None] = at_once) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self.view = SchemaTextView(theme, apart)
        self.find_bar = FindBar(theme, self.view)
        self._draft = label(theme, "", 12, ink="text2")
        self._in_step = label(theme, "In step with the tree", 12, ink="text2")
        self._mark = Mark(theme, "check", "accent")
        self._stale = Chip(theme)
        self._told = ElidedLabel(theme, 12, ink="amber")
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_TOLD_MS)
        self._quiet.timeout.connect(self._show_step)
        head = ground("surface", "below")
        head.setFixedHeight(tokens.ROW + 1)
        row = QHBoxLayout(head)
        row.setContentsMargins(tokens.PANEL_MARGIN, 0, tokens.PANEL_MARGIN - 4, 0)
        row.setSpacing(8)
        row.addWidget(label(theme, "JSON Schema", 12, 600))
        row.addWidget(self._draft)
        row.addWidget(self._told, 1)
        row.addStretch(0)
        row.addWidget(self._stale)
        row.addWidget(self._in_step)
        row.addWidget(self._mark)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self.find_bar)
        column.addWidget(self.view, 1)
        self.view.edited.connect(self._show_step)
        self.view.draft_changed.connect(self._show_draft)
        self.view.told.connect(self.say)
        self.view.search_asked.connect(lambda replacing: self.find_bar.begin(replacing=replacing))
        self.view.step_asked.connect(self.find_bar.step)
        self._show_draft()
        self._show_step()

    def open(self, schema: EditableSchema | None) -> None:
        """Show another document."""
        self.find_bar.hide()
        self.view.open(schema)
        self._show_step()

    @property
    def state(self) -> str:
        """What the head says of the text and the tree."""
        return self._stale.text() if not self._stale.isHidden() else self._in_step.text()

    def say(self, sentence: str) -> None:
        """Show a sentence in the head for a while."""
        self._told.say(sentence)
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.view, sentence))
        self._quiet.start()
        self._show_step(keep=True)

    def _show_draft(self) -> None:
        self._draft.setText(self.view.draft.spoken)

    def _show_step(self, *, keep: bool = False) -> None:
        if not keep:
            self._told.say("")
            self._quiet.stop()
        schema = self.view.schema
        stale = schema is not None and schema.stale
        telling = bool(self._told.line)
        self._stale.say("Tree is from the last good text" if stale else "", "doubt")
        self._in_step.setVisible(schema is not None and not stale and not telling)
        self._mark.setVisible(schema is not None and not stale and not telling)
