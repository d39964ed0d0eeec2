"""All subschemas that hold for the same place of an instance without condition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Joint = tuple[dict[str, Any], ...]


def gather(
    schemas: Iterable[Any],
    said: Callable[[dict[str, Any]], dict[str, Any]],
    targets: Callable[[dict[str, Any]], Iterable[Any]],
) -> Joint | None:
    """Return what `schemas` say and lead to by references and `allOf`; None where that allows nothing.

    `said` gives what a subschema says in its draft, and `targets` what that refers to.
    """
    pending, found = list(reversed(tuple(schemas))), dict[int, dict[str, Any]]()
    while pending:
        here = pending.pop()
        if here is False:
            return None
        if not isinstance(here, dict) or id(here) in found:
            continue
        found[id(here)] = says = said(here)
        pending.extend(targets(says))
        pending.extend(reversed(says.get("allOf", ())))
    return tuple(found.values())
