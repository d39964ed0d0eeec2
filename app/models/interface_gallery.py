"""The gallery as a list: interfaces with their pictures, one's own first, then the worked examples."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QObject, Qt

from app.models.dates import local, short
from app.models.keyed_list import KeyedList
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.models.keyed_list import Index

UNTITLED = "Untitled"
Key = int | str
"""An interface by its id, or a worked example by its key."""


@dataclass(frozen=True)
class Shown:
    """An interface in the gallery: `tree_text` is the JSON of its tree as it stands, empty where nothing came yet."""

    key: Key
    title: str
    tree_text: str
    updated: str = ""
    about: str = ""

    @property
    def is_example(self) -> bool:
        """Whether it is a worked example, which stays as it is."""
        return isinstance(self.key, str)


class Gallery(KeyedList[Shown]):
    """One row an interface."""

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        super().__init__(parent)
        self._clock = clock
        self._all: tuple[Shown, ...] = ()
        self._words = ""

    # What is shown

    def show_interfaces(self, examples: Sequence[Shown], own: Sequence[Shown]) -> None:
        """Show these: one's own, then the examples."""
        self._all = (*own, *examples)
        self._arrange()

    def search(self, words: str) -> None:
        """Show only what has all of these words in its title, or in what is said of it."""
        self._words = words
        self._arrange()

    def _arrange(self) -> None:
        words = self._words.casefold().split()
        rows = [each for each in self._all if all(word in f"{each.title} {each.about}".casefold() for word in words)]
        self.show_rows(rows)

    def key_of(self, row: Shown) -> Key:
        """Return the id, or the key of a worked example."""
        return row.key

    # What views ask

    def entry(self, index: Index) -> Shown | None:
        """Return the interface of an index; None for an invalid one."""
        return self.row_of(index)

    def index_of(self, key: Key) -> QModelIndex:
        """Return the index of an interface; an invalid one where it is not shown."""
        return self.index_of_key(key)

    def title(self, entry: Shown) -> str:
        """Return the title of an interface on one line."""
        return one_line(entry.title, 120) or UNTITLED

    def below(self, entry: Shown) -> str:
        """Return what stands under the title."""
        if entry.is_example:
            return "Worked example"
        return f"Changed {short(local(entry.updated), self._clock().date())}".strip()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the title, or what is read out."""
        entry = self.entry(index)
        if entry is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.title(entry)
            case Qt.ItemDataRole.AccessibleTextRole:
                return ", ".join(part for part in (self.title(entry), self.below(entry), one_line(entry.about)) if part)
        return None
