"""Items from several excerpts as one list: what was told twice is kept once, in the document's order.

Two items are one where they quote the same places, and where they say the same, unless they stand in different rows
of tables: a row that comes twice is two items to whoever wrote the table. An item that has nothing, or only what the
header of a table says, is none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.schema.pointer import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from engine.extraction.cells import Assembled, Cell
    from engine.extraction.excerpts import Span
    from engine.extraction.long.division import ListField

_EMPTY: tuple[Any, ...] = (None, "", {}, [])


@dataclass
class Item:
    """An item with its cells by pointer, which begin behind the item's own."""

    value: Any
    cells: dict[str, Cell]

    @property
    def places(self) -> tuple[Span, ...]:
        """Where its values stand, as far as that is known: the likeliest place of each."""
        return tuple(cell.spans[0] for cell in self.cells.values() if cell.spans)


@dataclass
class Gathered:
    """The items of a list, and how many were left out: told before, or more than the schema allows."""

    items: list[Item] = field(default_factory=list)
    repeated: int = 0
    beyond: int = 0


def items_of(made: Assembled, name: str | None) -> list[Item]:
    """Return the items of a list of a record that was read; without a name the record is the list."""
    above = "" if name is None else f"/{escape(name)}"
    found = made.record if name is None else made.record.get(name)
    items = [Item(value, {}) for value in found or ()]
    for pointer, cell in made.cells.items():
        if pointer.startswith(f"{above}/"):
            number, slash, below = pointer.removeprefix(f"{above}/").partition("/")
            items[int(number)].cells[slash + below] = cell
    return items


def merge(
    found: Iterable[Item], one: ListField, headers: tuple[Span, ...], row_at: Callable[[Span], Span | None]
) -> Gathered:
    """Return the items of a list once each, no more of them than it may have.

    `row_at` tells of a place the row of a table that it is in, if it is in one.
    """
    gathered = Gathered()
    by_places: set[tuple[str, tuple[Span, ...]]] = set()
    by_value: dict[str, set[Span | None]] = {}
    for item in found:
        if _is_empty(item.value) or _is_header(item, headers):
            continue
        said, places = json.dumps(item.value, sort_keys=True), item.places
        row = row_at(places[0]) if places else None
        before = by_value.setdefault(said, set())
        other_row = row is not None and row not in before and None not in before
        if (said, places) in by_places or (before and (one.distinct or not other_row)):
            gathered.repeated += 1
            continue
        by_places.add((said, places))
        before.add(row)
        gathered.items.append(item)
    if one.most is not None and len(gathered.items) > one.most:
        gathered.beyond = len(gathered.items) - one.most
        del gathered.items[one.most :]
    return gathered


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_empty(each) for each in value.values())
    if isinstance(value, list):
        return all(_is_empty(each) for each in value)
    return value in _EMPTY


def _is_header(item: Item, headers: tuple[Span, ...]) -> bool:
    """Tell whether all that an item quotes stands in headers of tables."""
    places = item.places
    return bool(places) and all(
        any(start <= place[0] and place[1] <= end for start, end in headers) for place in places
    )
