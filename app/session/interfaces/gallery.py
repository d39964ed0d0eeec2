"""The gallery: every interface with its newest tree, in memory and in the store."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from app.session.mirror import Mirror

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.bridge import Bridge
    from app.session.library import Library
    from engine.store import Store, Thread
    from engine.store.interfaces import InterfaceRow


class Gallery(QObject):
    """Every interface that is not in the bin; the one that was written to last comes first.

    `known` is False until they have been read once. What is changed is shown at once and written behind the window. The
    bin is the same as that of the conversations, so the library is told of what goes there.
    """

    listed = Signal()

    def __init__(self, bridge: Bridge, library: Library) -> None:
        super().__init__()
        self.rows: list[InterfaceRow] = []
        self._library = library
        self._mirror = Mirror(bridge, lambda store: store.interfaces.all(), self._take)
        library.listed.connect(self._library_listed)

    @property
    def known(self) -> bool:
        """Whether the rows have been read."""
        return self._mirror.known

    def row_of(self, interface: int) -> InterfaceRow | None:
        """Return an interface by its id; None where there is none, or it is in the bin."""
        return next((row for row in self.rows if row.id == interface), None)

    def refresh(self, done: Callable[[], None] | None = None) -> None:
        """Read the rows anew, then do `done`."""
        self._mirror.refresh(done)

    # Changes

    def rename(self, interface: int, title: str) -> None:
        """Give an interface a title; an empty one lets the next sentence name it."""
        before = self.row_of(interface)
        if before is not None and before.title != title:
            self._put(replace(before, title=title))
            self._write(lambda store: store.threads.rename(interface, title))

    def delete(self, interfaces: Iterable[int]) -> Callable[[], None]:
        """Put interfaces into the bin, those that were made a moment ago too; return what takes them out again."""
        wanted = list(interfaces)
        gone = [row for row in self.rows if row.id in wanted]
        self.rows = [row for row in self.rows if row.id not in wanted]
        self._write(lambda store: store.threads.delete(wanted))
        self.listed.emit()
        return partial(self._restore, wanted, gone)

    def duplicate(self, interface: int, done: Callable[[Thread], None] | None = None) -> None:
        """Copy an interface with all that is in it; `done` is given the copy."""

        def back(copy: Thread | None) -> None:
            self._mirror.refresh()
            self._library.refresh()
            if copy is not None and done is not None:
                done(copy)

        self._mirror.write(lambda store: store.threads.duplicate(interface), back)

    def take_tree(self, interface: int, tree: Any) -> None:
        """Take in the tree that an interface has now; the store is told by whoever made it."""
        before = self.row_of(interface)
        if before is None:
            self.refresh()
            return
        self._mirror.changed()
        text = json.dumps(tree, ensure_ascii=False) if tree is not None else ""
        self._put(replace(before, updated=datetime.now(UTC).isoformat(), tree_text=text))

    # Parts

    def _restore(self, wanted: list[int], gone: list[InterfaceRow]) -> None:
        self._write(lambda store: store.threads.restore(wanted))
        self._take([*gone, *self.rows])

    def _write(self, write: Callable[[Store], object]) -> None:
        self._mirror.write(write, lambda _: self._library.refresh())

    def _put(self, row: InterfaceRow) -> None:
        self._take([row, *(known for known in self.rows if known.id != row.id)])

    def _take(self, rows: list[InterfaceRow]) -> None:
        self.rows = sorted(rows, key=lambda row: (row.updated, row.id), reverse=True)
        self.listed.emit()

    def _library_listed(self) -> None:
        """Read the rows anew where others are listed: taken out of the bin, imported, or deleted again."""
        if (
            self.known
            and not self._mirror.writing
            and {row.id for row in self._library.interfaces} != {row.id for row in self.rows}
        ):
            self.refresh()
