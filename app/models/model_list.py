"""Models as the page lists them: in groups, each with what it takes and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt

from app.models.keyed_list import KeyedList
from app.style.plain_text import one_line

if TYPE_CHECKING:
    from collections.abc import Hashable

    from app.models.model_words import Verdict
    from app.style.drawing import MarkShape

Index = QModelIndex | QPersistentModelIndex

Deed = Literal[
    "load",
    "download",
    "pause",
    "resume",
    "retry",
    "show_file",
    "look_up",
    "close",
    "add_endpoint",
    "check",
    "empty_bin",
]
"""What the button of a row does."""

ICONS: dict[Deed, str] = {"pause": "pause-fill"}
"""Buttons that have an icon before their word."""


@dataclass(frozen=True)
class Need:
    """What a model takes of the memory: its share of it (0..1, more where it is too big), and what that means."""

    share: float
    verdict: Verdict


@dataclass(frozen=True)
class Said:
    """A sentence that stands where the figures of a row would: what is wrong, or what goes on."""

    words: str
    shape: MarkShape | None = None
    ink: str = "text2"
    mark: str = "text3"


@dataclass(frozen=True)
class ModelLine:
    """A row. A `head` names its group; a `note` stands in a group that has no rows yet."""

    key: str
    kind: Literal["head", "note", "row"]
    name: str
    aside: str = ""
    context: str = ""
    size: str = ""
    licence: str = ""
    need: Need | None = None
    said: Said | None = None
    deed: Deed | None = None
    button: str = ""
    able: bool = True
    """Whether the button can be pressed now."""
    beside: str = ""
    """Words in the place of a button."""
    chip: str = ""
    """A state in a word, in the place of a button, on green."""
    done: float | None = None
    """How much of it is downloaded, 0..1."""
    running: bool = False
    """Whether it is being downloaded just now."""
    tip: str = ""

    @property
    def choosable(self) -> bool:
        """Whether the keyboard stops at it."""
        return self.kind == "row" or self.deed is not None

    @property
    def spoken(self) -> str:
        """What is read out."""
        parts = [self.name, self.aside, self.chip, self.size, self.context and f"{self.context} tokens", self.licence]
        if self.need is not None:
            parts.append(self.need.verdict)
        if self.done is not None:
            parts.append(f"{self.done:.0%} downloaded")
        parts += [self.said.words if self.said is not None else "", self.beside]
        if self.deed is not None:
            parts.append(f"Enter: {self.button}")
        return ", ".join(one_line(part) for part in parts if part)


class ModelList(KeyedList[ModelLine]):
    """Groups one below the other."""

    def key_of(self, row: ModelLine) -> Hashable:
        """Return what names the row for as long as the program runs."""
        return row.key

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let heads and notes be walked past, unless they have a button."""
        row = self.row_of(index)
        if row is None or not row.choosable:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name, what is read out, or the tooltip's plain text."""
        row = self.row_of(index)
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(row.name)
            case Qt.ItemDataRole.AccessibleTextRole:
                return row.spoken
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return row.tip
        return None
