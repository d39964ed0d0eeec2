"""Rows in a tree that are brought in step with how they should be, as few at a time as show it.

What changes moves, adds or takes away the rows that it concerns and no others, so that a view keeps its place, its
selection and an open editor. Rows are told apart by their keys.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from app.session import Folder, Thread

Index = QModelIndex | QPersistentModelIndex
Kind = Literal["section", "folder", "thread"]
Key = tuple[Kind, str | int]
_FEW = 24
"""Up to how many rows move one by one; each move costs a view with many chosen rows some milliseconds."""
_idents = itertools.count(1)


@dataclass(frozen=True)
class Wanted:
    """A row as it should be."""

    key: Key
    words: str
    thread: Thread | None = None
    folder: Folder | None = None
    when: str = ""
    busy: bool = False
    children: tuple[Wanted, ...] = ()

    @property
    def shown(self) -> tuple[object, ...]:
        """What of it can be seen; what is below it is counted only."""
        return (self.words, self.thread, self.folder, self.when, self.busy, len(self.children))


@dataclass(eq=False)
class Row:
    """A section, a folder or a thread. Only the model changes it."""

    wanted: Wanted
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


class RowTree(QAbstractItemModel):
    """Sections, folders and threads, one below the other, in one column. What they say is for a subclass to tell."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = Row(Wanted(("section", ""), ""), None)
        self._by_ident: dict[int, Row] = {}
        self._by_key: dict[Key, Row] = {}

    # Keeping in step

    def match_rows(self, wanted: tuple[Wanted, ...]) -> None:
        """Make the rows those that are wanted, with as few changes as show it."""
        whole = Wanted(self._root.key, "", children=wanted)
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

    def _build(self, whole: Wanted) -> None:
        """Make the sections and folders that are missing, still empty."""
        for above in _homes(whole):
            home = self._row(above.key)
            for number, row in enumerate(above.children):
                if row.key[0] != "thread" and row.key not in self._by_key:
                    before = [self._by_key[other.key] for other in above.children[:number]]
                    self._add(home, self._behind(home, before), [row])

    def _astray(self, whole: Wanted) -> int:
        """Return about how many rows stand under another row than they should, or after one that they precede."""
        astray = 0
        for above in _homes(whole):
            home = self._row(above.key)
            place = {row.key: number for number, row in enumerate(above.children)}
            here = [place[row.key] for row in home.children if row.key in place]
            there = sum(row.key in self._by_key for row in above.children) - len(here)
            astray += there + sum(one > other for one, other in itertools.pairwise(here))
        return astray

    def _rearrange(self, whole: Wanted) -> None:
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

    def _gather(self, whole: Wanted) -> None:
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

    def _sort(self, whole: Wanted) -> None:
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

    def _fill(self, whole: Wanted) -> None:
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

    def _add(self, home: Row, at: int, wanted: Iterable[Wanted]) -> None:
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

    def row_of(self, key: Key) -> Row | None:
        """Return the row of a key; None where there is none."""
        return self._by_key.get(key)

    def rows(self) -> Iterator[Row]:
        """Go through all rows, from top to bottom."""
        yield from _rows(self._root)

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


def _walk(above: Wanted) -> Iterator[Wanted]:
    """Go through all rows below one, from top to bottom."""
    for row in above.children:
        yield row
        yield from _walk(row)


def _homes(above: Wanted) -> Iterator[Wanted]:
    """Go through the rows that can have others below them, the uppermost first."""
    yield above
    for row in above.children:
        if row.key[0] != "thread":
            yield from _homes(row)


def _rows(above: Row) -> Iterator[Row]:
    for row in above.children:
        yield row
        yield from _rows(row)
