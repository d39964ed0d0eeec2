"""Names that an object requires, and that are no properties of it."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from engine.schema.drafts import Draft
from engine.schema.editing import Insert, Remove, Set
from engine.schema.patterns import finds
from engine.schema.problems.found import Found, quoted
from engine.schema.problems.problem import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.problems.subject import Spot, Subject

_ALIKE = 0.75
_MOST_COMPARED = 300
_OTHERS = ("additionalProperties", "unevaluatedProperties")


def undefined_required(subject: Subject) -> Iterator[Found]:
    """Yield the required names that are no properties, where an object lists its properties."""
    for spot, said in subject.said:
        required, named = said.get("required"), said.get("properties")
        if not isinstance(required, list) or not isinstance(named, dict):
            continue
        missing = [(index, name) for index, name in enumerate(required) if isinstance(name, str) and name not in named]
        if not missing:
            continue
        joint = list(subject.joint(spot))
        for index, name in missing:
            if not any(_knows(each, name) for each in joint):
                yield _found(subject, spot, said, index, name)


def _knows(said: dict[str, Any], name: str) -> bool:
    """Tell whether a subschema says something of the values of a key."""
    named, by_pattern = said.get("properties"), said.get("patternProperties")
    if isinstance(named, dict) and name in named:
        return True
    if isinstance(by_pattern, dict) and any(finds(pattern, name) for pattern in by_pattern):
        return True
    return any(isinstance(said.get(keyword), dict) and said[keyword] for keyword in _OTHERS)


def _found(subject: Subject, spot: Spot, said: dict[str, Any], index: int, name: str) -> Found:
    at, named, required = f"{spot.pointer}/required/{index}", said["properties"], said["required"]
    closed = any(said.get(keyword) is False for keyword in _OTHERS)
    what = "no property of that name is allowed" if closed else "no property has that name"
    others = [each for each in named if each not in required][:_MOST_COMPARED]
    near = [] if subject.is_late() else difflib.get_close_matches(name[:60], others, n=1, cutoff=_ALIKE)
    fixes = [Fix(f"Write {quoted(each)}", (Set(at, each),)) for each in near]
    fixes.append(Fix("Add the property", (Insert(f"{spot.pointer}/properties", None, {"type": "string"}, name),)))
    alone = len(required) == 1 and subject.document.draft == Draft.D4  # which wants at least one there
    fixes.append(Fix("Do not require it", (Remove(f"{spot.pointer}/required" if alone else at),)))
    return Found("undefined-required", at, f"{quoted(name)} is required, and {what}.", tuple(fixes))
