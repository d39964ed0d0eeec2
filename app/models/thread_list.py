"""Threads as a person looks for them: the pinned ones, folders, then by age.

Each thread has one row. A pinned one stands among the pinned even where it is in a folder, as in chat and mail
programs; elsewhere its folder comes before its age.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.exchange import FORMATS, Format
from app.models.dates import AGES, age, local, short
from app.models.row_tree import Key, Kind, Row, RowTree, Wanted
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import date

    from app.session import Folder, Thread

Index = QModelIndex | QPersistentModelIndex
UNTITLED = "New thread"
_PINNED: Key = ("section", "Pinned")
MIME = "application/x-espalier-threads"
_FLAGS = Qt.ItemFlag
_NAMED = _FLAGS.ItemIsEnabled | _FLAGS.ItemIsSelectable | _FLAGS.ItemIsEditable | _FLAGS.ItemIsDropEnabled
_CAN: dict[Kind, Qt.ItemFlag] = {
    "section": _FLAGS.ItemIsDropEnabled,
    "folder": _NAMED,
    "thread": _NAMED | _FLAGS.ItemIsDragEnabled | _FLAGS.ItemNeverHasChildren,
}


@dataclass(frozen=True)
class Place:
    """Where threads can be dropped: among the pinned, in a folder, or in none."""

    folder: int | None = None
    pinned: bool = False


def format_of(thread: Thread) -> Format | None:
    """Return a thread's response format; None where it has none that this version knows."""
    return next((shape for name, shape in FORMATS.items() if name == thread.kind), None)


class ThreadList(RowTree):
    """Sections, folders and threads; or threads alone, where it is `arrange_flat` that is called."""

    thread_renamed = Signal(int, str)
    folder_renamed = Signal(int, str)
    dropped = Signal(list, object)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        first_day: int = 0,
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._first_day = first_day
        self._today: date | None = None
        self._made: dict[int, tuple[Wanted, Key]] = {}

    # Arranging

    def arrange(self, threads: Sequence[Thread], folders: Sequence[Folder], busy: Collection[int] = ()) -> None:
        """Show these, in their order. Nothing is reset: rows come, go and move."""
        today = self._clock().date()
        homes: dict[Key, list[Wanted]] = {_folder_key(folder.id): [] for folder in folders}
        if today != self._today:
            self._today = today
            self._made.clear()
        made = self._made
        self._made = {}
        for thread in threads:
            known = made.get(thread.id)
            if known is None or known[0].thread is not thread or known[0].busy != (thread.id in busy):
                known = self._make(thread, today, busy=thread.id in busy)
            row, since = self._made[thread.id] = known
            home = _PINNED if thread.pinned else _folder_key(thread.folder)
            homes.setdefault(home if home in homes or thread.pinned else since, []).append(row)
        homes[_section_key("Folders")] = [
            Wanted(key, one_line(folder.name), folder=folder, children=tuple(homes[key]))
            for folder in folders
            for key in [_folder_key(folder.id)]
        ]
        self.match_rows(
            tuple(
                Wanted(key, name, children=tuple(homes[key]))
                for name in ("Pinned", "Folders", *AGES)
                if homes.get(key := _section_key(name))
            )
        )

    def _make(self, thread: Thread, today: date, *, busy: bool) -> tuple[Wanted, Key]:
        """Return the row of a thread, and the section where its age puts it."""
        at = local(thread.updated)
        row = _thread_row(thread, short(at, today), busy=busy)
        return row, _section_key(age(at.date(), today, self._first_day))

    def arrange_flat(self, threads: Sequence[Thread], when: Callable[[Thread], str]) -> None:
        """Show these threads one below the other, without sections; `when` is the time that each shows."""
        today = self._clock().date()
        self.match_rows(tuple(_thread_row(thread, short(local(when(thread)), today)) for thread in threads))

    # What views ask

    def index_of_thread(self, thread: int) -> QModelIndex:
        """Return the index of a thread's row; an invalid one where it has none."""
        found = self.row_of(("thread", thread))
        return self.index_of(found) if found else QModelIndex()

    def index_of_folder(self, folder: int) -> QModelIndex:
        """Return the index of a folder's row; an invalid one where it has none."""
        found = self.row_of(_folder_key(folder))
        return self.index_of(found) if found else QModelIndex()

    def threads(self) -> list[int]:
        """Return the ids of all threads in the order of the rows, also of those in folded folders."""
        return [row.thread.id for row in self.rows() if row.thread is not None]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return what can be done with a row: sections are passed over, threads can be dragged."""
        if not index.isValid():
            return _FLAGS.ItemIsDropEnabled
        return _CAN[self.row(index).kind]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the words of a row, what is read out of it, or what an editor begins with."""
        if not index.isValid():
            return None
        row = self.row(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.words
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(row)
            case Qt.ItemDataRole.EditRole if row.thread is not None:
                return one_line(row.thread.title)
            case Qt.ItemDataRole.EditRole:
                return row.words
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for another name; one without letters, or the same one, changes nothing."""
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        row = self.row(index)
        name = " ".join(str(value).split())
        if not name or name == " ".join(str(self.data(index, role)).split()):
            return False
        if row.thread is not None:
            self.thread_renamed.emit(row.thread.id, name)
        elif row.folder is not None:
            self.folder_renamed.emit(row.folder.id, name)
        return True

    # Dragging

    def place_of(self, index: Index) -> Place:
        """Return where a thread goes that is dropped on a row, or below all rows: in no folder."""
        row = self.row(index)
        above = row.parent if row.kind == "thread" else row
        if above is None:
            return Place()
        return Place(above.folder.id if above.folder else None, pinned=above.key == _PINNED)

    def mimeTypes(self) -> list[str]:
        """Return what is dragged: ids of threads."""
        return [MIME]

    def supportedDropActions(self) -> Qt.DropAction:
        """Return that threads are moved."""
        return Qt.DropAction.MoveAction

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the ids of the threads among these rows."""
        ids = [row.thread.id for row in map(self.row, indexes) if row.thread is not None]
        made = QMimeData()
        made.setData(MIME, json.dumps(ids).encode())
        return made

    def canDropMimeData(self, data: QMimeData, _action: Qt.DropAction, _row: int, _column: int, _parent: Index) -> bool:
        """Return whether these are threads, which can be dropped anywhere."""
        return data.hasFormat(MIME)

    def dropMimeData(self, data: QMimeData, _action: Qt.DropAction, _row: int, _column: int, parent: Index) -> bool:
        """Ask for threads to be put where they were dropped; their rows move when they are."""
        if data.hasFormat(MIME):
            self.dropped.emit(json.loads(bytes(data.data(MIME).data())), self.place_of(parent))
        return data.hasFormat(MIME)


def _section_key(name: str) -> Key:
    return ("section", name)


def _folder_key(folder: int | None) -> Key:
    return ("folder", folder or 0)  # no folder has the id 0


def _thread_row(thread: Thread, when: str, *, busy: bool = False) -> Wanted:
    words = one_line(thread.title)
    return Wanted(("thread", thread.id), words if words.strip() else UNTITLED, thread, when=when, busy=busy)


def _spoken(row: Row) -> str:
    if row.thread is not None:
        shape = format_of(row.thread)
        state = "an answer is being written" if row.busy else row.when
        return ", ".join(part for part in (row.words, shape.words if shape else "", state) if part)
    if row.folder is not None:
        count = len(row.children)
        return f"{row.words}, folder, {count} thread{'s' if count != 1 else ''}"
    return row.words
