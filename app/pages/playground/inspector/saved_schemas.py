"""The schemas of the library, offered where an answer is held to one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.pages.playground.threads.menus import plain_item

if TYPE_CHECKING:
    from app.session import SchemaLibrary

_OFFERED = 40


class SavedSchemas(QMenu):
    """One's own schemas, the newest first, then the examples. `chosen` is given a text, as it was typed last."""

    chosen = Signal(str)
    edit_asked = Signal()

    def __init__(self, parent: QWidget, library: SchemaLibrary) -> None:
        super().__init__(parent)
        self._library = library
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.addAction("Edit in Schemas", self.edit_asked.emit)
        self.addSeparator()
        if library.known and library.examples:
            self._fill()
        else:
            library.started.connect(self._fill)
            library.start()

    def _fill(self) -> None:
        library = self._library
        for row in library.rows[:_OFFERED]:
            self.addAction(plain_item(row.name), partial(library.text_of, row.id, self.chosen.emit))
        if library.rows:
            self.addSeparator()
        for example in library.examples:
            self.addAction(plain_item(example.name), partial(self.chosen.emit, example.text))
