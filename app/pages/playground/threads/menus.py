"""The menus of the threads panel. Titles and names are shown as they are, whatever is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.session import Folder, Library

NEW_FOLDER = "New folder"
_LONGEST_ITEM = 40


class ThreadMenu(QMenu):
    """What can be done with one or several threads."""

    open_asked = Signal(int)
    rename_asked = Signal(int)
    duplicate_asked = Signal(int)
    export_asked = Signal(list)
    folder_asked = Signal(list)
    delete_asked = Signal(list)

    def __init__(self, parent: QWidget, library: Library, threads: Sequence[int]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        ids = list(threads)
        rows = [row for row in map(library.thread_of, ids) if row is not None]
        pinned = all(row.pinned for row in rows)
        if len(ids) == 1:
            self._add("Open", lambda: self.open_asked.emit(ids[0]), "Enter")
            self._add("Rename", lambda: self.rename_asked.emit(ids[0]), "F2")
        self._add("Unpin" if pinned else "Pin", lambda: library.pin(ids, pinned=not pinned))
        if len(ids) == 1:
            self._add("Duplicate", lambda: self.duplicate_asked.emit(ids[0]))
        self._add_folders(library, ids, {row.folder for row in rows})
        self.addSeparator()
        self._add("Export…", lambda: self.export_asked.emit(ids))
        self.addSeparator()
        self._add("Delete", lambda: self.delete_asked.emit(ids), "Del")

    def _add_folders(self, library: Library, ids: list[int], held: set[int | None]) -> None:
        menu = self.addMenu("Move to folder")
        if held != {None}:
            menu.addAction("No folder", lambda: library.move(ids, None))
            menu.addSeparator()
        for folder in library.folders:
            self._add_folder(menu, library, ids, folder, here=held == {folder.id})
        if library.folders:
            menu.addSeparator()
        menu.addAction("New folder…", lambda: self.folder_asked.emit(ids))

    @staticmethod
    def _add_folder(menu: QMenu, library: Library, ids: list[int], folder: Folder, *, here: bool) -> None:
        action = menu.addAction(plain_item(folder.name), lambda: library.move(ids, folder.id))
        action.setEnabled(not here)

    def _add(self, words: str, do: Callable[[], object], keys: str = "") -> None:
        self.addAction(f"{words}\t{keys}" if keys else words, do)


class FolderMenu(QMenu):
    """What can be done with a folder."""

    rename_asked = Signal(int)

    def __init__(self, parent: QWidget, library: Library, folder: int) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.addAction("Rename\tF2", lambda: self.rename_asked.emit(folder))
        self.addAction("Remove\tDel", lambda: library.remove_folder(folder))


def plain_item(text: str) -> str:
    """Return what makes a menu show `text` as it is: an & would otherwise be taken for a key."""
    return one_line(text, _LONGEST_ITEM).replace("&", "&&")
