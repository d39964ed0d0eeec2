"""Finding the place in a schema that the mask engine refuses, which its messages do not name.

Delta debugging (Zeller 1999) over the schema's own structure: the deepest subschema that is refused by itself,
and within it the keyword without which it would pass.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.schema.walk import DEFINITIONS, Subschema, subschemas

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """A subschema and, where one alone is to blame, its keyword."""

    pointer: str
    schema: dict[str, Any]
    keyword: str = ""


def locate_refusal(root: dict[str, Any], refused: Callable[[dict[str, Any]], bool], seconds: float = _SECONDS) -> Place:
    """Return the deepest place that is refused by itself; the root where time runs out or nothing is found.

    Local references are followed: the place is the one where the text would have to change.
    """
    deadline = time.monotonic() + seconds
    shared = {key: value for key, value in root.items() if key in DEFINITIONS}
    places = {each.pointer: each for each in subschemas(root) if isinstance(each.schema, dict)}
    found, keyword, visited = Subschema("", root), "", set[str]()
    while found.pointer not in visited:
        visited.add(found.pointer)
        found = _deepest(found, places, shared, refused, deadline)
        assert isinstance(found.schema, dict)
        keyword = _keyword(found.schema, shared, refused, deadline)
        target = found.schema.get("$ref")
        if keyword == "$ref" and isinstance(target, str) and target[1:] in places:
            found = places[target[1:]]
    assert isinstance(found.schema, dict)
    return Place(found.pointer, shared | found.schema, keyword)


def _deepest(
    start: Subschema,
    places: dict[str, Subschema],
    shared: dict[str, Any],
    refused: Callable[[dict[str, Any]], bool],
    deadline: float,
) -> Subschema:
    found = start
    for candidate in places.values():
        if time.monotonic() > deadline:
            break
        assert isinstance(candidate.schema, dict)
        if candidate.pointer.startswith(f"{found.pointer}/") and refused(shared | candidate.schema):
            found = candidate
    return found


def _keyword(
    schema: dict[str, Any], shared: dict[str, Any], refused: Callable[[dict[str, Any]], bool], deadline: float
) -> str:
    for keyword in schema:
        if keyword in DEFINITIONS:
            continue
        if time.monotonic() > deadline:
            return ""
        if not refused(shared | {key: value for key, value in schema.items() if key != keyword}):
            return keyword
    return ""
