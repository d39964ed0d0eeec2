"""The list of threads as pages know it: changed at once, written behind the window in the same order."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.session.mirror import Mirror
from app.session.searching import Searching
from app.session.undo import Undos
from engine.store import INTERFACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.bridge import Bridge
    from engine.store import Folder, Hit, Store, Thread

    Lists = tuple[list[Thread], list[Folder], list[Thread]]


class Library(QObject):
    """Every thread, folder and thread in the bin, in memory and in the store.

    `known` is False until the lists have been read once. An intent changes them at once and tells the store
    in order. Where the store fails, the bridge says so and the lists are read anew.
    """

    listed = Signal()
    found = Signal(object)
    undoable = Signal(object)
    removed = Signal(list)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Thread] = []
        self.folders: list[Folder] = []
        self.binned: list[Thread] = []
        self.busy: frozenset[int] = frozenset()
        self._made_again: dict[int, int] = {}
        self._mirror = Mirror(bridge, _read, self._take)
        self._searching = Searching(bridge, _find, self.found.emit)
        self._undos = Undos(self.undoable.emit)

    # The list

    @property
    def threads(self) -> list[Thread]:
        """The conversations that are not in the bin; the one that was written to last comes first."""
        return [row for row in self._rows if row.kind != INTERFACE]

    @property
    def interfaces(self) -> list[Thread]:
        """The generated interfaces that are not in the bin: a gallery lists them, the bin is the same."""
        return [row for row in self._rows if row.kind == INTERFACE]

    @property
    def known(self) -> bool:
        """Whether the lists have been read."""
        return self._mirror.known

    def thread_of(self, thread: int) -> Thread | None:
        """Return a thread or an interface by its id; None where there is none, or it is in the bin."""
        return next((known for known in self._rows if known.id == thread), None)

    def folder_of(self, folder: int | None) -> Folder | None:
        """Return a folder by its id; None where there is none."""
        return next((known for known in self.folders if known.id == folder), None)

    def refresh(self, done: Callable[[], None] | None = None) -> None:
        """Read everything anew, then do `done`."""
        self._mirror.refresh(done)

    def _take(self, lists: Lists) -> None:
        threads, folders, binned = lists
        self._rows, self.folders, self.binned = _newest(threads), _by_name(folders), _latest_binned(binned)
        self.listed.emit()

    def put(self, thread: Thread) -> None:
        """Take a row as it was made or changed elsewhere."""
        self._mirror.changed()
        self._rows = [known for known in self._rows if known.id != thread.id]
        self.binned = [known for known in self.binned if known.id != thread.id]
        if thread.deleted is None:
            self._rows = _newest([thread, *self._rows])
        else:
            self.binned = _latest_binned([thread, *self.binned])
        self.listed.emit()
        if self._mirror.writing:
            self.refresh()  # the row may have been read before what is still being written

    def set_busy(self, thread: int, busy: bool) -> None:
        """Say whether an answer is being written in a thread."""
        now = self.busy | {thread} if busy else self.busy - {thread}
        if now != self.busy:
            self.busy = now
            self.listed.emit()

    # Threads

    def rename(self, thread: int, title: str) -> None:
        """Give a thread a title; an empty one lets the next question name it."""
        before = self.thread_of(thread)
        if before is None or before.title == title:
            return
        self._title(thread, title)
        self.remember("", partial(self._title, thread, before.title))

    def pin(self, threads: Iterable[int], *, pinned: bool) -> None:
        """Pin threads, or unpin them."""
        before = [row for row in self._known(threads) if row.pinned != pinned]
        if before:
            self._place([replace(row, pinned=pinned) for row in before])
            self.remember("", partial(self._place, before))

    def move(self, threads: Iterable[int], folder: int | None, *, unpin: bool = False) -> None:
        """Put threads into a folder, or into none; `unpin` takes them from among the pinned too."""
        known = self._known(threads)
        after = [replace(row, folder=folder, pinned=row.pinned and not unpin) for row in known]
        before = [row for row, then in zip(known, after, strict=True) if row != then]
        if before:
            self._place([then for row, then in zip(known, after, strict=True) if row != then])
            self.remember(_many(before, "moved"), partial(self._place, before))

    def duplicate(self, thread: int, done: Callable[[Thread], None]) -> None:
        """Copy a thread with all that is in it; `done` is given the copy."""

        def back(copy: Thread | None) -> None:
            if copy is not None:
                self.put(copy)
                self.remember_made("", [copy.id])
                done(copy)

        self._mirror.write(lambda store: store.threads.duplicate(thread), back)

    def delete(self, threads: Iterable[int]) -> None:
        """Put threads into the bin."""
        gone = self._known(threads)
        if gone:
            self._bin([row.id for row in gone])
            self.remember(_many(gone, "deleted"), partial(self._unbin, [row.id for row in gone]))

    def restore(self, threads: Iterable[int]) -> None:
        """Take threads out of the bin."""
        wanted = set(threads)
        back = [row for row in self.binned if row.id in wanted]
        if back:
            self._unbin([row.id for row in back])
            self.remember(_many(back, "restored"), partial(self._bin, [row.id for row in back]))

    def empty_bin(self) -> None:
        """Remove what is in the bin, for good. What was done before can no longer be taken back."""
        self.binned = []
        self._undos.forget()
        self._mirror.write(lambda store: store.threads.empty_bin())
        self.listed.emit()

    # Folders

    def make_folder(self, name: str, done: Callable[[Folder], None]) -> None:
        """Make a folder; `done` is given it."""

        def back(folder: Folder | None) -> None:
            if folder is not None:
                self._take_folder(folder)
                self.remember("", partial(self._drop_folder, folder.id))
                done(folder)

        self._mirror.write(lambda store: store.threads.make_folder(name), back)

    def rename_folder(self, folder: int, name: str) -> None:
        """Rename a folder."""
        before = self.folder_of(folder)
        if before is not None and before.name != name:
            self._name_folder(folder, name)
            self.remember("", partial(self._name_folder, folder, before.name))

    def remove_folder(self, folder: int) -> None:
        """Remove a folder; its threads stay, in none. Taken back, they are in it again."""
        before = self.folder_of(folder)
        if before is not None:
            held = [row.id for row in (*self._rows, *self.binned) if row.folder == folder]
            self._drop_folder(folder)
            self.remember("Folder removed", partial(self._make_again, before, held))

    # Search

    def search(self, text: str) -> None:
        """Search all conversations; `found` tells of the newest query only. A text of blanks ends the search."""
        self._searching.search(text)

    # Undo

    def undo(self) -> None:
        """Take back the last change that has not been taken back yet."""
        self._undos.undo()

    def remember(self, words: str, undo: Callable[[], None]) -> None:
        """Take note of a change that can be taken back, and what to say of it; empty words where it is plain to see."""
        self._undos.remember(words, undo)

    def remember_made(self, words: str, threads: Sequence[int]) -> None:
        """Take note of threads of the list that were made elsewhere: taking that back puts them into the bin."""
        self.remember(words, partial(self._bin, threads))

    # Steps: each changes the lists, tells the store, and says so

    def _title(self, thread: int, title: str) -> None:
        self._rows = [replace(row, title=title) if row.id == thread else row for row in self._rows]
        self._mirror.write(lambda store: store.threads.rename(thread, title))
        self.listed.emit()

    def _place(self, rows: Sequence[Thread]) -> None:
        """Put threads into the folders, and among the pinned, as these rows have it."""
        wanted = {row.id: replace(row, folder=self._living(row.folder)) for row in rows}

        def placed(row: Thread) -> Thread:
            then = wanted.get(row.id)
            return row if then is None else replace(row, folder=then.folder, pinned=then.pinned)

        by_folder: defaultdict[int | None, list[int]] = defaultdict(list)
        by_pin: defaultdict[bool, list[int]] = defaultdict(list)
        for row in wanted.values():
            by_folder[row.folder].append(row.id)
            by_pin[row.pinned].append(row.id)
        self._rows = [placed(row) for row in self._rows]
        self.binned = [placed(row) for row in self.binned]

        def write(store: Store) -> None:
            for folder, ids in by_folder.items():
                store.threads.move(ids, folder)
            for pinned, ids in by_pin.items():
                store.threads.pin(ids, pinned=pinned)

        self._mirror.write(write)
        self.listed.emit()

    def _bin(self, threads: Sequence[int]) -> None:
        gone = self._known(threads)
        ids = [row.id for row in gone]
        at = datetime.now(UTC).isoformat()
        self._rows = [row for row in self._rows if row.id not in set(ids)]
        self.binned = _latest_binned([*(replace(row, deleted=at) for row in gone), *self.binned])
        self._mirror.write(lambda store: store.threads.delete(ids))
        self.listed.emit()
        self.removed.emit(ids)

    def _unbin(self, threads: Sequence[int]) -> None:
        wanted = set(threads)
        back = [replace(row, deleted=None) for row in self.binned if row.id in wanted]
        self.binned = [row for row in self.binned if row.id not in wanted]
        self._rows = _newest([*back, *self._rows])
        self._mirror.write(lambda store: store.threads.restore([row.id for row in back]))
        self.listed.emit()

    def _take_folder(self, folder: Folder) -> None:
        self._mirror.changed()
        self.folders = _by_name([folder, *self.folders])
        self.listed.emit()

    def _name_folder(self, folder: int, name: str) -> None:
        identity = self._living(folder)
        if identity is None:
            return
        self.folders = _by_name(replace(row, name=name) if row.id == identity else row for row in self.folders)
        self._mirror.write(lambda store: store.threads.rename_folder(identity, name))
        self.listed.emit()

    def _drop_folder(self, folder: int) -> None:
        identity = self._living(folder)
        if identity is None:
            return
        self.folders = [row for row in self.folders if row.id != identity]
        self._rows = [replace(row, folder=None) if row.folder == identity else row for row in self._rows]
        self.binned = [replace(row, folder=None) if row.folder == identity else row for row in self.binned]
        self._mirror.write(lambda store: store.threads.remove_folder(identity))
        self.listed.emit()

    def _make_again(self, folder: Folder, held: Sequence[int]) -> None:
        """Make a removed folder anew, under another id, with the threads that it held."""

        def write(store: Store) -> Folder:
            made = store.threads.make_folder(folder.name)
            store.threads.move(held, made.id)
            return made

        def back(made: Folder | None) -> None:
            if made is None:
                return
            self._made_again[folder.id] = made.id
            inside = set(held)
            self._rows = [replace(row, folder=made.id) if row.id in inside else row for row in self._rows]
            self.binned = [replace(row, folder=made.id) if row.id in inside else row for row in self.binned]
            self._take_folder(made)

        self._mirror.write(write, back)

    def _living(self, folder: int | None) -> int | None:
        """Return the id that a folder has now, if there still is one."""
        while folder is not None and folder in self._made_again:
            folder = self._made_again[folder]
        return folder if self.folder_of(folder) is not None else None

    def _known(self, threads: Iterable[int]) -> list[Thread]:
        wanted = set(threads)
        return [row for row in self._rows if row.id in wanted]


def _read(store: Store) -> Lists:
    return store.threads.all(), store.threads.folders(), store.threads.all(deleted=True)


def _find(store: Store, query: str) -> list[Hit]:
    return store.search.find(query, without=INTERFACE)


def _newest(threads: Iterable[Thread]) -> list[Thread]:
    """Return threads as the list has them: the one that was written to last comes first."""
    return sorted(threads, key=lambda row: (row.updated, row.id), reverse=True)


def _latest_binned(threads: Iterable[Thread]) -> list[Thread]:
    return sorted(threads, key=lambda row: (row.deleted or "", row.updated, row.id), reverse=True)


def _by_name(folders: Iterable[Folder]) -> list[Folder]:
    return sorted(folders, key=lambda row: (row.name.casefold(), row.id))


def _many(threads: Sequence[Thread], done: str) -> str:
    return f"Thread {done}" if len(threads) == 1 else f"{len(threads)} threads {done}"
