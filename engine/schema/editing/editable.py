"""The schema that is being edited: its text, its tree, and one history for whoever edits either."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import EditRefused
from engine.schema.editing.edits import Edit, Step, inverse
from engine.schema.editing.history import Entry, History
from engine.schema.editing.syntax import Syntax

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.schema.editing.operations import Operation


@dataclass(frozen=True)
class Change:
    """What became of the text: steps made one after the other, from what it was to what it is.

    `source` is whoever made it, as told; a view that has made it itself knows it by that.
    """

    before: Syntax
    after: Syntax
    steps: tuple[Step, ...]
    label: str
    source: object = None


class EditableSchema:
    """A schema's text that is edited as text or by operations, each change told to `watch`ers and undoable.

    `syntax` is the tree of the text as it is, `good` that of the last text that was sound; while the two differ the
    tree is stale, and operations are refused. `revision` counts the changes.
    """

    def __init__(self, text: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.syntax = Syntax(text)
        self.good = self.syntax if self.syntax.sound else Syntax("{}")
        self.revision = 0
        self._clock = clock
        self._history = History()
        self._watchers: list[Callable[[Change], None]] = []

    @property
    def text(self) -> str:
        """The text as it is."""
        return self.syntax.text

    @property
    def stale(self) -> bool:
        """Whether the text is broken, so that the tree is that of an earlier one."""
        return self.good is not self.syntax

    @property
    def undo_label(self) -> str | None:
        """What `undo` would undo; None where it could do nothing."""
        return self._history.undo_label

    @property
    def redo_label(self) -> str | None:
        """What `redo` would do again; None where it could do nothing."""
        return self._history.redo_label

    def watch(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Tell of every change from now on; returns what ends it."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def type(self, start: int, end: int, text: str, source: object = None) -> None:
        """Replace a span of the text, as typing does; letters typed in a burst are undone together."""
        step = (Edit(start, end, text),)
        if self.text[start:end] != text:
            self._make([(step, self.syntax.edited(step))], "Typing", source, typed=True)

    def replace(self, step: Step, label: str, source: object = None) -> bool:
        """Make several edits of the text at once, undone together; tells whether anything changed.

        Unlike operations they may break the text, and mend it.
        """
        step = tuple(edit for edit in step if self.text[edit.start : edit.end] != edit.text)
        if step:
            self._make([(step, self.syntax.edited(step))], label, source)
        return bool(step)

    def apply(self, *operations: Operation, label: str, source: object = None, joins: bool = False) -> bool:
        """Do operations one after the other, undone together; tells whether anything changed.

        What `joins` is undone together with what was done last, if that has the same label.

        Raises EditRefused, after which nothing has changed: while the text is broken, and where one cannot be done.
        """
        if self.stale:
            line, column = self.syntax.line_column(next(self.syntax.broken(), (0, 0))[0])
            raise EditRefused(
                "The text is not JSON at the moment, so the tree cannot be edited.",
                where=f"line {line}, column {column}",
                advice="Mend the text first, or undo.",
            )
        made: list[tuple[Step, Syntax]] = []
        syntax = self.syntax
        for operation in operations:
            step = operation.step(syntax)
            if step:
                syntax = syntax.edited(step)
                made.append((step, syntax))
        if not syntax.sound:
            raise EditRefused("This would leave a text that is not JSON.", advice="Check what you put in.")
        if syntax.text == self.text:
            return False
        self._make(made, label, source, joins=joins)
        return True

    def undo(self, source: object = None) -> bool:
        """Take back what was done last; tells whether there was something."""
        entry = self._history.undo()
        if entry is not None:
            self._take(entry.back, f"Undo {entry.label}", source)
        return entry is not None

    def redo(self, source: object = None) -> bool:
        """Do again what was undone last; tells whether there was something."""
        entry = self._history.redo()
        if entry is not None:
            self._take(entry.steps, f"Redo {entry.label}", source)
        return entry is not None

    def end_burst(self) -> None:
        """Let what is typed next be undone by itself."""
        self._history.end_burst()

    def _make(
        self, made: list[tuple[Step, Syntax]], label: str, source: object, *, typed: bool = False, joins: bool = False
    ) -> None:
        before = [self.syntax, *(syntax for _, syntax in made[:-1])]
        steps = tuple(step for step, _ in made)
        back = tuple(inverse(syntax.text, step) for syntax, step in zip(before, steps, strict=True))[::-1]
        self._history.add(Entry(label, steps, back, self._clock() if typed else None), joins=joins)
        self._become(made[-1][1], steps, label, source)

    def _take(self, steps: tuple[Step, ...], label: str, source: object) -> None:
        syntax = self.syntax
        for step in steps:
            syntax = syntax.edited(step)
        self._become(syntax, steps, label, source)

    def _become(self, syntax: Syntax, steps: tuple[Step, ...], label: str, source: object) -> None:
        change = Change(self.syntax, syntax, steps, label, source)
        self.syntax = syntax
        if syntax.sound:
            self.good = syntax
        self.revision += 1
        for watcher in tuple(self._watchers):
            watcher(change)
