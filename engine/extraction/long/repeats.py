"""Items that one answer has several times, as those of small models do that find no end of a list.

Equal items are kept as often as the document has places for them. Those are its rows and paragraphs that hold all
which the item quotes, also two that follow each other; where none do, the places of what is quoted least. A quote that
more items have than there are places for it, as a date over several rows, does not count: it is meant for all of them.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.constraint.grounding.places import Places
from engine.extraction.cells import MOST_SPANS, Assembled, mark_shared, read_answer
from engine.extraction.long.blocks import find_blocks
from engine.extraction.naming import counted_items, of_list
from engine.schema.document import read_schema
from engine.schema.pointer import to_pointer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.constraint.grounding.places import Place
    from engine.extraction.cells import Cell
    from engine.extraction.excerpts import Part, Span
    from engine.extraction.naming import Path
    from engine.model.protocol import ValueClosed

_QUOTED = frozenset({"exact", "normalised", "doubtful"})
"""States of cells that are quotes: a label of the schema may hold for many items, and stand in no place at all."""
_BY_PLACE = frozenset({"prefixItems", "additionalItems", "unevaluatedItems", "contains"})
"""Keywords of lists in which an item may mean something by where it stands, or has to be there."""

Cells = dict[str, "Cell"]
"""The cells of an item by pointer, which begin behind the item's own."""


def read_record(part: Part, answer: Any, closed: Mapping[str, ValueClosed]) -> Assembled:
    """Read the quotes of a whole record, each item of its lists no more often than the document has it.

    The notes say what was left out. The part has to have been asked in quotes.
    """
    made = read_answer(part, answer, closed)
    lists = _Lists(part, made)
    made.record = lists.reduced(made.record, Places(read_schema(part.schema_text)).root, ())
    if lists.left_out:
        mark_shared(made.cells)
        made.notes = tuple(_sentence(count, name) for name, count in lists.left_out.items())
    return made


def _sentence(count: int, name: str) -> str:
    if count == 1:
        return f"An item{of_list(name)} was found again at the same place and left out."
    return f"{counted_items(count, name)} were found again at the same places and left out."


class _Lists:
    """The lists of one record; `left_out` counts the items that they lost, by the name of the list."""

    def __init__(self, part: Part, made: Assembled) -> None:
        self.left_out: Counter[str] = Counter()
        self._excerpts = part.excerpts
        self._made = made

    def reduced(self, value: Any, own: Place, path: Path) -> Any:
        """Return a value of the record without the repeats in the lists below it; their cells go as well."""
        if isinstance(value, dict):
            return {key: self.reduced(each, own.below(key), (*path, key)) for key, each in value.items()}
        if not isinstance(value, list):
            return value
        items = [self.reduced(each, own.below(index), (*path, index)) for index, each in enumerate(value)]
        dropped = self._repeats(items, own, to_pointer(path))
        if not dropped:
            return items
        kept = [index for index in range(len(items)) if index not in dropped]
        self._renumber(to_pointer(path), kept)
        self.left_out[next((step for step in reversed(path) if isinstance(step, str)), "")] += len(dropped)
        return [items[index] for index in kept]

    def _repeats(self, items: list[Any], own: Place, pointer: str) -> set[int]:
        """Return the indices of the items to leave out, the last ones first where the list needs some of them."""
        groups: dict[str, list[int]] = {}
        for index, item in enumerate(items):
            groups.setdefault(json.dumps(item, sort_keys=True), []).append(index)
        if len(groups) == len(items) or any(
            node.keys() & _BY_PLACE or isinstance(node.get("items"), list) for node in own.nodes
        ):
            return set()
        cells = self._cells(pointer, len(items))
        again: list[int] = []
        for equal in groups.values():
            if len(equal) > 1:
                most = 1 if own.says("uniqueItems") else self._most(equal, groups.values(), cells)
                again += equal[most:]
        least = max((int(node.get("minItems", 0)) for node in own.nodes), default=0)
        return set(sorted(again, reverse=True)[: max(len(items) - least, 0)])

    def _cells(self, pointer: str, count: int) -> list[Cells]:
        found: list[Cells] = [{} for _ in range(count)]
        for each, cell in self._made.cells.items():
            if each.startswith(f"{pointer}/"):
                number, slash, below = each.removeprefix(f"{pointer}/").partition("/")
                found[int(number)][slash + below] = cell
        return found

    def _renumber(self, pointer: str, kept: Sequence[int]) -> None:
        numbers = {str(old): str(new) for new, old in enumerate(kept)}
        cells: Cells = {}
        for each, cell in self._made.cells.items():
            if not each.startswith(f"{pointer}/"):
                cells[each] = cell
                continue
            number, slash, below = each.removeprefix(f"{pointer}/").partition("/")
            if number in numbers:
                cells[f"{pointer}/{numbers[number]}{slash}{below}"] = cell
        self._made.cells = cells

    def _most(self, equal: Sequence[int], groups: Iterable[Sequence[int]], cells: Sequence[Cells]) -> int:
        """Return how many of some equal items the document has; all of them where nothing tells that.

        `groups` are the indices of all items of the list, equal ones together.
        """
        places: dict[str, set[Span]] = {}
        for index in equal:
            for below, cell in cells[index].items():
                if cell.state in _QUOTED and cell.spans:
                    places.setdefault(below, set()).update(self._places(cell))
        if not places:
            has_nothing = all(cell.value in (None, {}, []) for index in equal for cell in cells[index].values())
            return 1 if has_nothing else len(equal)
        own = []
        for below, spans in places.items():
            quotes = {cells[index][below].quote for index in equal if below in cells[index]}
            users = sum(
                any(below in cells[index] and cells[index][below].quote in quotes for index in group)
                for group in groups
            )
            if users <= len(spans):
                own.append(spans)
        if not own:
            return max(len(spans) for spans in places.values())
        return self._together(own) or min(len(spans) for spans in own)

    def _places(self, cell: Cell) -> Iterable[Span]:
        """Return all places of a quote; a cell has some of them."""
        yield from cell.spans
        if len(cell.spans) >= MOST_SPANS and cell.quote:
            words = r"\s+".join(re.escape(word) for word in cell.quote.split())
            wanted = re.compile(rf"(?<!\w){words}(?!\w)")
            for start, end in self._excerpts.spans:
                yield from (match.span() for match in wanted.finditer(self._excerpts.source.text, start, end))

    def _together(self, places: Iterable[set[Span]]) -> int:
        """Return how often all of some fields stand in one row or paragraph, or else in one and that after it."""
        counts = [Counter(bisect_right(self._blocks, start) for start, _ in spans) for spans in places]
        found = 0
        for reach in (0, 1):
            for block in sorted({block - back for count in counts for block in count for back in (0, reach)}):
                taken = min(sum(count[block + ahead] for ahead in range(reach + 1)) for count in counts)
                found += taken
                for count in counts:
                    here = min(taken, count[block])
                    count[block] -= here
                    count[block + 1] -= taken - here
        return found

    @cached_property
    def _blocks(self) -> list[int]:
        document = self._excerpts.document
        return [block.start for block in find_blocks(document, len(document.text))]
