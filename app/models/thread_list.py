"""Threads as a person looks for them: the pinned ones, folders, then by age.

Each thread has one row. A pinned one stands among the pinned even where it is in a folder, as in chat and mail
programs; elsewhere its folder comes before its age. What changes moves, adds or takes away the rows that it
concerns and no others, so that a view keeps its place, its selection and an open editor.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.exchange import FORMATS, Format
from app.models.dates import AGES, age, local, short
from app.models.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import date

    from app.session import Folder, Thread

Index = QModelIndex | QPersistentModelIndex
Kind = Literal["section", "folder", "thread"]
Key = tuple[Kind, str | int]
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
_FEW = 24
"""Up to how many rows move one by one; each move costs a view with many chosen rows some milliseconds."""
_idents = itertools.count(1)


@dataclass(frozen=True)
class Place:
    """Where threads can be dropped: among the pinned, in a folder, or in none."""

    folder: int | None = None
    pinned: bool = False


@dataclass(frozen=True)
class _Wanted:
    """A row as it should be."""

    key: Key
    words: str
    thread: Thread | None = None
    folder: Folder | None = None
    when: str = ""
    busy: bool = False
    children: tuple[_Wanted, ...] = ()

    @property
    def shown(self) -> tuple[object, ...]:
        return (self.words, self.thread, self.folder, self.when, self.busy, len(self.children))


@dataclass(eq=False)
class Row:
    """A section, a folder or a thread. Only the model changes it."""

    wanted: _Wanted
    parent: Row | None
    children: list[Row] = field(default_factory=list)
    ident: int = field(default_factory=lambda: next(_idents))

    @property
    def key(self) -> Key:
        """What stays the same of a row, whatever becomes of it."""
        return self.wanted.key

    @property
    def kind(self) -> Kind:
        """Whether it is a section, a folder or a thread."""
        return self.wanted.key[0]

    @property
    def words(self) -> str:
        """What it says, on one line, fit to be shown."""
        return self.wanted.words

    @property
    def thread(self) -> Thread | None:
        """The thread of the row, where it is one."""
        return self.wanted.thread

    @property
    def folder(self) -> Folder | None:
        """The folder of the row, where it is one."""
        return self.wanted.folder

    @property
    def when(self) -> str:
        """When a thread was last written to, in a few letters."""
        return self.wanted.when

    @property
    def busy(self) -> bool:
        """Whether an answer is being written in it."""
        return self.wanted.busy


def format_of(thread: Thread) -> Format | None:
    """Return a thread's response format; None where it has none that this version knows."""
    return next((shape for name, shape in FORMATS.items() if name == thread.kind), None)


class ThreadList(QAbstractItemModel):
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
        self._root = Row(_Wanted(("section", ""), ""), None)
        self._by_ident: dict[int, Row] = {}
        self._by_key: dict[Key, Row] = {}
        self._today: date | None = None
        self._made: dict[int, tuple[_Wanted, Key]] = {}

    # Arranging

    def arrange(self, threads: Sequence[Thread], folders: Sequence[Folder], busy: Collection[int] = ()) -> None:
        """Show these, in their order. Nothing is reset: rows come, go and move."""
        today = self._clock().date()
        homes: dict[Key, list[_Wanted]] = {_folder_key(folder.id): [] for folder in folders}
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
            _Wanted(key, one_line(folder.name), folder=folder, children=tuple(homes[key]))
            for folder in folders
            for key in [_folder_key(folder.id)]
        ]
        self._match(
            tuple(
                _Wanted(key, name, children=tuple(homes[key]))
                for name in ("Pinned", "Folders", *AGES)
                if homes.get(key := _section_key(name))
            )
        )

    def _make(self, thread: Thread, today: date, *, busy: bool) -> tuple[_Wanted, Key]:
        """Return the row of a thread, and the section where its age puts it."""
        at = local(thread.updated)
        row = _thread_row(thread, short(at, today), busy=busy)
        return row, _section_key(age(at.date(), today, self._first_day))

    def arrange_flat(self, threads: Sequence[Thread], when: Callable[[Thread], str]) -> None:
        """Show these threads one below the other, without sections; `when` is the time that each shows."""
        today = self._clock().date()
        self._match(tuple(_thread_row(thread, short(local(when(thread)), today)) for thread in threads))

    def _match(self, wanted: tuple[_Wanted, ...]) -> None:
        """Make the rows those that are wanted, with as few changes as show it."""
        whole = _Wanted(self._root.key, "", children=wanted)
        every = {row.key: row for row in _walk(whole)}
        self._drop(self._root, lambda row: row.kind == "thread" and row.key not in every)
        self._build(whole)
        if self._astray(whole) <= _FEW:
            self._gather(whole)
            self._drop(self._root, lambda row: row.key not in every)
            self._sort(whole)
        else:
            self._rearrange(whole)
            self._drop(self._root, lambda row: row.key not in every)
        self._fill(whole)
        for key, row in every.items():
            known = self._by_key[key]
            if known.wanted is row:
                continue
            changed = known.wanted.shown != row.shown
            known.wanted = row
            if changed:
                index = self.index_of(known)
                self.dataChanged.emit(index, index)

    def _drop(self, above: Row, gone: Callable[[Row], bool]) -> None:
        """Take rows away, neighbours together; those below first."""
        for row in list(above.children):
            if row.children:
                self._drop(row, gone)
        last = len(above.children) - 1
        while last >= 0:
            first = last
            while first >= 0 and gone(above.children[first]):
                first -= 1
            if first < last:
                self.beginRemoveRows(self.index_of(above), first + 1, last)
                for row in above.children[first + 1 : last + 1]:
                    del self._by_ident[row.ident], self._by_key[row.key]
                del above.children[first + 1 : last + 1]
                self.endRemoveRows()
            last = first - 1

    def _build(self, whole: _Wanted) -> None:
        """Make the sections and folders that are missing, still empty."""
        for above in _homes(whole):
            home = self._row(above.key)
            for number, row in enumerate(above.children):
                if row.key[0] != "thread" and row.key not in self._by_key:
                    before = [self._by_key[other.key] for other in above.children[:number]]
                    self._add(home, self._behind(home, before), [row])

    def _astray(self, whole: _Wanted) -> int:
        """Return about how many rows stand under another row than they should, or after one that they precede."""
        astray = 0
        for above in _homes(whole):
            home = self._row(above.key)
            place = {row.key: number for number, row in enumerate(above.children)}
            here = [place[row.key] for row in home.children if row.key in place]
            there = sum(row.key in self._by_key for row in above.children) - len(here)
            astray += there + sum(one > other for one, other in itertools.pairwise(here))
        return astray

    def _rearrange(self, whole: _Wanted) -> None:
        """Bring all rows that there are under the rows where they belong, in their order, in one change."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        homes = {self._row(above.key).ident: above for above in _homes(whole)}
        for row in [self._root, *_rows(self._root)]:
            if row.ident not in homes:
                row.children = [child for child in row.children if child.kind != "thread"]
        placed: dict[int, int] = {}
        for ident, above in homes.items():
            home = self._root if ident == self._root.ident else self._by_ident[ident]
            wanted = [self._by_key[row.key] for row in above.children if row.key in self._by_key]
            inside = {row.ident for row in wanted}
            # Folders and sections that go are still here: they are taken away after this, without their threads.
            home.children = wanted + [row for row in home.children if row.kind != "thread" and row.ident not in inside]
            for number, row in enumerate(home.children):
                row.parent = home
                placed[row.ident] = number
        self.changePersistentIndexList(
            before, [self.createIndex(placed[index.internalId()], 0, index.internalId()) for index in before]
        )
        self.layoutChanged.emit()

    def _gather(self, whole: _Wanted) -> None:
        """Bring the threads that there are under the row where they belong."""
        for above in _homes(whole):
            home = self._row(above.key)
            before: Row | None = None
            for wanted in above.children:
                row = self._by_key.get(wanted.key)
                if row is None:
                    continue
                if row.parent is not home:
                    self._move(row, home, self._behind(home, [] if before is None else [before]))
                before = row

    def _sort(self, whole: _Wanted) -> None:
        """Bring the rows that there are into their order."""
        for above in _homes(whole):
            home = self._row(above.key)
            order = [self._by_key[row.key] for row in above.children if row.key in self._by_key]
            place = {row.ident: number for number, row in enumerate(order)}
            for number, wanted in enumerate(order):
                here = home.children[number]
                if here is wanted:
                    continue
                if home.children[number + 1] is wanted:  # it is the one before it that has to go down
                    self._move(here, home, place[here.ident] + 1)
                else:
                    self._move(wanted, home, number)

    def _fill(self, whole: _Wanted) -> None:
        """Add the threads that are new, neighbours together."""
        for above in _homes(whole):
            home = self._row(above.key)
            for new, run in itertools.groupby(
                enumerate(above.children), lambda entry: entry[1].key not in self._by_key
            ):
                if new:
                    entries = list(run)
                    self._add(home, entries[0][0], [row for _, row in entries])

    def _row(self, key: Key) -> Row:
        return self._root if key == self._root.key else self._by_key[key]

    @staticmethod
    def _behind(home: Row, before: list[Row]) -> int:
        return max((home.children.index(row) + 1 for row in before[-1:] if row.parent is home), default=0)

    def _add(self, home: Row, at: int, wanted: Iterable[_Wanted]) -> None:
        rows = [Row(row, home) for row in wanted]
        self.beginInsertRows(self.index_of(home), at, at + len(rows) - 1)
        home.children[at:at] = rows
        for row in rows:
            self._by_ident[row.ident] = self._by_key[row.key] = row
        self.endInsertRows()

    def _move(self, row: Row, home: Row, at: int) -> None:
        """Move a row before the one that stands at `at` of its new home."""
        source = row.parent
        assert source is not None, "the root stays where it is"
        number = source.children.index(row)
        self.beginMoveRows(self.index_of(source), number, number, self.index_of(home), at)
        del source.children[number]
        home.children.insert(at - 1 if source is home and number < at else at, row)
        row.parent = home
        self.endMoveRows()

    # What views ask

    def row(self, index: Index) -> Row:
        """Return the row of an index; the invisible root for an invalid one."""
        return self._by_ident[index.internalId()] if index.isValid() else self._root

    def index_of(self, row: Row) -> QModelIndex:
        """Return the index of a row."""
        return self.createIndex(row.parent.children.index(row), 0, row.ident) if row.parent else QModelIndex()

    def index_of_thread(self, thread: int) -> QModelIndex:
        """Return the index of a thread's row; an invalid one where it has none."""
        found = self._by_key.get(("thread", thread))
        return self.index_of(found) if found else QModelIndex()

    def index_of_folder(self, folder: int) -> QModelIndex:
        """Return the index of a folder's row; an invalid one where it has none."""
        found = self._by_key.get(_folder_key(folder))
        return self.index_of(found) if found else QModelIndex()

    def threads(self) -> list[int]:
        """Return the ids of all threads in the order of the rows, also of those in folded folders."""
        return [row.thread.id for row in _rows(self._root) if row.thread is not None]

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child."""
        # A view asks this of every row whenever it lays them out: `hasIndex` would take three times as long.
        children = self.row(parent).children
        if column == 0 and 0 <= row < len(children):
            return self.createIndex(row, 0, children[row].ident)
        return QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the index above."""
        above = self.row(index).parent
        return self.index_of(above) if above is not None else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of children."""
        return len(self.row(parent).children)

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008
        """Return whether there are rows below a row."""
        return bool(self.row(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: ARG002, B008
        """Return 1."""
        return 1

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


def _thread_row(thread: Thread, when: str, *, busy: bool = False) -> _Wanted:
    words = one_line(thread.title)
    return _Wanted(("thread", thread.id), words if words.strip() else UNTITLED, thread, when=when, busy=busy)


def _walk(above: _Wanted) -> Iterator[_Wanted]:
    """Go through all rows below one, from top to bottom."""
    for row in above.children:
        yield row
        yield from _walk(row)


def _homes(above: _Wanted) -> Iterator[_Wanted]:
    """Go through the rows that can have others below them, the uppermost first."""
    yield above
    for row in above.children:
        if row.key[0] != "thread":
            yield from _homes(row)


def _rows(above: Row) -> Iterator[Row]:
    for row in above.children:
        yield row
        yield from _rows(row)


def _spoken(row: Row) -> str:
    if row.thread is not None:
        shape = format_of(row.thread)
        state = "an answer is being written" if row.busy else row.when
        return ", ".join(part for part in (row.words, shape.words if shape else "", state) if part)
    if row.folder is not None:
        count = len(row.children)
        return f"{row.words}, folder, {count} thread{'s' if count != 1 else ''}"
    return row.words
