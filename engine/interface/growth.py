"""A tree of components that grows: text in pieces in, events out."""

from __future__ import annotations

from engine.interface.nodes import (
    Event,
    Node,
    NodeClosed,
    NodeDropped,
    NodeOpened,
    NodeReopened,
    PropClosed,
    PropDropped,
    PropGrown,
    difference,
)
from engine.interface.prefix import DEEPEST, PrefixReader

__all__ = [
    "DEEPEST",
    "Event",
    "GrowingTree",
    "Node",
    "NodeClosed",
    "NodeDropped",
    "NodeOpened",
    "NodeReopened",
    "PropClosed",
    "PropDropped",
    "PropGrown",
]


class GrowingTree:
    """Reads one tree as its text grows, so that every prefix is a tree. `at` is the path of its root."""

    def __init__(self, at: str = "") -> None:
        self.at = at
        self._pieces: list[str] = []
        self._reader = PrefixReader(at)

    @property
    def text(self) -> str:
        """All that was fed or shown."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def root(self) -> Node | None:
        """The tree so far; None before the type of its root is known."""
        return self._reader.root

    @property
    def complete(self) -> bool:
        """Whether the root has ended."""
        return self.root is not None and self.root.closed

    @property
    def broken(self) -> str | None:
        """What is wrong at which character (counted from 1), where the text is no JSON.

        What was read before stays, and nothing is read after it.
        """
        return self._reader.broken

    def feed(self, piece: str) -> list[Event]:
        """Read on, and return what that tells. Takes time in proportion to the piece and the prop it adds to."""
        self._pieces.append(piece)
        return self._reader.read(piece)

    def show(self, text: str) -> list[Event]:
        """Become the tree of another text, and return what that tells.

        An extension is fed. Otherwise nodes of the same path and type stay, what differs in their props is told, and
        the rest is dropped.
        """
        present = self.text
        if text.startswith(present):
            return self.feed(text[len(present) :])
        before = self.root
        self._pieces = [text]
        self._reader = PrefixReader(self.at)
        self._reader.read(text)
        return difference(before, self.root)
