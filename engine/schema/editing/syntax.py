"""The tree of a JSON text, broken or not, with the place of every node in it.

The parser is tree-sitter's (https://tree-sitter.github.io), which goes on after a mistake and parses an edited text
anew only around the edit. It reads bytes; it is given one for each character, so that its places are ours: JSON's own
signs are ASCII, and what is not stands in strings, where any letter is as good as another.
"""

from __future__ import annotations

import bisect
import functools
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import tree_sitter_json
from tree_sitter import Language, Parser

from engine.errors import SchemaInvalid, SchemaSyntaxError
from engine.schema.editing.edits import Step, apply
from engine.schema.pointer import escape, unescape

if TYPE_CHECKING:
    from collections.abc import Iterator

    import tree_sitter

_LANGUAGE = Language(tree_sitter_json.language())
_SMALL = 100_000
"""Characters of a text that is parsed from the beginning while it is broken."""
_PARSED_AFRESH = 64
"""Edits of one step from which on the text is parsed from the beginning."""


class Kind(StrEnum):
    """What a node is; `broken` stands for what the parser could make nothing of."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    TRUE = "true"
    FALSE = "false"
    NULL = "null"
    BROKEN = "broken"


_KINDS = {kind.value: kind for kind in Kind}
_VALUES = frozenset(_KINDS) - {Kind.BROKEN.value}
_HOLDERS = frozenset({Kind.OBJECT.value, Kind.ARRAY.value})
_BRACKETS = frozenset("{}[]")


class Node:
    """A value in a text. Places count characters (code points) from 0; `end` is the one behind the last."""

    __slots__ = ("_syntax", "end", "inner", "kind", "start")

    def __init__(self, syntax: Syntax, inner: tree_sitter.Node) -> None:
        self._syntax = syntax
        self.inner = inner
        self.kind = _KINDS.get(inner.type, Kind.BROKEN)
        self.start = inner.start_byte
        self.end = inner.end_byte

    @property
    def text(self) -> str:
        """The node as it is written."""
        return self._syntax.text[self.start : self.end]

    @property
    def source(self) -> str:
        """The whole text that it stands in, for whoever needs only the beginning of a long value."""
        return self._syntax.text

    @property
    def sound(self) -> bool:
        """Whether nothing in it is broken."""
        return not self.inner.has_error

    def members(self) -> list[Member]:
        """Return the members of an object in the order of the text, those of a repeated key too; else nothing."""
        if self.kind is not Kind.OBJECT:
            return []
        known = self._syntax.held_members
        if (self.start, self.end) not in known:
            known[self.start, self.end] = self._read_members()
        return known[self.start, self.end]

    def _read_members(self) -> list[Member]:
        found = (_member(self._syntax, child) for child in self.inner.named_children)
        return [member for member in found if member is not None]

    def items(self) -> list[Node]:
        """Return the items of an array in order; nothing of what is none."""
        if self.kind is not Kind.ARRAY:
            return []
        known = self._syntax.held_items
        if (self.start, self.end) not in known:
            known[self.start, self.end] = self._read_items()
        return known[self.start, self.end]

    def _read_items(self) -> list[Node]:
        return [Node(self._syntax, child) for child in self.inner.named_children if child.type in _VALUES]

    def member(self, key: str) -> Member | None:
        """Return the member of a key; of several the last, which is the one that readers keep."""
        return next((member for member in reversed(self.members()) if member.key == key), None)

    def get(self, key: str) -> Node | None:
        """Return the value of a key."""
        member = self.member(key)
        return member.value if member is not None else None

    def value(self) -> Any:
        """Return what it says, as `json.loads` does.

        Raises SchemaSyntaxError, or SchemaInvalid where it is nested too deeply to be read.
        """
        try:
            return json.loads(self.text)
        except json.JSONDecodeError as error:
            line, column = self._syntax.line_column(self.start + error.pos)
            sentence = f"This is not JSON: {error.msg[0].lower()}{error.msg[1:]}."
            raise SchemaSyntaxError(sentence, line=line, column=column) from None
        except RecursionError:
            raise SchemaInvalid("This is nested too deeply to be read.") from None


@dataclass(frozen=True, slots=True)
class Member:
    """A key of an object and its value. The key stands from `start` to `key_end`, in quotes."""

    syntax: Syntax
    start: int
    key_end: int
    value: Node

    @property
    def end(self) -> int:
        """The place behind its last character."""
        return self.value.end

    @property
    def key(self) -> str:
        """The key without quotes and escapes; as it is written, where its escapes cannot be read."""
        written = self.syntax.text[self.start : self.key_end]
        if "\\" not in written:
            return written[1:-1] if written[:1] == '"' else written
        try:
            return str(json.loads(written, strict=False))
        except ValueError:
            return written[1:-1]


class Syntax:
    """A text and its tree; neither changes, `edited` returns another."""

    def __init__(self, text: str, tree: tree_sitter.Tree | None = None, *, plus: bool | None = None) -> None:
        self.text = text
        self._plus = _has_plus(text) if plus is None else plus
        self.held_members: dict[tuple[int, int], list[Member]] = {}
        """The members of the objects that were looked into, by their spans."""
        self.held_items: dict[tuple[int, int], list[Node]] = {}
        """The items of the arrays that were looked into."""
        self._tree = tree if tree is not None else _parse(text, plus=self._plus)

    def edited(self, step: Step) -> Syntax:
        """Return the text with a step made; only what is around its edits is parsed again."""
        text = apply(self.text, step)
        if len(step) > _PARSED_AFRESH:
            return Syntax(text)
        tree = self._tree.copy()
        for edit in reversed(step):
            after = edit.start + len(edit.text)
            # Lines are not asked of the tree, so that any column serves.
            tree.edit(edit.start, edit.end, after, (0, edit.start), (0, edit.end), (0, after))
        plus = self._plus or _puts_plus(text, step)
        parsed = _parse(text, tree, plus=plus)
        # Where a text is broken, what was broken before can decide how the parser goes on; from the beginning it is
        # always the same. Large texts are not kept waiting for that.
        afresh = parsed.root_node.has_error and len(text) < _SMALL
        return Syntax(text, None if afresh else parsed, plus=plus)

    @functools.cached_property
    def root(self) -> Node | None:
        """The value that the text says; None where there is none."""
        found = [child for child in self._tree.root_node.named_children if child.type in _VALUES]
        return Node(self, found[0]) if found else None

    @functools.cached_property
    def sound(self) -> bool:
        """Whether the text is one value with nothing broken in it.

        Strings and numbers may still be spelled as JSON does not (a line break in a string): `value` tells.
        """
        top = self._tree.root_node
        return not top.has_error and sum(child.type in _VALUES for child in top.named_children) == 1

    def find(self, pointer: str) -> Node | None:
        """Return the value at a JSON Pointer; None where there is none."""
        here = self.root
        for token in pointer.split("/")[1:]:
            if here is None:
                return None
            here = self._step(here, unescape(token))
        return here

    def find_member(self, pointer: str) -> Member | None:
        """Return the member of an object at a JSON Pointer; None for the root and for items of arrays."""
        parent, slash, token = pointer.rpartition("/")
        holder = self.find(parent) if slash else None
        return holder.member(unescape(token)) if holder is not None else None

    def pointer_at(self, place: int) -> str:
        """Return the JSON Pointer of the innermost value whose key or value stands at a place."""
        pointer = ""
        for step, _ in self.path_at(place):
            pointer += f"/{step}" if isinstance(step, int) else f"/{escape(step.key)}"
        return pointer

    def path_at(self, place: int) -> list[tuple[Member | int, Node]]:
        """Return the way from the root to the innermost value at a place: members or indices, and their values."""
        path: list[tuple[Member | int, Node]] = []
        here = self.root
        while here is not None:
            inside = self._inside(here, place)
            if inside is None:
                break
            path.append(inside)
            here = inside[1]
        return path

    def holder_at(self, place: int) -> Node | None:
        """Return the innermost object or array between whose brackets a place is, broken or not."""
        node = self._tree.root_node.descendant_for_byte_range(place, place)
        while node is not None:
            if node.type in _HOLDERS and node.start_byte < place < node.end_byte:
                return Node(self, node)
            node = node.parent
        return None

    def holders(self, start: int, end: int) -> Iterator[Node]:
        """Yield the objects and arrays whose first character stands in a span, outer ones first."""
        pending = [self._tree.root_node]
        while pending:
            node = pending.pop()
            if node.type in _HOLDERS and node.start_byte >= start:
                yield Node(self, node)
            pending += [child for _, child in _children(node, start, end) if child.child_count][::-1]

    def brackets_at(self, place: int) -> tuple[int, int] | None:
        """Return the places of a bracket that stands right before or behind a place, and of the one it belongs to."""
        for at in (place - 1, place):
            if self.text[max(at, 0) : at + 1] not in _BRACKETS:
                continue
            node = self._tree.root_node.descendant_for_byte_range(at, at + 1)
            holder = node.parent if node is not None and node.type in _BRACKETS else None
            if holder is not None and holder.type in _HOLDERS and at in {holder.start_byte, holder.end_byte - 1}:
                return holder.start_byte, holder.end_byte - 1
        return None

    def string_at(self, place: int) -> tuple[int, int] | None:
        """Return the span, with its quotes, of the string that a place is inside of."""
        node = self._tree.root_node.descendant_for_byte_range(place, place)
        while node is not None and node.type != "string":
            if node.type in _HOLDERS:
                return None
            node = node.parent
        inside = node is not None and node.start_byte < place < node.end_byte
        return (node.start_byte, node.end_byte) if node is not None and inside else None

    def broken(self, most: int = 100) -> Iterator[tuple[int, int]]:
        """Yield the spans of what is broken, the first `most` of them, from the beginning on; may be empty spans."""
        pending, found = [self._tree.root_node], 0
        while pending and found < most:
            node = pending.pop()
            if node.is_error or node.is_missing:
                found += 1
                yield node.start_byte, node.end_byte
            elif node.has_error:
                pending.extend(reversed(node.children))

    def line_column(self, place: int) -> tuple[int, int]:
        """Return the line and the column of a place, both from 1, the column in characters."""
        line = bisect.bisect_right(self._line_starts, place)
        return line, place - self._line_starts[line - 1] + 1

    def place_of(self, line: int, column: int = 1) -> int:
        """Return the place of a line and a column, or the nearest there is."""
        line = min(max(line, 1), len(self._line_starts))
        end = self._line_starts[line] - 1 if line < len(self._line_starts) else len(self.text)
        return min(self._line_starts[line - 1] + max(column - 1, 0), end)

    def __eq__(self, other: object) -> bool:
        """Whether text and tree are the same; places, kinds and errors of all nodes are compared."""
        return isinstance(other, Syntax) and self.text == other.text and self._shape() == other._shape()

    __hash__ = None  # type: ignore[assignment]

    @functools.cached_property
    def _line_starts(self) -> list[int]:
        starts, at = [0], self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    @staticmethod
    def _step(here: Node, token: str) -> Node | None:
        if here.kind is Kind.OBJECT:
            return here.get(token)
        if here.kind is Kind.ARRAY and token.isascii() and token.isdecimal():
            items = here.items()
            return items[int(token)] if int(token) < len(items) else None
        return None

    def _inside(self, here: Node, place: int) -> tuple[Member | int, Node] | None:
        """Return what of an object or array a place is at: at its first character, behind its last, or between."""
        if here.kind is Kind.OBJECT:
            for _, child in _children(here.inner, place, place):
                member = _member(self, child)
                if member is not None:
                    return member, member.value
        elif here.kind is Kind.ARRAY:
            for index, child in _children(here.inner, place, place):
                if child.type in _VALUES:
                    # Between brackets and commas every other child is an item, if nothing is broken.
                    regular = here.inner.child_count == 2 * here.inner.named_child_count + 1
                    before = () if regular else here.inner.children[:index]
                    return index // 2 if regular else sum(each.type in _VALUES for each in before), Node(self, child)
        return None

    def _shape(self) -> list[tuple[str, int, int, bool, bool]]:
        shape = []
        pending = [self._tree.root_node]
        while pending:
            node = pending.pop()
            shape.append((node.type, node.start_byte, node.end_byte, node.has_error, node.is_missing))
            pending.extend(node.children)
        return shape


def _member(syntax: Syntax, pair: tree_sitter.Node) -> Member | None:
    """Return a member of an object; None of what is none, or lacks its value."""
    parts = pair.named_children if pair.type == "pair" else []
    if len(parts) < 2 or parts[-1].type not in _VALUES:
        return None
    return Member(syntax, parts[0].start_byte, parts[0].end_byte, Node(syntax, parts[-1]))


def _children(node: tree_sitter.Node, start: int, end: int) -> Iterator[tuple[int, tree_sitter.Node]]:
    """Yield the children that a span touches, with their indices, without going through those before it."""
    cursor = node.walk()
    index = cursor.goto_first_child_for_byte(max(start - 1, 0))
    while index is not None:
        child = cursor.node
        if child is None or child.start_byte > end:
            return
        if child.end_byte >= start:
            yield index, child
        index = index + 1 if cursor.goto_next_sibling() else None


def _has_plus(text: str) -> bool:
    return "e+" in text or "E+" in text


def _puts_plus(text: str, step: Step) -> bool:
    """Tell whether a step has put a plus sign behind an e; `text` is the one after it."""
    shift = 0
    for edit in step:
        start = edit.start + shift
        if _has_plus(text[max(start - 1, 0) : start + len(edit.text) + 1]):
            return True
        shift += len(edit.text) - (edit.end - edit.start)
    return False


def _parse(text: str, before: tree_sitter.Tree | None = None, *, plus: bool) -> tree_sitter.Tree:
    signs = text.encode("ascii", "replace")
    if plus:
        # The grammar knows no plus sign in an exponent (tree-sitter-json 0.24.8); a minus is as good for a tree.
        signs = signs.replace(b"e+", b"e-").replace(b"E+", b"E-")
    return _parser().parse(signs) if before is None else _parser().parse(signs, before)


@functools.cache
def _parser() -> Parser:
    return Parser(_LANGUAGE)
