"""What a search found, one row a place: titles first, as the store has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.models.dates import local, short
from app.models.thread_list import UNTITLED, format_of
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.session import Folder, Found, Hit, Thread

Index = QModelIndex | QPersistentModelIndex
Marks = tuple[tuple[int, int], ...]
_PLACES = {"draft": "Draft", "attachment": "File"}


@dataclass(frozen=True)
class ResultRow:
    """A place that was found: the title and what stands there, each on one line, with the spans that matched."""

    hit: Hit
    thread: Thread
    title: str
    title_marks: Marks
    excerpt: str
    excerpt_marks: Marks
    when: str


class SearchResults(QAbstractListModel):
    """The places that a search found, of those threads that are not in the bin."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._query = ""
        self._rows: list[ResultRow] = []

    def show_found(self, found: Found[Hit], threads: Mapping[int, Thread], folders: Mapping[int, Folder]) -> None:
        """Show what was found. Of the same query only what changed is changed, e.g. when a thread was deleted."""
        rows = [self._row(hit, threads[hit.thread], folders) for hit in found.hits if hit.thread in threads]
        kept = {_key(row): row for row in rows}
        same = found.query == self._query and [key for key in map(_key, self._rows) if key in kept] == list(kept)
        if not same:
            self.beginResetModel()
            self._query, self._rows = found.query, rows
            self.endResetModel()
            return
        for number in reversed(range(len(self._rows))):
            if _key(self._rows[number]) not in kept:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self._rows[number]
                self.endRemoveRows()
        for number, row in enumerate(rows):
            if self._rows[number] != row:
                self._rows[number] = row
                self.dataChanged.emit(self.index(number), self.index(number))

    def _row(self, hit: Hit, thread: Thread, folders: Mapping[int, Folder]) -> ResultRow:
        title = one_line(thread.title)
        title = title if title.strip() else UNTITLED
        when = short(local(hit.created), self._clock().date())
        if hit.place == "title":
            # The excerpt is cut from a long title, and stale once the thread was renamed.
            fits = " ".join(hit.excerpt.strip("…").split()) in " ".join(thread.title[:4000].split())
            shape = format_of(thread)
            folder = folders.get(thread.folder) if thread.folder is not None else None
            below = " · ".join(
                part for part in (one_line(folder.name) if folder else "", shape.words if shape else "") if part
            )
            words, marks = (one_line(hit.excerpt), hit.marks) if fits else (title, ())
            return ResultRow(hit, thread, words, marks, below, (), when)
        before = f"{_PLACES[hit.place]}: " if hit.place in _PLACES else ""
        marks = tuple((start + len(before), end + len(before)) for start, end in hit.marks)
        return ResultRow(hit, thread, title, (), before + one_line(hit.excerpt), marks, when)

    # What views ask

    def row(self, index: Index) -> ResultRow | None:
        """Return a row; None for an invalid index."""
        return self._rows[index.row()] if index.isValid() else None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many places there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title, or what is read out."""
        row = self.row(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (row.title, row.excerpt, row.when) if part)
        return None


def _key(row: ResultRow) -> tuple[object, ...]:
    return (row.hit.place, row.hit.thread, row.hit.message, row.hit.excerpt)
