"""How fields, and the items of lists, are called in sentences: few names, however many of them there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Path = tuple[str | int, ...]

MOST_NAMES = 6
_ITEMS = "items"


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def of_list(name: str | None) -> str:
    """Return what follows "items" where a list is called by its name; nothing for one that is called that itself."""
    return f" of {name}" if name and name.casefold() != _ITEMS else ""


def counted_items(count: int, name: str | None) -> str:
    """Return so many items of a list: "93 items of parts", "1 item"."""
    return f"{count:,} {'item' if count == 1 else 'items'}{of_list(name)}"


def field_names(paths: Iterable[Path]) -> list[str]:
    """Return what the fields at some paths are called, at most `MOST_NAMES` and how many more there are.

    First those outside of lists, all in one; then one for each set of items that share their fields: "qty and
    unit_price of 10 items".
    """
    plain: dict[str, None] = {}
    holders: dict[tuple[str, str], dict[Path, None]] = {}
    for path in paths:
        at = max((index for index, step in enumerate(path) if isinstance(step, int)), default=None)
        if at is None:
            plain[_joined(path) or "the root"] = None
        else:
            holders.setdefault((_joined(path[:at]), _joined(path[at + 1 :])), {})[path[: at + 1]] = None
    shared: dict[tuple[str, tuple[Path, ...]], list[str]] = {}
    for (name, field), items in holders.items():
        shared.setdefault((name, tuple(items)), []).append(field)
    room = MOST_NAMES
    more = len(plain) + len(holders)
    found = []
    groups = [(list(plain), ""), *((fields, f" of {_items(name, items)}") for (name, items), fields in shared.items())]
    for names, whose in groups:
        kept = names[:room]
        if kept:
            room -= len(kept)
            more -= len(kept)
            # An item that is null itself has no field to name.
            found.append(f"{listed(kept)}{whose}" if any(kept) else whose.removeprefix(" of "))
    if more and len(found) == 1 and plain:
        return [listed([*list(plain)[:MOST_NAMES], f"{more:,} more"])]
    if more:
        found[-1] += f", and {more:,} more"
    return found


def _items(name: str, items: tuple[Path, ...]) -> str:
    if len(items) == 1:
        (path,) = items
        numbers = [step for step in path if isinstance(step, int)]
        if len(numbers) == 1:
            return f"item {numbers[0] + 1:,}{of_list(name)}"
    return counted_items(len(items), name)


def _joined(path: Path) -> str:
    return "/".join(step for step in path if isinstance(step, str))
