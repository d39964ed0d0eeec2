"""The tree of a schema with what belongs to it: the bar below it, and the popover in which a row is edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QRect, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.pages.schemas.tree.details import DetailsPopover
from app.pages.schemas.tree.intents import TreeIntents
from app.pages.schemas.tree.view import SchemaTreeView
from app.widgets.controls import Chip, button, ground, icon_button

if TYPE_CHECKING:
    from app.models.schema_tree import SchemaTree
    from app.style.theme import Theme

_FOOT = 40
_STALE = "as it was: the text is broken"


class SchemaTreePanel(QFrame):
    """A schema as a tree; `intents` tells what a person wants of it."""

    def __init__(self, theme: Theme, model: SchemaTree) -> None:
        super().__init__()
        self.setProperty("ground", "surface")
        self._model = model
        self.intents = TreeIntents(self)
        self.view = SchemaTreeView(theme, model, self.intents)
        self.details = DetailsPopover(theme, model, self.intents, self)
        self.add = button(theme, "Add property", "flat", icon="plus")
        self.add.setToolTip("Add below the row (Insert)")
        self.up = icon_button(theme, "arrow-up", "Move up", "Alt+Up")
        self.down = icon_button(theme, "arrow-down", "Move down", "Alt+Down")
        self.stale = Chip(theme)
        self.stale.say("")
        foot = ground("surface", "above")
        foot.setFixedHeight(_FOOT)
        row = QHBoxLayout(foot)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.add)
        row.addStretch(1)
        row.addWidget(self.stale)
        row.addWidget(self.up)
        row.addWidget(self.down)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(foot)
        self.add.clicked.connect(self._add)
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(0)
        self._late.timeout.connect(self._offer)
        model.move_asked.connect(self.intents.move_asked)
        self.view.details_asked.connect(self.edit)
        self.details.closed.connect(self._return)
        self.destroyed.connect(self.details.deleteLater)  # it floats in the window by then
        # What is offered is looked up once, however many rows are chosen or changed in one go.
        chosen, shown = self.view.selectionModel().selectionChanged, (self.view.expanded, self.view.collapsed)
        for changed in (chosen, *shown, model.dataChanged, model.refreshed, model.stale_changed, model.modelReset):
            changed.connect(self._offer_late)
        self._offer()

    def edit(self, index: QModelIndex, what: str = "") -> None:
        """Edit a row in full, beginning with its "description", its "constraints" or its "json"."""
        if not index.isValid():
            return
        self.view.scrollTo(index)
        if self.details.parentWidget() is not self.window():
            self.details.setParent(self.window())
        name = self.view.parts(index).name.toRect()
        corner = self.view.viewport().mapToGlobal(name.topLeft())
        self.details.open(index, QRect(corner, name.size()), what)

    def _return(self) -> None:
        self.view.setFocus(Qt.FocusReason.PopupFocusReason)

    def _add(self) -> None:
        choice = self.view.choice()
        if choice is not None:
            choice.add(inside=False, unfolded=self._lies_open())

    def _move(self, by: int) -> None:
        choice = self.view.choice()
        if choice is not None:
            choice.move(by)

    def _lies_open(self) -> bool:
        index = self.view.currentIndex().siblingAtColumn(0)
        return self.view.isExpanded(index) and self._model.hasChildren(index)

    def _offer_late(self, *_what: object) -> None:
        self._late.start()

    def _offer(self) -> None:
        """Offer what can be done with the rows that are chosen."""
        choice = self.view.choice()
        can_edit = choice is not None and choice.can_edit
        entry = choice.new_entry(inside=False, unfolded=self._lies_open()) if choice is not None else None
        words = _WORDS.get(entry.keyword, "Add entry") if entry is not None else "Add property"
        self.add.setText(f"\u2009{words}")
        self.add.setAccessibleName(words)
        self.add.setEnabled(can_edit and entry is not None)
        self.up.setEnabled(can_edit and choice is not None and choice.place_beside(-1) is not None)
        self.down.setEnabled(can_edit and choice is not None and choice.place_beside(1) is not None)
        self.stale.say(_STALE if self._model.stale else "", "doubt")


_WORDS = {
    "properties": "Add property",
    "patternProperties": "Add pattern",
    "$defs": "Add definition",
    "definitions": "Add definition",
    "anyOf": "Add branch",
    "oneOf": "Add branch",
    "allOf": "Add branch",
    "items": "Add item",
    "prefixItems": "Add item",
}
