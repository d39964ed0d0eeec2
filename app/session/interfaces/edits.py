"""The tree as it stands, and what was done to it, so that it can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_MOST = 200


@dataclass(frozen=True)
class _Step:
    """A change of the tree, and the tree before and after it; both share what did not change."""

    label: str
    before: Any
    after: Any


class Edits:
    """One tree with its history: every change can be taken back and made again."""

    def __init__(self, tree: Any = None) -> None:
        self.tree = tree
        self._done: list[_Step] = []
        self._undone: list[_Step] = []

    @property
    def undo_label(self) -> str:
        """What the last change was; empty where there is none."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What the change was that was taken back last; empty where there is none."""
        return self._undone[-1].label if self._undone else ""

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return bool(self._undone)

    def put(self, tree: Any, label: str) -> None:
        """Change the tree. What had been taken back can no longer be made again."""
        self._done = [*self._done[1 - _MOST :], _Step(label, self.tree, tree)]
        self._undone.clear()
        self.tree = tree

    def undo(self) -> None:
        """Take back the last change."""
        step = self._done.pop()
        self._undone.append(step)
        self.tree = step.before

    def redo(self) -> None:
        """Make again what was taken back last."""
        step = self._undone.pop()
        self._done.append(step)
        self.tree = step.after
