"""Watching JSON text grow: each value is reported, with its JSON Pointer and place, as soon as it is closed."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any

from engine.errors import ConstraintUnsupported
from engine.schema.pointer import to_pointer


@dataclass(frozen=True, slots=True)
class ClosedValue:
    """A complete value: `text[start:end]`, in characters from the beginning of the answer.

    `before` are the items before it, where it is an item of an array; `path` the keys and indices to it.
    """

    pointer: str
    value: Any
    start: int
    end: int
    before: tuple[Any, ...] | None = None
    path: tuple[str | int, ...] = ()

    @property
    def settled(self) -> int:
        """How much of the text has to stand for the value to: a number is closed by the character behind it."""
        return settled(self.value, self.end)


def settled(value: Any, end: int) -> int:
    """Return how many characters have to stand for a value that ends at `end` to stay what it is."""
    return end if isinstance(value, str | list | dict) else end + 1


@dataclass(frozen=True, slots=True)
class ClosedKey:
    """A complete key of the object at `pointer` and `path`; `again` tells whether the object has it already."""

    pointer: str
    key: str
    start: int
    end: int
    again: bool
    path: tuple[str | int, ...] = ()

    @property
    def settled(self) -> int:
        """How much of the text has to stand for the key to."""
        return self.end


Closed = ClosedValue | ClosedKey

DEEPEST = 128
"""Objects and arrays within one another, up to which an answer is read: whoever hears of it has limits too."""
_MOST_DIGITS = 4_000


@dataclass(slots=True)
class _Container:
    path: tuple[str | int, ...]
    start: int
    value: dict[str, Any] | list[Any]
    key: str = ""

    def child_path(self) -> tuple[str | int, ...]:
        return (*self.path, self.key if isinstance(self.value, dict) else len(self.value))

    def add(self, value: Any) -> None:
        if isinstance(self.value, dict):
            self.value[self.key] = value
        else:
            self.value.append(value)


@dataclass(slots=True)
class ValueWatcher:
    """An incremental reader of one JSON text (RFC 8259) that is known to be a prefix of valid JSON.

    `feed` takes the text as it comes, in pieces of any size, and returns the keys and values closed by it, innermost
    first. A number at the root is closed by `finish`. Each character is looked at once.
    """

    _text: str = ""
    _position: int = 0
    _open: list[_Container] = field(default_factory=list)
    _key_next: bool = False
    _scalar: int = -1
    _escaped: bool = False

    @property
    def open_value(self) -> tuple[str, int]:
        """The pointer of the value that is being written or follows, and where it begins."""
        path = self._open[-1].child_path() if self._open else ()
        return to_pointer(path), self._scalar if self._scalar >= 0 else self._position

    def feed(self, piece: str) -> list[Closed]:
        """Read the next characters and return what they closed."""
        self._text += piece
        closed: list[Closed] = []
        while self._position < len(self._text):
            character = self._text[self._position]
            if self._scalar >= 0 and self._text[self._scalar] == '"':
                self._step_string(character, closed)
                self._position += 1
            elif self._scalar >= 0 and character not in ",]} \t\n\r":
                self._position += 1
            elif self._scalar >= 0:
                self._close_scalar(self._position, closed)
            else:
                self._step_structure(character, closed)
                self._position += 1
        return closed

    def finish(self) -> list[Closed]:
        """Close what only the end of the text closes."""
        closed: list[Closed] = []
        if self._scalar >= 0 and self._text[self._scalar] != '"':
            self._close_scalar(self._position, closed)
        return closed

    def _step_string(self, character: str, closed: list[Closed]) -> None:
        if self._escaped:
            self._escaped = False
        elif character == "\\":
            self._escaped = True
        elif character == '"' and self._position > self._scalar:
            self._close_scalar(self._position + 1, closed)

    def _step_structure(self, character: str, closed: list[Closed]) -> None:
        if character in " \t\n\r":
            return
        if character in "{[":
            path = self._open[-1].child_path() if self._open else ()
            if len(self._open) >= DEEPEST:
                raise ConstraintUnsupported(
                    f"The answer is nested more than {DEEPEST} levels deep.",
                    where=to_pointer(path),
                    advice="Bound in the schema how deep a value may be nested, or allow fewer tokens.",
                )
            self._open.append(_Container(path, self._position, {} if character == "{" else []))
            self._key_next = character == "{"
        elif character in "}]":
            container = self._open.pop()
            self._report(container.path, container.value, container.start, self._position + 1, closed)
        elif character == ",":
            self._key_next = isinstance(self._open[-1].value, dict)
        elif character != ":":
            self._scalar = self._position

    def _close_scalar(self, end: int, closed: list[Closed]) -> None:
        start, self._scalar = self._scalar, -1
        value = json.loads(self._text[start:end], parse_int=_whole)
        if self._key_next:
            container = self._open[-1]
            assert isinstance(container.value, dict)
            path = container.path
            closed.append(ClosedKey(to_pointer(path), value, start, end, value in container.value, path))
            container.key = value
            self._key_next = False
            return
        self._report(self._open[-1].child_path() if self._open else (), value, start, end, closed)

    def _report(self, path: tuple[str | int, ...], value: Any, start: int, end: int, closed: list[Closed]) -> None:
        before = None
        if self._open:
            container = self._open[-1]
            before = tuple(container.value) if isinstance(container.value, list) else None
            container.add(value)
        closed.append(ClosedValue(to_pointer(path), value, start, end, before, path))


def _whole(digits: str) -> float:
    """Return an integer; infinity for one of more digits than anybody reads."""
    return int(digits) if len(digits) <= _MOST_DIGITS else math.inf
