"""Where in a text the places of a schema stand: many pointers looked up in one walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.schema.editing import Kind
from engine.schema.pointer import unescape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.schema.editing import Node, Syntax

Span = tuple[int, int]
_Tree = dict[str, "_Tree"]


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the key of a value stands, if it has one, and the value; of an object or array, its first bracket."""

    key: Span | None
    value: Span
    holds: bool
    """Whether it is an object or array, which its key is marked for."""

    def span(self, *, on_key: bool = False) -> Span:
        """Return what is to be marked."""
        return self.key if self.key is not None and (on_key or self.holds) else self.value


def spans(syntax: Syntax, pointers: Iterable[str]) -> dict[str, Mark]:
    """Return the marks of pointers, those of them that lead to something, and of the places on the way."""
    tree: _Tree = {}
    for pointer in pointers:
        here = tree
        for token in pointer.split("/")[1:]:
            here = here.setdefault(token, {})
    root = syntax.root
    if root is None:
        return {"": Mark(None, (0, 0), holds=False)}
    found = {"": _mark(None, root)}
    pending = [("", root, tree)]
    while pending:
        pointer, node, wanted = pending.pop()
        if not wanted:
            continue
        below: dict[str, tuple[Span | None, Node]] = {}
        if node.kind is Kind.OBJECT:
            below = {member.key: ((member.start, member.key_end), member.value) for member in node.members()}
        elif node.kind is Kind.ARRAY:
            below = {str(index): (None, item) for index, item in enumerate(node.items())}
        for token, inner in wanted.items():
            at = f"{pointer}/{token}"
            if unescape(token) in below:
                key, value = below[unescape(token)]
                found[at] = _mark(key, value)
                pending.append((at, value, inner))
    return found


def nearest(found: dict[str, Mark], pointer: str) -> Mark:
    """Return the mark of a pointer, or of the nearest place around it that is in the text."""
    while pointer not in found:
        pointer = pointer.rpartition("/")[0]
    return found[pointer]


def _mark(key: Span | None, node: Node) -> Mark:
    holds = node.kind in {Kind.OBJECT, Kind.ARRAY}
    return Mark(key, (node.start, node.start + 1 if holds else node.end), holds)
