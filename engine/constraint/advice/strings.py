"""Patterns that no string can match, alone or with the lengths and the format beside them."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from engine.constraint.keywords import format_way
from engine.constraint.patterns import is_torn, matches_none, spoken
from engine.schema.editing import Remove
from engine.schema.patterns import is_pattern
from engine.schema.problems.found import Found, told
from engine.schema.problems.problem import Fix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.schema.problems.subject import Subject

_BESIDE = ("minLength", "maxLength", "format")


def impossible_patterns(subject: Subject) -> Iterator[Found]:
    """Yield the patterns that no string matches, as far as that can be proved."""
    for spot, said in subject.said:
        pattern = said.get("pattern")
        if not isinstance(pattern, str) or not is_pattern(pattern):
            continue
        if subject.is_late():
            return
        at = f"{spot.pointer}/pattern"
        if is_torn(pattern) or _has_no_match(pattern, "{}"):
            remove = Fix("Remove the pattern", (Remove(at),))
            yield Found("impossible-pattern", at, f"No string matches the pattern {told(pattern)}.", (remove,))
            continue
        beside = {key: said[key] for key in _BESIDE if key in said}
        if format_way(beside.get("format"), subject.document.draft) == "annotation":
            beside.pop("format", None)
        if not beside or not _has_no_match(pattern, json.dumps(beside)):
            continue
        culprits = [key for key in beside if not _has_no_match(pattern, json.dumps(_without(beside, key)))]
        named = " and ".join(f'"{key}"' for key in culprits or beside)
        fixes = (Fix(f"Remove {key}", (Remove(f"{spot.pointer}/{key}"),)) for key in (*culprits, "pattern"))
        sentence = f"No string that matches the pattern {told(pattern)} satisfies the {named} beside it."
        yield Found("impossible-pattern", at, sentence, tuple(fixes))


def _without(beside: dict[str, Any], key: str) -> dict[str, Any]:
    return {each: value for each, value in beside.items() if each != key}


@functools.lru_cache(maxsize=4096)
def _has_no_match(pattern: str, beside: str) -> bool:
    """Tell whether it is proved that no string matches a pattern and satisfies what stands beside it, as JSON text."""
    said = spoken(pattern)
    # Each part is asked of every match, so that where they contradict each other there is none.
    parts = [{"pattern": part} for part in said.parts] if said is not None else []
    return bool(parts) and matches_none({"type": "string", "allOf": [*parts, json.loads(beside)]})
