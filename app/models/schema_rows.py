"""The rows of a schema's tree as a view holds them, and which of them are which after the schema was changed."""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from engine.schema.outline import RowKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.schema.editing import Node
    from engine.schema.outline import Row, Says

_idents = itertools.count(1)
_LISTED = frozenset({RowKind.BRANCH, RowKind.ITEM})
_REFERENCE_SIGN = 'ef"'
"""What every keyword that refers ends with, in a text."""


class TreeRow:
    """A row that a view knows. `children` are None until somebody looks below it. Only the model changes it."""

    __slots__ = ("_refers", "children", "holds", "ident", "number", "parent", "row", "says")

    def __init__(self, row: Row, parent: TreeRow | None, number: int) -> None:
        self.row = row
        self.parent = parent
        self.number = number
        self.ident = next(_idents)
        self.children: list[TreeRow] | None = None
        self.says: Says | None = None
        """What it says, once somebody has asked."""
        self.holds: bool | None = None
        """Whether there are rows below it, once somebody has asked."""
        self._refers: bool | None = None

    @property
    def depth(self) -> int:
        """How many rows are above it."""
        depth, above = 0, self.parent
        while above is not None:
            depth, above = depth + 1, above.parent
        return depth

    def become(self, row: Row) -> bool:
        """Stand for a row of a later text; tell whether it may look otherwise than before."""
        before, self.row = self.row, row
        # Ten thousand rows are asked this after each letter that is typed.
        if (
            before.token == row.token
            and before.pointer == row.pointer
            and before.required == row.required
            and before.overruled == row.overruled
            and _is_same(before.node, row.node)
        ):
            if self._refers is None:
                self._refers = _refers(row.node)
            if not self._refers:
                return False
        self.says = self.holds = self._refers = None
        return True


def below(row: TreeRow) -> Iterator[TreeRow]:
    """Yield the rows below a row that are there already, from top to bottom."""
    pending = list(reversed(row.children or []))
    while pending:
        here = pending.pop()
        yield here
        pending.extend(reversed(here.children or []))


def matched(old: Sequence[TreeRow], new: Sequence[Row]) -> list[TreeRow | None]:
    """Return for each row that is wanted the one of those there are that it was before; None where it is new.

    Rows with names are known by them, or where they were renamed by what stands in them. Branches and items have none:
    they are known by what stands in them, and where that was changed by their place.
    """
    if len(old) == len(new) and all(_is_known(known.row, row) for known, row in zip(old, new, strict=True)):
        return list(old)
    by_token = {known.row.token: known for known in old if known.row.kind not in _LISTED}
    found = [by_token.get(row.token) if row.kind not in _LISTED else None for row in new]
    met = {known.ident for known in found if known is not None}
    lost: dict[str, list[TreeRow]] = defaultdict(list)
    for known in old:
        if known.ident not in met:
            lost[_list_of(known.row)].append(known)
    wanted: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(new):
        if found[place] is None:
            wanted[_list_of(row)].append(place)
    for holder, places in wanted.items():
        _pair(lost[holder], new, places, found)
    return found


def _pair(lost: list[TreeRow], new: Sequence[Row], places: list[int], found: list[TreeRow | None]) -> None:
    """Find for rows that are wanted those that were lost: of the same text, or as many as are left, in order."""
    by_text: dict[str, deque[TreeRow]] = defaultdict(deque)
    for known in lost:
        by_text[known.row.node.text].append(known)
    left = []
    for place in places:
        same = by_text.get(new[place].node.text)
        if same:
            found[place] = same.popleft()
        else:
            left.append(place)
    unmet = {known.ident for queue in by_text.values() for known in queue}
    over = [known for known in lost if known.ident in unmet]
    if len(over) == len(left):
        for place, known in zip(left, over, strict=True):
            found[place] = known


def _is_known(before: Row, row: Row) -> bool:
    return before.token == row.token and (row.kind not in _LISTED or _is_same(before.node, row.node))


def _list_of(row: Row) -> str:
    """Return what tells the rows of one object or list from others below the same row."""
    return f"{row.token.rpartition('/')[0]} {row.kind}"


def _is_same(before: Node, now: Node) -> bool:
    return before.end - before.start == now.end - now.start and before.text == now.text


def _refers(node: Node) -> bool:
    """Tell whether what a row says may depend on what stands elsewhere."""
    return node.source.find(_REFERENCE_SIGN, node.start, node.end) >= 0
