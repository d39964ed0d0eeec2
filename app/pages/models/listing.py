"""What the list shows: the session's models in their groups, and those that are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.models.model_lines import Standing, here_lines
from app.models.model_list import ModelLine, ModelList
from app.session.later import later
from app.style import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.session import Session

LONG: Final = 14
"""Rows from which on there is a field to filter them."""


class Listing(QObject):
    """Keeps the rows in step with the session, at most once a frame. `shown` tells that they were changed."""

    shown = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.rows = ModelList(self)
        self.query = ""
        self.length = 0
        self._soon = later(self, tokens.FRAME_MS, self.show)
        models = session.models
        for changed in (models.changed, models.entry_changed, models.loading_changed):
            changed.connect(self.show_soon)

    def show_soon(self) -> None:
        """Show what is there by then, a frame from now."""
        if not self._soon.isActive():
            self._soon.start()

    def filter(self, query: str) -> None:
        """Show only rows that have all of these words."""
        self.query = query
        self.show()

    def show(self) -> None:
        """Show what is there."""
        self._soon.stop()
        lines = self._lines()
        self.length = sum(line.kind == "row" for line in lines)
        self.rows.show_rows(filtered(lines, self.query) if self.query.strip() else lines)
        self.shown.emit()

    def _lines(self) -> list[ModelLine]:
        models = self._session.models
        failure = models.load_failure
        standing = Standing(models.loaded_key, models.loading_key, failure.key if failure is not None else None)
        return here_lines(models.entries, {}, standing, known=models.known)


def filtered(lines: Iterable[ModelLine], query: str) -> list[ModelLine]:
    """Return the rows that have all words of a query, under the heads of their groups."""
    words = query.casefold().split()
    kept: list[ModelLine] = []
    head: ModelLine | None = None
    for line in lines:
        if line.kind == "head":
            head = line
        elif line.kind == "row" and all(word in f"{line.name} {line.aside} {line.tip}".casefold() for word in words):
            if head is not None:
                kept.append(head)
                head = None
            kept.append(line)
    return kept
