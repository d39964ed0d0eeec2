"""What the list shows: the session's models in their groups, and those that are looked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

from app.models.endpoint_words import endpoint_lines
from app.models.hub_lines import Found, Here, download_lines, found_lines, recommended_lines
from app.models.model_lines import Standing, here_lines
from app.models.model_list import Deed, ModelLine, ModelList
from app.session.later import later
from app.style import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.session import Session
    from app.session.models import Entry
    from engine.errors import EngineError

_ASKING: Final[frozenset[Deed]] = frozenset({"download", "resume", "retry", "look_up", "check"})
"""What asks a server for something."""

LONG: Final = 14
"""Rows from which on there is a field to filter them."""


class Listing(QObject):
    """Keeps the rows in step with the session, at most once a frame. `shown` tells that they were changed.

    `found` is what was looked up last, `probing` are the endpoints that are asked just now, `refused` why others could
    not be.
    """

    shown = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self.rows = ModelList(self)
        self.query = ""
        self.length = 0
        self.found: Found | None = None
        self.probing: set[str] = set()
        self.refused: dict[str, EngineError] = {}
        self._soon = later(self, tokens.FRAME_MS, self.show)
        models, downloads, endpoints = session.models, session.downloads, session.endpoints
        for changed in (
            models.changed, models.entry_changed, models.loading_changed, downloads.changed, downloads.progressed,
            endpoints.changed,
        ):  # fmt: skip
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
        if not self._session.network_allowed:
            lines = [replace(line, able=False) if line.deed in _ASKING else line for line in lines]
        self.length = sum(line.kind == "row" for line in lines)
        self.rows.show_rows(filtered(lines, self.query) if self.query.strip() else lines)
        self.shown.emit()

    def _lines(self) -> list[ModelLine]:
        models, downloads = self._session.models, self._session.downloads
        failure = models.load_failure
        standing = Standing(models.loaded_key, models.loading_key, failure.key if failure is not None else None)
        entries = models.entries
        items, here = {item.id: item for item in downloads.items}, _downloaded(entries)
        told = {row.item for row in downloads.rows if row.item is not None}
        if self.found is not None:
            names = {(files[0].repository, files[0].name) for files, _ in self.found.models}
            told |= {item.id for item in items.values() if (item.files[0].repository, item.files[0].name) in names}
        return [
            *found_lines(self.found, items, here),
            *download_lines(downloads.items, frozenset(told)),
            *here_lines(entries, standing, known=models.known, removed=[each.size for each in downloads.removed]),
            *endpoint_lines(self._session.endpoints.items, self.probing, self.refused),
            *recommended_lines(downloads.rows, items, here),
        ]


def _downloaded(entries: Iterable[Entry]) -> Here:
    found: set[tuple[str, str]] = set()
    for entry in entries:
        source = entry.source or {}
        files = source.get("files")
        if isinstance(files, list) and files and isinstance(files[0], dict):
            found.add((str(source.get("repository", "")), str(files[0].get("name", ""))))
    return frozenset(found)


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
