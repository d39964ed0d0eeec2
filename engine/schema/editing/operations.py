"""What can be done to a schema: small, typed operations, each the step that makes it so in the text.

They work on JSON, whatever it says; `engine.schema.refactoring` knows what schemas mean. Pointers are those before the
operation. All raise EditRefused where they cannot be done, and nothing is changed then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from engine.errors import EditRefused
from engine.schema.editing.edits import Edit
from engine.schema.editing.entries import Entries, carried
from engine.schema.editing.layout import Style, scalar, write
from engine.schema.editing.reach import reach
from engine.schema.editing.syntax import Kind, Member
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from engine.schema.editing.edits import Step
    from engine.schema.editing.syntax import Node, Syntax


class Operation(Protocol):
    """Something that can be done to a text that is sound."""

    def step(self, syntax: Syntax) -> Step:
        """Return the edits that do it; none where it is so already."""


@dataclass(frozen=True)
class Raw:
    """A value as it is to be written, instead of in the text's own style."""

    text: str


@dataclass(frozen=True)
class Set:
    """Make the value at a pointer another; a key that its object does not have is put at the end.

    Only what differs is written anew.
    """

    pointer: str
    value: Any

    def step(self, syntax: Syntax) -> Step:
        """Return the edits."""
        node = syntax.find(self.pointer)
        if node is not None:
            if isinstance(self.value, Raw):
                return (Edit(node.start, node.end, self.value.text),)
            return reach(syntax, node, self.value)
        parent, _, token = self.pointer.rpartition("/")
        return Insert(parent, None, self.value, unescape(token)).step(syntax)


@dataclass(frozen=True)
class Insert:
    """Put a value into the object (under `key`) or array at `parent`, before the entry at `index`, or at the end."""

    parent: str
    index: int | None
    value: Any
    key: str | None = None

    def step(self, syntax: Syntax) -> Step:
        """Return the edits."""
        entries = _entries(syntax, self.parent)
        style = Style.of(syntax.text)
        margin = entries.margin(style) or ""
        head = _head(entries, self.key, self.parent, style)
        text = self.value.text if isinstance(self.value, Raw) else None
        written = head + (write(self.value, style, margin, len(margin) + len(head)) if text is None else text)
        return (entries.put(_place(entries, self.index), [written], style),)


@dataclass(frozen=True)
class Remove:
    """Take out a member or an item. Of a key that stands several times, the last, or the one told (from 0)."""

    pointer: str
    occurrence: int | None = None

    def step(self, syntax: Syntax) -> Step:
        """Return the edits."""
        entries, index = _entry(syntax, self.pointer, self.occurrence)
        return (entries.take(index, index),)


@dataclass(frozen=True)
class Rename:
    """Give a member another key, in its place."""

    pointer: str
    key: str

    def step(self, syntax: Syntax) -> Step:
        """Return the edits."""
        entries, index = _entry(syntax, self.pointer)
        member = entries.entries[index]
        if not isinstance(member, Member):
            raise EditRefused("An item of an array has no name.", where=self.pointer)
        if member.key == self.key:
            return ()
        _refuse_taken(entries, self.key, self.pointer.rpartition("/")[0])
        return (Edit(member.start, member.key_end, scalar(self.key)),)


@dataclass(frozen=True)
class Copy:
    """Put what stands at a pointer into an object or array once more, as it is written.

    `key` is the new one; without it, that of the member.
    """

    pointer: str
    parent: str
    index: int | None = None
    key: str | None = None

    def step(self, syntax: Syntax) -> Step:
        """Return the edits."""
        entries, index = _entry(syntax, self.pointer)
        into = _entries(syntax, self.parent)
        key = self.key if self.key is not None else _key(entries, index)
        return (_put_carried(syntax, entries, index, into, _place(into, self.index), key, self.parent),)


@dataclass(frozen=True)
class Move:
    """Put an entry elsewhere, as it is written: within its holder, or into another one.

    `index` is where it will stand; at the end without it. `key` is the new one; without it, that of the member.
    """

    pointer: str
    parent: str
    index: int | None = None
    key: str | None = None

    def step(self, syntax: Syntax) -> Step:
        """Return the edits."""
        if self.parent == self.pointer or self.parent.startswith(self.pointer + "/"):
            raise EditRefused("Nothing can be moved into itself.", where=self.pointer)
        entries, index = _entry(syntax, self.pointer)
        if self.parent == self.pointer.rpartition("/")[0]:
            return self._within(entries, index)
        into = _entries(syntax, self.parent)
        key = self.key if self.key is not None else _key(entries, index)
        put = _put_carried(syntax, entries, index, into, _place(into, self.index), key, self.parent)
        return tuple(sorted((entries.take(index, index), put), key=lambda edit: edit.start))

    def _within(self, entries: Entries, index: int) -> Step:
        last = len(entries.entries) - 1
        to = last if self.index is None else min(max(self.index, 0), last)
        if to == index:
            return ()
        entry = entries.entries[index]
        text = entries.text[entry.start : entry.end]
        put = entries.put(to if to < index else to + 1, [text], Style.of(entries.text))
        return tuple(sorted((entries.take(index, index), put), key=lambda edit: edit.start))


def _entries(syntax: Syntax, pointer: str) -> Entries:
    return Entries.of(syntax.text, _holder(syntax, pointer))


def _holder(syntax: Syntax, pointer: str) -> Node:
    node = syntax.find(pointer)
    if node is None:
        raise EditRefused("There is nothing in the schema at this place.", where=pointer or "the root")
    if node.kind not in {Kind.OBJECT, Kind.ARRAY}:
        raise EditRefused(
            f"Only an object or an array can hold something; this is a {node.kind}.", where=pointer or "the root"
        )
    return node


def _entry(syntax: Syntax, pointer: str, occurrence: int | None = None) -> tuple[Entries, int]:
    parent, slash, token = pointer.rpartition("/")
    if not slash:
        raise EditRefused("The root of a schema stays where it is.", where="the root")
    entries = _entries(syntax, parent)
    if entries.holder.kind is Kind.OBJECT:
        found = [index for index in range(len(entries.entries)) if _key(entries, index) == unescape(token)]
    else:
        found = [int(token)] if token.isascii() and token.isdecimal() and int(token) < len(entries.entries) else []
    if not found or (occurrence is not None and occurrence >= len(found)):
        raise EditRefused("There is nothing in the schema at this place.", where=pointer)
    return entries, found[-1 if occurrence is None else occurrence]


def _key(entries: Entries, index: int) -> str | None:
    entry = entries.entries[index]
    return entry.key if isinstance(entry, Member) else None


def _place(entries: Entries, index: int | None) -> int:
    return len(entries.entries) if index is None else min(max(index, 0), len(entries.entries))


def _head(entries: Entries, key: str | None, parent: str, style: Style) -> str:
    """Return what a new entry begins with: its key, in an object."""
    if entries.holder.kind is Kind.ARRAY:
        return ""
    if key is None:
        raise EditRefused("What goes into an object needs a name.", where=parent or "the root")
    _refuse_taken(entries, key, parent)
    return scalar(key) + style.colon


def _refuse_taken(entries: Entries, key: str, parent: str) -> None:
    if any(_key(entries, index) == key for index in range(len(entries.entries))):
        raise EditRefused(
            f"The name {scalar(key)} stands there already.", where=parent or "the root", advice="Choose another."
        )


def _put_carried(
    syntax: Syntax, entries: Entries, index: int, into: Entries, place: int, key: str | None, parent: str
) -> Edit:
    style = Style.of(syntax.text)
    text = carried(entries, index, into.margin(style) or "")
    entry = entries.entries[index]
    value = text[entry.value.start - entry.start :] if isinstance(entry, Member) else text
    return into.put(place, [_head(into, key, parent, style) + value], style)
