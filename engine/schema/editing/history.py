"""What was done to a text, to be undone and done again; typing comes in bursts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.schema.editing.edits import Step

_BURST_S = 1.0
"""A pause in the typing that begins a new entry."""


@dataclass(frozen=True)
class Entry:
    """Steps made one after the other, and the steps back, in the order in which they are taken."""

    label: str
    steps: tuple[Step, ...]
    back: tuple[Step, ...]
    typed_at: float | None = None
    """When it was typed, in seconds; None for what was not typed."""


class History:
    """Two stacks of entries: what can be undone, and what can be done again."""

    def __init__(self) -> None:
        self._done: list[Entry] = []
        self._undone: list[Entry] = []

    @property
    def undo_label(self) -> str | None:
        """What would be undone; None where nothing is left."""
        return self._done[-1].label if self._done else None

    @property
    def redo_label(self) -> str | None:
        """What would be done again."""
        return self._undone[-1].label if self._undone else None

    def add(self, entry: Entry, *, joins: bool = False) -> None:
        """Take in what was done; a letter typed behind the last one, or taken before it, joins its burst.

        What `joins` becomes one with the last entry, if that has the same label and nothing was undone since.
        """
        same = joins and not self._undone and bool(self._done) and self._done[-1].label == entry.label
        self._undone.clear()
        if same or (self._done and _goes_on(self._done[-1], entry)):
            last = self._done.pop()
            entry = Entry(entry.label, last.steps + entry.steps, entry.back + last.back, entry.typed_at)
        self._done.append(entry)

    def undo(self) -> Entry | None:
        """Move the last entry to the other stack and return it."""
        return self._shift(self._done, self._undone)

    def redo(self) -> Entry | None:
        """Move the last undone entry back and return it."""
        return self._shift(self._undone, self._done)

    def end_burst(self) -> None:
        """Let what is typed next be undone by itself."""
        if self._done and self._done[-1].typed_at is not None:
            last = self._done[-1]
            self._done[-1] = Entry(last.label, last.steps, last.back)

    @staticmethod
    def _shift(source: list[Entry], target: list[Entry]) -> Entry | None:
        if not source:
            return None
        target.append(source.pop())
        return target[-1]


def _goes_on(last: Entry, entry: Entry) -> bool:
    if last.typed_at is None or entry.typed_at is None or entry.typed_at - last.typed_at > _BURST_S:
        return False
    before, now = last.steps[-1], entry.steps[0]
    if len(before) != 1 or len(now) != 1 or "\n" in before[0].text:
        return False
    inserts = before[0].start == before[0].end
    if now[0].start == now[0].end:  # more is written, right behind; the first letter may have taken a selection away
        return bool(before[0].text) and now[0].start == before[0].start + len(before[0].text)
    # More is taken, right before or right behind.
    return not inserts and not now[0].text and not before[0].text and before[0].start in {now[0].start, now[0].end}
