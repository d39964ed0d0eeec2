"""Changes that can be taken back, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST = 100


@dataclass(frozen=True)
class Undo:
    """A change that can be taken back, and what to say of it; empty words where the change is plain to see."""

    words: str
    undo: Callable[[], None]


class Undos:
    """The changes of one list; `tell` is given each as it is made, and None once what was offered is gone."""

    def __init__(self, tell: Callable[[Undo | None], None]) -> None:
        self._tell = tell
        self._made: list[Undo] = []

    def remember(self, words: str, undo: Callable[[], None]) -> None:
        """Take note of a change, and what to say of it; empty words where it is plain to see."""
        self._made = [*self._made[-_MOST:], Undo(words, undo)]
        self._tell(self._made[-1])

    def undo(self) -> None:
        """Take back the last change that has not been taken back yet."""
        if self._made:
            last = self._made.pop()
            self._tell(None)
            last.undo()

    def forget(self) -> None:
        """Let nothing be taken back any more that was done before."""
        self._made.clear()
        self._tell(None)
