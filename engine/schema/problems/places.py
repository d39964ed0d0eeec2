"""Where in a text the places of a schema stand: many pointers looked up in one walk."""

from __future__ import annotations

import bisect
import functools
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.schema.editing import Kind, Member, Node
from engine.schema.pointer import escape, unescape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from engine.schema.editing import Syntax

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


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands at a place of a text: a value with its pointer, and its key; `on_key` says that it is the key.

    `beside` are the keys of the object that it is a member of.
    """

    pointer: str
    node: Node
    member: Member | None = None
    beside: Collection[str] = ()
    on_key: bool = False


def standing(syntax: Syntax, places: list[int]) -> Iterator[Standing]:
    """Yield the innermost value whose key or value stands at each of some places in ascending order, in one walk.

    What stands elsewhere is left out, and so is what a later member of the same key makes count for nothing.
    """
    if syntax.root is None:
        return
    pending = [(Standing("", syntax.root), places)]
    while pending:
        here, within = pending.pop()
        below = here.node.members() if here.node.kind is Kind.OBJECT else here.node.items()
        if not below:
            yield here
            continue
        last = {entry.key: entry for entry in below if isinstance(entry, Member)}
        starts = [entry.start for entry in below]
        inside: list[tuple[Standing, list[int]]] = []
        for index, group in itertools.groupby(within, functools.partial(_before, starts)):
            entry = below[max(index, 0)]
            hits = [place for place in group if entry.start <= place < entry.end]
            if not hits:
                continue
            if isinstance(entry, Node):
                inside.append((Standing(f"{here.pointer}/{index}", entry), hits))
                continue
            if last[entry.key] is not entry:
                continue
            pointer = f"{here.pointer}/{escape(entry.key)}"
            if hits[0] < entry.key_end:
                yield Standing(pointer, entry.value, entry, last, on_key=True)
            rest = [place for place in hits if place >= entry.value.start]
            if rest:
                inside.append((Standing(pointer, entry.value, entry, last), rest))
        pending += reversed(inside)


def _before(starts: list[int], place: int) -> int:
    """Return the index of the last entry that begins at a place or before it."""
    return bisect.bisect_right(starts, place) - 1


def nearest(found: dict[str, Mark], pointer: str) -> Mark:
    """Return the mark of a pointer, or of the nearest place around it that is in the text."""
    while pointer not in found:
        pointer = pointer.rpartition("/")[0]
    return found[pointer]


def _mark(key: Span | None, node: Node) -> Mark:
    holds = node.kind in {Kind.OBJECT, Kind.ARRAY}
    return Mark(key, (node.start, node.start + 1 if holds else node.end), holds)
